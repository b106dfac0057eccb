/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See take.h. */
#include "take.h"

#include "base/number.h"
#include "bench.h"

static const char *const surnames[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
	"罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "欧阳" };
static const char *const given[] = { "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
	"刚", "桂", "英", "华", "玉", "萍", "红", "鹏", "飞", "宇", "欣", "晨", "雪", "琳", "博", "佳", "慧" };

void
take_person(int i, struct take_person *ret)
{
	int year = 1948 + i % 55, month = 1 + i / 55 % 12, day = 1 + i / 660 % 28, order = 1 + i / 18480 % 999;
	int a = i % (int)YM_ARRAY_LEN(surnames), b = i / 7 % (int)YM_ARRAY_LEN(given), c = i / 259 % (int)YM_ARRAY_LEN(given);

	snprintf(ret->name, sizeof ret->name, "%s%s%s", surnames[a], given[b], i % 3 ? given[c] : "");
	snprintf(ret->number, sizeof ret->number, "229901%04d%02d%02d%03d", year, month, day, order);
	ret->number[17] = ym_number_id18_check(ret->number);
	ret->number[18] = 0;
	snprintf(ret->phone, sizeof ret->phone, "139%08d", i % 100000000);
}

static void
identify(struct ym_visit *v, const struct take_person *p)
{
	char birth[16], sex[2] = { (char)((p->number[16] - '0') % 2 ? '1' : '2'), 0 };
	const struct ym_fact facts[] = {
		{ "id_kind", "111" }, { "name", p->name }, { "id_number", p->number }, { "sex", sex }, { "nation", "01" }, { "birth", birth },
		{ "address", "吉林省长春市朝阳区红旗街道湖西路88号3栋1单元202室" }, { "id_issuer", "长春市公安局朝阳区分局" },
		{ "id_valid_from", "2006-12-08" }, { "id_valid_to", "2026-12-08" },
	};
	const struct ym_fact typed[] = { { "phone", p->phone }, { "household_division", "220104" } };
	struct ym_error err = { 0 };
	int person = 0;

	snprintf(birth, sizeof birth, "%.4s-%.2s-%.2s", p->number + 6, p->number + 10, p->number + 12);
	bench_need(ym_visit_add_person(v, "visitor", false, &person, &err), &err);
	bench_need(ym_visit_identify(v, person, facts, (int)YM_ARRAY_LEN(facts), YM_FROM_CARD, &err), &err);
	bench_need(ym_visit_identify(v, person, typed, (int)YM_ARRAY_LEN(typed), YM_FROM_TYPED, &err), &err);
}

/* Questions that ask whether all is well end in _ok; the others ask for something special. */
static void
answer(struct ym_visit *v)
{
	for (int i = 0; i < ym_visit_n_questions(v); i++) {
		const struct ym_question *q = ym_visit_question(v, i)->q;
		size_t n = strlen(q->id);
		bool ok = n > 3 && !strcmp(q->id + n - 3, "_ok");
		struct ym_error err = { 0 };

		bench_need(ym_visit_answer(v, i, q->n_options ? q->options[0].code : ok ? "1" : "0", &err), &err);
	}
}

static const char *
plausible(struct ym_visit *v, int line, const struct take_person *p, struct ym_option *room)
{
	const struct ym_form_line *f = ym_visit_form(v, line);

	switch (f->type->type) {
	case YM_DATUM_CODE:
	case YM_DATUM_ENUM:
	case YM_DATUM_DIVISION:
		return ym_visit_form_options(v, line, "", room, 1) ? room->code : "1";
	case YM_DATUM_DATE:
		return "2020-05-20";
	case YM_DATUM_TIME:
		return "10:00";
	case YM_DATUM_INT:
	case YM_DATUM_BOOL:
		return "1";
	case YM_DATUM_PHONE:
		return p->phone;
	case YM_DATUM_NUMBER:
		return p->number;
	case YM_DATUM_ADDRESS:
		return "吉林省长春市朝阳区红旗街道湖西路88号3栋1单元202室";
	default:
		return "按规定如实填写";
	}
}

static void
fill(struct ym_visit *v, const struct take_person *p)
{
	struct ym_option room;

	for (int i = 0; i < ym_visit_n_form(v); i++)
		if (!ym_visit_form(v, i)->has_value && ym_visit_form(v, i)->required) {
			/* what does not fit a field is left wrong: the proposal says so */
			if (ym_visit_fill(v, i, plausible(v, i, p, &room), NULL))
				continue;
		}
}

void
take_ready(struct ym_visit *v, const struct take_person *p, const char *const items[], int n_items)
{
	struct ym_error err = { 0 };
	int c;

	identify(v, p);
	for (int i = 0; i < n_items; i++)
		bench_need(ym_visit_add_item(v, items[i], &c, &err), &err);
	answer(v);
	for (int i = 0; i < ym_visit_n_materials(v); i++)
		if (ym_visit_material(v, i)->state == YM_MAT_UNSEEN)
			bench_need(ym_visit_mark(v, i, YM_MAT_SEEN, "", &err), &err);
	fill(v, p);
}

enum ym_exit
take_decide(struct ym_visit *v, int c)
{
	enum ym_exit exit = ym_visit_case(v, c)->proposal;
	struct ym_error err = { 0 };

	if (exit == YM_EXIT_NONE)
		return exit;
	bench_need(ym_visit_decide(v, c, exit, NULL, &err), &err);
	return exit;
}

void
take_settle(struct ym_visit *v)
{
	struct ym_error err = { 0 };

	for (int i = 0; i < ym_visit_n_cases(v); i++)
		if (ym_visit_case(v, i)->fee_state == YM_FEE_DUE)
			bench_need(ym_visit_pay(v, i, "qr", "", &err), &err);
	for (int i = 0; i < ym_visit_n_papers(v); i++) {
		if (strcmp(ym_visit_paper(v, i)->template_id, "sign-for") != 0)
			continue;
		bench_need(ym_visit_printed(v, i, "none", &err), &err);
		bench_need(ym_visit_sign(v, i, &err), &err);
	}
}
