/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the case layer works on, and who is signed in. Not visits. Invariant: one casework per open desk; the fold is installed
 * before the first event is appended.
 */
#include "base/number.h"
#include "cases/inner.h"

enum ym_code
ym_casework_new(struct ym_db *desk, struct ym_keys *keys, struct ym_log *log, struct ym_pack *pack, struct ym_casework **ret,
	struct ym_error *err)
{
	struct ym_casework *w = ym_alloc(sizeof(*w));
	w->db = desk;
	w->keys = keys;
	w->log = log;
	w->pack = pack;
	w->acked = -1;
	w->fold = (struct ym_fold_context){ .keys = keys, .desk = ym_log_identity(log)->desk,
		.cache = ym_fold_cache_new() };
	enum ym_code rc = ym_rules_new(pack, &w->rules, err);
	if (rc) {
		ym_fold_cache_free(w->fold.cache);
		free(w);
		return rc;
	}
	ym_log_set_fold(log, ym_fold, &w->fold);
	*ret = w;
	return YM_OK;
}

enum ym_code
ym_casework_new_bare(struct ym_pack *pack, struct ym_casework **ret, struct ym_error *err)
{
	struct ym_casework *w = ym_alloc(sizeof(*w));
	w->pack = pack;
	w->acked = -1;
	w->fold = (struct ym_fold_context){ .desk = "" };
	enum ym_code rc = ym_rules_new(pack, &w->rules, err);
	if (rc) {
		free(w);
		return rc;
	}
	*ret = w;
	return YM_OK;
}

void
ym_casework_free(struct ym_casework *w)
{
	if (!w)
		return;
	ym_names_wipe(w);
	free(w->names);
	ym_fold_cache_free(w->fold.cache);
	json_decref(w->paper_heads);
	ym_rules_free(w->rules);
	if (w->log)
		ym_log_set_fold(w->log, NULL, NULL);
	explicit_bzero(w, sizeof(*w));
	free(w);
}

struct ym_log *
ym_casework_log(struct ym_casework *w)
{
	return w->log;
}

struct ym_pack *
ym_casework_pack(struct ym_casework *w)
{
	return w->pack;
}

struct ym_rules *
ym_casework_rules(struct ym_casework *w)
{
	return w->rules;
}

void
ym_casework_set_online(struct ym_casework *w, bool online)
{
	w->online = online;
}

void
ym_casework_set_acked(struct ym_casework *w, int64_t seq)
{
	w->acked = seq;
}

const char *
ym_casework_account(const struct ym_casework *w)
{
	return w->account;
}

const char *
ym_casework_account_name(const struct ym_casework *w)
{
	return w->account_name;
}

bool
ym_casework_is_officer(const struct ym_casework *w)
{
	return w->is_officer;
}

const char *
ym_casework_posts(const struct ym_casework *w)
{
	return w->posts;
}

bool
ym_casework_has_post(const struct ym_casework *w, const char *post)
{
	size_t n = strlen(post);
	for (const char *s = w->posts; *s; s += strcspn(s, ","), s += *s == ',')
		if (strcspn(s, ",") == n && !strncmp(s, post, n))
			return true;
	return false;
}

enum ym_code
ym_casework_add_account(struct ym_casework *w, const char *account, const char *name, bool is_officer, const char *posts,
	struct ym_error *err)
{
	if (!account || !*account || strlen(account) >= sizeof(w->account))
		return ym_fail(err, YM_INVALID, N_("An account needs a short name"), "account length");
	YM_JSON *body = json_pack("{ss}", "name", name ? name : "");
	struct ym_event_draft d = { .kind = "account.added" };
	ym_emit_attr(&d, "account", account);
	ym_emit_attr(&d, "officer", is_officer ? "1" : "0");
	ym_emit_attr(&d, "posts", posts);
	return ym_emit_append(w, &d, body, err);
}

/* The account's own row decides what it may do; the log says when it came. */
enum ym_code
ym_casework_sign_in(struct ym_casework *w, const char *account, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT officer, active, posts FROM view_account WHERE account = :account");
	ym_stmt_text(s, ":account", account);
	enum ym_code rc = ym_stmt_step(s, err);
	bool officer = !rc && ym_stmt_col_int(s, 0), active = !rc && ym_stmt_col_int(s, 1);
	char posts[sizeof(w->posts)];
	ym_strlcpy(posts, rc ? "" : ym_stmt_col_text(s, 2), sizeof(posts));
	ym_stmt_done(s);
	if (rc == YM_NOTFOUND)
		return ym_fail_on(err, YM_NOTFOUND, N_("This desk does not know the account"), account, "no account");
	if (rc)
		return rc;
	if (!active)
		return ym_fail_on(err, YM_REFUSED, N_("The account is no longer active"), account, "inactive");
	struct ym_event_draft d = { .kind = "account.signed_in", .account = account };
	ym_emit_attr(&d, "account", account);
	rc = ym_emit_append(w, &d, NULL, err);
	if (rc)
		return rc;
	ym_strlcpy(w->account, account, sizeof(w->account));
	memcpy(w->posts, posts, sizeof(w->posts));
	w->is_officer = officer;
	w->account_name[0] = 0;
	char place[96];
	snprintf(place, sizeof(place), "account:%s", account);
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	if (!ym_fold_open(&w->fold, w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "account", &j, NULL))
		ym_strlcpy(w->account_name, ym_json_str(j, "name"), sizeof(w->account_name));
	return YM_OK;
}

void
ym_casework_lock(struct ym_casework *w)
{
	w->account[0] = w->account_name[0] = w->posts[0] = 0;
	w->is_officer = false;
	ym_names_wipe(w);
	ym_fold_forget(w->fold.cache);
}

enum ym_code
ym_casework_note_view(struct ym_casework *w, const char *what, const char *case_no, const char *purpose, struct ym_error *err)
{
	YM_JSON *body = purpose && *purpose ? json_pack("{ss}", "purpose", purpose) : NULL;
	struct ym_event_draft d = { .kind = "record.viewed", .case_no = case_no };
	ym_emit_attr(&d, "what", what);
	return ym_emit_append(w, &d, body, err);
}

enum ym_code
ym_casework_request_case(struct ym_casework *w, const char *case_no, const char *purpose, struct ym_error *err)
{
	if (!case_no || strlen(case_no) < 8 || strlen(case_no) >= 40)
		return ym_fail(err, YM_INVALID, N_("This is not a case number"), "length");
	char most[40];
	size_t n = strlen(case_no);
	snprintf(most, sizeof(most), "%.*s", (int)n - 1, case_no);
	if (ym_number_mod37_36(most) != case_no[n - 1])
		return ym_fail(err, YM_INVALID, N_("The case number has a wrong check character"), "mod 37,36");
	if (!purpose || !*purpose)
		return ym_fail(err, YM_REFUSED, N_("Say what the case is needed for"), "no purpose");
	YM_JSON *body = json_pack("{ss}", "purpose", purpose);
	struct ym_event_draft d = { .kind = "case.requested", .case_no = case_no };
	return ym_emit_append(w, &d, body, err);
}

enum ym_code
ym_casework_rebuild(struct ym_casework *w, struct ym_error *err)
{
	int n = 0;
	const char *const *tables = ym_fold_tables(&n);
	ym_names_wipe(w);
	return ym_log_rebuild(w->log, tables, n, err);
}
