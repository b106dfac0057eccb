/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The context of the one-time notice of a consultation (W13) and of an item's public guide: one template, one content. Words are the
 * catalogue's language: citizens read them. Not layout. Invariant: nothing of the person stands on it, nor in its QR code.
 *
 * Context: ym_papers_head, public, paper, consult{no,query,title,about,verdict,how}, items[{name,code,category,class,status,where,verdict}],
 * conditions[{text}], answers[{ask,answer}], materials[{name,whose,form,how}], facts[{label,value}], others[{text}],
 * laws[{law,article}], sources[{grade,title,ref}], pack{version,published}.
 */
#include <inttypes.h>

#include "cases/consult_inner.h"

static const char *
decider_word(enum ym_decider d)
{
	return d == YM_BY_APPROVER ? "审批人审批" : d == YM_BY_AUTO ? "系统自动审核" : "窗口";
}

static void
say_where(const struct ym_consult_item *i, struct ym_buf *out)
{
	const char *who = *i->where_text ? i->where_text : "有权机关";
	switch (i->where) {
	case YM_WHERE_OTHERS:
		ym_buf_addf(out, "不由本窗口办理(%s),请找:%s", i->item->status, who);
		return;
	case YM_WHERE_ELSEWHERE:
		ym_buf_addf(out, "不在本窗口办理,请到:%s", who);
		return;
	case YM_WHERE_COLLECT:
		ym_buf_addf(out, "本窗口代收材料,转%s受理、决定", who);
		break;
	case YM_WHERE_ONLINE:
		ym_buf_addf(out, "全程网办,由%s受理", who);
		break;
	case YM_WHERE_OPEN:
		ym_buf_addf(out, "看%s,由该地公安机关办理", *i->where_text ? i->where_text : "由哪里管辖");
		break;
	case YM_WHERE_HERE:
		ym_buf_adds(out, "本窗口可以办理");
		break;
	}
	if (*i->scope_text)
		ym_buf_addf(out, "(%s)", i->scope_text);
}

/* For nobody in particular: every way that is open. */
static void
say_scopes(const struct ym_item *it, struct ym_buf *out)
{
	static const char *const modes[] = { "属地办理", "全省通办", "全国通办", "跨省通办:代收代办", "跨省通办:全程网办", "跨省通办:多地联办" };
	if (!ym_place_is_in_force(it))
		ym_buf_addf(out, "%s;", it->status);
	for (int i = 0; i < it->n_scopes; i++) {
		const struct ym_scope *s = &it->scopes[i];
		ym_buf_addf(out, "%s%s", i ? ";" : "", modes[s->mode]);
		if (*s->text && strcmp(s->text, modes[s->mode]))
			ym_buf_addf(out, "(%s)", s->text);
		if (*s->from || *s->until)
			ym_buf_addf(out, "(%s 至 %s)", *s->from ? s->from : "今", *s->until ? s->until : "今后");
	}
}

/* One item has a row for each fact, several have one row each. */
static void
add_fact(json_t *facts, const struct ym_consult *c, int i, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	if (c->v->n_cases == 1) {
		json_array_append_new(facts, json_pack("{ss ss}", "label", label, "value", value));
		return;
	}
	json_t *last = json_array_get(facts, (size_t)i);
	YM_FREE char *all = ym_asprintf("%s%s%s:%s", last ? ym_json_str(last, "value") : "", last ? "。" : "", label, value);
	YM_FREE char *name = ym_asprintf("%d. %s", i + 1, c->items[i].item->name);
	if (last)
		json_object_set_new(last, "value", json_string(all));
	else
		json_array_append_new(facts, json_pack("{ss ss}", "label", name, "value", all));
}

static void
limit(json_t *facts, const struct ym_consult *c, int i, const char *label, const struct ym_limit *l, const char *due, bool is_public)
{
	static const char *const units[] = { "个工作日", "日", "小时", "个月" };
	YM_BUF text = { 0 };
	if (!l->known)
		ym_buf_adds(&text, "未查得,以受理通知为准");
	else if (!l->value)
		ym_buf_adds(&text, "当场(当日)办结");
	else
		ym_buf_addf(&text, "%d%s", l->value, units[l->unit]);
	if (l->known && *l->text && l->value && is_public)
		ym_buf_addf(&text, "(%s)", l->text);
	if (l->known && l->value && *due && !is_public)
		ym_buf_addf(&text, ";今天受理的,到 %s", due);
	add_fact(facts, c, i, label, ym_buf_str(&text));
}

static void
fee(json_t *facts, const struct ym_consult *c, int i)
{
	const struct ym_consult_item *line = &c->items[i];
	const struct ym_item *it = line->item;
	YM_BUF text = { 0 };
	if (line->fee_exempt)
		ym_buf_addf(&text, "免收:%s", line->fee_label);
	else if (line->fee_known && line->fee_fen > 0 && it->n_fees > 1)
		ym_buf_addf(&text, "%" PRId64 ".%02" PRId64 "元(%s)", line->fee_fen / 100, line->fee_fen % 100, line->fee_label);
	bool settled = text.len > 0;
	for (int k = 0; k < it->n_fees && !settled; k++)
		ym_buf_addf(&text, "%s%s %" PRId64 ".%02" PRId64 "元", k ? ";" : "", it->fees[k].label, it->fees[k].fen / 100,
			it->fees[k].fen % 100);
	for (int k = 0; k < it->n_exemptions && !line->fee_exempt; k++)
		ym_buf_addf(&text, ";免收:%s", it->exemptions[k].label);
	if (*it->fee_basis && strcmp(it->fee_basis, ym_buf_str(&text)))
		ym_buf_addf(&text, "%s%s", text.len ? "。" : "", it->fee_basis);
	add_fact(facts, c, i, "收费", text.len ? ym_buf_str(&text) : "不收费");
}

static void
facts_of(struct ym_consult *c, int i, json_t *facts, bool is_public)
{
	const struct ym_consult_item *line = &c->items[i];
	const struct ym_item *it = line->item;
	YM_BUF where = { 0 }, channels = { 0 }, results = { 0 }, who = { 0 };
	if (is_public)
		say_scopes(it, &where);
	else
		say_where(line, &where);
	add_fact(facts, c, i, "在哪办", ym_buf_str(&where));
	for (int k = 0; k < it->n_channels; k++)
		ym_buf_addf(&channels, "%s%s", k ? ";" : "", it->channels[k]);
	add_fact(facts, c, i, "其他渠道", ym_buf_str(&channels));
	if (!is_public && (line->where == YM_WHERE_OTHERS || line->where == YM_WHERE_ELSEWHERE))
		return;
	limit(facts, c, i, "法定时限", &it->statutory, line->due_statutory, is_public);
	limit(facts, c, i, "承诺时限", &it->promised, line->due_promised, is_public);
	fee(facts, c, i);
	const char *word = decider_word(line->decider);
	bool says = *line->decider_step && !strstr(line->decider_step, word);
	ym_buf_addf(&who, "%s%s%s", says || !*line->decider_step ? word : line->decider_step, says ? ":" : "", says ? line->decider_step : "");
	add_fact(facts, c, i, "谁决定", ym_buf_str(&who));
	for (int k = 0; k < it->n_results; k++)
		ym_buf_addf(&results, "%s%s%s%s", k ? ";" : "", it->results[k].name, *it->results[k].validity ? " " : "", it->results[k].validity);
	for (int k = 0; k < it->n_delivery; k++)
		ym_buf_addf(&results, "%s%s", k ? "、" : results.len ? ";取件:" : "取件:", ym_papers_delivery_word(it->delivery[k]));
	add_fact(facts, c, i, "办理结果", ym_buf_str(&results));
}

/* The guide's text without what the tables say. */
static void
add_guide(json_t *a, const struct ym_item *it, bool many)
{
	static const char *const heads[] = { "材料:", "不需要提交材料", "收费:", "时限:" }, lead[] = "办理条件:";
	const char *text = it->guide_text;
	size_t n = strlen(text);
	if (!strncmp(text, lead, sizeof(lead) - 1)) {
		text += sizeof(lead) - 1;
		n = strlen(text);
		for (size_t i = 0; i < YM_ARRAY_LEN(heads); i++) {
			const char *at = strstr(text, heads[i]);
			if (at && (size_t)(at - text) < n)
				n = (size_t)(at - text);
		}
	}
	YM_FREE char *whole = n ? ym_asprintf("%s%s%.*s", many ? it->name : "", many ? ":" : "", (int)n, text) : NULL;
	if (whole)
		json_array_append_new(a, json_pack("{ss}", "text", whole));
}

/* A condition's message says what follows when it fails: that is told when it fails, and as "otherwise" while it is open. */
static void
add_condition(json_t *a, const struct ym_consult_condition *k, bool is_public)
{
	size_t n = strlen(k->waits_for);
	bool open = k->standing == YM_STANDING_OPEN && n, asks = n && k->waits_for[n - 1] == '?';
	YM_BUF text = { 0 };
	if (open)
		ym_buf_addf(&text, "核对:%s%s不符合的,%s", k->waits_for, asks ? "" : "。", k->text);
	else
		ym_buf_addf(&text, "%s%s", k->standing == YM_STANDING_NOT ? "按所说情况不符合:" : "", k->text);
	if (*k->source && is_public)
		ym_buf_addf(&text, " [%s]", k->source);
	json_array_append_new(a, json_pack("{ss}", "text", ym_buf_str(&text)));
}

static json_t *
conditions_of(const struct ym_consult *c, bool is_public)
{
	json_t *a = json_array();
	int n_met = 0;
	for (int i = 0; i < c->v->n_cases; i++) {
		add_guide(a, c->items[i].item, c->v->n_cases > 1);
		for (int k = 0; k < c->n_conditions; k++) {
			if (c->conditions[k].item != i || c->items[i].where == YM_WHERE_OTHERS)
				continue;
			n_met += c->conditions[k].standing == YM_STANDING_MET;
			if (c->conditions[k].standing != YM_STANDING_MET)
				add_condition(a, &c->conditions[k], is_public);
		}
	}
	if (n_met && !is_public) {
		YM_FREE char *rest = ym_asprintf("另有 %d 项条件,按所说情况符合", n_met);
		json_array_append_new(a, json_pack("{ss}", "text", rest));
	}
	return a;
}

static json_t *
materials_of(const struct ym_consult *c)
{
	json_t *a = json_array();
	for (int i = 0; i < c->n_materials; i++) {
		const struct ym_consult_material *m = &c->materials[i];
		YM_BUF how = { 0 }, form = { 0 };
		if (m->way == YM_WAY_SHARED)
			ym_buf_addf(&how, "先共享核验,查得的免交%s%s%s", *m->reg ? "(" : "", m->reg, *m->reg ? ")" : "");
		else
			ym_buf_adds(&how, m->way == YM_WAY_TAKEN ? "窗口现场采集" : m->way == YM_WAY_MADE ? "窗口打印,签名" : "自备");
		if (*m->waits_for)
			ym_buf_addf(&how, ";是否需要看:%s", m->waits_for);
		else if (m->optional)
			ym_buf_adds(&how, ";可以不交");
		if (m->deferrable)
			ym_buf_adds(&how, ";可以容缺后补");
		if (*m->note)
			ym_buf_addf(&how, ";%s", m->note);
		ym_buf_addf(&form, "%s", m->form);
		if (m->copies > 1)
			ym_buf_addf(&form, " %d份", m->copies);
		json_t *o = json_object();
		ym_json_put(o, "name", m->name);
		ym_json_put(o, "whose", m->holder);
		ym_json_put(o, "form", ym_buf_str(&form));
		ym_json_put(o, "how", ym_buf_str(&how));
		ym_json_put(o, "items", m->items);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *
answers_of(const struct ym_consult *c)
{
	json_t *a = json_array();
	for (int i = 0; i < c->v->n_questions; i++) {
		const struct ym_question_line *q = &c->v->questions[i];
		const char *label = !strcmp(q->answer, "1") ? "是" : !strcmp(q->answer, "0") ? "否" : "";
		for (int k = 0; k < q->q->n_options; k++)
			if (!strcmp(q->q->options[k].code, q->answer))
				label = q->q->options[k].label;
		if (*q->answer)
			json_array_append_new(a, json_pack("{ss ss}", "ask", q->q->ask, "answer", label));
	}
	return a;
}

static json_t *
items_of(struct ym_consult *c)
{
	json_t *a = json_array();
	for (int i = 0; i < c->v->n_cases; i++) {
		const struct ym_item *it = c->items[i].item;
		YM_BUF where = { 0 };
		say_where(&c->items[i], &where);
		json_t *o = json_object();
		ym_json_put(o, "name", it->name);
		ym_json_put(o, "code", *it->code ? it->code : it->id);
		ym_json_put(o, "category", it->category);
		ym_json_put(o, "class", it->clazz);
		ym_json_put(o, "status", it->status);
		ym_json_put(o, "where", ym_buf_str(&where));
		ym_json_put(o, "verdict", c->items[i].standing == YM_STANDING_NOT || c->items[i].where >= YM_WHERE_ELSEWHERE ? "按所说情况不能在本窗口办理" :
			c->items[i].standing == YM_STANDING_MET ? "按所说情况符合条件" : "条件待到窗口核对");
		json_array_append_new(a, o);
	}
	return a;
}

static void
add_grounds(const struct ym_consult *c, json_t *root)
{
	json_t *laws = json_array(), *sources = json_array(), *others = json_array();
	for (int i = 0; i < c->v->n_cases; i++) {
		const struct ym_item *it = c->items[i].item;
		for (int k = 0; k < it->n_laws; k++)
			json_array_append_new(laws, json_pack("{ss ss}", "law", it->laws[k].law, "article", it->laws[k].article));
		for (int k = 0; k < it->n_rejections; k++)
			json_array_append_new(others, json_pack("{ss}", "text", it->rejections[k]));
		for (int k = 0; k < it->n_sources; k++)
			json_array_append_new(sources, json_pack("{ss ss ss}", "grade", it->sources[k].grade, "title", it->sources[k].title, "ref",
				it->sources[k].ref));
	}
	json_object_set_new(root, "laws", laws);
	json_object_set_new(root, "others", others);
	json_object_set_new(root, "sources", sources);
}

/* What a telephone shows that reads the code: number, items, whom to ask. Short enough to be read from a printed paper. */
static void
query(struct ym_consult *c, const json_t *root, json_t *consult)
{
	const json_t *station = json_object_get(root, "station");
	YM_BUF text = { 0 };
	ym_buf_addf(&text, "%s\n", c->no);
	for (int i = 0; i < c->v->n_cases && text.len < 240; i++)
		ym_buf_addf(&text, "%s %s\n", c->items[i].item->id, c->items[i].item->name);
	ym_buf_addf(&text, "%s %s", ym_json_str(station, "name"), ym_json_str(station, "phone"));
	ym_json_put(consult, "query", ym_buf_str(&text));
}

json_t *
ym_consult_context(struct ym_consult *c, bool is_public)
{
	json_t *root = json_object(), *consult = json_object(), *facts = json_array();
	YM_BUF names = { 0 };
	ym_papers_head(c->w, root);
	for (int i = 0; i < c->v->n_cases; i++) {
		ym_buf_addf(&names, "%s%s", i ? "、" : "", c->items[i].item->name);
		facts_of(c, i, facts, is_public);
	}
	ym_json_put(consult, "about", ym_buf_str(&names));
	ym_json_put(consult, "title", is_public ? "办事指南" : "办事一次性告知单");
	if (!is_public) {
		char id[64];
		ym_consult_paper_id(c, id);
		ym_json_put(root, "paper", id);
		ym_json_put(consult, "no", c->no);
		query(c, root, consult);
	} else {
		json_object_set_new(root, "public", json_true());
		add_grounds(c, root);
	}
	json_object_set_new(root, "consult", consult);
	json_object_set_new(root, "items", items_of(c));
	json_object_set_new(root, "many", json_boolean(c->v->n_cases > 1));
	json_object_set_new(root, "conditions", conditions_of(c, is_public));
	json_object_set_new(root, "answers", answers_of(c));
	json_object_set_new(root, "materials", materials_of(c));
	json_object_set_new(root, "facts", facts);
	json_object_set_new(root, "pack", json_pack("{ss ss}", "version", ym_pack_version(c->w->pack), "published", ym_pack_published(c->w->pack)));
	return root;
}

char *
ym_consult_report(struct ym_consult *c)
{
	static const char *const standings[] = { "open", "met", "not" };
	static const char *const places[] = { "open", "here", "collect", "online", "elsewhere", "others" };
	static const char *const ways[] = { "bring", "shared", "taken", "made" };
	YM_JSON *root = json_object();
	json_t *items = json_array(), *questions = json_array(), *conditions = json_array(), *materials = json_array();
	for (int i = 0; i < c->v->n_cases; i++) {
		const struct ym_consult_item *l = &c->items[i];
		json_array_append_new(items, json_pack("{ss ss ss ss ss ss sb sI ss ss ss}", "item", l->item->id, "name", l->item->name, "bundle", l->bundle,
			"standing", standings[l->standing], "where", places[l->where], "responsible", l->where_text, "fee_known", l->fee_known,
			"fee_fen", (json_int_t)l->fee_fen, "due_promised", l->due_promised, "due_statutory", l->due_statutory, "decider",
			l->decider == YM_BY_APPROVER ? "approver" : l->decider == YM_BY_AUTO ? "auto" : "window"));
	}
	for (int i = 0; i < c->v->n_questions; i++)
		json_array_append_new(questions, json_pack("{ss ss ss}", "id", c->v->questions[i].q->id, "ask", c->v->questions[i].q->ask, "answer",
			c->v->questions[i].answer));
	for (int i = 0; i < c->n_conditions; i++)
		json_array_append_new(conditions, json_pack("{ss ss ss ss ss}", "item", c->items[c->conditions[i].item].item->id, "text",
			c->conditions[i].text, "standing", standings[c->conditions[i].standing], "waits_for", c->conditions[i].waits_for, "source",
			c->conditions[i].source));
	for (int i = 0; i < c->n_materials; i++)
		json_array_append_new(materials, json_pack("{ss ss ss ss ss sb sb}", "name", c->materials[i].name, "holder", c->materials[i].holder,
			"form", c->materials[i].form, "way", ways[c->materials[i].way], "waits_for", c->materials[i].waits_for, "optional",
			c->materials[i].optional, "deferrable", c->materials[i].deferrable));
	ym_json_put(root, "no", c->no);
	json_object_set_new(root, "items", items);
	json_object_set_new(root, "questions", questions);
	json_object_set_new(root, "conditions", conditions);
	json_object_set_new(root, "materials", materials);
	return ym_json_dump(root);
}
