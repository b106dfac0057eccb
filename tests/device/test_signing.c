/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A paper signed on the pad, from the question to the page: a whole desk, a simulated pad on its line, yimen-paper, and the page
 * looked at as a picture. Pads themselves: test_panel.c, test_pad.c. What is kept: unit/cases/test_signature.c.
 */
#include "device/office.h"

#include <fcntl.h>

#include "base/file.h"
#include "practice/sim_panel.h"
#include "yimen/signing.h"

#define PAGE_W 595
#define PAGE_H 842

static struct office o;
static struct ym_sim_panel pad;
static struct ym_stroke_point hand[600];
static size_t n_hand;
static int paper;

static void
up(bool plugged)
{
	static char link[96];
	const struct ym_hub_port port = { .path = link, .role = YM_ROLE_PAD, .identity = "pad", .profile = "practice-pad" };

	office_make(&o);
	office_open(&o, NULL);
	snprintf(link, sizeof link, "%s/pad", o.dir);
	assert_int_equal(ym_sim_panel_open(&pad, o.loop, link, "practice-pad", YM_ROLE_PAD, NULL), YM_OK);
	if (!plugged)
		ym_sim_line_unplug(&pad.line);
	assert_int_equal(ym_hub_add_port(ym_station_hub(o.s), &port, NULL, NULL), YM_OK);
	n_hand = ym_sim_panel_scribble(&pad, hand, YM_ARRAY_LEN(hand));
	for (paper = 0; !ym_visit_paper(ym_station_visit(o.s), paper)->signable; paper++)
		;
	assert_string_equal(ym_visit_paper(ym_station_visit(o.s), paper)->template_id, "application");
}

static void
down(void)
{
	office_close(&o);
	ym_sim_panel_close(&pad);
	office_free(&o);
}

static const struct ym_signing *
now(void)
{
	return ym_station_signing(o.s);
}

static enum ym_signing_phase wanted;

static bool
is_so(struct office *x)
{
	return now() && now()->phase == wanted;
}

static void
wait_phase(enum ym_signing_phase p)
{
	wanted = p;
	if (!office_until(&o, is_so))
		fail_msg("phase %d instead of %d, %s: %s", now() ? (int)now()->phase : -1, p, now() ? ym_device_state_name(now()->device.state) : "",
			now() && now()->error.msgid ? now()->error.msgid : "");
}

static bool
is_asked(struct office *x)
{
	return pad.is_asked;
}

static bool
is_not_asked(struct office *x)
{
	return !pad.is_asked;
}

static bool
is_made(struct office *x)
{
	char text[160];

	return ym_station_paper_job(x->s, paper, text, sizeof text) == YM_JOB_DONE;
}

static void
begin(void)
{
	struct ym_error err = { 0 };

	if (ym_station_signing_begin(o.s, paper, &err))
		fail_msg("%s", err.msgid);
	wait_phase(YM_SIGNING_WAITING);
	office_wait(&o, is_asked);
}

static void
sign(void)
{
	ym_sim_panel_draw(&pad, hand, n_hand);
	wait_phase(YM_SIGNING_DRAWING);
	wait_phase(YM_SIGNING_JUDGE);
}

static int64_t
count(const char *sql)
{
	struct ym_db *db;
	struct ym_stmt *q;
	int64_t n;

	assert_int_equal(ym_desk_open(o.dir, YM_DB_READONLY, &db, NULL), YM_OK);
	q = ym_db_sql(db, sql);
	assert_int_equal(ym_stmt_step(q, NULL), YM_OK);
	n = ym_stmt_col_int(q, 0);
	ym_stmt_done(q);
	ym_db_close(db);
	return n;
}

/* The page as gray bytes. */
static void
look(const char *pdf, uint8_t ret[PAGE_W * PAGE_H])
{
	YM_FREE char *command = ym_asprintf("pdftoppm -gray -scale-to-x %d -scale-to-y %d '%s' '%s/page'", PAGE_W, PAGE_H, pdf, o.dir);
	YM_FREE char *path = ym_asprintf("%s/page-1.pgm", o.dir);
	YM_BUF file = { 0 };
	YM_FDCLOSE int fd = -1;

	assert_int_equal(system(command), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ym_fd_read_all(fd, 4u << 20, &file, NULL), YM_OK);
	assert_true(file.len > PAGE_W * PAGE_H);
	memcpy(ret, file.data + file.len - PAGE_W * PAGE_H, PAGE_W * PAGE_H);
}

static char *
make_pdf(void)
{
	struct ym_error err = { 0 };
	char text[160];

	if (ym_station_make_pdf(o.s, paper, &err))
		fail_msg("%s", err.msgid);
	office_wait(&o, is_made);
	ym_station_paper_job(o.s, paper, text, sizeof text);
	return ym_strdup(text);
}

/* What is darker on the second page lies in one place to sign: not taller than a line and a half, in the left half of the page. */
static void
assert_ink(const uint8_t *before, const uint8_t *after, bool wanted_ink)
{
	int n = 0, top = PAGE_H, bottom = 0, left = PAGE_W;

	for (int y = 0; y < PAGE_H; y++)
		for (int x = 0; x < PAGE_W / 2; x++)
			if (after[y * PAGE_W + x] + 80 < before[y * PAGE_W + x]) {
				n++;
				top = y < top ? y : top;
				bottom = y > bottom ? y : bottom;
				left = x < left ? x : left;
			}
	if (!wanted_ink) {
		assert_int_equal(n, 0);
		return;
	}
	assert_true(n > 60);
	assert_in_range(bottom - top, 15, 45);
	assert_true(left > 100); /* behind the label */
}

static void
spoil_the_blobs(void)
{
	struct ym_db *db;

	office_close(&o);
	assert_int_equal(ym_desk_open(o.dir, YM_DB_LOCK, &db, NULL), YM_OK);
	assert_int_equal(ym_stmt_run(ym_db_sql(db, "UPDATE blob SET bytes = zeroblob(length(bytes))"), NULL), YM_OK);
	ym_db_close(db);
	office_open(&o, NULL);
}

static void
test_what_was_drawn_stands_on_the_page_and_in_the_log(void **state)
{
	static uint8_t before[PAGE_W * PAGE_H], again[PAGE_W * PAGE_H], after[PAGE_W * PAGE_H];
	YM_FREE char *pdf = NULL, *read_before = NULL, *read_after = NULL, *read_spoilt = NULL;
	struct ym_error err = { 0 };

	up(true);
	pdf = make_pdf();
	look(pdf, before);
	begin();
	assert_string_equal(ym_visit_person(ym_station_visit(o.s), now()->person)->name, OFFICE_RARE_NAME);
	assert_int_equal(now()->n_places, 1);
	read_before = ym_station_paper_text(o.s, paper, 80);
	assert_null(strstr(read_before, "已在签名板上签名"));
	/* looked at and not taken: wiped, asked again */
	sign();
	assert_true(now()->strokes.has_pressure);
	assert_int_equal(ym_station_signing_ask(o.s, &err), YM_OK);
	assert_null(now()->strokes.points);
	office_wait(&o, is_asked);
	assert_int_equal(ym_station_signing_accept(o.s, &err), YM_STATE);
	sign();
	assert_int_equal(count("SELECT count(*) FROM blob"), 0);
	/* an unsigned sheet on its way must not pass for the signed one */
	assert_int_equal(ym_station_make_pdf(o.s, paper, &err), YM_OK);
	assert_int_equal(ym_station_signing_accept(o.s, &err), YM_BUSY);
	office_wait(&o, is_made);
	assert_int_equal(ym_station_signing_accept(o.s, &err), YM_OK);
	assert_int_equal(now()->phase, YM_SIGNING_DONE);
	assert_true(ym_visit_paper(ym_station_visit(o.s), paper)->is_drawn);
	assert_int_equal(count("SELECT count(*) FROM blob"), 1);
	ym_station_signing_end(o.s);
	/* the file that was made before is made anew by itself */
	office_wait(&o, is_made);
	look(pdf, after);
	assert_ink(before, after, true);
	assert_int_equal(ym_visit_paper(ym_station_visit(o.s), paper)->printed, 1);
	read_after = ym_station_paper_text(o.s, paper, 80);
	assert_non_null(strstr(read_after, "已在签名板上签名"));
	/* the other paper of the same person stays as it is */
	assert_false(ym_visit_paper(ym_station_visit(o.s), paper + 1)->is_signed);
	/* and the signed one may not be signed again */
	assert_int_equal(ym_station_signing_begin(o.s, paper, &err), YM_STATE);
	/* nor does it change by being made after everything was closed */
	office_close(&o);
	office_open(&o, NULL);
	free(YM_TAKE(pdf));
	pdf = make_pdf();
	look(pdf, again);
	assert_ink(after, again, false);
	spoil_the_blobs();
	assert_int_equal(ym_station_make_pdf(o.s, paper, &err), YM_CORRUPT);
	assert_non_null(err.msgid);
	read_spoilt = ym_station_paper_text(o.s, paper, 80);
	assert_null(strstr(read_spoilt, OFFICE_RARE_NAME));
	down();
}

static void
test_pulled_out_in_the_middle_nothing_is_kept_and_it_is_said(void **state)
{
	struct ym_error err = { 0 };

	up(true);
	for (size_t at = 5; at < n_hand; at += 40) {
		begin();
		pad.unplug_at = at;
		ym_sim_panel_draw(&pad, hand, n_hand);
		wait_phase(YM_SIGNING_NO_PAD);
		assert_int_equal(now()->error.code, YM_GONE);
		assert_non_null(strstr(now()->error.msgid, "unplugged while the citizen signed"));
		assert_null(now()->strokes.points);
		assert_int_equal(ym_station_signing_accept(o.s, &err), YM_STATE);
		pad.unplug_at = 0;
		pad.is_asked = false;
		assert_int_equal(ym_sim_line_plug(&pad.line, NULL), YM_OK);
		/* nobody is asked by itself after a fault */
		wait_phase(YM_SIGNING_IDLE);
	}
	assert_int_equal(count("SELECT count(*) FROM blob"), 0);
	assert_int_equal(ym_station_signing_ask(o.s, &err), YM_OK);
	office_wait(&o, is_asked);
	sign();
	/* what is drawn whole is not lost with the pad */
	ym_sim_line_unplug(&pad.line);
	office_idle(&o, 30);
	assert_int_equal(now()->phase, YM_SIGNING_JUDGE);
	assert_int_equal(ym_station_signing_accept(o.s, &err), YM_OK);
	assert_true(ym_visit_paper(ym_station_visit(o.s), paper)->is_drawn);
	down();
}

static void
test_without_a_pad_it_waits_for_one_and_asks_then(void **state)
{
	struct ym_error err = { 0 };

	up(false);
	assert_false(ym_station_has_pad(o.s));
	assert_int_equal(ym_station_signing_begin(o.s, paper, &err), YM_OK);
	assert_int_equal(now()->phase, YM_SIGNING_NO_PAD);
	assert_int_equal(ym_station_signing_ask(o.s, &err), YM_GONE);
	assert_int_equal(ym_sim_line_plug(&pad.line, NULL), YM_OK);
	wait_phase(YM_SIGNING_WAITING);
	office_wait(&o, is_asked);
	assert_int_equal(ym_station_signing_ask(o.s, &err), YM_BUSY);
	assert_int_equal(ym_station_signing_other(o.s, &err), YM_STATE);
	down();
}

static void
test_leaving_and_locking_take_the_asking_back(void **state)
{
	struct ym_error err = { 0 };

	up(true);
	begin();
	ym_station_signing_end(o.s);
	assert_null(now());
	office_wait(&o, is_not_asked);
	begin();
	ym_sim_panel_draw(&pad, hand, n_hand);
	wait_phase(YM_SIGNING_DRAWING);
	ym_station_lock(o.s);
	assert_null(now());
	office_wait(&o, is_not_asked);
	assert_int_equal(ym_station_signing_begin(o.s, paper, &err), YM_STATE);
	office_sign_in(&o);
	assert_false(ym_visit_paper(ym_station_visit(o.s), paper)->is_signed);
	down();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_drawn_stands_on_the_page_and_in_the_log),
		cmocka_unit_test(test_pulled_out_in_the_middle_nothing_is_kept_and_it_is_said),
		cmocka_unit_test(test_without_a_pad_it_waits_for_one_and_asks_then),
		cmocka_unit_test(test_leaving_and_locking_take_the_asking_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
