/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Handing packs out: GET /v1/packs/... Anybody may ask: a pack is signed and tells of nobody.
 */
#include "central/inner.h"

#include "base/clock.h"

/* In force, the newest first; before the first one is in force, the next. */
#define CURRENT                                                                                    \
	" FROM pack ORDER BY effective <= :today DESC, iif(effective <= :today, effective, '') DESC, effective, added_ms DESC LIMIT 1"

enum ym_code
ym_central_current_pack(struct ym_central *c, char ret_version[32])
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT version" CURRENT);
	char today[16];
	enum ym_code code;

	ym_date_format(today, ym_date_today());
	ym_stmt_text(s, "today", today);
	code = ym_stmt_step(s, NULL);
	if (!code)
		ym_strlcpy(ret_version, ym_stmt_col_text(s, 0), 32);
	ym_stmt_done(s);
	return code;
}

static void
current(struct ym_central *c, struct ym_central_answer *a)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT version, effective, sm3" CURRENT);
	char today[16];
	enum ym_code code;

	ym_date_format(today, ym_date_today());
	ym_stmt_text(s, "today", today);
	code = ym_stmt_step(s, NULL);
	if (code == YM_NOTFOUND) {
		ym_central_refuse(a, 404, "NOTFOUND", "no pack is published");
	} else if (code) {
		ym_central_trouble(a);
	} else {
		a->status = 200;
		a->data = json_pack("{s:s,s:s,s:s}", "version", ym_stmt_col_text(s, 0), "effective",
			ym_stmt_col_text(s, 1), "sm3", ym_stmt_col_text(s, 2));
	}
	ym_stmt_done(s);
}

void
ym_central_pack(struct ym_central *c, const char *version, const struct ym_central_request *req,
	struct ym_central_reply *reply, struct ym_central_answer *a)
{
	struct ym_stmt *s;
	const char *seen = req->header ? req->header(req->user, "If-None-Match") : NULL;
	char etag[2 * YM_SM3_LEN + 3];
	enum ym_code code;

	if (!strcmp(version, "current")) {
		current(c, a);
		return;
	}
	s = ym_db_sql(c->db, "SELECT sm3, bytes FROM pack WHERE version = :version");
	ym_stmt_text(s, "version", version);
	code = ym_stmt_step(s, NULL);
	if (code == YM_NOTFOUND) {
		ym_central_refuse(a, 404, "NOTFOUND", "no such pack");
	} else if (code) {
		ym_central_trouble(a);
	} else {
		size_t n;
		const void *bytes = ym_stmt_col_blob(s, 1, &n);

		snprintf(etag, sizeof etag, "\"%s\"", ym_stmt_col_text(s, 0));
		ym_central_reply_header(reply, "ETag: %s", etag);
		a->is_raw = true;
		a->status = seen && !strcmp(seen, etag) ? 304 : 200;
		reply->body.max = n + 1024;
		if (a->status == 200)
			ym_buf_add(&reply->body, bytes, n);
		reply->length = (int64_t)reply->body.len;
	}
	ym_stmt_done(s);
}
