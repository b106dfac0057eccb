/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Standards of document photos (data/photo/standards.json): which kinds are portraits, and what of a portrait can be held
 * against its standard. What a silhouette cannot tell is left to the officer's eye and said so.
 * Invariant: a standard that cannot be read makes no portrait pass; its material is captured as a page then.
 */
#include "station/capture_inner.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"

struct ym_photos {
	json_t *json;
};

static const json_t *
standard_of(struct ym_station *s, const char *kind)
{
	size_t i, k;
	json_t *standard, *name;

	if (!s->photos) {
		YM_FREE char *path = ym_file_data("photo/standards.json");
		struct ym_error err;

		s->photos = ym_alloc(sizeof *s->photos);
		if (ym_json_load(path, &s->photos->json, &err))
			ym_diag_error("photo", &err);
	}
	json_array_foreach(json_object_get(s->photos->json, "standards"), i, standard)
		json_array_foreach(json_object_get(standard, "kinds"), k, name)
			if (ym_streq(json_string_value(name), kind))
				return standard;
	return NULL;
}

void
ym_station_photos_free(struct ym_station *s)
{
	if (s->photos)
		json_decref(s->photos->json);
	free(YM_TAKE(s->photos));
}

bool
ym_capture_is_portrait(struct ym_station *s, const char *kind)
{
	return standard_of(s, kind) != NULL;
}

static uint16_t
word(const json_t *j, const char *key)
{
	long long v = ym_json_int(j, key, 0);

	return v < 0 || v > 4096 ? 0 : (uint16_t)v;
}

void
ym_capture_standard(struct ym_capturing *c, const char *kind)
{
	const json_t *j = standard_of(c->station, kind);

	c->view.standard = (struct ym_photo_standard){ ym_json_str(j, "id"), ym_json_str(j, "name"), ym_json_str(j, "by_eye"), ym_json_str(j, "source") };
	c->cut_order = (struct ym_camera_cut){ .w = word(j, "width"), .h = word(j, "height"), .dpi = word(j, "dpi"), .head = word(j, "head"),
		.top = word(j, "top"), .most_kb = word(j, "max_kb") };
}

static struct ym_photo_check *
add(struct ym_capturing *c, bool is_measured, bool is_good)
{
	static struct ym_photo_check none;
	struct ym_photo_check *k = c->view.n_checks < YM_PHOTO_CHECKS ? &c->view.checks[c->view.n_checks++] : &none;

	k->is_measured = is_measured;
	k->is_good = is_good;
	return k;
}

static void
check_background(struct ym_capturing *c)
{
	const struct ym_portrait *p = &c->portrait;
	int low = p->red < p->green ? p->red : p->green, high = p->red > p->green ? p->red : p->green;
	struct ym_photo_check *k;

	low = p->blue < low ? p->blue : low;
	high = p->blue > high ? p->blue : high;
	/* white as a lamp makes it: near the top, and hardly tinted */
	k = add(c, true, low >= 215 && high - low <= 22);
	snprintf(k->text, sizeof k->text, "背景颜色 %d/%d/%d,要求白色", p->red, p->green, p->blue);
	k = add(c, true, p->spread <= 10);
	snprintf(k->text, sizeof k->text, "背景%s(起伏 %d)", p->spread <= 10 ? "均匀" : "不均匀", p->spread);
}

static void
check_limit(struct ym_capturing *c, const json_t *limit)
{
	const struct ym_portrait *p = &c->portrait;
	const char *what = ym_json_str(limit, "what");
	bool mm = ym_streq(ym_json_str(limit, "unit"), "mm");
	double low = json_number_value(json_object_get(limit, "low")), high = json_number_value(json_object_get(limit, "high"));
	int px = ym_streq(what, "head_width") ? p->head_right - p->head_left + 1 : ym_streq(what, "head_height") ? p->chin - p->head_top :
		ym_streq(what, "top") ? p->head_top : c->cut_order.h - p->chin;
	double value = mm && c->cut_order.dpi ? px * 25.4 / c->cut_order.dpi : px;
	struct ym_photo_check *k = add(c, p->has_head, p->has_head && value >= low - 0.05 && value <= high + 0.05);

	if (!p->has_head)
		snprintf(k->text, sizeof k->text, "%s:量不出,请目视", ym_json_str(limit, "label"));
	else
		snprintf(k->text, sizeof k->text, mm ? "%s 约 %.1f 毫米,要求 %g–%g" : "%s 约 %.0f 像素,要求 %g–%g", ym_json_str(limit, "label"), value, low, high);
}

void
ym_capture_check(struct ym_capturing *c, const struct ym_image *cut)
{
	const struct ym_material_line *line = ym_visit_material(c->station->visit, c->view.material);
	const json_t *standard = standard_of(c->station, line ? line->kind : "");
	struct ym_photo_check *k;
	size_t i;
	json_t *limit;

	c->view.n_checks = 0;
	k = add(c, true, cut->sharpness != 0);
	snprintf(k->text, sizeof k->text, "尺寸 %d×%d 像素%s", cut->width, cut->height, k->is_good ? "" : ",由更小的画面放大,请靠近重拍");
	check_background(c);
	json_array_foreach(json_object_get(standard, "limits"), i, limit)
		check_limit(c, limit);
	k = add(c, cut->brightness >= 0, cut->brightness >= 70);
	snprintf(k->text, sizeof k->text, "亮度 %d%%", cut->brightness);
}
