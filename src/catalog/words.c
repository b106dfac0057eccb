/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The words of limits and of where an item can be handed in, shared by guide and comparison. Not the catalogue's own words. */
#include "catalog/diff.h"

void
ym_catalog_say_limit(const char *unit, long long value, ym_say_fn say, struct ym_buf *ret)
{
	static const struct {
		const char *unit, *msgid;
	} units[] = { { "workday", N_("%lld working days") }, { "day", N_("%lld days") }, { "hour", N_("%lld hours") },
		{ "month", N_("%lld months") } };

	if (value < 0)
		return;
	if (value == 0) {
		ym_buf_adds(ret, say(N_("at once")));
		return;
	}
	for (size_t i = 0; i < YM_ARRAY_LEN(units); i++)
		if (!strcmp(units[i].unit, unit)) {
			/* A translated text is never a format: the number goes in front of what follows its mark. */
			const char *text = say(units[i].msgid), *mark = strstr(text, "%lld");

			ym_buf_add(ret, text, mark ? (size_t)(mark - text) : 0);
			ym_buf_addf(ret, "%lld", value);
			ym_buf_adds(ret, mark ? mark + 4 : text);
		}
}

const char *
ym_catalog_say_mode(const char *mode, ym_say_fn say)
{
	static const struct {
		const char *mode, *msgid;
	} modes[] = { { "local", N_("where the person belongs") }, { "province", N_("anywhere in the province") },
		{ "national", N_("anywhere in the country") }, { "cross_collect", N_("across provinces: collected and forwarded") },
		{ "cross_online", N_("across provinces: online") }, { "cross_multi", N_("across provinces: several places together") } };

	for (size_t i = 0; i < YM_ARRAY_LEN(modes); i++)
		if (!strcmp(modes[i].mode, mode))
			return say(modes[i].msgid);
	return mode;
}
