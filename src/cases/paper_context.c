/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a template may ask for: the context of one paper as JSON. Not when it is due (papers.c), not layout (src/paper).
 * Invariant: another citizen's data never comes into it.
 *
 * Context: practice, date (ISO), now ("2026-11-22 09:41"), station{name,code,window,division,phone,address,complaint_phone}, desk,
 * officer{account,name}, visit{id,ticket,query_code}, persons{role:{name,id_kind,id_number,id_last4,uscc,sex,nation,birth,address,phone}},
 * case{no,name,code,received_at,due_promised,due_statutory,due_note,fee,fee_basis,fee_label,delivery,reason,law,authority,guide,
 * form_title,exit,exit_label}, cases[{name,no,exit,exit_label,due_promised,fee}], materials[{name,form,copies,pages,state,returned}],
 * missing[{name,problem,how,case,deadline}], deferred[{name,form,deadline}], form[{label,value,group}], given{datum: value}
 * (what the case itself was told: given.purpose), results[{name,validity}].
 * After the exit: special{label,days,from,until}, extension{days,due,approver,at}, end{label}, promises[{name,content}]; case.deemed,
 * case.denied. reprint: how often it was printed before, absent the first time.
 * `case` and what hangs on it are there for a paper of one case; fee and dates are left out where there are none.
 */
#include "cases/inner.h"

/* Words for papers: citizens read them, so they are the catalogue's language. */
static const char *const exit_words[YM_N_EXITS] = { "", "不需要办理", "不属于本机关", "当场更正", "补正", "受理", "容缺受理", "不予受理",
	"当场办结", "已收件,转有权机关办理" };
static const char *const state_words[YM_N_MAT_STATES] = { "", "已核验原件", "已采集", "共享核验,免交", "电子证照", "容缺后补", "缺少", "不合格",
	"等待核验结果", "现场生成", "告知承诺,免交" };
static const struct { const char *id, *word; } step_words[] = { { "hearing", "听证" }, { "tender", "招标" }, { "auction", "拍卖" },
	{ "inspection", "检验" }, { "testing", "检测" }, { "quarantine", "检疫" }, { "appraisal", "鉴定" }, { "experts", "专家评审" },
	{ "announcement", "公告" }, { "overdue", "逾期未补正或者容缺材料逾期未补齐" }, { "gone", "申请主体灭失" }, { "false_promise", "虚假承诺" },
	{ "other", "其他" }, { "withdrawn", "申请人自愿撤回" } };
static const char *const after_words[YM_N_CASE_STATES] = { [YM_CASE_REVIEWING] = "审查中", [YM_CASE_SPECIAL] = "特别程序,期限中止",
	[YM_CASE_EXTENDED] = "延期", [YM_CASE_APPROVED] = "准予", [YM_CASE_DENIED] = "不予许可", [YM_CASE_WITHDRAWN] = "撤回",
	[YM_CASE_TERMINATED] = "终止", [YM_CASE_TO_COLLECT] = "待领取", [YM_CASE_DELIVERED] = "已送达", [YM_CASE_RETURNED] = "退回补正" };

const char *
ym_papers_exit_word(enum ym_exit e)
{
	return (unsigned)e < YM_N_EXITS ? exit_words[e] : "";
}

static void
put_setting(struct ym_casework *w, json_t *o, const char *key, const char *setting)
{
	char *s = w->db ? ym_setting_get(w->db, setting) : NULL;
	ym_json_put(o, key, s);
	free(s);
}

void
ym_papers_head(struct ym_casework *w, json_t *root)
{
	const struct ym_desk_identity *id = ym_log_identity(w->log);
	int64_t at = ym_log_now(w->log);
	char now[24], today[16];
	ym_time_format_local(now, at);
	ym_date_format(today, ym_date_at(at));
	json_object_set_new(root, "practice", json_boolean(!strcmp(id->profile, "practice")));
	ym_json_put(root, "date", today);
	ym_json_put(root, "now", now);
	ym_json_put(root, "desk", id->desk);
	json_t *station = json_object(), *officer = json_object();
	ym_json_put(station, "name", id->station_name);
	ym_json_put(station, "code", id->station);
	ym_json_put(station, "window", id->window);
	ym_json_put(station, "division", id->division);
	put_setting(w, station, "phone", "station.phone");
	put_setting(w, station, "address", "station.address");
	put_setting(w, station, "complaint_phone", "station.complaint_phone");
	ym_json_put(officer, "account", w->account);
	ym_json_put(officer, "name", *w->account_name ? w->account_name : w->account);
	json_object_set_new(root, "station", station);
	json_object_set_new(root, "officer", officer);
}

static json_t *
person_json(struct ym_visit *v, const struct ym_who *p)
{
	static const struct { const char *key, *datum, *table; } plain[] = { { "id_number", "id_number", "" }, { "uscc", "uscc", "" },
		{ "sex", "sex", "sex" }, { "nation", "nation", "nation" }, { "birth", "birth", "" }, { "address", "address", "" },
		{ "phone", "phone", "" }, { "household_address", "household_address", "" }, { "id_kind", "id_kind", "document" } };
	json_t *o = json_object();
	ym_json_put(o, "name", ym_who_name(p));
	for (size_t i = 0; i < YM_ARRAY_LEN(plain); i++) {
		const char *value = ym_knowns_get(&p->facts, plain[i].datum);
		const char *label = value && *plain[i].table ? ym_pack_code_label(v->w->pack, plain[i].table, value) : "";
		ym_json_put(o, plain[i].key, *label ? label : value);
	}
	if (!json_object_get(o, "address"))
		ym_json_put(o, "address", ym_knowns_get(&p->facts, "household_address"));
	size_t n = strlen(p->doc_number);
	if (n >= 4)
		ym_json_put(o, "id_last4", p->doc_number + n - 4);
	return o;
}

static json_t *
persons_json(struct ym_visit *v, const struct ym_matter *m)
{
	json_t *o = json_object();
	for (int c = 0; c < v->n_cases; c++) {
		const struct ym_matter *x = &v->cases[c];
		if (m && x != m)
			continue;
		for (int r = 0; r < x->item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
			struct ym_who *p = ym_who_by_key(v, x->roles[r].who);
			if (p && !json_object_get(o, x->item->roles[r].id))
				json_object_set_new(o, x->item->roles[r].id, person_json(v, p));
		}
	}
	struct ym_who *visitor = ym_who_by_as(v, "visitor");
	if (visitor && !json_object_get(o, "visitor"))
		json_object_set_new(o, "visitor", person_json(v, visitor));
	if (!m && visitor && !json_object_get(o, "applicant") && !json_object_get(o, "org"))
		json_object_set_new(o, "applicant", person_json(v, visitor));
	return o;
}

const char *
ym_papers_delivery_word(const char *how)
{
	return !strcmp(how, "mail") ? "邮寄" : !strcmp(how, "electronic") ? "电子" : !strcmp(how, "window") ? "窗口领取" : how;
}

static json_t *
case_json(struct ym_visit *v, const struct ym_matter *m)
{
	json_t *o = json_object();
	char at[24];
	ym_json_put(o, "no", m->case_no);
	ym_json_put(o, "name", m->item->name);
	ym_json_put(o, "code", m->item->code);
	ym_json_put(o, "form_title", *m->item->application_title ? m->item->application_title : m->item->name);
	ym_time_format_local(at, m->received_at ? m->received_at : ym_log_now(v->w->log));
	ym_json_put(o, "received_at", at);
	ym_json_put(o, "due_promised", m->due_promised);
	ym_json_put(o, "due_statutory", m->due_statutory);
	ym_json_put(o, "limit_promised", m->item->promised.known ? m->item->promised.text : "");
	ym_json_put(o, "limit_statutory", m->item->statutory.known ? m->item->statutory.text : "");
	if (!m->calendar_known) {
		const struct ym_limit *limit = !m->due_promised[0] && m->item->promised.known ? &m->item->promised : &m->item->statutory;
		YM_FREE char *note = ym_asprintf("%s,跨入放假安排尚未公布的年度,到期日待公布后确定", limit->known ? limit->text : "时限");
		ym_json_put(o, "due_note", note);
	}
	if (m->fee_state != YM_FEE_NONE && m->fee_fen > 0)
		json_object_set_new(o, "fee", json_integer(m->fee_fen));
	ym_json_put(o, "fee_basis", m->item->fee_basis);
	ym_json_put(o, "fee_label", m->fee_label);
	/* Not chosen: the window, where the item gives its result there. */
	bool here = false;
	for (int i = 0; i < m->item->n_delivery; i++)
		here |= !strcmp(m->item->delivery[i], "window");
	ym_json_put(o, "delivery", ym_papers_delivery_word(*m->delivery || !here ? m->delivery : "window"));
	ym_json_put(o, "reason", m->reason);
	ym_json_put(o, "guide", m->item->guide_text);
	ym_json_put(o, "exit", ym_exit_name(m->exit));
	const char *after = m->exit == YM_EXIT_NONE ? after_words[m->state] : NULL;
	ym_json_put(o, "exit_label", after ? after : exit_words[m->exit]);
	if (m->deemed)
		json_object_set_new(o, "deemed", json_true());
	ym_json_put(o, "responsible", m->place_text);
	if (m->item->n_results)
		ym_json_put(o, "result", m->item->results[0].name);
	YM_BUF law = { 0 };
	for (int i = 0; i < m->item->n_laws; i++)
		ym_buf_addf(&law, "%s《%s》%s", i ? ";" : "", m->item->laws[i].law, m->item->laws[i].article);
	ym_json_put(o, "law", ym_buf_str(&law));
	return o;
}

/* Why it was turned away: the failed conditions in the catalogue's words, and who is responsible. Judged again: a decided case keeps no lines. */
static void
add_grounds(struct ym_visit *v, struct ym_matter *m, json_t *o)
{
	YM_BUF why = { 0 };
	char division[16] = "";
	for (int i = 0; i < m->item->n_conditions; i++) {
		const struct ym_condition *k = &m->item->conditions[i];
		if (ym_facts_eval(v, m, k->require) != YM_FALSE)
			continue;
		ym_buf_addf(&why, "%s%s", why.len ? ";" : "", k->message);
		char role[YM_ROLE_SIZE];
		const char *datum = ym_roles_split(k->responsible, '.', role), *value = datum ? ym_facts_of(v, m, role, datum) : NULL;
		if (datum)
			ym_strlcpy(division, value ? value : "", sizeof(division));
		else
			ym_json_put(o, "authority", k->responsible);
	}
	if (!ym_place_is_in_force(m->item)) {
		ym_buf_addf(&why, "%s%s", m->item->status, *m->item->guide_text ? ";" : "");
		ym_buf_adds(&why, m->item->guide_text);
		ym_json_put(o, "authority", m->item->status);
	} else if (!why.len && m->place != YM_PLACE_HERE && *m->place_text)
		ym_buf_addf(&why, "本事项由%s公安机关管辖", m->place_text);
	if (m->reason[0])
		ym_buf_addf(&why, "%s%s", why.len ? ";" : "", m->reason);
	ym_json_put(o, "reason", ym_buf_str(&why));
	const char *label = *division ? ym_pack_code_label(v->w->pack, "divisions", division) : m->place_text;
	if (label && *label && !json_object_get(o, "authority"))
		json_object_set_new(o, "authority", json_pack("s++", label, "公安机关", ""));
}

static void
add_materials(struct ym_visit *v, const struct ym_matter *m, json_t *root)
{
	json_t *materials = json_array(), *deferred = json_array();
	for (int i = 0; i < v->n_materials; i++) {
		const struct ym_material_line *l = &v->materials[i];
		const struct ym_need_material *need = NULL;
		for (int k = 0; k < v->material_of[i].n_of; k++) {
			const struct ym_matter *x = &v->cases[v->material_of[i].of[k].matter];
			if (!m || x == m)
				need = &x->item->materials[v->material_of[i].of[k].need];
		}
		if (!need)
			continue;
		if (l->state == YM_MAT_DEFERRED) {
			json_t *d = json_object();
			ym_json_put(d, "name", l->name);
			ym_json_put(d, "form", need->form);
			ym_json_put(d, "deadline", l->deadline);
			json_array_append_new(deferred, d);
		}
		if (!ym_material_is_here(l->state))
			continue;
		json_t *o = json_object();
		ym_json_put(o, "name", l->name);
		ym_json_put(o, "form", need->form);
		json_object_set_new(o, "copies", json_integer(need->copies > 0 ? need->copies : 1));
		if (l->pages)
			json_object_set_new(o, "pages", json_integer(l->pages));
		ym_json_put(o, "state", state_words[l->state]);
		/* An original that is only checked goes back, whatever copy of it is kept. */
		bool kept = need->retained && strncmp(need->form, "原件核验", strlen("原件核验"));
		ym_json_put(o, "returned", l->state == YM_MAT_SHARED || l->state == YM_MAT_ELICENSE || l->state == YM_MAT_GENERATED ? "" :
			kept ? ",收取" : ",退还");
		json_array_append_new(materials, o);
	}
	json_object_set_new(root, "materials", materials);
	json_object_set_new(root, "deferred", deferred);
}

static const char *
step_word(const char *id)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(step_words); i++)
		if (!strcmp(step_words[i].id, id))
			return step_words[i].word;
	return "";
}

static void
add_special(json_t *root, json_t *o, const struct ym_matter *m)
{
	const struct ym_hold *h = &m->holds[m->n_holds - 1];
	char days[48];
	snprintf(days, sizeof(days), "%d个工作日", h->days);
	json_object_set_new(root, "special", json_pack("{ss ss ss ss}", "label", step_word(h->kind), "days", days, "from", h->from, "until",
		h->until[0] ? h->until : h->planned));
	ym_json_put(o, "reason", h->reason);
}

static void
add_extension(json_t *root, json_t *o, const struct ym_matter *m)
{
	char days[48];
	snprintf(days, sizeof(days), "%d个工作日", m->extension.days);
	json_object_set_new(root, "extension", json_pack("{ss ss ss ss}", "days", days, "due", m->due_statutory[0] ? m->due_statutory : m->due_promised,
		"approver", m->extension.approver, "at", m->extension.at));
	ym_json_put(o, "due_statutory", m->extension.was_statutory);
	ym_json_put(o, "due_promised", m->extension.was_promised);
	ym_json_put(o, "reason", m->extension.reason);
}

/* Why the approver denied it, when that was elsewhere: the feed's word. */
static void
add_review(struct ym_visit *v, json_t *o, const struct ym_matter *m)
{
	char place[64];
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	snprintf(place, sizeof(place), "review:%s", m->case_no);
	if (!m->reason[0] && !ym_fold_open(&v->w->fold, v->w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "review", &j, NULL))
		ym_json_put(o, "reason", ym_json_str(j, "reason"));
}

static void
add_promises(struct ym_visit *v, json_t *root, const struct ym_matter *m)
{
	json_t *a = json_array();
	for (int i = 0; i < v->n_materials; i++)
		for (int k = 0; k < v->material_of[i].n_of && v->materials[i].state == YM_MAT_PROMISED; k++) {
			const struct ym_need_material *need = &v->cases[v->material_of[i].of[k].matter].item->materials[v->material_of[i].of[k].need];
			if (&v->cases[v->material_of[i].of[k].matter] == m)
				json_array_append_new(a, json_pack("{ss ss}", "name", v->materials[i].name, "content", need->note));
		}
	json_object_set_new(root, "promises", a);
}

/* What only the papers after the exit ask for. */
static void
add_after(struct ym_visit *v, const struct ym_paper_line *p, json_t *root, json_t *o, const struct ym_matter *m)
{
	if (!strcmp(p->template_id, "special-procedure") && m->n_holds)
		add_special(root, o, m);
	else if (!strcmp(p->template_id, "extension"))
		add_extension(root, o, m);
	else if (!strcmp(p->template_id, "termination") && *step_word(m->end_kind))
		json_object_set_new(root, "end", json_pack("{ss}", "label", step_word(m->end_kind)));
	else if (!strcmp(p->template_id, "denial"))
		add_review(v, o, m);
	else if (!strcmp(p->template_id, "commitment"))
		add_promises(v, root, m);
}

static json_t *
form_json(struct ym_visit *v, struct ym_matter *m, json_t *given)
{
	json_t *a = json_array();
	for (int i = 0; i < m->item->n_fields; i++) {
		const struct ym_need_field *f = &m->item->fields[i];
		char role[YM_ROLE_SIZE];
		const char *datum = ym_roles_split(f->datum, '.', role);
		const struct ym_datum *d = datum ? ym_pack_datum(v->w->pack, datum) : NULL;
		if (!d || ym_facts_eval(v, m, f->when) != YM_TRUE)
			continue;
		const char *value = ym_facts_of(v, m, role, datum), *label = "";
		if (!value && !f->required)
			continue;
		if (value && (d->type == YM_DATUM_CODE || d->type == YM_DATUM_DIVISION))
			label = ym_pack_code_label(v->w->pack, *d->table ? d->table : "divisions", value);
		for (int k = 0; value && k < d->n_options; k++)
			if (!strcmp(d->options[k].code, value))
				label = d->options[k].label;
		if (value && d->type == YM_DATUM_BOOL)
			label = !strcmp(value, "1") ? "是" : "否";
		bool own = !strcmp(role, "case") || !strcmp(role, "applicant");
		json_t *o = json_object();
		char *name = ym_asprintf("%s%s", own ? "" : ym_roles_label(v, m, role), d->label);
		ym_json_put(o, "label", name);
		free(name);
		ym_json_put(o, "group", ym_roles_label(v, m, role));
		ym_json_put(o, "value", *label ? label : value);
		if (!strcmp(role, "case"))
			ym_json_put(given, datum, *label ? label : value);
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *
cases_json(struct ym_visit *v, const char *template_id)
{
	json_t *a = json_array();
	for (int c = 0; c < v->n_cases; c++) {
		const struct ym_matter *m = &v->cases[c];
		if (!strcmp(template_id, "notice") ? !ym_papers_tells(m) : m->exit == YM_EXIT_NONE && !m->acted)
			continue;
		json_array_append_new(a, case_json(v, m));
	}
	return a;
}

/* Nothing of it may be guessed from outside, everything from the case number: a short keyed check for the query by telephone. */
static void
query_code(struct ym_visit *v, char out[16])
{
	uint8_t key[YM_KEY_LEN], mac[YM_SM3_LEN];
	ym_keys_purpose(v->w->keys, YM_KEY_PERSON, key);
	ym_hmac_sm3(key, sizeof(key), v->id, strlen(v->id), mac);
	explicit_bzero(key, sizeof(key));
	snprintf(out, 16, "%08u", ((unsigned)mac[0] << 24 | (unsigned)mac[1] << 16 | (unsigned)mac[2] << 8 | mac[3]) % 100000000u);
}

char *
ym_visit_paper_json(struct ym_visit *v, int paper)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	if (!p)
		return NULL;
	struct ym_matter *m = ym_visit_matter(v, p->case_index);
	YM_JSON *root = json_object();
	char code[16];
	query_code(v, code);
	ym_papers_head(v->w, root);
	if (p->printed > 0)
		json_object_set_new(root, "reprint", json_integer(p->printed));
	ym_json_put(root, "template", p->template_id);
	ym_json_put(root, "title", p->title);
	ym_json_put(root, "paper", p->id);
	json_t *visit = json_object();
	ym_json_put(visit, "id", v->id);
	ym_json_put(visit, "ticket", v->ticket);
	ym_json_put(visit, "query_code", code);
	json_object_set_new(root, "visit", visit);
	json_object_set_new(root, "persons", persons_json(v, m));
	json_object_set_new(root, "cases", cases_json(v, p->template_id));
	add_materials(v, m, root);
	json_t *missing = json_array();
	for (int c = 0; c < v->n_cases; c++)
		if (ym_papers_tells(&v->cases[c]) && (!m || m == &v->cases[c]))
			ym_papers_add_told(v, &v->cases[c], missing);
	json_object_set_new(root, "missing", missing);
	if (m) {
		json_t *o = case_json(v, m);
		if (m->exit == YM_EXIT_REFUSED || m->exit == YM_EXIT_NOT_OURS || m->exit == YM_EXIT_NOT_REQUIRED)
			add_grounds(v, m, o);
		add_after(v, p, root, o, m);
		json_object_set_new(root, "case", o);
		json_t *given = json_object();
		json_object_set_new(root, "form", form_json(v, m, given));
		json_object_set_new(root, "given", given);
		json_t *results = json_array();
		for (int i = 0; i < m->item->n_results; i++) {
			json_t *r = json_object();
			ym_json_put(r, "name", m->item->results[i].name);
			ym_json_put(r, "validity", m->item->results[i].validity);
			json_array_append_new(results, r);
		}
		json_object_set_new(root, "results", results);
	}
	return ym_json_dump(root);
}
