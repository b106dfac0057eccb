/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing in, locking on a key and on idle, the watch over the clock. The key is derived in yimen-derive.
 * Not accounts' rules (store/keys, cases). Invariant: after lock no key and no visit is in memory.
 */
#include "station/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "station/child.h"

#define CHECKPOINT_PAGES 2000 /* 4 MB */
#define NAMES_A_SLICE 100 /* about 2 ms */

/* -- timers -- */

static void
on_autosave(void *user)
{
	struct ym_station *s = user;
	struct ym_error err = { 0 };

	s->autosave_timer = ym_loop_add_timer(s->loop, "autosave", YM_AUTOSAVE_MS, on_autosave, s);
	if (s->visit && s->unlocked && ym_visit_is_dirty(s->visit) && ym_visit_save(s->visit, &err))
		ym_diag_error("autosave", &err);
}

static bool
on_names(void *user)
{
	struct ym_station *s = user;
	bool more = s->unlocked && !ym_names_fill(s->work, NAMES_A_SLICE);

	if (!more)
		s->names_slice = 0;
	return more;
}

/* What the calendar does by itself. With no loop a command leaves it to the workstation. */
static bool
on_tend(void *user)
{
	struct ym_station *s = user;
	bool more = false;

	if (s->unlocked && ym_casework_tend(s->work, s->visit, &more) > 0)
		ym_station_notify(s, YM_NOTICE_QUEUE);
	if (!more)
		s->tend_slice = 0;
	return more;
}

static bool
on_checkpoint(void *user)
{
	struct ym_station *s = user;

	/* a checkpoint that empties the WAL costs the next decision one more sync: rare, and when it is worth it */
	if (ym_db_wal_pages(s->db) >= CHECKPOINT_PAGES)
		ym_db_checkpoint(s->db);
	s->checkpoint_slice = 0;
	return false;
}

/* A jump while we run, and what the log and the catalogue say against the clock: confirmed by the officer before it counts. */
static void
watch_clock(struct ym_station *s)
{
	int64_t wall = ym_clock_wall(), mono = ym_clock_mono();
	int64_t drift = s->last_wall_ms ? (wall - s->last_wall_ms) - (mono - s->last_mono_ms) : 0;
	const char *doubt = ym_shift_clock_doubt(s->work, drift);

	if (*doubt)
		s->clock_doubt = doubt;
	s->last_wall_ms = wall;
	s->last_mono_ms = mono;
}

static void
on_minute(void *user)
{
	struct ym_station *s = user;

	s->minute_timer = ym_loop_add_timer(s->loop, "minute", 60 * 1000, on_minute, s);
	watch_clock(s);
	if (!s->readonly && !s->checkpoint_slice)
		s->checkpoint_slice = ym_loop_add_slice(s->loop, "checkpoint", on_checkpoint, s);
	if (!s->readonly && !s->tend_slice && s->unlocked)
		s->tend_slice = ym_loop_add_slice(s->loop, "tend", on_tend, s);
	ym_station_notify(s, YM_NOTICE_CLOCK);
}

static void
on_idle(void *user)
{
	struct ym_station *s = user;

	s->idle_timer = 0;
	ym_station_lock(s);
}

void
ym_station_touch(struct ym_station *s)
{
	int64_t now = ym_clock_mono();

	if (!s->loop || !s->unlocked)
		return;
	/* A scanner gives a thousand keys in one turn of the loop: the clock is restarted for the first of a second. */
	if (s->idle_timer && now - s->touched_ms < YM_TOUCH_MS)
		return;
	s->touched_ms = now;
	ym_loop_remove(s->loop, s->idle_timer);
	s->idle_timer = ym_loop_add_timer(s->loop, "idle", YM_IDLE_LOCK_MS, on_idle, s);
}

void
ym_station_start_timers(struct ym_station *s)
{
	if (!s->loop)
		return;
	if (!s->autosave_timer)
		s->autosave_timer = ym_loop_add_timer(s->loop, "autosave", YM_AUTOSAVE_MS, on_autosave, s);
	if (!s->names_slice && !s->headless)
		s->names_slice = ym_loop_add_slice(s->loop, "names", on_names, s);
	if (!s->tend_slice && !s->headless && !s->readonly)
		s->tend_slice = ym_loop_add_slice(s->loop, "tend", on_tend, s);
	if (!s->minute_timer)
		s->minute_timer = ym_loop_add_timer(s->loop, "minute", 60 * 1000, on_minute, s);
	ym_station_touch(s);
}

const char *
ym_station_clock_doubt(const struct ym_station *s)
{
	return s->clock_doubt ? s->clock_doubt : "";
}

enum ym_code
ym_station_confirm_clock(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = ym_shift_confirm_clock(s->work, err);

	if (!code)
		s->clock_doubt = NULL;
	return code;
}

/* -- signing in -- */

/* A pack whose date has come while the workstation ran takes force at an unlock, when no visit is open. */
static enum ym_code
follow_pack(struct ym_station *s, struct ym_error *err)
{
	struct ym_pack *fresh = NULL;
	bool changed = false;
	size_t free_place = 0;

	if (s->readonly || s->visit)
		return YM_OK;
	ym_station_settle_packs(s, &changed);
	while (free_place < YM_ARRAY_LEN(s->retired) && s->retired[free_place])
		free_place++;
	if (!changed || free_place == YM_ARRAY_LEN(s->retired))
		return YM_OK;
	if (ym_pack_open(s->pack_path, &fresh, err)) {
		ym_diag_error("pack", err);
		return YM_OK;
	}
	ym_casework_free(s->work);
	s->work = NULL;
	s->retired[free_place] = s->pack;
	s->pack = fresh;
	return ym_casework_new(s->db, s->keys, s->log, s->pack, &s->work, err);
}

/* The visit that was at the window when the screen locked, or when the program ended without a word: back to the same character.
 * A command takes up no visit of its own accord. */
static void
take_up_visit(struct ym_station *s)
{
	struct ym_error err = { 0 };
	char open[1][40];

	if (!*s->locked_visit && !s->headless && ym_queue_open_visits(s->work, open, 1) > 0)
		ym_strlcpy(s->locked_visit, open[0], sizeof s->locked_visit);
	if (*s->locked_visit && ym_visit_resume(s->work, s->locked_visit, &s->visit, &err))
		ym_diag_error("take up", &err);
	s->locked_visit[0] = 0;
}

enum ym_code
ym_station_begin_work(struct ym_station *s, const char *account, struct ym_error *err)
{
	enum ym_code code = follow_pack(s, err);

	watch_clock(s);
	if (!code)
		code = ym_casework_sign_in(s->work, account, err);
	if (code) {
		ym_keys_lock(s->keys);
		return code;
	}
	s->unlocked = true;
	ym_strlcpy(s->account, account, sizeof s->account);
	ym_strlcpy(s->account_name, ym_casework_account_name(s->work), sizeof s->account_name);
	s->shift_open = ym_shift_is_open(s->work);
	ym_station_start_timers(s);
	if (s->loop && !s->headless)
		ym_station_fold_soon(s);
	else if (ym_station_fold_feed(s, err))
		ym_diag_error("feed", err);
	ym_station_sync_start(s);
	take_up_visit(s);
	ym_station_consult_unlock(s);
	ym_station_spool_open(s);
	return YM_OK;
}

void
ym_station_sign_in_cancel(struct ym_station *s)
{
	if (s->loop) {
		ym_loop_remove(s->loop, s->derive_source);
		ym_loop_remove(s->loop, s->derive_child);
	}
	s->derive_source = s->derive_child = 0;
	ym_fd_close_p(&s->derive_in);
	ym_fd_close_p(&s->derive_out);
	if (s->derive_text.data)
		explicit_bzero(s->derive_text.data, s->derive_text.len);
	ym_buf_release(&s->derive_text);
	s->derive_text.max = 4096;
	if (s->signing_in == YM_SIGN_IN_RUNNING)
		s->signing_in = YM_SIGN_IN_NONE;
}

static void
sign_in_over(struct ym_station *s)
{
	uint8_t key[YM_KEY_LEN];
	enum ym_code code;

	if (s->by_token) {
		code = ym_station_token_answer(&s->derive_text, key, &s->sign_in_error);
		if (!code)
			code = ym_keys_unlock_token(s->keys, s->signing_account, key, &s->sign_in_error);
	} else if (s->derive_text.len < 2 * YM_KEY_LEN)
		code = ym_fail(&s->sign_in_error, YM_IO, N_("The password could not be checked"), "yimen-derive said nothing");
	else {
		s->derive_text.data[2 * YM_KEY_LEN] = 0;
		if (!ym_unhex(key, sizeof key, s->derive_text.data))
			code = ym_fail(&s->sign_in_error, YM_IO, N_("The password could not be checked"), "yimen-derive answered nonsense");
		else
			code = ym_keys_unlock(s->keys, s->signing_account, key, &s->sign_in_error);
	}
	explicit_bzero(key, sizeof key);
	ym_station_sign_in_cancel(s);
	s->signed_by_token = s->by_token;
	if (!code)
		code = ym_station_begin_work(s, s->signing_account, &s->sign_in_error);
	if (!code && s->signed_by_token)
		ym_station_token_watch(s);
	s->sign_in_error.code = code;
	s->signing_in = YM_SIGN_IN_DONE;
	ym_station_notify(s, YM_NOTICE_SIGN_IN);
}

static void
on_derived(void *user, int fd, short revents)
{
	struct ym_station *s = user;
	char text[256];
	ssize_t n = read(fd, text, sizeof text);

	if (n > 0) {
		ym_buf_add(&s->derive_text, text, (size_t)n);
		explicit_bzero(text, sizeof text);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	sign_in_over(s);
}

static void
on_derive_exit(void *user, pid_t pid, int status)
{
	struct ym_station *s = user;

	s->derive_child = 0;
	if (status)
		ym_diag(YM_DIAG_WARN, "sign-in", "the helper ended with %d", status);
}

static enum ym_code
may_sign_in(const struct ym_station *s, struct ym_error *err)
{
	if (s->signing_in == YM_SIGN_IN_RUNNING)
		return ym_fail(err, YM_BUSY, N_("The password is still being checked"), NULL);
	if (s->unlocked)
		return ym_fail(err, YM_STATE, N_("Somebody is signed in already"), NULL);
	return YM_OK;
}

/* Asks a helper; its answer ends in sign_in_over. The question is wiped. */
static enum ym_code
ask_helper(struct ym_station *s, const char *account, const char *helper, struct ym_buf *question, struct ym_error *err)
{
	YM_FREE char *program = ym_file_helper(helper);
	enum ym_code code = program ? ym_loop_spawn(s->loop, helper, (char *[]){ program, NULL }, &s->derive_in, &s->derive_out, -1, on_derive_exit,
		s, NULL, &s->derive_child, err) : ym_fail_on(err, YM_IO, N_("A helper program is missing"), helper, NULL);

	if (!code && write(s->derive_in, question->data, question->len) != (ssize_t)question->len) /* less than a pipe holds: never short */
		ym_diag(YM_DIAG_WARN, "sign-in", "%s does not listen", helper);
	explicit_bzero(question->data, question->len);
	if (code)
		return code;
	ym_fd_close_p(&s->derive_in);
	ym_strlcpy(s->signing_account, account, sizeof s->signing_account);
	s->sign_in_error = (struct ym_error){ 0 };
	s->signing_in = YM_SIGN_IN_RUNNING;
	s->derive_source = ym_loop_add_fd(s->loop, helper, YM_PRIO_NORMAL, s->derive_out, POLLIN, on_derived, s);
	return YM_OK;
}

enum ym_code
ym_station_sign_in(struct ym_station *s, const char *account, const char *password, struct ym_error *err)
{
	uint8_t salt[16];
	char salt_hex[33];
	unsigned iterations;
	YM_BUF line = { .max = 4096 };
	enum ym_code code = may_sign_in(s, err);

	if (code)
		return code;
	if (s->headless) {
		code = ym_keys_unlock_password(s->keys, account, password, err);
		return code ? code : ym_station_begin_work(s, account, err);
	}
	code = ym_keys_slot(s->keys, account, salt, &iterations, err);
	if (code)
		return code;
	ym_hex(salt_hex, salt, sizeof salt);
	ym_buf_addf(&line, "%s %u\n%s\n", salt_hex, iterations, password);
	s->by_token = false;
	return ask_helper(s, account, "yimen-derive", &line, err);
}

enum ym_code
ym_station_sign_in_token(struct ym_station *s, const char *account, const char *pin, struct ym_error *err)
{
	YM_BUF question = { .max = 8192 }, answer = { .max = 8192 };
	uint8_t key[YM_KEY_LEN];
	enum ym_code code = may_sign_in(s, err);

	if (!code)
		code = ym_station_token_question(s, account, pin, &question, err);
	if (code)
		return code;
	if (!s->headless) {
		s->by_token = true;
		return ask_helper(s, account, "yimen-token", &question, err);
	}
	code = ym_child_run("yimen-token", NULL, question.data, question.len, answer.max, &answer, err);
	explicit_bzero(question.data, question.len);
	if (!code)
		code = ym_station_token_answer(&answer, key, err);
	if (!code)
		code = ym_keys_unlock_token(s->keys, account, key, err);
	explicit_bzero(key, sizeof key);
	return code ? code : ym_station_begin_work(s, account, err);
}

enum ym_code
ym_station_sign_in_result(struct ym_station *s, struct ym_error *err)
{
	if (s->signing_in == YM_SIGN_IN_RUNNING)
		return ym_fail(err, YM_BUSY, N_("The password is still being checked"), NULL);
	if (s->signing_in == YM_SIGN_IN_NONE)
		return s->unlocked ? YM_OK : ym_fail(err, YM_STATE, N_("Nobody is signed in"), NULL);
	if (err)
		*err = s->sign_in_error;
	return s->sign_in_error.code;
}

void
ym_station_lock(struct ym_station *s)
{
	struct ym_error err = { 0 };

	if (!s->unlocked)
		return;
	ym_station_capture_end(s);
	ym_station_signing_end(s);
	/* The visit goes with the keys; its sealed draft brings it back to the same character. */
	if (s->visit) {
		if (ym_visit_save(s->visit, &err))
			ym_diag_error("lock", &err);
		ym_strlcpy(s->locked_visit, ym_visit_id(s->visit), sizeof s->locked_visit);
		ym_visit_free(s->visit);
		s->visit = NULL;
	}
	ym_station_jobs_stop(s);
	ym_station_spool_lock(s);
	ym_card_release(&s->tray);
	ym_station_drop_photo(s);
	ym_station_drop_prints(s);
	ym_station_drop_scan(s);
	s->has_tray = false;
	ym_station_consult_lock(s);
	ym_casework_lock(s->work);
	ym_keys_lock(s->keys);
	s->unlocked = false;
	s->signed_by_token = false;
	s->signing_in = YM_SIGN_IN_NONE;
	if (s->loop) {
		ym_loop_remove(s->loop, s->idle_timer);
		ym_loop_remove(s->loop, s->names_slice);
		ym_loop_remove(s->loop, s->tend_slice);
		ym_loop_remove(s->loop, s->fold_slice);
		s->idle_timer = s->names_slice = s->tend_slice = s->fold_slice = 0;
	}
	ym_station_notify(s, YM_NOTICE_LOCKED);
}
