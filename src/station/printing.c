/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The spool: every print is kept sealed in desk.db until somebody knows that the paper came out. Receipts go to the hub's printer
 * as ESC/POS, A4 papers as PDF to the helper yimen-print. Not what a paper says, not how it is drawn (papers.c).
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
#include "station/private.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "base/uuid.h"
#include "device/escpos.h"
#include "device/profile.h"
#include "paper/paper.h"
#include "yimen/time.h"

#define JOBS_MAX 64
#define PREFIX "print:"
#define AGAIN_MS 3000      /* before a printer that refused is asked again */
#define TRIES_MAX 3        /* faults of a queue that is not merely out of paper */

enum job_state { QUEUED, SENDING, ASKING, STOPPED };
static const char *const state_names[] = { "queued", "sending", "asking", "stopped" };

struct spool_job {
	char id[40], paper[128], visit[40], case_no[40], template_id[48], title[96];
	enum ym_print_way way;
	enum job_state state;
	int tries;
	int64_t not_before;  /* monotonic */
	const char *why;     /* msgid or NULL */
};
struct ym_spool {
	struct spool_job jobs[JOBS_MAX];
	int n;
	ym_source pump;
	/* the receipt that a printer has now */
	uint32_t order;
	struct ym_device_ref printer;
	char order_job[40];
	/* the paper that is being drawn for, or is at, the A4 printer */
	char a4_job[40];
	bool is_drawing;
	int in, out;
	ym_source in_source, out_source, child;
	struct ym_buf pdf, text;
	size_t written;
	bool is_handed;          /* yimen-print has the whole PDF */
	bool has_verdict;
	enum ym_code verdict;
	const char *verdict_why;
	/* what came while the desk was locked */
	struct { char id[40]; enum ym_code code; } late[4];
	int n_late;
};

static void pump(void *user);

static void
pump_in(struct ym_station *s, int ms)
{
	if (!s->loop || !s->spool)
		return;
	ym_loop_remove(s->loop, s->spool->pump);
	s->spool->pump = ym_loop_add_timer(s->loop, "spool", ms, pump, s);
}

static struct ym_spool *
spool_of(struct ym_station *s)
{
	if (!s->spool) {
		s->spool = ym_alloc(sizeof *s->spool);
		s->spool->in = s->spool->out = -1;
		s->spool->text.max = 65536;
	}
	return s->spool;
}

static struct spool_job *
find(struct ym_station *s, const char *id)
{
	for (int i = 0; s->spool && *id && i < s->spool->n; i++)
		if (ym_streq(s->spool->jobs[i].id, id))
			return &s->spool->jobs[i];
	return NULL;
}

/* -- kept in desk.db -- */

static enum ym_code
save(struct ym_station *s, const struct spool_job *j, const json_t *document, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", j->id);
	YM_JSON *root = json_pack("{ss ss ss ss ss ss ss si sO}", "paper", j->paper, "visit", j->visit, "case_no", j->case_no, "template",
		j->template_id, "title", j->title, "way", j->way == YM_PRINT_A4 ? "a4" : "receipt", "state", state_names[j->state], "tries", j->tries,
		"document", document);
	YM_FREE char *text = ym_json_dump(root);
	enum ym_code code = ym_draft_save(s->db, s->keys, name, text, err);

	explicit_bzero(text, strlen(text));
	return code;
}

static enum ym_code
load(struct ym_station *s, const char *id, json_t **ret, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", id);
	YM_BUF text = { .max = 8u << 20 };
	enum ym_code code = ym_draft_load(s->db, s->keys, name, &text, err);

	return code ? code : ym_json_parse(text.data, text.len, "spool", ret, err);
}

/* The new state is on disk before anybody acts on it. */
static enum ym_code
move_to(struct ym_station *s, struct spool_job *j, enum job_state state, const char *why, struct ym_error *err)
{
	YM_JSON *root = NULL;
	enum job_state before = j->state;
	enum ym_code code;

	j->why = why;
	if (before == state)
		return YM_OK;
	code = load(s, j->id, &root, err);
	if (code)
		return code;
	j->state = state;
	code = save(s, j, json_object_get(root, "document"), err);
	if (code)
		j->state = before;
	return code;
}

static void
forget(struct ym_station *s, struct spool_job *j)
{
	YM_FREE char *name = ym_asprintf(PREFIX "%s", j->id);
	struct ym_spool *p = s->spool;
	struct ym_error err = { 0 };
	int i = (int)(j - p->jobs);

	if (ym_draft_drop(s->db, name, &err))
		ym_diag_error("spool", &err);
	memmove(j, j + 1, (size_t)(p->n - i - 1) * sizeof *j);
	p->n--;
}

/* -- how a print ends -- */

static enum ym_code
note_printed(struct ym_station *s, const struct spool_job *j, struct ym_error *err)
{
	const char *device = j->way == YM_PRINT_A4 ? "a4" : "receipt";

	if (s->visit && ym_streq(ym_visit_id(s->visit), j->visit))
		for (int i = 0; i < ym_visit_n_papers(s->visit); i++)
			if (ym_streq(ym_visit_paper(s->visit, i)->id, j->paper))
				return ym_visit_printed(s->visit, i, device, err);
	return ym_papers_printed(s->work, j->visit, j->case_no, j->paper, j->template_id, device, err);
}

static void
settle(struct ym_station *s, struct spool_job *j, enum ym_code how, const char *why)
{
	struct ym_error err = { 0 };
	enum ym_code code;

	switch (how) {
	case YM_OK:
		code = note_printed(s, j, &err);
		if (code == YM_GONE)
			code = YM_OK; /* the visit was erased meanwhile: nothing to note */
		if (!code)
			forget(s, j);
		break;
	case YM_CONFLICT:
		code = move_to(s, j, ASKING, why, &err);
		break;
	case YM_INVALID:
	case YM_NOTFOUND:
		code = move_to(s, j, STOPPED, why, &err);
		break;
	case YM_IO:
		code = move_to(s, j, ++j->tries < TRIES_MAX ? QUEUED : STOPPED, why, &err);
		j->not_before = ym_clock_mono() + AGAIN_MS;
		break;
	case YM_CANCELLED:
		code = move_to(s, j, QUEUED, NULL, &err);
		break;
	default: /* the printer's, not the paper's: it waits */
		code = move_to(s, j, QUEUED, why, &err);
		j->not_before = ym_clock_mono() + AGAIN_MS;
		break;
	}
	if (code)
		ym_diag_error("spool", &err);
	pump_in(s, 0);
	ym_station_notify(s, YM_NOTICE_PAPER);
}

/* What ended while nobody was signed in is kept without a word of the paper. */
static void
over(struct ym_station *s, const char *id, enum ym_code how, const char *why)
{
	struct spool_job *j = find(s, id);
	struct ym_spool *p = s->spool;

	if (s->unlocked && j)
		return settle(s, j, how, why);
	if (p && p->n_late < (int)YM_ARRAY_LEN(p->late)) {
		ym_strlcpy(p->late[p->n_late].id, id, sizeof p->late[0].id);
		p->late[p->n_late++].code = how;
	}
}

/* -- receipts -- */

static bool
receipt_printer(struct ym_station *s, struct ym_device_info *ret)
{
	YM_FREE char *wanted = ym_setting_get(s->db, "print.receipt");

	if (!s->hub)
		return false;
	if (!wanted || !*wanted)
		return ym_hub_role_device(s->hub, YM_ROLE_RECEIPT, ret);
	for (size_t i = 0; ym_hub_get(s->hub, i, ret); i++)
		if (ret->role == YM_ROLE_RECEIPT && ym_streq(ret->identity, wanted))
			return true;
	return false;
}

static void
put_line(void *user, enum ym_paper_mark mark, const char *line)
{
	struct ym_escpos *e = user;

	if (mark == YM_PAPER_QR)
		ym_escpos_qr(e, line);
	else
		ym_escpos_line(e, mark == YM_PAPER_TITLE ? YM_ESCPOS_BOLD | YM_ESCPOS_BIG : mark == YM_PAPER_BOLD ? YM_ESCPOS_BOLD : 0, line);
}

static enum ym_code
encode(struct ym_station *s, const struct spool_job *j, const struct ym_device_info *printer, struct ym_buf *out, struct ym_error *err)
{
	struct ym_profile profile;
	struct ym_escpos e;
	YM_JSON *root = NULL;
	enum ym_code code = YM_OK;

	ym_profile_plain_receipt(&profile);
	if (*printer->profile)
		code = ym_profile_load(printer->profile, YM_ROLE_RECEIPT, &profile, err);
	if (!code)
		code = load(s, j->id, &root, err);
	if (code)
		return code;
	ym_escpos_begin(&e, out, profile.is_gbk ? YM_ESCPOS_GBK : YM_ESCPOS_GB18030);
	ym_paper_lines(json_object_get(root, "document"), profile.columns, put_line, &e);
	ym_escpos_end(&e, profile.has_knife);
	if (e.n_replaced)
		ym_diag(YM_DIAG_WARN, "spool", "%d characters are not in the printer's set", e.n_replaced);
	if (out->overflow)
		return ym_fail(err, YM_INVALID, N_("This is too long for the receipt printer"), "overflow");
	return YM_OK;
}

static void
send_receipt(struct ym_station *s, struct spool_job *j)
{
	struct ym_spool *p = s->spool;
	struct ym_device_info printer;
	struct ym_error err = { 0 };
	YM_BUF bytes = { .max = 512u << 10 };
	enum ym_code code;

	if (!receipt_printer(s, &printer)) {
		j->why = N_("There is no receipt printer: plug it in, or make a PDF");
		return;
	}
	if (printer.state != YM_DEVICE_READY) {
		j->why = printer.state == YM_DEVICE_BUSY ? NULL : printer.last_msgid ? printer.last_msgid : N_("The receipt printer is not ready");
		return;
	}
	code = encode(s, j, &printer, &bytes, &err);
	if (!code)
		code = move_to(s, j, SENDING, NULL, &err);
	if (!code) {
		const struct ym_device_order order = { .id = ++s->next_order, .kind = YM_ORDER_PRINT, .data = (const uint8_t *)bytes.data, .n = bytes.len };

		code = ym_hub_order(s->hub, printer.ref, &order, &err);
	}
	if (code)
		return settle(s, j, code, err.msgid);
	p->order = s->next_order;
	p->printer = printer.ref;
	ym_strlcpy(p->order_job, j->id, sizeof p->order_job);
}

void
ym_station_spool_device(struct ym_station *s, const struct ym_device_event *event)
{
	struct ym_spool *p = s->spool;
	struct ym_device_info info;
	char id[40];

	if (!p)
		return;
	if (event->kind == YM_DEVICE_ORDERED && event->order == p->order && p->order) {
		ym_strlcpy(id, p->order_job, sizeof id);
		p->order = 0;
		p->order_job[0] = 0;
		over(s, id, event->err->code, event->err->msgid);
	} else if (event->kind == YM_DEVICE_CHANGED) {
		/* udev may be faster than the line: then the session went without an answer */
		if (p->order && !ym_hub_find(s->hub, p->printer, &info)) {
			ym_strlcpy(id, p->order_job, sizeof id);
			p->order = 0;
			p->order_job[0] = 0;
			over(s, id, YM_CONFLICT, N_("The receipt printer was unplugged before it said that the paper came out: look, and answer"));
		}
		if (s->unlocked && p->n)
			pump_in(s, 0);
	}
}

/* -- A4 papers -- */

static void
a4_release(struct ym_station *s)
{
	struct ym_spool *p = s->spool;

	if (s->loop) {
		ym_loop_remove(s->loop, p->in_source);
		ym_loop_remove(s->loop, p->out_source);
		ym_loop_remove(s->loop, p->child);
	}
	p->in_source = p->out_source = p->child = 0;
	ym_fd_close_p(&p->in);
	ym_fd_close_p(&p->out);
	ym_buf_release(&p->pdf);
	ym_buf_clear(&p->text);
	p->a4_job[0] = 0;
	p->is_drawing = p->has_verdict = p->is_handed = false;
}

static void
a4_over(struct ym_station *s, enum ym_code how, const char *why)
{
	char id[40];

	ym_strlcpy(id, s->spool->a4_job, sizeof id);
	a4_release(s);
	over(s, id, how, why);
}

/* Words of yimen-print: "state WORD REASONS", then one of the verdicts. */
static void
take_line(struct ym_station *s, const char *line)
{
	static const struct {
		const char *word;
		enum ym_code code;
		const char *why;
	} verdicts[] = {
		{ "completed", YM_OK, NULL },
		{ "unknown", YM_CONFLICT, N_("The printer does not say whether the paper came out: look, and answer") },
		{ "aborted", YM_IO, N_("The A4 printer gave the paper back: look at it, then try again") },
		{ "canceled", YM_INVALID, N_("Somebody took the paper out of the A4 printer's queue") },
		{ "noprinter", YM_IO, N_("The A4 printer cannot be reached: is it switched on, is its name right?") },
		{ "refused", YM_IO, N_("The A4 printer takes no papers now") },
	};
	static const struct {
		const char *reason, *why;
	} reasons[] = {
		{ "media-empty", N_("The A4 printer has no paper: put some in") },
		{ "media-needed", N_("The A4 printer has no paper: put some in") },
		{ "media-jam", N_("Paper is stuck in the A4 printer: take it out") },
		{ "cover-open", N_("The A4 printer is open: close it") },
		{ "door-open", N_("The A4 printer is open: close it") },
		{ "toner-empty", N_("The A4 printer has no toner") },
		{ "marker-supply-empty", N_("The A4 printer has no toner") },
		{ "paused", N_("The A4 printer is stopped: start it again") },
		{ "offline", N_("The A4 printer cannot be reached: is it switched on, is its name right?") },
		{ "connecting", N_("The A4 printer cannot be reached: is it switched on, is its name right?") },
	};
	struct spool_job *j = find(s, s->spool->a4_job);
	const char *why = NULL;

	for (size_t i = 0; i < YM_ARRAY_LEN(verdicts); i++)
		if (ym_streq(line, verdicts[i].word)) {
			s->spool->has_verdict = true;
			s->spool->verdict = verdicts[i].code;
			s->spool->verdict_why = verdicts[i].why;
		}
	if (strncmp(line, "state ", 6) || !j)
		return;
	for (size_t i = 0; i < YM_ARRAY_LEN(reasons) && !why; i++)
		if (strstr(line, reasons[i].reason))
			why = reasons[i].why;
	if (why != j->why) {
		j->why = why;
		ym_station_notify(s, YM_NOTICE_PAPER);
	}
}

static void
on_word(void *user, int fd, short revents)
{
	struct ym_station *s = user;
	struct ym_spool *p = s->spool;
	char piece[1024], *end;
	ssize_t n = read(fd, piece, sizeof piece);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		ym_buf_add(&p->text, piece, (size_t)n);
		while (p->text.len && (end = memchr(p->text.data, '\n', p->text.len))) {
			*end = 0;
			take_line(s, p->text.data);
			ym_buf_drop(&p->text, (size_t)(end - p->text.data) + 1);
		}
		return;
	}
	if (p->has_verdict)
		return a4_over(s, p->verdict, p->verdict_why);
	/* It died: with the whole PDF handed over nobody knows what the queue did with it. */
	if (p->is_handed)
		a4_over(s, YM_CONFLICT, N_("The printer does not say whether the paper came out: look, and answer"));
	else
		a4_over(s, YM_IO, N_("Papers cannot be printed on A4 here: yimen-print is missing or failed"));
}

static void
on_room(void *user, int fd, short revents)
{
	struct ym_station *s = user;
	struct ym_spool *p = s->spool;
	ssize_t n = write(fd, p->pdf.data + p->written, p->pdf.len - p->written);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		p->written += (size_t)n;
	if (n < 0 || p->written == p->pdf.len) {
		p->is_handed = n > 0;
		ym_loop_remove(s->loop, p->in_source);
		p->in_source = 0;
		ym_fd_close_p(&p->in);
		ym_buf_release(&p->pdf);
	}
}

static void
on_print_exit(void *user, pid_t pid, int status)
{
	((struct ym_station *)user)->spool->child = 0;
}

void
ym_station_spool_drawn(struct ym_station *s, const char *job, enum ym_code code, const struct ym_buf *pdf, const struct ym_error *err)
{
	struct ym_spool *p = s->spool;
	struct spool_job *j = find(s, job);
	YM_FREE char *program = ym_file_helper("yimen-print"), *printer = NULL, *title = NULL;
	struct ym_error why = { 0 };

	if (!p || !ym_streq(p->a4_job, job) || !p->is_drawing)
		return;
	p->is_drawing = false;
	if (code || !j || !s->unlocked)
		return a4_over(s, code == YM_CANCELLED || !s->unlocked ? YM_CANCELLED : YM_IO, err ? err->msgid : NULL);
	printer = ym_setting_get(s->db, "print.a4");
	title = ym_asprintf("yimen %s", j->paper);
	p->pdf.max = 64u << 20;
	ym_buf_add(&p->pdf, pdf->data, pdf->len);
	p->written = 0;
	code = move_to(s, j, SENDING, NULL, &why);
	if (!code)
		code = ym_loop_spawn(s->loop, "yimen-print", (char *[]){ program, (char *)"send", printer ? printer : (char *)"", title, NULL }, &p->in,
			&p->out, -1, on_print_exit, s, NULL, &p->child, &why);
	if (code)
		return a4_over(s, YM_IO, N_("Papers cannot be printed on A4 here: yimen-print is missing or failed"));
	p->in_source = ym_loop_add_fd(s->loop, "print in", YM_PRIO_NORMAL, p->in, POLLOUT, on_room, s);
	p->out_source = ym_loop_add_fd(s->loop, "print out", YM_PRIO_NORMAL, p->out, POLLIN, on_word, s);
}

static void
draw_a4(struct ym_station *s, struct spool_job *j)
{
	struct ym_error err = { 0 };
	YM_JSON *root = NULL;
	enum ym_code code = load(s, j->id, &root, &err);

	ym_strlcpy(s->spool->a4_job, j->id, sizeof s->spool->a4_job);
	s->spool->is_drawing = true;
	if (!code)
		code = ym_station_draw_spool(s, j->id, json_object_get(root, "document"), &err);
	if (code) {
		a4_release(s);
		settle(s, j, code, err.msgid);
	}
}

/* -- the queue moves -- */

static void
pump(void *user)
{
	struct ym_station *s = user;
	struct ym_spool *p = s->spool;
	int64_t now = ym_clock_mono();
	bool receipt_tried = p->order != 0, a4_tried = *p->a4_job != 0, waits = false;

	p->pump = 0;
	if (!s->unlocked || s->headless)
		return;
	/* In order for each printer; settle() may shorten the list, so one start of each kind a round. */
	for (int i = 0; i < p->n; i++) {
		struct spool_job *j = &p->jobs[i];

		if (j->state != QUEUED)
			continue;
		waits = true;
		if (j->not_before > now)
			continue;
		if (j->way == YM_PRINT_RECEIPT && !receipt_tried) {
			receipt_tried = true;
			send_receipt(s, j);
			break;
		}
		if (j->way == YM_PRINT_A4 && !a4_tried) {
			a4_tried = true;
			draw_a4(s, j);
			break;
		}
	}
	if (waits && !p->pump)
		pump_in(s, p->order && *p->a4_job ? AGAIN_MS : 500);
}

static void
add_name(void *user, const char *name, int64_t saved_ms)
{
	json_array_append_new(user, json_string(name + strlen(PREFIX)));
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(((const struct spool_job *)a)->id, ((const struct spool_job *)b)->id);
}

static void
take_up(struct ym_station *s, const char *id)
{
	struct ym_spool *p = s->spool;
	struct spool_job *j = &p->jobs[p->n];
	struct ym_error err = { 0 };
	YM_JSON *root = NULL;

	if (p->n == JOBS_MAX || load(s, id, &root, &err)) {
		ym_diag_error("spool", &err);
		return;
	}
	*j = (struct spool_job){ .way = ym_streq(ym_json_str(root, "way"), "a4") ? YM_PRINT_A4 : YM_PRINT_RECEIPT, .tries = (int)ym_json_int(root, "tries", 0) };
	ym_strlcpy(j->id, id, sizeof j->id);
	ym_strlcpy(j->paper, ym_json_str(root, "paper"), sizeof j->paper);
	ym_strlcpy(j->visit, ym_json_str(root, "visit"), sizeof j->visit);
	ym_strlcpy(j->case_no, ym_json_str(root, "case_no"), sizeof j->case_no);
	ym_strlcpy(j->template_id, ym_json_str(root, "template"), sizeof j->template_id);
	ym_strlcpy(j->title, ym_json_str(root, "title"), sizeof j->title);
	for (int i = 0; i < (int)YM_ARRAY_LEN(state_names); i++)
		if (ym_streq(ym_json_str(root, "state"), state_names[i]))
			j->state = (enum job_state)i;
	p->n++;
}

void
ym_station_spool_open(struct ym_station *s)
{
	struct ym_spool *p = spool_of(s);
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
		struct spool_job *j = &p->jobs[i];
		bool runs = ym_streq(j->id, p->order_job) || ym_streq(j->id, p->a4_job);

		if (j->state == SENDING && !runs && move_to(s, j, ASKING, N_("The program ended while this paper was being printed: did it come out?"), &err))
			ym_diag_error("spool", &err);
		else if (j->state == ASKING)
			j->why = N_("The printer does not say whether the paper came out: look, and answer");
	}
	while (p->n_late > 0) {
		struct spool_job *j = find(s, p->late[--p->n_late].id);

		if (j)
			settle(s, j, p->late[p->n_late].code, NULL);
	}
	if (p->n)
		pump_in(s, 0);
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
	a4_release(s);
	ym_buf_release(&s->spool->text);
	free(s->spool);
	s->spool = NULL;
}

/* -- what screens call -- */

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
	if (receipt && receipt_printer(s, &printer))
		return YM_PRINT_RECEIPT;
	return has_a4(s) ? YM_PRINT_A4 : YM_PRINT_PDF;
}

enum ym_code
ym_station_print(struct ym_station *s, int paper, struct ym_error *err)
{
	enum ym_print_way way = ym_station_print_way(s, paper);
	struct ym_spool *p = spool_of(s);
	struct spool_job job = { .way = way, .state = QUEUED };
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
	if (p->n == JOBS_MAX)
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
	code = save(s, &job, document, err);
	if (code)
		return code;
	p->jobs[p->n++] = job;
	pump_in(s, 0);
	return YM_OK;
}

static enum ym_paper_job
shown(const struct spool_job *j)
{
	return j->state == QUEUED ? YM_JOB_QUEUED : j->state == SENDING ? YM_JOB_PRINTING : j->state == ASKING ? YM_JOB_ASKING : YM_JOB_FAILED;
}

bool
ym_station_spool_find(struct ym_station *s, const char *visit, const char *paper, enum ym_paper_job *ret, char *ret_text, size_t size)
{
	for (int i = 0; s->spool && i < s->spool->n; i++) {
		const struct spool_job *j = &s->spool->jobs[i];

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
		const struct spool_job *j = &s->spool->jobs[n];

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
	struct spool_job *j = find(s, id);
	enum ym_code code;

	if (!j || j->state != ASKING)
		return ym_fail(err, YM_STATE, N_("Nobody asks about this paper"), NULL);
	if (came_out) {
		code = note_printed(s, j, err);
		if (code && code != YM_GONE)
			return code;
		forget(s, j);
	} else {
		code = move_to(s, j, QUEUED, NULL, err);
		if (code)
			return code;
		j->not_before = 0;
	}
	pump_in(s, 0);
	ym_station_notify(s, YM_NOTICE_PAPER);
	return YM_OK;
}

void
ym_station_spool_retry(struct ym_station *s)
{
	struct ym_error err = { 0 };

	for (int i = 0; s->spool && i < s->spool->n; i++) {
		struct spool_job *j = &s->spool->jobs[i];

		j->not_before = 0;
		if (j->state == STOPPED) {
			j->tries = 0;
			if (move_to(s, j, QUEUED, NULL, &err))
				ym_diag_error("spool", &err);
		}
	}
	if (s->hub)
		ym_hub_retry(s->hub);
	pump_in(s, 0);
}

enum ym_code
ym_station_spool_drop(struct ym_station *s, const char *id, struct ym_error *err)
{
	struct spool_job *j = find(s, id);

	if (!j || j->state == SENDING || ym_streq(id, s->spool->a4_job))
		return ym_fail(err, YM_STATE, N_("This paper is being printed"), NULL);
	forget(s, j);
	ym_station_notify(s, YM_NOTICE_PAPER);
	return YM_OK;
}
