/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The public guide of an item (办事指南) as plain text, from the compiled pack. Not the paper of the guide desk (data/papers/guide.json),
 * which answers one person. Invariant: a limit that is not known is never shown as one.
 */
#include <inttypes.h>

#include "catalog/diff.h"

static const char *const unit_names[] = { "workday", "day", "hour", "month" };
static const char *const mode_names[] = { "local", "province", "national", "cross_collect", "cross_online", "cross_multi" };

static void
heading(struct ym_buf *out, ym_say_fn say, const char *msgid)
{
	ym_buf_addf(out, "\n%s\n", say(msgid));
}

static void
line(struct ym_buf *out, ym_say_fn say, const char *msgid, const char *text)
{
	if (text[0])
		ym_buf_addf(out, "  %s: %s\n", say(msgid), text);
}

static void
limit(struct ym_buf *out, ym_say_fn say, const char *msgid, const struct ym_limit *l)
{
	YM_BUF text = { 0 };

	if (l->known)
		ym_catalog_say_limit(unit_names[l->unit], l->value, say, &text);
	else
		ym_buf_adds(&text, say(N_("not known: ask the window")));
	line(out, say, msgid, ym_buf_str(&text));
}

static void
materials(struct ym_pack *p, const struct ym_item *it, ym_say_fn say, struct ym_buf *out)
{
	heading(out, say, N_("Materials"));
	for (int i = 0; i < it->n_materials; i++) {
		const struct ym_need_material *m = &it->materials[i];
		const struct ym_kind *kind = ym_pack_kind(p, m->kind);
		const char *reg = m->check[0] ? ym_pack_register_label(p, m->check) : "";

		ym_buf_addf(out, "  %d. %s", i + 1, kind ? kind->name : m->kind);
		if (m->form[0])
			ym_buf_addf(out, " (%s × %d)", m->form, m->copies);
		if (m->need != YM_NEED_REQUIRED)
			ym_buf_addf(out, " [%s]", say(m->need == YM_NEED_CONDITIONAL ? N_("where it applies") : N_("optional")));
		if (m->deferrable)
			ym_buf_addf(out, " [%s]", say(N_("may be brought later")));
		if (m->note[0])
			ym_buf_addf(out, " %s", m->note);
		if (reg[0])
			ym_buf_addf(out, " (%s: %s)", say(N_("not needed when this check answers")), reg);
		ym_buf_addc(out, '\n');
	}
	if (!it->n_materials)
		ym_buf_addf(out, "  %s\n", say(N_("none")));
}

static void
fees(const struct ym_item *it, ym_say_fn say, struct ym_buf *out)
{
	heading(out, say, N_("Fee"));
	for (int i = 0; i < it->n_fees; i++)
		ym_buf_addf(out, "  %s: %" PRId64 ".%02" PRId64 " %s\n", it->fees[i].label, it->fees[i].fen / 100, it->fees[i].fen % 100,
			say(N_("yuan")));
	if (!it->n_fees)
		ym_buf_addf(out, "  %s\n", say(N_("none")));
	for (int i = 0; i < it->n_exemptions; i++)
		line(out, say, N_("Exempt"), it->exemptions[i].label);
	line(out, say, N_("Fee's basis"), it->fee_basis);
}

static void
where(const struct ym_item *it, ym_say_fn say, struct ym_buf *out)
{
	static const struct {
		const char *code, *msgid;
	} ways[] = { { "window", N_("at the window") }, { "mail", N_("by mail") }, { "electronic", N_("electronic") } };

	heading(out, say, N_("Where and how"));
	for (int i = 0; i < it->n_scopes; i++) {
		const struct ym_scope *s = &it->scopes[i];

		ym_buf_addf(out, "  %s", ym_catalog_say_mode(mode_names[s->mode], say));
		if (s->from[0] || s->until[0])
			ym_buf_addf(out, " (%s – %s)", s->from, s->until);
		ym_buf_addf(out, "%s%s\n", s->text[0] ? ": " : "", s->text);
	}
	for (int i = 0; i < it->n_steps; i++)
		ym_buf_addf(out, "  %d. %s%s%s\n", i + 1, it->steps[i].name, it->steps[i].text[0] ? ": " : "", it->steps[i].text);
	if (it->n_delivery) {
		ym_buf_addf(out, "  %s:", say(N_("The result comes")));
		for (int i = 0; i < it->n_delivery; i++)
			for (size_t k = 0; k < YM_ARRAY_LEN(ways); k++)
				if (!strcmp(ways[k].code, it->delivery[i]))
					ym_buf_addf(out, " %s", say(ways[k].msgid));
		ym_buf_addc(out, '\n');
	}
}

void
ym_catalog_guide(struct ym_pack *p, const struct ym_item *it, ym_say_fn say, struct ym_buf *out)
{
	ym_buf_addf(out, "%s\n%s  %s · %s\n", it->name, it->id, it->category, it->clazz);
	line(out, say, N_("National code"), it->code);
	line(out, say, N_("State"), it->status);
	if (it->guide_text[0])
		ym_buf_addf(out, "\n%s\n", it->guide_text);
	heading(out, say, N_("Conditions"));
	for (int i = 0; i < it->n_conditions; i++)
		ym_buf_addf(out, "  %d. %s%s%s%s\n", i + 1, it->conditions[i].message, it->conditions[i].source[0] ? " [" : "",
			it->conditions[i].source, it->conditions[i].source[0] ? "]" : "");
	if (!it->n_conditions)
		ym_buf_addf(out, "  %s\n", say(N_("none")));
	materials(p, it, say, out);
	heading(out, say, N_("Limits"));
	limit(out, say, N_("Statutory limit"), &it->statutory);
	limit(out, say, N_("Promised limit"), &it->promised);
	fees(it, say, out);
	where(it, say, out);
	heading(out, say, N_("Results"));
	for (int i = 0; i < it->n_results; i++)
		ym_buf_addf(out, "  %s%s%s\n", it->results[i].name, it->results[i].validity[0] ? ": " : "", it->results[i].validity);
	heading(out, say, N_("Law"));
	for (int i = 0; i < it->n_laws; i++)
		ym_buf_addf(out, "  %s %s\n", it->laws[i].law, it->laws[i].article);
	heading(out, say, N_("Sources"));
	for (int i = 0; i < it->n_sources; i++)
		ym_buf_addf(out, "  [%s] %s %s\n", it->sources[i].grade, it->sources[i].title, it->sources[i].ref);
	ym_buf_addf(out, "\n%s %s, %s %s\n", say(N_("Catalogue")), ym_pack_version(p), say(N_("published")), ym_pack_published(p));
}
