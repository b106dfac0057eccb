/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Captures at the window with a whole desk behind them: the card read, pages, portrait and fingers through the real helpers
 * over their stand-ins, sealed, folded into the person's archive. What a real camera or reader does is not tested here.
 * One desk serves them all: each test is a visit of its own, and the order matters where it says so.
 */
#include "unit/cases/window.h"

#include <ftw.h>

#include "base/file.h"
#include "base/json.h"
#include "crypt/crypt.h"
#include "device/cards.h"
#include "station/edges.h"
#include "yimen/admin.h"
#include "yimen/capturing.h"
#include "yimen/card_photo.h"

#define LONG_STOP_MS 60000

static struct {
	struct window *window;
	char dir[64], link[96];
	struct ym_loop *loop;
	struct ym_station *s;
	struct ym_sim_reader *reader;
	int scans, material;
	char status[16];
} b;

/* -- the office -- */

static void
tell(const char *folder, const char *file, const char *text)
{
	YM_FREE char *dir = ym_asprintf("%s/%s", b.dir, folder), *path = ym_asprintf("%s/%s", dir, file), *fresh = ym_asprintf("%s.new", path);

	assert_int_equal(ym_file_mkdirs(dir, 0700, NULL), YM_OK);
	assert_int_equal(ym_file_write(fresh, text, strlen(text), 0600, NULL), YM_OK);
	assert_int_equal(rename(fresh, path), 0);
}

static void
port(const char *folder, enum ym_device_role role, const char *subsystem)
{
	YM_FREE char *path = ym_asprintf("%s/%s", b.dir, folder);

	assert_int_equal(ym_hub_add_port(ym_station_hub(b.s),
		&(struct ym_hub_port){ .path = path, .role = role, .identity = folder, .subsystem = subsystem }, NULL, NULL), YM_OK);
}

static bool
wait_for(bool (*done)(void))
{
	int64_t stop = ym_clock_mono() + LONG_STOP_MS;

	while (!done()) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(b.loop, 20);
	}
	return true;
}

static bool
has_signed_in(void)
{
	return ym_station_sign_in_result(b.s, NULL) != YM_BUSY;
}

static void
open_station(void)
{
	const struct ym_station_options options = { .dir = b.dir, .practice = true };
	const struct ym_hub_port reader = { .path = ym_sim_reader_path(b.reader), .role = YM_ROLE_IDCARD, .identity = "reader", .profile = "finger" };
	struct ym_error err = { 0 };

	if (ym_station_open(b.loop, &options, &b.s, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	assert_int_equal(ym_hub_add_port(ym_station_hub(b.s), &reader, NULL, NULL), YM_OK);
	port("camera", YM_ROLE_CAMERA, "file");
	port("portrait", YM_ROLE_PORTRAIT, "file");
	port("finger", YM_ROLE_FINGER, "libfprint");
	assert_int_equal(ym_station_sign_in(b.s, ACCOUNT, PASSWORD, &err), YM_OK);
	assert_true(wait_for(has_signed_in));
	assert_int_equal(ym_station_sign_in_result(b.s, &err), YM_OK);
	assert_true(ym_station_shift_is_open(b.s) || ym_station_open_shift(b.s, &err) == YM_OK);
}

static int
setup(void **state)
{
	const struct ym_sim_options sim = { .link = b.link, .chunk = 400, .chunk_ms = -1, .card_ms = -1, .fingers = 2 };
	void *window = NULL;

	memset(&b, 0, sizeof b);
	assert_int_equal(window_setup(&window), 0);
	b.window = window;
	ym_strlcpy(b.dir, b.window->d.dir, sizeof b.dir);
	snprintf(b.link, sizeof b.link, "%s/reader", b.dir);
	window_leave(b.window);
	tell("camera", "scene.json", "{\"show\":\"page\",\"tilt\":0,\"seed\":3}");
	tell("portrait", "scene.json", "{\"show\":\"person\",\"background\":\"f6f6f4\"}");
	tell("finger", "finger.json", "{\"n\":0}");
	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.reader, NULL), YM_OK);
	open_station();
	return 0;
}

static int
teardown(void **state)
{
	void *window = b.window;

	ym_station_close(b.s);
	ym_sim_reader_free(b.reader);
	ym_loop_turn(b.loop, 0);
	ym_loop_free(b.loop);
	assert_int_equal(window_teardown(&window), 0);
	return 0;
}

/* -- at the window -- */

static struct ym_visit *
visit(void)
{
	return ym_station_visit(b.s);
}

static bool
has_tray(void)
{
	struct ym_card card;
	bool there = ym_station_tray(b.s, &card);

	ym_card_release(&card);
	return there;
}

static void
come(const char *item)
{
	int c;

	assert_int_equal(ym_station_walk_in(b.s, NULL), YM_OK);
	assert_int_equal(ym_sim_reader_lay(b.reader, &card_moved, NULL), YM_OK);
	assert_true(wait_for(has_tray));
	assert_int_equal(ym_station_take_card(b.s, -1, NULL), YM_INVALID); /* the small catalogue knows not all of a card's data */
	assert_true(ym_visit_person(visit(), 0)->identified);
	assert_int_equal(ym_visit_add_item(visit(), item, &c, NULL), YM_OK);
}

static bool
is_card_lifted(void)
{
	struct ym_device_info list[8];
	int n = ym_station_devices(b.s, list, 8);

	for (int i = 0; i < n; i++)
		if (list[i].role == YM_ROLE_IDCARD && list[i].has_card)
			return false;
	return true;
}

/* The citizen goes with the card. */
static int
go(void **state)
{
	if (!ym_station_is_locked(b.s))
		ym_station_capture_end(b.s);
	ym_sim_reader_lift(b.reader);
	assert_true(wait_for(is_card_lifted));
	if (visit())
		assert_int_equal(ym_station_park(b.s, "下一位", NULL), YM_OK);
	return 0;
}

static const struct ym_capture *
now(void)
{
	return ym_station_capture(b.s);
}

static void
begin(const char *kind)
{
	b.material = -1;
	for (int i = 0; i < ym_visit_n_materials(visit()); i++)
		if (!strcmp(ym_visit_material(visit(), i)->kind, kind))
			b.material = i;
	assert_true(b.material >= 0);
	assert_int_equal(ym_station_capture_begin(b.s, b.material, NULL), YM_OK);
}

static bool
is_live(void)
{
	return now()->phase == YM_PHASE_LIVE;
}

static bool
is_judging(void)
{
	return now()->phase == YM_PHASE_JUDGE;
}

static bool
has_page(void)
{
	return ym_visit_n_pages(visit(), b.material) == 1;
}

static bool
has_two_pages(void)
{
	return ym_visit_n_pages(visit(), b.material) == 2;
}

static int which; /* of the two; the last scan of one is told before the other begins */
static bool
is_taking(void)
{
	return now()->finger == which && now()->fingers[which].state == YM_FINGER_TAKING;
}

static bool
has_error(void)
{
	return now()->error.code != YM_OK;
}

static int seen_stage;
static bool
has_next_stage(void)
{
	return now()->fingers[which].stage != seen_stage || now()->fingers[which].state != YM_FINGER_TAKING || has_error();
}

/* Lays a finger as often as the reader wants it, or until it says no. */
static void
lay_finger(int turn, int finger, int times)
{
	which = turn;
	assert_true(wait_for(is_taking));
	for (int i = 0; i < times && !has_error(); i++) {
		YM_FREE char *text = ym_asprintf("{\"finger\":%d,\"who\":\"a\",\"n\":%d,\"again\":\"\"}", finger, ++b.scans);

		seen_stage = now()->fingers[which].stage;
		tell("finger", "finger.json", text);
		assert_true(wait_for(has_next_stage));
	}
}

static void
take_both_fingers(void)
{
	begin("fingers");
	lay_finger(0, 11, 3);
	lay_finger(1, 16, 3);
}

static void
page_of(int page, struct ym_capture_page *ret)
{
	assert_true(ym_visit_page(visit(), b.material, page, ret));
}

/* The sealed page, opened by its key in another connection. */
static void
read_page(int page, struct ym_buf *ret)
{
	YM_CLEANUP(ym_db_p) struct ym_db *db = NULL;
	struct ym_capture_page p;

	page_of(page, &p);
	assert_int_equal(ym_desk_open(b.dir, YM_DB_READONLY, &db, NULL), YM_OK);
	assert_int_equal(ym_blob_get(db, p.sm3, p.key, ret, NULL), YM_OK);
}

static int64_t
n_blobs(void)
{
	YM_CLEANUP(ym_db_p) struct ym_db *db = NULL;
	struct ym_stmt *s;
	int64_t n;

	assert_int_equal(ym_desk_open(b.dir, YM_DB_READONLY, &db, NULL), YM_OK);
	s = ym_db_sql(db, "SELECT count(*) FROM blob");
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	n = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

static void
pages_under_the_camera_are_kept_sealed(void **state)
{
	YM_BUF jpeg = { 0 };
	struct ym_capture_page p;

	come("FACE");
	begin("hukou");
	assert_int_equal(now()->mode, YM_CAPTURE_PAGES);
	assert_true(wait_for(is_live));
	assert_int_equal(ym_station_capture_shoot(b.s, NULL), YM_OK);
	assert_int_equal(ym_station_capture_shoot(b.s, NULL), YM_BUSY);
	assert_true(wait_for(has_page));
	page_of(0, &p);
	assert_string_equal(p.media, "image/jpeg");
	read_page(0, &jpeg);
	assert_memory_equal(jpeg.data, "\xFF\xD8", 2);
	assert_int_equal(ym_visit_material(visit(), b.material)->state, YM_MAT_CAPTURED);
	assert_int_equal(ym_station_capture_drop(b.s, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_material(visit(), b.material)->state, YM_MAT_UNSEEN);
}

static void
a_portrait_is_judged_and_kept_with_what_it_was_cut_from(void **state)
{
	struct ym_capture_page cut, whole;

	come("FACE");
	begin("photo_id");
	assert_int_equal(now()->mode, YM_CAPTURE_PORTRAIT);
	assert_true(wait_for(is_live));
	assert_int_equal(ym_station_capture_accept(b.s, NULL), YM_STATE); /* nothing to be judged yet */
	assert_int_equal(ym_station_capture_shoot(b.s, NULL), YM_OK);
	assert_true(wait_for(is_judging));
	assert_true(now()->n_checks > 0);
	assert_int_equal(ym_visit_n_pages(visit(), b.material), 0);
	assert_int_equal(ym_station_capture_accept(b.s, NULL), YM_OK);
	assert_true(wait_for(has_two_pages));
	page_of(0, &cut);
	page_of(1, &whole);
	assert_memory_equal(cut.what, "cut:", 4);
	assert_string_equal(whole.what, "portrait");
}

static void
the_wrong_hand_is_noticed_when_the_other_finger_is_the_same(void **state)
{
	come("FACE");
	begin("fingers");
	lay_finger(0, 16, 3); /* the left thumb where the right was asked: the reader cannot know */
	assert_int_equal(now()->fingers[1].finger, 16);
	lay_finger(1, 16, 1);
	assert_true(wait_for(has_error));
	assert_int_equal(now()->fingers[0].state, YM_FINGER_TAKEN);
	assert_int_equal(now()->error.code, YM_CONFLICT);
	assert_non_null(now()->error.msgid);
	assert_int_equal(now()->fingers[1].state, YM_FINGER_WANTED);
	assert_int_equal(ym_visit_n_pages(visit(), b.material), 0);
}

static void
the_cards_fingerprints_go_beside_those_taken_here(void **state)
{
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	struct ym_capture_page p;
	struct ym_offer o[8];

	come("FACE");
	begin("fingers");
	assert_int_equal(ym_station_capture_offers(b.s, o, 8), 1);
	assert_true(o[0].is_beside);
	assert_int_equal(o[0].grade, 'A');
	assert_int_equal(o[0].fingers[0], 11);
	assert_int_equal(o[0].fingers[1], 12);
	/* taken at once they wait for the fingers: alone they are no capture */
	assert_int_equal(ym_station_capture_reuse(b.s, &o[0], NULL), YM_OK);
	assert_int_equal(ym_visit_n_pages(visit(), b.material), 0);
	assert_int_equal(ym_station_capture_offers(b.s, o, 8), 0);
	lay_finger(0, 11, 3);
	lay_finger(1, 16, 3);
	assert_true(wait_for(has_two_pages));
	page_of(0, &p);
	assert_string_equal(p.what, "fingers");
	page_of(1, &p);
	assert_string_equal(p.what, "card");
	read_page(1, &text);
	assert_int_equal(ym_json_parse(text.data, text.len, "page", &j, NULL), YM_OK);
	assert_string_equal(ym_json_str(j, "source"), "card");
	assert_int_equal(json_array_size(json_object_get(j, "fingers")), 2);
	assert_string_equal(ym_json_str(json_array_get(json_object_get(j, "fingers"), 1), "format"), "card");
}

static void
they_may_be_added_after_the_fingers_too(void **state)
{
	struct ym_capture_page p;
	struct ym_offer o[8];

	come("FACE");
	take_both_fingers();
	assert_true(wait_for(has_page));
	assert_int_equal(ym_station_capture_offers(b.s, o, 8), 1);
	assert_int_equal(ym_station_capture_reuse(b.s, &o[0], NULL), YM_OK);
	assert_true(wait_for(has_two_pages));
	page_of(1, &p);
	assert_string_equal(p.what, "card");
}

static void
without_a_case_that_wants_them_nothing_of_the_card_is_stored(void **state)
{
	int64_t before = n_blobs();

	come("CERT");
	assert_int_equal(n_blobs(), before);
	ym_station_lock(b.s);
	assert_int_equal(n_blobs(), before);
	assert_int_equal(ym_station_card_photo(b.s)->state, YM_PHOTO_NONE);
}

static void
fill(const char *datum, const char *value)
{
	for (int i = 0; i < ym_visit_n_form(visit()); i++)
		if (!strcmp(ym_visit_form(visit(), i)->datum, datum))
			assert_int_equal(ym_visit_fill(visit(), i, value, NULL), YM_OK);
}

static void
what_a_decided_case_kept_is_in_the_persons_archive(void **state)
{
	struct ym_error err = { 0 };
	struct ym_offer o[8];
	int n;

	come("FACE");
	begin("fingers");
	assert_int_equal(ym_station_capture_offers(b.s, o, 8), 1);
	assert_int_equal(ym_station_capture_reuse(b.s, &o[0], NULL), YM_OK);
	lay_finger(0, 11, 3);
	lay_finger(1, 16, 3);
	assert_true(wait_for(has_two_pages));
	ym_station_capture_end(b.s);
	fill("case.purpose", "换领");
	fill("applicant.household_division", "229901");
	for (int i = 0; i < ym_visit_n_materials(visit()); i++)
		if (i != b.material)
			assert_int_equal(ym_visit_mark(visit(), i, YM_MAT_SEEN, "", NULL), YM_OK);
	if (ym_visit_decide(visit(), 0, YM_EXIT_COMPLETED, NULL, &err))
		fail_msg("%s %s %s", err.msgid, err.subject, err.detail);
	go(state);
	come("FACE");
	begin("fingers");
	n = ym_station_capture_offers(b.s, o, 8);
	assert_int_equal(n, 2);
	assert_true(o[0].is_beside); /* of the card that was laid now */
	assert_false(o[1].is_beside);
	assert_int_equal(o[1].n_pages, 2); /* those taken before, and those of the card with them */
	assert_int_equal(o[1].grade, 'A');
}

static void
the_photo_of_a_card_is_shown_only_with_a_decoder(void **state)
{
	come("FACE");
	assert_false(ym_station_has_photo_decoder(b.s));
	ym_station_card_photo_open(b.s);
	assert_int_equal(ym_station_card_photo(b.s)->state, YM_PHOTO_NO_DECODER);
	assert_null(ym_station_card_photo(b.s)->image.data);
	assert_string_not_equal(ym_station_card_photo(b.s)->name, card_moved.name); /* masked */
}

static bool
has_photo_answer(void)
{
	return ym_station_card_photo(b.s)->state != YM_PHOTO_WORKING;
}

static void
with_one_the_photo_is_in_memory_while_it_is_looked_at(void **state)
{
	static uint8_t photo[YM_CARD_PHOTO_MAX] = "YMTEST.z";
	struct ym_sim_card card = card_resident;

	ym_station_close(b.s);
	assert_int_equal(ym_station_desk_set(b.dir, "photo.decoder", "/nowhere.so", NULL), YM_NOTFOUND);
	assert_int_equal(ym_station_desk_set(b.dir, "photo.decoder", PHOTO_DECODER, NULL), YM_OK);
	open_station();
	card.photo = photo;
	assert_non_null(visit()); /* the one that was at the window when the desk locked */
	assert_int_equal(ym_sim_reader_lay(b.reader, &card, NULL), YM_OK);
	assert_true(wait_for(has_tray));
	assert_int_equal(ym_station_take_card(b.s, -1, NULL), YM_INVALID);
	ym_station_card_photo_open(b.s);
	assert_int_equal(ym_station_card_photo(b.s)->state, YM_PHOTO_WORKING);
	assert_true(wait_for(has_photo_answer));
	assert_int_equal(ym_station_card_photo(b.s)->state, YM_PHOTO_SHOWN);
	assert_int_equal(ym_station_card_photo(b.s)->image.data[102 * 126 - 1], 'z');
	ym_station_card_photo_close(b.s);
	assert_null(ym_station_card_photo(b.s)->image.data);
}

/* -- what lies on the disk -- */

static const char *const clear[] = { "JFIF", "stand-in a", "YMTEST", "\xE6\xAC\xA7\xE9\x98\xB3\xE7\xAA\x97\xE5\x8F\xA3" /* 欧阳窗口 */,
	"\x27\x6B\x33\x96\x97\x7A\xE3\x53" /* the same as the card spells it */, "229901198502140021" };
static int n_files;

static int
search(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	YM_BUF data = { 0 };

	/* the stand-ins' own scenes are the test's */
	if (type == FTW_D && (strstr(path, "/camera") || strstr(path, "/portrait") || strstr(path, "/finger")))
		return FTW_SKIP_SUBTREE;
	if (type != FTW_F || strstr(path, "/pack.db"))
		return FTW_CONTINUE;
	assert_int_equal(ym_file_read(path, 64u << 20, &data, NULL), YM_OK);
	n_files++;
	for (size_t i = 0; i < YM_ARRAY_LEN(clear); i++)
		if (data.len && memmem(data.data, data.len, clear[i], strlen(clear[i])))
			fail_msg("%s: %s", path, clear[i]);
	return FTW_CONTINUE;
}

static void
no_picture_no_template_and_no_name_lies_in_clear_on_the_disk(void **state)
{
	assert_true(n_blobs() >= 4);
	assert_int_equal(nftw(b.dir, search, 8, FTW_PHYS | FTW_ACTIONRETVAL), 0);
	assert_true(n_files >= 2); /* the database and its log of writes */
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, go)
	const struct CMUnitTest tests[] = {
		T(pages_under_the_camera_are_kept_sealed),
		T(a_portrait_is_judged_and_kept_with_what_it_was_cut_from),
		T(the_wrong_hand_is_noticed_when_the_other_finger_is_the_same),
		T(the_cards_fingerprints_go_beside_those_taken_here),
		T(they_may_be_added_after_the_fingers_too),
		T(the_photo_of_a_card_is_shown_only_with_a_decoder),
		T(what_a_decided_case_kept_is_in_the_persons_archive),       /* the archive is empty before */
		T(without_a_case_that_wants_them_nothing_of_the_card_is_stored), /* locks the desk */
		T(with_one_the_photo_is_in_memory_while_it_is_looked_at),    /* opens it again */
		cmocka_unit_test(no_picture_no_template_and_no_name_lies_in_clear_on_the_disk), /* after all of them, the desk still open */
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
