/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Every paper of the shipped catalogue: each item's application form and notices, each instant item's result, each paper after the exit.
 * Resolved, laid out narrow and wide, and drawn once a template. With YIMEN_PAPER_DUMP=DIR the PDF files are kept to be looked at.
 * Not when a paper is due (unit/cases).
 */
#include "window.h"

#include "base/file.h"
#include "base/number.h"
#include "cases/inner.h"
#include "paper/paper.h"
#include "yimen/text.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup_shipped, window_teardown)

struct seen { char templates[64][40]; int n, n_papers, n_items; };

static bool
first_time(struct seen *seen, const char *id)
{
	for (int i = 0; i < seen->n; i++)
		if (!strcmp(seen->templates[i], id))
			return false;
	assert_true(seen->n < 64);
	ym_strlcpy(seen->templates[seen->n++], id, sizeof(seen->templates[0]));
	return true;
}

/* Returns how many pages it took. */
static int
draw(const json_t *document, const char *name)
{
	const char *helpers = getenv("YIMEN_LIBEXEC"), *dump = getenv("YIMEN_PAPER_DUMP");
	YM_FREE char *path = ym_asprintf("%s/%s-%d.pdf", dump ? dump : "/tmp", name, dump ? 0 : (int)getpid());
	YM_FREE char *command = ym_asprintf("'%s/yimen-paper' > '%s'", helpers, path);
	YM_FREE char *text = ym_json_dump(document);
	FILE *pipe = popen(command, "w");
	assert_non_null(pipe);
	fputs(text, pipe);
	if (pclose(pipe))
		fail_msg("%s was not drawn", name);
	YM_BUF pdf = { .max = 4u << 20 };
	int pages = 0;
	assert_int_equal(ym_file_read(path, pdf.max - 1, &pdf, NULL), YM_OK);
	assert_true(pdf.len > 1000);
	for (const char *at = pdf.data; (at = memmem(at, pdf.len - (size_t)(at - pdf.data), "/Type /Page ", 12)); at++)
		pages++;
	if (!dump)
		unlink(path);
	return pages;
}

static void
no_line_is_too_wide(const char *text, int columns, const char *name)
{
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		if (ym_text_width_n(line, n) > columns)
			fail_msg("%s at %d columns: %.*s", name, columns, (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static json_t *
resolved(struct window *x, int i)
{
	const struct ym_paper_line *p = ym_visit_paper(x->v, i);
	YM_FREE char *name = ym_asprintf("paper/%s", p->template_id), *context_text = ym_visit_paper_json(x->v, i);
	const char *template_text = ym_pack_document(x->pack, name);
	YM_JSON *tmpl = NULL, *context = NULL;
	json_t *document = NULL;
	struct ym_error err = { 0 };
	assert_non_null(context_text);
	assert_int_equal(ym_json_parse(template_text, strlen(template_text), name, &tmpl, NULL), YM_OK);
	assert_int_equal(ym_json_parse(context_text, strlen(context_text), name, &context, NULL), YM_OK);
	if (ym_paper_resolve(tmpl, context, &document, &err))
		fail_msg("%s of %s: %s %s", p->template_id, x->v->cases[0].item->id, err.msgid, err.subject);
	return document;
}

/* Mandatory on every paper of a case (rules.md §2): authority, number, item, who handled it, the date. Returns its pages, 0 when its
 * template was drawn before. */
static int
check(struct window *x, int i, struct seen *seen)
{
	const struct ym_paper_line *p = ym_visit_paper(x->v, i);
	const struct ym_matter *m = &x->v->cases[0];
	YM_JSON *document = resolved(x, i);
	YM_FREE char *wide = ym_paper_text(document, 100), *mid = ym_paper_text(document, 48), *narrow = ym_paper_text(document, 32);
	bool receipt = !strcmp(ym_json_str(document, "size"), "receipt");
	seen->n_papers++;
	if (strchr(wide, '{'))
		fail_msg("%s of %s has a hole", p->template_id, m->item->id);
	if (!strstr(wide, ym_log_identity(x->d.log)->station_name))
		fail_msg("%s of %s names no authority", p->template_id, m->item->id);
	if (p->case_index >= 0 && !strstr(wide, m->case_no) && strncmp(p->template_id, "household", 9))
		fail_msg("%s of %s has no number", p->template_id, m->item->id);
	no_line_is_too_wide(wide, 100, p->template_id);
	no_line_is_too_wide(mid, 48, p->template_id);
	no_line_is_too_wide(narrow, 32, p->template_id);
	if (receipt) {
		/* A number that is broken cannot be read out or typed. */
		assert_non_null(strstr(mid, m->case_no));
		assert_non_null(strstr(narrow, m->case_no));
	}
	/* What the catalogue's makers still doubt is said in its notes. */
	if (strstr(wide, "待核") || strstr(wide, "未查得"))
		fail_msg("%s of %s says that something was not verified", p->template_id, m->item->id);
	/* A station without a telephone prints no phrase with a hole. */
	if (strstr(wide, "拨打 。") || strstr(wide, "投诉监督:。") || strstr(wide, "地址:\n") || strstr(wide, "电话 \n"))
		fail_msg("%s of %s has an empty phrase", p->template_id, m->item->id);
	return first_time(seen, p->template_id) ? draw(document, p->template_id) : 0;
}

static const char *
value_for(struct window *x, const struct ym_form_line *l)
{
	static char number[24];
	const struct ym_datum *d = l->type;
	static const struct { const char *check, *value; } numbers[] = { { "phone", "13800000000" }, { "mobile", "13800000000" },
		{ "plate", "吉A12345" }, { "vin", "1M8GDM9AXKP042788" }, { "passport", "E12345678" }, { "postcode", "130000" },
		{ "hkmpermit", "C12345678" }, { "twpermit", "L12345678" }, { "ipv4", "192.0.2.1" } };
	if (d->n_options)
		return d->options[0].code;
	for (size_t i = 0; i < YM_ARRAY_LEN(numbers); i++)
		if (!strcmp(d->check, numbers[i].check))
			return numbers[i].value;
	if (!strcmp(d->check, "id18")) {
		snprintf(number, sizeof(number), "22990119900307001");
		number[17] = ym_number_id18_check(number);
		return number;
	}
	if (!strcmp(d->check, "uscc")) {
		snprintf(number, sizeof(number), "91220199MA0000000");
		number[17] = ym_number_uscc_check(number);
		return number;
	}
	switch (d->type) {
	case YM_DATUM_DATE: return "2026-11-02";
	case YM_DATUM_TIME: return "2026-11-02 10:00";
	case YM_DATUM_INT: return "3";
	case YM_DATUM_BOOL: return "1";
	case YM_DATUM_DIVISION: return "220102";
	case YM_DATUM_PHONE: return "13800000000";
	case YM_DATUM_CODE: {
		int n;
		const struct ym_option *o = ym_pack_table(x->pack, d->table, &n);
		return n > 0 ? o[0].code : "";
	}
	default: return strstr(d->id, "name") ? CHILD_NAME : "测试路一号院二单元三〇一室";
	}
}

/* As a citizen would have filled it; what a rule of the item objects to stays as it was typed. */
static void
fill(struct window *x)
{
	struct ym_role open[32];
	for (int k = 0, n = ym_visit_open_roles(x->v, open, 32); k < n; k++) {
		int person;
		YM_FREE char *as = ym_strdup(open[k].id);
		if (!ym_visit_add_person(x->v, as, open[k].is_org, &person, NULL)) {
			struct ym_fact name = { "name", open[k].is_org ? "测试有限公司" : OTHER_NAME };
			(void)!ym_visit_identify(x->v, person, &name, 1, YM_FROM_TYPED, NULL);
		}
	}
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < ym_visit_n_form(x->v); i++) {
			const struct ym_form_line *l = ym_visit_form(x->v, i);
			if (!l->has_value && l->type->type != YM_DATUM_CAPTURE)
				(void)!ym_visit_fill(x->v, i, value_for(x, l), NULL);
		}
	for (int i = 0; i < ym_visit_n_materials(x->v); i++)
		(void)!ym_visit_mark(x->v, i, YM_MAT_SEEN, "", NULL);
}

static void
decided(struct window *x, enum ym_exit exit, enum ym_case_state state, struct seen *seen)
{
	struct ym_matter *m = &x->v->cases[0];
	m->exit = exit;
	m->state = state;
	ym_visit_evaluate(x->v);
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		check(x, i, seen);
}

static int
count_of(const struct window *x, const char *template_id)
{
	int n = 0;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		n += !strcmp(ym_visit_paper(x->v, i)->template_id, template_id);
	return n;
}

/* A step after the exit as it stands in the case, without walking there: the walk is unit/cases/test_proceed.c's. */
static void
after(struct window *x, enum ym_proceed what, enum ym_case_state state, const char *template_id, struct seen *seen)
{
	struct ym_matter *m = &x->v->cases[0];
	m->acted = 1u << what;
	ym_strlcpy(m->reason, "需要进一步核实有关情况", sizeof(m->reason));
	decided(x, YM_EXIT_NONE, state, seen);
	assert_int_equal(count_of(x, template_id), 1);
}

static void
after_the_exit(struct window *x, struct seen *seen)
{
	struct ym_matter *m = &x->v->cases[0];
	m->begun = YM_CASE_ACCEPTED;
	m->was = YM_EXIT_ACCEPTED;
	m->holds[0] = (struct ym_hold){ "2026-11-24", "", "2026-11-26", "hearing", 3, ym_strdup("需要举行听证") };
	m->n_holds = 1;
	after(x, YM_PROCEED_SPECIAL, YM_CASE_SPECIAL, "special-procedure", seen);
	m->extension.days = 10;
	free(m->extension.reason);
	m->extension.reason = ym_strdup("情况复杂需要核实");
	ym_strlcpy(m->extension.approver, "张局长", sizeof(m->extension.approver));
	ym_strlcpy(m->extension.at, "2026-11-24", sizeof(m->extension.at));
	ym_strlcpy(m->extension.was_statutory, "2026-12-21", sizeof(m->extension.was_statutory));
	after(x, YM_PROCEED_EXTEND, YM_CASE_EXTENDED, "extension", seen);
	ym_strlcpy(m->end_kind, "overdue", sizeof(m->end_kind));
	after(x, YM_PROCEED_TERMINATE, YM_CASE_TERMINATED, "termination", seen);
	after(x, YM_PROCEED_DENY, YM_CASE_DENIED, "denial", seen);
	after(x, YM_PROCEED_APPROVE, YM_CASE_APPROVED, "sign-for", seen);
	if (m->item->permit)
		assert_int_equal(count_of(x, "grant"), 1);
	m->deemed = true;
	m->acted = 0;
	decided(x, YM_EXIT_NONE, YM_CASE_ACCEPTED, seen);
	assert_int_equal(count_of(x, "acceptance"), 1);
}

struct all { struct window *x; struct seen *seen; };

static void
each_item(void *user, const char *id, const char *name, const char *category)
{
	struct all *all = user;
	struct window *x = all->x;
	const struct ym_item *it;
	assert_int_equal(ym_pack_item(x->pack, id, &it, NULL), YM_OK);
	if (!ym_place_is_in_force(it))
		return;
	all->seen->n_items++;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220102");
	window_add(x, id);
	fill(x);
	struct ym_matter *m = &x->v->cases[0];
	snprintf(m->case_no, sizeof(m->case_no), "%sA%s", "22990100000001", "20261123000017");
	m->received_at = window_now;
	m->begun = YM_CASE_DRAFT;
	ym_strlcpy(m->accepted, x->v->today, sizeof(m->accepted));
	ym_clocks_plan(x->v, m, ym_date_parse(x->v->today), m->due_promised, m->due_statutory, &m->calendar_known);
	decided(x, YM_EXIT_ACCEPTED, YM_CASE_ACCEPTED, all->seen);
	if (count_of(x, it->application_paper) != 1)
		fail_msg("%s has no application form (%s)", id, it->application_paper);
	assert_int_equal(count_of(x, "receipt"), 1);
	if (ym_propose_ends_here(it)) {
		decided(x, YM_EXIT_COMPLETED, YM_CASE_APPROVED, all->seen);
		int results = 0;
		for (int i = 0; i < it->n_results; i++)
			results += *it->results[i].paper != 0;
		if (it->n_results && !results)
			fail_msg("%s ends at the window and has no result paper", id);
		assert_int_equal(count_of(x, "sign-for"), 1);
	}
	decided(x, YM_EXIT_COLLECTED, YM_CASE_RECEIVED, all->seen);
	decided(x, YM_EXIT_NOT_OURS, YM_CASE_NOT_ACCEPTED, all->seen);
	decided(x, YM_EXIT_DEFERRED, YM_CASE_ACCEPTED, all->seen);
	m->notices = 1;
	json_decref(m->noticed);
	m->noticed = json_array();
	for (int i = 0; i < it->n_materials && i < 3; i++)
		json_array_append_new(m->noticed, json_pack("s++++", "m:", it->materials[i].kind, ":", it->materials[i].holder, ""));
	decided(x, YM_EXIT_RETURNED, YM_CASE_RETURNED, all->seen);
	assert_int_equal(count_of(x, "notice"), 1);
	m->notices = 0;
	after_the_exit(x, all->seen);
	window_close(x);
	assert_int_equal(ym_queue_open_visits(x->w, (char[1][40]){ "" }, 1), 1);
}

static void
every_item_prints_its_form_its_notices_and_its_result(void **state)
{
	struct window *x = *state;
	struct seen seen = { 0 };
	struct all all = { x, &seen };
	ym_pack_each_item(x->pack, each_item, &all);
	print_message("# %d items, %d papers, %d templates drawn\n", seen.n_items, seen.n_papers, seen.n);
	assert_true(seen.n_items > 14);
	assert_true(seen.n > 14);
}

/* A case as a citizen brings it, through the engine alone. typed: "datum", value pairs that value_for cannot guess, NULL at the end. */
struct walk { const char *item, *question, *answer, *const *typed; enum ym_exit exit; const char *template_id, *says; };

static void
walk(struct window *x, const struct walk *k)
{
	struct seen seen = { 0 };
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220102");
	int c = window_add(x, k->item);
	for (int i = 0; i < ym_visit_n_questions(x->v); i++)
		window_reply(x, ym_visit_question(x->v, i)->q->id, !strcmp(ym_visit_question(x->v, i)->q->id, k->question) ? k->answer : "0");
	fill(x);
	for (int i = 0; k->typed[i]; i += 2)
		window_fill(x, k->typed[i], k->typed[i + 1]);
	for (int i = 0; i < ym_visit_n_materials(x->v); i++)
		(void)!ym_visit_mark(x->v, i, YM_MAT_PROMISED, "", NULL); /* refused where the catalogue allows no promise */
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		window_check(x, ym_visit_check(x->v, i)->reg, "clear");
	window_decide(x, c, k->exit, "");
	assert_int_equal(count_of(x, k->template_id), 1);
	for (int i = 0; i < ym_visit_n_papers(x->v); i++) {
		if (strcmp(ym_visit_paper(x->v, i)->template_id, k->template_id))
			continue;
		/* The seal stands on the page that it seals. */
		assert_int_equal(check(x, i, &seen), 1);
		YM_JSON *document = resolved(x, i);
		YM_FREE char *text = ym_paper_text(document, 100);
		if (!strstr(text, k->says))
			fail_msg("%s does not say %s:\n%s", k->template_id, k->says, text);
		assert_int_equal(ym_visit_printed(x->v, i, "pdf", NULL), YM_OK);
	}
	assert_int_equal(seen.n, 1);
}

static void
what_was_promised_in_writing_is_a_paper_of_the_acceptance(void **state)
{
	static const char *const typed[] = { "case.rooms", "10", "case.beds", "20", NULL };
	walk(*state, &(struct walk){ "ZA-001", "q.fire_checked", "1", typed, YM_EXIT_ACCEPTED, "commitment", "消防安全检查" });
}

static void
a_cancelled_licence_is_certified_at_the_window(void **state)
{
	static const char *const typed[] = { "applicant.licence_file", "220100000001", NULL };
	walk(*state, &(struct walk){ "jt-jz-12", "", "", typed, YM_EXIT_COMPLETED, "licence-cancelled", "已经注销" });
}

static void
a_purchase_of_precursors_is_put_on_record_at_the_window(void **state)
{
	static const char *const typed[] = { "case.precursor", "301", "case.qty", "25 千克", NULL };
	walk(*state, &(struct walk){ "jd-yz-02", "q.buyer", "org", typed, YM_EXIT_COMPLETED, "precursor-record", "25 千克" });
}

static void
a_station_with_a_telephone_says_it(void **state)
{
	struct window *x = *state;
	assert_int_equal(ym_setting_set(x->d.db, "station.phone", "0431-00000000", NULL), YM_OK);
	assert_int_equal(ym_setting_set(x->d.db, "station.complaint_phone", "12389", NULL), YM_OK);
	assert_int_equal(ym_setting_set(x->d.db, "station.address", "测试大街一号", NULL), YM_OK);
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220102");
	window_add(x, "HZ-001");
	struct ym_matter *m = &x->v->cases[0];
	snprintf(m->case_no, sizeof(m->case_no), "22990100000001A20261123000017");
	m->exit = YM_EXIT_ACCEPTED;
	m->state = YM_CASE_ACCEPTED;
	ym_visit_evaluate(x->v);
	for (int i = 0; i < ym_visit_n_papers(x->v); i++) {
		if (!strncmp(ym_visit_paper(x->v, i)->template_id, "application", 11))
			continue;
		YM_JSON *document = resolved(x, i);
		YM_FREE char *text = ym_paper_text(document, 100);
		assert_non_null(strstr(text, "0431-00000000"));
		assert_non_null(strstr(text, "12389"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_item_prints_its_form_its_notices_and_its_result), T(a_station_with_a_telephone_says_it),
		T(what_was_promised_in_writing_is_a_paper_of_the_acceptance), T(a_cancelled_licence_is_certified_at_the_window),
		T(a_purchase_of_precursors_is_put_on_record_at_the_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
