/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The citizen's hands: lay and lift a card, show documents, press a grade, pull a plug, cut the line; through the far ends only.
 * Not a way past a driver or a rule. Invariant: what the officer's screen learns comes through the device or the network.
 */
#include "practice/hands.h"
#include "practice/sim_counter.h"

#include <dirent.h>

#include "base/clock.h"
#include "base/file.h"
#include "station/edges.h"

/* -- scenarios -- */

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_scenario(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 5 && ym_streq(e->d_name + n - 5, ".json");
}

static void
list_scenarios(struct ym_hands *h)
{
	YM_FREE char *dir = ym_file_data("scenarios");
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_scenario, by_name);

	for (int i = 0; i < n; i++) {
		if (h->n_paths < YM_MAX_SCENARIOS)
			h->paths[h->n_paths++] = ym_asprintf("%s/%s", dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static enum ym_code
welcome(struct ym_hands *h, int index, struct ym_error *err)
{
	struct ym_visit *v = ym_station_visit(h->practice->station);
	char no[12], now[8];
	enum ym_code code;

	if (index < 0 || index >= h->n_paths)
		return ym_fail(err, YM_NOTFOUND, N_("No such practice citizen"), NULL);
	code = ym_scenario_load(h->paths[index], &h->citizen, err);
	if (code)
		return code;
	if (h->practice->reader)
		ym_sim_reader_lift(h->practice->reader);
	ym_sim_counter_clear(h->practice->counter);
	h->laid = -1;
	h->current = h->last = index;
	h->visit[0] = 0;
	ym_strlcpy(h->other, v ? ym_visit_id(v) : "", sizeof h->other);
	snprintf(h->says, sizeof h->says, "%s", h->citizen.says);
	if (ym_station_is_locked(h->practice->station))
		return YM_OK;
	ym_time_format_hm(now, ym_clock_wall()); /* who has an appointment comes on time */
	return ym_station_make_ticket(h->practice->station, h->citizen.cls, h->citizen.claim,
		h->citizen.cls == YM_TICKET_APPOINTMENT ? now : "", no, err);
}

enum ym_code
ym_hands_start(struct ym_practice *p, struct ym_error *err)
{
	/* A link of our own: after a replug the pseudo-terminal's number may be somebody else's terminal. */
	YM_FREE char *link = ym_asprintf("%s/reader", p->dir);
	const struct ym_sim_options options = { .link = link, .fingers = 2 };
	enum ym_code code = ym_sim_reader_new(p->loop, &options, &p->reader, err);

	p->hands.practice = p;
	p->hands.current = p->hands.last = p->hands.laid = -1;
	list_scenarios(&p->hands);
	if (!code && ym_station_hub(p->station))
		code = ym_hub_add_port(ym_station_hub(p->station), &(struct ym_hub_port){.path = ym_sim_reader_path(p->reader), .role = YM_ROLE_IDCARD, .identity = "practice-reader", .profile = "finger"}, NULL, err);
	if (!code)
		code = ym_hands_scan_start(p, err);
	if (!code && ym_station_hub(p->station))
		code = ym_sim_counter_new(p->dir, ym_station_hub(p->station), &p->counter, err);
	return code ? code : ym_hands_counter_start(p, err);
}

void
ym_hands_see_off(struct ym_hands *h)
{
	struct ym_visit *v = ym_station_visit(h->practice->station);
	struct ym_parked parked[16];

	if (v && h->current >= 0 && !ym_streq(ym_visit_id(v), h->other))
		ym_strlcpy(h->visit, ym_visit_id(v), sizeof h->visit);
	if (v || !*h->visit || ym_station_is_locked(h->practice->station))
		return;
	for (int i = ym_station_parked(h->practice->station, parked, YM_ARRAY_LEN(parked)) - 1; i >= 0; i--)
		if (ym_streq(parked[i].visit, h->visit))
			return;
	h->visit[0] = h->says[0] = 0;
	h->current = h->laid = -1;
	ym_sim_counter_clear(h->practice->counter);
	if (h->practice->reader)
		ym_sim_reader_lift(h->practice->reader);
}

void
ym_hands_stop(struct ym_practice *p)
{
	ym_hands_scan_stop(p);
	ym_hands_counter_stop(p);
	ym_sim_counter_free(YM_TAKE(p->counter));
	ym_sim_reader_free(p->reader);
	p->reader = NULL;
	ym_scenario_release(&p->hands.citizen);
	for (int i = 0; i < p->hands.n_paths; i++)
		free(p->hands.paths[i]);
	p->hands.n_paths = 0;
}

struct ym_hands *
ym_practice_hands(struct ym_station *s)
{
	struct ym_practice *p = ym_station_attached(s);

	return p ? &p->hands : NULL;
}

/* -- what the hands can do now -- */

static void
add(struct ym_hand *ret, int max, int *n, bool active, const char *key, const char *label)
{
	if (*n >= max)
		return;
	ym_strlcpy(ret[*n].key, key, sizeof ret[*n].key);
	ym_strlcpy(ret[*n].label, label, sizeof ret[*n].label);
	ret[*n].active = active;
	(*n)++;
}

static void
add_cards(struct ym_hands *h, struct ym_hand *ret, int max, int *n)
{
	for (int i = 0; i < h->citizen.n_people; i++) {
		char key[24];
		YM_FREE char *label = NULL;

		if (!h->citizen.has_card[i])
			continue;
		snprintf(key, sizeof key, "card:%d", i);
		label = ym_asprintf("放上%s的证件", *h->citizen.cards[i].name ? h->citizen.cards[i].name : h->citizen.cards[i].english_name);
		add(ret, max, n, h->laid == i, key, label);
	}
	if (h->laid >= 0)
		add(ret, max, n, false, "lift", "拿走证件");
}

/* The documents the citizen carries are told, not handed over by a key: the officer asks and looks. */
static void
add_documents(struct ym_hands *h, struct ym_hand *ret, int max, int *n)
{
	const json_t *documents = json_object_get(h->citizen.json, "documents");

	for (size_t i = 0; i < json_array_size(documents); i++) {
		const json_t *d = json_array_get(documents, i);
		bool has = ym_json_bool(d, "has", false);
		const char *flaw = ym_json_str(d, "flaw");
		char key[32];
		YM_FREE char *label = ym_asprintf("出示%s: %s%s%s", ym_station_kind_name(h->practice->station, ym_json_str(d, "kind")), has ? "带了" : "没带",
			*flaw ? "," : "", flaw);

		snprintf(key, sizeof key, "doc:%zu", i);
		add(ret, max, n, false, key, label);
	}
}

/* What somebody is being asked for stands first. */
static void
add_asked(struct ym_hands *h, struct ym_hand *ret, int max, int *n)
{
	struct ym_visit *v = ym_station_visit(h->practice->station);

	if (v && ym_visit_rating(v) == YM_RATING_ASKED) {
		static const char *const grades[] = { "按 非常满意", "按 满意", "按 基本满意", "按 不满意", "按 非常不满意" };

		for (int g = 1; g <= 5; g++) {
			char key[] = "rate:0";

			key[5] = (char)('0' + g);
			add(ret, max, n, g == h->citizen.rating, key, grades[g - 1]);
		}
	}
	ym_hands_counter_asked(h->practice, ret, max, n);
}

int
ym_hands_list(struct ym_hands *h, struct ym_hand *ret, int max)
{
	int n = 0;

	add_asked(h, ret, max, &n);
	n += ym_sim_counter_list(h->practice->counter, h, ret + n, max - n);
	if (h->current >= 0) {
		add_cards(h, ret, max, &n);
		n += ym_hands_scan_list(h, ret + n, max - n);
		add_documents(h, ret, max, &n);
	}
	add(ret, max, &n, false, "next", "下一位群众来取号");
	for (int i = 0; i < h->n_paths; i++) {
		char key[48];
		YM_FREE char *label = NULL;
		struct ym_scenario s = { 0 };

		if (ym_scenario_load(h->paths[i], &s, NULL))
			continue;
		snprintf(key, sizeof key, "come:%s", s.id);
		label = ym_asprintf("来一位: %s", s.title);
		add(ret, max, &n, i == h->current, key, label);
		ym_scenario_release(&s);
	}
	if (ym_sim_reader_is_plugged(h->practice->reader))
		add(ret, max, &n, false, "unplug", "拔掉读卡器");
	else
		add(ret, max, &n, false, "plug", "插上读卡器");
	if (h->practice->central_pid)
		add(ret, max, &n, false, "net:off", "断网");
	else
		add(ret, max, &n, false, "net:on", "恢复网络");
	ym_hands_counter_list(h->practice, ret, max, &n);
	return n;
}

static enum ym_code
show_document(struct ym_hands *h, int index, struct ym_error *err)
{
	const json_t *d = json_array_get(json_object_get(h->citizen.json, "documents"), (size_t)index);
	const char *flaw = ym_json_str(d, "flaw");

	if (!d)
		return ym_fail(err, YM_NOTFOUND, N_("The citizen carries no such document"), NULL);
	snprintf(h->says, sizeof h->says, "%s%s%s%s", ym_station_kind_name(h->practice->station, ym_json_str(d, "kind")),
		ym_json_bool(d, "has", false) ? ": 在这儿" : ": 没带", *flaw ? "," : "", flaw);
	return YM_OK;
}

static enum ym_code
lay(struct ym_hands *h, int person, struct ym_error *err)
{
	enum ym_code code;

	if (person < 0 || person >= h->citizen.n_people || !h->citizen.has_card[person])
		return ym_fail(err, YM_NOTFOUND, N_("The citizen has no such card"), NULL);
	ym_sim_reader_lift(h->practice->reader);
	code = ym_sim_reader_lay(h->practice->reader, &h->citizen.cards[person], err);
	if (!code)
		h->laid = person;
	return code;
}

static enum ym_code
rate(struct ym_hands *h, int grade, struct ym_error *err)
{
	struct ym_practice *p = h->practice;

	struct ym_visit *v = ym_station_visit(p->station);

	if (!ym_sim_line_is_plugged(&p->evaluator.line) || !v || ym_visit_rating(v) != YM_RATING_ASKED)
		return ym_fail(err, YM_STATE, N_("The evaluator has not been asked"), NULL);
	/* the hands count from the best; asked a moment ago, the lamp may not be on yet */
	if (p->evaluator.is_asked)
		ym_sim_panel_press(&p->evaluator, 6 - grade);
	else
		p->evaluator.press_next = 6 - grade;
	return YM_OK;
}

/* -1 when there is no such scenario. */
static int
by_id(const struct ym_hands *h, const char *id)
{
	for (int i = 0; i < h->n_paths; i++) {
		const char *name = strrchr(h->paths[i], '/') + 1;

		if (strlen(name) == strlen(id) + 5 && !strncmp(name, id, strlen(id)))
			return i;
	}
	return -1;
}

enum ym_code
ym_hands_do(struct ym_hands *h, const char *key, struct ym_error *err)
{
	struct ym_practice *p = h->practice;
	const char *colon = strchr(key, ':');
	int number = colon ? atoi(colon + 1) : 0;
	bool known = false;
	enum ym_code code = ym_sim_counter_do(p->counter, h, key, &known, err);

	if (known) {
		/* under a camera, on the glass: done */
	} else if (!strncmp(key, "card:", 5)) {
		code = lay(h, number, err);
	} else if (ym_streq(key, "lift")) {
		ym_sim_reader_lift(p->reader);
		h->laid = -1;
	} else if (!strncmp(key, "scan:", 5)) {
		code = ym_hands_scan_do(h, number, err);
	} else if (!strncmp(key, "doc:", 4)) {
		code = show_document(h, number, err);
	} else if (!strncmp(key, "rate:", 5)) {
		code = rate(h, number, err);
	} else if (ym_streq(key, "next")) {
		code = welcome(h, h->n_paths ? (h->last + 1) % h->n_paths : 0, err);
	} else if (!strncmp(key, "come:", 5)) {
		code = welcome(h, by_id(h, key + 5), err);
	} else if (ym_streq(key, "unplug")) {
		ym_sim_reader_unplug(p->reader);
	} else if (ym_streq(key, "plug")) {
		code = ym_sim_reader_plug(p->reader, err);
	} else if (ym_streq(key, "net:off")) {
		ym_practice_stop_central(p);
	} else if (ym_streq(key, "net:on")) {
		code = ym_practice_start_central(p, err);
	} else if (!ym_hands_counter_do(p, key, &code, err)) {
		code = ym_fail(err, YM_NOTFOUND, N_("Hands cannot do that"), "%s", key);
	}
	if (!code)
		ym_station_notify(p->station, YM_NOTICE_VISIT);
	return code;
}

const char *
ym_hands_says(struct ym_hands *h)
{
	return h->says;
}
