/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The forms of scanned codes (yimen/barcode.h), tried from the most to the least particular.
 * Invariant: a text is judged in its UTF-8 form, cut at a character.
 */
#include "yimen/barcode.h"

#include <ctype.h>
#include <iconv.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/number.h"
#include "yimen/mrz.h"
#include "yimen/text.h"

/* National arc of electronic certificates (GB/T 36904-2018). */
#define CERTIFICATE_ARC "1.2.156.3005.2."
#define HOUSE "YM:"

/* -- text -- */

static bool
is_utf8(const char *s, size_t n)
{
	for (size_t i = 0, k; i < n; i += k) {
		uint32_t c;

		k = ym_text_decode(s + i, n - i, &c);
		if (c == 0xFFFD && k == 1)
			return false;
	}
	return true;
}

/* Scanners in serial mode send what the code holds: UTF-8, or GB18030 from older ones. */
static void
to_utf8(const char *data, size_t n, char *out, size_t size)
{
	iconv_t cd;
	char *in = (char *)data, *to = out;
	size_t left = n, room = size - 1;

	if (is_utf8(data, n)) {
		if (n >= size)
			for (n = size - 1; n && ((unsigned char)data[n] & 0xC0) == 0x80;)
				n--;
		memcpy(out, data, n);
		out[n] = 0;
		return;
	}
	cd = iconv_open("UTF-8", "GB18030");
	while (left && room && iconv(cd, &in, &left, &to, &room) == (size_t)-1) {
		if (!left || !room)
			break;
		in++; /* a byte that is neither: left out */
		left--;
	}
	iconv_close(cd);
	*to = 0;
}

/* One line: controls (a GS of GS1 codes too) become blanks, both ends are trimmed. */
static void
clean(char *s)
{
	size_t n = 0;

	for (size_t i = 0, k; s[i]; i += k) {
		uint32_t c;

		k = ym_text_decode(s + i, strlen(s + i), &c);
		if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
			s[n++] = ' ';
		} else {
			memmove(s + n, s + i, k);
			n += k;
		}
	}
	while (n && s[n - 1] == ' ')
		n--;
	s[n] = 0;
	n = strspn(s, " ");
	memmove(s, s + n, strlen(s + n) + 1);
}

/* -- electronic certificates -- */

static bool
is_alnum_run(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isascii((unsigned char)s[i]) || !isalnum((unsigned char)s[i]))
			return false;
	return n > 0;
}

static char
check_of(const char *s, size_t n)
{
	char all[160];
	size_t k = 0;

	for (size_t i = 0; i < n && k < sizeof all - 1; i++)
		if (isascii((unsigned char)s[i]) && isalnum((unsigned char)s[i]))
			all[k++] = (char)toupper((unsigned char)s[i]);
	all[k] = 0;
	return ym_number_mod37_36(all);
}

static void
take_limits(struct ym_barcode *b, const char *tail)
{
	const char *mark = strstr(tail, ";s=");

	if (!strncmp(tail, ";u=", 3) && strspn(tail + 3, "0123456789") == 14) {
		memcpy(b->until, tail + 3, 14);
		b->until[14] = 0;
	}
	if (mark && mark[3]) {
		b->n_signed = (size_t)(mark - b->text);
		b->signature_at = b->n_signed + 3;
	}
}

/* ARC type(21).issuer(18).serial.version(3).check; it may stand in an address. */
static bool
take_certificate(struct ym_barcode *b)
{
	const char *start = strstr(b->text, CERTIFICATE_ARC), *s, *parts[5];
	size_t sizes[5];
	int n = 0;

	if (!start)
		return false;
	s = start + strlen(CERTIFICATE_ARC);
	while (n < 5) {
		parts[n] = s;
		sizes[n] = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
		s += sizes[n++];
		if (*s != '.')
			break;
		s++;
	}
	if (n != 5 || sizes[0] != 21 || sizes[1] != 18 || !sizes[2] || sizes[2] >= sizeof b->serial || sizes[3] != 3 || sizes[4] != 1 ||
	    (size_t)(s - start) >= sizeof b->value)
		return false;
	b->kind = YM_BARCODE_CERTIFICATE;
	snprintf(b->value, sizeof b->value, "%.*s", (int)(s - start), start);
	snprintf(b->type, sizeof b->type, "%.21s", parts[0]);
	snprintf(b->issuer, sizeof b->issuer, "%.18s", parts[1]);
	snprintf(b->serial, sizeof b->serial, "%.*s", (int)sizes[2], parts[2]);
	snprintf(b->version, sizeof b->version, "%.3s", parts[3]);
	b->check = check_of(parts[0], (size_t)(parts[4] - parts[0])) == toupper((unsigned char)*parts[4]) ? YM_BARCODE_CHECKED :
		YM_BARCODE_WRONG;
	if (start == b->text)
		take_limits(b, s);
	return true;
}

/* -- codes of the house -- */

static bool
take_appointment(struct ym_barcode *b, const char *fields, size_t n)
{
	if (n < 6 || n > 17 || fields[4] != ':' || strspn(fields, "0123456789") < 4 || !is_alnum_run(fields + 5, n - 5) ||
	    strncmp(fields, "2400", 4) >= 0 || fields[2] > '5')
		return false;
	b->kind = YM_BARCODE_APPOINTMENT;
	snprintf(b->at, sizeof b->at, "%.2s:%.2s", fields, fields + 2);
	snprintf(b->value, sizeof b->value, "%.*s", (int)n - 5, fields + 5);
	return true;
}

static bool
take_material(struct ym_barcode *b, const char *fields, size_t n)
{
	if (!n || n > 40)
		return false;
	for (size_t i = 0; i < n; i++)
		if (fields[i] != '_' && !is_alnum_run(fields + i, 1))
			return false;
	b->kind = YM_BARCODE_MATERIAL;
	for (size_t i = 0; i < n; i++)
		b->value[i] = (char)tolower((unsigned char)fields[i]);
	b->value[n] = 0;
	return true;
}

static bool
take_house(struct ym_barcode *b)
{
	size_t n = strlen(b->text);
	const char *fields = b->text + 5;
	bool known;

	if (strncasecmp(b->text, HOUSE, 3) || n < 8 || n > 60 || b->text[4] != ':' || b->text[n - 2] != ':')
		return false;
	switch (toupper((unsigned char)b->text[3])) {
	case 'A':
		known = take_appointment(b, fields, n - 7);
		break;
	case 'M':
		known = take_material(b, fields, n - 7);
		break;
	case 'T':
		known = is_alnum_run(fields, n - 7);
		b->kind = known ? YM_BARCODE_TEACH : b->kind;
		snprintf(b->value, sizeof b->value, "%.*s", (int)n - 7, fields);
		break;
	default:
		known = false;
	}
	if (known)
		b->check = check_of(b->text, n - 1) == toupper((unsigned char)b->text[n - 1]) ? YM_BARCODE_CHECKED : YM_BARCODE_WRONG;
	return known;
}

bool
ym_barcode_make(char *buf, size_t size, char letter, const char *fields)
{
	int n = snprintf(buf, size, HOUSE "%c:%s:", letter, fields);

	if (n < 0 || (size_t)n + 2 > size)
		return false;
	for (char *c = buf; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	buf[n] = check_of(buf, (size_t)n);
	buf[n + 1] = 0;
	return buf[n] != 0;
}

/* -- mail, case numbers, identity numbers -- */

/* UPU S10: two letters, eight digits, check digit, two letters. */
static bool
take_s10(struct ym_barcode *b)
{
	static const int weights[] = { 8, 6, 4, 2, 3, 5, 9, 7 };
	const char *s = b->text;
	int sum = 0, check;

	if (strlen(s) != 13 || !isupper((unsigned char)s[0]) || !isupper((unsigned char)s[1]) || strspn(s + 2, "0123456789") != 9 ||
	    !isupper((unsigned char)s[11]) || !isupper((unsigned char)s[12]))
		return false;
	for (int i = 0; i < 8; i++)
		sum += (s[2 + i] - '0') * weights[i];
	check = 11 - sum % 11;
	check = check == 10 ? 0 : check == 11 ? 5 : check;
	b->kind = YM_BARCODE_MAIL;
	b->check = check == s[10] - '0' ? YM_BARCODE_CHECKED : YM_BARCODE_WRONG;
	snprintf(b->value, sizeof b->value, "%s", s);
	return true;
}

/* Thirteen digits that begin with 1 or 9: the form of the post's domestic express numbers; no published check digit. An EAN
 * of goods begins otherwise here (69). */
static bool
take_domestic_mail(struct ym_barcode *b)
{
	if (strlen(b->text) != 13 || strspn(b->text, "0123456789") != 13 || (b->text[0] != '1' && b->text[0] != '9'))
		return false;
	b->kind = YM_BARCODE_MAIL;
	snprintf(b->value, sizeof b->value, "%s", b->text);
	return true;
}

/* Desk (14 digits), epoch letter, date, serial, check character: cases/decide.c. */
static bool
take_case(struct ym_barcode *b)
{
	const char *s = b->text;
	size_t n = strlen(s);

	if (n != 29 || strspn(s, "0123456789") != 14 || !isupper((unsigned char)s[14]) || strspn(s + 15, "0123456789") < 13)
		return false;
	b->kind = YM_BARCODE_CASE;
	b->check = check_of(s, n - 1) == s[n - 1] ? YM_BARCODE_CHECKED : YM_BARCODE_WRONG;
	snprintf(b->value, sizeof b->value, "%s", s);
	return true;
}

static bool
take_identity(struct ym_barcode *b)
{
	size_t digits = strspn(b->text, "0123456789");

	if (strlen(b->text) != 18 || digits < 17 || (digits == 17 && b->text[17] != 'X' && b->text[17] != 'x'))
		return false;
	if (ym_number_id18_check(b->text) != toupper((unsigned char)b->text[17]))
		return false; /* any 18 digits: not ours to call an identity */
	b->kind = YM_BARCODE_IDENTITY;
	b->check = YM_BARCODE_CHECKED;
	snprintf(b->value, sizeof b->value, "%s", b->text);
	b->value[17] = (char)toupper((unsigned char)b->value[17]);
	return true;
}

void
ym_barcode_parse(const void *data, size_t n, struct ym_barcode *ret)
{
	struct ym_mrz mrz;

	memset(ret, 0, sizeof *ret);
	to_utf8(data, n, ret->text, sizeof ret->text);
	clean(ret->text);
	if (take_certificate(ret) || take_house(ret) || take_s10(ret) || take_case(ret) || take_identity(ret) || take_domestic_mail(ret))
		return;
	if (ym_mrz_parse(ret->text, strlen(ret->text), 0, &mrz)) {
		ret->kind = YM_BARCODE_MRZ;
		ret->check = mrz.n_faults ? YM_BARCODE_WRONG : YM_BARCODE_CHECKED;
		ym_mrz_release(&mrz);
	}
}

const char *
ym_barcode_kind_text(enum ym_barcode_kind kind)
{
	static const char *const texts[] = { [YM_BARCODE_TEXT] = N_("Text"), [YM_BARCODE_CERTIFICATE] = N_("Electronic certificate"),
		[YM_BARCODE_MATERIAL] = N_("Document label"), [YM_BARCODE_APPOINTMENT] = N_("Appointment"), [YM_BARCODE_MAIL] = N_("Mail number"),
		[YM_BARCODE_MRZ] = N_("Passport or permit"), [YM_BARCODE_CASE] = N_("Case number"),
		[YM_BARCODE_IDENTITY] = N_("Identity number"), [YM_BARCODE_TEACH] = N_("Scanner set-up code") };

	return (size_t)kind < YM_ARRAY_LEN(texts) ? texts[kind] : texts[0];
}
