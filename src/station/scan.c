/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From the scanner to the scan tray, from the tray to a person, a material or a ticket (yimen/scan.h). Here a certificate's
 * signature and time limit are checked; its status is the register's to say.
 * Invariant: a code that was misread, forged or is too old fills nothing.
 */
#include "yimen/scan.h"

#include "base/clock.h"
#include "base/diag.h"
#include "crypt/crypt.h"
#include "station/private.h"

#define FACTS_MAX 12

/* -- the tray -- */

/* The keys of issuing authorities, as hex of their public points, blanks between. */
static enum ym_scan_seal
check_signature(struct ym_station *s, const struct ym_barcode *b)
{
	YM_FREE char *keys = ym_setting_get(s->db, "certificates.public");
	YM_BUF signature = { .max = 256 };
	const char *text = b->text + b->signature_at;

	if (!keys || !*keys)
		return YM_SCAN_NO_KEY;
	if (!ym_unbase64(&signature, text, strlen(text)))
		return YM_SCAN_FORGED;
	for (char *save = NULL, *hex = strtok_r(keys, " \n", &save); hex; hex = strtok_r(NULL, " \n", &save)) {
		YM_SM2 *key = NULL;

		if (!ym_sm2_from_public_hex(hex, &key, NULL) && ym_sm2_verify(key, b->text, b->n_signed, signature.data, signature.len))
			return YM_SCAN_SIGNED;
	}
	return YM_SCAN_FORGED;
}

static bool
is_over(const char *until)
{
	char text[32];
	int64_t at;

	if (!*until)
		return false;
	snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", until, until + 4, until + 6, until + 8, until + 10, until + 12);
	at = ym_time_parse_utc(text);
	return at < 0 || at < ym_clock_wall();
}

static const char *
advice_for(const struct ym_scan_tray *t)
{
	static const char *const texts[] = {
		[YM_BARCODE_TEXT] = N_("This code means nothing here: Ctrl+Y types its text"),
		[YM_BARCODE_CERTIFICATE] = N_("An electronic certificate: choose its material, then E"),
		[YM_BARCODE_MATERIAL] = N_("A document label: it marks its material"),
		[YM_BARCODE_APPOINTMENT] = N_("An appointment: it is taken on the home screen"),
		[YM_BARCODE_MAIL] = N_("A mail number: Ctrl+Y types it"),
		[YM_BARCODE_MRZ] = N_("A passport or permit: F2 takes it for the chosen person"),
		[YM_BARCODE_CASE] = N_("A case number: it is looked up on the home screen"),
		[YM_BARCODE_IDENTITY] = N_("An identity number: F2 takes it for the chosen person"),
		[YM_BARCODE_TEACH] = N_("This code only teaches a scanner: open Devices and choose it there"),
	};

	if (t->code.check == YM_BARCODE_WRONG)
		return t->code.kind == YM_BARCODE_MRZ ? N_("The passport line was misread: scan it again, or look at the marked field") :
			N_("The code was misread: its check character is wrong; scan it again");
	if (t->code.kind == YM_BARCODE_CERTIFICATE && t->seal == YM_SCAN_FORGED)
		return N_("The signature of this certificate is not genuine: do not accept it");
	if (t->code.kind == YM_BARCODE_CERTIFICATE && t->seal == YM_SCAN_EXPIRED)
		return N_("This certificate code is too old: ask for a fresh one, not a picture");
	return texts[t->code.kind];
}

void
ym_station_drop_scan(struct ym_station *s)
{
	if (s->scan)
		explicit_bzero(s->scan, sizeof *s->scan);
	free(s->scan);
	s->scan = NULL;
}

void
ym_station_scanned(struct ym_station *s, const void *data, size_t n)
{
	struct ym_scan_tray *t;

	if (!s->unlocked)
		return;
	ym_station_drop_scan(s);
	t = s->scan = ym_alloc(sizeof *t);
	ym_barcode_parse(data, n, &t->code);
	if (t->code.kind == YM_BARCODE_MRZ)
		ym_mrz_parse(t->code.text, strlen(t->code.text), ym_clock_wall(), &t->mrz);
	if (t->code.kind == YM_BARCODE_CERTIFICATE)
		t->seal = is_over(t->code.until) ? YM_SCAN_EXPIRED : t->code.n_signed ? check_signature(s, &t->code) : YM_SCAN_UNSIGNED;
	t->advice = advice_for(t);
	ym_station_notify(s, YM_NOTICE_SCAN);
}

bool
ym_station_scan(struct ym_station *s, struct ym_scan_tray *ret)
{
	if (!s->scan || !s->unlocked)
		return false;
	*ret = *s->scan;
	return true;
}

/* -- persons -- */

/* GA/T 2000.156. What a permit is cannot be told from every zone: then the officer says it. */
static const char *
document_kind(const struct ym_mrz *m)
{
	if (m->code[0] == 'P')
		return ym_streq(m->issuer, "HKG") ? "420" : ym_streq(m->issuer, "MAC") ? "421" : "414";
	return "";
}

static int
facts_of_zone(const struct ym_mrz *m, struct ym_fact ret[FACTS_MAX], char scratch[2][100])
{
	int n = 0;

	snprintf(scratch[0], sizeof scratch[0], "%d", m->sex);
	snprintf(scratch[1], sizeof scratch[1], "%s%s%s", m->surname, *m->given ? " " : "", m->given);
	const struct ym_fact all[] = {
		/* A Chinese passport's zone spells the name in Latin letters only: the name itself is not in it. */
		{ "name", ym_streq(m->nationality, "CHN") ? "" : scratch[1] },
		{ "english_name", scratch[1] },
		{ "id_kind", document_kind(m) },
		{ "doc_number", m->number },
		{ "sex", m->sex == 1 || m->sex == 2 ? scratch[0] : "" },
		{ "birth", m->birth },
		{ "country", m->nationality },
		{ "id_valid_to", m->expiry },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(all); i++)
		if (*all[i].value)
			ret[n++] = all[i];
	return n;
}

static int
person_for(struct ym_station *s, int person)
{
	for (int i = 0; person < 0 && i < ym_visit_n_persons(s->visit); i++) {
		const struct ym_person *p = ym_visit_person(s->visit, i);

		if (!p->identified && !p->is_new && !p->is_org)
			return i;
	}
	return person;
}

static enum ym_code
take_person(struct ym_station *s, int person, struct ym_error *err)
{
	struct ym_scan_tray *t = s->scan;
	struct ym_fact facts[FACTS_MAX];
	char scratch[2][100];
	enum ym_origin origin = YM_FROM_MRZ;
	enum ym_code code = YM_OK;
	int n, to;

	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	if (t->code.kind == YM_BARCODE_MRZ) {
		n = facts_of_zone(&t->mrz, facts, scratch);
	} else {
		facts[0] = (struct ym_fact){ "id_number", t->code.value };
		n = 1;
		origin = YM_FROM_TYPED; /* a printed number proves no more than a typed one */
	}
	to = person_for(s, person);
	if (to < 0)
		code = ym_visit_add_person(s->visit, ym_visit_n_persons(s->visit) ? "companion" : "visitor", false, &to, err);
	if (!code)
		code = ym_visit_identify(s->visit, to, facts, n, origin, err);
	explicit_bzero(scratch, sizeof scratch);
	return code;
}

/* -- materials -- */

static enum ym_code
take_certificate(struct ym_station *s, int material, struct ym_error *err)
{
	static const char *const seals[] = { [YM_SCAN_UNSIGNED] = "校验位正确,未带签名", [YM_SCAN_SIGNED] = "校验位、签名正确",
		[YM_SCAN_NO_KEY] = "校验位正确,签名待核" };
	YM_FREE char *note = NULL;
	struct ym_error why = { 0 };
	enum ym_code code;

	if (s->scan->seal == YM_SCAN_FORGED || s->scan->seal == YM_SCAN_EXPIRED) {
		code = ym_fail(err, YM_REFUSED, s->scan->advice, "seal %d", s->scan->seal);
		ym_station_drop_scan(s);
		return code;
	}
	if (!s->visit || material < 0 || material >= ym_visit_n_materials(s->visit))
		return ym_fail(err, YM_STATE, N_("Choose the material that this certificate stands in for"), "line %d", material);
	note = ym_asprintf("%s %s", s->scan->code.value, seals[s->scan->seal]);
	code = ym_visit_mark(s->visit, material, YM_MAT_ELICENSE, note, err);
	/* Whether it is in force is asked by itself; when nobody can be asked, the note says that. */
	if (!code && ym_visit_ask_certificate(s->visit, material, s->scan->code.value, &why))
		ym_diag_error("certificate", &why);
	return code;
}

static enum ym_code
take_label(struct ym_station *s, int *ret_line, struct ym_error *err)
{
	int n = s->visit ? ym_visit_n_materials(s->visit) : 0;

	for (int i = 0; i < n; i++) {
		if (!ym_streq(ym_visit_material(s->visit, i)->kind, s->scan->code.value))
			continue;
		if (ret_line)
			*ret_line = i;
		return ym_visit_mark(s->visit, i, YM_MAT_SEEN, NULL, err);
	}
	return ym_fail(err, YM_NOTFOUND, N_("No item of this visit needs this document"), "label");
}

/* -- appointments -- */

static enum ym_code
take_appointment(struct ym_station *s, struct ym_error *err)
{
	struct ym_ticket tickets[200];
	const struct ym_barcode *b = &s->scan->code;
	int n = ym_station_tickets(s, tickets, YM_ARRAY_LEN(tickets));
	char no[12];

	for (int i = 0; i < n; i++)
		if (ym_streq(tickets[i].appointment, b->at) && strstr(tickets[i].claim, b->value)) {
			if (s->visit)
				return ym_fail(err, YM_STATE, N_("A visit is open: park it or finish it first"), NULL);
			return ym_station_call(s, tickets[i].id, err);
		}
	return ym_station_make_ticket(s, YM_TICKET_APPOINTMENT, b->value, b->at, no, err);
}

enum ym_code
ym_station_take_scan(struct ym_station *s, int person, int material, int *ret_line, struct ym_error *err)
{
	enum ym_code code;

	if (!s->scan || !s->unlocked)
		return ym_fail(err, YM_STATE, N_("Nothing has been scanned"), NULL);
	if (s->scan->code.check == YM_BARCODE_WRONG)
		return ym_fail(err, YM_INVALID, s->scan->advice, "check digit");
	switch (s->scan->code.kind) {
	case YM_BARCODE_MRZ:
	case YM_BARCODE_IDENTITY:
		code = take_person(s, person, err);
		break;
	case YM_BARCODE_CERTIFICATE:
		code = take_certificate(s, material, err);
		break;
	case YM_BARCODE_MATERIAL:
		code = take_label(s, ret_line, err);
		break;
	case YM_BARCODE_APPOINTMENT:
		code = take_appointment(s, err);
		break;
	default:
		code = ym_fail(err, YM_NOTFOUND, s->scan->advice, "kind %d", s->scan->code.kind);
	}
	if (code)
		return code;
	ym_station_drop_scan(s);
	ym_station_notify(s, YM_NOTICE_VISIT);
	return YM_OK;
}

/* -- teaching a scanner -- */

enum ym_code
ym_station_teach(struct ym_station *s, char ret_code[40], struct ym_error *err)
{
	uint8_t nonce[4];
	char fields[16], code[40];
	enum ym_code rc;

	if (!s->hub)
		return ym_fail(err, YM_NOTFOUND, N_("This device is not there any more"), "no hub");
	/* Digits alone read the same in every scanner's setting. */
	ym_crypt_random(nonce, sizeof nonce);
	snprintf(fields, sizeof fields, "%06u", (nonce[0] | nonce[1] << 8 | nonce[2] << 16) % 1000000u);
	if (!ym_barcode_make(code, sizeof code, 'T', fields))
		return ym_fail(err, YM_IO, N_("That did not work"), "code");
	rc = ym_hub_teach(s->hub, code, err);
	if (rc)
		return rc;
	s->teach_error = (struct ym_error){ .code = YM_BUSY };
	memcpy(ret_code, code, sizeof code);
	return YM_OK;
}

enum ym_code
ym_station_taught(struct ym_station *s, struct ym_error *err)
{
	*err = s->teach_error;
	return err->code;
}

void
ym_station_teach_end(struct ym_station *s)
{
	if (s->hub && ym_hub_teach(s->hub, NULL, NULL))
		ym_diag(YM_DIAG_WARN, "teach", "cannot be ended");
}

void
ym_station_on_scan(struct ym_station *s, const struct ym_device_event *event)
{
	if (event->kind == YM_DEVICE_SCANNED) {
		ym_station_scanned(s, event->scan->data, event->scan->n);
		return;
	}
	s->teach_error = *event->err; /* taught */
	ym_station_notify(s, YM_NOTICE_DEVICE);
}
