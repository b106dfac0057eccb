/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Receipts of the spool, to the hub's printer as ESC/POS. Not what a receipt says (papers.c).
 * Invariant: the job is "sending" on disk before the first byte goes.
 */
#include "station/spool.h"

#include "device/escpos.h"
#include "device/profile.h"
#include "paper/paper.h"

bool
ym_print_receipt_printer(struct ym_station *s, struct ym_device_info *ret)
{
	YM_FREE char *wanted = ym_setting_get(s->db, "print.receipt");

	if (!s->hub)
		return false;
	if (!wanted || !*wanted)
		return ym_hub_role_device(s->hub, YM_ROLE_RECEIPT, ret);
	for (size_t i = 0; ym_hub_get(s->hub, i, ret); i++)
		if (ret->role == YM_ROLE_RECEIPT && ym_streq(ret->identity, wanted))
			return true;
	return false;
}

static void
put_line(void *user, enum ym_paper_mark mark, const char *line)
{
	struct ym_escpos *e = user;

	if (mark == YM_PAPER_QR)
		ym_escpos_qr(e, line);
	else
		ym_escpos_line(e, mark == YM_PAPER_TITLE ? YM_ESCPOS_BOLD | YM_ESCPOS_BIG : mark == YM_PAPER_BOLD ? YM_ESCPOS_BOLD : 0, line);
}

static enum ym_code
encode(struct ym_spool_job *j, const json_t *document, const struct ym_device_info *printer, struct ym_buf *out, struct ym_error *err)
{
	struct ym_profile profile;
	struct ym_escpos e;
	enum ym_code code = YM_OK;

	ym_profile_plain_receipt(&profile);
	if (*printer->profile)
		code = ym_profile_load(printer->profile, YM_ROLE_RECEIPT, &profile, err);
	if (code)
		return code;
	ym_escpos_begin(&e, out, profile.is_gbk ? YM_ESCPOS_GBK : YM_ESCPOS_GB18030);
	ym_paper_lines(document, profile.columns, put_line, &e);
	ym_escpos_end(&e, profile.has_knife);
	j->lacks = e.n_replaced > 0;
	if (out->overflow)
		return ym_fail(err, YM_INVALID, N_("This is too long for the receipt printer"), "overflow");
	return YM_OK;
}

bool
ym_print_receipt_can(struct ym_station *s, struct ym_spool_job *j)
{
	struct ym_device_info printer;

	if (!ym_print_receipt_printer(s, &printer))
		j->why = N_("There is no receipt printer: plug it in, or make a PDF");
	else if (printer.state != YM_DEVICE_READY)
		j->why = printer.state == YM_DEVICE_BUSY ? NULL : printer.last_msgid ? printer.last_msgid : N_("The receipt printer is not ready");
	else
		return true;
	return false;
}

enum ym_code
ym_print_receipt(struct ym_station *s, struct ym_spool_job *j, const json_t *document, struct ym_error *err)
{
	struct ym_spool *p = s->spool;
	struct ym_device_order order = { .kind = YM_ORDER_PRINT };
	struct ym_device_info printer = { 0 };
	struct ym_error why = { 0 };
	YM_BUF bytes = { .max = 512u << 10 };
	enum ym_code code;

	(void)ym_print_receipt_printer(s, &printer);
	code = encode(j, document, &printer, &bytes, err);
	if (!code)
		code = ym_spool_save(s, j, YM_SPOOL_SENDING, document, err);
	if (code)
		return code;
	j->why = NULL;
	order.id = ++s->next_order;
	order.data = (const uint8_t *)bytes.data;
	order.n = bytes.len;
	code = ym_hub_order(s->hub, printer.ref, &order, &why);
	if (code) {
		ym_spool_settle(s, j, code, why.msgid);
		return YM_OK;
	}
	p->order = order.id;
	p->printer = printer.ref;
	ym_strlcpy(p->order_job, j->id, sizeof p->order_job);
	return YM_OK;
}

void
ym_station_spool_device(struct ym_station *s, const struct ym_device_event *event)
{
	struct ym_spool *p = s->spool;
	struct ym_spool_job *j;
	struct ym_device_info info;
	char id[40];

	if (!p)
		return;
	if (event->kind == YM_DEVICE_ORDERED && event->order == p->order && p->order) {
		ym_strlcpy(id, p->order_job, sizeof id);
		p->order = 0;
		p->order_job[0] = 0;
		ym_spool_over(s, id, event->err->code, event->err->msgid);
	} else if (event->kind == YM_DEVICE_CHANGED) {
		/* udev may be faster than the line: then the session went without an answer */
		if (p->order && !ym_hub_find(s->hub, p->printer, &info)) {
			ym_strlcpy(id, p->order_job, sizeof id);
			p->order = 0;
			p->order_job[0] = 0;
			ym_spool_over(s, id, YM_CONFLICT, N_("The receipt printer was unplugged before it said that the paper came out: look, and answer"));
		} else if (p->order && (j = ym_spool_find(s, p->order_job))) {
			/* out of paper in the middle: it goes on by itself when the person has seen to it */
			j->why = info.state == YM_DEVICE_ATTENTION ? info.last_msgid : NULL;
			ym_station_notify(s, YM_NOTICE_PAPER);
		}
		if (s->unlocked && p->n)
			ym_spool_pump_in(s, 0);
	}
}
