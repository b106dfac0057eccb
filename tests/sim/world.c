/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See world.h. */
#include "world.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/uuid.h"

#define ACCOUNT "p0001"
#define EPOCH_MS 1795305600000   /* 2026-11-22 */

#define MUST(call) \
	do { \
		struct ym_error must_ = { 0 }; \
		struct ym_error *err = &must_; \
		if (call) { \
			fprintf(stderr, "%s:%d: %s: %s %s (%s)\n", __FILE__, __LINE__, #call, must_.msgid, must_.subject, must_.detail); \
			abort(); \
		} \
	} while (0)

static void
shell(const char *fmt, const char *a, const char *b)
{
	YM_FREE char *cmd = ym_asprintf(fmt, a, b);

	if (system(cmd) != 0)
		abort();
}

uint64_t
world_draw(struct world *w, uint64_t below)
{
	uint64_t z = w->random += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (z ^ z >> 31) % below;
}

/* -- time -- */

static int64_t
wall(void *user)
{
	return EPOCH_MS + ((struct world *)user)->now_ms;
}

static int64_t
mono(void *user)
{
	return 1000 + ((struct world *)user)->now_ms;
}

/* -- making -- */

static uint8_t derived[YM_KEY_LEN];

/* Passwords are slow on purpose: one desk is made, the others are copies with a name of their own. */
static void
make_template(struct world *w)
{
	struct ym_desk_identity who = { "22990100000001", 'A', "229901000000", "试验派出所", "229901", "01", "practice" };
	YM_FREE char *dir = ym_asprintf("%s/template", w->dir);
	struct ym_db *db;
	struct ym_keys *keys;
	uint8_t salt[16];
	unsigned iterations;

	MUST(ym_desk_open(dir, YM_DB_CREATE | YM_DB_LOCK, &db, err));
	MUST(ym_keys_open(db, &keys, err));
	MUST(ym_db_begin(db, err));
	MUST(ym_log_create(db, &who, err));
	MUST(ym_keys_create(keys, ACCOUNT, WORLD_PASSWORD, w->central_key, err));
	MUST(ym_db_commit(db, err));
	MUST(ym_keys_slot(keys, ACCOUNT, salt, &iterations, err));
	ym_kdf_password(WORLD_PASSWORD, salt, sizeof salt, iterations, derived);
	ym_keys_close(keys);
	ym_db_close(db);
}

void
world_init(struct world *w)
{
	const char *fast = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	YM_FREE char *registers = ym_asprintf("%s/registers", getenv("YIMEN_DATA") ? getenv("YIMEN_DATA") : "data");
	struct ym_central_options opt = { .password = WORLD_PASSWORD };

	memset(w, 0, sizeof *w);
	w->random = 1;
	w->kill_at = -1;
	snprintf(w->dir, sizeof w->dir, "%s/yimen-sim-XXXXXX", fast);
	if (!mkdtemp(w->dir))
		abort();
	snprintf(w->central_dir, sizeof w->central_dir, "%s/central", w->dir);
	opt.dir = w->central_dir;
	opt.registers = registers;
	ym_clock_set(&(struct ym_clock){ wall, mono, w });
	MUST(ym_central_init(w->central_dir, WORLD_PASSWORD, err));
	MUST(ym_central_open(&opt, &w->central, err));
	ym_central_public_hex(w->central, w->central_hex);
	MUST(ym_sm2_from_public_hex(w->central_hex, &w->central_key, err));
	w->stranger = ym_sm2_generate();
	make_template(w);
}

void
world_release(struct world *w)
{
	world_drop_desks(w);
	ym_central_close(w->central);
	ym_sm2_free(w->central_key);
	ym_sm2_free(w->stranger);
	ym_clock_set(NULL);
	shell("rm -rf '%s'%s", w->dir, "");
}

/* -- the central's side of the line -- */

static const char *
find_header(void *user, const char *name)
{
	const struct ym_http_request *req = user;
	size_t n = strlen(name);

	for (int i = 0; i < req->n_headers; i++) {
		if (!strncasecmp(req->headers[i], name, n) && !strncmp(req->headers[i] + n, ": ", 2))
			return req->headers[i] + n + 2;
	}
	return NULL;
}

static void
deliver(struct world *w, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	struct ym_central_request in = { req->method, req->path, find_header, (void *)(uintptr_t)req, req->body, req->body_n };
	struct ym_central_reply out;

	ym_central_handle(w->central, &in, &out, NULL);
	if (ret) {
		ym_buf_clear(&ret->body);
		ret->status = out.status;
		ym_buf_add(&ret->body, out.body.data, out.body.len);
	}
	ym_central_reply_release(&out);
}

static void
keep_late(struct world *w, const struct ym_http_request *req)
{
	struct late *l = &w->late[w->n_late % WORLD_LATE];

	if (w->n_late >= WORLD_LATE)
		return;
	w->n_late++;
	ym_strlcpy(l->method, req->method, sizeof l->method);
	ym_strlcpy(l->path, req->path, sizeof l->path);
	l->n_headers = req->n_headers;
	for (int i = 0; i < req->n_headers; i++)
		ym_strlcpy(l->headers[i], req->headers[i], sizeof l->headers[0]);
	ym_buf_clear(&l->body);
	ym_buf_add(&l->body, req->body, req->body_n);
}

void
world_deliver_late(struct world *w, int i)
{
	struct late *l = &w->late[i];
	struct ym_http_request req = { .method = l->method, .path = l->path, .n_headers = l->n_headers, .body = l->body.len ? l->body.data : NULL,
		.body_n = l->body.len };

	for (int h = 0; h < l->n_headers; h++)
		req.headers[h] = l->headers[h];
	deliver(w, &req, NULL);
	ym_buf_release(&l->body);
	memset(l, 0, sizeof *l);
	if (i < --w->n_late) {
		*l = w->late[w->n_late];
		memset(&w->late[w->n_late], 0, sizeof *l);
	}
}

static void
answer_with(struct ym_http_reply *ret, int status, const char *text)
{
	ym_buf_clear(&ret->body);
	ret->status = status;
	ym_buf_adds(&ret->body, text);
}

static bool
strikes(struct world *w, int per_mille)
{
	bool yes = per_mille > 0 && (int)world_draw(w, 1000) < per_mille;

	w->n_faults += yes;
	return yes;
}

static enum ym_link
transport(void *user, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	struct sim_desk *d = user;
	struct world *w = d->w;
	const struct weather *f = &w->weather;
	int n = d->n_exchanges++;

	w->now_ms += 5 + (int64_t)world_draw(w, 200);
	d->n_content += req->body_n > 0;
	if (w->killed)
		return YM_LINK_NONE;
	if (n == w->kill_at) {
		w->killed = true;
		if (w->kill_how == 1)
			deliver(w, req, NULL);
		return YM_LINK_NONE;
	}
	if (strikes(w, f->lose_request)) {
		w->now_ms += 10000;
		return YM_LINK_NONE;
	}
	if (strikes(w, f->proxy)) {
		answer_with(ret, 503, "<html>busy</html>");
		ym_strlcpy(ret->retry_after, "5", sizeof ret->retry_after);
		return YM_LINK_OK;
	}
	if (strikes(w, f->garbage)) {
		answer_with(ret, 200, world_draw(w, 2) ? "<html><form action=login>" : "{\"yimen\":1,\"ok\":true,\"time\":1,\"data\":{},\"sig\":\"00\"}");
		return YM_LINK_OK;
	}
	if (strikes(w, f->stranger)) {
		YM_JSON *data = json_pack("{s:i,s:s,s:{s:i,s:i},s:i,s:[],s:i,s:i,s:b}", "seq", 0, "hash",
			"0000000000000000000000000000000000000000000000000000000000000000", "tally", "events", 0, "quarantined", 0, "feed", 0, "entries",
			"last", 0, "have", 0, "whole", 1);

		ym_buf_clear(&ret->body);
		ret->status = 200;
		ym_wire_make_answer(w->stranger, req->method, req->path, 200, ym_clock_wall(), NULL, NULL, data, &ret->body);
		return YM_LINK_OK;
	}
	if (strikes(w, f->late))
		keep_late(w, req);
	deliver(w, req, ret);
	if (strikes(w, f->twice))
		deliver(w, req, ret);
	if (strikes(w, f->lose_answer)) {
		w->now_ms += 10000;
		return YM_LINK_NONE;
	}
	if (strikes(w, f->cut) && ret->body.len > 2) {
		ret->body.len = world_draw(w, ret->body.len);
		ret->body.data[ret->body.len] = 0;
		/* curl would tell a short body from its length; a proxy may have changed that too */
		return world_draw(w, 2) ? YM_LINK_OK : YM_LINK_NONE;
	}
	return YM_LINK_OK;
}

bool
desk_sign(void *user, const void *msg, size_t n, char ret_sig_hex[161])
{
	struct sim_desk *d = user;

	ym_wire_sign_hex(ym_keys_desk_pair(d->keys), msg, n, ret_sig_hex);
	return true;
}

json_t *
world_ask(struct sim_desk *d, const char *method, const char *path, const char *range, int *ret_status)
{
	struct ym_http_request req = { .method = method, .path = path };
	struct ym_http_reply reply = { 0 };
	struct ym_wire_answer a = { 0 };
	YM_BUF text = { 0 };
	char who[64], at[64], sig_line[200], range_line[100], sig[161];
	int64_t now = ym_clock_wall();

	ym_wire_request_text(&text, method, path, now, NULL, 0);
	desk_sign(d, text.data, text.len, sig);
	snprintf(who, sizeof who, "Yimen-Desk: %s", d->name);
	snprintf(at, sizeof at, "Yimen-Time: %" PRId64, now);
	snprintf(sig_line, sizeof sig_line, "Yimen-Sig: %s", sig);
	snprintf(range_line, sizeof range_line, "Content-Range: %s", range ? range : "");
	req.headers[0] = who;
	req.headers[1] = at;
	req.headers[2] = sig_line;
	req.headers[3] = range_line;
	req.n_headers = range ? 4 : 3;
	deliver(d->w, &req, &reply);
	MUST(ym_wire_open_answer(d->w->central_key, method, path, reply.status, ym_buf_str(&reply.body), reply.body.len, &a, err));
	*ret_status = reply.status;
	ym_buf_release(&reply.body);
	return a.data;
}

/* -- desks -- */

static void
enrol(struct sim_desk *d, const char *code)
{
	char public_hex[131];
	struct ym_http_reply reply = { 0 };
	YM_JSON *body = NULL;
	YM_FREE char *text = NULL;

	ym_sm2_public_hex(ym_keys_desk_pair(d->keys), public_hex);
	body = json_pack("{s:s,s:s,s:s,s:s}", "code", code, "public", public_hex, "escrow", "", "profile", "practice");
	text = ym_json_dump(body);
	deliver(d->w, &(struct ym_http_request){ .method = "POST", .path = "/v1/enrol", .body = text, .body_n = strlen(text) }, &reply);
	if (reply.status != 200)
		abort();
	ym_buf_release(&reply.body);
}

struct sim_desk *
world_add_desk(struct world *w)
{
	struct sim_desk *d = &w->desks[w->n_desks++];
	struct ym_desk_identity who = { .epoch = 'A', .station = "229901000000", .station_name = "试验派出所", .division = "229901", .window = "1",
		.profile = "practice" };
	char code[24];
	struct ym_stmt *s;
	int made = ++w->n_made;

	memset(d, 0, sizeof *d);
	d->w = w;
	/* more desks than two digits of a window: stations of their own */
	snprintf(who.station, sizeof who.station, "229901%06d", made);
	snprintf(who.desk, sizeof who.desk, "229901%06d01", made);
	snprintf(d->code, sizeof d->code, "229901%06d01", made);
	snprintf(d->name, sizeof d->name, "229901%06d01A", made);
	YM_FREE char *dir = ym_asprintf("%s/desk-%d", w->dir, made);
	ym_strlcpy(d->dir, dir, sizeof d->dir);
	if (mkdir(d->dir, 0700))
		abort();
	shell("cp '%s'/template/desk.db* '%s'", w->dir, d->dir);
	MUST(ym_desk_open(d->dir, YM_DB_LOCK, &d->db, err));
	s = ym_db_sql(d->db, "UPDATE identity SET desk = :desk, station = :station");
	ym_stmt_text(s, "desk", who.desk);
	ym_stmt_text(s, "station", who.station);
	MUST(ym_stmt_run(s, err));
	MUST(ym_keys_open(d->db, &d->keys, err));
	MUST(ym_keys_unlock(d->keys, ACCOUNT, derived, err));
	MUST(ym_log_open(d->db, d->keys, &d->log, err));
	MUST(ym_central_add_desk(w->central, &who, code, err));
	enrol(d, code);
	desk_restart_sync(d);
	return d;
}

void
desk_restart_sync(struct sim_desk *d)
{
	struct ym_sync_options opt = { .dir = d->dir, .transport = transport, .sign = desk_sign, .user = d, .batch = 40, .seed = world_draw(d->w, 1 << 30) + 1 };

	ym_sync_close(d->sync);
	MUST(ym_sync_open(&opt, &d->sync, err));
}

void
world_drop_desks(struct world *w)
{
	while (w->n_late)
		world_deliver_late(w, 0);
	for (int i = 0; i < w->n_desks; i++) {
		struct sim_desk *d = &w->desks[i];

		ym_sync_close(d->sync);
		ym_log_close(d->log);
		ym_keys_close(d->keys);
		ym_db_close(d->db);
		shell("rm -rf '%s'%s", d->dir, "");
	}
	w->n_desks = 0;
}

/* Checks that are asked are answered in the feed; a spoilt one comes back as quarantined. */
void
desk_append(struct sim_desk *d, int n, bool ask, bool spoil)
{
	char visit[YM_UUID_LEN + 1], id[YM_UUID_LEN + 1];

	ym_uuid7(visit);
	MUST(ym_db_begin(d->db, err));
	for (int i = 0; i < n; i++) {
		bool last = i == n - 1;
		struct ym_event_draft e = { .kind = "visit.noted", .visit = visit, .account = ACCOUNT, .body = i % 3 ? NULL : "{\"note\":\"张三\"}" };

		ym_uuid7(id);
		if (last && ask) {
			e.kind = "check.asked";
			e.attrs[e.n_attrs++] = (struct ym_attr){ "check", id };
			if (!spoil)
				e.attrs[e.n_attrs++] = (struct ym_attr){ "register", "household" };
			e.body = "{\"subject\":{\"doc_number\":\"229901199003070012\"}}";
			d->asked += !spoil;
			d->bad += spoil;
		}
		MUST(ym_log_append(d->log, &e, NULL, err));
	}
	MUST(ym_db_commit(d->db, err));
}

void
desk_put_blob(struct sim_desk *d, size_t n)
{
	YM_FREE uint8_t *data = ym_alloc(n);
	char key[65];

	if (d->n_blobs == (int)YM_ARRAY_LEN(d->blobs))
		return;
	ym_crypt_random(data, n);
	MUST(ym_blob_put(d->db, data, n, "image/jpeg", d->blobs[d->n_blobs], key, err));
	d->n_blobs++;
}

static bool
fold_one(void *user, int64_t number, const char *kind, const void *sealed, size_t n)
{
	struct sim_desk *d = user;
	YM_BUF aad = { .max = 512 }, json = { 0 };
	char text[24];
	struct ym_event_draft e = { .kind = "feed.applied", .account = ACCOUNT };

	if (number != d->applied + 1) {
		fprintf(stderr, "feed of %s: %" PRId64 " after %" PRId64 "\n", d->name, number, d->applied);
		abort();
	}
	ym_wire_feed_aad(&aad, d->name, number, kind);
	MUST(ym_sm2_open(ym_keys_desk_pair(d->keys), aad.data, aad.len, sealed, n, &json, err));
	snprintf(text, sizeof text, "%" PRId64, number);
	e.attrs[e.n_attrs++] = (struct ym_attr){ "feed", kind };
	e.attrs[e.n_attrs++] = (struct ym_attr){ "number", text };
	e.body = json.data;
	MUST(ym_log_append(d->log, &e, NULL, err));
	d->applied = number;
	d->answered += ym_streq(kind, "check.answered");
	d->quarantined += ym_streq(kind, "event.quarantined");
	return true;
}

void
desk_fold(struct sim_desk *d)
{
	MUST(ym_sync_feed_each(d->dir, d->applied, fold_one, d, err));
}

/* -- in the end -- */

#define NEED(condition) \
	do { \
		if (!(condition)) \
			return #condition; \
	} while (0)

static const char *
blob_fault(struct sim_desk *d, const char *sm3)
{
	struct ym_stmt *s = ym_db_sql(d->db, "SELECT length(bytes) FROM blob WHERE sm3 = :sm3");
	YM_JSON *blob = NULL;
	char path[100], range[64];
	int status;

	ym_stmt_text(s, "sm3", sm3);
	MUST(ym_stmt_step(s, err));
	snprintf(range, sizeof range, "bytes */%" PRId64, ym_stmt_col_int(s, 0));
	ym_stmt_done(s);
	snprintf(path, sizeof path, "/v1/blobs/%s", sm3);
	blob = world_ask(d, "PUT", path, range, &status);
	NEED(ym_json_bool(blob, "whole", false));
	return NULL;
}

const char *
desk_fault(struct sim_desk *d)
{
	struct ym_sync_state st;
	uint8_t hash[YM_SM3_LEN];
	char hex[65], path[100];
	int64_t n = 0, head = ym_log_head(d->log, hash);
	YM_JSON *data = NULL;
	const json_t *tally;
	int status;

	ym_hex(hex, hash, sizeof hash);
	MUST(ym_sync_state_read(d->dir, &st, err));
	NEED(st.acked == head);
	NEED(ym_streq(st.acked_hash, hex));
	NEED(st.central_events == head);
	/* in the central's own words */
	snprintf(path, sizeof path, "/v1/desks/%s/head", d->name);
	data = world_ask(d, "GET", path, NULL, &status);
	tally = json_object_get(data, "tally");
	NEED(status == 200);
	NEED(ym_json_int(data, "seq", -1) == head);
	NEED(ym_streq(ym_json_str(data, "hash"), hex));
	NEED(ym_json_int(tally, "events", -1) == head);
	NEED(ym_json_int(tally, "quarantined", -1) == d->bad);
	NEED(ym_json_int(data, "feed", -1) == d->applied);
	NEED(st.feed_pulled == d->applied);
	/* every question has its one answer */
	NEED(d->answered == d->asked);
	NEED(d->quarantined == d->bad);
	NEED(ym_log_verify(d->db, &n, NULL) == YM_OK);
	NEED(n == head);
	for (int i = 0; i < d->n_blobs; i++) {
		if (blob_fault(d, d->blobs[i]))
			return blob_fault(d, d->blobs[i]);
	}
	return NULL;
}
