/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The citizen's hands at the code scanner: codes on a telephone, labels, passports of the scenario ("scans": label, text),
 * sent by a simulated scanner over a pseudo-terminal. Not a way past the driver.
 */
#include "practice/hands.h"

#include "base/json.h"
#include "station/edges.h"

enum ym_code
ym_hands_scan_start(struct ym_practice *p, struct ym_error *err)
{
	YM_FREE char *link = ym_asprintf("%s/scanner", p->dir);
	const struct ym_hub_port port = { .path = link, .role = YM_ROLE_SCANNER, .identity = "practice-scanner" };
	enum ym_code code = ym_sim_line_open(&p->scanner, p->loop, link, NULL, NULL, err);

	if (!code && ym_station_hub(p->station))
		code = ym_hub_add_port(ym_station_hub(p->station), &port, NULL, err);
	return code;
}

void
ym_hands_scan_stop(struct ym_practice *p)
{
	ym_sim_line_close(&p->scanner);
}

static const json_t *
scans_of(const struct ym_hands *h)
{
	return h->current >= 0 ? json_object_get(h->citizen.json, "scans") : NULL;
}

int
ym_hands_scan_list(struct ym_hands *h, struct ym_hand *ret, int max)
{
	const json_t *scans = scans_of(h);
	int n = 0;

	for (; n < max && n < (int)json_array_size(scans); n++) {
		YM_FREE char *label = ym_asprintf("扫%s", ym_json_str(json_array_get(scans, (size_t)n), "label"));

		ret[n] = (struct ym_hand){ 0 };
		snprintf(ret[n].key, sizeof ret[n].key, "scan:%d", n);
		ym_strlcpy(ret[n].label, label, sizeof ret[n].label);
	}
	return n;
}

enum ym_code
ym_hands_scan_do(struct ym_hands *h, int index, struct ym_error *err)
{
	const char *text = ym_json_str(json_array_get(scans_of(h), (size_t)index), "text");

	if (index < 0 || !*text)
		return ym_fail(err, YM_NOTFOUND, N_("The citizen has no such code"), NULL);
	ym_sim_line_send(&h->practice->scanner, text, strlen(text));
	ym_sim_line_send(&h->practice->scanner, "\r", 1);
	return YM_OK;
}
