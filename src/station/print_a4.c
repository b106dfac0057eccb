/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A4 papers of the spool: drawn by yimen-paper (papers.c), then handed as PDF to the helper yimen-print and followed by its words.
 * Not CUPS (the helper). Invariant: the job is "sending" on disk before it is drawn.
 */
#include "station/spool.h"

#include <errno.h>
#include <poll.h>

#include "base/file.h"

void
ym_print_a4_release(struct ym_station *s)
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
	ym_print_a4_release(s);
	ym_spool_over(s, id, how, why);
}

const char *
ym_print_a4_reason(const char *words)
{
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

	for (size_t i = 0; i < YM_ARRAY_LEN(reasons); i++)
		if (strstr(words, reasons[i].reason))
			return reasons[i].why;
	return NULL;
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
	struct ym_spool_job *j = ym_spool_find(s, s->spool->a4_job);
	const char *why;

	for (size_t i = 0; i < YM_ARRAY_LEN(verdicts); i++)
		if (ym_streq(line, verdicts[i].word)) {
			s->spool->has_verdict = true;
			s->spool->verdict = verdicts[i].code;
			s->spool->verdict_why = verdicts[i].why;
		}
	if (strncmp(line, "state ", 6) || !j)
		return;
	why = ym_print_a4_reason(line);
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
	struct ym_spool_job *j = ym_spool_find(s, job);
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
	if (ym_loop_spawn(s->loop, "yimen-print", (char *[]){ program, (char *)"send", printer ? printer : (char *)"", title, NULL }, &p->in, &p->out,
		    -1, on_print_exit, s, NULL, &p->child, &why))
		return a4_over(s, YM_IO, N_("Papers cannot be printed on A4 here: yimen-print is missing or failed"));
	p->in_source = ym_loop_add_fd(s->loop, "print in", YM_PRIO_NORMAL, p->in, POLLOUT, on_room, s);
	p->out_source = ym_loop_add_fd(s->loop, "print out", YM_PRIO_NORMAL, p->out, POLLIN, on_word, s);
}

enum ym_code
ym_print_a4(struct ym_station *s, struct ym_spool_job *j, const json_t *document, struct ym_error *err)
{
	struct ym_error why = { 0 };
	enum ym_code code = ym_spool_save(s, j, YM_SPOOL_SENDING, document, err);

	if (code)
		return code;
	j->why = NULL;
	ym_strlcpy(s->spool->a4_job, j->id, sizeof s->spool->a4_job);
	s->spool->is_drawing = true;
	code = ym_station_draw_spool(s, j->id, document, &why);
	if (code) {
		ym_print_a4_release(s);
		ym_spool_settle(s, j, code, why.msgid);
	}
	return YM_OK;
}
