/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The workstation's side of the sync helper: it starts it, signs for it, wakes it, and folds what it brought.
 * Not the protocol (sync/). Invariant: the helper never sees a key; only texts of this protocol and this desk are signed.
 */
#include "station/private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "yimen/admin.h"

#define RESTART_MS 5000
#define FOLD_A_SLICE 4 /* entries: each is opened, and committed by itself */

static void say(struct ym_station *s, const char *line);

/* -- folding the feed -- */

struct folding {
	struct ym_station *s;
	struct ym_error *err;
	enum ym_code code;
	int n, max;
};

static bool
fold_entry(void *user, int64_t number, const char *kind, const void *sealed, size_t n)
{
	struct folding *f = user;
	const struct ym_desk_identity *who = ym_log_identity(f->s->log);
	YM_BUF aad = { .max = 512 };
	YM_BUF json = { .max = 8u << 20 };
	char desk[40];

	snprintf(desk, sizeof desk, "%s%c", who->desk, who->epoch);
	ym_wire_feed_aad(&aad, desk, number, kind);
	f->code = ym_sm2_open(ym_keys_desk_pair(f->s->keys), aad.data, aad.len, sealed, n, &json, f->err);
	if (!f->code)
		f->code = ym_casework_apply_feed(f->s->work, number, kind, ym_buf_str(&json), f->err);
	f->n += !f->code;
	return !f->code && f->n < f->max;
}

static enum ym_code
fold_some(struct ym_station *s, int max, int *ret_n, struct ym_error *err)
{
	struct folding f = { .s = s, .err = err, .max = max };
	enum ym_code code;

	*ret_n = 0;
	if (!s->unlocked)
		return YM_OK;
	code = ym_sync_feed_each(s->dir, ym_casework_feed_applied(s->work), fold_entry, &f, err);
	*ret_n = f.n;
	if (code == YM_NOTFOUND) /* no sync.db yet */
		return YM_OK;
	return code ? code : f.code;
}

static void
tell_folded(struct ym_station *s)
{
	if (s->visit)
		ym_visit_refresh(s->visit);
	ym_station_notify(s, YM_NOTICE_VISIT);
}

enum ym_code
ym_station_fold_feed(struct ym_station *s, struct ym_error *err)
{
	int n;
	enum ym_code code = fold_some(s, INT_MAX, &n, err);

	if (n)
		tell_folded(s);
	return code;
}

static bool
on_fold(void *user)
{
	struct ym_station *s = user;
	struct ym_error err = { 0 };
	int n;
	enum ym_code code = fold_some(s, FOLD_A_SLICE, &n, &err);

	if (code)
		ym_diag_error("feed", &err);
	s->has_folded |= n > 0;
	if (!code && n == FOLD_A_SLICE)
		return true;
	if (s->has_folded)
		tell_folded(s);
	s->has_folded = false;
	s->fold_slice = 0;
	return false;
}

/* After days without a link hundreds of entries wait: keys come between them. */
void
ym_station_fold_soon(struct ym_station *s)
{
	if (!s->fold_slice && s->unlocked)
		s->fold_slice = ym_loop_add_slice(s->loop, "feed", on_fold, s);
}

/* -- the helper -- */

static void
answer_sign(struct ym_station *s, const char *hex)
{
	static const char prefix[] = "yimen1|";
	size_t n = strlen(hex) / 2;
	YM_FREE uint8_t *text = ym_alloc(n + 1);
	YM_BUF line = { .max = 512 };
	char sig_hex[161];
	uint8_t sig[80];

	if (!s->unlocked || n < sizeof prefix || !ym_unhex(text, n, hex) || memcmp(text, prefix, sizeof prefix - 1)) {
		say(s, "NO\n");
		return;
	}
	ym_hex(sig_hex, sig, ym_sm2_sign(ym_keys_desk_pair(s->keys), text, n, sig));
	ym_buf_addf(&line, "SIG %s\n", sig_hex);
	say(s, ym_buf_str(&line));
}

static void
take_state(struct ym_station *s)
{
	struct ym_error err = { 0 };

	s->has_sync_state = ym_sync_state_read(s->dir, &s->sync_state, &err) == YM_OK;
	if (!s->has_sync_state)
		return;
	ym_log_set_offset(s->log, s->sync_state.offset_ms);
	ym_casework_set_online(s->work, s->sync_state.outcome == YM_SYNC_DONE || s->sync_state.outcome == YM_SYNC_MORE);
	ym_station_notify(s, YM_NOTICE_SYNC);
}

static void
take_line(struct ym_station *s, char *line)
{
	if (!strncmp(line, "SIGN ", 5))
		answer_sign(s, line + 5);
	else if (ym_streq(line, "STATE"))
		take_state(s);
	else if (ym_streq(line, "FEED"))
		ym_station_fold_soon(s);
}

static void
on_sync_output(void *user, int fd, short revents)
{
	struct ym_station *s = user;
	char text[4096], *newline;
	ssize_t n = read(fd, text, sizeof text);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		ym_loop_remove(s->loop, s->sync_source);
		s->sync_source = 0;
		return;
	}
	ym_buf_add(&s->sync_text, text, (size_t)n);
	while ((newline = s->sync_text.data ? memchr(s->sync_text.data, '\n', s->sync_text.len) : NULL)) {
		size_t line_n = (size_t)(newline - s->sync_text.data);
		YM_FREE char *line = ym_strndup(s->sync_text.data, line_n);

		ym_buf_drop(&s->sync_text, line_n + 1);
		take_line(s, line);
	}
}

static void
on_restart(void *user)
{
	struct ym_station *s = user;

	s->sync_restart = 0;
	ym_station_sync_start(s);
}

static void
forget_helper(struct ym_station *s)
{
	ym_loop_remove(s->loop, s->sync_source);
	s->sync_source = 0;
	ym_fd_close_p(&s->sync_in);
	ym_fd_close_p(&s->sync_out);
	ym_buf_clear(&s->sync_text);
}

static void
on_sync_exit(void *user, pid_t pid, int status)
{
	struct ym_station *s = user;

	ym_diag(YM_DIAG_WARN, "sync", "yimen-sync ended with %d", status);
	s->sync_child = 0;
	forget_helper(s);
	if (!s->sync_restart)
		s->sync_restart = ym_loop_add_timer(s->loop, "sync restart", RESTART_MS, on_restart, s);
}

static void
say(struct ym_station *s, const char *line)
{
	size_t n = strlen(line);

	/* Lines are far shorter than a pipe's room; a helper that reads nothing any more is restarted by its exit. */
	if (s->sync_in >= 0 && write(s->sync_in, line, n) != (ssize_t)n)
		ym_diag(YM_DIAG_WARN, "sync", "the sync helper does not listen");
}

static enum ym_code
start_helper(struct ym_station *s, const char *mode, ym_child_fn on_exit_fn, struct ym_error *err)
{
	YM_FREE char *program = ym_file_helper("yimen-sync");
	enum ym_code code = ym_loop_spawn(s->loop, "yimen-sync", (char *[]){ program, (char *)"--dir", s->dir, (char *)mode, NULL }, &s->sync_in,
		&s->sync_out, -1, on_exit_fn, s, NULL, &s->sync_child, err);

	if (!code)
		s->sync_source = ym_loop_add_fd(s->loop, "yimen-sync", YM_PRIO_NORMAL, s->sync_out, POLLIN, on_sync_output, s);
	return code;
}

void
ym_station_sync_start(struct ym_station *s)
{
	YM_FREE char *url = NULL;
	struct ym_error err = { 0 };

	if (s->headless || s->readonly || !s->unlocked)
		return;
	/* It runs since before the screen locked: now somebody can sign again. */
	if (s->sync_child) {
		ym_station_sync_now(s);
		return;
	}
	url = ym_setting_get(s->db, "central.url");
	if (url && *url && start_helper(s, NULL, on_sync_exit, &err))
		ym_diag_error("sync", &err);
}

/* -- by hand: yimen sync -- */

static void
on_once_exit(void *user, pid_t pid, int status)
{
	((struct ym_station *)user)->sync_child = 0;
}

enum ym_code
ym_station_sync_once(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = YM_OK;
	bool changed = false;
	int64_t folded;

	if (!s->unlocked || !s->loop)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	/* what the feed brings is noted in the log, and that note is sent too */
	do {
		folded = ym_casework_feed_applied(s->work);
		code = start_helper(s, "--once", on_once_exit, err);
		while (!code && (s->sync_child || s->sync_source))
			ym_loop_turn(s->loop, 1000);
		forget_helper(s);
		if (!code)
			code = ym_station_fold_feed(s, err);
	} while (!code && ym_casework_feed_applied(s->work) > folded);
	take_state(s);
	/* A catalogue that came is on its place when the command ends; this one goes on with the one it has open. */
	ym_station_settle_packs(s, &changed);
	if (!code && s->has_sync_state && s->sync_state.outcome != YM_SYNC_DONE && s->sync_state.outcome != YM_SYNC_MORE) {
		struct ym_sync_status status;

		ym_station_sync_status(s, &status);
		return ym_fail_on(err, YM_OFFLINE, ym_station_lamp_label((int)status.state), "", "%s", status.detail);
	}
	return code;
}

void
ym_station_sync_stop(struct ym_station *s)
{
	if (!s->loop)
		return;
	ym_loop_remove(s->loop, s->sync_wake);
	ym_loop_remove(s->loop, s->sync_restart);
	ym_loop_remove(s->loop, s->sync_child);
	s->sync_wake = 0;
	s->sync_restart = s->sync_child = 0;
	forget_helper(s); /* end of its input: it leaves by itself */
}

static void
on_wake(void *user)
{
	struct ym_station *s = user;

	s->sync_wake = 0;
	say(s, "EVENTS\n");
	ym_station_notify(s, YM_NOTICE_SYNC);
}

/* The turn that appends ends with its commit; the helper is told in the next one. */
void
ym_station_sync_wake(void *user)
{
	struct ym_station *s = user;

	if (s->loop && !s->sync_wake && s->sync_in >= 0)
		s->sync_wake = ym_loop_add_timer(s->loop, "log grew", 0, on_wake, s);
}

void
ym_station_sync_now(struct ym_station *s)
{
	say(s, "NOW\n");
}

static int
lamp_of(const struct ym_station *s, int64_t head)
{
	switch (s->sync_state.outcome) {
	case YM_SYNC_FAILED_LINK:
		return YM_LAMP_NO_LINK;
	case YM_SYNC_FAILED_PORTAL:
		return YM_LAMP_PORTAL;
	case YM_SYNC_FAILED_CERT:
		return YM_LAMP_CERTIFICATE;
	case YM_SYNC_FAILED_CLOCK:
		return YM_LAMP_CLOCK;
	case YM_SYNC_FAILED_BUSY:
		return YM_LAMP_BUSY;
	case YM_SYNC_FAILED_REFUSED:
		return YM_LAMP_REFUSED;
	case YM_SYNC_FAILED_FORK:
		return YM_LAMP_FORKED;
	default:
		return ym_sync_state_is_even(&s->sync_state, head, ym_casework_feed_applied(s->work)) ? YM_LAMP_OK : YM_LAMP_PENDING;
	}
}

void
ym_station_sync_status(struct ym_station *s, struct ym_sync_status *ret)
{
	YM_FREE char *url = ym_setting_get(s->db, "central.url");
	uint8_t hash[YM_SM3_LEN];

	memset(ret, 0, sizeof *ret);
	ret->head = ym_log_head(s->log, hash);
	if (s->has_sync_state) {
		ret->acked = s->sync_state.acked;
		ret->quarantined = s->sync_state.quarantined;
		ret->last_ok_at = s->sync_state.last_ok_ms;
		ym_strlcpy(ret->detail, s->sync_state.detail, sizeof ret->detail);
	}
	ret->pending = ret->head - ret->acked;
	ret->state = !url || !*url ? YM_LAMP_OFF : !s->has_sync_state ? YM_LAMP_PENDING : lamp_of(s, ret->head);
}

const char *
ym_station_lamp_label(int lamp)
{
	static const char *const labels[] = {
		N_("not connected to a central"), N_("synchronised"), N_("waiting to be sent"), N_("no link to the central"),
		N_("a login page is in the way"), N_("the central's certificate is not trusted"), N_("the clock is wrong"),
		N_("the central is busy"), N_("the central refuses this desk"), N_("this desk's log has forked: call maintenance"),
	};

	return (size_t)lamp < YM_ARRAY_LEN(labels) ? labels[lamp] : labels[0];
}
