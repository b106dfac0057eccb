/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Checking the chain: header, order, hash, body digest. Needs no keys.
 * Not opening bodies. Invariant: the first broken event is named, with what is wrong about it.
 */
#include "store/internal.h"

static enum ym_code
fail_seq(struct ym_error *err, int64_t seq, const char *msgid, const char *what)
{
	char subject[40];

	snprintf(subject, sizeof subject, "%lld", (long long)seq);
	return ym_fail_on(err, YM_CORRUPT, msgid, subject, "event %lld: %s", (long long)seq, what);
}

/* seq is where the event stands; 0 when only its own header says so. */
static enum ym_code
verify_chain(const struct ym_event *ev, int64_t seq, const uint8_t previous[YM_SM3_LEN],
	struct ym_buf *scratch, struct ym_event_header *h, struct ym_sm3 *sm3, struct ym_error *err)
{
	uint8_t hash[YM_SM3_LEN];

	if (ym_header_decode(ev->header, ev->header_n, scratch, h, NULL))
		return fail_seq(err, seq ? seq : ev->h.seq,
			N_("The header of an event in the log cannot be read"), "header");
	if (seq && h->seq != seq)
		return fail_seq(
			err, seq, N_("An event in the log is missing or out of order"), "order");
	ym_sm3_add(sm3, previous, YM_SM3_LEN);
	ym_sm3_add(sm3, ev->header, ev->header_n);
	ym_sm3_end(sm3, hash);
	if (!ym_crypt_equal(hash, ev->hash, sizeof hash))
		return fail_seq(err, h->seq,
			N_("An event in the log does not follow from the one before it"), "hash");
	return YM_OK;
}

static enum ym_code
verify_body(const struct ym_event *ev, const struct ym_event_header *h, struct ym_error *err)
{
	static const char *const msgid = N_("The content of an event in the log was changed");
	uint8_t digest[YM_SM3_LEN];

	if (h->suite == 0)
		return ev->body ? fail_seq(err, h->seq, msgid, "a body where the header knows none")
				: YM_OK;
	if (!ev->body || ev->body_n < YM_SEAL_OVERHEAD)
		return fail_seq(err, h->seq, msgid, "body missing");
	ym_sm3(ev->body, ev->body_n - YM_SM3_LEN, digest);
	if (!ym_crypt_equal(digest, h->body_sm3, sizeof digest))
		return fail_seq(err, h->seq, msgid, "body digest");
	return YM_OK;
}

static enum ym_code
verify_no_body(const struct ym_event *ev, const struct ym_event_header *h, struct ym_error *err)
{
	if (ev->body || h->suite == 0)
		return ym_fail(err, YM_INVALID, N_("The content of an event is damaged"), "erased");
	return YM_OK;
}

enum ym_code
ym_event_verify(const struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], struct ym_error *err)
{
	struct ym_sm3 *sm3 = ym_sm3_new();
	struct ym_event_header h;
	YM_BUF scratch = { 0 };
	enum ym_code code = verify_chain(ev, 0, previous, &scratch, &h, sm3, err);

	ym_sm3_free(sm3);
	return code ? code : verify_body(ev, &h, err);
}

enum ym_code
ym_event_verify_erased(const struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], struct ym_error *err)
{
	struct ym_sm3 *sm3 = ym_sm3_new();
	struct ym_event_header h;
	YM_BUF scratch = { 0 };
	enum ym_code code = verify_chain(ev, 0, previous, &scratch, &h, sm3, err);

	ym_sm3_free(sm3);
	return code ? code : verify_no_body(ev, &h, err);
}

enum ym_code
ym_event_take(struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], bool is_erased,
	struct ym_buf *scratch, struct ym_sm3 *sm3, struct ym_error *err)
{
	enum ym_code code = ym_header_decode(ev->header, ev->header_n, scratch, &ev->h, err);

	if (code)
		return code;
	ym_sm3_add(sm3, previous, YM_SM3_LEN);
	ym_sm3_add(sm3, ev->header, ev->header_n);
	ym_sm3_end(sm3, ev->hash);
	return is_erased ? verify_no_body(ev, &ev->h, err) : verify_body(ev, &ev->h, err);
}

enum ym_code
ym_event_is_erased(struct ym_db *desk, const struct ym_event_header *h, bool *ret, struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(desk, "SELECT 1 FROM scope_key WHERE scope = :scope AND sealed IS NULL");
	char scope[YM_SCOPE_SIZE];
	enum ym_code code;

	ym_event_scope(h, scope);
	ym_stmt_text(s, "scope", scope);
	code = ym_stmt_step(s, err);
	*ret = code == YM_OK;
	ym_stmt_done(s);
	return code == YM_NOTFOUND ? YM_OK : code;
}

enum ym_code
ym_log_verify(struct ym_db *desk, int64_t *ret_n, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(desk,
		"SELECT e.seq, e.header, e.hash, b.sealed FROM event e "
		"LEFT JOIN event_body b ON b.seq = e.seq ORDER BY e.seq");
	struct ym_sm3 *sm3 = ym_sm3_new();
	uint8_t previous[YM_SM3_LEN] = { 0 };
	struct ym_event_header h;
	YM_BUF scratch = { 0 };
	enum ym_code code;
	int64_t n = 0;

	while ((code = ym_stmt_step(s, err)) == YM_OK) {
		struct ym_event ev = { 0 };
		int64_t seq = ym_stmt_col_int(s, 0);
		bool erased = false;
		size_t hash_n;

		ev.header = ym_stmt_col_blob(s, 1, &ev.header_n);
		memcpy(ev.hash, ym_stmt_col_blob(s, 2, &hash_n),
			YM_SM3_LEN); /* 32 bytes by a CHECK */
		if (!ym_stmt_col_is_null(s, 3))
			ev.body = ym_stmt_col_blob(s, 3, &ev.body_n);
		if (seq != n + 1) {
			code = fail_seq(err, n + 1,
				N_("An event in the log is missing or out of order"), "order");
			break;
		}
		code = verify_chain(&ev, seq, previous, &scratch, &h, sm3, err);
		if (code == YM_OK && !ev.body && h.suite != 0)
			code = ym_event_is_erased(desk, &h, &erased, err);
		if (code == YM_OK && !erased)
			code = verify_body(&ev, &h, err);
		if (code)
			break;
		memcpy(previous, ev.hash, sizeof previous);
		n++;
	}
	ym_sm3_free(sm3);
	ym_stmt_done(s);
	if (code != YM_NOTFOUND)
		return code;
	*ret_n = n;
	return YM_OK;
}
