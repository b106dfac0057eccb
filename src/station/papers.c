/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Papers of the open visit: rendered by yimen-paper through pipes, saved where the officer asked, noted as printed.
 * Not what a paper says (cases, data/papers). Invariant: a paper is noted as printed only after its file is complete.
 */
#include "station/private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "cases/consulting.h"
#include "paper/paper.h"
#include "station/child.h"

static void
job_release(struct ym_job *j)
{
	struct ym_loop *loop = j->station ? j->station->loop : NULL;

	if (loop) {
		ym_loop_remove(loop, j->in_source);
		ym_loop_remove(loop, j->out_source);
		ym_loop_remove(loop, j->child);
	}
	j->in_source = j->out_source = j->child = 0;
	if (j->station) {
		ym_fd_close_p(&j->in);
		ym_fd_close_p(&j->out);
	}
	ym_buf_release(&j->document);
	ym_buf_release(&j->pdf);
}

void
ym_station_jobs_stop(struct ym_station *s)
{
	for (int i = 0; i < YM_MAX_JOBS; i++) {
		char spool[40];

		ym_strlcpy(spool, s->jobs[i].spool, sizeof spool);
		job_release(&s->jobs[i]);
		s->jobs[i] = (struct ym_job){ 0 };
		if (*spool)
			ym_station_spool_drawn(s, spool, YM_CANCELLED, NULL, NULL);
	}
}

static struct ym_job *
job_of(struct ym_station *s, const char *paper, bool make)
{
	struct ym_job *oldest = NULL;

	for (int i = 0; i < YM_MAX_JOBS; i++) {
		struct ym_job *j = &s->jobs[i];

		if (ym_streq(j->paper, paper))
			return j;
		if (j->state != YM_JOB_WAITING && (!oldest || !*j->paper))
			oldest = j;
	}
	if (make && oldest) {
		job_release(oldest);
		*oldest = (struct ym_job){ .station = s, .in = -1, .out = -1 };
		ym_strlcpy(oldest->paper, paper, sizeof oldest->paper);
	}
	return make ? oldest : NULL;
}

static int
line_of(struct ym_station *s, const char *paper)
{
	for (int i = 0; s->visit && i < ym_visit_n_papers(s->visit); i++)
		if (ym_streq(ym_visit_paper(s->visit, i)->id, paper))
			return i;
	return -1;
}

/* Papers go where the officer will hand them over: DIR/papers, or $YIMEN_PAPERS. In the clear on purpose: a printed paper is. */
static char *
file_of(const struct ym_job *j)
{
	const char *wanted = getenv("YIMEN_PAPERS");

	return wanted && *wanted ? ym_asprintf("%s/%s.pdf", wanted, j->paper) : ym_asprintf("%s/papers/%s.pdf", j->station->dir, j->paper);
}

/* For the spool the PDF itself, which ends in its own mark; else the helper's word: it writes the file, because a disk may be slow. */
static enum ym_code
check_drawn(struct ym_job *j, struct ym_error *err)
{
	YM_FREE char *path = *j->spool ? NULL : file_of(j);

	if (*j->spool ? j->pdf.len >= 64 && memmem(j->pdf.data + j->pdf.len - 32, 32, "%%EOF", 5) : ym_streq(ym_buf_str(&j->pdf), "written\n"))
		return YM_OK;
	if (!*j->spool && ym_streq(ym_buf_str(&j->pdf), "unwritten\n"))
		return ym_fail_on(err, YM_IO, N_("Cannot write the file"), path, NULL);
	return ym_fail(err, YM_IO, N_("The paper could not be drawn: is the Chinese font installed?"), "yimen-paper gave %zu bytes", j->pdf.len);
}

static enum ym_code
job_over(struct ym_job *j, enum ym_code code, struct ym_error *err)
{
	struct ym_station *s = j->station;
	int line = line_of(s, j->paper);

	if (*j->spool) {
		char spool[40];

		ym_strlcpy(spool, j->spool, sizeof spool);
		ym_station_spool_drawn(s, spool, code, &j->pdf, err);
		job_release(j);
		*j = (struct ym_job){ 0 };
		return code;
	}
	if (!code && line >= 0)
		code = ym_visit_printed(s->visit, line, "pdf", err);
	else if (!code && j->is_consult)
		code = ym_consult_printed(s->work, j->paper, "pdf", err);
	if (code) {
		ym_diag_error("paper", err);
		ym_strlcpy(j->text, err && err->msgid ? err->msgid : "", sizeof j->text);
	} else {
		YM_FREE char *path = file_of(j);

		ym_strlcpy(j->text, path, sizeof j->text);
	}
	j->state = code ? YM_JOB_FAILED : YM_JOB_DONE;
	job_release(j);
	ym_station_notify(s, YM_NOTICE_PAPER);
	return code;
}

static void
on_pdf(void *user, int fd, short revents)
{
	struct ym_job *j = user;
	struct ym_error err = { 0 };
	char piece[16384];
	ssize_t n = read(fd, piece, sizeof piece);

	if (n > 0) {
		ym_buf_add(&j->pdf, piece, (size_t)n);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	(void)job_over(j, check_drawn(j, &err), &err);
}

static void
on_document_room(void *user, int fd, short revents)
{
	struct ym_job *j = user;
	ssize_t n = write(fd, j->document.data + j->written, j->document.len - j->written);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		j->written += (size_t)n;
	if (n < 0 || j->written == j->document.len) {
		ym_loop_remove(j->station->loop, j->in_source);
		j->in_source = 0;
		ym_fd_close_p(&j->in);
	}
}

static void
on_renderer_exit(void *user, pid_t pid, int status)
{
	((struct ym_job *)user)->child = 0;
}

enum ym_code
ym_station_resolve_paper(struct ym_station *s, int paper, json_t **ret, struct ym_error *err)
{
	const struct ym_paper_line *line = ym_visit_paper(s->visit, paper);
	YM_FREE char *name = ym_asprintf("paper/%s", line->template_id), *context_text = NULL;
	const char *template_text = ym_pack_document(s->pack, name);
	YM_JSON *tmpl = NULL, *context = NULL;
	enum ym_code code;

	/* what was signed is what is shown and drawn, whatever the visit says by now */
	if (line->is_drawn) {
		code = ym_station_signed_document(s, paper, ret, err);
		if (!code && line->printed > 0)
			json_object_set_new(*ret, "reprint", json_integer(line->printed));
		return code;
	}
	context_text = ym_visit_paper_json(s->visit, paper);
	if (!template_text || !context_text)
		return ym_fail_on(err, YM_NOTFOUND, N_("The catalogue has no such paper"), line->template_id, NULL);
	code = ym_json_parse(template_text, strlen(template_text), line->template_id, &tmpl, err);
	if (!code)
		code = ym_json_parse(context_text, strlen(context_text), line->template_id, &context, err);
	explicit_bzero(context_text, strlen(context_text));
	if (!code)
		code = ym_paper_resolve(tmpl, context, ret, err);
	if (!code && line->printed > 0)
		json_object_set_new(*ret, "reprint", json_integer(line->printed));
	return code;
}

/* NULL for the spool. */
static enum ym_code
out_option(struct ym_job *j, char **ret, struct ym_error *err)
{
	YM_FREE char *path = *j->spool ? NULL : file_of(j);
	char *slash = path ? strrchr(path, '/') : NULL;
	enum ym_code code = YM_OK;

	if (!path)
		return YM_OK;
	*slash = 0;
	code = ym_file_mkdirs(path, 0700, err);
	*slash = '/';
	if (!code)
		*ret = ym_asprintf("--out=%s", path);
	return code;
}

/* Without a loop (yimen visit run) waiting is right: nobody sits before a screen. */
static enum ym_code
render_now(struct ym_job *j, struct ym_error *err)
{
	YM_FREE char *out = NULL;
	enum ym_code code = out_option(j, &out, err);

	if (!code)
		code = ym_child_run("yimen-paper", out, j->document.data, j->document.len, 64u << 20, &j->pdf, err);
	if (!code)
		code = check_drawn(j, err);
	return job_over(j, code, err);
}

static enum ym_code
render(struct ym_job *j, struct ym_error *err)
{
	struct ym_loop *loop = j->station->loop;
	YM_FREE char *program = ym_file_helper("yimen-paper"), *out = NULL;
	enum ym_code code = out_option(j, &out, err);

	if (!code)
		code = ym_loop_spawn(loop, "yimen-paper", (char *[]){ program, out, NULL }, &j->in, &j->out, -1, on_renderer_exit, j, NULL, &j->child, err);

	if (code) {
		j->state = YM_JOB_FAILED;
		return code;
	}
	j->state = YM_JOB_WAITING;
	j->in_source = ym_loop_add_fd(loop, "paper in", YM_PRIO_NORMAL, j->in, POLLOUT, on_document_room, j);
	j->out_source = ym_loop_add_fd(loop, "paper out", YM_PRIO_NORMAL, j->out, POLLIN, on_pdf, j);
	return YM_OK;
}

static void
put_document(struct ym_job *j, const json_t *document)
{
	YM_FREE char *text = ym_json_dump(document);

	j->written = 0;
	j->document.max = 4u << 20;
	j->pdf.max = 64u << 20;
	ym_buf_clear(&j->document);
	ym_buf_clear(&j->pdf);
	ym_buf_adds(&j->document, text);
	explicit_bzero(text, strlen(text));
}

enum ym_code
ym_station_draw_spool(struct ym_station *s, const char *spool, const json_t *document, struct ym_error *err)
{
	YM_FREE char *key = ym_asprintf("print:%s", spool);
	struct ym_job *j = s->loop ? job_of(s, key, true) : NULL;

	if (!j || j->state == YM_JOB_WAITING)
		return ym_fail(err, YM_BUSY, N_("Papers are still being drawn"), NULL);
	ym_strlcpy(j->spool, spool, sizeof j->spool);
	put_document(j, document);
	return render(j, err);
}

enum ym_code
ym_station_draw_paper(struct ym_station *s, const char *paper, bool is_consult, const json_t *document, struct ym_error *err)
{
	struct ym_job *j = job_of(s, paper, true);

	if (!j || j->state == YM_JOB_WAITING)
		return ym_fail(err, YM_BUSY, N_("Papers are still being drawn"), NULL);
	j->is_consult = is_consult;
	put_document(j, document);
	return s->loop ? render(j, err) : render_now(j, err);
}

enum ym_paper_job
ym_station_drawn(struct ym_station *s, const char *paper, char *ret_text, size_t size)
{
	struct ym_job *j = job_of(s, paper, false);

	if (size)
		ret_text[0] = 0;
	if (!j)
		return YM_JOB_NONE;
	ym_strlcpy(ret_text, j->text, size);
	return j->state;
}

enum ym_code
ym_station_make_pdf(struct ym_station *s, int paper, struct ym_error *err)
{
	YM_JSON *document = NULL;
	enum ym_code code;

	if (!s->visit || paper < 0 || paper >= ym_visit_n_papers(s->visit))
		return ym_fail(err, YM_STATE, N_("There is no such paper"), NULL);
	code = ym_station_resolve_paper(s, paper, &document, err);
	return code ? code : ym_station_draw_paper(s, ym_visit_paper(s->visit, paper)->id, false, document, err);
}

enum ym_paper_job
ym_station_paper_job(struct ym_station *s, int paper, char *ret_text, size_t size)
{
	enum ym_paper_job state;

	if (size)
		ret_text[0] = 0;
	if (!s->visit || paper < 0 || paper >= ym_visit_n_papers(s->visit))
		return YM_JOB_NONE;
	if (ym_station_spool_find(s, ym_visit_id(s->visit), ym_visit_paper(s->visit, paper)->id, &state, ret_text, size))
		return state;
	return ym_station_drawn(s, ym_visit_paper(s->visit, paper)->id, ret_text, size);
}

char *
ym_station_paper_text(struct ym_station *s, int paper, int columns)
{
	YM_JSON *document = NULL;
	struct ym_error err = { 0 };

	if (!s->visit || paper < 0 || paper >= ym_visit_n_papers(s->visit))
		return ym_strdup("");
	if (ym_station_resolve_paper(s, paper, &document, &err)) {
		ym_diag_error("paper", &err);
		return ym_asprintf("%s: %s\n", err.msgid, err.subject);
	}
	return ym_paper_text(document, columns);
}
