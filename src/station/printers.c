/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which printers there are for A4 papers (CUPS's queues, told by yimen-print), and which of them and of the receipt printers is used.
 * Not printing (spool.c). Invariant: CUPS is asked by a helper; the answer is the newest one, or none yet.
 */
#include "station/spool.h"

#include <errno.h>
#include <poll.h>

#include "base/diag.h"
#include "base/file.h"
#include "station/child.h"
#include "yimen/admin.h"
#include "yimen/counter.h"
#include "yimen/text.h"

#define PRINTERS_MAX 16

struct ym_printers {
	struct ym_printer list[PRINTERS_MAX];
	int n;
	int out;
	ym_source source, child;
	struct ym_buf text;
};

/* "[*]NAME \t STATE \t REASONS \t INFO". Names and descriptions are others' words: whatever is no plain text is not shown. */
static bool
parse(char *line, struct ym_printer *ret)
{
	char *state = strchr(line, '\t'), *reasons = state ? strchr(state + 1, '\t') : NULL, *info = reasons ? strchr(reasons + 1, '\t') : NULL;

	*ret = (struct ym_printer){ .is_default = *line == '*' };
	if (!info)
		return false;
	*state++ = *reasons++ = *info++ = 0;
	line += ret->is_default;
	if (!*line || strlen(line) >= sizeof ret->name || strpbrk(line, "\"\\"))
		return false;
	ym_strlcpy(ret->name, line, sizeof ret->name);
	if (ym_text_is_clean(info, false))
		ym_strlcpy(ret->info, info, sizeof ret->info);
	ret->why = ym_print_a4_reason(reasons);
	ret->state = ret->why || ym_streq(state, "stopped") ? YM_DEVICE_ATTENTION : ym_streq(state, "processing") ? YM_DEVICE_BUSY :
		ym_streq(state, "idle") ? YM_DEVICE_READY : YM_DEVICE_ABSENT;
	if (!ret->why && ym_streq(state, "stopped"))
		ret->why = ym_print_a4_reason("paused");
	return true;
}

/* The chosen one is listed also when CUPS does not know it: an address, or a queue that was removed. */
static int
take(char *text, const char *chosen, struct ym_printer *ret, int max)
{
	bool has_chosen = !chosen || !*chosen;
	int n = 0;

	for (char *rest = text, *line; n < max - 1 && (line = strsep(&rest, "\n"));) {
		if (!parse(line, &ret[n]))
			continue;
		ret[n].is_chosen = chosen && ym_streq(ret[n].name, chosen);
		has_chosen |= ret[n++].is_chosen;
	}
	if (!has_chosen) {
		ret[n] = (struct ym_printer){ .is_chosen = true, .state = strstr(chosen, "://") ? YM_DEVICE_READY : YM_DEVICE_ABSENT };
		ym_strlcpy(ret[n++].name, chosen, sizeof ret->name);
	}
	return n;
}

static void
stop_asking(struct ym_station *s)
{
	struct ym_printers *p = s->printers;

	ym_loop_remove(s->loop, p->source);
	ym_loop_remove(s->loop, p->child);
	p->source = p->child = 0;
	ym_fd_close_p(&p->out);
	ym_buf_clear(&p->text);
}

static void
on_list(void *user, int fd, short revents)
{
	struct ym_station *s = user;
	struct ym_printers *p = s->printers;
	YM_FREE char *chosen = NULL;
	char piece[1024];
	ssize_t n = read(fd, piece, sizeof piece);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		ym_buf_add(&p->text, piece, (size_t)n);
		return;
	}
	chosen = ym_setting_get(s->db, "print.a4");
	p->n = take((char *)ym_buf_str(&p->text), chosen, p->list, PRINTERS_MAX);
	stop_asking(s);
	ym_station_notify(s, YM_NOTICE_DEVICE);
}

static void
on_exit_of_list(void *user, pid_t pid, int status)
{
	((struct ym_station *)user)->printers->child = 0;
}

void
ym_station_ask_printers(struct ym_station *s)
{
	YM_FREE char *program = ym_file_helper("yimen-print");
	struct ym_error err = { 0 };

	if (!s->loop || s->headless || !ym_file_exists(program)) /* a build without CUPS */
		return;
	if (!s->printers) {
		s->printers = ym_alloc(sizeof *s->printers);
		s->printers->out = -1;
		s->printers->text.max = 65536;
	}
	stop_asking(s);
	if (ym_loop_spawn(s->loop, "yimen-print", (char *[]){ program, (char *)"list", NULL }, NULL, &s->printers->out, -1, on_exit_of_list, s, NULL,
		    &s->printers->child, &err))
		ym_diag_error("printers", &err);
	else
		s->printers->source = ym_loop_add_fd(s->loop, "printers", YM_PRIO_NORMAL, s->printers->out, POLLIN, on_list, s);
}

void
ym_station_printers_close(struct ym_station *s)
{
	if (!s->printers)
		return;
	stop_asking(s);
	ym_buf_release(&s->printers->text);
	free(YM_TAKE(s->printers));
}

int
ym_station_printers(struct ym_station *s, struct ym_printer *ret, int max)
{
	int n = s->printers ? s->printers->n < max ? s->printers->n : max : 0;

	if (n > 0)
		memcpy(ret, s->printers->list, (size_t)n * sizeof *ret);
	return n;
}

bool
ym_station_is_chosen_printer(struct ym_station *s, const char *identity)
{
	YM_FREE char *chosen = ym_setting_get(s->db, "print.receipt");

	return chosen && *chosen && ym_streq(chosen, identity);
}

enum ym_code
ym_station_choose_printer(struct ym_station *s, enum ym_print_way way, const char *name, struct ym_error *err)
{
	enum ym_code code;

	if (!s->unlocked)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	code = ym_setting_set(s->db, way == YM_PRINT_A4 ? "print.a4" : "print.receipt", name, err);
	if (code)
		return code;
	for (int i = 0; way == YM_PRINT_A4 && s->printers && i < s->printers->n; i++)
		s->printers->list[i].is_chosen = *name && ym_streq(s->printers->list[i].name, name);
	ym_station_spool_retry(s);
	ym_station_notify(s, YM_NOTICE_DEVICE);
	return YM_OK;
}

/* -- without a station -- */

enum ym_code
ym_counter_printers(const char *dir, void (*fn)(void *user, const struct ym_printer *printer), void *user, struct ym_error *err)
{
	YM_FREE char *home = dir ? ym_strdup(dir) : ym_station_default_dir(false), *program = ym_file_helper("yimen-print"), *chosen = NULL;
	YM_BUF text = { .max = 65536 };
	struct ym_printer list[PRINTERS_MAX];
	struct ym_db *db = NULL;
	enum ym_code code = YM_OK;
	int n;

	if (!ym_desk_open(home, YM_DB_READONLY, &db, NULL))
		chosen = ym_setting_get(db, "print.a4");
	ym_db_close(db);
	if (ym_file_exists(program))
		code = ym_child_run("yimen-print", "list", "", 0, text.max, &text, err);
	if (code)
		return code;
	n = take((char *)ym_buf_str(&text), chosen, list, PRINTERS_MAX);
	for (int i = 0; i < n; i++)
		fn(user, &list[i]);
	return YM_OK;
}
