/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Checks: inquiries to the outside, asked here, answered through the feed. Merged by register and person.
 * Not the registers. Invariant: asked once while an answer is awaited or good.
 */
#include "cases/inner.h"

#define ELICENSE "elicense" /* the register of electronic certificates */

static struct ym_inquiry *
find(struct ym_visit *v, const char *reg, int who, const char *certificate)
{
	for (int i = 0; i < v->n_checks; i++)
		if (!strcmp(v->checks[i].reg, reg) && v->checks[i].who == who && !strcmp(v->checks[i].certificate, certificate))
			return &v->checks[i];
	return NULL;
}

static void
add_line(struct ym_visit *v, const char *reg, int who, const char *certificate, const char *purpose, bool required)
{
	for (int i = 0; i < v->n_check_lines && !*certificate; i++)
		if (!strcmp(v->check_lines[i].reg, reg) && v->check_who[i] == who) {
			v->check_lines[i].required |= required;
			return;
		}
	if (v->n_check_lines >= YM_MAX_CHECKS)
		return;
	int i = v->n_check_lines++;
	struct ym_inquiry *q = find(v, reg, who, certificate);
	struct ym_who *p = ym_who_by_key(v, who);
	const char *label = ym_pack_register_label(v->w->pack, reg);
	v->check_of[i] = q ? (int)(q - v->checks) : -1;
	v->check_who[i] = who;
	v->check_lines[i] = (struct ym_check_line){ .id = q ? q->id : "", .reg = reg, .label = label && *label ? label : purpose,
		.purpose = purpose, .subject = p ? ym_who_name(p) : "", .answer = q && q->answer ? q->answer : "",
		.source = q && q->source ? q->source : "", .state = q ? q->state : YM_CHECK_NOT_ASKED, .required = required,
		.asked_at = q ? q->asked_at : 0, .answered_at = q ? q->answered_at : 0, .valid_until = q ? q->valid_until : "" };
}

void
ym_checks_build(struct ym_visit *v)
{
	v->n_check_lines = 0;
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		bool open = ym_matter_is_open(m);
		for (int i = 0; i < m->item->n_checks; i++) {
			const struct ym_item_check *k = &m->item->checks[i];
			add_line(v, k->reg, ym_roles_who(v, m, k->subject), "", k->purpose, k->required && open);
		}
	}
	for (int i = 0; i < v->n_checks; i++)
		add_line(v, v->checks[i].reg, v->checks[i].who, v->checks[i].certificate, "", false);
}

int
ym_visit_n_checks(const struct ym_visit *v)
{
	return v->n_check_lines;
}

const struct ym_check_line *
ym_visit_check(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_check_lines ? &v->check_lines[index] : NULL;
}

struct question { const char *reg, *certificate, *purpose, *kind; const struct ym_who *p; struct ym_inquiry *q; };

static enum ym_code
emit_asked(struct ym_visit *v, void *user, struct ym_error *err)
{
	const struct question *k = user;
	enum ym_code rc = ym_emit_prelude(v, err);
	if (rc)
		return rc;
	*k->q = (struct ym_inquiry){ .who = k->p->key, .state = YM_CHECK_ASKED, .asked_at = ym_log_now(v->w->log) };
	ym_uuid7(k->q->id);
	ym_strlcpy(k->q->reg, k->reg, sizeof(k->q->reg));
	ym_strlcpy(k->q->certificate, k->certificate, sizeof(k->q->certificate));
	YM_JSON *body = json_pack("{ss ss ss s{ss ss ss so}}", "register", k->reg, "purpose", k->purpose, "material", k->kind, "subject", "doc_kind",
		k->p->doc_kind, "doc_number", k->p->doc_number, "name", ym_who_name(k->p), "facts", ym_knowns_to_json(&k->p->facts));
	ym_json_put(body, "certificate", k->certificate);
	struct ym_event_draft d = { .kind = "check.asked", .visit = v->id, .item = v->n_cases ? v->cases[0].item->id : "" };
	ym_emit_attr(&d, "check", k->q->id);
	ym_emit_attr(&d, "register", k->reg);
	ym_emit_attr(&d, "person", k->p->hash);
	return ym_emit_append(v->w, &d, body, err);
}

/* An asked check is never forgotten, and one that could not be asked is not awaited. */
static enum ym_code
ask(struct ym_visit *v, const char *reg, int who, const char *certificate, const char *purpose, const char *kind, struct ym_inquiry **ret,
	struct ym_error *err)
{
	struct ym_who *p = ym_who_by_key(v, who);
	if (!p || (!p->hash[0] && !*ym_who_name(p)))
		return ym_fail(err, YM_INVALID, N_("First say who this is about"), "subject not identified");
	struct ym_inquiry *q = find(v, reg, who, certificate), old = { 0 };
	int n = v->n_checks;
	*ret = q;
	if (q && q->state == YM_CHECK_ASKED)
		return YM_OK;
	if (!q && n >= YM_MAX_CHECKS)
		return ym_fail(err, YM_REFUSED, N_("Too many checks"), "max checks");
	if (q)
		old = *q;
	else
		q = &v->checks[v->n_checks++];
	struct question k = { reg, certificate, purpose, kind, p, q };
	enum ym_code rc = ym_visit_commit(v, emit_asked, &k, err);
	if (rc) {
		*q = old;
		v->n_checks = n;
		return rc;
	}
	free(old.answer);
	free(old.source);
	*ret = q;
	return YM_OK;
}

static const char *
certificate_of(const struct ym_visit *v, int line)
{
	return v->check_of[line] < 0 ? "" : v->checks[v->check_of[line]].certificate;
}

enum ym_code
ym_visit_ask(struct ym_visit *v, int check, struct ym_error *err)
{
	if (check < 0 || check >= v->n_check_lines)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such check"), "index");
	const struct ym_check_line *l = &v->check_lines[check];
	struct ym_inquiry *q;
	enum ym_code rc = ask(v, l->reg, v->check_who[check], certificate_of(v, check), l->purpose, "", &q, err);
	if (!rc)
		ym_visit_touch(v);
	return rc;
}

enum ym_code
ym_visit_ask_material(struct ym_visit *v, int material, struct ym_error *err)
{
	if (material < 0 || material >= v->n_materials)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such material"), "index");
	const struct ym_material_line *l = &v->materials[material];
	if (!*l->check)
		return ym_fail_on(err, YM_REFUSED, N_("No register can replace this document"), l->name, "no register");
	int who = v->material_of[material].who;
	struct ym_inquiry *q = find(v, l->check, who, "");
	enum ym_code rc = q && q->state == YM_CHECK_CLEAR ? YM_OK : ask(v, l->check, who, "", l->name, l->kind, &q, err);
	if (rc)
		return rc;
	struct ym_mark *k = ym_checklist_mark(v, material);
	if (k) {
		k->state = q->state == YM_CHECK_CLEAR ? YM_MAT_SHARED : YM_MAT_WAITING;
		k->at = ym_log_now(v->w->log);
		ym_strlcpy(k->check, q->id, sizeof(k->check));
	}
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_ask_certificate(struct ym_visit *v, int material, const char *certificate, struct ym_error *err)
{
	if (material < 0 || material >= v->n_materials)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such material"), "index");
	struct ym_mark *k = ym_checklist_mark(v, material);
	struct ym_inquiry *q = NULL;
	if (!k || k->state != YM_MAT_ELICENSE || !*certificate || strlen(certificate) >= sizeof(q->certificate))
		return ym_fail(err, YM_STATE, N_("No electronic certificate stands in for this document"), "not a certificate");
	enum ym_code rc = YM_OK;
	if (!v->w->online)
		rc = ym_fail(err, YM_OFFLINE, N_("The certificate's status cannot be asked now: it stays to be checked"), "no link");
	if (!rc)
		rc = ask(v, ELICENSE, v->material_of[material].who, certificate, v->materials[material].name, k->kind, &q, err);
	if (!rc)
		ym_strlcpy(k->check, q->id, sizeof(k->check));
	ym_checklist_status(k, rc ? "状态待核(现在查不了)" : "状态查询中");
	ym_visit_touch(v);
	return rc;
}

/* Documents first: the inquiry that replaces one is often the same that the item wants anyway. */
enum ym_code
ym_visit_ask_all(struct ym_visit *v, int *ret_asked, struct ym_error *err)
{
	enum ym_code rc = YM_OK;
	int n = 0;
	for (int i = 0; i < v->n_materials && !rc; i++) {
		if (!*v->materials[i].check || v->materials[i].state != YM_MAT_UNSEEN || !v->materials[i].applies_known)
			continue;
		/* A register that knows nothing of it was asked already: only the paper is left. */
		const struct ym_inquiry *q = find(v, v->materials[i].check, v->material_of[i].who, "");
		if (q && (q->state == YM_CHECK_UNKNOWN || q->state == YM_CHECK_HIT))
			continue;
		rc = ym_visit_ask_material(v, i, err);
		n += !rc;
		rc = rc == YM_INVALID ? YM_OK : rc; /* nobody is named yet: later */
	}
	for (int i = 0; i < v->n_check_lines && !rc; i++) {
		if (v->check_lines[i].state != YM_CHECK_NOT_ASKED && v->check_lines[i].state != YM_CHECK_FAILED)
			continue;
		rc = ym_visit_ask(v, i, err);
		n += !rc;
		rc = rc == YM_INVALID ? YM_OK : rc;
	}
	*ret_asked = n;
	return rc;
}
