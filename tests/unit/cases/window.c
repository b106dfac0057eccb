/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A window for tests (window.h). */
#include "window.h"

#include "base/file.h"
#include "base/number.h"

int64_t window_now;

static int64_t
tell_wall(void *user)
{
	return window_now;
}

static int64_t
tell_mono(void *user)
{
	return window_now - 1700000000000LL;
}

void
window_at(const char *local)
{
	char day[11];
	int h = 0, m = 0;
	memcpy(day, local, 10);
	day[10] = 0;
	assert_int_equal(sscanf(local + 10, " %d:%d", &h, &m), 2);
	ym_date d = ym_date_parse(day);
	assert_true(d != YM_DATE_NONE);
	window_now = ((int64_t)d * 1440 + h * 60 + m - 480) * 60000;
}

static void
report(void *user, const struct ym_problem *p)
{
	if (p->is_error)
		print_error("%s:%d %s: %s\n", p->file, p->line, p->where, p->text);
}

/* The pack is compiled once for each source: it is read only. */
static const char *
pack_path(bool shipped)
{
	static char paths[2][96];
	char *path = paths[shipped];
	if (*path)
		return path;
	YM_BUF doc = { 0 };
	const char *source = getenv("YIMEN_SOURCE");
	assert_non_null(source);
	YM_FREE char *dir = ym_asprintf("%s/%s", source, shipped ? "data" : "tests/unit/cases/fixture");
	struct ym_error err = { 0 };
	if (ym_catalog_bundle_up(dir, NULL, report, NULL, &doc, &err))
		fail_msg("%s %s %s", err.msgid, err.subject, err.detail);
	snprintf(path, sizeof(paths[0]), "/tmp/yimen-cases-%d-%d.pack", (int)getpid(), shipped);
	if (ym_catalog_compile(doc.data, doc.len, path, &err))
		fail_msg("%s %s %s", err.msgid, err.subject, err.detail);
	return path;
}

static void
engine_open(struct window *x)
{
	struct ym_error err = { 0 };
	if (ym_casework_new(x->d.db, x->d.keys, x->d.log, x->pack, &x->w, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	ym_casework_set_online(x->w, true);
}

static int
setup(void **state, bool shipped)
{
	static const struct ym_clock clock = { tell_wall, tell_mono, NULL };
	struct window *x = ym_alloc(sizeof(*x));
	window_at("2026-11-23 09:00");
	ym_clock_set(&clock);
	desk_make(&x->d);
	assert_int_equal(ym_pack_open(pack_path(shipped), &x->pack, NULL), YM_OK);
	engine_open(x);
	assert_int_equal(ym_casework_add_account(x->w, ACCOUNT, "王测试", true, "综窗", NULL), YM_OK);
	assert_int_equal(ym_casework_add_account(x->w, "aux01", "李测试", false, "综窗", NULL), YM_OK);
	assert_int_equal(ym_casework_sign_in(x->w, ACCOUNT, NULL), YM_OK);
	*state = x;
	return 0;
}

int
window_setup(void **state)
{
	return setup(state, false);
}

int
window_setup_shipped(void **state)
{
	return setup(state, true);
}

static void
forget_pack(void)
{
	for (int i = 0; i < 2; i++) {
		char path[96];
		snprintf(path, sizeof(path), "/tmp/yimen-cases-%d-%d.pack", (int)getpid(), i);
		unlink(path);
	}
}

int
window_teardown(void **state)
{
	static bool once;
	struct window *x = *state;
	if (!once)
		atexit(forget_pack);
	once = true;
	ym_visit_free(x->v);
	ym_casework_free(x->w);
	ym_pack_close(x->pack);
	desk_remove(&x->d);
	ym_clock_set(NULL);
	free(x);
	return 0;
}

void
window_restart(struct window *x)
{
	ym_visit_free(x->v);
	x->v = NULL;
	ym_casework_free(x->w);
	desk_reopen(&x->d);
	assert_int_equal(ym_keys_unlock(x->d.keys, ACCOUNT, template.derived, NULL), YM_OK);
	engine_open(x);
	assert_int_equal(ym_casework_sign_in(x->w, ACCOUNT, NULL), YM_OK);
}

void
window_leave(struct window *x)
{
	YM_FREE char *pack = ym_asprintf("%s/pack.db", x->d.dir);
	YM_BUF bytes = { 0 };

	window_close(x);
	ym_casework_free(x->w);
	x->w = NULL;
	desk_close(&x->d);
	assert_int_equal(ym_file_read(pack_path(false), 64u << 20, &bytes, NULL), YM_OK);
	assert_int_equal(ym_file_write(pack, bytes.data, bytes.len, 0600, NULL), YM_OK);
	ym_clock_set(NULL);
}

void
window_open(struct window *x)
{
	struct ym_error err = { 0 };
	if (ym_visit_open(x->w, "", &x->v, &err))
		fail_msg("%s %s", err.msgid, err.detail);
}

void
window_close(struct window *x)
{
	ym_visit_free(x->v);
	x->v = NULL;
}

void
window_resume(struct window *x)
{
	char ids[4][40];
	struct ym_error err = { 0 };
	assert_int_equal(ym_queue_open_visits(x->w, ids, 4), 1);
	if (ym_visit_resume(x->w, ids[0], &x->v, &err))
		fail_msg("%s %s", err.msgid, err.detail);
}

void
window_card(struct window *x, int person, const char *name, const char *id, const char *division)
{
	char number[19];
	snprintf(number, sizeof(number), "%.17s", id);
	number[17] = ym_number_id18_check(number);
	number[18] = 0;
	struct ym_fact facts[] = { { "name", name }, { "id_number", number }, { "address", "测试路一号院二单元" }, { "household_division", division } };
	struct ym_error err = { 0 };
	if (ym_visit_identify(x->v, person, facts, *division ? 4 : 3, YM_FROM_CARD, &err))
		fail_msg("%s %s %s", err.msgid, err.subject, err.detail);
}

int
window_add(struct window *x, const char *item)
{
	int c = -1;
	struct ym_error err = { 0 };
	if (ym_visit_add_item(x->v, item, &c, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	return c;
}

int
window_field(struct window *x, const char *datum)
{
	for (int i = 0; i < ym_visit_n_form(x->v); i++)
		if (!strcmp(ym_visit_form(x->v, i)->datum, datum))
			return i;
	return -1;
}

enum ym_code
window_try_fill(struct window *x, const char *datum, const char *value, struct ym_error *err)
{
	int line = window_field(x, datum);
	if (line < 0)
		fail_msg("no field %s", datum);
	return ym_visit_fill(x->v, line, value, err);
}

void
window_fill(struct window *x, const char *datum, const char *value)
{
	struct ym_error err = { 0 };
	if (window_try_fill(x, datum, value, &err))
		fail_msg("%s: %s %s", datum, err.msgid, err.subject);
}

int
window_material(struct window *x, const char *kind, const char *holder)
{
	for (int i = 0; i < ym_visit_n_materials(x->v); i++) {
		const struct ym_material_line *l = ym_visit_material(x->v, i);
		if (!strcmp(l->kind, kind) && (!holder || strstr(l->holder_label, holder)))
			return i;
	}
	return -1;
}

void
window_mark(struct window *x, const char *kind, enum ym_material_state state)
{
	struct ym_error err = { 0 };
	int line = window_material(x, kind, NULL);
	if (line < 0)
		fail_msg("no material %s", kind);
	if (ym_visit_mark(x->v, line, state, state == YM_MAT_WRONG ? "不清晰" : "", &err))
		fail_msg("%s: %s", kind, err.msgid);
}

void
window_reply(struct window *x, const char *question, const char *code)
{
	for (int i = 0; i < ym_visit_n_questions(x->v); i++)
		if (!strcmp(ym_visit_question(x->v, i)->q->id, question)) {
			assert_int_equal(ym_visit_answer(x->v, i, code, NULL), YM_OK);
			return;
		}
	fail_msg("no question %s", question);
}

void
window_feed(struct window *x, const char *kind, const char *json)
{
	struct ym_error err = { 0 };
	if (ym_casework_apply_feed(x->w, ym_casework_feed_applied(x->w) + 1, kind, json, &err))
		fail_msg("%s: %s %s", kind, err.msgid, err.detail);
}

void
window_check(struct window *x, const char *reg, const char *status)
{
	struct ym_error err = { 0 };
	for (int i = 0; i < ym_visit_n_checks(x->v); i++) {
		if (strcmp(ym_visit_check(x->v, i)->reg, reg))
			continue;
		if (ym_visit_ask(x->v, i, &err))
			fail_msg("%s: %s", reg, err.msgid);
		YM_FREE char *json = ym_asprintf("{\"check\":\"%s\",\"register\":\"%s\",\"status\":\"%s\",\"answer\":\"登记在册\",\"source\":\"测试库\","
			"\"valid_until\":\"2026-12-31\",\"visit\":\"%s\"}", ym_visit_check(x->v, i)->id, reg, status, ym_visit_id(x->v));
		window_feed(x, "check.answered", json);
		ym_visit_refresh(x->v);
		return;
	}
	fail_msg("no check %s", reg);
}

const struct ym_case_line *
window_case(struct window *x, int c)
{
	const struct ym_case_line *l = ym_visit_case(x->v, c);
	assert_non_null(l);
	return l;
}

bool
window_has_reason(struct window *x, int c, const char *part)
{
	const struct ym_case_line *l = window_case(x, c);
	for (int i = 0; i < l->n_reasons; i++)
		if (strstr(l->reasons[i].text, part) || strstr(l->reasons[i].cure, part))
			return true;
	return false;
}

void
window_decide(struct window *x, int c, enum ym_exit exit, const char *reason)
{
	struct ym_error err = { 0 };
	if (ym_visit_decide(x->v, c, exit, reason, &err)) {
		const struct ym_case_line *l = window_case(x, c);
		for (int i = 0; i < l->n_reasons; i++)
			print_error("  %d %s: %s\n", l->reasons[i].weight, l->reasons[i].text, l->reasons[i].cure);
		fail_msg("%s: %s %s (proposal %s)", ym_exit_name(exit), err.msgid, err.subject, ym_exit_name(l->proposal));
	}
}

int
window_ready_cert(struct window *x)
{
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "CERT");
	window_fill(x, "case.purpose", "入学");
	return c;
}

int
window_ready_permit(struct window *x)
{
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	window_reply(x, "q.fast", "0");
	window_fill(x, "case.purpose", "实验");
	window_fill(x, "case.quantity", "5");
	window_fill(x, "applicant.phone", "13800000000");
	window_mark(x, "hukou", YM_MAT_SEEN);
	window_mark(x, "side", YM_MAT_SEEN);
	window_check(x, "ban", "clear");
	return c;
}

int64_t
window_count(struct window *x, const char *sql)
{
	struct ym_stmt *s = ym_db_sql(x->d.db, sql);
	int64_t n = ym_stmt_step(s, NULL) ? -1 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

const char *
window_text(struct window *x, const char *sql)
{
	static char text[256];
	struct ym_stmt *s = ym_db_sql(x->d.db, sql);
	text[0] = 0;
	if (!ym_stmt_step(s, NULL))
		ym_strlcpy(text, ym_stmt_col_text(s, 0), sizeof(text));
	ym_stmt_done(s);
	return text;
}
