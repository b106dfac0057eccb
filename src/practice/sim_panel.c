/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See sim_panel.h.
 */
#include "practice/sim_panel.h"

#include <iconv.h>

#include "yimen/text.h"

#define HEARD_MAX 1024
#define POINT_MS 3

static bool
ends_in(const struct ym_buf *heard, const struct ym_profile_bytes *what)
{
	return what->n && heard->len >= what->n && !memcmp(heard->data + heard->len - what->n, what->data, what->n);
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_sim_panel *p = user;

	for (size_t i = 0; i < n; i++) {
		/* A display begins anew with a message's first byte. */
		if (p->profile.role == YM_ROLE_DISPLAY ? data[i] == 0x02 : p->heard.len > HEARD_MAX / 2)
			ym_buf_clear(&p->heard);
		ym_buf_addc(&p->heard, (char)data[i]);
		if (ends_in(&p->heard, &p->profile.ask))
			p->is_asked = true;
		else if (ends_in(&p->heard, &p->profile.cancel))
			p->is_asked = false;
	}
	if (p->is_asked && p->press_next)
		ym_sim_panel_press(p, p->press_next);
}

enum ym_code
ym_sim_panel_open(struct ym_sim_panel *p, struct ym_loop *loop, const char *link, const char *profile, enum ym_device_role role,
	struct ym_error *err)
{
	enum ym_code code = ym_profile_load(profile, role, &p->profile, err);

	p->heard.max = HEARD_MAX;
	return code ? code : ym_sim_line_open(&p->line, loop, link, on_bytes, p, err);
}

void
ym_sim_panel_close(struct ym_sim_panel *p)
{
	if (p->line.loop)
		ym_loop_remove(p->line.loop, p->pen);
	ym_sim_line_close(&p->line);
	ym_buf_release(&p->heard);
	free(p->points);
	*p = (struct ym_sim_panel){0};
}

void
ym_sim_panel_press(struct ym_sim_panel *p, int grade)
{
	for (int i = 0; i < p->profile.n_keys; i++)
		if (p->profile.keys[i].grade == grade) {
			ym_sim_line_send(&p->line, p->profile.keys[i].data, p->profile.keys[i].n);
			p->is_asked = false;
			p->press_next = 0;
			return;
		}
}

static void
put_number(const struct ym_profile_number *v, unsigned value, uint8_t *packet)
{
	for (int i = v->n - 1; i >= 0; i--) {
		packet[v->byte[i]] |= (uint8_t)(value & ((1u << v->n_bits[i]) - 1));
		value >>= v->n_bits[i];
	}
}

static void
on_pen(void *user)
{
	struct ym_sim_panel *p = user;
	uint8_t packet[YM_PROFILE_PACKET] = {(uint8_t)p->profile.first_value};

	p->pen = 0;
	put_number(&p->profile.x, p->points[p->drawn].x, packet);
	put_number(&p->profile.y, p->points[p->drawn].y, packet);
	put_number(&p->profile.pressure, p->points[p->drawn].pressure, packet);
	ym_sim_line_send(&p->line, packet, (size_t)p->profile.packet);
	p->drawn++;
	if (p->drawn < p->n_points && (!p->unplug_at || p->drawn < p->unplug_at)) {
		p->pen = ym_loop_add_timer(p->line.loop, "simulated pen", POINT_MS, on_pen, p);
		return;
	}
	p->is_asked = false;
	if (p->unplug_at)
		ym_sim_line_unplug(&p->line);
}

void
ym_sim_panel_draw(struct ym_sim_panel *p, const struct ym_stroke_point *points, size_t n)
{
	ym_loop_remove(p->line.loop, p->pen);
	free(p->points);
	p->points = ym_realloc_array(NULL, n, sizeof *points);
	memcpy(p->points, points, n * sizeof *points);
	p->n_points = n;
	p->drawn = 0;
	p->pen = ym_loop_add_timer(p->line.loop, "simulated pen", 0, on_pen, p);
}

size_t
ym_sim_panel_scribble(const struct ym_sim_panel *p, struct ym_stroke_point *ret, size_t max)
{
	/* Strokes in hundredths of the pad; -1 lifts the pen. */
	static const signed char hand[] = {10, 30, 42, 28, -1, 26, 12, 26, 85, 22, 78, -1, 26, 45, 10, 72, -1, 28, 45, 44, 74, -1,
		55, 25, 88, 24, -1, 58, 48, 84, 46, -1, 52, 80, 92, 78, -1, 71, 24, 71, 79, -1};
	size_t n = 0;
	int x = 0, y = 0;
	bool is_down = false;

	for (size_t i = 0; i + 1 < sizeof hand && n + 9 < max;) {
		if (hand[i] < 0) {
			ret[n++] = (struct ym_stroke_point){(uint16_t)x, (uint16_t)y, 0, 0};
			is_down = false;
			i++;
			continue;
		}
		int to_x = hand[i] * p->profile.width / 100, to_y = hand[i + 1] * p->profile.height / 100, steps = is_down ? 8 : 1;

		for (int k = 1; k <= steps; k++)
			ret[n++] = (struct ym_stroke_point){(uint16_t)(is_down ? x + (to_x - x) * k / steps : to_x),
				(uint16_t)(is_down ? y + (to_y - y) * k / steps : to_y), 60, 0};
		x = to_x;
		y = to_y;
		is_down = true;
		i += 2;
	}
	ret[n++] = (struct ym_stroke_point){(uint16_t)x, (uint16_t)y, 0, 0};
	return n;
}

void
ym_sim_panel_shown(const struct ym_sim_panel *p, char *ret, size_t size)
{
	iconv_t cd = iconv_open("UTF-8", p->profile.is_gbk ? "GBK" : "GB18030");
	char *in = p->heard.data, *out = ret;
	size_t left = p->heard.len, room = size - 1;

	ret[0] = 0;
	if (cd == (iconv_t)-1)
		return;
	if (left && ((uint8_t)*in < 0x20)) {
		in++;
		left--;
	}
	if (left && (uint8_t)in[left - 1] < 0x20)
		left--;
	if (left && iconv(cd, &in, &left, &out, &room) == (size_t)-1)
		out = ret;
	*out = 0;
	iconv_close(cd);
}
