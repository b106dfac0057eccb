/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A central with two enrolled desks and requests between them, for the central's tests. Include after cmocka. */
#pragma once

#include <inttypes.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "central/inner.h"
#include "store/desk.h"
#include "store/wire.h"

#define CENTRAL_PASSWORD "an invented password"
#define ACCOUNT "p0001"
#define DESK_A "22990100000001"
#define DESK_B "22990100000002"

struct desk {
	char dir[96], name[40];         /* name: code and letter */
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
};
struct world {
	char dir[64], central_dir[96];
	const char *registers;
	struct ym_central *c;
	struct desk a, b;
};

static inline void
run(const char *fmt, const char *one, const char *two)
{
	YM_FREE char *cmd = ym_asprintf(fmt, one, two);

	assert_int_equal(system(cmd), 0);
}

/* -- requests -- */

struct headers { struct { char name[24], value[256]; } list[8]; int n; };

static inline const char *
find_header(void *user, const char *name)
{
	const struct headers *h = user;

	for (int i = 0; i < h->n; i++)
		if (!strcasecmp(h->list[i].name, name))
			return h->list[i].value;
	return NULL;
}

static inline void
set_header(struct headers *h, const char *name, const char *value)
{
	assert_true(h->n < 8);
	ym_strlcpy(h->list[h->n].name, name, sizeof h->list[0].name);
	ym_strlcpy(h->list[h->n++].value, value, sizeof h->list[0].value);
}

static inline void
sign_request(struct headers *h, const struct desk *d, const char *method, const char *path, const void *body, size_t n)
{
	YM_BUF text = { 0 };
	char sig[161], at[24];
	int64_t now = ym_clock_wall();

	ym_wire_request_text(&text, method, path, now, body, n);
	ym_wire_sign_hex(ym_keys_desk_pair(d->keys), text.data, text.len, sig);
	snprintf(at, sizeof at, "%" PRId64, now);
	set_header(h, "Yimen-Desk", d->name);
	set_header(h, "Yimen-Time", at);
	set_header(h, "Yimen-Sig", sig);
}

struct answer { int status; char code[16]; json_t *data; struct ym_buf raw; char headers[4][160]; int64_t length; int wait_s; };

static inline void
answer_release(struct answer *a)
{
	json_decref(a->data);
	ym_buf_release(&a->raw);
}
#define ANSWER YM_CLEANUP(answer_release) struct answer

/* d NULL: unsigned. extra: "Name: value" or NULL. Every envelope must be the central's. */
static inline struct answer
call(struct world *w, const struct desk *d, const char *method, const char *path, const char *extra, const void *body, size_t n)
{
	struct headers h = { 0 };
	struct ym_central_request req = { method, path, find_header, &h, body, n };
	struct ym_central_reply reply;
	struct ym_wire_answer opened = { 0 };
	struct answer a = { 0 };

	if (d)
		sign_request(&h, d, method, path, body, n);
	if (extra) {
		char name[24] = "";

		memcpy(name, extra, (size_t)(strchr(extra, ':') - extra));
		set_header(&h, name, strchr(extra, ':') + 2);
	}
	ym_central_handle(w->c, &req, &reply, &a.wait_s);
	a.status = reply.status;
	a.length = reply.length;
	memcpy(a.headers, reply.headers, sizeof a.headers);
	if (reply.is_json) {
		assert_int_equal(ym_wire_open_answer(w->c->key, method, path, reply.status, ym_buf_str(&reply.body), reply.body.len, &opened, NULL),
			YM_OK);
		assert_int_equal(opened.ok, reply.status == 200);
		memcpy(a.code, opened.code, sizeof a.code);
		a.data = opened.data;
	} else {
		ym_buf_add(&a.raw, reply.body.data, reply.body.len);
	}
	ym_central_reply_release(&reply);
	return a;
}

static inline struct answer
call_path(struct world *w, const struct desk *d, const char *method, const char *fmt, const char *extra, const void *body, size_t n)
{
	YM_FREE char *path = ym_asprintf(fmt, d->name);

	return call(w, d, method, path, extra, body, n);
}

/* -- events -- */

struct collect { json_t *events; uint8_t hash[YM_SM3_LEN]; };

static inline bool
collect_event(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct collect *c = user;
	YM_BUF header = { 0 }, sealed = { 0 };

	ym_base64(&header, ev->header, ev->header_n);
	if (ev->body)
		ym_base64(&sealed, ev->body, ev->body_n);
	json_array_append_new(c->events, json_pack("{s:s,s:s}", "header", ym_buf_str(&header), "body", ym_buf_str(&sealed)));
	memcpy(c->hash, ev->hash, YM_SM3_LEN);
	return true;
}

/* The batch first..last of the desk's own log, signed by it. */
static inline json_t *
make_batch(const struct desk *d, int64_t first, int64_t last)
{
	struct collect c = { .events = json_array() };
	char head[65], sig[161];
	YM_BUF text = { 0 };

	assert_int_equal(ym_log_walk(d->db, NULL, first, last, collect_event, &c, NULL), YM_OK);
	ym_hex(head, c.hash, YM_SM3_LEN);
	ym_wire_batch_text(&text, d->name, first, last, head);
	ym_wire_sign_hex(ym_keys_desk_pair(d->keys), text.data, text.len, sig);
	return json_pack("{s:I,s:I,s:s,s:s,s:o}", "first", (json_int_t)first, "last", (json_int_t)last, "head", head, "sig", sig, "events", c.events);
}

static inline struct answer
send_batch(struct world *w, const struct desk *d, const json_t *batch)
{
	YM_FREE char *text = ym_json_dump(batch);

	return call_path(w, d, "POST", "/v1/desks/%s/events", NULL, text, strlen(text));
}

static inline int64_t
own_head(const struct desk *d)
{
	uint8_t hash[YM_SM3_LEN];

	return ym_log_head(d->log, hash);
}

/* first..the end; returns the status. */
static inline int
push_from(struct world *w, const struct desk *d, int64_t first)
{
	YM_JSON *batch = make_batch(d, first, own_head(d));
	ANSWER a = send_batch(w, d, batch);

	return a.status;
}

static inline int64_t
held(struct world *w, const struct desk *d)
{
	ANSWER a = call_path(w, d, "GET", "/v1/desks/%s/head", NULL, NULL, 0);

	assert_int_equal(a.status, 200);
	return ym_json_int(a.data, "seq", -1);
}

static inline void
push(struct world *w, const struct desk *d)
{
	assert_int_equal(push_from(w, d, held(w, d) + 1), 200);
}

static inline void
append(struct desk *d, const struct ym_event_draft *draft)
{
	struct ym_error err = { 0 };

	if (ym_log_append(d->log, draft, NULL, &err))
		fail_msg("append: %s", err.detail);
}

/* -- feed -- */

/* Opened entries above after: [{"number","kind","content"}]. */
static inline json_t *
read_feed(struct world *w, const struct desk *d, int64_t after)
{
	YM_FREE char *path = ym_asprintf("/v1/desks/%s/feed?after=%" PRId64 "&wait=0", d->name, after);
	ANSWER a = call(w, d, "GET", path, NULL, NULL, 0);
	json_t *list = json_array(), *entry;
	size_t i;

	assert_int_equal(a.status, 200);
	json_array_foreach(json_object_get(a.data, "entries"), i, entry) {
		YM_BUF sealed = { 0 }, aad = { 0 }, plain = { 0 };
		const char *text = ym_json_str(entry, "sealed"), *kind = ym_json_str(entry, "kind");
		json_t *content = NULL;

		assert_int_equal(ym_json_int(entry, "number", 0), after + (int64_t)i + 1);
		assert_true(ym_unbase64(&sealed, text, strlen(text)));
		ym_wire_feed_aad(&aad, d->name, after + (int64_t)i + 1, kind);
		assert_int_equal(ym_sm2_open(ym_keys_desk_pair(d->keys), aad.data, aad.len, sealed.data, sealed.len, &plain, NULL), YM_OK);
		assert_int_equal(ym_json_parse(ym_buf_str(&plain), plain.len, "entry", &content, NULL), YM_OK);
		json_array_append_new(list, json_pack("{s:I,s:s,s:o}", "number", ym_json_int(entry, "number", 0), "kind", kind, "content", content));
	}
	return list;
}

static inline const char *
kind_at(const json_t *feed, size_t i)
{
	return ym_json_str(json_array_get(feed, i), "kind");
}

static inline const json_t *
content_at(const json_t *feed, size_t i)
{
	return json_object_get(json_array_get(feed, i), "content");
}

/* -- the world -- */

static inline void
open_central(struct world *w)
{
	struct ym_central_options opt = { w->central_dir, w->registers, CENTRAL_PASSWORD };
	struct ym_error err = { 0 };

	if (ym_central_open(&opt, &w->c, &err))
		fail_msg("open: %s", err.detail);
}

static inline struct answer
send_enrol(struct world *w, const char *code, const struct desk *d, const char *profile)
{
	char public_hex[131];
	YM_BUF escrow = { 0 };
	YM_FREE char *escrow_hex = NULL, *text = NULL;
	YM_JSON *j = NULL;

	ym_sm2_public_hex(ym_keys_desk_pair(d->keys), public_hex);
	assert_int_equal(ym_keys_escrow(d->keys, &escrow, NULL), YM_OK);
	escrow_hex = ym_alloc(2 * escrow.len + 1);
	ym_hex(escrow_hex, escrow.data, escrow.len);
	j = json_pack("{s:s,s:s,s:s,s:s}", "code", code, "public", public_hex, "escrow", escrow_hex, "profile", profile);
	text = ym_json_dump(j);
	return call(w, NULL, "POST", "/v1/enrol", NULL, text, strlen(text));
}

static inline struct ym_desk_identity
identity(const char *code, const char *profile)
{
	struct ym_desk_identity who = { .epoch = 'A', .station = "229901000000", .station_name = "试验派出所", .division = "229901" };

	ym_strlcpy(who.desk, code, sizeof who.desk);
	ym_strlcpy(who.window, code + 12, sizeof who.window);
	ym_strlcpy(who.profile, profile, sizeof who.profile);
	return who;
}

/* PBKDF2 is slow on purpose: one world is made with two enrolled desks, the tests work on copies of its folder. */
static struct { char dir[64]; uint8_t derived[2][YM_KEY_LEN]; } template;

static inline void
make_desk(struct world *w, struct desk *d, const char *letter, const char *code, uint8_t derived[YM_KEY_LEN])
{
	struct ym_desk_identity who = identity(code, "practice");
	char enrol_code[24];
	uint8_t salt[16];
	unsigned iterations;

	snprintf(d->dir, sizeof d->dir, "%s/%s", w->dir, letter);
	assert_int_equal(ym_desk_open(d->dir, YM_DB_CREATE, &d->db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(d->db, &d->keys, NULL), YM_OK);
	assert_int_equal(ym_keys_create(d->keys, ACCOUNT, "a password too", w->c->key, NULL), YM_OK);
	assert_int_equal(ym_log_create(d->db, &who, NULL), YM_OK);
	assert_int_equal(ym_keys_slot(d->keys, ACCOUNT, salt, &iterations, NULL), YM_OK);
	ym_kdf_password("a password too", salt, sizeof salt, iterations, derived);
	assert_int_equal(ym_keys_unlock(d->keys, ACCOUNT, derived, NULL), YM_OK);
	assert_int_equal(ym_central_add_desk(w->c, &who, enrol_code, NULL), YM_OK);
	ANSWER a = send_enrol(w, enrol_code, d, "practice");
	assert_int_equal(a.status, 200);
	ym_keys_close(d->keys);
	ym_db_close(d->db);
}

static inline void
forget_template(void)
{
	if (template.dir[0])
		run("rm -rf '%s'%s", template.dir, "");
}

static inline void
make_template(void (*extra)(struct world *)) /* extra: before there are desks */
{
	struct world w = { 0 };

	ym_strlcpy(template.dir, "/tmp/yimen-central-XXXXXX", sizeof template.dir);
	assert_non_null(mkdtemp(template.dir));
	atexit(forget_template);
	ym_strlcpy(w.dir, template.dir, sizeof w.dir);
	snprintf(w.central_dir, sizeof w.central_dir, "%s/central", w.dir);
	assert_int_equal(ym_central_init(w.central_dir, CENTRAL_PASSWORD, NULL), YM_OK);
	open_central(&w);
	if (extra)
		extra(&w);
	make_desk(&w, &w.a, "a", DESK_A, template.derived[0]);
	make_desk(&w, &w.b, "b", DESK_B, template.derived[1]);
	ym_central_close(w.c);
}

static inline void
open_desk(struct world *w, struct desk *d, const char *letter, const char *code, const uint8_t derived[YM_KEY_LEN])
{
	snprintf(d->dir, sizeof d->dir, "%s/%s", w->dir, letter);
	snprintf(d->name, sizeof d->name, "%sA", code);
	assert_int_equal(ym_desk_open(d->dir, 0, &d->db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(d->db, &d->keys, NULL), YM_OK);
	assert_int_equal(ym_keys_unlock(d->keys, ACCOUNT, derived, NULL), YM_OK);
	assert_int_equal(ym_log_open(d->db, d->keys, &d->log, NULL), YM_OK);
}

static inline void
close_desk(struct desk *d)
{
	ym_log_close(d->log);
	ym_keys_close(d->keys);
	ym_db_close(d->db);
}

static inline struct world *
make_world(const char *registers)
{
	struct world *w = ym_alloc(sizeof *w);

	ym_strlcpy(w->dir, "/tmp/yimen-central-XXXXXX", sizeof w->dir);
	assert_non_null(mkdtemp(w->dir));
	run("cp -r '%s'/. '%s'", template.dir, w->dir);
	snprintf(w->central_dir, sizeof w->central_dir, "%s/central", w->dir);
	w->registers = registers;
	open_central(w);
	open_desk(w, &w->a, "a", DESK_A, template.derived[0]);
	open_desk(w, &w->b, "b", DESK_B, template.derived[1]);
	return w;
}

static inline int
end_world(void **state)
{
	struct world *w = *state;

	close_desk(&w->a);
	close_desk(&w->b);
	ym_central_close(w->c);
	run("rm -rf '%s'%s", w->dir, "");
	free(w);
	return 0;
}
