/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Scene files for the stand-ins. Invariant: a scene is replaced in one step; the stand-in never reads half of one.
 */
#include "practice/sim_counter.h"

#include "base/file.h"
#include "station/edges.h"
#include "yimen/capturing.h"

struct ym_sim_counter {
	char *pages, *portraits, *fingers; /* folders */
	int page;                          /* document under the camera, -1 */
	bool is_straight, has_sitter;
	int n_scans;
};

static enum ym_code
tell(const char *folder, const char *file, json_t *scene, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/%s", folder, file);
	YM_JSON *own = scene;

	return ym_json_save(path, own, err);
}

static enum ym_code
show_page(struct ym_sim_counter *c, struct ym_error *err)
{
	int tilt = c->is_straight ? 0 : (c->page % 2 ? -1 : 1) * (4 + c->page * 3 % 7);

	return tell(c->pages, "scene.json", c->page < 0 ? json_pack("{ss}", "show", "empty") :
		json_pack("{ss si si}", "show", "page", "tilt", tilt, "seed", c->page + 1), err);
}

static enum ym_code
show_sitter(struct ym_sim_counter *c, struct ym_error *err)
{
	return tell(c->portraits, "scene.json", c->has_sitter ? json_pack("{ss ss}", "show", "person", "background", "f6f6f4") :
		json_pack("{ss}", "show", "empty"), err);
}

enum ym_code
ym_sim_counter_new(const char *dir, struct ym_hub *hub, struct ym_sim_counter **ret, struct ym_error *err)
{
	struct ym_sim_counter *c = ym_alloc(sizeof *c);
	const struct {
		char **folder;
		const char *name, *helper, *subsystem, *identity;
		enum ym_device_role role;
	} ends[] = {
		{ &c->pages, "camera", "yimen-camera", "file", "practice-camera", YM_ROLE_CAMERA },
		{ &c->portraits, "portrait", "yimen-camera", "file", "practice-portrait", YM_ROLE_PORTRAIT },
		{ &c->fingers, "finger", "yimen-finger", "libfprint", "practice-finger", YM_ROLE_FINGER },
	};
	enum ym_code code = YM_OK;

	c->page = -1;
	for (size_t i = 0; i < YM_ARRAY_LEN(ends) && !code; i++) {
		YM_FREE char *helper = ym_file_helper(ends[i].helper);

		*ends[i].folder = ym_asprintf("%s/%s", dir, ends[i].name);
		code = ym_file_mkdirs(*ends[i].folder, 0700, err);
		if (!code && helper && !access(helper, X_OK))
			code = ym_hub_add_port(hub, &(struct ym_hub_port){ .path = *ends[i].folder, .role = ends[i].role, .identity = ends[i].identity,
				.subsystem = ends[i].subsystem }, NULL, err);
	}
	if (!code)
		code = show_page(c, err);
	if (!code)
		code = show_sitter(c, err);
	if (code) {
		ym_sim_counter_free(c);
		return code;
	}
	*ret = c;
	return YM_OK;
}

void
ym_sim_counter_free(struct ym_sim_counter *c)
{
	if (!c)
		return;
	free(c->pages);
	free(c->portraits);
	free(c->fingers);
	free(c);
}

void
ym_sim_counter_clear(struct ym_sim_counter *c)
{
	if (!c)
		return;
	c->page = -1;
	c->has_sitter = false;
	if (show_page(c, NULL) || show_sitter(c, NULL))
		return; /* the folder is gone: so is the practice */
}

/* -- hands -- */

static void
add(struct ym_hand *ret, int max, int *n, bool active, const char *key, const char *label)
{
	if (*n >= max)
		return;
	ym_strlcpy(ret[*n].key, key, sizeof ret[*n].key);
	ym_strlcpy(ret[*n].label, label, sizeof ret[*n].label);
	ret[(*n)++].active = active;
}

static const json_t *
document(const struct ym_hands *h, int i)
{
	return json_array_get(json_object_get(h->citizen.json, "documents"), (size_t)i);
}

static void
list_pages(struct ym_sim_counter *c, struct ym_hands *h, struct ym_hand *ret, int max, int *n)
{
	for (int i = 0; document(h, i); i++) {
		const char *name = ym_station_kind_name(h->practice->station, ym_json_str(document(h, i), "kind"));
		YM_FREE char *label = ym_asprintf(c->page != i ? "把%s放到高拍仪下" : c->is_straight ? "%s已经放正" : "把%s摆正", name);
		char key[24];

		if (!ym_json_bool(document(h, i), "has", false))
			continue;
		snprintf(key, sizeof key, "page:%d", i);
		add(ret, max, n, c->page == i, key, label);
	}
	if (c->page >= 0)
		add(ret, max, n, false, "page:off", "拿走高拍仪下的材料");
}

int
ym_sim_counter_list(struct ym_sim_counter *c, struct ym_hands *h, struct ym_hand *ret, int max)
{
	const struct ym_capture *now = ym_station_capture(h->practice->station);
	int n = 0;

	if (!c || !now || h->current < 0)
		return 0;
	if (now->mode == YM_CAPTURE_PAGES)
		list_pages(c, h, ret, max, &n);
	if (now->mode == YM_CAPTURE_PORTRAIT)
		add(ret, max, &n, c->has_sitter, "sit", c->has_sitter ? "起身离开镜头" : "坐到镜头前");
	if (now->mode == YM_CAPTURE_FINGERS) {
		add(ret, max, &n, false, "lay:right", "按一下右手指");
		add(ret, max, &n, false, "lay:left", "按一下左手指");
		add(ret, max, &n, false, "lay:bad", "手指按偏");
	}
	return n;
}

static enum ym_code
lay(struct ym_sim_counter *c, const struct ym_hands *h, const char *how, struct ym_error *err)
{
	bool bad = ym_streq(how, "bad");

	return tell(c->fingers, "finger.json", json_pack("{si ss si ss}", "finger", ym_streq(how, "left") ? 16 : 11, "who", ym_json_str(h->citizen.json, "id"),
		"n", ++c->n_scans, "again", bad ? "center" : ""), err);
}

enum ym_code
ym_sim_counter_do(struct ym_sim_counter *c, struct ym_hands *h, const char *key, bool *ret_known, struct ym_error *err)
{
	*ret_known = c && (!strncmp(key, "page:", 5) || ym_streq(key, "sit") || !strncmp(key, "lay:", 4));
	if (!*ret_known)
		return YM_OK;
	if (ym_streq(key, "sit")) {
		c->has_sitter = !c->has_sitter;
		return show_sitter(c, err);
	}
	if (!strncmp(key, "lay:", 4))
		return lay(c, h, key + 4, err);
	if (ym_streq(key, "page:off")) {
		c->page = -1;
	} else {
		int page = atoi(key + 5);

		if (!document(h, page))
			return ym_fail(err, YM_NOTFOUND, N_("The citizen carries no such document"), NULL);
		c->is_straight = c->page == page;
		c->page = page;
	}
	return show_page(c, err);
}
