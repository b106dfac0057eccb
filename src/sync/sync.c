/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Opening, the lanes, what every answer is checked for, backoff. See sync.h.
 * Not what is sent (push.c, blobs.c) or fetched (pull.c, pack.c). Invariant: what one answer taught is in one transaction of sync.db.
 */
#include "sync/internal.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"

#define BACKOFF_FIRST_MS 2000
#define BACKOFF_MAX_MS 300000
#define BACKOFF_LOCAL_MAX_MS 15000   /* costs a line over a pipe, not a request */
/* A jump beyond this asks the officer (model.md §3). */
#define CLOCK_FAR_MS 600000
/* Smaller differences are the line's, not the clock's. */
#define CLOCK_NOISE_MS 500

const char *
ym_outcome_name(enum ym_outcome o)
{
	static const char *const names[] = { "done", "more", "link", "portal", "certificate", "clock", "busy", "refused", "forked", "local" };

	return (size_t)o < YM_ARRAY_LEN(names) ? names[o] : "local";
}

/* -- opening -- */

static enum ym_code
read_central(struct ym_db *desk_db, struct ym_sm2 **ret, struct ym_error *err)
{
	YM_FREE char *hex = ym_setting_get(desk_db, "central.public");
	struct ym_keys *keys = NULL;
	const struct ym_sm2 *known;
	char known_hex[131];
	enum ym_code code;

	if (hex && *hex)
		return ym_sm2_from_public_hex(hex, ret, err);
	code = ym_keys_open(desk_db, &keys, err);
	if (code)
		return code;
	known = ym_keys_central(keys);
	if (known) {
		ym_sm2_public_hex(known, known_hex);
		code = ym_sm2_from_public_hex(known_hex, ret, err);
	} else {
		code = ym_fail(err, YM_STATE, N_("This desk knows no central yet"), "central.public");
	}
	ym_keys_close(keys);
	return code;
}

static enum ym_code
open_files(struct ym_sync *s, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/sync.db", s->opt.dir);
	const struct ym_desk_identity *who;
	struct ym_log *log = NULL;
	enum ym_code code = ym_desk_open(s->opt.dir, YM_DB_READONLY, &s->desk_db, err);

	if (!code)
		code = ym_log_open(s->desk_db, NULL, &log, err);
	if (code)
		return code;
	who = ym_log_identity(log);
	snprintf(s->desk, sizeof s->desk, "%s%c", who->desk, who->epoch);
	ym_log_close(log);
	code = read_central(s->desk_db, &s->central, err);
	if (!code)
		code = ym_db_open(path, &ym_schema_sync, YM_DB_CREATE | YM_DB_LOCK, &s->sync_db, err);
	return code ? code : ym_sync_state_load(s->sync_db, &s->state, err);
}

enum ym_code
ym_sync_open(const struct ym_sync_options *opt, struct ym_sync **ret, struct ym_error *err)
{
	struct ym_sync *s = ym_alloc(sizeof *s);
	enum ym_code code;

	s->opt = *opt;
	s->batch = opt->batch > 0 && opt->batch < YM_SYNC_BATCH ? opt->batch : YM_SYNC_BATCH;
	s->opt.batch = s->batch;
	s->blobs_ms = ym_clock_mono();
	s->random = opt->seed;
	if (!s->random)
		ym_crypt_random(&s->random, sizeof s->random);
	for (int i = 0; i < YM_N_LANES; i++) {
		s->lanes[i].outcome = YM_SYNC_MORE;
		s->lanes[i].detail = "";
	}
	code = open_files(s, err);
	if (code) {
		ym_sync_close(s);
		return code;
	}
	*ret = s;
	return YM_OK;
}

void
ym_sync_close(struct ym_sync *s)
{
	if (!s)
		return;
	for (int i = 0; i < YM_N_LANES; i++)
		ym_buf_release(&s->lanes[i].body);
	ym_db_close(s->desk_db);
	ym_db_close(s->sync_db);
	ym_sm2_free(s->central);
	free(s);
}

/* -- outcomes -- */

enum ym_outcome
ym_sync_say(struct ym_lane_state *lane, enum ym_outcome o, const char *detail)
{
	lane->outcome = o;
	lane->detail = detail;
	return o;
}

enum ym_outcome
ym_sync_fail_local(struct ym_lane_state *lane, const struct ym_error *err)
{
	ym_diag_error("sync", err);
	return ym_sync_say(lane, YM_SYNC_FAILED_LOCAL, err->msgid ? err->msgid : "");
}

/* A push that fails is told first: it is what the desk has to give. A catalogue that does not come makes nothing out of step. */
static void
compose(struct ym_sync *s)
{
	const struct ym_lane_state *push = &s->lanes[YM_LANE_PUSH], *pull = &s->lanes[YM_LANE_PULL];
	const struct ym_lane_state *told = !ym_outcome_is_failure(push->outcome) && ym_outcome_is_failure(pull->outcome) ? pull : push;
	const char *detail = told->detail;

	s->state.outcome = told->outcome;
	if (!*detail && s->state.central_events != s->state.acked)
		detail = N_("The tallies of desk and central differ");
	if (!*detail && ym_outcome_is_failure(s->lanes[YM_LANE_PACK].outcome))
		detail = s->lanes[YM_LANE_PACK].detail;
	if (!*detail && (s->state.offset_ms > CLOCK_FAR_MS || s->state.offset_ms < -CLOCK_FAR_MS))
		detail = N_("This computer's clock differs from the central's by more than ten minutes");
	ym_strlcpy(s->state.detail, detail, sizeof s->state.detail);
}

static void
count(struct ym_sync *s, struct ym_lane_state *lane)
{
	if (ym_outcome_is_failure(lane->outcome)) {
		lane->failures++;
		if (lane == &s->lanes[YM_LANE_PUSH])
			s->head_known = false;
	} else {
		lane->failures = 0;
		lane->retry_after_ms = 0;
	}
}

static uint64_t
draw(struct ym_sync *s, uint64_t below)
{
	uint64_t z = s->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (z ^ z >> 31) % below;
}

int64_t
ym_sync_retry_ms(struct ym_sync *s, enum ym_lane lane)
{
	const struct ym_lane_state *l = &s->lanes[lane];
	int64_t base, wait, most = l->outcome == YM_SYNC_FAILED_LOCAL ? BACKOFF_LOCAL_MAX_MS : BACKOFF_MAX_MS;

	if (l->failures == 0)
		return 0;
	base = (int64_t)BACKOFF_FIRST_MS << (l->failures > 9 ? 8 : l->failures - 1);
	if (base > most)
		base = most;
	wait = base * 3 / 4 + (int64_t)draw(s, (uint64_t)base / 2);
	/* Behind what was asked for, not before it: all desks were told the same. */
	if (l->retry_after_ms > wait)
		wait = l->retry_after_ms + (int64_t)draw(s, BACKOFF_FIRST_MS);
	return wait > most ? most : wait;
}

enum ym_outcome
ym_sync_lane_outcome(const struct ym_sync *s, enum ym_lane lane)
{
	return s->lanes[lane].outcome;
}

void
ym_sync_try_again(struct ym_sync *s)
{
	for (int i = 0; i < YM_N_LANES; i++) {
		s->lanes[i].failures = 0;
		s->lanes[i].retry_after_ms = 0;
	}
	s->forked = false;
	if (s->lanes[YM_LANE_PUSH].step == YM_STEP_NONE)
		s->head_known = false;
	if (!s->blob_sm3[0])
		s->blob_row = 0;
	s->pack_passed = s->pack_looked = 0;
}

/* -- a request -- */

bool
ym_sync_prepare(struct ym_sync *s, struct ym_lane_state *lane, const char *method, const char *range, long timeout_ms)
{
	YM_BUF text = { .max = 4096 };
	int64_t now = ym_clock_wall();
	char sig[161];
	int n = 0;

	ym_wire_request_text(&text, method, lane->path, now, lane->body.data, lane->body.len);
	if (!s->opt.sign(s->opt.user, text.data, text.len, sig)) {
		ym_sync_say(lane, YM_SYNC_FAILED_LOCAL, N_("Nobody is signed in: sending and fetching wait"));
		return false;
	}
	snprintf(lane->desk, sizeof lane->desk, "Yimen-Desk: %s", s->desk);
	snprintf(lane->time, sizeof lane->time, "Yimen-Time: %" PRId64, now);
	snprintf(lane->sig, sizeof lane->sig, "Yimen-Sig: %s", sig);
	lane->req = (struct ym_http_request){ .method = method, .path = lane->path, .body = lane->body.len ? lane->body.data : NULL,
		.body_n = lane->body.len, .timeout_ms = timeout_ms };
	lane->req.headers[n++] = lane->desk;
	lane->req.headers[n++] = lane->time;
	lane->req.headers[n++] = lane->sig;
	if (range) {
		snprintf(lane->range, sizeof lane->range, "Content-Range: %s", range);
		lane->req.headers[n++] = lane->range;
		lane->req.headers[n++] = "Content-Type: application/octet-stream";
	} else if (lane->body.len) {
		lane->req.headers[n++] = "Content-Type: application/json";
	}
	lane->req.n_headers = n;
	lane->began_ms = ym_clock_mono();
	return true;
}

/* The state row, when it is another than before; the lane fails when it cannot be written. */
static void
settle(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_sync_state *before)
{
	struct ym_error err = { 0 };

	compose(s);
	if (memcmp(&s->state, before, sizeof *before) == 0)
		return;
	if (ym_sync_state_save(s->sync_db, &s->state, &err))
		ym_sync_fail_local(lane, &err);
}

void
ym_sync_note(struct ym_sync *s, const char *msgid)
{
	struct ym_sync_state before = s->state;

	ym_sync_say(&s->lanes[YM_LANE_PUSH], YM_SYNC_FAILED_LOCAL, msgid);
	settle(s, &s->lanes[YM_LANE_PUSH], &before);
}

const struct ym_sync_state *
ym_sync_now(const struct ym_sync *s)
{
	return &s->state;
}

enum ym_outcome
ym_sync_begin(struct ym_sync *s, enum ym_lane which, int wait_s, const struct ym_http_request **ret)
{
	struct ym_lane_state *lane = &s->lanes[which];
	struct ym_sync_state before = s->state;
	enum ym_outcome o;

	ym_buf_clear(&lane->body);
	lane->step = YM_STEP_NONE;
	o = which == YM_LANE_PUSH ? ym_sync_push_begin(s, lane) : which == YM_LANE_PULL ? ym_sync_pull_begin(s, lane, wait_s) :
		ym_sync_pack_begin(s, lane);
	if (o == YM_SYNC_MORE && lane->step != YM_STEP_NONE) {
		*ret = &lane->req;
		return o;
	}
	if (o == YM_SYNC_DONE)
		ym_sync_say(lane, o, "");
	count(s, lane);
	settle(s, lane, &before);
	if (o == YM_SYNC_DONE)
		(void)ym_db_checkpoint(s->sync_db);
	return lane->outcome;
}

/* -- an answer -- */

static int64_t
read_retry_after(const char *text)
{
	char *end;
	long long s = strtoll(text, &end, 10);

	if (end == text || *end || s < 0)
		return 0;
	return s > BACKOFF_MAX_MS / 1000 ? BACKOFF_MAX_MS : (int64_t)s * 1000;
}

static void
learn_clock(struct ym_sync *s, const struct ym_lane_state *lane, int64_t time_ms)
{
	int64_t took = ym_clock_mono() - lane->began_ms, offset, change;

	/* After a long poll only the way back counts. */
	if (lane->step == YM_STEP_FEED && s->wait_s > 0)
		took = 0;
	offset = time_ms - (ym_clock_wall() - took / 2);
	change = offset - s->state.offset_ms;
	if (change > CLOCK_NOISE_MS || change < -CLOCK_NOISE_MS)
		s->state.offset_ms = offset;
}

static enum ym_outcome
take_reply(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_http_reply *reply)
{
	struct ym_wire_answer a = { 0 };
	enum ym_outcome o;

	/* A proxy before the central may say so in its place: nothing is taken for sent by it. */
	if (reply->status == 503 || reply->status == 429 || reply->status == 502 || reply->status == 504) {
		lane->retry_after_ms = read_retry_after(reply->retry_after);
		return ym_sync_say(lane, YM_SYNC_FAILED_BUSY, N_("The central is busy"));
	}
	if (lane->step == YM_STEP_PACK)
		return ym_sync_pack_end(s, lane, reply);
	if (reply->body.overflow || ym_wire_open_answer(s->central, lane->req.method, lane->req.path, reply->status, ym_buf_str(&reply->body),
			reply->body.len, &a, NULL))
		return ym_sync_say(lane, YM_SYNC_FAILED_PORTAL, N_("A login page or another program answers in the central's place"));
	learn_clock(s, lane, a.time_ms);
	s->state.last_ok_ms = ym_clock_wall();
	if (!a.ok && ym_streq(a.code, "BUSY")) {
		lane->retry_after_ms = read_retry_after(reply->retry_after);
		o = ym_sync_say(lane, YM_SYNC_FAILED_BUSY, N_("The central is busy"));
	} else if (!a.ok && ym_streq(a.code, "REFUSED")) {
		o = ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central refuses this desk"));
	} else if (lane->step == YM_STEP_FEED) {
		o = ym_sync_pull_end(s, lane, &a);
	} else {
		o = ym_sync_push_end(s, lane, &a);
	}
	ym_wire_answer_release(&a);
	return o;
}

static enum ym_outcome
take(struct ym_sync *s, struct ym_lane_state *lane, enum ym_link link, const struct ym_http_reply *reply)
{
	switch (link) {
	case YM_LINK_OK:
		return take_reply(s, lane, reply);
	case YM_LINK_CERTIFICATE:
		return ym_sync_say(lane, YM_SYNC_FAILED_CERT, N_("The central's certificate is not trusted or has expired"));
	case YM_LINK_CLOCK:
		return ym_sync_say(lane, YM_SYNC_FAILED_CLOCK, N_("The central's certificate is not valid yet: is this computer's clock right?"));
	case YM_LINK_NONE:
		break;
	}
	return ym_sync_say(lane, YM_SYNC_FAILED_LINK, N_("The central cannot be reached"));
}

enum ym_outcome
ym_sync_end(struct ym_sync *s, enum ym_lane which, enum ym_link link, const struct ym_http_reply *reply)
{
	struct ym_lane_state *lane = &s->lanes[which];
	struct ym_sync_state before = s->state;
	struct ym_error err = { 0 };

	if (ym_db_begin(s->sync_db, &err)) {
		lane->step = YM_STEP_NONE;
		ym_sync_fail_local(lane, &err);
		count(s, lane);
		return lane->outcome;
	}
	lane->retry_after_ms = 0;
	take(s, lane, link, reply);
	lane->step = YM_STEP_NONE;
	count(s, lane);
	if (lane->outcome == YM_SYNC_FAILED_LOCAL) {
		/* A part may have been written. What was learnt is asked for again. */
		ym_db_rollback(s->sync_db);
		s->state = before;
		settle(s, lane, &before);
		return lane->outcome;
	}
	settle(s, lane, &before);
	if (ym_db_commit(s->sync_db, &err)) {
		s->state = before;
		s->head_known = false;
		ym_sync_fail_local(lane, &err);
		count(s, lane);
	}
	return lane->outcome;
}

/* -- steps over a transport that waits -- */

static enum ym_outcome
exchange(struct ym_sync *s, enum ym_lane lane, int wait_s)
{
	struct ym_http_reply reply = { .body = { .max = lane == YM_LANE_PACK ? YM_SYNC_PACK_MAX : YM_SYNC_REPLY_MAX } };
	const struct ym_http_request *req = NULL;
	enum ym_outcome o = ym_sync_begin(s, lane, wait_s, &req);

	if (!req)
		return o;
	o = ym_sync_end(s, lane, s->opt.transport(s->opt.user, req, &reply), &reply);
	ym_buf_release(&reply.body);
	return o;
}

enum ym_outcome
ym_sync_push(struct ym_sync *s)
{
	return exchange(s, YM_LANE_PUSH, 0);
}

enum ym_outcome
ym_sync_pull(struct ym_sync *s, int wait_s)
{
	return exchange(s, YM_LANE_PULL, wait_s);
}

enum ym_outcome
ym_sync_pack(struct ym_sync *s)
{
	return exchange(s, YM_LANE_PACK, 0);
}

enum ym_outcome
ym_sync_all(struct ym_sync *s)
{
	enum ym_outcome push, pull, pack;

	do {
		do
			push = ym_sync_push(s);
		while (push == YM_SYNC_MORE);
		do
			pull = ym_sync_pull(s, 0);
		while (pull == YM_SYNC_MORE);
		/* The feed may have told that the tally is another. */
	} while (push == YM_SYNC_DONE && pull == YM_SYNC_DONE && !s->head_known);
	do
		pack = ym_sync_pack(s);
	while (pack == YM_SYNC_MORE);
	return ym_outcome_is_failure(push) ? push : ym_outcome_is_failure(pull) ? pull : pack;
}
