/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Pages of a material, and what was captured before (fold_capture.c) offered where it fits and is fresh enough.
 * Not capturing. Invariant: a decided material keeps its pages.
 */
#include "yimen/captures.h"

#include "cases/inner.h"

/* Months that a capture may be used again, by how it is captured: a portrait counts as recent for six months
 * (出入境证件相片照相指引; "近期" of 机动车驾驶证业务工作规范 is read the same way), a copy of a paper says nothing of later changes.
 * Fingerprints do not change; the year is this house's own caution until a rule is known. */
static int
months_good(const struct ym_kind *kind)
{
	return kind && ym_streq(kind->capture, "finger") ? 12 : 6;
}

static struct ym_mark *
mark_of(const struct ym_visit *v, int material)
{
	if (material < 0 || material >= v->n_materials || v->material_of[material].mark < 0)
		return NULL;
	return (struct ym_mark *)&v->marks[v->material_of[material].mark];
}

int
ym_visit_n_pages(const struct ym_visit *v, int material)
{
	const struct ym_mark *k = mark_of(v, material);

	return k ? k->n_pages : 0;
}

bool
ym_visit_page(const struct ym_visit *v, int material, int page, struct ym_capture_page *ret)
{
	const struct ym_mark *k = mark_of(v, material);

	if (!k || page < 0 || page >= k->n_pages)
		return false;
	*ret = k->pages[page];
	return true;
}

static bool
is_decided(const struct ym_visit *v, int material)
{
	for (int i = 0; i < v->material_of[material].n_of; i++)
		if (ym_matter_is_open(&v->cases[v->material_of[material].of[i].matter]))
			return false;
	return true;
}

enum ym_code
ym_visit_keep_pages(struct ym_visit *v, int material, const struct ym_capture_page *pages, int n, bool replace,
	const struct ym_capture_source *source, struct ym_error *err)
{
	struct ym_mark *k;

	if (material < 0 || material >= v->n_materials)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such material"), "index");
	if (is_decided(v, material))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "keep decided");
	k = ym_checklist_mark(v, material);
	if (!k || (replace ? 0 : k->n_pages) + n > YM_MAX_PAGES)
		return ym_fail(err, YM_REFUSED, N_("Too many pages"), "max pages");
	if (replace || k->state != YM_MAT_CAPTURED)
		k->desk[0] = 0;
	if (replace)
		k->n_pages = 0;
	k->pages = ym_realloc_array(k->pages, (size_t)(k->n_pages + n), sizeof *k->pages);
	memcpy(k->pages + k->n_pages, pages, (size_t)n * sizeof *pages);
	k->n_pages += n;
	k->state = YM_MAT_CAPTURED;
	k->origin = source->origin;
	k->at = source->at ? source->at : ym_log_now(v->w->log);
	ym_strlcpy(k->desk, source->desk ? source->desk : ym_log_identity(v->w->log)->desk, sizeof k->desk);
	if (source->note) {
		free(k->note);
		k->note = ym_strdup(source->note);
	}
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_drop_page(struct ym_visit *v, int material, int page, struct ym_error *err)
{
	struct ym_mark *k = mark_of(v, material);

	if (!k || page < 0 || page >= k->n_pages)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such page"), "index");
	if (is_decided(v, material))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "drop decided");
	explicit_bzero(&k->pages[page], sizeof k->pages[page]);
	memmove(&k->pages[page], &k->pages[page + 1], (size_t)(k->n_pages - page - 1) * sizeof *k->pages);
	if (--k->n_pages == 0 && k->state == YM_MAT_CAPTURED)
		k->state = YM_MAT_UNSEEN;
	ym_visit_touch(v);
	return YM_OK;
}

/* -- what there is from before -- */

static bool
has_portrait(const json_t *pages)
{
	size_t i;
	json_t *p;

	json_array_foreach((json_t *)pages, i, p)
		if (ym_streq(ym_json_str(p, "what"), "portrait"))
			return true;
	return false;
}

static json_t *
pages_json(const struct ym_mark *k)
{
	json_t *a = json_array();

	for (int i = 0; i < k->n_pages; i++)
		json_array_append_new(a, ym_page_to_json(&k->pages[i]));
	return a;
}

/* Everything captured of the holder: of this visit first, then the archive's, newest first. */
static json_t *
captured_of(struct ym_visit *v, int material)
{
	json_t *all = json_array();
	const struct ym_who *p = ym_who_by_key(v, v->material_of[material].who);
	const struct ym_mark *own = mark_of(v, material);
	char place[96];
	YM_BUF text = { 0 };
	YM_JSON *row = NULL;

	if (!p)
		return all;
	for (int i = 0; i < v->n_marks; i++)
		if (v->marks[i].who == p->key && &v->marks[i] != own && v->marks[i].n_pages && v->marks[i].state == YM_MAT_CAPTURED)
			json_array_append_new(all, json_pack("{ss sI ss ss sb so}", "kind", v->marks[i].kind, "t", (json_int_t)v->marks[i].at, "desk",
				v->marks[i].desk, "grade", "A", "now", 1, "pages", pages_json(&v->marks[i])));
	snprintf(place, sizeof place, "capture:%s", p->hash);
	if (p->hash[0] && !ym_fold_open(&v->w->fold, v->w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "capture", &row, NULL)) {
		const json_t *list = json_object_get(row, "list");

		for (size_t i = json_array_size(list); i-- > 0;)
			json_array_append(all, json_array_get(list, i));
	}
	return all;
}

static bool
fits(const struct ym_visit *v, int material, bool portrait, const json_t *e)
{
	const json_t *pages = json_object_get(e, "pages");
	const struct ym_mark *own = mark_of(v, material);

	/* a signature is of its document alone, whatever kind a catalogue may ask for */
	if (json_object_get(e, "document"))
		return false;
	/* what the material has already is no offer */
	if (own && own->n_pages && ym_streq(own->pages[0].sm3, ym_json_str(json_array_get(pages, 0), "sm3")))
		return false;
	return ym_streq(ym_json_str(e, "kind"), v->materials[material].kind) || (portrait && has_portrait(pages));
}

static void
describe(const struct ym_visit *v, const json_t *e, const char *kind, struct ym_offer *o)
{
	const struct ym_kind *k = ym_pack_kind(v->w->pack, ym_json_str(e, "kind"));
	const char *station = ym_log_identity(v->w->log)->station;

	ym_strlcpy(o->kind, ym_json_str(e, "kind"), sizeof o->kind);
	ym_strlcpy(o->desk, ym_json_str(e, "desk"), sizeof o->desk);
	o->name = k ? k->name : "";
	o->at = ym_json_int(e, "t", 0);
	ym_date_format(o->until, ym_date_add_months(ym_date_at(o->at), months_good(k)));
	o->grade = *ym_json_str_or(e, "grade", "C");
	o->is_now = ym_json_bool(e, "now", false);
	o->usable = strcmp(o->until, v->today) >= 0;
	o->is_here = o->is_now || !strncmp(o->desk, station, strlen(station));
	o->needs_cut = strcmp(o->kind, kind) != 0;
	o->n_pages = (int)json_array_size(json_object_get(e, "pages"));
}

int
ym_visit_offers(struct ym_visit *v, int material, bool portrait, struct ym_offer *ret, int max)
{
	YM_JSON *all = material >= 0 && material < v->n_materials ? captured_of(v, material) : NULL;
	size_t i;
	json_t *e;
	int n = 0;

	json_array_foreach(all, i, e) {
		if (n >= max)
			break;
		if (!fits(v, material, portrait, e))
			continue;
		ret[n] = (struct ym_offer){ .index = (int)i };
		describe(v, e, v->materials[material].kind, &ret[n++]);
	}
	return n;
}

int
ym_visit_offer_pages(struct ym_visit *v, int material, bool portrait, int index, struct ym_capture_page *ret, int max)
{
	YM_JSON *all = material >= 0 && material < v->n_materials ? captured_of(v, material) : NULL;
	const json_t *e = json_array_get(all, (size_t)index), *pages = json_object_get(e, "pages");
	int n = 0;

	if (!e || index < 0 || !fits(v, material, portrait, e))
		return 0;
	for (size_t i = 0; i < json_array_size(pages) && n < max; i++)
		ym_page_from_json(json_array_get(pages, i), &ret[n++]);
	return n;
}
