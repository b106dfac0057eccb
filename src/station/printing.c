/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Printing as the screens see it: where a paper would go, print it, what waits and why, the officer's answers. Not the queue (spool.c).
 * Invariant: a paper waits for a printer at most once.
 */
#include "station/spool.h"

#include "base/diag.h"
#include "base/json.h"
#include "base/uuid.h"

static bool
has_a4(struct ym_station *s)
{
	YM_FREE char *a4 = ym_setting_get(s->db, "print.a4");

	return a4 && *a4;
}

enum ym_print_way
ym_station_print_way(struct ym_station *s, int paper)
{
	const struct ym_paper_line *line = s->visit ? ym_visit_paper(s->visit, paper) : NULL;
	YM_FREE char *name = line ? ym_asprintf("paper/%s", line->template_id) : NULL;
	YM_FREE char *key = line ? ym_asprintf("print.paper.%s", line->template_id) : NULL;
	YM_FREE char *wanted = line ? ym_setting_get(s->db, key) : NULL;
	const char *text = line ? ym_pack_document(s->pack, name) : NULL;
	struct ym_device_info printer;
	YM_JSON *tmpl = NULL;
	bool receipt;

	if (!text || s->headless || ym_json_parse(text, strlen(text), name, &tmpl, NULL))
		return YM_PRINT_PDF;
	if (ym_streq(wanted, "pdf"))
		return YM_PRINT_PDF;
	receipt = ym_streq(wanted, "receipt") || (!ym_streq(wanted, "a4") && ym_streq(ym_json_str(tmpl, "size"), "receipt"));
	if (receipt && ym_print_receipt_printer(s, &printer))
		return YM_PRINT_RECEIPT;
	return has_a4(s) ? YM_PRINT_A4 : YM_PRINT_PDF;
}

enum ym_code
ym_station_print(struct ym_station *s, int paper, struct ym_error *err)
{
	enum ym_print_way way = ym_station_print_way(s, paper);
	struct ym_spool *p = ym_spool_of(s);
	struct ym_spool_job job = { .way = way };
	const struct ym_paper_line *line;
	YM_JSON *document = NULL;
	enum ym_paper_job state;
	char text[8];
	enum ym_code code;

	if (!s->visit || !s->unlocked || paper < 0 || paper >= ym_visit_n_papers(s->visit))
		return ym_fail(err, YM_STATE, N_("There is no such paper"), NULL);
	line = ym_visit_paper(s->visit, paper);
	if (line->is_void)
		return ym_fail_on(err, YM_STATE, N_("This paper is void"), line->title, NULL);
	if (way == YM_PRINT_PDF)
		return ym_fail_on(err, YM_STATE, N_("There is no printer for this paper: make it as a PDF"), line->title, NULL);
	if (ym_station_spool_find(s, ym_visit_id(s->visit), line->id, &state, text, sizeof text))
		return ym_fail_on(err, YM_BUSY, N_("This paper is waiting for its printer already"), line->title, NULL);
	if (p->n == YM_SPOOL_MAX)
		return ym_fail(err, YM_BUSY, N_("Too many papers wait for a printer: look at the printers"), "%d", p->n);
	code = ym_station_resolve_paper(s, paper, &document, err);
	if (code)
		return code;
	ym_uuid7(job.id);
	ym_strlcpy(job.paper, line->id, sizeof job.paper);
	ym_strlcpy(job.visit, ym_visit_id(s->visit), sizeof job.visit);
	ym_strlcpy(job.case_no, line->case_no, sizeof job.case_no);
	ym_strlcpy(job.template_id, line->template_id, sizeof job.template_id);
	ym_strlcpy(job.title, line->title, sizeof job.title);
	return ym_spool_add(s, &job, document, err);
}

static enum ym_paper_job
shown(const struct ym_spool_job *j)
{
	return j->state == YM_SPOOL_QUEUED ? YM_JOB_QUEUED : j->state == YM_SPOOL_SENDING ? YM_JOB_PRINTING : j->state == YM_SPOOL_ASKING ? YM_JOB_ASKING : YM_JOB_FAILED;
}

bool
ym_station_spool_find(struct ym_station *s, const char *visit, const char *paper, enum ym_paper_job *ret, char *ret_text, size_t size)
{
	for (int i = 0; s->spool && i < s->spool->n; i++) {
		const struct ym_spool_job *j = &s->spool->jobs[i];

		if (!ym_streq(j->visit, visit) || !ym_streq(j->paper, paper))
			continue;
		*ret = shown(j);
		ym_strlcpy(ret_text, j->why ? j->why : "", size);
		return true;
	}
	return false;
}

int
ym_station_spool(struct ym_station *s, struct ym_spool_line *ret, int max)
{
	int n = 0;

	for (; s->spool && s->unlocked && n < max && n < s->spool->n; n++) {
		const struct ym_spool_job *j = &s->spool->jobs[n];

		ret[n] = (struct ym_spool_line){ .state = shown(j), .way = j->way,
			.is_of_visit = s->visit && ym_streq(ym_visit_id(s->visit), j->visit) };
		ym_strlcpy(ret[n].id, j->id, sizeof ret[n].id);
		ym_strlcpy(ret[n].paper, j->paper, sizeof ret[n].paper);
		ym_strlcpy(ret[n].title, j->title, sizeof ret[n].title);
		ym_strlcpy(ret[n].text, j->why ? j->why : "", sizeof ret[n].text);
	}
	return n;
}

enum ym_code
ym_station_spool_answer(struct ym_station *s, const char *id, bool came_out, struct ym_error *err)
{
	struct ym_spool_job *j = ym_spool_find(s, id);
	enum ym_code code;

	if (!j || j->state != YM_SPOOL_ASKING)
		return ym_fail(err, YM_STATE, N_("Nobody asks about this paper"), NULL);
	if (came_out) {
		code = ym_spool_finish(s, j, err);
		if (code)
			return code;
	} else {
		code = ym_spool_move(s, j, YM_SPOOL_QUEUED, NULL, err);
		if (code)
			return code;
		j->not_before = 0;
	}
	ym_spool_pump_in(s, 0);
	ym_station_notify(s, YM_NOTICE_PAPER);
	return YM_OK;
}

void
ym_station_spool_retry(struct ym_station *s)
{
	struct ym_error err = { 0 };

	for (int i = 0; s->spool && i < s->spool->n; i++) {
		struct ym_spool_job *j = &s->spool->jobs[i];

		j->not_before = 0;
		if (j->state == YM_SPOOL_STOPPED) {
			j->tries = 0;
			if (ym_spool_move(s, j, YM_SPOOL_QUEUED, NULL, &err))
				ym_diag_error("spool", &err);
		}
	}
	if (s->hub)
		ym_hub_retry(s->hub);
	ym_spool_pump_in(s, 0);
}

enum ym_code
ym_station_spool_drop(struct ym_station *s, const char *id, struct ym_error *err)
{
	struct ym_spool_job *j = ym_spool_find(s, id);

	if (!j || j->state == YM_SPOOL_SENDING || ym_streq(id, s->spool->a4_job))
		return ym_fail(err, YM_STATE, N_("This paper is being printed"), NULL);
	ym_spool_forget(s, j);
	ym_station_notify(s, YM_NOTICE_PAPER);
	return YM_OK;
}
