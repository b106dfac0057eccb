/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The guide (办事指南) of an item as text: what a citizen may ask for in writing, from the catalogue, with its sources.
 * Not the one-time notice of a visit (papers). Catalogue words stand as they are.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_find.h"
#include "s_reader.h"
#include "util.h"

#define GUIDE_MAX (64 * 1024)

static const char *const scope_words[] = {
	[YM_SCOPE_LOCAL] = N_("local"), [YM_SCOPE_PROVINCE] = N_("anywhere in the province"), [YM_SCOPE_NATIONAL] = N_("anywhere in the country"),
	[YM_SCOPE_CROSS_COLLECT] = N_("taken in here, decided at home"), [YM_SCOPE_CROSS_ONLINE] = N_("online from anywhere"),
	[YM_SCOPE_CROSS_MULTI] = N_("several places together"),
};
static const char *const unit_words[] = {
	[YM_UNIT_WORKDAY] = N_("working days"), [YM_UNIT_DAY] = N_("days"), [YM_UNIT_HOUR] = N_("hours"), [YM_UNIT_MONTH] = N_("months"),
};

static void
say(char *out, const char *format, ...) YM_PRINTF(2, 3);

static void
say(char *out, const char *format, ...)
{
	size_t n = strlen(out);
	va_list args;

	va_start(args, format);
	vsnprintf(out + n, GUIDE_MAX - n, format, args);
	va_end(args);
}

static void
say_limit(char *out, const char *label, const struct ym_limit *limit)
{
	if (!limit->known)
		say(out, "%s  %s\n", label, _("not known"));
	else if (!limit->value)
		say(out, "%s  %s\n", label, _("the same day"));
	else
		say(out, "%s  %d %s%s%s\n", label, limit->value, _(unit_words[limit->unit]), *limit->text ? "  " : "", limit->text);
}

static void
say_fees(char *out, const struct ym_item *item)
{
	char yuan[32];

	say(out, "\n# %s\n", _("Fee"));
	if (!item->n_fees)
		say(out, "%s\n", _("none"));
	for (int i = 0; i < item->n_fees; i++)
		say(out, _("%s  %s yuan\n"), item->fees[i].label, ui_util_yuan(yuan, sizeof yuan, item->fees[i].fen));
	for (int i = 0; i < item->n_exemptions; i++)
		say(out, _("no fee: %s\n"), item->exemptions[i].label);
	if (*item->fee_basis)
		say(out, "%s\n", item->fee_basis);
}

static void
say_materials(char *out, struct ym_station *s, const struct ym_item *item)
{
	if (item->n_materials)
		say(out, "\n# %s\n", _("Materials"));
	for (int i = 0; i < item->n_materials; i++) {
		const struct ym_need_material *m = &item->materials[i];

		say(out, "%d. %s  %s%s%s", i + 1, ym_station_kind_name(s, m->kind), m->form,
			m->need == YM_NEED_OPTIONAL ? "  " : m->need == YM_NEED_CONDITIONAL ? "  " : "",
			m->need == YM_NEED_OPTIONAL ? _("(optional)") : m->need == YM_NEED_CONDITIONAL ? _("(if it applies)") : "");
		if (*m->check)
			say(out, "  %s", _("a register can replace it"));
		if (m->deferrable)
			say(out, "  %s", _("may be deferred"));
		say(out, "\n");
		if (*m->note)
			say(out, "   %s\n", m->note);
	}
}

static void
say_rules(char *out, const struct ym_item *item)
{
	if (item->n_conditions)
		say(out, "\n# %s\n", _("Conditions"));
	for (int i = 0; i < item->n_conditions; i++)
		say(out, "· %s  %s\n", item->conditions[i].message, item->conditions[i].source);
	if (item->n_steps)
		say(out, "\n# %s\n", _("Steps"));
	for (int i = 0; i < item->n_steps; i++) {
		const struct ym_step *step = &item->steps[i];

		say(out, "%d. %s  %s", i + 1, step->name, step->by == YM_BY_WINDOW ? _("at the window") : step->by == YM_BY_AUTO ? _("automatic") :
			_("by an approver"));
		if (step->days >= 0)
			say(out, ngettext("  %d day", "  %d days", (unsigned long)step->days), step->days);
		say(out, "\n");
	}
	if (item->n_results)
		say(out, "\n# %s\n", _("Result"));
	for (int i = 0; i < item->n_results; i++)
		say(out, "%s  %s\n", item->results[i].name, item->results[i].validity);
}

static void
say_sources(char *out, const struct ym_item *item)
{
	if (item->n_laws)
		say(out, "\n# %s\n", _("Law"));
	for (int i = 0; i < item->n_laws; i++)
		say(out, "%s %s\n", item->laws[i].law, item->laws[i].article);
	if (item->n_sources)
		say(out, "\n# %s\n", _("Sources"));
	for (int i = 0; i < item->n_sources; i++)
		say(out, "[%s] %s %s\n", item->sources[i].grade, item->sources[i].title, item->sources[i].ref);
}

static char *
item_text(struct ym_station *s, const struct ym_item *item)
{
	char *out = ui_util_alloc(GUIDE_MAX);

	say(out, "%s  %s%s%s\n", item->category, item->id, *item->code ? "  " : "", item->code);
	if (*item->guide_text)
		say(out, "%s\n", item->guide_text);
	say(out, "\n# %s\n", _("Where and when"));
	for (int i = 0; i < item->n_scopes; i++)
		say(out, "%s  %s\n", _(scope_words[item->scopes[i].mode]), item->scopes[i].text);
	if (item->instant)
		say(out, "%s\n", _("Done at the window while you wait."));
	say_limit(out, _("Promised"), &item->promised);
	say_limit(out, _("By law"), &item->statutory);
	say_materials(out, s, item);
	say_rules(out, item);
	say_fees(out, item);
	say_sources(out, item);
	if (*item->notes)
		say(out, "\n# %s\n%s\n", _("Notes"), item->notes);
	return out;
}

static char *
bundle_text(struct ym_station *s, const struct ym_bundle *bundle)
{
	char *out = ui_util_alloc(GUIDE_MAX);

	say(out, "%s\n\n# %s\n", bundle->text, _("Items"));
	for (int i = 0; i < bundle->n_items; i++) {
		const struct ym_bundle_item *part = &bundle->items[i];
		const struct ym_item *item;
		struct ym_error err = { 0 };

		if (ym_station_item(s, part->item, &item, &err) != YM_OK)
			say(out, "! %s\n", part->item);
		else
			say(out, "· %s%s\n", item->name, part->optional ? _("  (if wanted)") : "");
	}
	if (*bundle->source)
		say(out, "\n# %s\n%s\n", _("Sources"), bundle->source);
	return out;
}

void
s_find_guide(struct ui_app *app, const char *id, bool is_bundle)
{
	struct ym_error err = { 0 };
	const struct ym_bundle *bundle;
	const struct ym_item *item;

	if (is_bundle) {
		if (ui_app_ok(app, ym_station_bundle(app->station, id, &bundle, &err), &err))
			s_reader_show(app, bundle->name, bundle_text(app->station, bundle));
	} else if (ui_app_ok(app, ym_station_item(app->station, id, &item, &err), &err)) {
		s_reader_show(app, item->name, item_text(app->station, item));
	}
}
