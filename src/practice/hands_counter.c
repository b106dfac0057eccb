/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What stands on the practice counter beside the card reader: receipt printer, evaluator, queue display, signature pad; each
 * a simulated far end on a link in the practice folder, given to the hub as a port with its practice profile.
 * Invariant: nothing of it reaches the station but through a driver.
 */
#include "practice/hands.h"
#include "station/edges.h"

static enum ym_code
add_port(struct ym_practice *p, const char *link, enum ym_device_role role, const char *identity, const char *profile, struct ym_error *err)
{
	struct ym_hub *hub = ym_station_hub(p->station);
	const struct ym_hub_port port = { .path = link, .role = role, .identity = identity, .profile = profile };

	return hub ? ym_hub_add_port(hub, &port, NULL, err) : YM_OK;
}

static enum ym_code
add_panel(struct ym_practice *p, struct ym_sim_panel *panel, const char *name, enum ym_device_role role, struct ym_error *err)
{
	YM_FREE char *link = ym_asprintf("%s/%s", p->dir, name), *profile = ym_asprintf("practice-%s", name);
	enum ym_code code = ym_sim_panel_open(panel, p->loop, link, profile, role, err);

	return code ? code : add_port(p, link, role, profile, profile, err);
}

enum ym_code
ym_hands_counter_start(struct ym_practice *p, struct ym_error *err)
{
	YM_FREE char *link = ym_asprintf("%s/printer", p->dir);
	enum ym_code code = ym_sim_printer_new(p->loop, link, NULL, &p->printer, err);

	if (!code)
		code = add_port(p, link, YM_ROLE_RECEIPT, "practice-printer", "receipt-80mm", err);
	if (!code)
		code = add_panel(p, &p->evaluator, "evaluator", YM_ROLE_EVALUATOR, err);
	if (!code)
		code = add_panel(p, &p->display, "display", YM_ROLE_DISPLAY, err);
	if (!code)
		code = add_panel(p, &p->pad, "pad", YM_ROLE_PAD, err);
	return code;
}

void
ym_hands_counter_stop(struct ym_practice *p)
{
	ym_sim_printer_free(p->printer);
	p->printer = NULL;
	ym_sim_panel_close(&p->evaluator);
	ym_sim_panel_close(&p->display);
	ym_sim_panel_close(&p->pad);
}

static void
add(struct ym_hand *ret, int max, int *n, const char *key, const char *label)
{
	if (*n >= max)
		return;
	ym_strlcpy(ret[*n].key, key, sizeof ret[*n].key);
	ym_strlcpy(ret[*n].label, label, sizeof ret[*n].label);
	ret[(*n)++].active = false;
}

static void
add_display(struct ym_practice *p, struct ym_hand *ret, int max, int *n)
{
	char shown[80];

	ym_sim_panel_shown(&p->display, shown, sizeof shown);
	if (*shown) {
		YM_FREE char *label = ym_asprintf("看叫号屏: %s", shown);

		add(ret, max, n, "look", label);
	}
}

void
ym_hands_counter_asked(struct ym_practice *p, struct ym_hand *ret, int max, int *n)
{
	if (p->pad.is_asked) {
		add(ret, max, n, "sign", "在签名板上签名");
		add(ret, max, n, "sign:pull", "签到一半碰掉签名板的线");
	}
}

void
ym_hands_counter_list(struct ym_practice *p, struct ym_hand *ret, int max, int *n)
{
	if (ym_sim_printer_n_receipts(p->printer))
		add(ret, max, n, "out", "看打印出来的小票");
	add_display(p, ret, max, n);
	if (ym_sim_printer_has_paper(p->printer))
		add(ret, max, n, "paper:out", "小票打印机的纸用完");
	else
		add(ret, max, n, "paper:in", "给小票打印机换纸卷");
	if (ym_sim_printer_is_open(p->printer))
		add(ret, max, n, "cover:close", "合上小票打印机的上盖");
	else
		add(ret, max, n, "cover:open", "打开小票打印机的上盖");
	add(ret, max, n, "printer", ym_sim_printer_is_plugged(p->printer) ? "拔掉小票打印机" : "插上小票打印机");
	add(ret, max, n, "evaluator", ym_sim_line_is_plugged(&p->evaluator.line) ? "拔掉评价器" : "插上评价器");
	add(ret, max, n, "pad", ym_sim_line_is_plugged(&p->pad.line) ? "拔掉签名板" : "插上签名板");
}

static enum ym_code
toggle(struct ym_sim_line *line, struct ym_error *err)
{
	if (!ym_sim_line_is_plugged(line))
		return ym_sim_line_plug(line, err);
	ym_sim_line_unplug(line);
	return YM_OK;
}

static enum ym_code
toggle_printer(struct ym_practice *p, struct ym_error *err)
{
	if (!ym_sim_printer_is_plugged(p->printer))
		return ym_sim_printer_plug(p->printer, err);
	ym_sim_printer_unplug(p->printer);
	return YM_OK;
}

static enum ym_code
sign(struct ym_practice *p, bool pull, struct ym_error *err)
{
	struct ym_stroke_point points[400];
	size_t n;

	if (!ym_sim_line_is_plugged(&p->pad.line) || !p->pad.is_asked)
		return ym_fail(err, YM_STATE, N_("Nobody has asked for a signature"), NULL);
	n = ym_sim_panel_scribble(&p->pad, points, YM_ARRAY_LEN(points));
	p->pad.unplug_at = pull ? n / 2 : 0;
	ym_sim_panel_draw(&p->pad, points, n);
	return YM_OK;
}

bool
ym_hands_counter_do(struct ym_practice *p, const char *key, enum ym_code *ret, struct ym_error *err)
{
	*ret = YM_OK;
	if (ym_streq(key, "sign") || ym_streq(key, "sign:pull"))
		*ret = sign(p, ym_streq(key, "sign:pull"), err);
	else if (!strncmp(key, "paper:", 6))
		ym_sim_printer_set_paper(p->printer, ym_streq(key, "paper:in"));
	else if (!strncmp(key, "cover:", 6))
		ym_sim_printer_set_cover(p->printer, ym_streq(key, "cover:open"));
	else if (ym_streq(key, "printer"))
		*ret = toggle_printer(p, err);
	else if (ym_streq(key, "evaluator"))
		*ret = toggle(&p->evaluator.line, err);
	else if (ym_streq(key, "pad"))
		*ret = toggle(&p->pad.line, err);
	else if (!ym_streq(key, "look") && !ym_streq(key, "out"))
		return false;
	return true;
}

const char *
ym_hands_printed(struct ym_hands *h)
{
	struct ym_sim_printer *printer = h ? h->practice->printer : NULL;
	size_t n = printer ? ym_sim_printer_n_receipts(printer) : 0;

	return n ? ym_sim_printer_receipt(printer, n - 1) : NULL;
}
