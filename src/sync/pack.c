/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Catalogue packs that the feed announced: fetched one after the other, checked by their SM3, laid whole into DIR/pack.incoming.
 * Not trusted and not put in force here: that is the workstation's, which takes the file away. Invariant: the next one is fetched
 * when the place is empty; losing sync.db fetches again what may still be of use, and nothing else.
 */
#include "sync/internal.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"

#define PACK_TIMEOUT_MS 60000
#define SLOWEST_BYTES_PER_MS 4
#define LIST_MAX 64

struct announced { int64_t number; char version[40], sm3[65]; ym_date effective; bool fetched; };

/* What an applied entry announced; false when it says nothing that can be fetched. */
static bool
read_announced(const void *header, size_t n, struct announced *ret)
{
	YM_BUF scratch = { .max = 65536 };
	struct ym_event_header h;

	if (ym_header_decode(header, n, &scratch, &h, NULL))
		return false;
	ym_strlcpy(ret->version, ym_event_attr(&h, "version"), sizeof ret->version);
	ym_strlcpy(ret->sm3, ym_event_attr(&h, "sm3"), sizeof ret->sm3);
	ret->effective = ym_date_parse(ym_event_attr(&h, "effective"));
	return ym_file_is_word(ret->version) && strlen(ret->sm3) == 64 && ret->effective != YM_DATE_NONE;
}

static enum ym_code
is_fetched(struct ym_sync *s, const char *sm3, bool *ret, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->sync_db, "SELECT 1 FROM pack_fetched WHERE sm3 = :sm3");
	enum ym_code code;

	ym_stmt_text(q, "sm3", sm3);
	code = ym_stmt_step(q, err);
	ym_stmt_done(q);
	*ret = code == YM_OK;
	return code == YM_NOTFOUND ? YM_OK : code;
}

/* The last ones that were announced, in order. */
static enum ym_code
read_list(struct ym_sync *s, struct announced list[LIST_MAX], int *ret_n, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT number, header FROM (SELECT f.number, e.header FROM view_feed f "
		"JOIN event e ON e.seq = f.seq WHERE f.kind = 'pack.available' ORDER BY f.number DESC LIMIT :n) ORDER BY number");
	enum ym_code code;
	int n = 0;

	ym_stmt_int(q, "n", LIST_MAX);
	while ((code = ym_stmt_step(q, err)) == YM_OK) {
		struct announced *a = &list[n];
		size_t header_n;
		const void *header = ym_stmt_col_blob(q, 1, &header_n);

		a->number = ym_stmt_col_int(q, 0);
		n += read_announced(header, header_n, a);
	}
	ym_stmt_done(q);
	for (int i = 0; i < n && code == YM_NOTFOUND; i++) {
		code = is_fetched(s, list[i].sm3, &list[i].fetched, err);
		code = code ? code : YM_NOTFOUND;
	}
	*ret_n = n;
	return code == YM_NOTFOUND ? YM_OK : code;
}

/* The feed's last number that is folded: nothing is looked for again before it is another. */
static int64_t
folded(struct ym_sync *s)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT coalesce(max(number), 0) FROM view_feed");
	int64_t n = ym_stmt_step(q, NULL) ? 0 : ym_stmt_col_int(q, 0);

	ym_stmt_done(q);
	return n;
}

/* Another one is in force in its place by now: nobody will work with it. */
static bool
is_outdated(const struct announced *list, int n, int i, ym_date today)
{
	for (int k = 0; k < n; k++) {
		if (list[k].effective <= today && (list[k].effective > list[i].effective ||
				(list[k].effective == list[i].effective && k > i)))
			return true;
	}
	return false;
}

enum ym_outcome
ym_sync_pack_begin(struct ym_sync *s, struct ym_lane_state *lane)
{
	YM_FREE char *incoming = ym_asprintf("%s/pack.incoming", s->opt.dir);
	YM_FREE struct announced *list = ym_alloc(LIST_MAX * sizeof *list);
	ym_date today = ym_date_at(ym_clock_wall() + s->state.offset_ms);
	struct ym_error err = { 0 };
	int64_t top = folded(s);
	int n = 0, i = 0;

	if (top == s->pack_looked)
		return YM_SYNC_DONE;
	/* The last one was not taken yet. */
	if (ym_file_exists(incoming))
		return YM_SYNC_DONE;
	if (read_list(s, list, &n, &err))
		return ym_sync_fail_local(lane, &err);
	while (i < n && (list[i].fetched || list[i].number <= s->pack_passed || is_outdated(list, n, i, today)))
		i++;
	if (i == n) {
		s->pack_looked = top;
		return YM_SYNC_DONE;
	}
	s->pack_number = list[i].number;
	ym_strlcpy(s->pack_version, list[i].version, sizeof s->pack_version);
	ym_strlcpy(s->pack_sm3, list[i].sm3, sizeof s->pack_sm3);
	snprintf(lane->path, sizeof lane->path, "/v1/packs/%s", s->pack_version);
	/* Unsigned: a pack tells of nobody, and is signed itself. So it comes while nobody is signed in, too. */
	lane->req = (struct ym_http_request){ .method = "GET", .path = lane->path,
		.timeout_ms = PACK_TIMEOUT_MS + YM_SYNC_PACK_MAX / SLOWEST_BYTES_PER_MS };
	lane->began_ms = ym_clock_mono();
	lane->step = YM_STEP_PACK;
	return YM_SYNC_MORE;
}

static enum ym_outcome
keep(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_buf *body)
{
	YM_FREE char *incoming = ym_asprintf("%s/pack.incoming", s->opt.dir);
	struct ym_stmt *q = ym_db_sql(s->sync_db, "INSERT OR REPLACE INTO pack_fetched (sm3, version, fetched_ms) "
		"VALUES (:sm3, :version, :now)");
	struct ym_error err = { 0 };
	enum ym_code code = ym_file_write(incoming, body->data, body->len, 0600, &err);

	if (code)
		return ym_sync_fail_local(lane, &err);
	ym_stmt_text(q, "sm3", s->pack_sm3);
	ym_stmt_text(q, "version", s->pack_version);
	ym_stmt_int(q, "now", ym_clock_wall());
	if (ym_stmt_run(q, &err))
		return ym_sync_fail_local(lane, &err);
	ym_diag(YM_DIAG_INFO, "sync", "catalogue %s has come", s->pack_version);
	return ym_sync_say(lane, YM_SYNC_MORE, "");
}

enum ym_outcome
ym_sync_pack_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_http_reply *reply)
{
	struct ym_wire_answer a = { 0 };
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];

	ym_sm3(ym_buf_str(&reply->body), reply->body.len, digest);
	ym_hex(hex, digest, sizeof digest);
	if (reply->status == 200 && !reply->body.overflow && ym_streq(hex, s->pack_sm3))
		return keep(s, lane, &reply->body);
	/* The central's own "no": the next one may be there all the same. */
	if (reply->status != 200 && !ym_wire_open_answer(s->central, "GET", lane->path, reply->status, ym_buf_str(&reply->body),
			reply->body.len, &a, NULL)) {
		ym_wire_answer_release(&a);
		ym_diag(YM_DIAG_WARN, "sync", "the central does not hand out catalogue %s", s->pack_version);
		s->pack_passed = s->pack_number;
		return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central does not hand out the catalogue that it announced"));
	}
	return ym_sync_say(lane, YM_SYNC_FAILED_PORTAL, N_("The catalogue that came is not the one that was announced"));
}
