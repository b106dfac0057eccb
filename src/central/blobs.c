/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Attachments by content: pieces come in order and may come twice, ranges go out. Not what they show: all is ciphertext.
 * Invariant: a blob that is whole has the SM3 of its name.
 */
#include "central/inner.h"

#include <inttypes.h>

struct blob {
	char sm3[2 * YM_SM3_LEN + 1];
	int64_t total, have;
	bool is_whole;
};

static enum ym_code
find(struct ym_central *c, struct blob *b)
{
	struct ym_stmt *s =
		ym_db_sql(c->db, "SELECT total, have, is_whole FROM blob WHERE sm3 = :sm3");
	enum ym_code code;

	ym_stmt_text(s, "sm3", b->sm3);
	code = ym_stmt_step(s, NULL);
	if (!code) {
		b->total = ym_stmt_col_int(s, 0);
		b->have = ym_stmt_col_int(s, 1);
		b->is_whole = ym_stmt_col_int(s, 2) != 0;
	}
	ym_stmt_done(s);
	return code;
}

/* -- reading -- */

/* Bytes [from, to) of a whole blob, or their digest alone (out NULL). */
static enum ym_code
read_bytes(struct ym_central *c, const struct blob *b, int64_t from, int64_t to, struct ym_buf *out,
	uint8_t digest[YM_SM3_LEN])
{
	/* The first piece may begin before the range. */
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT start, bytes FROM blob_piece WHERE sm3 = :sm3 AND start < :to AND"
		" start >= coalesce((SELECT max(start) FROM blob_piece WHERE sm3 = :sm3 AND start <= :from), 0) ORDER BY start");
	struct ym_sm3 *sm3 = ym_sm3_new();
	enum ym_code code;

	ym_stmt_text(s, "sm3", b->sm3);
	ym_stmt_int(s, "from", from);
	ym_stmt_int(s, "to", to);
	while (!(code = ym_stmt_step(s, NULL))) {
		int64_t start = ym_stmt_col_int(s, 0), end, lo, hi;
		size_t n;
		const char *bytes = ym_stmt_col_blob(s, 1, &n);

		end = start + (int64_t)n;
		lo = from > start ? from : start;
		hi = to < end ? to : end;
		if (lo >= hi)
			continue;
		if (out)
			ym_buf_add(out, bytes + (lo - start), (size_t)(hi - lo));
		else
			ym_sm3_add(sm3, bytes + (lo - start), (size_t)(hi - lo));
	}
	ym_sm3_end(sm3, digest);
	ym_sm3_free(sm3);
	return code == YM_NOTFOUND ? YM_OK : code;
}

/* "bytes=a-b", "bytes=a-", "bytes=-n"; false: no range that this blob has. */
static bool
parse_range(const char *text, int64_t total, int64_t *from, int64_t *to)
{
	const char *dash;
	int64_t a = 0, b = total - 1;

	if (strncmp(text, "bytes=", 6) || !(dash = strchr(text += 6, '-')))
		return false;
	if (dash == text) {
		if (!ym_central_number(dash + 1, strlen(dash + 1), &a) || a < 1)
			return false;
		a = a < total ? total - a : 0;
	} else if (!ym_central_number(text, (size_t)(dash - text), &a) ||
		(dash[1] && !ym_central_number(dash + 1, strlen(dash + 1), &b))) {
		return false;
	}
	if (b >= total)
		b = total - 1;
	if (a > b)
		return false;
	*from = a;
	*to = b + 1;
	return true;
}

static void
get(struct ym_central *c, const struct blob *b, const struct ym_central_request *req,
	struct ym_central_reply *reply, struct ym_central_answer *a)
{
	const char *range = req->header ? req->header(req->user, "Range") : NULL;
	int64_t from = 0, to = b->total;
	uint8_t digest[YM_SM3_LEN];

	if (range && !parse_range(range, b->total, &from, &to)) {
		ym_central_refuse(a, 416, "INVALID", "no such range");
		return;
	}
	if (read_bytes(c, b, from, to, &reply->body, digest)) {
		ym_central_trouble(a);
		return;
	}
	a->status = range ? 206 : 200;
	if (range)
		ym_central_reply_header(reply,
			"Content-Range: bytes %" PRId64 "-%" PRId64 "/%" PRId64, from, to - 1,
			b->total);
	ym_central_reply_header(reply, "Content-Type: application/octet-stream");
	ym_central_reply_header(reply, "ETag: \"%s\"", b->sm3);
	reply->length = (int64_t)reply->body.len;
	a->is_raw = true;
}

static void
head(const struct blob *b, struct ym_central_reply *reply, struct ym_central_answer *a)
{
	a->is_raw = true;
	a->status = b->is_whole ? 200 : 308;
	reply->length = b->is_whole ? b->total : 0;
	if (!b->is_whole)
		ym_central_reply_header(reply, "Yimen-Have: %" PRId64, b->have);
}

/* -- taking in -- */

/* "bytes a-b/total", or "bytes * /total" (without the blank), which only asks; *ret_n is 0 then. */
static bool
parse_content_range(const char *text, int64_t *from, int64_t *ret_n, int64_t *total)
{
	const char *dash, *slash;
	int64_t last;

	if (strncmp(text, "bytes ", 6) || !(slash = strchr(text += 6, '/')) ||
		!ym_central_number(slash + 1, strlen(slash + 1), total))
		return false;
	*from = *ret_n = 0;
	if (slash == text + 1 && *text == '*')
		return true;
	dash = strchr(text, '-');
	if (!dash || dash > slash || !ym_central_number(text, (size_t)(dash - text), from) ||
		!ym_central_number(dash + 1, (size_t)(slash - dash - 1), &last) || last < *from ||
		last >= *total)
		return false;
	*ret_n = last - *from + 1;
	return true;
}

static void
answer_have(const struct blob *b, struct ym_central_answer *a)
{
	a->status = a->status ? a->status : 200;
	a->data = json_pack("{s:I,s:b}", "have", (json_int_t)b->have, "whole", b->is_whole);
}

static enum ym_code
write_piece(struct ym_central *c, struct blob *b, const void *data, size_t n)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"INSERT INTO blob (sm3, total, have, is_whole) VALUES (:sm3, :total, 0, 0) ON CONFLICT DO NOTHING");
	enum ym_code code;

	ym_stmt_text(s, "sm3", b->sm3);
	ym_stmt_int(s, "total", b->total);
	code = ym_stmt_run(s, NULL);
	if (!code && n) {
		s = ym_db_sql(c->db,
			"INSERT INTO blob_piece (sm3, start, bytes) VALUES (:sm3, :start, :bytes)");
		ym_stmt_text(s, "sm3", b->sm3);
		ym_stmt_int(s, "start", b->have);
		ym_stmt_blob(s, "bytes", data, n);
		code = ym_stmt_run(s, NULL);
		ym_stmt_done(s);
	}
	if (!code) {
		s = ym_db_sql(c->db, "UPDATE blob SET have = :have WHERE sm3 = :sm3");
		ym_stmt_int(s, "have", b->have + (int64_t)n);
		ym_stmt_text(s, "sm3", b->sm3);
		code = ym_stmt_run(s, NULL);
	}
	b->have += (int64_t)n;
	return code;
}

/* All bytes are there: right, or nothing of it stays. */
static enum ym_code
complete(struct ym_central *c, struct blob *b, struct ym_central_answer *a)
{
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];
	struct ym_stmt *s;
	enum ym_code code = read_bytes(c, b, 0, b->total, NULL, digest);

	if (code)
		return code;
	ym_hex(hex, digest, sizeof digest);
	b->is_whole = !strcmp(hex, b->sm3);
	if (b->is_whole) {
		s = ym_db_sql(c->db, "UPDATE blob SET is_whole = 1 WHERE sm3 = :sm3");
	} else {
		s = ym_db_sql(c->db, "DELETE FROM blob WHERE sm3 = :sm3");
		b->have = 0;
		ym_central_refuse(
			a, 422, "INVALID", "the whole has another SM3; all pieces are dropped");
	}
	ym_stmt_text(s, "sm3", b->sm3);
	return ym_stmt_run(s, NULL);
}

static void
put(struct ym_central *c, struct blob *b, bool is_known, const struct ym_central_request *req,
	struct ym_central_answer *a)
{
	const char *range = req->header ? req->header(req->user, "Content-Range") : NULL;
	int64_t from, n, total;
	enum ym_code code;

	if (!range || !parse_content_range(range, &from, &n, &total) || (size_t)n != req->body_n) {
		ym_central_refuse(a, 400, "INVALID", "Content-Range does not fit the body");
		return;
	}
	if (total > YM_CENTRAL_BLOB_MAX) {
		ym_central_refuse(a, 413, "TOO_LARGE", "an attachment holds at most 32 MiB");
		return;
	}
	if (is_known && total != b->total) {
		ym_central_refuse(a, 400, "INVALID", "another total than before");
		return;
	}
	b->total = total;
	/* Only asked, or sent again; an empty blob has no piece and is whole when it is named. */
	if (n == 0 ? total > 0 || b->is_whole : from + n <= b->have) {
		answer_have(b, a);
		return;
	}
	if (from != b->have) {
		ym_central_refuse(a, 409, "GAP", "a piece begins where the held ones end");
		answer_have(b, a);
		return;
	}
	code = ym_db_begin(c->db, NULL);
	if (!code) {
		code = write_piece(c, b, req->body, req->body_n);
		if (!code && b->have == b->total)
			code = complete(c, b, a);
		if (code)
			ym_db_rollback(c->db);
		else
			code = ym_db_commit(c->db, NULL);
	}
	if (code)
		ym_central_trouble(a);
	else
		answer_have(b, a);
}

void
ym_central_blob(struct ym_central *c, const char *sm3, const struct ym_central_request *req,
	struct ym_central_reply *reply, struct ym_central_answer *a)
{
	struct blob b = { 0 };
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];
	enum ym_code code;

	/* There and back: one spelling. */
	if (!ym_unhex(digest, sizeof digest, sm3)) {
		ym_central_refuse(a, 404, "NOTFOUND", "no such call");
		return;
	}
	ym_hex(hex, digest, sizeof digest);
	if (strcmp(hex, sm3)) {
		ym_central_refuse(a, 404, "NOTFOUND", "no such call");
		return;
	}
	memcpy(b.sm3, hex, sizeof hex);
	code = find(c, &b);
	if (code && code != YM_NOTFOUND)
		ym_central_trouble(a);
	else if (!strcmp(req->method, "PUT"))
		put(c, &b, !code, req, a);
	else if (code || (!b.is_whole && strcmp(req->method, "HEAD")))
		ym_central_refuse(a, 404, "NOTFOUND", "not held");
	else if (!strcmp(req->method, "HEAD"))
		head(&b, reply, a);
	else if (!strcmp(req->method, "GET"))
		get(c, &b, req, reply, a);
	else
		ym_central_refuse(a, 405, "INVALID", "not a method of this call");
}
