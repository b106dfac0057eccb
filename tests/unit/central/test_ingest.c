/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Events, enrolment, attachments and feed as a desk meets them: yimen-sync(7) without HTTP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

static int
setup(void **state)
{
	if (!template.dir[0])
		make_template(NULL);
	*state = make_world(NULL);
	return 0;
}

static void
append_some(struct desk *d, int n)
{
	for (int i = 0; i < n; i++)
		append(d,
			&(struct ym_event_draft){ .kind = "shift.opened",
				.account = ACCOUNT,
				.body = "{\"note\":\"x\"}" });
}

/* -- events -- */

static void
a_batch_moves_the_head_and_the_tally(void **state)
{
	struct world *w = *state;
	uint8_t hash[YM_SM3_LEN];
	char hex[65];

	append_some(&w->a, 3);
	YM_JSON *batch = make_batch(&w->a, 1, 3);
	ANSWER a = send_batch(w, &w->a, batch);
	assert_int_equal(a.status, 200);
	assert_int_equal(ym_json_int(a.data, "seq", 0), 3);
	ym_log_head(w->a.log, hash);
	ym_hex(hex, hash, sizeof hash);
	assert_string_equal(ym_json_str(a.data, "hash"), hex);
	assert_int_equal(ym_json_int(json_object_get(a.data, "tally"), "events", 0), 3);
	assert_int_equal(ym_json_int(json_object_get(a.data, "tally"), "quarantined", -1), 0);
	assert_int_equal(held(w, &w->b), 0);
}

static void
a_fresh_desk_has_an_empty_head(void **state)
{
	struct world *w = *state;
	ANSWER a = call_path(w, &w->a, "GET", "/v1/desks/%s/head", NULL, NULL, 0);

	assert_int_equal(a.status, 200);
	assert_int_equal(ym_json_int(a.data, "seq", -1), 0);
	assert_string_equal(ym_json_str(a.data, "hash"),
		"0000000000000000000000000000000000000000000000000000000000000000");
}

static void
repeats_are_accepted_and_counted_once(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 4);
	YM_JSON *first = make_batch(&w->a, 1, 2), *overlap = make_batch(&w->a, 2, 4),
		*old = make_batch(&w->a, 1, 3);
	ANSWER one = send_batch(w, &w->a, first);
	ANSWER two = send_batch(w, &w->a, first);
	ANSWER three = send_batch(w, &w->a, overlap);
	ANSWER four = send_batch(w, &w->a, old);
	assert_int_equal(one.status, 200);
	assert_int_equal(two.status, 200);
	assert_int_equal(ym_json_int(two.data, "seq", 0), 2);
	assert_int_equal(three.status, 200);
	assert_int_equal(ym_json_int(three.data, "seq", 0), 4);
	assert_int_equal(four.status, 200);
	assert_int_equal(ym_json_int(json_object_get(four.data, "tally"), "events", 0), 4);
}

static void
a_gap_is_told_with_the_head_and_stores_nothing(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 5);
	YM_JSON *first = make_batch(&w->a, 1, 2), *later = make_batch(&w->a, 4, 5);
	ANSWER one = send_batch(w, &w->a, first);
	ANSWER two = send_batch(w, &w->a, later);
	assert_int_equal(one.status, 200);
	assert_int_equal(two.status, 409);
	assert_string_equal(two.code, "GAP");
	assert_int_equal(ym_json_int(two.data, "seq", 0), 2);
	assert_int_equal(held(w, &w->a), 2);
}

/* The same desk, its folder copied before its second event: two logs under one name. */
static void
another_event_at_a_held_place_is_a_fork(void **state)
{
	struct world *w = *state;
	struct desk copy = { 0 };

	append_some(&w->a, 1);
	push(w, &w->a);
	assert_true(ym_db_checkpoint(w->a.db) >= 0);
	run("cp -r '%s/a' '%s/copy'", w->dir, w->dir);
	open_desk(w, &copy, "copy", DESK_A, template.derived[0]);
	append_some(&w->a, 2);
	append_some(&copy, 3);
	push(w, &w->a);
	YM_JSON *forked = make_batch(&copy, 2, 4), *behind = make_batch(&copy, 4, 4);
	ANSWER a = send_batch(w, &copy, forked);
	ANSWER b = send_batch(w, &copy, behind);
	assert_int_equal(a.status, 409);
	assert_string_equal(a.code, "FORK");
	assert_int_equal(ym_json_int(a.data, "seq", 0), 3);
	/* does not chain with what is held */
	assert_int_equal(b.status, 409);
	assert_string_equal(b.code, "GAP");
	assert_int_equal(held(w, &w->a), 3);
	close_desk(&copy);
}

/* Retention may come before the line does: header and digest still count, and only when the desk says so. */
static void
an_event_erased_before_it_was_sent_is_held_without_its_body(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 2);
	YM_JSON *batch = make_batch(&w->a, 1, 2);
	json_t *second = json_array_get(json_object_get(batch, "events"), 1);
	YM_JSON *body = json_incref(json_object_get(second, "body"));
	assert_true(json_string_length(body) > 0);
	json_object_set_new(second, "body", json_string(""));
	ANSWER silent = send_batch(w, &w->a, batch);
	assert_int_equal(silent.status, 400);
	json_object_set_new(second, "erased", json_true());
	json_object_set(second, "body", body);
	ANSWER both = send_batch(w, &w->a, batch);
	assert_int_equal(both.status, 400);
	assert_int_equal(held(w, &w->a), 0);
	json_object_set_new(second, "body", json_string(""));
	ANSWER told = send_batch(w, &w->a, batch);
	assert_int_equal(told.status, 200);
	assert_int_equal(held(w, &w->a), 2);
}

static void
a_bad_batch_signature_is_refused(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 1);
	YM_JSON *batch = make_batch(&w->a, 1, 1);
	json_object_set_new(batch, "sig", json_string("30440220"));
	ANSWER a = send_batch(w, &w->a, batch);
	assert_int_equal(a.status, 403);
	assert_string_equal(a.code, "REFUSED");
	assert_int_equal(held(w, &w->a), 0);
}

static void
an_unsigned_or_foreign_request_is_refused(void **state)
{
	struct world *w = *state;
	ANSWER bare = call(w, NULL, "GET", "/v1/desks/" DESK_A "A/head", NULL, NULL, 0);
	ANSWER other = call(w, &w->b, "GET", "/v1/desks/" DESK_A "A/head", NULL, NULL, 0);

	assert_int_equal(bare.status, 403);
	assert_int_equal(other.status, 403);
	assert_string_equal(other.code, "REFUSED");
}

static void
a_signature_holds_for_its_body_and_path_only(void **state)
{
	struct world *w = *state;
	struct headers h = { 0 };
	struct ym_central_request req = { "GET", "/v1/desks/" DESK_A "A/feed?after=0&wait=0",
		find_header, &h, NULL, 0 };
	struct ym_central_reply reply;

	sign_request(&h, &w->a, "GET", "/v1/desks/" DESK_A "A/head", NULL, 0);
	ym_central_handle(w->c, &req, &reply, NULL);
	assert_int_equal(reply.status, 403);
	ym_central_reply_release(&reply);
}

static void
another_desks_event_is_refused(void **state)
{
	struct world *w = *state;
	char head[65], sig[161];
	YM_BUF text = { 0 };

	append_some(&w->b, 1);
	YM_JSON *batch = make_batch(&w->b, 1, 1);
	/* signed by A over B's event */
	ym_strlcpy(head, ym_json_str(batch, "head"), sizeof head);
	ym_wire_batch_text(&text, w->a.name, 1, 1, head);
	ym_wire_sign_hex(ym_keys_desk_pair(w->a.keys), text.data, text.len, sig);
	json_object_set_new(batch, "sig", json_string(sig));
	ANSWER a = send_batch(w, &w->a, batch);
	assert_int_equal(a.status, 403);
	assert_string_equal(a.code, "REFUSED");
	assert_int_equal(held(w, &w->a), 0);
}

static void
a_changed_body_spoils_the_whole_batch(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 3);
	YM_JSON *batch = make_batch(&w->a, 1, 3);
	json_t *events = json_object_get(batch, "events");
	json_object_set(json_array_get(events, 1), "body",
		json_object_get(json_array_get(events, 2), "body"));
	ANSWER a = send_batch(w, &w->a, batch);
	assert_int_equal(a.status, 400);
	assert_string_equal(a.code, "INVALID");
	assert_int_equal(ym_json_int(a.data, "seq", 0), 2);
	assert_int_equal(held(w, &w->a), 0);
}

static void
a_head_that_is_not_the_last_hash_is_invalid(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 2);
	YM_JSON *batch = make_batch(&w->a, 1, 2);
	json_array_remove(json_object_get(batch, "events"), 1);
	json_array_append(json_object_get(batch, "events"),
		json_array_get(json_object_get(batch, "events"), 0));
	ANSWER a = send_batch(w, &w->a, batch);
	assert_int_equal(a.status, 400);
	assert_int_equal(held(w, &w->a), 0);
}

static void
more_than_two_hundred_events_are_too_many(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 201);
	YM_JSON *many = make_batch(&w->a, 1, 201), *most = make_batch(&w->a, 1, 200);
	ANSWER a = send_batch(w, &w->a, many);
	ANSWER b = send_batch(w, &w->a, most);
	assert_int_equal(a.status, 413);
	assert_string_equal(a.code, "TOO_LARGE");
	assert_int_equal(b.status, 200);
	assert_int_equal(held(w, &w->a), 200);
}

static void
more_than_four_mebibytes_are_too_much(void **state)
{
	struct world *w = *state;
	YM_FREE char *big = ym_alloc(YM_CENTRAL_BODY_MAX + 1);
	ANSWER a = call_path(
		w, &w->a, "POST", "/v1/desks/%s/events", NULL, big, YM_CENTRAL_BODY_MAX + 1);

	assert_int_equal(a.status, 413);
	assert_string_equal(a.code, "TOO_LARGE");
}

static void
what_is_not_a_batch_is_invalid(void **state)
{
	struct world *w = *state;
	static const char *const texts[] = { "", "[]", "{",
		"{\"first\":1,\"last\":1,\"head\":\"\",\"sig\":\"\",\"events\":[]}",
		"{\"first\":1,\"last\":2,\"head\":\"\",\"events\":[{}]}", "{\"first\":-1}" };

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++) {
		ANSWER a = call_path(
			w, &w->a, "POST", "/v1/desks/%s/events", NULL, texts[i], strlen(texts[i]));
		assert_int_equal(a.status, 400);
	}
}

static void
unknown_calls_are_not_found(void **state)
{
	struct world *w = *state;
	static const char *const paths[] = { "/", "/v1", "/v1/desks/" DESK_A "A",
		"/v1/desks/" DESK_A "A/headx", "/v1/desks/" DESK_A "A/", "/v2/central",
		"/v1/blobs/12" };

	for (size_t i = 0; i < YM_ARRAY_LEN(paths); i++) {
		ANSWER a = call(w, &w->a, "GET", paths[i], NULL, NULL, 0);
		assert_int_equal(a.status, 404);
		assert_string_equal(a.code, "NOTFOUND");
	}
}

/* A group is one transaction: rolled back, nothing of it is held. */
static void
a_group_commits_several_requests_at_once(void **state)
{
	struct world *w = *state;

	append_some(&w->a, 2);
	append_some(&w->b, 1);
	assert_int_equal(ym_central_begin_group(w->c, NULL), YM_OK);
	assert_int_equal(push_from(w, &w->a, 1), 200);
	assert_int_equal(push_from(w, &w->b, 1), 200);
	ym_db_rollback(w->c->db);
	assert_int_equal(held(w, &w->a), 0);
	assert_int_equal(ym_central_begin_group(w->c, NULL), YM_OK);
	assert_int_equal(push_from(w, &w->a, 1), 200);
	assert_int_equal(push_from(w, &w->b, 1), 200);
	assert_int_equal(ym_central_commit_group(w->c, NULL), YM_OK);
	assert_int_equal(held(w, &w->a), 2);
	assert_int_equal(held(w, &w->b), 1);
}

/* -- enrolment -- */

static void
a_code_serves_one_key_of_the_right_profile(void **state)
{
	struct world *w = *state;
	struct ym_desk_identity who = identity("22990100000003", "practice");
	char code[24], typed[32];

	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_OK);
	assert_int_equal(
		ym_central_add_account(w->c, who.desk, "w1", "王一", true, "accept", NULL), YM_OK);
	ANSWER wrong = send_enrol(w, code, &w->a, "production");
	assert_int_equal(wrong.status, 403);
	/* as people type it */
	snprintf(typed, sizeof typed, " %s", code);
	for (char *c = typed; *c; c++)
		*c = *c == '-' ? ' ' : (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	ANSWER good = send_enrol(w, typed, &w->a, "practice");
	assert_int_equal(good.status, 200);
	assert_string_equal(ym_json_str(good.data, "desk"), "22990100000003");
	assert_string_equal(ym_json_str(good.data, "epoch"), "A");
	assert_string_equal(ym_json_str(good.data, "station_name"), "试验派出所");
	assert_string_equal(ym_json_str(good.data, "central"), w->c->public_hex);
	assert_string_equal(
		ym_json_str(json_array_get(json_object_get(good.data, "accounts"), 0), "name"),
		"王一");
	/* the answer was lost: the same key again */
	ANSWER again = send_enrol(w, code, &w->a, "practice");
	assert_int_equal(again.status, 200);
	ANSWER other = send_enrol(w, code, &w->b, "practice");
	assert_int_equal(other.status, 403);
	assert_string_equal(other.code, "REFUSED");
}

static void
an_unknown_code_or_a_bad_key_is_refused(void **state)
{
	struct world *w = *state;
	static const char bad[] =
		"{\"code\":\"X\",\"public\":\"04\",\"escrow\":\"\",\"profile\":\"practice\"}";
	ANSWER unknown = send_enrol(w, "0000-0000-0000-0000", &w->a, "practice");
	ANSWER key = call(w, NULL, "POST", "/v1/enrol", NULL, bad, strlen(bad));

	assert_int_equal(unknown.status, 403);
	assert_int_equal(key.status, 400);
}

/* An escrow that does not open would only be noticed on the day it is needed. */
static void
an_escrow_that_does_not_open_is_refused(void **state)
{
	struct world *w = *state;
	struct ym_desk_identity who = identity("22990100000003", "production");
	char code[24], public_hex[131];
	YM_FREE char *text = NULL;

	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_OK);
	ym_sm2_public_hex(ym_keys_desk_pair(w->a.keys), public_hex);
	text = ym_asprintf(
		"{\"code\":\"%s\",\"public\":\"%s\",\"escrow\":\"00ff\",\"profile\":\"production\"}",
		code, public_hex);
	ANSWER bad = call(w, NULL, "POST", "/v1/enrol", NULL, text, strlen(text));
	assert_int_equal(bad.status, 400);
	ANSWER good = send_enrol(w, code, &w->a, "production");
	assert_int_equal(good.status, 200);
}

static void
the_central_names_its_key(void **state)
{
	struct world *w = *state;
	ANSWER a = call(w, NULL, "GET", "/v1/central", NULL, NULL, 0);

	assert_int_equal(a.status, 200);
	assert_string_equal(ym_json_str(a.data, "central"), w->c->public_hex);
}

static void
an_old_letter_is_closed_when_the_next_is_enrolled(void **state)
{
	struct world *w = *state;
	struct ym_desk_identity who = identity(DESK_A, "practice");
	char code[24];

	append_some(&w->a, 1);
	push(w, &w->a);
	who.epoch = 0;
	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_OK);
	append_some(&w->a, 1);
	push(w, &w->a); /* not enrolled yet: the old one lives */
	ANSWER a = send_enrol(w, code, &w->b, "practice");
	assert_string_equal(ym_json_str(a.data, "epoch"), "B");
	append_some(&w->a, 1);
	assert_int_equal(push_from(w, &w->a, 3), 403);
}

static void
a_desk_to_be_must_be_described(void **state)
{
	struct world *w = *state;
	struct ym_desk_identity who = identity(DESK_A, "practice");
	char code[24];

	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_CONFLICT);
	who.epoch = 'B';
	who.division[0] = 0;
	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_INVALID);
	who = identity("22990200000001", "practice");
	assert_int_equal(ym_central_add_desk(w->c, &who, code, NULL), YM_INVALID);
}

static void
names_of_accounts_lie_sealed(void **state)
{
	struct world *w = *state;
	YM_FREE char *cmd = ym_asprintf("grep -rqaF -- 'Nobody Atall' '%s'", w->central_dir);

	assert_int_equal(
		ym_central_add_account(w->c, DESK_A, "n1", "Nobody Atall", false, "accept", NULL),
		YM_OK);
	assert_true(ym_db_checkpoint(w->c->db) >= 0);
	assert_int_not_equal(system(cmd), 0);
}

static void
a_wrong_password_and_a_second_init_are_refused(void **state)
{
	struct world *w = *state;
	struct ym_central_options opt = { w->central_dir, NULL, "not this one" };
	struct ym_central *c = NULL;

	assert_int_equal(ym_central_open(&opt, &c, NULL), YM_REFUSED);
	assert_int_equal(ym_central_init(w->central_dir, CENTRAL_PASSWORD, NULL), YM_STATE);
	opt.password = NULL;
	assert_int_equal(ym_central_open(&opt, &c, NULL), YM_OK);
	YM_BUF status = { 0 };
	assert_int_equal(ym_central_status(c, &status, NULL), YM_OK);
	assert_non_null(strstr(ym_buf_str(&status), "\"desks\""));
	ym_central_close(c);
}

/* -- attachments -- */

static void
digest_of(const char *data, size_t n, char hex[65])
{
	uint8_t digest[YM_SM3_LEN];

	ym_sm3(data, n, digest);
	ym_hex(hex, digest, sizeof digest);
}

static struct answer
put(struct world *w, const char *sm3, const char *range, const char *data, size_t n)
{
	YM_FREE char *path = ym_asprintf("/v1/blobs/%s", sm3),
		     *header = ym_asprintf("Content-Range: bytes %s", range);

	return call(w, &w->a, "PUT", path, header, data, n);
}

static struct answer
get(struct world *w, const char *method, const char *sm3, const char *range)
{
	YM_FREE char *path = ym_asprintf("/v1/blobs/%s", sm3);

	return call(w, &w->b, method, path, range, NULL, 0);
}

static void
a_blob_is_resumed_and_served_in_ranges(void **state)
{
	struct world *w = *state;
	static const char data[] = "0123456789abcdefghij";
	char sm3[65];

	digest_of(data, 20, sm3);
	ANSWER none = get(w, "HEAD", sm3, NULL);
	assert_int_equal(none.status, 404);
	ANSWER first = put(w, sm3, "0-7/20", data, 8);
	assert_int_equal(first.status, 200);
	assert_int_equal(ym_json_int(first.data, "have", 0), 8);
	assert_false(ym_json_bool(first.data, "whole", true));
	ANSWER part = get(w, "HEAD", sm3, NULL);
	assert_int_equal(part.status, 308);
	assert_string_equal(part.headers[0], "Yimen-Have: 8");
	ANSWER early = get(w, "GET", sm3, NULL);
	assert_int_equal(early.status, 404);
	ANSWER gap = put(w, sm3, "12-19/20", data + 12, 8);
	assert_int_equal(gap.status, 409);
	assert_string_equal(gap.code, "GAP");
	assert_int_equal(ym_json_int(gap.data, "have", 0), 8);
	ANSWER again = put(w, sm3, "0-7/20", data, 8);
	assert_int_equal(again.status, 200);
	assert_int_equal(ym_json_int(again.data, "have", 0), 8);
	ANSWER asked = put(w, sm3, "*/20", NULL, 0);
	assert_int_equal(ym_json_int(asked.data, "have", 0), 8);
	ANSWER last = put(w, sm3, "8-19/20", data + 8, 12);
	assert_int_equal(last.status, 200);
	assert_true(ym_json_bool(last.data, "whole", false));
	ANSWER head = get(w, "HEAD", sm3, NULL);
	assert_int_equal(head.status, 200);
	assert_int_equal(head.length, 20);
	ANSWER all = get(w, "GET", sm3, NULL);
	assert_int_equal(all.status, 200);
	assert_memory_equal(all.raw.data, data, 20);
	ANSWER range = get(w, "GET", sm3, "Range: bytes=6-9");
	assert_int_equal(range.status, 206);
	assert_int_equal(range.raw.len, 4);
	assert_memory_equal(range.raw.data, "6789", 4);
	ANSWER tail = get(w, "GET", sm3, "Range: bytes=-3");
	assert_memory_equal(tail.raw.data, "hij", 3);
	ANSWER open_end = get(w, "GET", sm3, "Range: bytes=15-");
	assert_memory_equal(open_end.raw.data, "fghij", 5);
	ANSWER beyond = get(w, "GET", sm3, "Range: bytes=20-");
	assert_int_equal(beyond.status, 416);
}

static void
bytes_of_another_digest_are_dropped(void **state)
{
	struct world *w = *state;
	char sm3[65];

	digest_of("right", 5, sm3);
	ANSWER wrong = put(w, sm3, "0-4/5", "wrong", 5);
	assert_int_equal(wrong.status, 422);
	assert_string_equal(wrong.code, "INVALID");
	ANSWER head = get(w, "HEAD", sm3, NULL);
	assert_int_equal(head.status, 404);
	ANSWER right = put(w, sm3, "0-4/5", "right", 5);
	assert_true(ym_json_bool(right.data, "whole", false));
}

static void
ranges_that_do_not_fit_are_invalid(void **state)
{
	struct world *w = *state;
	static const char *const ranges[] = { "0-4", "0-3/5", "0-4/4", "4-0/5", "x-4/5", "0-4/x",
		"-/", "0-4/99999999999999999999", "" };
	char sm3[65];

	digest_of("right", 5, sm3);
	for (size_t i = 0; i < YM_ARRAY_LEN(ranges); i++) {
		ANSWER a = put(w, sm3, ranges[i], "right", 5);
		assert_int_equal(a.status, 400);
	}
	ANSWER big = put(w, sm3, "0-4/33554433", "right", 5);
	assert_int_equal(big.status, 413);
}

static void
an_empty_blob_is_whole_at_once(void **state)
{
	struct world *w = *state;
	char sm3[65];

	digest_of("", 0, sm3);
	ANSWER a = put(w, sm3, "*/0", NULL, 0);
	assert_int_equal(a.status, 200);
	assert_true(ym_json_bool(a.data, "whole", false));
}

/* -- feed -- */

static void
tell(struct world *w, const struct desk *d, int i)
{
	struct ym_central_desk to;
	YM_JSON *content = json_pack("{s:i}", "i", i);

	assert_int_equal(ym_central_desk(w->c, d->name, &to, NULL), YM_OK);
	assert_int_equal(ym_outbox_put(w->c, &to, "pack.available", content, NULL), YM_OK);
}

static void
feed_comes_in_pages_without_gaps_to_its_desk_alone(void **state)
{
	struct world *w = *state;

	for (int i = 1; i <= 103; i++)
		tell(w, &w->a, i);
	tell(w, &w->b, 1000);
	YM_JSON *page = read_feed(w, &w->a, 0), *rest = read_feed(w, &w->a, 100),
		*other = read_feed(w, &w->b, 0);
	assert_int_equal(json_array_size(page), 100);
	assert_int_equal(json_array_size(rest), 3);
	assert_int_equal(ym_json_int(content_at(rest, 2), "i", 0), 103);
	assert_int_equal(json_array_size(other), 1);
	assert_int_equal(ym_json_int(content_at(other, 0), "i", 0), 1000);
}

static void
an_empty_feed_asks_the_server_to_hold(void **state)
{
	struct world *w = *state;
	uint64_t serial = ym_central_feed_serial(w->c);
	ANSWER wait =
		call_path(w, &w->a, "GET", "/v1/desks/%s/feed?after=0&wait=30", NULL, NULL, 0);
	ANSWER longest =
		call_path(w, &w->a, "GET", "/v1/desks/%s/feed?wait=300&after=0", NULL, NULL, 0);
	ANSWER now = call_path(w, &w->a, "GET", "/v1/desks/%s/feed?after=0", NULL, NULL, 0);

	assert_int_equal(wait.wait_s, 30);
	assert_int_equal(wait.status, 200); /* what the desk gets when the time is over */
	assert_int_equal(longest.wait_s, YM_CENTRAL_WAIT_MAX);
	assert_int_equal(now.wait_s, 0);
	assert_false(ym_central_feed_ready(w->c, w->a.name, 0));
	tell(w, &w->a, 1);
	assert_true(ym_central_feed_ready(w->c, w->a.name, 0));
	assert_false(ym_central_feed_ready(w->c, w->a.name, 1));
	assert_true(ym_central_feed_serial(w->c) > serial);
	ANSWER there =
		call_path(w, &w->a, "GET", "/v1/desks/%s/feed?after=0&wait=30", NULL, NULL, 0);
	assert_int_equal(there.wait_s, 0);
	assert_int_equal(ym_json_int(there.data, "last", 0), 1);
}

static void
numbers_in_the_query_are_numbers(void **state)
{
	struct world *w = *state;
	ANSWER a = call_path(w, &w->a, "GET", "/v1/desks/%s/feed?after=-1", NULL, NULL, 0);
	ANSWER b = call_path(w, &w->a, "GET", "/v1/desks/%s/feed?after=1&wait=x", NULL, NULL, 0);

	assert_int_equal(a.status, 400);
	assert_int_equal(b.status, 400);
}

static void
an_account_change_reaches_the_enrolled_desk(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		ym_central_add_account(w->c, DESK_B, "n1", "王一", true, "review", NULL), YM_OK);
	YM_JSON *feed = read_feed(w, &w->b, 0);
	assert_string_equal(kind_at(feed, 0), "account.changed");
	assert_string_equal(ym_json_str(content_at(feed, 0), "name"), "王一");
	assert_true(ym_json_bool(content_at(feed, 0), "officer", false));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, end_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_batch_moves_the_head_and_the_tally),
		T(a_fresh_desk_has_an_empty_head),
		T(repeats_are_accepted_and_counted_once),
		T(a_gap_is_told_with_the_head_and_stores_nothing),
		T(another_event_at_a_held_place_is_a_fork),
		T(an_event_erased_before_it_was_sent_is_held_without_its_body),
		T(a_bad_batch_signature_is_refused),
		T(an_unsigned_or_foreign_request_is_refused),
		T(a_signature_holds_for_its_body_and_path_only),
		T(another_desks_event_is_refused),
		T(a_changed_body_spoils_the_whole_batch),
		T(a_head_that_is_not_the_last_hash_is_invalid),
		T(more_than_two_hundred_events_are_too_many),
		T(more_than_four_mebibytes_are_too_much),
		T(what_is_not_a_batch_is_invalid),
		T(unknown_calls_are_not_found),
		T(a_group_commits_several_requests_at_once),
		T(a_code_serves_one_key_of_the_right_profile),
		T(an_unknown_code_or_a_bad_key_is_refused),
		T(an_escrow_that_does_not_open_is_refused),
		T(the_central_names_its_key),
		T(an_old_letter_is_closed_when_the_next_is_enrolled),
		T(a_desk_to_be_must_be_described),
		T(names_of_accounts_lie_sealed),
		T(a_wrong_password_and_a_second_init_are_refused),
		T(a_blob_is_resumed_and_served_in_ranges),
		T(bytes_of_another_digest_are_dropped),
		T(ranges_that_do_not_fit_are_invalid),
		T(an_empty_blob_is_whole_at_once),
		T(feed_comes_in_pages_without_gaps_to_its_desk_alone),
		T(an_empty_feed_asks_the_server_to_hold),
		T(numbers_in_the_query_are_numbers),
		T(an_account_change_reaches_the_enrolled_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
