/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What the central does with events once it holds them: checks, reviews, hand-over, quarantine, and starting again in the middle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/build.h"
#include "world.h"

#define VISIT "019ab5c2-0000-7000-8000-000000000001"
#define VISIT_B "019ab5c2-0000-7000-8000-000000000002"
#define CASE_1 DESK_A "A20261122000011"
#define CASE_2 DESK_A "A20261122000022"
#define NUMBER_HIT "229901199907210192"
#define NUMBER_CLEAR "22990119960307024X"

/* Items of the real pack by who decides them: none is named here. */
static char item_auto[40], item_asked[40], item_approver[40], item_window[40], register_asked[40],
	role_asked[40];
static char registers_dir[96];

static void
sort_item(void *user, const char *id, const char *name, const char *category)
{
	struct ym_pack *p = user;
	const struct ym_item *it;
	int required = -1;

	assert_int_equal(ym_pack_item(p, id, &it, NULL), YM_OK);
	for (int i = 0; i < it->n_checks; i++)
		if (it->checks[i].required)
			required = required < 0 ? i : -2;
	enum ym_decider by = ym_review_decider(it);
	if (by == YM_BY_AUTO && required == -1)
		ym_strlcpy(item_auto, id, sizeof item_auto);
	if (by == YM_BY_AUTO && required >= 0) {
		ym_strlcpy(item_asked, id, sizeof item_asked);
		ym_strlcpy(register_asked, it->checks[required].reg, sizeof register_asked);
		ym_strlcpy(role_asked, it->checks[required].subject, sizeof role_asked);
	}
	if (by == YM_BY_APPROVER)
		ym_strlcpy(item_approver, id, sizeof item_approver);
	if (by == YM_BY_WINDOW)
		ym_strlcpy(item_window, id, sizeof item_window);
}

static struct ym_pack *pack;

static void
publish_pack(struct world *w)
{
	YM_FREE char *path = ym_file_data("yimen.ympack"),
		     *compiled = ym_asprintf("%s/packs/2026.11.0.db", w->central_dir), *reg = NULL;
	YM_BUF data = { .max = 64u << 20 };
	struct ym_error err = { 0 };

	assert_int_equal(ym_file_read(path, 64u << 20, &data, NULL), YM_OK);
	if (ym_central_add_pack(w->c, data.data, data.len, &err))
		fail_msg("add_pack: %s", err.detail);
	assert_int_equal(ym_pack_open(compiled, &pack, NULL), YM_OK);
	ym_pack_each_item(pack, sort_item, pack);
	/* One register with one hit, for whichever item asks it. */
	snprintf(registers_dir, sizeof registers_dir, "%s/registers", w->dir);
	assert_int_equal(mkdir(registers_dir, 0700), 0);
	if (!*item_asked)
		ym_strlcpy(register_asked, "exit_ban", sizeof register_asked);
	reg = ym_asprintf(
		"{\"register\":\"%s\",\"label\":\"试验登记库\",\"default\":\"clear\",\"entries\":[{\"key\":\"" NUMBER_HIT
		"\",\"status\":\"hit\",\"valid_days\":1,\"answer\":{\"text\":\"第001号\"}}]}",
		register_asked);
	YM_FREE char *file = ym_asprintf("%s/one.json", registers_dir);
	assert_int_equal(ym_file_write(file, reg, strlen(reg), 0600, NULL), YM_OK);
}

static int
setup(void **state)
{
	if (!template.dir[0])
		make_template(publish_pack);
	*state = make_world(registers_dir);
	return 0;
}

static int
work_all(struct world *w)
{
	struct ym_error err = { 0 };
	int n, total = 0;

	while ((n = ym_central_work(w->c, 3, &err)) > 0)
		total += n;
	if (n < 0)
		fail_msg("work: %s", err.detail);
	return total;
}

/* The body of a case event with every datum of the item filled in; its parts may be changed before use. */
static json_t *
make_snapshot(const char *item, const char *number)
{
	const struct ym_item *it;
	json_t *form = json_object(), *roles = json_object();

	assert_int_equal(ym_pack_item(pack, item, &it, NULL), YM_OK);
	for (int i = 0; i < it->n_fields; i++)
		json_object_set_new(form, it->fields[i].datum, json_string("x"));
	for (int i = 0; i < it->n_roles; i++)
		json_object_set_new(roles, it->roles[i].id, json_pack("[i,b]", 1, 0));
	return json_pack("{s:i,s:s,s:s,s:o,s:[{s:i,s:[{s:s,s:s}]}],s:o}", "v", 1, "key",
		"019ab5c2-0000-7000-8000-00000000000a", "item", item, "roles", roles, "persons",
		"key", 1, "facts", "d", "id_number", "v", number, "form", form);
}

static void
append_case(struct desk *d, const char *kind, const char *visit, const char *case_no,
	const char *item, const char *state, const char *exit_name, const json_t *snapshot)
{
	YM_FREE char *body = snapshot ? ym_json_dump(snapshot) : NULL;
	struct ym_event_draft e = { .kind = kind,
		.visit = visit,
		.case_no = case_no,
		.item = item,
		.pack = "2026.11.0",
		.account = ACCOUNT,
		.body = body,
		.attrs = { { "state", state }, { "exit", exit_name },
			{ "key", snapshot ? "k" : "" } },
		.n_attrs = 3 };

	append(d, &e);
}

static void
accept(struct desk *d, const char *case_no, const char *item, const char *number)
{
	YM_JSON *snapshot = make_snapshot(item, number);

	append_case(d, "case.accepted", VISIT, case_no, item, "accepted", "accepted", snapshot);
}

static void
state_of(struct world *w, const char *case_no, struct ym_docket *d)
{
	assert_int_equal(ym_docket_find(w->c, case_no, d, NULL), YM_OK);
}

/* -- checks -- */

static void
ask_about(struct desk *d, const char *reg, const char *subject, const char *more)
{
	YM_FREE char *body = ym_asprintf(
		"{\"register\":\"%s\",\"purpose\":\"p\",\"subject\":%s%s}", reg, subject, more);
	struct ym_event_draft e = { .kind = "check.asked",
		.visit = VISIT,
		.account = ACCOUNT,
		.body = body,
		.attrs = { { "check", "019ab5c2-0000-7000-8000-00000000000c" },
			{ "register", reg } },
		.n_attrs = 2 };

	append(d, &e);
}

static void
ask(struct desk *d, const char *reg, const char *subject)
{
	ask_about(d, reg, subject, "");
}

static void
a_certificate_is_asked_for_by_its_own_identifier(void **state)
{
	struct world *w = *state;

	/* the person has nothing against them; the entry's key stands for a certificate's */
	ask_about(&w->a, register_asked, "{\"doc_kind\":\"111\",\"doc_number\":\"" NUMBER_CLEAR "\"}",
		",\"certificate\":\"" NUMBER_HIT "\"");
	push(w, &w->a);
	assert_int_equal(work_all(w), 1);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(ym_json_str(content_at(feed, 0), "status"), "hit");
}

static void
a_check_is_answered_from_the_register(void **state)
{
	struct world *w = *state;

	ask(&w->a, register_asked, "{\"doc_kind\":\"111\",\"doc_number\":\"" NUMBER_HIT "\"}");
	ask(&w->a, register_asked, "{\"doc_kind\":\"111\",\"doc_number\":\"" NUMBER_CLEAR "\"}");
	ask(&w->a, "no_such_register", "{\"doc_number\":\"" NUMBER_CLEAR "\"}");
	push(w, &w->a);
	assert_int_equal(work_all(w), 3);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(feed), 3);
	assert_string_equal(kind_at(feed, 0), "check.answered");
	assert_string_equal(ym_json_str(content_at(feed, 0), "status"), "hit");
	assert_string_equal(
		ym_json_str(content_at(feed, 0), "check"), "019ab5c2-0000-7000-8000-00000000000c");
	assert_string_equal(ym_json_str(content_at(feed, 0), "source"), "试验登记库");
	assert_string_equal(ym_json_str(content_at(feed, 0), "visit"), VISIT);
	assert_string_equal(
		ym_json_str(json_object_get(content_at(feed, 0), "answer"), "text"), "第001号");
	assert_int_equal(strlen(ym_json_str(content_at(feed, 0), "valid_until")), 10);
	assert_string_equal(ym_json_str(content_at(feed, 1), "status"), "clear");
	assert_string_equal(ym_json_str(content_at(feed, 2), "status"), "unknown");
}

static void
a_check_without_a_subject_is_set_aside_and_the_next_is_answered(void **state)
{
	struct world *w = *state;

	ask(&w->a, register_asked, "7");
	ask(&w->a, register_asked, "{\"doc_number\":\"" NUMBER_HIT "\"}");
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(kind_at(feed, 0), "event.quarantined");
	assert_string_equal(ym_json_str(content_at(feed, 0), "field"), "subject");
	assert_int_equal(ym_json_int(content_at(feed, 0), "seq", 0), 1);
	assert_string_equal(kind_at(feed, 1), "check.answered");
}

/* -- reviews -- */

static void
rules_approve_an_automatic_item(void **state)
{
	struct world *w = *state;
	struct ym_docket d;

	if (!*item_auto) {
		print_message("the catalogue has no such item\n");
		skip();
	}
	accept(&w->a, CASE_1, item_auto, NUMBER_CLEAR);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(feed), 1);
	assert_string_equal(kind_at(feed, 0), "case.reviewed");
	assert_string_equal(ym_json_str(content_at(feed, 0), "case"), CASE_1);
	assert_string_equal(ym_json_str(content_at(feed, 0), "result"), "approved");
	assert_string_equal(ym_json_str(content_at(feed, 0), "by"), "auto");
	state_of(w, CASE_1, &d);
	assert_string_equal(d.holder, DESK_A);
	assert_string_equal(d.state, "accepted"); /* until the holder has folded it */
	append(&w->a,
		&(struct ym_event_draft){ .kind = "feed.applied",
			.case_no = CASE_1,
			.attrs = { { "number", "1" }, { "feed", "case.reviewed" },
				{ "result", "approved" } },
			.n_attrs = 3 });
	push(w, &w->a);
	work_all(w);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.state, "approved");
	assert_true(d.applied);
}

static void
a_required_check_that_hits_denies(void **state)
{
	struct world *w = *state;

	if (!*item_asked) {
		print_message("the catalogue has no such item\n");
		skip();
	}
	accept(&w->a, CASE_1, item_asked, NUMBER_HIT);
	accept(&w->a, CASE_2, item_asked, NUMBER_CLEAR);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(ym_json_str(content_at(feed, 0), "result"), "denied");
	assert_non_null(strstr(ym_json_str(content_at(feed, 0), "reason"), "第001号"));
	assert_string_equal(ym_json_str(content_at(feed, 1), "result"), "approved");
}

static void
a_required_check_that_says_nothing_waits_for_an_approver(void **state)
{
	struct world *w = *state;
	struct ym_docket d;

	if (!*item_asked) {
		print_message("the catalogue has no such item\n");
		skip();
	}
	accept(&w->a, CASE_1, item_asked, "");
	push(w, &w->a);
	work_all(w);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.review, "waiting");
}

static void
a_deferred_acceptance_is_reviewed_when_it_is_complete(void **state)
{
	struct world *w = *state;
	struct ym_docket d;

	if (!*item_auto) {
		print_message("the catalogue has no such item\n");
		skip();
	}
	YM_JSON *snapshot = make_snapshot(item_auto, NUMBER_CLEAR);
	append_case(
		&w->a, "case.accepted", VISIT, CASE_1, item_auto, "accepted", "deferred", snapshot);
	push(w, &w->a);
	work_all(w);
	YM_JSON *before = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(before), 0);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.review, "deferred");
	append_case(&w->a, "case.supplemented", VISIT, CASE_1, item_auto, "accepted", "accepted",
		snapshot);
	push(w, &w->a);
	work_all(w);
	YM_JSON *after = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(after), 1);
}

struct list {
	int n;
	char first[64];
};

static void
count_review(
	void *user, const char *case_no, const char *item, const char *holder, int64_t since_ms)
{
	struct list *l = user;

	if (!l->n++)
		ym_strlcpy(l->first, case_no, sizeof l->first);
}

static void
an_approver_decides_what_waits_and_nothing_else(void **state)
{
	struct world *w = *state;
	struct list l = { 0 };

	assert_true(*item_approver && *item_window);
	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	accept(&w->a, CASE_2, item_window, NUMBER_CLEAR);
	push(w, &w->a);
	work_all(w);
	assert_int_equal(ym_central_each_review(w->c, count_review, &l, NULL), YM_OK);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.first, CASE_1);
	assert_int_equal(
		ym_central_review(w->c, CASE_1, "perhaps", "x", "sunli", NULL), YM_INVALID);
	assert_int_equal(ym_central_review(w->c, CASE_1, "denied", "", "sunli", NULL), YM_INVALID);
	assert_int_equal(ym_central_review(w->c, CASE_2, "approved", "", "sunli", NULL), YM_STATE);
	assert_int_equal(ym_central_review(w->c, "no such case", "approved", "", "sunli", NULL),
		YM_NOTFOUND);
	assert_int_equal(
		ym_central_review(w->c, CASE_1, "returned", "照片不合格", "sunli", NULL), YM_OK);
	assert_int_equal(ym_central_review(w->c, CASE_1, "approved", "", "sunli", NULL), YM_STATE);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(feed), 1);
	assert_string_equal(ym_json_str(content_at(feed, 0), "result"), "returned");
	assert_string_equal(ym_json_str(content_at(feed, 0), "reason"), "照片不合格");
	/* reasons may name people */
	assert_true(ym_db_checkpoint(w->c->db) >= 0);
	YM_FREE char *cmd = ym_asprintf("grep -rqaF -- '照片不合格' '%s'", w->central_dir);
	assert_int_not_equal(system(cmd), 0);
}

/* -- hand-over -- */

static void
request_case(struct desk *d, const char *case_no)
{
	append(d,
		&(struct ym_event_draft){ .kind = "case.requested",
			.case_no = case_no,
			.account = ACCOUNT,
			.body = "{\"purpose\":\"p\"}" });
}

static void
a_requested_case_changes_hands_with_key_and_snapshot(void **state)
{
	struct world *w = *state;
	uint8_t key[YM_KEY_LEN];
	char hex[2 * YM_KEY_LEN + 1];
	bool fresh;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	push(w, &w->a);
	request_case(&w->b, CASE_1);
	push(w, &w->b);
	work_all(w);
	YM_JSON *granted = read_feed(w, &w->b, 0), *moved = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(granted), 1);
	assert_string_equal(kind_at(granted, 0), "case.granted");
	assert_string_equal(ym_json_str(content_at(granted, 0), "visit"), VISIT);
	assert_string_equal(ym_json_str(content_at(granted, 0), "state"), "accepted");
	assert_string_equal(
		ym_json_str(json_object_get(content_at(granted, 0), "snapshot"), "item"),
		item_approver);
	assert_int_equal(ym_keys_scope(w->a.keys, VISIT, false, key, &fresh, NULL), YM_OK);
	ym_hex(hex, key, sizeof key);
	assert_string_equal(ym_json_str(content_at(granted, 0), "key"), hex);
	assert_string_equal(kind_at(moved, 0), "case.moved");
	assert_string_equal(ym_json_str(content_at(moved, 0), "to"), DESK_B);
	/* the new holder may go on in a visit of its own, and under the key it was given */
	YM_JSON *snapshot = make_snapshot(item_approver, NUMBER_CLEAR);
	append_case(&w->b, "case.supplemented", VISIT_B, CASE_1, item_approver, "accepted",
		"accepted", snapshot);
	assert_int_equal(ym_keys_adopt_scope(w->b.keys, VISIT, key, NULL), YM_OK);
	append_case(&w->b, "case.supplemented", VISIT, CASE_1, item_approver, "accepted",
		"accepted", snapshot);
	push(w, &w->b);
	work_all(w);
	YM_JSON *rest = read_feed(w, &w->b, 1);
	assert_int_equal(json_array_size(rest), 0);
}

static void
who_does_not_hold_a_case_is_set_aside(void **state)
{
	struct world *w = *state;
	struct ym_docket d;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	push(w, &w->a);
	request_case(&w->b, CASE_1);
	push(w, &w->b);
	append_case(&w->a, "case.withdrawn", VISIT, CASE_1, item_approver, "withdrawn", "", NULL);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(kind_at(feed, 0), "case.moved");
	assert_string_equal(kind_at(feed, 1), "event.quarantined");
	assert_string_equal(ym_json_str(content_at(feed, 1), "field"), "holder");
	assert_string_equal(ym_json_str(content_at(feed, 1), "case"), CASE_1);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.state, "accepted");
	ANSWER head = call_path(w, &w->a, "GET", "/v1/desks/%s/head", NULL, NULL, 0);
	assert_int_equal(ym_json_int(json_object_get(head.data, "tally"), "quarantined", 0), 1);
	assert_int_equal(ym_json_int(json_object_get(head.data, "tally"), "events", 0), 2);
}

static void
a_result_not_yet_folded_follows_the_case(void **state)
{
	struct world *w = *state;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	push(w, &w->a);
	work_all(w);
	assert_int_equal(ym_central_review(w->c, CASE_1, "approved", "可以", "sunli", NULL), YM_OK);
	request_case(&w->b, CASE_1);
	push(w, &w->b);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->b, 0);
	assert_int_equal(json_array_size(feed), 2);
	assert_string_equal(kind_at(feed, 1), "case.reviewed");
	assert_string_equal(ym_json_str(content_at(feed, 1), "reason"), "可以");
}

static void
a_closed_or_unknown_case_is_not_handed_over(void **state)
{
	struct world *w = *state;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	append_case(&w->a, "case.withdrawn", VISIT, CASE_1, item_approver, "withdrawn", "", NULL);
	push(w, &w->a);
	request_case(&w->b, CASE_1);
	request_case(&w->b, CASE_2);
	push(w, &w->b);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->b, 0);
	assert_string_equal(ym_json_str(content_at(feed, 0), "field"), "state");
	assert_string_equal(ym_json_str(content_at(feed, 1), "field"), "case");
}

static void
a_holder_hands_a_case_on(void **state)
{
	struct world *w = *state;
	struct ym_docket d;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	append(&w->a,
		&(struct ym_event_draft){ .kind = "case.handed",
			.case_no = CASE_1,
			.attrs = { { "to", DESK_B } },
			.n_attrs = 1 });
	append(&w->a,
		&(struct ym_event_draft){ .kind = "case.handed",
			.case_no = CASE_1,
			.attrs = { { "to", "22990100000099" } },
			.n_attrs = 1 });
	push(w, &w->a);
	work_all(w);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.holder, DESK_B);
	YM_JSON *feed = read_feed(w, &w->a, 0), *granted = read_feed(w, &w->b, 0);
	assert_string_equal(kind_at(granted, 0), "case.granted");
	assert_string_equal(ym_json_str(content_at(feed, 1), "field"), "to");
}

static void
a_ticket_goes_to_another_window_of_the_station(void **state)
{
	struct world *w = *state;
	static const char *const to[] = { DESK_B, "22990100000099", "33990100000002" };

	for (size_t i = 0; i < YM_ARRAY_LEN(to); i++)
		append(&w->a,
			&(struct ym_event_draft){ .kind = "ticket.sent",
				.body = "{\"claim\":\"证明\",\"consult\":{\"v\":1,\"items\":[]}}",
				.attrs = { { "ticket", "01890000-0000-7000-8000-000000000001" }, { "no", "F001" }, { "class", "4" }, { "to", to[i] } },
				.n_attrs = 4 });
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0), *pushed = read_feed(w, &w->b, 0);
	assert_string_equal(kind_at(pushed, 0), "ticket.pushed");
	assert_string_equal(ym_json_str(content_at(pushed, 0), "no"), "F001");
	assert_string_equal(ym_json_str(content_at(pushed, 0), "from"), DESK_A);
	assert_true(json_is_object(json_object_get(content_at(pushed, 0), "consult")));
	assert_string_equal(kind_at(pushed, 1), "");
	/* what no window can take comes back to who sent it */
	assert_string_equal(kind_at(feed, 0), "event.quarantined");
	assert_string_equal(ym_json_str(content_at(feed, 1), "field"), "to");
}

/* -- content that cannot be used -- */

/* Each spoils one thing; the good case after them is worked all the same. */
static void
unusable_content_is_set_aside_with_its_field(void **state)
{
	struct world *w = *state;
	static const char *const fields[] = { "item", "case", "state", "body", "body", "case" };
	struct ym_docket d;
	YM_JSON *good = make_snapshot(item_window, NUMBER_CLEAR), *old = json_deep_copy(good),
		*other = json_deep_copy(good);

	json_object_set_new(old, "v", json_integer(9));
	json_object_set_new(other, "item", json_string("another"));
	append_case(&w->a, "case.accepted", VISIT, DESK_A "A20261122000110", "no-such-item",
		"accepted", "accepted", good);
	append_case(&w->a, "case.accepted", VISIT, DESK_B "A20261122000120", item_window,
		"accepted", "accepted", good);
	append_case(&w->a, "case.accepted", VISIT, DESK_A "A20261122000130", item_window,
		"no_such_state", "accepted", good);
	append_case(&w->a, "case.accepted", VISIT, DESK_A "A20261122000140", item_window,
		"accepted", "accepted", old);
	append_case(&w->a, "case.accepted", VISIT, DESK_A "A20261122000150", item_window,
		"accepted", "accepted", other);
	append_case(&w->a, "case.issued", VISIT, DESK_A "A20261122000160", item_window, "delivered",
		"", NULL);
	accept(&w->a, CASE_1, item_window, NUMBER_CLEAR);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(feed), YM_ARRAY_LEN(fields));
	for (size_t i = 0; i < YM_ARRAY_LEN(fields); i++) {
		assert_string_equal(kind_at(feed, i), "event.quarantined");
		assert_int_equal(ym_json_int(content_at(feed, i), "seq", 0), (long long)i + 1);
		assert_string_equal(ym_json_str(content_at(feed, i), "field"), fields[i]);
		assert_true(*ym_json_str(content_at(feed, i), "reason"));
	}
	state_of(w, CASE_1, &d);
	assert_true(d.is_known);
}

static void
a_missing_datum_is_named(void **state)
{
	struct world *w = *state;
	const struct ym_item *it;
	const char *needed = NULL;
	YM_JSON *snapshot = make_snapshot(item_window, NUMBER_CLEAR);

	assert_int_equal(ym_pack_item(pack, item_window, &it, NULL), YM_OK);
	for (int i = 0; i < it->n_fields && !needed; i++) {
		const struct ym_need_field *f = &it->fields[i];
		const struct ym_datum *datum = ym_pack_datum(pack, strchr(f->datum, '.') + 1);
		bool by_optional = false;

		for (int r = 0; r < it->n_roles; r++)
			by_optional |= !it->roles[r].required &&
				!strncmp(it->roles[r].id, f->datum, strlen(it->roles[r].id));
		if (f->required && !*f->when && !f->is_result && datum &&
			datum->type != YM_DATUM_CAPTURE && !by_optional)
			needed = f->datum;
	}
	if (!needed) {
		print_message("the item needs no datum in every case\n");
		skip();
	}
	json_object_del(json_object_get(snapshot, "form"), needed);
	append_case(&w->a, "case.accepted", VISIT, CASE_1, item_window, "accepted", "accepted",
		snapshot);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(ym_json_str(content_at(feed, 0), "field"), needed);
}

static void
the_window_may_not_complete_what_others_decide(void **state)
{
	struct world *w = *state;
	YM_JSON *snapshot = make_snapshot(item_approver, NUMBER_CLEAR);

	append_case(&w->a, "case.completed", VISIT, CASE_1, item_approver, "approved", "completed",
		snapshot);
	push(w, &w->a);
	work_all(w);
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_string_equal(ym_json_str(content_at(feed, 0), "field"), "step");
}

/* Order per case: what follows a spoilt event waits for the repair, other cases do not. */
static void
a_new_event_with_the_whole_case_repairs(void **state)
{
	struct world *w = *state;
	struct ym_docket d;
	YM_JSON *good = make_snapshot(item_window, NUMBER_CLEAR), *bad = json_deep_copy(good);

	json_object_del(bad, "persons");
	accept(&w->a, CASE_1, item_window, NUMBER_CLEAR);
	append_case(&w->a, "case.supplemented", VISIT, CASE_1, item_window, "accepted", "accepted",
		bad);
	append_case(&w->a, "case.withdrawn", VISIT, CASE_1, item_window, "withdrawn", "", NULL);
	push(w, &w->a);
	work_all(w);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.state, "accepted");
	YM_JSON *feed = read_feed(w, &w->a, 0);
	assert_int_equal(json_array_size(feed), 2);
	append_case(&w->a, "case.supplemented", VISIT, CASE_1, item_window, "accepted", "accepted",
		good);
	append_case(&w->a, "case.withdrawn", VISIT, CASE_1, item_window, "withdrawn", "", NULL);
	push(w, &w->a);
	work_all(w);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.state, "withdrawn");
	ANSWER head = call_path(w, &w->a, "GET", "/v1/desks/%s/head", NULL, NULL, 0);
	assert_int_equal(ym_json_int(json_object_get(head.data, "tally"), "quarantined", -1), 0);
}

/* -- starting again -- */

/* One run in one piece, one with a restart before every event: the same cases, the same feed, no number twice. */
static void
a_restart_before_every_event_changes_nothing(void **state)
{
	struct world *w = *state;
	struct ym_docket d;
	int n = 0, one;

	accept(&w->a, CASE_1, item_approver, NUMBER_CLEAR);
	ask(&w->a, register_asked, "{\"doc_number\":\"" NUMBER_HIT "\"}");
	push(w, &w->a);
	request_case(&w->b, CASE_1);
	push(w, &w->b);
	append_case(&w->a, "case.withdrawn", VISIT, CASE_1, item_approver, "withdrawn", "", NULL);
	push(w, &w->a);
	do {
		ym_central_close(w->c);
		open_central(w);
		/* Killed in the middle of a slice: nothing of it is there. */
		assert_int_equal(ym_central_begin_group(w->c, NULL), YM_OK);
		assert_true(ym_central_work(w->c, 2, NULL) >= 0);
		ym_db_rollback(w->c->db);
		one = ym_central_work(w->c, 1, NULL);
		n += one;
	} while (one > 0);
	assert_int_equal(n, 4);
	YM_JSON *a = read_feed(w, &w->a, 0), *b = read_feed(w, &w->b, 0);
	assert_int_equal(json_array_size(a), 3);
	assert_string_equal(kind_at(a, 0), "check.answered");
	assert_string_equal(kind_at(a, 1), "case.moved");
	assert_string_equal(kind_at(a, 2), "event.quarantined");
	assert_int_equal(json_array_size(b), 1);
	state_of(w, CASE_1, &d);
	assert_string_equal(d.holder, DESK_B);
}

/* -- packs -- */

static void
a_pack_is_announced_signed_and_never_changed(void **state)
{
	struct world *w = *state;
	YM_FREE char *path = ym_file_data("yimen.ympack");
	YM_BUF data = { .max = 64u << 20 };

	ANSWER current = call(w, NULL, "GET", "/v1/packs/current", NULL, NULL, 0);
	assert_int_equal(current.status, 200);
	assert_string_equal(ym_json_str(current.data, "version"), "2026.11.0");
	ANSWER bytes = call(w, NULL, "GET", "/v1/packs/2026.11.0", NULL, NULL, 0);
	assert_int_equal(bytes.status, 200);
	YM_FREE char *tag = ym_asprintf("If-None-Match: %s", strchr(bytes.headers[0], '"'));
	ANSWER seen = call(w, NULL, "GET", "/v1/packs/2026.11.0", tag, NULL, 0);
	assert_int_equal(seen.status, 304);
	ANSWER none = call(w, NULL, "GET", "/v1/packs/1.0", NULL, NULL, 0);
	assert_int_equal(none.status, 404);
	/* the same again is harmless, another content under this version is not */
	assert_int_equal(ym_file_read(path, 64u << 20, &data, NULL), YM_OK);
	assert_int_equal(ym_central_add_pack(w->c, data.data, data.len, NULL), YM_OK);
	static const char other[] =
		"{\"pack\":{\"version\":\"2026.11.0\",\"effective\":\"2026-11-01\"}}";
	assert_int_equal(ym_central_add_pack(w->c, other, strlen(other), NULL), YM_CONFLICT);
	static const char path_like[] =
		"{\"pack\":{\"version\":\"../x\",\"effective\":\"2026-11-01\"}}";
	assert_int_equal(ym_central_add_pack(w->c, path_like, strlen(path_like), NULL), YM_INVALID);
	/* the next one: every desk hears of it */
	const char *doc;
	size_t n;
	assert_int_equal(ym_catalog_verify(NULL, data.data, data.len, &doc, &n, NULL), YM_OK);
	YM_FREE char *next = ym_strndup(doc, n);
	memcpy(strstr(next, "2026.11.0"), "2026.12.0", 9);
	assert_int_equal(ym_central_add_pack(w->c, next, n, NULL), YM_OK);
	YM_JSON *a = read_feed(w, &w->a, 0), *b = read_feed(w, &w->b, 0);
	assert_string_equal(kind_at(a, 0), "pack.available");
	assert_string_equal(ym_json_str(content_at(b, 0), "version"), "2026.12.0");
}

static void
a_locked_central_does_not_work(void **state)
{
	struct world *w = *state;
	struct ym_central_options opt = { w->central_dir, NULL, NULL };
	struct ym_central *c = NULL;
	struct ym_error err;

	assert_int_equal(ym_central_open(&opt, &c, NULL), YM_OK);
	assert_int_equal(ym_central_work(c, 1, &err), -1);
	assert_int_equal(err.code, YM_STATE);
	assert_int_equal(ym_central_review(c, CASE_1, "approved", "", "x", NULL), YM_STATE);
	ym_central_close(c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, end_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_check_is_answered_from_the_register),
		T(a_certificate_is_asked_for_by_its_own_identifier),
		T(a_check_without_a_subject_is_set_aside_and_the_next_is_answered),
		T(rules_approve_an_automatic_item),
		T(a_required_check_that_hits_denies),
		T(a_required_check_that_says_nothing_waits_for_an_approver),
		T(a_deferred_acceptance_is_reviewed_when_it_is_complete),
		T(an_approver_decides_what_waits_and_nothing_else),
		T(a_requested_case_changes_hands_with_key_and_snapshot),
		T(who_does_not_hold_a_case_is_set_aside),
		T(a_result_not_yet_folded_follows_the_case),
		T(a_closed_or_unknown_case_is_not_handed_over),
		T(a_holder_hands_a_case_on),
		T(a_ticket_goes_to_another_window_of_the_station),
		T(unusable_content_is_set_aside_with_its_field),
		T(a_missing_datum_is_named),
		T(the_window_may_not_complete_what_others_decide),
		T(a_new_event_with_the_whole_case_repairs),
		T(a_restart_before_every_event_changes_nothing),
		T(a_pack_is_announced_signed_and_never_changed),
		T(a_locked_central_does_not_work),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ym_pack_close(pack);
	return failed;
}
