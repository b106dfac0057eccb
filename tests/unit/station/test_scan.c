/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The scan tray: what a code does at the window, and what a forged, an old or a misread one does not. Headless: a scan comes
 * as a call. The issuers' keys come in by the tool that a site uses.
 */
#include "unit/cases/window.h"

#include "base/file.h"
#include "crypt/crypt.h"
#include "yimen/admin.h"
#include "yimen/scan.h"

#define BARE "1.2.156.3005.2.11220000000000000X012.112299010000000003.Z220000001.001.4"

struct bed {
	struct window *window;
	struct ym_station *s;
	struct ym_sm2 *issuer;
	char dir[64], key_file[96];
	struct ym_scan_tray tray;
};

static int
setup(void **state)
{
	struct bed *b = ym_alloc(sizeof *b);
	void *window = NULL;
	char hex[131];

	assert_int_equal(window_setup(&window), 0);
	b->window = window;
	ym_strlcpy(b->dir, b->window->d.dir, sizeof b->dir);
	window_leave(b->window);
	b->issuer = ym_sm2_generate();
	snprintf(b->key_file, sizeof b->key_file, "%s/issuer.pub", b->dir);
	ym_sm2_public_hex(b->issuer, hex);
	assert_int_equal(ym_file_write(b->key_file, hex, strlen(hex), 0600, NULL), YM_OK);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	void *window = b->window;

	ym_station_close(b->s);
	ym_sm2_free(b->issuer);
	assert_int_equal(window_teardown(&window), 0);
	free(b);
	return 0;
}

static void
open_station(struct bed *b)
{
	const struct ym_station_options options = { .dir = b->dir, .practice = true, .headless = true };
	struct ym_error err = { 0 };

	if (ym_station_open(NULL, &options, &b->s, &err) || ym_station_sign_in(b->s, ACCOUNT, PASSWORD, &err) || ym_station_open_shift(b->s, &err))
		fail_msg("%s %s", err.msgid, err.detail);
}

static void
open_trusting(struct bed *b)
{
	char key[131];

	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, key, NULL), YM_OK);
	open_station(b);
}

/* A visit with the permit, whose holder is not identified yet. */
static struct ym_visit *
visit(struct bed *b)
{
	int c;

	assert_int_equal(ym_station_walk_in(b->s, NULL), YM_OK);
	assert_int_equal(ym_visit_add_item(ym_station_visit(b->s), "PERMIT", &c, NULL), YM_OK);
	return ym_station_visit(b->s);
}

static int
line_of(struct ym_visit *v, const char *kind)
{
	for (int i = 0; i < ym_visit_n_materials(v); i++)
		if (!strcmp(ym_visit_material(v, i)->kind, kind))
			return i;
	fail_msg("no %s", kind);
	return -1;
}

static void
scan(struct bed *b, const char *text)
{
	ym_station_scanned(b->s, text, strlen(text));
	assert_true(ym_station_scan(b->s, &b->tray));
}

/* The certificate as its issuer shows it: with a time limit, signed by key. */
static void
scan_signed(struct bed *b, const struct ym_sm2 *key, const char *until, const char *change)
{
	YM_FREE char *text = ym_asprintf("%s;u=%s", BARE, until);
	YM_BUF all = { 0 };
	uint8_t sig[80];
	size_t n = ym_sm2_sign(key, text, strlen(text), sig);

	ym_buf_addf(&all, "%s;s=", change ? change : text);
	ym_base64(&all, sig, n);
	scan(b, ym_buf_str(&all));
	assert_int_equal(b->tray.code.kind, YM_BARCODE_CERTIFICATE);
}

static void
a_signed_certificate_stands_in_and_its_status_stays_to_be_checked_offline(void **state)
{
	struct bed *b = *state;
	struct ym_visit *v;
	const struct ym_material_line *l;

	open_trusting(b);
	v = visit(b);
	scan_signed(b, b->issuer, "20991231235959", NULL);
	assert_int_equal(b->tray.seal, YM_SCAN_SIGNED);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, NULL, NULL), YM_STATE); /* for which document? it stays */
	assert_int_equal(ym_station_take_scan(b->s, -1, line_of(v, "hukou"), NULL, NULL), YM_OK);
	l = ym_visit_material(v, line_of(v, "hukou"));
	assert_int_equal(l->state, YM_MAT_ELICENSE);
	assert_non_null(strstr(l->note, "签名正确"));
	assert_non_null(strstr(l->note, "状态待核"));
	assert_false(l->is_confirmed);
	assert_false(ym_station_scan(b->s, &b->tray));
}

static void
nobody_trusted_leaves_the_signature_to_be_checked(void **state)
{
	struct bed *b = *state;
	struct ym_visit *v;

	open_station(b);
	v = visit(b);
	scan_signed(b, b->issuer, "20991231235959", NULL);
	assert_int_equal(b->tray.seal, YM_SCAN_NO_KEY);
	assert_int_equal(ym_station_take_scan(b->s, -1, line_of(v, "hukou"), NULL, NULL), YM_OK);
	assert_non_null(strstr(ym_visit_material(v, line_of(v, "hukou"))->note, "签名待核"));
	scan(b, BARE);
	assert_int_equal(b->tray.seal, YM_SCAN_UNSIGNED);
}

static void
is_refused(struct bed *b, struct ym_visit *v, enum ym_scan_seal seal)
{
	assert_int_equal(b->tray.seal, seal);
	assert_int_equal(ym_station_take_scan(b->s, -1, line_of(v, "hukou"), NULL, NULL), YM_REFUSED);
	assert_int_equal(ym_visit_material(v, line_of(v, "hukou"))->state, YM_MAT_UNSEEN);
	assert_false(ym_station_scan(b->s, &b->tray)); /* and is gone */
}

static void
a_forged_a_changed_and_an_old_certificate_fill_nothing(void **state)
{
	struct bed *b = *state;
	YM_SM2 *other = ym_sm2_generate();
	struct ym_visit *v;

	open_trusting(b);
	v = visit(b);
	scan_signed(b, other, "20991231235959", NULL);
	is_refused(b, v, YM_SCAN_FORGED);
	scan_signed(b, b->issuer, "20991231235959", BARE ";u=20981231235959");
	is_refused(b, v, YM_SCAN_FORGED);
	scan_signed(b, b->issuer, "20200101000000", NULL);
	is_refused(b, v, YM_SCAN_EXPIRED);
}

static void
a_passport_line_identifies_and_a_misread_one_stays_in_the_tray(void **state)
{
	struct bed *b = *state;
	char bad[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10";
	char good[sizeof bad];
	struct ym_visit *v;
	int person;

	open_station(b);
	v = visit(b);
	scan(b, bad);
	assert_int_equal(b->tray.code.check, YM_BARCODE_WRONG);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, NULL, NULL), YM_INVALID);
	assert_true(ym_station_scan(b->s, &b->tray));
	memcpy(good, bad, sizeof bad);
	*strchr(strchr(good, '\n'), 'O') = '0';
	scan(b, good);
	assert_int_equal(b->tray.code.kind, YM_BARCODE_MRZ);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, NULL, NULL), YM_OK);
	person = 0;
	assert_true(ym_visit_person(v, person)->identified);
	assert_int_equal(ym_visit_person(v, person)->origin, YM_FROM_MRZ);
	assert_string_equal(ym_visit_person(v, person)->doc_number, "L898902C3");
}

static void
a_printed_number_proves_no_more_than_a_typed_one(void **state)
{
	struct bed *b = *state;
	struct ym_visit *v;

	open_station(b);
	v = visit(b);
	scan(b, MOTHER_ID);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, NULL, NULL), YM_OK);
	assert_string_equal(ym_visit_person(v, 0)->doc_number, MOTHER_ID);
	assert_int_equal(ym_visit_person(v, 0)->origin, YM_FROM_TYPED);
}

static void
a_label_marks_its_document_and_no_other(void **state)
{
	struct bed *b = *state;
	struct ym_visit *v;
	char code[64];
	int line = -1;

	open_station(b);
	v = visit(b);
	assert_true(ym_barcode_make(code, sizeof code, 'M', "hukou"));
	scan(b, code);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, &line, NULL), YM_OK);
	assert_int_equal(line, line_of(v, "hukou"));
	assert_int_equal(ym_visit_material(v, line)->state, YM_MAT_SEEN);
	assert_true(ym_barcode_make(code, sizeof code, 'M', "birth_cert"));
	scan(b, code);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, &line, NULL), YM_NOTFOUND);
}

static void
an_appointment_gives_its_ticket(void **state)
{
	struct bed *b = *state;
	struct ym_ticket tickets[4];
	char code[64];

	open_station(b);
	assert_true(ym_barcode_make(code, sizeof code, 'A', "0945:K3F9Q2"));
	scan(b, code);
	assert_int_equal(ym_station_take_scan(b->s, -1, -1, NULL, NULL), YM_OK);
	assert_int_equal(ym_station_tickets(b->s, tickets, 4), 1);
	assert_string_equal(tickets[0].appointment, "09:45");
	assert_int_equal(tickets[0].cls, YM_TICKET_APPOINTMENT);
}

static void
a_locked_desk_keeps_no_scan(void **state)
{
	struct bed *b = *state;

	open_station(b);
	scan(b, MOTHER_ID);
	ym_station_lock(b->s);
	assert_false(ym_station_scan(b->s, &b->tray));
	ym_station_scanned(b->s, MOTHER_ID, strlen(MOTHER_ID));
	assert_false(ym_station_scan(b->s, &b->tray));
}

/* -- the tool for the issuers' keys -- */

/* An invented issuer, as openssl writes it. */
static const char pem_key[] = "-----BEGIN PUBLIC KEY-----\n"
	"MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEuevDZFxfMP8p0Fl5bv7WpGlf0IqR\n"
	"S1HRjvg/6swsn34/uiQfncFoKPiC6Ak9As9FRj3MSOFv75XkQDgwwOlZrw==\n-----END PUBLIC KEY-----\n";
static const char pem_certificate[] = "-----BEGIN CERTIFICATE-----\n"
	"MIIBbzCCARWgAwIBAgIUfoHnNh07OH1C4xEa1jld8JyQgHEwCgYIKoEcz1UBg3Uw\nDDEKMAgGA1UEAwwBdDAgFw0yNjExMjIxMDI3MzBaGA8yMTI2MTAyOTEwMjczMFow\n"
	"DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqBHM9VAYItA0IABLnrw2RcXzD/\nKdBZeW7+1qRpX9CKkUtR0Y74P+rMLJ9+P7okH53BaCj4gugJPQLPRUY9zEjhb++V\n"
	"5EA4MMDpWa+jUzBRMB0GA1UdDgQWBBRvXeoTLDXC6Qwby1z4oB5k1pA4/jAfBgNV\nHSMEGDAWgBRvXeoTLDXC6Qwby1z4oB5k1pA4/jAPBgNVHRMBAf8EBTADAQH/MAoG\n"
	"CCqBHM9VAYN1A0gAMEUCIHCTLXhrTM2v/LaeA+H1N74SlyQnmw5aLbezXlj1LEDg\nAiEA4UyeLxzqu5JOkOykNis48/q8uyNHuURqIPpBw/q5w5c=\n"
	"-----END CERTIFICATE-----\n";

static void
count_key(void *user, const char *key)
{
	assert_int_equal(strlen(key), 130);
	++*(int *)user;
}

static int
n_keys(struct bed *b)
{
	int n = 0;

	assert_int_equal(ym_certificate_keys(b->dir, count_key, &n, NULL), YM_OK);
	return n;
}

static void
issuers_are_trusted_once_and_distrusted_by_the_beginning_of_their_key(void **state)
{
	struct bed *b = *state;
	char key[131], again[131];

	assert_int_equal(n_keys(b), 0);
	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, key, NULL), YM_OK);
	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, again, NULL), YM_CONFLICT);
	assert_int_equal(ym_file_write(b->key_file, pem_key, sizeof pem_key - 1, 0600, NULL), YM_OK);
	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, again, NULL), YM_OK);
	assert_int_equal(ym_file_write(b->key_file, pem_certificate, sizeof pem_certificate - 1, 0600, NULL), YM_OK);
	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, again, NULL), YM_CONFLICT); /* of the same key */
	assert_int_equal(n_keys(b), 2);
	assert_int_equal(ym_file_write(b->key_file, "no key", 6, 0600, NULL), YM_OK);
	assert_int_equal(ym_certificate_trust(b->dir, b->key_file, again, NULL), YM_INVALID);
	assert_int_equal(ym_certificate_distrust(b->dir, "04", NULL), YM_NOTFOUND); /* both begin so */
	key[20] = 0;
	assert_int_equal(ym_certificate_distrust(b->dir, key, NULL), YM_OK);
	assert_int_equal(n_keys(b), 1);
	assert_int_equal(ym_certificate_distrust(b->dir, key, NULL), YM_NOTFOUND);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_signed_certificate_stands_in_and_its_status_stays_to_be_checked_offline),
		T(nobody_trusted_leaves_the_signature_to_be_checked),
		T(a_forged_a_changed_and_an_old_certificate_fill_nothing),
		T(a_passport_line_identifies_and_a_misread_one_stays_in_the_tray),
		T(a_printed_number_proves_no_more_than_a_typed_one),
		T(a_label_marks_its_document_and_no_other),
		T(an_appointment_gives_its_ticket),
		T(a_locked_desk_keeps_no_scan),
		T(issuers_are_trusted_once_and_distrusted_by_the_beginning_of_their_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
