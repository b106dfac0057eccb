/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A test double of the station and its visit, in memory: lines to look at and calls that change them, so that screens
 * are tested without an engine. Never linked into a program. Invariant: invented people only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yimen/picture.h"
#include "yimen/capturing.h"
#include "yimen/practice.h"
#include "yimen/proceed.h"
#include "yimen/scan.h"
#include "yimen/signing.h"
#include "yimen/text.h"

#define LEN(a) ((int)(sizeof(a) / sizeof((a)[0])))

struct ym_visit {
	enum ym_stage stage;
	char caret[80];
	struct ym_person persons[4];
	int n_persons;
	struct ym_case_line cases[4];
	int n_cases;
	char answers[2][8];
	struct ym_question_line questions[2];
	struct ym_material_line materials[8];
	struct ym_check_line checks[1];
	struct ym_form_line form[14];
	char values[14][120];
	struct ym_missing missing[20];
	int n_missing;
	struct ym_paper_line papers[6];
	int n_papers;
	enum ym_rating_state rating;
};
struct ym_station {
	struct ym_loop *loop;
	ym_notice_fn fn;
	void *user;
	bool signed_in, locked, shift, tray, visit_open;
	char tried[64];
	enum ym_code result;
	struct ym_visit visit;
	int served;
	char ticket[12];
};

static const struct ym_option sexes[] = { { "1", "男" }, { "2", "女" } };
static const struct ym_option yesno[] = { { "1", "首次申领" }, { "2", "失效重新申请" } };
static const struct ym_datum d_name = { "name", "姓名", "", "", "", "", YM_DATUM_TEXT, 50, true };
static const struct ym_datum d_sex = { "sex", "性别", "sex", "", "", "", YM_DATUM_CODE, 0, false };
static const struct ym_datum d_birth = { "birth", "出生日期", "", "", "", "", YM_DATUM_DATE, 10, true };
static const struct ym_datum d_id = { "id_number", "公民身份号码", "", "id18", "", "", YM_DATUM_NUMBER, 18, true };
static const struct ym_datum d_addr = { "address", "住址", "", "", "", "", YM_DATUM_ADDRESS, 100, true };
static const struct ym_datum d_phone = { "phone", "联系电话", "", "phone", "", "", YM_DATUM_PHONE, 20, true };
static const struct ym_datum d_text = { "reason", "申请事由", "", "", "", "", YM_DATUM_TEXT, 60, false };

static const struct ym_question q0 = { "q.kind", "这次办的是哪一种护照?", "", "护照法第十条", false, yesno, 2 };
static const struct ym_question q1 = { "q.lost", "原护照丢了吗?", "", "护照法第十一条", true, NULL, 0 };

static const struct ym_role r_applicant = { "applicant", "申请人", true, false, false, "visitor" };
static const struct ym_role r_guardian = { "guardian", "监护人", false, false, false, "" };

static const struct ym_reason block[] = {
	{ YM_BLOCK, "缺 户口簿(本人页)", "护照法实施办法第五条", "见到原件,或者用共享核验", YM_STAGE_MATERIALS, 2 },
	{ YM_BLOCK, "缺 合格的证件照 48×33 白底", "出入境证件相片照相指引", "重新拍照", YM_STAGE_MATERIALS, 3 },
	{ YM_NOTE, "有效期至 2026-12-08(办证时 45 岁以下)", "居民身份证法第五条", "", YM_STAGE_DECIDE, -1 },
};

static void
fold(struct ym_visit *v)
{
	v->n_missing = 0;
	for (int i = 0; i < 6; i++) {
		struct ym_material_line *m = &v->materials[i];

		if (v->n_cases && (m->state == YM_MAT_UNSEEN || m->state == YM_MAT_MISSING))
			v->missing[v->n_missing++] = (struct ym_missing){ m->need == YM_NEED_REQUIRED ? YM_BLOCK : YM_NOTE, m->name, m->cases, YM_STAGE_MATERIALS, i };
	}
	for (int i = 0; i < 14; i++)
		v->form[i].has_value = *v->values[i] != 0;
	for (int i = 0; i < 14 && v->n_cases; i++)
		if (v->form[i].required && !v->form[i].has_value)
			v->missing[v->n_missing++] = (struct ym_missing){ YM_BLOCK, v->form[i].label, "", YM_STAGE_FORM, i };
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_case_line *l = &v->cases[c];
		bool ready = true;

		for (int i = 0; i < 6; i++)
			ready &= v->materials[i].need != YM_NEED_REQUIRED || (v->materials[i].state != YM_MAT_UNSEEN && v->materials[i].state != YM_MAT_MISSING);
		l->proposal = c == 2 ? YM_EXIT_COMPLETED : ready ? YM_EXIT_ACCEPTED : YM_EXIT_RETURNED;
		l->reasons = c ? &block[2] : ready ? &block[2] : block;
		l->n_reasons = c || ready ? 1 : 3;
		l->is_open = l->exit == YM_EXIT_NONE;
		l->summary = c == 2 ? "自愿注销,本人申请" : ready ? "材料齐全;本人" : "缺户口簿、合格照片";
		memset(l->can_exit, 0, sizeof l->can_exit);
		l->can_exit[YM_EXIT_NOT_REQUIRED] = l->can_exit[YM_EXIT_NOT_OURS] = l->can_exit[YM_EXIT_RETURNED] = l->can_exit[YM_EXIT_ACCEPTED] = true;
		l->can_exit[YM_EXIT_REFUSED] = l->can_exit[l->proposal] = true;
	}
	v->n_papers = 0;
	for (int c = 0; c < v->n_cases; c++)
		if (v->cases[c].exit) {
			static struct ym_paper_line p[6] = {
				{ "20261122-0001", "application-exit", "中国公民出入境证件申请表", "", 0, 0, true },
				{ "20261122-0002", "acceptance", "受理通知书", "", 0, 0, false },
				{ "20261122-0003", "application-idcard", "居民身份证申领登记表", "", 1, 0, true },
				{ "20261122-0004", "acceptance", "受理通知书", "", 1, 0, false },
				{ "20261122-0005", "sign-for", "领取签收单", "", 2, 0, true },
				{ "20261122-0006", "licence-cancelled", "机动车驾驶证注销证明", "", 2, 0, false } };

			for (int i = 0; i < 2; i++) {
				struct ym_paper_line keep = v->papers[v->n_papers];

				v->papers[v->n_papers] = p[c * 2 + i];
				v->papers[v->n_papers].case_no = v->cases[c].case_no;
				v->papers[v->n_papers].printed = keep.printed;
				v->papers[v->n_papers].is_signed = keep.is_signed;
				v->n_papers++;
			}
		}
}

static void
start(struct ym_station *s)
{
	struct ym_visit *v = &s->visit;
	static const struct { const char *label, *group; const struct ym_datum *type; const char *datum, *hint, *basis; bool required, personal; } f[14] = {
		{ "姓名", "申请人", &d_name, "applicant.name", "", "", true, true },
		{ "性别", "申请人", &d_sex, "applicant.sex", "", "GB/T 2261.1", true, false },
		{ "出生日期", "申请人", &d_birth, "applicant.birth", "", "", true, true },
		{ "公民身份号码", "申请人", &d_id, "applicant.id_number", "", "GB 11643", true, true },
		{ "户籍地址", "申请人", &d_addr, "applicant.household_address", "按户口簿填写", "", true, true },
		{ "现居住地址", "申请人", &d_addr, "applicant.living_address", "", "", false, true },
		{ "联系电话", "申请人", &d_phone, "applicant.phone", "能收到短信的手机", "", true, true },
		{ "服务处所", "申请人", &d_text, "applicant.work_unit", "没有就不填", "", false, false },
		{ "申请事由", "普通护照失效重新申请", &d_text, "case.reason", "失效、损毁、丢失", "护照法第十条", true, false },
		{ "旧护照号码", "普通护照失效重新申请", &d_text, "case.passport", "", "", false, false },
		{ "前往地", "普通护照失效重新申请", &d_text, "case.destination", "", "", false, false },
		{ "换领原因", "居民身份证到期换领", &d_text, "case.why", "", "居民身份证法第十一条", true, false },
		{ "领取方式", "居民身份证到期换领", &d_text, "case.pickup", "", "", false, false },
		{ "注销原因", "机动车驾驶证注销", &d_text, "case.cancel", "", "172号令第七十九条", false, false },
	};
	static const struct ym_material_line mats[6] = {
		{ "id", "居民身份证", "申请人", "原件核验", "", "3 件共用", "", "", "", 0, 3, YM_NEED_REQUIRED, YM_MAT_UNSEEN, true, false, false, true },
		{ "finger", "指纹(双指)", "申请人", "采集", "两手食指", "身份证", "", "", "", 0, 1, YM_NEED_REQUIRED, YM_MAT_UNSEEN, true, false, false, true },
		{ "hukou", "户口簿(本人页)", "申请人", "原件核验", "能共享核验的不要求提交", "护照", "household", "", "", 0, 1, YM_NEED_REQUIRED, YM_MAT_UNSEEN, false, false, false, true },
		{ "photo", "证件照 48×33 白底", "申请人", "采集", "有 2024-03 的照片,已过期", "护照", "", "", "", 0, 1, YM_NEED_REQUIRED, YM_MAT_UNSEEN, false, true, false, true },
		{ "passport", "护照(旧)", "申请人", "原件收回", "", "护照", "", "", "", 0, 1, YM_NEED_CONDITIONAL, YM_MAT_UNSEEN, false, false, true, true },
		{ "licence", "机动车驾驶证", "申请人", "免交", "可共享核验", "驾驶证", "driving_licence", "", "", 0, 1, YM_NEED_OPTIONAL, YM_MAT_UNSEEN, false, false, false, true },
	};

	memset(v, 0, sizeof *v);
	memcpy(v->materials, mats, sizeof mats);
	v->checks[0] = (struct ym_check_line){ "exit", "exit_ban", "限制出境核查", "受理护照", "申请人", "", "", YM_CHECK_NOT_ASKED, true, 0, 0, "" };
	v->questions[0] = (struct ym_question_line){ &q0, v->answers[0] };
	v->questions[1] = (struct ym_question_line){ &q1, v->answers[1] };
	for (int i = 0; i < 14; i++)
		v->form[i] = (struct ym_form_line){ f[i].datum, f[i].label, f[i].group, v->values[i], v->values[i], f[i].hint, f[i].basis, "", "", f[i].type,
			i < 8 ? 0 : -1, i < 8 ? -1 : i < 11 ? 0 : i < 13 ? 1 : 2, 1, f[i].required, f[i].personal, false, YM_FROM_TYPED, false };
	s->visit_open = true;
	fold(v);
}

static void
say(struct ym_station *s, enum ym_notice what)
{
	if (s->fn)
		s->fn(s->user, what);
}

enum ym_code
ym_practice_open(struct ym_loop *loop, const char *dir, const char *drill, bool headless, struct ym_station **ret, struct ym_error *err)
{
	(void)dir; (void)headless; (void)err;
	*ret = calloc(1, sizeof **ret);
	(*ret)->loop = loop;
	return YM_OK;
}
enum ym_code ym_station_open(struct ym_loop *loop, const struct ym_station_options *opt, struct ym_station **ret, struct ym_error *err) { return ym_practice_open(loop, opt->dir, NULL, false, ret, err); }
const char *ym_practice_account(void) { return "011001"; }
const char *ym_practice_password(void) { return "lianxi"; }
struct ym_hands *ym_practice_hands(struct ym_station *s) { return (struct ym_hands *)s; }
int
ym_hands_list(struct ym_hands *h, struct ym_hand *ret, int max)
{
	static const struct ym_hand hands[] = { { "card:0", "放上身份证(李红)", false }, { "lift", "拿走身份证", false }, { "rate:5", "评价:非常满意", false }, { "unplug", "拔掉读卡器", false } };

	(void)h; (void)max;
	memcpy(ret, hands, sizeof hands);
	return LEN(hands);
}
enum ym_code
ym_hands_do(struct ym_hands *h, const char *key, struct ym_error *err)
{
	struct ym_station *s = (struct ym_station *)h;

	(void)err;
	if (!strncmp(key, "card", 4)) {
		s->tray = true;
		say(s, YM_NOTICE_CARD);
	} else if (!strncmp(key, "rate", 4)) {
		s->visit.rating = YM_RATING_GIVEN;
		say(s, YM_NOTICE_VISIT);
	}
	return YM_OK;
}
const char *ym_hands_says(struct ym_hands *h) { (void)h; return "“你好,我护照过期了,身份证也快到期了,驾驶证不想要了。”"; }
void ym_station_close(struct ym_station *s) { free(s); }
void ym_station_set_listener(struct ym_station *s, ym_notice_fn fn, void *user) { s->fn = fn; s->user = user; }
const char *ym_station_name(const struct ym_station *s) { (void)s; return "红旗街派出所"; }
const char *ym_station_window(const struct ym_station *s) { (void)s; return "03"; }
const char *ym_station_desk(const struct ym_station *s) { (void)s; return "22990103"; }
bool ym_station_is_practice(const struct ym_station *s) { (void)s; return !getenv("FAKE_REAL"); }
bool ym_station_is_locked(const struct ym_station *s) { return s->locked; }
const char *ym_station_account(const struct ym_station *s) { return s->signed_in ? "011001" : ""; }
const char *ym_station_account_name(const struct ym_station *s) { return s->signed_in ? "王敏" : ""; }
bool ym_station_is_officer(const struct ym_station *s) { (void)s; return true; }
static void signed_in(void *user) { struct ym_station *s = user; say(s, YM_NOTICE_SIGN_IN); }
enum ym_code
ym_station_sign_in(struct ym_station *s, const char *account, const char *password, struct ym_error *err)
{
	(void)account; (void)err;
	s->result = strcmp(password, "lianxi") ? YM_REFUSED : YM_OK;
	ym_loop_add_timer(s->loop, "derive", 50, signed_in, s);
	return YM_OK;
}
bool ym_station_has_token(struct ym_station *s, const char *account) { (void)s; return !strcmp(account, "token"); }
bool ym_station_by_token(const struct ym_station *s) { (void)s; return false; }
enum ym_code
ym_station_sign_in_token(struct ym_station *s, const char *account, const char *pin, struct ym_error *err)
{
	return ym_station_sign_in(s, account, strcmp(pin, "246810") ? "" : "lianxi", err);
}
enum ym_code
ym_station_sign_in_result(struct ym_station *s, struct ym_error *err)
{
	if (s->result)
		return ym_fail(err, YM_REFUSED, "Wrong account or password", "no");
	s->signed_in = true;
	s->locked = false;
	return YM_OK;
}
void ym_station_lock(struct ym_station *s) { s->locked = true; say(s, YM_NOTICE_LOCKED); }
void ym_station_touch(struct ym_station *s) { (void)s; }
bool ym_station_shift_is_open(const struct ym_station *s) { return s->shift; }
enum ym_code ym_station_open_shift(struct ym_station *s, struct ym_error *err) { (void)err; s->shift = true; return YM_OK; }
char *ym_station_shift_report(struct ym_station *s) { (void)s; return strdup("# 班次 2026-11-22\n办结 23 件  补正 2 件  不予受理 0 件\n文书 41 份: 使用 40, 作废 1, 重打 0\n链头 9f3c 21aa 77e0 41b5\n"); }
enum ym_code ym_station_close_shift(struct ym_station *s, struct ym_error *err) { (void)err; s->shift = false; return YM_OK; }
const char *ym_station_clock_doubt(const struct ym_station *s) { (void)s; return ""; }
enum ym_code ym_station_confirm_clock(struct ym_station *s, struct ym_error *err) { (void)s; (void)err; return YM_OK; }
static struct ym_ticket tickets[20] = {
	{ "1", "A018", "换护照", "", YM_TICKET_PRIORITY, 1, 12, 0, false, false }, { "2", "B007", "机动车转让登记", "", YM_TICKET_CARRY, 1, 3, 0, false, false },
	{ "3", "C033", "新生儿出生一件事", "09:45", YM_TICKET_APPOINTMENT, 1, 0, 0, false, true }, { "4", "D112", "居住证签注", "", YM_TICKET_ORDINARY, 1, 8, 1, true, false },
	{ "5", "D113", "", "", YM_TICKET_ORDINARY, 1, 24, 0, false, false } };
static int n_tickets = 5;
int ym_station_tickets(struct ym_station *s, struct ym_ticket *ret, int max) { (void)s; (void)max; memcpy(ret, tickets, sizeof tickets[0] * (size_t)n_tickets); return n_tickets; }
int ym_station_parked(struct ym_station *s, struct ym_parked *ret, int max) { (void)s; (void)max; ret[0] = (struct ym_parked){ "v1", "张* · 2 件", "等照片", 1795311060000 }; return 1; }
int
ym_station_alerts(struct ym_station *s, struct ym_alert *ret, int max)
{
	(void)s; (void)max;
	ret[0] = (struct ym_alert){ YM_WARN, "打印机缺纸,3 份文书在等", "" };
	ret[1] = (struct ym_alert){ YM_WARN, "王*的容缺材料明天到期(剧毒化学品购买许可)", "2299010001A2026112200017" };
	return 2;
}
void ym_station_tally(struct ym_station *s, struct ym_tally *ret) { (void)s; *ret = (struct ym_tally){ 24, 23, 2, 5, 24, 250, 1 }; }
enum ym_code
ym_station_make_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *claim, const char *appointment, char ret_no[12], struct ym_error *err)
{
	if (cls == YM_TICKET_APPOINTMENT && strlen(appointment) != 5)
		return ym_fail(err, YM_INVALID, "The time is not HH:MM", "x");
	snprintf(ret_no, 12, "D%d", 109 + n_tickets);
	tickets[n_tickets] = (struct ym_ticket){ "9", "", "", "", cls };
	snprintf(tickets[n_tickets].no, 12, "%s", ret_no);
	snprintf(tickets[n_tickets].claim, 96, "%s", claim);
	n_tickets++;
	say(s, YM_NOTICE_QUEUE);
	return YM_OK;
}
enum ym_code ym_station_call(struct ym_station *s, const char *id, struct ym_error *err) { (void)id; (void)err; strcpy(s->ticket, "A018"); start(s); return YM_OK; }
enum ym_code ym_station_miss(struct ym_station *s, const char *id, struct ym_error *err) { (void)s; (void)id; (void)err; return YM_OK; }
enum ym_code ym_station_carry_over(struct ym_station *s, const char *id, const char *why, struct ym_error *err) { (void)s; (void)id; (void)why; (void)err; return YM_OK; }
struct ym_visit *ym_station_visit(struct ym_station *s) { return s->visit_open ? &s->visit : NULL; }
enum ym_code ym_station_walk_in(struct ym_station *s, struct ym_error *err) { (void)err; start(s); return YM_OK; }
enum ym_code ym_station_park(struct ym_station *s, const char *why, struct ym_error *err) { (void)why; (void)err; s->visit_open = false; return YM_OK; }
enum ym_code ym_station_resume(struct ym_station *s, const char *id, struct ym_error *err) { (void)id; return ym_station_walk_in(s, err); }
enum ym_code ym_station_finish(struct ym_station *s, struct ym_error *err) { (void)err; s->visit_open = false; return YM_OK; }
enum ym_code ym_station_continue_case(struct ym_station *s, const char *no, struct ym_error *err) { (void)no; return ym_station_walk_in(s, err); }
bool ym_station_tray(struct ym_station *s, struct ym_card *ret) { memset(ret, 0, sizeof *ret); return s->tray; }
enum ym_code
ym_station_take_card(struct ym_station *s, int person, struct ym_error *err)
{
	struct ym_visit *v = &s->visit;
	static const char *const got[] = { "李红", "女", "1982-03-07", "229901198203070021", "吉林省长春市测试区红旗街 1 号" };

	if (!s->tray)
		return ym_fail(err, YM_STATE, "No card has been read", "x");
	s->tray = false;
	if (person < 0)
		person = v->n_persons++;
	v->persons[person] = (struct ym_person){ got[0], "111", got[3], "visitor", "本人", "女", 44, false, false, true, YM_FROM_CARD };
	for (int i = 0; i < 5; i++)
		snprintf(v->values[i], 120, "%s", got[i]);
	fold(v);
	return YM_OK;
}
void ym_station_want_card(struct ym_station *s, bool want) { (void)s; (void)want; }
void ym_station_scanned(struct ym_station *s, const void *data, size_t n) { (void)s; (void)data; (void)n; }
bool ym_station_scan(struct ym_station *s, struct ym_scan_tray *ret) { (void)s; (void)ret; return false; }
void ym_station_drop_scan(struct ym_station *s) { (void)s; }
enum ym_code
ym_station_take_scan(struct ym_station *s, int person, int material, int *ret_line, struct ym_error *err)
{
	(void)s, (void)person, (void)material, (void)ret_line;
	return ym_fail(err, YM_STATE, "Nothing has been scanned", NULL);
}
enum ym_code
ym_station_teach(struct ym_station *s, char ret_code[40], struct ym_error *err)
{
	(void)s, (void)ret_code;
	return ym_fail(err, YM_NOTFOUND, "This device is not there any more", NULL);
}
enum ym_code ym_station_taught(struct ym_station *s, struct ym_error *err) { (void)s; return ym_fail(err, YM_BUSY, "", NULL); }
void ym_station_teach_end(struct ym_station *s) { (void)s; }
char *ym_picture_qr(const char *text) { return strdup(text); }
static const struct ym_hit items[] = {
	{ "CRJ-HZ-01", "普通护照失效重新申请", "出入境", "initials", false, 9 }, { "SF-002", "居民身份证到期换领", "居民身份证", "initials", false, 8 },
	{ "JG-033", "机动车驾驶证注销", "交管", "initials", false, 7 }, { "newborn", "新生儿出生一件事", "", "alias", true, 6 } };
int
ym_station_find(struct ym_station *s, const char *query, struct ym_hit *ret, int max)
{
	(void)s; (void)max;
	if (!strcmp(query, "zzz"))
		return 0;
	memcpy(ret, items, sizeof items);
	return LEN(items);
}
static const struct ym_item passport = { .id = "CRJ-HZ-01", .name = "普通护照失效重新申请", .category = "出入境", .code = "", .guide_text = "在全国任一出入境窗口办理。", .fee_basis = "", .notes = "",
	.statutory = { true, 15, YM_UNIT_WORKDAY, "" }, .promised = { true, 7, YM_UNIT_WORKDAY, "" } };
enum ym_code ym_station_item(struct ym_station *s, const char *id, const struct ym_item **ret, struct ym_error *err) { (void)s; (void)id; (void)err; *ret = &passport; return YM_OK; }
enum ym_code ym_station_bundle(struct ym_station *s, const char *id, const struct ym_bundle **ret, struct ym_error *err) { (void)s; (void)id; (void)ret; return ym_fail(err, YM_NOTFOUND, "No such bundle", "x"); }
const char *ym_station_kind_name(struct ym_station *s, const char *kind) { (void)s; return kind; }
const char *ym_station_pack_version(struct ym_station *s) { (void)s; return "1"; }
#define CASES 300
static int names_looked;
int
ym_station_cases(struct ym_station *s, const struct ym_case_query *q, struct ym_case_row *ret, int max)
{
	int n = 0, from = *q->before ? atoi(q->before + 11) : CASES;

	(void)s;
	if (*q->text && names_looked < 2)
		return 0;
	if (q->after) {
		int low = from + max < CASES ? from + max : CASES - 1;

		for (int i = low; i > from; i--)
			snprintf(ret[n++].case_no, 40, "2299010003A%06d", i);
	} else {
		for (int i = from - 1; i >= 0 && n < max; i--)
			snprintf(ret[n++].case_no, 40, "2299010003A%06d", i);
	}
	for (int i = 0; i < n; i++) {
		strcpy(ret[i].item_name, i % 2 ? "居住证签注" : "普通护照失效重新申请");
		strcpy(ret[i].who, "李*");
		strcpy(ret[i].due, "2026-12-01");
		strcpy(ret[i].lamp, i % 5 ? "" : "red");
		ret[i].state = YM_CASE_ACCEPTED;
		ret[i].synced = i > 2;
		ret[i].at = 1795311060000;
	}
	return n;
}
int64_t ym_station_n_cases(struct ym_station *s) { (void)s; return CASES; }
/* Each look finds a hundred names more. */
bool ym_station_names_are_read(struct ym_station *s, int *ret_n) { (void)s; *ret_n = ++names_looked * 100; return names_looked >= 3; }
enum ym_code ym_station_case_story(struct ym_station *s, const char *no, const char *purpose, char **ret, struct ym_error *err) { (void)s; (void)no; (void)purpose; (void)err; *ret = strdup("# 经过\n09:44 读卡\n09:52 受理  王敏\n"); return YM_OK; }
enum ym_code ym_station_request_case(struct ym_station *s, const char *no, const char *purpose, struct ym_error *err) { (void)s; (void)no; (void)purpose; (void)err; return YM_OK; }
void ym_station_note_reveal(struct ym_station *s, const char *what) { (void)s; (void)what; }
int ym_station_devices(struct ym_station *s, struct ym_device_info *ret, int max) { (void)s; (void)max; ret[0] = (struct ym_device_info){ { 1, 1 }, YM_ROLE_IDCARD, YM_DEVICE_READY, "sam-serial", "10c4:ea60:0001", "/dev/ttyUSB0", "", true, false, YM_OK, NULL, 0 }; return 1; }
enum ym_code ym_station_test_device(struct ym_station *s, struct ym_device_ref ref, struct ym_error *err) { (void)s; (void)ref; (void)err; return YM_OK; }
void ym_station_ask_printers(struct ym_station *s) { (void)s; }
static bool a4_is_chosen;
int ym_station_printers(struct ym_station *s, struct ym_printer *ret, int max) { (void)s; (void)max; ret[0] = (struct ym_printer){ "hall", "大厅的打印机", YM_DEVICE_ATTENTION, "The A4 printer has no paper: put some in", true, a4_is_chosen }; return 1; }
enum ym_code ym_station_choose_printer(struct ym_station *s, enum ym_print_way way, const char *name, struct ym_error *err) { (void)s; (void)err; if (way == YM_PRINT_A4) a4_is_chosen = !strcmp(name, "hall"); return YM_OK; }
bool ym_station_is_chosen_printer(struct ym_station *s, const char *identity) { (void)s; (void)identity; return false; }
void ym_station_sync_status(struct ym_station *s, struct ym_sync_status *ret) { (void)s; *ret = (struct ym_sync_status){ .state = YM_LAMP_OK, .head = 4211, .acked = 4211, .last_ok_at = 1795311060000 }; }
const char *ym_station_lamp_label(int lamp) { return lamp == YM_LAMP_OK ? "synchronised" : "no link"; }
void ym_station_sync_now(struct ym_station *s) { (void)s; }
enum ym_code ym_station_make_pdf(struct ym_station *s, int paper, struct ym_error *err) { (void)err; s->visit.papers[paper].printed++; return YM_OK; }
enum ym_paper_job ym_station_paper_job(struct ym_station *s, int paper, char *ret, size_t size) { (void)s; (void)paper; (void)ret; (void)size; return s->visit.papers[paper].printed ? YM_JOB_DONE : YM_JOB_NONE; }
char *ym_station_paper_text(struct ym_station *s, int paper, int columns) { (void)s; (void)paper; (void)columns; return strdup("受理通知书\n\n李红:\n  你申请的普通护照失效重新申请,材料齐全,现予受理。\n"); }
enum ym_code ym_station_status_json(struct ym_station *s, char **ret, struct ym_error *err) { (void)s; (void)err; *ret = strdup("{}"); return YM_OK; }

int ym_visit_n_persons(const struct ym_visit *v) { return v->n_persons; }
const struct ym_person *ym_visit_person(const struct ym_visit *v, int i) { return &v->persons[i]; }
enum ym_code ym_visit_add_person(struct ym_visit *v, const char *as, bool is_org, int *ret, struct ym_error *err) { (void)err; v->persons[v->n_persons] = (struct ym_person){ "", "", "", as, strcmp(as, "visitor") ? "监护人" : "来办事的人", "", -1, is_org, false, false, YM_FROM_TYPED }; *ret = v->n_persons++; return YM_OK; }
enum ym_code ym_visit_remove_person(struct ym_visit *v, int i, struct ym_error *err) { (void)err; (void)i; v->n_persons--; return YM_OK; }
static char typed_name[64], typed_number[32];
enum ym_code
ym_visit_identify(struct ym_visit *v, int i, const struct ym_fact facts[], int n, enum ym_origin origin, struct ym_error *err)
{
	for (int k = 0; k < n; k++) {
		if (!strcmp(facts[k].datum, "name"))
			snprintf(typed_name, sizeof typed_name, "%s", facts[k].value);
		if (!strcmp(facts[k].datum, "id_number")) {
			if (strlen(facts[k].value) != 18)
				return ym_fail_on(err, YM_INVALID, "An identity number has 18 characters", "公民身份号码", "x");
			snprintf(typed_number, sizeof typed_number, "%s", facts[k].value);
		}
	}
	v->persons[i].name = typed_name;
	v->persons[i].doc_number = typed_number;
	v->persons[i].identified = true;
	v->persons[i].origin = origin;
	return YM_OK;
}
int ym_visit_n_cases(const struct ym_visit *v) { return v->n_cases; }
const struct ym_case_line *ym_visit_case(const struct ym_visit *v, int i) { return &v->cases[i]; }
enum ym_code
ym_visit_add_item(struct ym_visit *v, const char *item, int *ret, struct ym_error *err)
{
	static const struct ym_case_line lines[] = {
		{ .item = "CRJ-HZ-01", .name = "普通护照失效重新申请", .category = "出入境", .case_no = "", .bundle = "", .after = "", .due_statutory = "2026-12-11", .due_promised = "2026-12-01", .calendar_known = true, .fee_fen = 12000, .fee_label = "普通护照 120 元/本", .fee_state = YM_FEE_DUE, .delivery = "window", .scope_label = "全国通办" },
		{ .item = "SF-002", .name = "居民身份证到期换领", .category = "居民身份证", .case_no = "", .bundle = "", .after = "", .due_statutory = "2027-01-21", .due_promised = "2026-11-23", .calendar_known = true, .fee_fen = 2000, .fee_label = "", .fee_state = YM_FEE_DUE, .delivery = "window", .scope_label = "全省通办" },
		{ .item = "JG-033", .name = "机动车驾驶证注销", .category = "交管", .case_no = "", .bundle = "", .after = "", .due_statutory = "", .due_promised = "", .calendar_known = true, .fee_label = "", .delivery = "window", .scope_label = "全国通办" } };

	for (int i = 0; i < v->n_cases; i++)
		if (!strcmp(v->cases[i].item, item))
			return ym_fail(err, YM_CONFLICT, "This item is there already", "x");
	for (int i = 0; i < LEN(lines); i++)
		if (!strcmp(lines[i].item, item)) {
			v->cases[*ret = v->n_cases++] = lines[i];
			fold(v);
			return YM_OK;
		}
	return ym_fail(err, YM_NOTFOUND, "No such item", "x");
}
enum ym_code ym_visit_add_bundle(struct ym_visit *v, const char *b, struct ym_error *err) { (void)v; (void)b; return ym_fail(err, YM_NOTFOUND, "No such bundle", "x"); }
enum ym_code ym_visit_drop_case(struct ym_visit *v, int c, struct ym_error *err) { (void)err; memmove(&v->cases[c], &v->cases[c + 1], sizeof v->cases[0] * (size_t)(3 - c)); v->n_cases--; fold(v); return YM_OK; }
int ym_visit_n_roles(const struct ym_visit *v, int c) { (void)v; (void)c; return 1; }
const struct ym_role *ym_visit_role(const struct ym_visit *v, int c, int r, int *ret) { (void)c; (void)r; *ret = v->n_persons ? 0 : -1; return &r_applicant; }
bool ym_visit_role_is_idle(const struct ym_visit *v, int c, int r) { (void)v; (void)c; (void)r; return false; }
enum ym_code ym_visit_bind(struct ym_visit *v, int c, const char *role, int p, struct ym_error *err) { (void)v; (void)c; (void)role; (void)p; (void)err; return YM_OK; }
int ym_visit_open_roles(const struct ym_visit *v, struct ym_role *ret, int max) { (void)max; if (!v->n_cases) return 0; ret[0] = r_guardian; return 1; }
int ym_visit_n_questions(const struct ym_visit *v) { return v->n_cases ? 2 : 0; }
const struct ym_question_line *ym_visit_question(const struct ym_visit *v, int i) { return &v->questions[i]; }
enum ym_code ym_visit_answer(struct ym_visit *v, int i, const char *code, struct ym_error *err) { (void)err; snprintf(v->answers[i], 8, "%s", code); fold(v); return YM_OK; }
const char *
ym_material_state_label(enum ym_material_state s)
{
	static const char *const l[] = { "Not seen", "Original seen", "Captured", "Shared", "E-certificate", "Deferred", "Missing", "Wrong", "Waiting", "Printed to sign" };

	return l[s];
}
int ym_visit_n_materials(const struct ym_visit *v) { return v->n_cases ? 6 : 0; }
const struct ym_material_line *ym_visit_material(const struct ym_visit *v, int i) { return &v->materials[i]; }
enum ym_code
ym_visit_mark(struct ym_visit *v, int i, enum ym_material_state state, const char *note, struct ym_error *err)
{
	(void)note;
	if (state == YM_MAT_DEFERRED && !v->materials[i].deferrable)
		return ym_fail_on(err, YM_REFUSED, "This material may not be deferred", v->materials[i].name, "x");
	v->materials[i].state = state;
	v->materials[i].at = 1795311060000;
	fold(v);
	return YM_OK;
}
enum ym_code ym_visit_attach(struct ym_visit *v, int i, const void *d, size_t n, const char *m, struct ym_error *err) { (void)d; (void)n; (void)m; return ym_visit_mark(v, i, YM_MAT_CAPTURED, NULL, err); }
int ym_visit_n_checks(const struct ym_visit *v) { return v->n_cases ? 1 : 0; }
const struct ym_check_line *ym_visit_check(const struct ym_visit *v, int i) { return &v->checks[i]; }
enum ym_code ym_visit_ask(struct ym_visit *v, int i, struct ym_error *err) { (void)err; v->checks[i].state = YM_CHECK_ASKED; return YM_OK; }
enum ym_code ym_visit_ask_material(struct ym_visit *v, int i, struct ym_error *err) { if (!*v->materials[i].check) return ym_fail(err, YM_REFUSED, "No register knows this material", "x"); v->materials[i].state = YM_MAT_WAITING; return YM_OK; }
enum ym_code ym_visit_ask_all(struct ym_visit *v, int *n, struct ym_error *err) { *n = 1; return ym_visit_ask(v, 0, err); }
int ym_visit_n_form(const struct ym_visit *v) { return v->n_cases == 3 ? 14 : v->n_cases == 2 ? 13 : v->n_cases ? 11 : 0; }
const struct ym_form_line *ym_visit_form(const struct ym_visit *v, int i) { return &v->form[i]; }
enum ym_code
ym_visit_fill(struct ym_visit *v, int i, const char *value, struct ym_error *err)
{
	snprintf(v->values[i], 120, "%s", value);
	for (int k = 0; k < 2; k++)
		if (v->form[i].type == &d_sex && !strcmp(value, sexes[k].code))
			snprintf(v->values[i], 120, "%s", sexes[k].label);
	v->form[i].error = v->form[i].type == &d_phone && strlen(value) != 11 ? "A mobile number has 11 digits" : "";
	fold(v);
	return *v->form[i].error ? ym_fail(err, YM_INVALID, v->form[i].error, "x") : YM_OK;
}
int
ym_visit_form_options(struct ym_visit *v, int i, const char *text, struct ym_option *ret, int max)
{
	int n = 0;

	(void)v; (void)max; (void)i;
	for (int k = 0; k < 2; k++)
		if (!*text || strstr(sexes[k].label, text) || strstr(sexes[k].code, text))
			ret[n++] = sexes[k];
	return n;
}
int ym_visit_n_missing(const struct ym_visit *v) { return v->n_missing; }
const struct ym_missing *ym_visit_missing(const struct ym_visit *v, int i) { return &v->missing[i]; }
enum ym_code
ym_visit_decide(struct ym_visit *v, int c, enum ym_exit exit, const char *reason, struct ym_error *err)
{
	static const char *const no[] = { "2299010003A20261122000179", "2299010003A20261122000187", "2299010003A20261122000195" };

	(void)reason; (void)err;
	v->cases[c].exit = exit;
	v->cases[c].case_no = no[c];
	fold(v);
	return YM_OK;
}
enum ym_code ym_visit_pay(struct ym_visit *v, int c, const char *m, const char *r, struct ym_error *err) { (void)m; (void)r; (void)err; v->cases[c].fee_state = YM_FEE_PAID; return YM_OK; }
enum ym_code ym_visit_waive(struct ym_visit *v, int c, const char *r, struct ym_error *err) { (void)r; (void)err; v->cases[c].fee_state = YM_FEE_WAIVED; return YM_OK; }
enum ym_code ym_visit_deliver(struct ym_visit *v, int c, const char *how, const char *a, const char *p, struct ym_error *err) { (void)a; (void)p; (void)err; v->cases[c].delivery = !strcmp(how, "mail") ? "mail" : "window"; return YM_OK; }
enum ym_code
ym_visit_may_proceed(struct ym_visit *v, int c, enum ym_proceed p, struct ym_error *err)
{
	bool may = v->cases[c].exit != YM_EXIT_NONE && p == YM_PROCEED_WITHDRAW;

	return may ? YM_OK : ym_fail(err, YM_STATE, "This step is not possible in the present state of the case", NULL);
}
enum ym_code ym_visit_proceed(struct ym_visit *v, int c, const struct ym_proceeding *p, struct ym_error *err)
{
	(void)p; (void)err;
	v->cases[c].state = YM_CASE_WITHDRAWN;
	return YM_OK;
}
enum ym_code ym_visit_take_up(struct ym_visit *v, int c, struct ym_error *err) { (void)v; (void)c; return ym_fail(err, YM_STATE, "The case is decided", NULL); }
enum ym_code ym_visit_confirm_age(struct ym_visit *v, int c, struct ym_error *err) { (void)v; (void)c; return ym_fail(err, YM_STATE, "The case is decided", NULL); }
void
ym_visit_proceed_line(const struct ym_visit *v, int c, struct ym_proceed_line *ret)
{
	(void)v; (void)c;
	*ret = (struct ym_proceed_line){ .suspended_since = "", .suspended_until = "", .special = "", .notice_due = "" };
}
const char *ym_proceed_label(enum ym_proceed p) { return p == YM_PROCEED_WITHDRAW ? "withdrawn by the applicant" : ""; }
bool ym_proceed_wants_reason(enum ym_proceed p) { return p == YM_PROCEED_WITHDRAW; }
int ym_proceed_kinds(enum ym_proceed p, const struct ym_option **ret) { (void)p; *ret = NULL; return 0; }
int ym_visit_n_papers(const struct ym_visit *v) { return v->n_papers; }
const struct ym_paper_line *ym_visit_paper(const struct ym_visit *v, int i) { return &v->papers[i]; }
enum ym_code ym_visit_sign(struct ym_visit *v, int i, struct ym_error *err) { (void)err; v->papers[i].is_signed = true; return YM_OK; }
enum ym_rating_state ym_visit_rating(const struct ym_visit *v) { return v->rating; }
enum ym_code ym_visit_ask_rating(struct ym_visit *v, struct ym_error *err) { (void)err; v->rating = YM_RATING_ASKED; return YM_OK; }
const char *ym_visit_ticket(const struct ym_visit *v) { (void)v; return "A018"; }
const char *ym_visit_claim(const struct ym_visit *v) { (void)v; return "换护照"; }
enum ym_stage ym_visit_stage(const struct ym_visit *v) { return v->stage; }
void ym_visit_set_stage(struct ym_visit *v, enum ym_stage s) { v->stage = s; }
void
ym_visit_progress(const struct ym_visit *v, enum ym_stage s, int *done, int *total)
{
	*done = *total = 0;
	if (s == YM_STAGE_IDENTITY) {
		*total = 1;
		*done = v->n_persons > 0 && v->persons[0].identified;
	} else if (s == YM_STAGE_ITEMS) {
		*total = v->n_cases ? 2 : 0;
		*done = (*v->answers[0] != 0) + (*v->answers[1] != 0);
	} else if (s == YM_STAGE_MATERIALS && v->n_cases) {
		*total = 6;
		for (int i = 0; i < 6; i++)
			*done += v->materials[i].state != YM_MAT_UNSEEN;
	}
}
void ym_visit_set_caret(struct ym_visit *v, const char *caret) { snprintf(v->caret, sizeof v->caret, "%s", caret); }
const char *ym_visit_caret(const struct ym_visit *v) { return v->caret; }
const char *ym_exit_label(enum ym_exit e) { static const char *const l[] = { "none", "Not required", "Not ours", "Corrected", "Returned", "Accepted", "Accepted, deferred", "Refused", "Completed", "Collected" }; return l[e]; }
const char *ym_case_state_label(enum ym_case_state s) { (void)s; return "Accepted"; }

/* -- printers: there are none -- */
enum ym_print_way ym_station_print_way(struct ym_station *s, int paper) { (void)s; (void)paper; return YM_PRINT_PDF; }
enum ym_code ym_station_print(struct ym_station *s, int paper, struct ym_error *err) { (void)s; (void)paper; return ym_fail(err, YM_STATE, "There is no printer for this paper: make it as a PDF", NULL); }
int ym_station_spool(struct ym_station *s, struct ym_spool_line *ret, int max) { (void)s; (void)ret; (void)max; return 0; }
enum ym_code ym_station_spool_answer(struct ym_station *s, const char *id, bool came_out, struct ym_error *err) { (void)s; (void)id; (void)came_out; return ym_fail(err, YM_STATE, "Nobody asks about this paper", NULL); }
void ym_station_spool_retry(struct ym_station *s) { (void)s; }
enum ym_code ym_station_spool_drop(struct ym_station *s, const char *id, struct ym_error *err) { (void)s; (void)id; return ym_fail(err, YM_STATE, "This paper is being printed", NULL); }
enum ym_code ym_station_ask_rating(struct ym_station *s, struct ym_error *err) { return ym_visit_ask_rating(&s->visit, err); }
const char *ym_station_rating_note(const struct ym_station *s) { (void)s; return ""; }
const char *ym_hands_printed(struct ym_hands *h) { (void)h; return NULL; }
/* -- capturing: no device is there -- */

const struct ym_capture *
ym_station_capture(struct ym_station *s)
{
	return NULL;
}

enum ym_code
ym_station_capture_begin(struct ym_station *s, int material, struct ym_error *err)
{
	return ym_fail(err, YM_STATE, "No visit is open at this window", NULL);
}

void
ym_station_capture_end(struct ym_station *s)
{
}

enum ym_code
ym_station_capture_shoot(struct ym_station *s, struct ym_error *err)
{
	return ym_fail(err, YM_STATE, "Nothing is being captured", NULL);
}

void
ym_station_capture_turn(struct ym_station *s)
{
}

enum ym_code
ym_station_capture_look(struct ym_station *s, int page, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

enum ym_code
ym_station_capture_drop(struct ym_station *s, int page, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

enum ym_code
ym_station_capture_accept(struct ym_station *s, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

int
ym_station_capture_offers(struct ym_station *s, struct ym_offer *ret, int max)
{
	return 0;
}

enum ym_code
ym_station_capture_reuse(struct ym_station *s, const struct ym_offer *offer, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

enum ym_code
ym_station_finger_take(struct ym_station *s, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

enum ym_code
ym_station_finger_other(struct ym_station *s, const char *reason, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

enum ym_code
ym_station_finger_except(struct ym_station *s, const char *reason, struct ym_error *err)
{
	return ym_station_capture_shoot(s, err);
}

const char *
ym_station_finger_text(int finger)
{
	return "finger";
}

int
ym_visit_n_pages(const struct ym_visit *v, int material)
{
	return 0;
}

/* -- signing: no pad -- */

enum ym_code
ym_station_signing_begin(struct ym_station *s, int paper, struct ym_error *err)
{
	(void)s;
	(void)paper;
	return ym_fail(err, YM_STATE, "Nothing is being signed on the pad", NULL);
}

void
ym_station_signing_end(struct ym_station *s)
{
	(void)s;
}

const struct ym_signing *
ym_station_signing(struct ym_station *s)
{
	(void)s;
	return NULL;
}

enum ym_code
ym_station_signing_ask(struct ym_station *s, struct ym_error *err)
{
	return ym_station_signing_begin(s, 0, err);
}

enum ym_code
ym_station_signing_other(struct ym_station *s, struct ym_error *err)
{
	return ym_station_signing_begin(s, 0, err);
}

enum ym_code
ym_station_signing_accept(struct ym_station *s, struct ym_error *err)
{
	return ym_station_signing_begin(s, 0, err);
}

bool
ym_station_has_pad(struct ym_station *s)
{
	(void)s;
	return false;
}
