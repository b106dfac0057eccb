/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The feed of each desk: appending entries sealed to the desk, and handing them out. Not what they say.
 * Invariant: numbers of one desk have no gaps; desk.feed is the last one.
 */
#include "central/inner.h"

/* Sealed bytes of one page: a page is at least one entry. */
#define PAGE_BYTES (2u << 20)

static enum ym_code
next_number(struct ym_central *c, const char *desk, int64_t *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		c->db, "UPDATE desk SET feed = feed + 1 WHERE desk = :desk RETURNING feed");
	enum ym_code code;

	ym_stmt_text(s, "desk", desk);
	code = ym_stmt_step(s, err);
	if (!code)
		*ret = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return code == YM_NOTFOUND
		? ym_fail(err, YM_NOTFOUND, N_("The central does not know this desk"), "feed")
		: code;
}

enum ym_code
ym_outbox_put(struct ym_central *c, const struct ym_central_desk *desk, const char *kind,
	const json_t *content, struct ym_error *err)
{
	YM_FREE char *text = ym_json_dump(content);
	YM_BUF aad = { .max = 512 };
	YM_BUF sealed = { 0 };
	YM_SM2 *key = NULL;
	struct ym_stmt *s;
	int64_t number = 0;
	enum ym_code code = ym_sm2_from_public_hex(desk->public_hex, &key, err);

	if (!code)
		code = next_number(c, desk->desk, &number, err);
	if (!code) {
		ym_wire_feed_aad(&aad, desk->desk, number, kind);
		ym_sm2_seal_to(key, aad.data, aad.len, text, strlen(text), &sealed);
		s = ym_db_sql(c->db,
			"INSERT INTO feed (desk, number, kind, sealed) VALUES (:desk, :number, :kind, :sealed)");
		ym_stmt_text(s, "desk", desk->desk);
		ym_stmt_int(s, "number", number);
		ym_stmt_text(s, "kind", kind);
		ym_stmt_blob(s, "sealed", sealed.data, sealed.len);
		code = ym_stmt_run(s, err);
	}
	explicit_bzero(text, strlen(text));
	return code;
}

enum ym_code
ym_outbox_put_code(struct ym_central *c, const char *code_of_desk, const char *kind,
	const json_t *content, struct ym_error *err)
{
	struct ym_central_desk desk;
	enum ym_code code = ym_central_living_desk(c, code_of_desk, &desk, err);

	return code == YM_NOTFOUND ? YM_OK
		: code             ? code
				   : ym_outbox_put(c, &desk, kind, content, err);
}

void
ym_central_feed(struct ym_central *c, const struct ym_central_desk *desk, int64_t after, int wait_s,
	struct ym_central_answer *a, int *ret_wait_s)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT number, kind, sealed FROM feed WHERE desk = :desk AND number > :after"
		" ORDER BY number LIMIT :page");
	json_t *entries = json_array();
	int64_t last = desk->feed;
	size_t bytes = 0;
	enum ym_code code;

	ym_stmt_text(s, "desk", desk->desk);
	ym_stmt_int(s, "after", after);
	ym_stmt_int(s, "page", YM_CENTRAL_FEED_PAGE);
	while (!(code = ym_stmt_step(s, NULL))) {
		YM_BUF text = { 0 };
		size_t n;
		const void *sealed = ym_stmt_col_blob(s, 2, &n);
		int64_t number = 0;

		if (bytes && bytes + n > PAGE_BYTES)
			break;
		bytes += n;
		number = ym_stmt_col_int(s, 0);
		last = number > last ? number : last;
		ym_base64(&text, sealed, n);
		json_array_append_new(entries,
			json_pack("{s:I,s:s,s:s}", "number", (json_int_t)number, "kind",
				ym_stmt_col_text(s, 1), "sealed", ym_buf_str(&text)));
	}
	ym_stmt_done(s);
	if (code && code != YM_NOTFOUND) {
		json_decref(entries);
		ym_central_trouble(a);
		return;
	}
	if (ret_wait_s)
		*ret_wait_s = json_array_size(entries) ? 0 : wait_s;
	a->status = 200;
	a->data = json_pack("{s:o,s:I}", "entries", entries, "last", (json_int_t)last);
}

bool
ym_central_feed_ready(struct ym_central *c, const char *desk, int64_t after)
{
	struct ym_stmt *s =
		ym_db_sql(c->db, "SELECT 1 FROM desk WHERE desk = :desk AND feed > :after");
	enum ym_code code;

	ym_stmt_text(s, "desk", desk);
	ym_stmt_int(s, "after", after);
	code = ym_stmt_step(s, NULL);
	ym_stmt_done(s);
	return code == YM_OK;
}

uint64_t
ym_central_feed_serial(const struct ym_central *c)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT max(n) FROM feed");
	uint64_t serial = 0;

	if (!ym_stmt_step(s, NULL))
		serial = (uint64_t)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return serial;
}
