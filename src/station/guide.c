/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The guide desk: who may stand there, the one consultation that is open, its card, paper and ticket; and the public guide of an item,
 * which is the same paper for nobody in particular. Thin calls into cases. Not rules, not layout.
 * Invariant: of a card only age and kind go into a consultation.
 */
#include "base/clock.h"
#include "base/file.h"
#include "cases/consulting.h"
#include "paper/paper.h"
#include "station/private.h"
#include "yimen/admin.h"
#include "yimen/catalog.h"

#define GUIDE_POST "guide"
#define DOC_COLUMNS 88

/* -- posts -- */

bool
ym_station_guides(const struct ym_station *s)
{
	return s->unlocked && ym_casework_has_post(s->work, GUIDE_POST);
}

bool
ym_station_starts_at_guide(const struct ym_station *s)
{
	const char *posts = s->unlocked ? ym_casework_posts(s->work) : "";

	return strcspn(posts, ",") == strlen(GUIDE_POST) && !strncmp(posts, GUIDE_POST, strlen(GUIDE_POST));
}

bool
ym_station_serves_window(const struct ym_station *s)
{
	return s->unlocked && !ym_streq(ym_casework_posts(s->work), GUIDE_POST);
}

/* -- the consultation -- */

struct ym_consult *
ym_station_consult(struct ym_station *s)
{
	if (!s->unlocked)
		return NULL;
	if (!s->consult)
		s->consult = ym_consult_new(s->work);
	return s->consult;
}

static void
put_away(struct ym_consult **c, json_t **kept)
{
	if (*c)
		*kept = ym_consult_to_json(*c);
	ym_consult_free(*c);
	*c = NULL;
}

static void
bring_back(struct ym_station *s, struct ym_consult **c, json_t **kept)
{
	if (*kept)
		*c = ym_consult_from_json(s->work, *kept);
	json_decref(*kept);
	*kept = NULL;
}

void
ym_station_consult_lock(struct ym_station *s)
{
	put_away(&s->consult, &s->locked_consult);
	put_away(&s->reading, &s->locked_reading);
}

void
ym_station_consult_unlock(struct ym_station *s)
{
	bring_back(s, &s->consult, &s->locked_consult);
	bring_back(s, &s->reading, &s->locked_reading);
}

void
ym_station_consult_release(struct ym_station *s)
{
	ym_consult_free(s->consult);
	ym_consult_free(s->reading);
	json_decref(s->locked_consult);
	json_decref(s->locked_reading);
	s->consult = s->reading = NULL;
	s->locked_consult = s->locked_reading = NULL;
}

static enum ym_code
need_consult(struct ym_station *s, struct ym_error *err)
{
	return ym_station_consult(s) ? YM_OK : ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
}

enum ym_code
ym_station_consult_read(struct ym_station *s, const char *id, bool is_bundle, struct ym_error *err)
{
	struct ym_consult *c = ym_consult_new(s->work);
	enum ym_code code = ym_consult_add(c, id, is_bundle, err);

	if (code) {
		ym_consult_free(c);
		return code;
	}
	ym_consult_free(s->reading);
	s->reading = c;
	return YM_OK;
}

struct ym_consult *
ym_station_consult_reading(struct ym_station *s)
{
	return s->reading;
}

static const char *
kind_of(enum ym_card_kind kind, const char *number)
{
	if (kind == YM_CARD_FOREIGN_2017 || kind == YM_CARD_FOREIGN_2023)
		return "foreign";
	/* residence permits of Hong Kong, Macao and Taiwan: 81, 82, 83 */
	if (!strncmp(number, "83", 2))
		return "tw";
	return !strncmp(number, "81", 2) || !strncmp(number, "82", 2) ? "hk_mo" : "resident";
}

enum ym_code
ym_station_consult_card(struct ym_station *s, struct ym_error *err)
{
	ym_date birth;
	char age[8] = "";
	enum ym_code code = need_consult(s, err);

	if (code)
		return code;
	if (!s->has_tray)
		return ym_fail(err, YM_STATE, N_("No card has been read"), NULL);
	birth = ym_date_parse(s->tray.birth);
	if (birth != YM_DATE_NONE)
		snprintf(age, sizeof age, "%d", ym_date_age(birth, ym_date_at(ym_log_now(s->log))));
	code = ym_consult_set(s->consult, "age", age, err);
	if (!code && s->tray.kind != YM_CARD_UNKNOWN)
		code = ym_consult_set(s->consult, "kind", kind_of(s->tray.kind, s->tray.number), err);
	ym_card_release(&s->tray);
	s->has_tray = false;
	return code;
}

/* -- paper -- */

static enum ym_code
resolve(struct ym_pack *pack, struct ym_consult *c, bool is_public, json_t **ret, struct ym_error *err)
{
	const char *text = ym_pack_document(pack, "paper/guide");
	YM_JSON *tmpl = NULL, *context = NULL;
	enum ym_code code;

	if (!text)
		return ym_fail_on(err, YM_NOTFOUND, N_("The catalogue has no such paper"), "guide", NULL);
	code = ym_json_parse(text, strlen(text), "guide", &tmpl, err);
	if (code)
		return code;
	context = ym_consult_context(c, is_public);
	return ym_paper_resolve(tmpl, context, ret, err);
}

enum ym_code
ym_station_consult_pdf(struct ym_station *s, struct ym_error *err)
{
	YM_JSON *document = NULL;
	char id[64];
	enum ym_code code = need_consult(s, err);

	if (!code)
		code = ym_consult_give(s->consult, err);
	if (!code)
		code = resolve(s->pack, s->consult, false, &document, err);
	if (code)
		return code;
	ym_consult_paper_id(s->consult, id);
	return ym_station_draw_paper(s, id, true, document, err);
}

enum ym_paper_job
ym_station_consult_job(struct ym_station *s, char *ret_text, size_t size)
{
	char id[64];

	if (size)
		ret_text[0] = 0;
	if (!s->consult || !*ym_consult_no(s->consult))
		return YM_JOB_NONE;
	ym_consult_paper_id(s->consult, id);
	return ym_station_drawn(s, id, ret_text, size);
}

char *
ym_station_consult_text(struct ym_station *s, struct ym_consult *c, int columns)
{
	YM_JSON *document = NULL;
	struct ym_error err = { 0 };

	if (resolve(s->pack, c, c != s->consult, &document, &err))
		return ym_asprintf("%s: %s\n", err.msgid, err.subject);
	return ym_paper_text(document, columns);
}

/* -- ticket, end -- */

void
ym_station_consult_window(struct ym_station *s, char *ret, size_t size)
{
	YM_FREE char *usual = ym_setting_get(s->db, "guide.window");

	/* Who serves no window sends to one. */
	ym_strlcpy(ret, usual ? usual : "", size);
}

enum ym_code
ym_station_consult_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *appointment, const char *window, char ret_no[12],
	struct ym_error *err)
{
	const struct ym_desk_identity *who = ym_log_identity(s->log);
	YM_FREE char *to = *window && !ym_streq(window, who->window) ? ym_asprintf("%s%s", who->station, window) : ym_strdup("");
	enum ym_code code = need_consult(s, err);

	if (!code)
		code = ym_consult_ticket(s->consult, cls, appointment, to, ret_no, err);
	if (!code)
		code = ym_setting_set(s->db, "guide.window", window, err);
	if (!code)
		ym_station_notify(s, YM_NOTICE_QUEUE);
	return code;
}

enum ym_code
ym_station_consult_end(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = need_consult(s, err);

	if (!code && ym_consult_is_open(s->consult))
		code = ym_consult_give(s->consult, err);
	if (!code) {
		ym_consult_clear(s->consult);
		ym_station_notify(s, YM_NOTICE_QUEUE);
	}
	return code;
}

void
ym_station_consult_tally(struct ym_station *s, struct ym_consult_tally *ret)
{
	*ret = (struct ym_consult_tally){ 0 };
	if (s->unlocked)
		ym_consult_tally(s->work, ret);
}

/* -- from a file -- */

static enum ym_code
take_answers(struct ym_consult *c, const json_t *file, struct ym_error *err)
{
	const json_t *answers = json_object_get(file, "answers");
	const char *what;
	json_t *value;
	enum ym_code code = YM_OK;

	json_object_foreach(json_object_get(file, "facts"), what, value)
		if (!code)
			code = ym_consult_set(c, what, json_is_string(value) ? json_string_value(value) : "", err);
	/* an answer may open further questions */
	for (int i = 0; i < ym_consult_n_questions(c) && !code; i++) {
		const struct ym_question_line *q = ym_consult_question(c, i);
		const char *answer = ym_json_str(answers, q->q->id);

		if (!*answer || ym_streq(answer, q->answer))
			continue;
		code = ym_consult_answer(c, i, answer, err);
		i = -1;
	}
	return code;
}

static enum ym_code
take_items(struct ym_consult *c, const char *const *ids, int n, struct ym_error *err)
{
	for (int i = 0; i < n; i++) {
		enum ym_code code = ym_consult_add(c, ids[i], false, err);

		if (code == YM_NOTFOUND)
			code = ym_consult_add(c, ids[i], true, err);
		if (code)
			return code;
	}
	return YM_OK;
}

static enum ym_code
hand_out(struct ym_station *s, const json_t *file, struct ym_error *err)
{
	const json_t *ticket = json_object_get(file, "ticket");
	char no[12];
	enum ym_code code = YM_OK;

	if (!ym_station_shift_is_open(s))
		code = ym_station_open_shift(s, err);
	if (!code)
		code = ym_consult_give(s->consult, err);
	if (!code && ticket)
		code = ym_station_consult_ticket(s, (enum ym_ticket_class)ym_json_int(ticket, "class", YM_TICKET_ORDINARY),
			ym_json_str(ticket, "appointment"), ym_json_str(ticket, "window"), no, err);
	if (!code && ym_json_bool(file, "paper", false))
		code = ym_station_consult_pdf(s, err);
	return code;
}

enum ym_code
ym_station_guide_run(struct ym_station *s, const char *const *ids, int n, const char *path, bool as_json, char **ret, struct ym_error *err)
{
	YM_JSON *file = NULL;
	enum ym_code code = path ? ym_json_load(path, &file, err) : YM_OK;
	struct ym_consult *c = s->unlocked ? ym_station_consult(s) : ym_consult_new(s->work);

	if (!code)
		code = take_items(c, ids, n, err);
	if (!code)
		code = take_answers(c, file, err);
	if (!code && s->unlocked)
		code = hand_out(s, file, err);
	if (!code) {
		YM_JSON *document = NULL;

		if (as_json)
			*ret = ym_consult_report(c);
		else if (!(code = resolve(s->pack, c, false, &document, err)))
			*ret = ym_paper_text(document, DOC_COLUMNS);
	}
	if (!s->unlocked)
		ym_consult_free(c);
	return code;
}

/* -- without a desk -- */

enum ym_code
ym_admin_catalog_guide(const char *dir, const char *id, char **ret, struct ym_error *err)
{
	struct ym_finder *f = NULL;
	struct ym_casework *w = NULL;
	struct ym_consult *c = NULL;
	YM_JSON *document = NULL;
	enum ym_code code = ym_finder_open(dir, &f, err);

	if (!code)
		code = ym_casework_new_bare(ym_finder_pack(f), &w, err);
	if (!code) {
		c = ym_consult_new(w);
		code = ym_consult_add(c, id, false, err);
	}
	if (!code)
		code = resolve(ym_finder_pack(f), c, true, &document, err);
	if (!code)
		*ret = ym_paper_text(document, DOC_COLUMNS);
	ym_consult_free(c);
	ym_casework_free(w);
	ym_finder_close(f);
	return code;
}
