/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Opening and closing a station: files, pack, devices and the sync helper brought together.
 * Not signing in (signin.c), not the visit (window.c). Invariant: close accepts a half-opened station.
 */
#include "station/private.h"

#include "base/diag.h"
#include "base/file.h"

#include "yimen/admin.h"

static char *
default_dir(bool practice)
{
	const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (base && *base)
		return ym_asprintf("%s/%s", base, practice ? "yimen-practice" : "yimen");
	return ym_asprintf("%s/.local/share/%s", home && *home ? home : "/var/lib", practice ? "yimen-practice" : "yimen");
}

char *
ym_station_default_dir(bool practice)
{
	const char *dir = getenv("YIMEN_DIR");

	return dir && *dir && !practice ? ym_strdup(dir) : default_dir(practice);
}

static enum ym_code
check_profile(struct ym_station *s, struct ym_error *err)
{
	bool is_practice = ym_streq(ym_log_identity(s->log)->profile, "practice");

	if (is_practice == s->practice)
		return YM_OK;
	if (is_practice)
		return ym_fail_on(err, YM_REFUSED, N_("This folder belongs to practice; open it with: yimen practice"), s->dir, NULL);
	return ym_fail_on(err, YM_REFUSED, N_("This folder belongs to a real desk and cannot be used for practice"), s->dir, NULL);
}

static enum ym_code
open_files(struct ym_station *s, struct ym_error *err)
{
	unsigned flags = s->readonly ? YM_DB_READONLY : YM_DB_LOCK | YM_DB_SECURE_DELETE;
	enum ym_code code = ym_desk_open(s->dir, flags, &s->db, err);

	if (!code)
		code = ym_keys_open(s->db, &s->keys, err);
	if (!code)
		code = ym_log_open(s->db, s->keys, &s->log, err);
	if (!code)
		code = check_profile(s, err);
	if (code)
		return code;
	if (!s->readonly) {
		bool changed;

		ym_station_settle_packs(s, &changed);
	}
	s->pack_path = ym_asprintf("%s/pack.db", s->dir);
	code = ym_pack_open(s->pack_path, &s->pack, err);
	if (!code)
		code = ym_casework_new(s->db, s->keys, s->log, s->pack, &s->work, err);
	return code;
}

enum ym_code
ym_station_open(struct ym_loop *loop, const struct ym_station_options *opt, struct ym_station **ret, struct ym_error *err)
{
	struct ym_station *s = ym_alloc(sizeof *s);
	enum ym_code code;

	s->loop = loop;
	s->dir = opt->dir ? ym_strdup(opt->dir) : ym_station_default_dir(opt->practice);
	s->practice = opt->practice;
	s->headless = opt->headless || !loop;
	s->readonly = opt->readonly;
	s->derive_in = s->derive_out = s->sync_in = s->sync_out = -1;
	s->derive_text.max = 4096;
	s->sync_text.max = 1u << 20;
	code = open_files(s, err);
	if (code) {
		ym_station_close(s);
		return code;
	}
	ym_log_set_grew(s->log, ym_station_sync_wake, s);
	s->has_sync_state = ym_sync_state_read(s->dir, &s->sync_state, NULL) == YM_OK;
	if (s->has_sync_state)
		ym_log_set_offset(s->log, s->sync_state.offset_ms);
	if (!s->headless)
		ym_station_devices_start(s);
	*ret = s;
	return YM_OK;
}

void
ym_station_close(struct ym_station *s)
{
	if (!s)
		return;
	if (s->visit && s->unlocked && ym_visit_is_dirty(s->visit)) {
		struct ym_error err = { 0 };

		if (ym_visit_save(s->visit, &err))
			ym_diag_error("station", &err);
	}
	ym_station_capture_end(s);
	ym_station_signing_end(s);
	ym_station_jobs_stop(s);
	ym_station_sign_in_cancel(s);
	ym_station_token_unwatch(s);
	ym_station_sync_stop(s);
	ym_station_devices_stop(s);
	ym_station_spool_close(s);
	ym_station_printers_close(s);
	if (s->on_close)
		s->on_close(s->attached);
	if (s->loop) {
		ym_loop_remove(s->loop, s->idle_timer);
		ym_loop_remove(s->loop, s->autosave_timer);
		ym_loop_remove(s->loop, s->minute_timer);
		ym_loop_remove(s->loop, s->checkpoint_slice);
		ym_loop_remove(s->loop, s->names_slice);
		ym_loop_remove(s->loop, s->tend_slice);
		ym_loop_remove(s->loop, s->fold_slice);
	}
	ym_visit_free(s->visit);
	ym_station_consult_release(s);
	ym_casework_free(s->work);
	ym_pack_close(s->pack);
	for (size_t i = 0; i < YM_ARRAY_LEN(s->retired); i++)
		ym_pack_close(s->retired[i]);
	ym_log_close(s->log);
	ym_keys_close(s->keys);
	ym_db_close(s->db);
	ym_station_photos_free(s);
	ym_card_release(&s->tray);
	ym_station_drop_photo(s);
	ym_station_drop_prints(s);
	ym_station_drop_scan(s);
	ym_buf_release(&s->derive_text);
	ym_buf_release(&s->sync_text);
	free(s->dir);
	free(s->pack_path);
	free(s);
}

void
ym_station_set_listener(struct ym_station *s, ym_notice_fn fn, void *user)
{
	s->notice = fn;
	s->notice_user = user;
}

void
ym_station_notify(struct ym_station *s, enum ym_notice what)
{
	if (s->notice)
		s->notice(s->notice_user, what);
	if (s->on_notice)
		s->on_notice(s->attached, what);
	if (s->loop)
		ym_loop_dirty(s->loop);
}

struct ym_hub *
ym_station_hub(struct ym_station *s)
{
	return s->hub;
}

void
ym_station_attach(struct ym_station *s, void *state, void (*on_notice)(void *state, enum ym_notice what), void (*on_close)(void *state))
{
	s->attached = state;
	s->on_notice = on_notice;
	s->on_close = on_close;
}

void *
ym_station_attached(const struct ym_station *s)
{
	return s->attached;
}

const char *
ym_station_name(const struct ym_station *s)
{
	return ym_log_identity(s->log)->station_name;
}

const char *
ym_station_window(const struct ym_station *s)
{
	return ym_log_identity(s->log)->window;
}

const char *
ym_station_desk(const struct ym_station *s)
{
	return ym_log_identity(s->log)->desk;
}

bool
ym_station_is_practice(const struct ym_station *s)
{
	return s->practice;
}

bool
ym_station_is_locked(const struct ym_station *s)
{
	return !s->unlocked;
}

const char *
ym_station_account(const struct ym_station *s)
{
	return s->account;
}

const char *
ym_station_account_name(const struct ym_station *s)
{
	return s->unlocked ? ym_casework_account_name(s->work) : s->account_name;
}

bool
ym_station_is_officer(const struct ym_station *s)
{
	return s->unlocked && ym_casework_is_officer(s->work);
}

/* -- catalogue -- */

int
ym_station_find(struct ym_station *s, const char *query, struct ym_hit *ret, int max)
{
	return ym_pack_find(s->pack, query, ret, max);
}

enum ym_code
ym_station_item(struct ym_station *s, const char *id, const struct ym_item **ret, struct ym_error *err)
{
	return ym_pack_item(s->pack, id, ret, err);
}

enum ym_code
ym_station_bundle(struct ym_station *s, const char *id, const struct ym_bundle **ret, struct ym_error *err)
{
	return ym_pack_bundle(s->pack, id, ret, err);
}

const char *
ym_station_kind_name(struct ym_station *s, const char *kind)
{
	const struct ym_kind *k = ym_pack_kind(s->pack, kind);

	return k ? k->name : kind;
}

const char *
ym_station_code_label(struct ym_station *s, const char *table, const char *code)
{
	return ym_pack_code_label(s->pack, table, code);
}

int
ym_station_code_search(struct ym_station *s, const char *table, const char *text, struct ym_option *ret, int max)
{
	return ym_pack_code_search(s->pack, table, text, ret, max);
}

const char *
ym_station_pack_version(struct ym_station *s)
{
	return ym_pack_version(s->pack);
}
