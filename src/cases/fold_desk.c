/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Tickets, consultations, accounts and shifts as views. Not visits and cases. Invariant: a ticket number of a day is given once.
 */
#include "cases/fold_inner.h"

/* -- tickets -- */

/* "A018" is used up: the letter's next ticket of the day is A019. */
static enum ym_code
use_number(struct ym_folding *f)
{
	const char *no = ym_fold_attr(f, "no");
	char kind[16];
	snprintf(kind, sizeof(kind), "ticket:%.1s", no);
	return *no ? ym_fold_serial(f, f->day, kind, strtoll(no + 1, NULL, 10)) : YM_OK;
}

enum ym_code
ym_fold_ticket_new(struct ym_folding *f, const json_t *content)
{
	struct ym_stmt *s = ym_db_sql(f->db, "SELECT 1 FROM view_ticket WHERE id = :id");
	ym_stmt_text(s, ":id", ym_fold_attr(f, "ticket"));
	bool known = !ym_stmt_step(s, NULL);
	ym_stmt_done(s);
	if (known)
		return YM_OK; /* sent twice: what came first stands */
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_ticket (id, no, class, appointment, day, issued_ms, state)"
		" VALUES (:id, :no, :class, :appointment, :day, :at, 'waiting')", YM_FOLD_TEXT(":id", ym_fold_attr(f, "ticket")),
		YM_FOLD_TEXT(":no", ym_fold_attr(f, "no")), YM_FOLD_INT(":class", ym_fold_attr_int(f, "class")),
		YM_FOLD_TEXT(":appointment", ym_fold_attr(f, "appointment")), YM_FOLD_TEXT(":day", f->day),
		YM_FOLD_INT(":at", f->at));
	if (!rc)
		rc = use_number(f);
	if (!rc && content && *ym_json_str(content, "claim"))
		rc = ym_fold_seal(f, "ticket", ym_fold_attr(f, "ticket"), json_pack("{ss sO*}", "claim", ym_json_str(content, "claim"), "consult",
			json_object_get(content, "consult")));
	return rc || !*ym_fold_attr(f, "consult") ? rc : ym_fold_trail(f, "consult.ticket");
}

/* It waits at another desk: here only its number is used up. */
static enum ym_code
on_ticket_sent(struct ym_folding *f)
{
	enum ym_code rc = use_number(f);
	return rc || !*ym_fold_attr(f, "consult") ? rc : ym_fold_trail(f, "consult.ticket");
}

/* One number is one consultation, however often it was added to. The items are counted: what is asked for often comes first. */
static enum ym_code
on_consult_given(struct ym_folding *f)
{
	const char *no = ym_fold_attr(f, "consult");
	if (*ym_fold_attr(f, "again") || strlen(no) != 31)
		return YM_OK;
	char n[6], items[256], scope[64], *rest = items;
	memcpy(n, no + 25, 5);
	n[5] = 0;
	enum ym_code rc = ym_fold_serial(f, f->day, "consult", strtoll(n, NULL, 10));
	if (!rc)
		rc = ym_fold_trail(f, "consult");
	ym_strlcpy(items, ym_fold_attr(f, "items"), sizeof(items));
	for (const char *item; !rc && (item = strsep(&rest, ","));) {
		snprintf(scope, sizeof(scope), "consult:%.40s", item);
		rc = *item ? ym_fold_trail(f, scope) : YM_OK;
	}
	return rc;
}

static enum ym_code
on_ticket_issued(struct ym_folding *f)
{
	return ym_fold_ticket_new(f, f->body);
}

static enum ym_code
on_ticket_called(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_ticket SET state = 'called', calls = calls + 1, called_seq = :seq, called_ms = :at,"
		" called_as = :as WHERE id = :id", YM_FOLD_INT(":seq", f->h->seq), YM_FOLD_INT(":at", f->at),
		YM_FOLD_INT(":as", ym_fold_attr_int(f, "as")), YM_FOLD_TEXT(":id", ym_fold_attr(f, "ticket")));
}

static enum ym_code
on_ticket_missed(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_ticket SET state = 'waiting', misses = misses + 1, missed_seq = :seq WHERE id = :id",
		YM_FOLD_INT(":seq", f->h->seq), YM_FOLD_TEXT(":id", ym_fold_attr(f, "ticket")));
}

static enum ym_code
on_ticket_carried(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_ticket SET state = 'waiting', class = :class, appointment = '', day = :day,"
		" missed_seq = 0 WHERE id = :id", YM_FOLD_INT(":class", YM_TICKET_CARRY),
		YM_FOLD_TEXT(":day", ym_fold_attr(f, "to")), YM_FOLD_TEXT(":id", ym_fold_attr(f, "ticket")));
}

/* -- accounts and shifts -- */

enum ym_code
ym_fold_account(struct ym_folding *f, const json_t *content)
{
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT INTO view_account (account, officer, posts, active) VALUES (:account, :officer, :posts, :active)"
		" ON CONFLICT (account) DO UPDATE SET officer = excluded.officer, posts = excluded.posts, active = excluded.active",
		YM_FOLD_TEXT(":account", ym_fold_attr(f, "account")), YM_FOLD_INT(":officer", ym_fold_attr_int(f, "officer")),
		YM_FOLD_TEXT(":posts", ym_fold_attr(f, "posts")),
		YM_FOLD_INT(":active", *ym_fold_attr(f, "active") ? ym_fold_attr_int(f, "active") : 1));
	if (!rc && content)
		rc = ym_fold_seal(f, "account", ym_fold_attr(f, "account"), json_pack("{ss}", "name", ym_json_str(content, "name")));
	return rc;
}

static enum ym_code
on_account_added(struct ym_folding *f)
{
	return ym_fold_account(f, f->body);
}

static enum ym_code
on_signed_in(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_account SET signed_ms = :at WHERE account = :account", YM_FOLD_INT(":at", f->at),
		YM_FOLD_TEXT(":account", ym_fold_attr(f, "account")));
}

static enum ym_code
on_shift_opened(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "INSERT INTO view_shift (id, account, opened_ms) VALUES (:seq, :account, :at)",
		YM_FOLD_INT(":seq", f->h->seq), YM_FOLD_TEXT(":account", f->h->account), YM_FOLD_INT(":at", f->at));
}

static enum ym_code
on_shift_closed(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_shift SET closed_ms = :at WHERE closed_ms = 0", YM_FOLD_INT(":at", f->at));
}

const struct ym_fold_kind ym_fold_desk_kinds[] = {
	{ "ticket.issued", on_ticket_issued },
	{ "ticket.called", on_ticket_called },
	{ "ticket.missed", on_ticket_missed },
	{ "ticket.carried", on_ticket_carried },
	{ "ticket.sent", on_ticket_sent },
	{ "consult.given", on_consult_given },
	{ "account.added", on_account_added },
	{ "account.signed_in", on_signed_in },
	{ "shift.opened", on_shift_opened },
	{ "shift.closed", on_shift_closed },
	{ NULL, NULL },
};
