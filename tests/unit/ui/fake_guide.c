/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The guide desk's part of the station's test double (fake_station.c): one consultation about one item with one question, counted where
 * the engine would append. Not the engine's answers. Invariant: nobody is known here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yimen/station.h"

static const struct ym_question asked = { .id = "q.lost", .ask = "Is the old one lost?", .when = "", .source = "", .is_bool = true };
static const struct ym_item item = { .id = "X-001", .name = "Passport, again", .category = "exit", .status = "", .guide_text = "", .fee_basis = "" };

struct ym_consult {
	int n_items;
	char age[8], kind[16], division[8], answer[8];
	struct ym_question_line question;
	struct ym_consult_item line;
	struct ym_consult_condition condition;
	struct ym_consult_material material;
};
static struct ym_consult desk, reading;
static struct ym_consult_tally tally;

static void
look(struct ym_consult *c)
{
	c->question = (struct ym_question_line){ &asked, c->answer };
	c->line = (struct ym_consult_item){ .item = &item, .bundle = "", .where = YM_WHERE_HERE, .where_text = "", .scope_text = "", .where_source = "",
		.due_promised = "2026-12-01", .due_statutory = "", .fee_label = "", .decider_step = "Review", .standing =
			!*c->answer ? YM_STANDING_OPEN : !strcmp(c->answer, "1") ? YM_STANDING_MET : YM_STANDING_NOT };
	c->condition = (struct ym_consult_condition){ 0, "Report the loss first", "law", "", "Is the old one lost?", c->line.standing };
	c->material = (struct ym_consult_material){ "Photograph", "applicant", "original", "", "", "", "", YM_WAY_TAKEN, false, true, false, true, 1 };
}

bool ym_station_starts_at_guide(const struct ym_station *s) { (void)s; return false; }
bool ym_station_guides(const struct ym_station *s) { (void)s; return true; }
bool ym_station_serves_window(const struct ym_station *s) { (void)s; return true; }
struct ym_consult *ym_station_consult(struct ym_station *s) { return ym_station_is_locked(s) ? NULL : &desk; }
struct ym_consult *ym_station_consult_reading(struct ym_station *s) { (void)s; return reading.n_items ? &reading : NULL; }

enum ym_code
ym_station_consult_read(struct ym_station *s, const char *id, bool is_bundle, struct ym_error *err)
{
	const struct ym_bundle *bundle;

	if (is_bundle)
		return ym_station_bundle(s, id, &bundle, err);
	reading = (struct ym_consult){ .n_items = 1 };
	look(&reading);
	return YM_OK;
}

enum ym_code
ym_consult_add(struct ym_consult *c, const char *id, bool is_bundle, struct ym_error *err)
{
	(void)id;
	(void)is_bundle;
	if (c->n_items)
		return ym_fail(err, YM_CONFLICT, "It is in there already", "twice");
	c->n_items = 1;
	look(c);
	return YM_OK;
}

enum ym_code
ym_consult_drop(struct ym_consult *c, int index, struct ym_error *err)
{
	if (index != 0 || !c->n_items)
		return ym_fail(err, YM_NOTFOUND, "There is no such case", "index");
	c->n_items = 0;
	return YM_OK;
}

enum ym_code
ym_consult_set(struct ym_consult *c, const char *what, const char *value, struct ym_error *err)
{
	if (!strcmp(what, "age") && strspn(value, "0123456789") != strlen(value))
		return ym_fail(err, YM_INVALID, "An age in years, such as 35", "age");
	snprintf(!strcmp(what, "age") ? c->age : !strcmp(what, "kind") ? c->kind : c->division, 8, "%s", value);
	return YM_OK;
}

const char *
ym_consult_get(const struct ym_consult *c, const char *what)
{
	return !strcmp(what, "age") ? c->age : !strcmp(what, "kind") ? c->kind : c->division;
}

enum ym_code
ym_consult_answer(struct ym_consult *c, int index, const char *code, struct ym_error *err)
{
	(void)err;
	(void)index;
	snprintf(c->answer, sizeof c->answer, "%s", code);
	look(c);
	return YM_OK;
}

int ym_consult_n_items(const struct ym_consult *c) { return c->n_items; }
const struct ym_consult_item *ym_consult_item(const struct ym_consult *c, int i) { return i >= 0 && i < c->n_items ? &c->line : NULL; }
const struct ym_question_line *ym_consult_question(const struct ym_consult *c, int i) { return i == 0 && c->n_items ? &c->question : NULL; }
const struct ym_consult_condition *ym_consult_condition(const struct ym_consult *c, int i) { return i == 0 && c->n_items ? &c->condition : NULL; }
const struct ym_consult_material *ym_consult_material(const struct ym_consult *c, int i) { return i == 0 && c->n_items ? &c->material : NULL; }
const char *ym_consult_no(const struct ym_consult *c) { return c == &desk && tally.given && c->n_items ? "ZX1" : ""; }

int
ym_consult_can(struct ym_consult *c, struct ym_consult_can *ret, int max)
{
	(void)c;
	if (max < 2)
		return 0;
	ret[0] = (struct ym_consult_can){ .id = "X-001", .name = "Passport, again", .category = "exit", .standing = YM_STANDING_OPEN, .rank = 9 };
	ret[1] = (struct ym_consult_can){ .id = "X-002", .name = "Ships", .category = "border", .why = "with the coast guard", .standing = YM_STANDING_NOT,
		.others = true };
	return 2;
}

enum ym_code ym_station_consult_card(struct ym_station *s, struct ym_error *err) { (void)s; return ym_consult_set(&desk, "age", "44", err); }
enum ym_code ym_station_consult_pdf(struct ym_station *s, struct ym_error *err) { (void)s; (void)err; tally.given++; tally.papers++; return YM_OK; }
void ym_station_consult_window(struct ym_station *s, char *ret, size_t size) { (void)s; if (size) ret[0] = 0; }
void ym_station_consult_tally(struct ym_station *s, struct ym_consult_tally *ret) { (void)s; *ret = tally; }

enum ym_paper_job
ym_station_consult_job(struct ym_station *s, char *ret_text, size_t size)
{
	(void)s;
	snprintf(ret_text, size, "%s", tally.papers ? "papers/ZX1-guide.pdf" : "");
	return tally.papers ? YM_JOB_DONE : YM_JOB_NONE;
}

char *
ym_station_consult_text(struct ym_station *s, struct ym_consult *c, int columns)
{
	(void)s;
	(void)c;
	(void)columns;
	return strdup("# Guide\nBring a photograph.\n");
}

enum ym_code
ym_station_consult_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *appointment, const char *window, char ret_no[12],
	struct ym_error *err)
{
	(void)s;
	(void)window;
	if (cls == YM_TICKET_APPOINTMENT && !*appointment)
		return ym_fail(err, YM_INVALID, "An appointment needs its time", "appointment");
	tally.tickets++;
	snprintf(ret_no, 12, "D001");
	return YM_OK;
}

enum ym_code
ym_station_consult_end(struct ym_station *s, struct ym_error *err)
{
	(void)s;
	(void)err;
	tally.given += desk.n_items;
	desk = (struct ym_consult){ 0 };
	return YM_OK;
}

const char *
ym_station_code_label(struct ym_station *s, const char *table, const char *code)
{
	(void)s;
	(void)table;
	return !strcmp(code, "220104") ? "Chaoyang" : "";
}

int
ym_station_code_search(struct ym_station *s, const char *table, const char *text, struct ym_option *ret, int max)
{
	(void)s;
	(void)table;
	if (max < 1 || (strcmp(text, "220104") && !strstr("Chaoyang", text)))
		return 0;
	ret[0] = (struct ym_option){ "220104", "Chaoyang" };
	return 1;
}
