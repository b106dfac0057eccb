/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The spool: every print is kept sealed in desk.db until somebody knows that the paper came out. Not which printer, not how the
 * bytes get there (print_receipt.c, print_a4.c), not what screens ask (printing.c).
 * Invariant: a paper is noted as printed only when the printer confirmed it or the officer did; a job leaves desk.db only then, or
 * when the officer takes it out.
 *
 * A job:  queued --bytes handed over--> sending --confirmed--> gone (paper.printed)
 *           ^  ^                          | | \--nobody knows--> asking --yes--> gone (paper.printed)
 *           |  '----not printed (paper, cover, plug)' |             |
 *           |                 killed, unplugged late --'             '--no--> queued
 *           '--officer tries again-- stopped <--the document or the queue is refused--
 * The sealed job is a draft 'print:ID'; ids are UUIDv7, so their order is the order of printing.
 */
#include "station/spool.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/json.h"

#define PREFIX "print:"
#define TRIES_MAX 3        /* faults of a queue that is not merely out of paper */

static const char *const state_names[] = { "queued", "sending", "asking", "stopped" };

static void pump(void *user);

void
ym_spool_pump_in(struct ym_station *s, int ms)
{
	if (!s->loop || !s->spool)
		return;
	ym_loop_remove(s->loop, s->spool->pump);
	s->spool->pump = ym_loop_add_timer(s->loop, "spool", ms, pump, s);
}

struct ym_spool *
ym_spool_of(struct ym_station *s)
{
	if (!s->spool) {
		s->spool = ym_alloc(sizeof *s->spool);
		s->spool->in = s->spool->out = -1;
		s->spool->text.max = 65536;
	}
	return s->spool;
}

struct ym_spool_job *
ym_spool_find(struct ym_station *s, const char *id)
{
	for (int i = 0; s->spool && *id && i < s->spool->n; i++)
		if (ym_streq(s->spool->jobs[i].id, id))
			return &s->spool->jobs[i];
	return NULL;
}

/* -- kept in desk.db -- */

static enum ym_code
save(struct ym_station *s, const struct ym_spool_job *j, const json_t *document, bool is_lazy, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", j->id);
	YM_JSON *root = json_pack("{ss ss ss ss ss ss ss si sb sO}", "paper", j->paper, "visit", j->visit, "case_no", j->case_no, "template",
		j->template_id, "title", j->title, "way", j->way == YM_PRINT_A4 ? "a4" : "receipt", "state", state_names[j->state], "tries", j->tries,
		"lacks", j->lacks, "document", document);
	YM_FREE char *text = ym_json_dump(root);
	enum ym_code code = (is_lazy ? ym_draft_save_lazily : ym_draft_save)(s->db, s->keys, name, text, err);

	explicit_bzero(text, strlen(text));
	return code;
}

enum ym_code
ym_spool_save(struct ym_station *s, struct ym_spool_job *j, enum ym_spool_state state, const json_t *document, struct ym_error *err)
{
	enum ym_spool_state before = j->state;
	enum ym_code code;

	j->state = state;
	code = save(s, j, document, false, err);
	if (code)
		j->state = before;
	return code;
}

enum ym_code
ym_spool_load(struct ym_station *s, const char *id, json_t **ret, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", id);
	YM_BUF text = { .max = 8u << 20 };
	enum ym_code code = ym_draft_load(s->db, s->keys, name, &text, err);

	return code ? code : ym_json_parse(text.data, text.len, "spool", ret, err);
}

/* Back from the printer. It waits for no disk: after a power cut the job is still "sending", and the officer is asked. */
enum ym_code
ym_spool_move(struct ym_station *s, struct ym_spool_job *j, enum ym_spool_state state, const char *why, struct ym_error *err)
{
	YM_JSON *root = NULL;
	enum ym_spool_state before = j->state;
	enum ym_code code;

	j->why = why;
	if (before == state)
		return YM_OK;
	code = ym_spool_load(s, j->id, &root, err);
	if (code)
		return code;
	j->state = state;
	code = save(s, j, json_object_get(root, "document"), true, err);
	if (code)
		j->state = before;
	return code;
}

static enum ym_code
drop(struct ym_station *s, const struct ym_spool_job *j, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", j->id);

	return ym_draft_drop(s->db, name, err);
}

static void
leave_list(struct ym_station *s, struct ym_spool_job *j)
{
	struct ym_spool *p = s->spool;
	int i = (int)(j - p->jobs);

	memmove(j, j + 1, (size_t)(p->n - i - 1) * sizeof *j);
	p->n--;
}

void
ym_spool_forget(struct ym_station *s, struct ym_spool_job *j)
{
	struct ym_error err = { 0 };

	if (drop(s, j, &err))
		ym_diag_error("spool", &err);
	leave_list(s, j);
}

/* -- how a print ends -- */

static enum ym_code
note_printed(struct ym_station *s, const struct ym_spool_job *j, struct ym_error *err)
{
	const char *device = j->way == YM_PRINT_A4 ? "a4" : "receipt";

	if (s->visit && ym_streq(ym_visit_id(s->visit), j->visit))
		for (int i = 0; i < ym_visit_n_papers(s->visit); i++)
			if (ym_streq(ym_visit_paper(s->visit, i)->id, j->paper))
				return ym_visit_printed(s->visit, i, device, err);
	return ym_papers_printed(s->work, j->visit, j->case_no, j->paper, j->template_id, device, err);
}

/* Together: a program that ends in between would ask about a paper that is noted, and note it again. */
enum ym_code
ym_spool_finish(struct ym_station *s, struct ym_spool_job *j, struct ym_error *err)
{
	enum ym_code code = ym_db_begin(s->db, err);

	if (code)
		return code;
	code = note_printed(s, j, err);
	if (!code)
		code = drop(s, j, err);
	if (code)
		ym_db_rollback(s->db);
	else
		code = ym_db_commit(s->db, err);
	if (code == YM_GONE) /* the visit was erased meanwhile: nothing to note */
		code = drop(s, j, err);
	if (!code)
		leave_list(s, j);
	return code;
}

static const char *
question(const struct ym_spool_job *j, const char *why)
{
	if (j->lacks)
		return N_("The printer does not have some characters of this paper and put 〓 for them: write them in, then answer");
	return why ? why : N_("The printer does not say whether the paper came out: look, and answer");
}

void
ym_spool_settle(struct ym_station *s, struct ym_spool_job *j, enum ym_code how, const char *why)
{
	struct ym_error err = { 0 };
	enum ym_code code;

	if (how == YM_OK && j->lacks)
		how = YM_CONFLICT; /* it came out, but not as it should: the officer is told before it counts */
	switch (how) {
	case YM_OK:
		code = ym_spool_finish(s, j, &err);
		break;
	case YM_CONFLICT:
		code = ym_spool_move(s, j, YM_SPOOL_ASKING, question(j, why), &err);
		break;
	case YM_INVALID:
	case YM_NOTFOUND:
		code = ym_spool_move(s, j, YM_SPOOL_STOPPED, why, &err);
		break;
	case YM_IO:
		code = ym_spool_move(s, j, ++j->tries < TRIES_MAX ? YM_SPOOL_QUEUED : YM_SPOOL_STOPPED, why, &err);
		j->not_before = ym_clock_mono() + YM_SPOOL_AGAIN_MS;
		break;
	case YM_CANCELLED:
		code = ym_spool_move(s, j, YM_SPOOL_QUEUED, NULL, &err);
		break;
	default: /* the printer's, not the paper's: it waits */
		code = ym_spool_move(s, j, YM_SPOOL_QUEUED, why, &err);
		j->not_before = ym_clock_mono() + YM_SPOOL_AGAIN_MS;
		break;
	}
	if (code)
		ym_diag_error("spool", &err);
	ym_spool_pump_in(s, 0);
	ym_station_notify(s, YM_NOTICE_PAPER);
}

/* What ended while nobody was signed in is kept without a word of the paper. */
void
ym_spool_over(struct ym_station *s, const char *id, enum ym_code how, const char *why)
{
	struct ym_spool_job *j = ym_spool_find(s, id);
	struct ym_spool *p = s->spool;

	if (s->unlocked && j)
		return ym_spool_settle(s, j, how, why);
	if (p && p->n_late < (int)YM_ARRAY_LEN(p->late)) {
		ym_strlcpy(p->late[p->n_late].id, id, sizeof p->late[0].id);
		p->late[p->n_late++].code = how;
	}
}
/* -- the queue moves -- */

static bool
is_taken(const struct ym_spool *p, enum ym_print_way way)
{
	return way == YM_PRINT_A4 ? *p->a4_job != 0 : p->order != 0;
}

/* "sending" is on disk before the first byte goes. An error: nothing was done. */
static enum ym_code
send_now(struct ym_station *s, struct ym_spool_job *j, const json_t *document, struct ym_error *err)
{
	return j->way == YM_PRINT_A4 ? ym_print_a4(s, j, document, err) : ym_print_receipt(s, j, document, err);
}

static bool
can_send(struct ym_station *s, struct ym_spool_job *j)
{
	return j->way == YM_PRINT_A4 || ym_print_receipt_can(s, j);
}

/* What finds its printer free is "sending" from the beginning: one commit less. */
enum ym_code
ym_spool_add(struct ym_station *s, const struct ym_spool_job *job, const json_t *document, struct ym_error *err)
{
	struct ym_spool *p = s->spool;
	struct ym_spool_job *j = &p->jobs[p->n];
	bool is_next = !is_taken(p, job->way);
	enum ym_code code;

	for (int i = 0; i < p->n; i++)
		is_next &= p->jobs[i].way != job->way || p->jobs[i].state != YM_SPOOL_QUEUED;
	*j = *job;
	p->n++;
	if (is_next && can_send(s, j))
		code = send_now(s, j, document, err);
	else
		code = ym_spool_save(s, j, YM_SPOOL_QUEUED, document, err);
	if (code)
		p->n--;
	ym_spool_pump_in(s, 0);
	return code;
}

static void
send_queued(struct ym_station *s, struct ym_spool_job *j)
{
	struct ym_error err = { 0 };
	YM_JSON *root = NULL;
	enum ym_code code = ym_spool_load(s, j->id, &root, &err);

	if (!code)
		code = send_now(s, j, json_object_get(root, "document"), &err);
	if (code)
		ym_spool_settle(s, j, code, err.msgid);
}

static void
pump(void *user)
{
	struct ym_station *s = user;
	struct ym_spool *p = s->spool;
	int64_t now = ym_clock_mono();
	bool is_tried[] = { [YM_PRINT_RECEIPT] = is_taken(p, YM_PRINT_RECEIPT), [YM_PRINT_A4] = is_taken(p, YM_PRINT_A4) }, waits = false;

	p->pump = 0;
	if (!s->unlocked || s->headless)
		return;
	/* In order for each printer; ym_spool_settle() may shorten the list, so one start a round. */
	for (int i = 0; i < p->n; i++) {
		struct ym_spool_job *j = &p->jobs[i];

		if (j->state != YM_SPOOL_QUEUED)
			continue;
		waits = true;
		if (j->not_before > now || is_tried[j->way])
			continue;
		is_tried[j->way] = true;
		if (!can_send(s, j))
			continue;
		send_queued(s, j);
		break;
	}
	if (waits && !p->pump)
		ym_spool_pump_in(s, p->order && *p->a4_job ? YM_SPOOL_AGAIN_MS : 500);
}

static void
add_name(void *user, const char *name, int64_t saved_ms)
{
	json_array_append_new(user, json_string(name + strlen(PREFIX)));
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(((const struct ym_spool_job *)a)->id, ((const struct ym_spool_job *)b)->id);
}

static void
take_up(struct ym_station *s, const char *id)
{
	struct ym_spool *p = s->spool;
	struct ym_spool_job *j = &p->jobs[p->n];
	struct ym_error err = { 0 };
	YM_JSON *root = NULL;

	if (p->n == YM_SPOOL_MAX || ym_spool_load(s, id, &root, &err)) {
		ym_diag_error("spool", &err);
		return;
	}
	*j = (struct ym_spool_job){ .way = ym_streq(ym_json_str(root, "way"), "a4") ? YM_PRINT_A4 : YM_PRINT_RECEIPT, .tries = (int)ym_json_int(root, "tries", 0),
		.lacks = json_is_true(json_object_get(root, "lacks")) };
	ym_strlcpy(j->id, id, sizeof j->id);
	ym_strlcpy(j->paper, ym_json_str(root, "paper"), sizeof j->paper);
	ym_strlcpy(j->visit, ym_json_str(root, "visit"), sizeof j->visit);
	ym_strlcpy(j->case_no, ym_json_str(root, "case_no"), sizeof j->case_no);
	ym_strlcpy(j->template_id, ym_json_str(root, "template"), sizeof j->template_id);
	ym_strlcpy(j->title, ym_json_str(root, "title"), sizeof j->title);
	for (int i = 0; i < (int)YM_ARRAY_LEN(state_names); i++)
		if (ym_streq(ym_json_str(root, "state"), state_names[i]))
			j->state = (enum ym_spool_state)i;
	p->n++;
}

void
ym_station_spool_open(struct ym_station *s)
{
	struct ym_spool *p = ym_spool_of(s);
	YM_JSON *names = json_array();
	struct ym_error err = { 0 };
	const json_t *name;
	size_t k;

	p->n = 0;
	if (s->readonly)
		return;
	if (ym_draft_list(s->db, PREFIX, add_name, names, &err))
		ym_diag_error("spool", &err);
	json_array_foreach(names, k, name)
		take_up(s, json_string_value(name));
	qsort(p->jobs, (size_t)p->n, sizeof *p->jobs, by_id);
	for (int i = 0; i < p->n; i++) {
		struct ym_spool_job *j = &p->jobs[i];
		bool runs = ym_streq(j->id, p->order_job) || ym_streq(j->id, p->a4_job);

		if (j->state == YM_SPOOL_ASKING)
			j->why = question(j, NULL);
		if (j->state == YM_SPOOL_SENDING && !runs &&
		    ym_spool_move(s, j, YM_SPOOL_ASKING, question(j, N_("The program ended while this paper was being printed: did it come out?")), &err))
			ym_diag_error("spool", &err);
	}
	while (p->n_late > 0) {
		struct ym_spool_job *j = ym_spool_find(s, p->late[--p->n_late].id);

		if (j)
			ym_spool_settle(s, j, p->late[p->n_late].code, NULL);
	}
	if (p->n)
		ym_spool_pump_in(s, 0);
}

void
ym_station_spool_lock(struct ym_station *s)
{
	struct ym_spool *p = s->spool;

	if (!p)
		return;
	explicit_bzero(p->jobs, sizeof p->jobs);
	p->n = 0;
	if (s->loop)
		ym_loop_remove(s->loop, p->pump);
	p->pump = 0;
}

void
ym_station_spool_close(struct ym_station *s)
{
	if (!s->spool)
		return;
	ym_station_spool_lock(s);
	ym_print_a4_release(s);
	ym_buf_release(&s->spool->text);
	free(s->spool);
	s->spool = NULL;
}
