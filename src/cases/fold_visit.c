/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Visits, the persons identified in them, their papers, checks and rating as views. Not cases (fold_case.c).
 * Invariant: the grade of a rating is in no view.
 */
#include "cases/fold_inner.h"

static enum ym_code
on_identified(struct ym_folding *f)
{
	const char *hash = ym_fold_attr(f, "person");
	if (!*hash)
		return YM_OK;
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT INTO view_person (hash, seen_ms, n_visits) VALUES (:hash, :at, 1)"
		" ON CONFLICT (hash) DO UPDATE SET seen_ms = excluded.seen_ms, n_visits = n_visits + 1",
		YM_FOLD_TEXT(":hash", hash), YM_FOLD_INT(":at", f->at));
	/* Which events told of a person: after an erasure the archive is made again from those that remain. */
	if (!rc)
		rc = ym_fold_trail(f, hash);
	return rc ? rc : ym_fold_archive(f, hash, json_object_get(f->body, "facts"));
}

/* -- visits -- */

static enum ym_code
on_visit_opened(struct ym_folding *f)
{
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_visit (visit, desk, state, ticket, account, opened_ms, changed_ms, day)"
		" VALUES (:visit, :desk, 'open', :ticket, :account, :at, :at, :day)", YM_FOLD_TEXT(":visit", f->h->visit),
		YM_FOLD_TEXT(":desk", f->h->desk), YM_FOLD_TEXT(":ticket", ym_fold_attr(f, "ticket")),
		YM_FOLD_TEXT(":account", f->h->account), YM_FOLD_INT(":at", f->at), YM_FOLD_TEXT(":day", f->day));
	if (rc || !*ym_fold_attr(f, "ticket"))
		return rc;
	return YM_FOLD_RUN(f, "UPDATE view_ticket SET state = 'done' WHERE id = :id",
		YM_FOLD_TEXT(":id", ym_fold_attr(f, "ticket")));
}

static enum ym_code
visit_state(struct ym_folding *f, const char *state)
{
	return YM_FOLD_RUN(f, "UPDATE view_visit SET state = :state, changed_ms = :at WHERE visit = :visit",
		YM_FOLD_TEXT(":state", state), YM_FOLD_INT(":at", f->at), YM_FOLD_TEXT(":visit", f->h->visit));
}

static enum ym_code
visit_rating(struct ym_folding *f, const char *rating)
{
	return YM_FOLD_RUN(f, "UPDATE view_visit SET rating = :rating WHERE visit = :visit", YM_FOLD_TEXT(":rating", rating),
		YM_FOLD_TEXT(":visit", f->h->visit));
}

static enum ym_code
on_visit_parked(struct ym_folding *f)
{
	enum ym_code rc = visit_state(f, "parked");
	return rc || !f->body ? rc : ym_fold_seal(f, "visit", f->h->visit, json_deep_copy(f->body));
}

static enum ym_code
on_visit_resumed(struct ym_folding *f)
{
	return visit_state(f, "open");
}

static enum ym_code
on_visit_closed(struct ym_folding *f)
{
	enum ym_code rc = visit_state(f, "closed");
	if (!rc && !strcmp(ym_fold_attr(f, "rating"), "skipped"))
		rc = visit_rating(f, "skipped");
	return rc ? rc : ym_fold_drop(f, "visit", f->h->visit);
}

static enum ym_code
on_rating_asked(struct ym_folding *f)
{
	return visit_rating(f, "asked");
}

static enum ym_code
on_rated(struct ym_folding *f)
{
	enum ym_code rc = YM_FOLD_RUN(f, "UPDATE view_case SET rated = 1 WHERE case_no = :no",
		YM_FOLD_TEXT(":no", f->h->case_no));
	return rc ? rc : visit_rating(f, "given");
}

/* -- papers -- */

static enum ym_code
on_paper(struct ym_folding *f)
{
	bool printed = !strcmp(f->h->kind, "paper.printed"), is_signed = !strcmp(f->h->kind, "paper.signed");
	return YM_FOLD_RUN(f, "INSERT INTO view_paper (id, visit, case_no, template, printed, signed, void, changed_ms)"
		" VALUES (:id, :visit, :no, :template, :printed, :signed, :void, :at)"
		" ON CONFLICT (id) DO UPDATE SET printed = printed + excluded.printed, signed = max(signed, excluded.signed),"
		" void = max(void, excluded.void), changed_ms = excluded.changed_ms",
		YM_FOLD_TEXT(":id", ym_fold_attr(f, "paper")), YM_FOLD_TEXT(":visit", f->h->visit),
		YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_TEXT(":template", ym_fold_attr(f, "template")),
		YM_FOLD_INT(":printed", printed), YM_FOLD_INT(":signed", is_signed),
		YM_FOLD_INT(":void", !printed && !is_signed), YM_FOLD_INT(":at", f->at));
}

/* On the pad: where the strokes lie, for the paper and for the person; by hand there is no body. */
static enum ym_code
on_signed(struct ym_folding *f)
{
	const char *hash = ym_fold_attr(f, "person");
	json_t *page = json_array_get(json_object_get(f->body, "pages"), 0);
	enum ym_code rc = on_paper(f);
	if (rc || !*hash)
		return rc;
	rc = ym_fold_trail(f, hash);
	if (rc || !page)
		return rc;
	rc = ym_fold_seal(f, "signed", ym_fold_attr(f, "paper"), json_pack("{ss sI sO}", "document", ym_json_str(f->body, "document"),
		"before", (json_int_t)ym_json_int(f->body, "before", 0), "page", page));
	return rc ? rc : ym_fold_signature(f, hash);
}

/* -- checks -- */

static enum ym_code
on_check_asked(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_check (id, visit, register, person, status, asked_ms)"
		" VALUES (:id, :visit, :register, :person, 'asked', :at)", YM_FOLD_TEXT(":id", ym_fold_attr(f, "check")),
		YM_FOLD_TEXT(":visit", f->h->visit), YM_FOLD_TEXT(":register", ym_fold_attr(f, "register")),
		YM_FOLD_TEXT(":person", ym_fold_attr(f, "person")), YM_FOLD_INT(":at", f->at));
}

enum ym_code
ym_fold_check_answer(struct ym_folding *f, const json_t *content)
{
	enum ym_code rc = YM_FOLD_RUN(f, "UPDATE view_check SET status = :status, answered_ms = :at, valid_until = :until WHERE id = :id",
		YM_FOLD_TEXT(":status", ym_fold_attr(f, "status")), YM_FOLD_INT(":at", f->at),
		YM_FOLD_TEXT(":until", ym_fold_attr(f, "valid_until")), YM_FOLD_TEXT(":id", ym_fold_attr(f, "check")));
	if (rc || !content)
		return rc;
	json_t *answer = json_object_get(content, "answer");
	return ym_fold_seal(f, "check", ym_fold_attr(f, "check"), json_pack("{sO? ss}", "answer", answer, "source", ym_json_str(content, "source")));
}

static enum ym_code
on_check_answered(struct ym_folding *f)
{
	return ym_fold_check_answer(f, f->body);
}

const struct ym_fold_kind ym_fold_visit_kinds[] = {
	{ "visit.identified", on_identified },
	{ "visit.opened", on_visit_opened },
	{ "visit.parked", on_visit_parked },
	{ "visit.resumed", on_visit_resumed },
	{ "visit.closed", on_visit_closed },
	{ "visit.erased", ym_fold_erase_visit },
	{ "rating.asked", on_rating_asked },
	{ "case.rated", on_rated },
	{ "paper.printed", on_paper },
	{ "paper.signed", on_signed },
	{ "paper.voided", on_paper },
	{ "check.asked", on_check_asked },
	{ "check.answered", on_check_answered },
	{ NULL, NULL },
};
