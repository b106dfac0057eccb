/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Photos of cards through a decoder in a process of its own: the tests' decoder (photo_decoder.c), one that is no decoder,
 * one that hangs, dies, prints, writes. What a real decoder makes of a real card is not tested here: there is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/photo.h"

static struct {
	struct ym_loop *loop;
	int n_ends;
	bool has_image;
	struct ym_image image;
	uint8_t first, last;
	struct ym_error err;
} b;

static void
on_photo(void *user, const struct ym_image *gray, const struct ym_error *err)
{
	b.n_ends++;
	b.err = *err;
	b.has_image = gray != NULL;
	if (gray) {
		b.image = *gray;
		b.first = gray->data[0];
		b.last = gray->data[gray->n - 1];
	}
}

/* As a card carries it: 1024 bytes. */
static void
decode(const char *decoder, const char *start, int wait_ms)
{
	uint8_t wlt[YM_CARD_PHOTO_MAX] = { 0 };
	struct ym_photo *p = NULL;

	memcpy(wlt, start, strlen(start));
	b.n_ends = 0;
	b.has_image = false;
	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	assert_int_equal(ym_photo_decode(b.loop, decoder, wlt, sizeof wlt, wait_ms, on_photo, NULL, &p, NULL), YM_OK);
	while (!b.n_ends)
		ym_loop_turn(b.loop, 1000);
	ym_photo_free(p);
	ym_loop_turn(b.loop, 0);
	ym_loop_free(b.loop);
	assert_int_equal(b.n_ends, 1);
}

static void
the_decoders_picture_comes_in_gray(void **state)
{
	decode(PHOTO_DECODER, "YMTEST.z", 30000);
	assert_true(b.has_image);
	assert_int_equal(b.err.code, YM_OK);
	assert_int_equal(b.image.width, 102);
	assert_int_equal(b.image.height, 126);
	assert_int_equal(b.first, 'z');
	assert_int_equal(b.last, 'z');
}

static void
what_the_decoder_prints_does_not_spoil_the_answer(void **state)
{
	decode(PHOTO_DECODER, "YMTESTPz", 30000);
	assert_true(b.has_image);
	assert_int_equal(b.last, 'z');
}

static void
a_photo_it_does_not_know_is_no_picture(void **state)
{
	decode(PHOTO_DECODER, "WLf\x01", 30000);
	assert_false(b.has_image);
	assert_int_equal(b.err.code, YM_INVALID);
	assert_non_null(b.err.msgid);
}

static void
a_decoder_that_dies_is_told(void **state)
{
	decode(PHOTO_DECODER, "YMTESTCz", 30000);
	assert_false(b.has_image);
	assert_int_equal(b.err.code, YM_IO);
}

static void
a_decoder_that_hangs_is_ended_at_its_time(void **state)
{
	decode(PHOTO_DECODER, "YMTESTHz", 50);
	assert_false(b.has_image);
	assert_int_equal(b.err.code, YM_TIMEOUT);
}

static void
a_decoder_can_write_no_file(void **state)
{
	char path[] = "/tmp/ym-photo-XXXXXX";
	int fd = mkstemp(path);
	YM_FREE char *start = ym_asprintf("YMTESTWz%s", path);

	assert_true(fd >= 0);
	decode(PHOTO_DECODER, start, 30000);
	assert_true(b.has_image); /* the tests' decoder refuses when it could write */
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	close(fd);
	unlink(path);
}

static void
a_file_that_is_no_decoder_is_refused_and_a_missing_one_named(void **state)
{
	struct ym_photo *p = NULL;
	struct ym_error err = { 0 };

	decode("/proc/self/exe", "YMTEST.z", 30000);
	assert_false(b.has_image);
	assert_int_equal(b.err.code, YM_REFUSED);
	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	assert_int_equal(ym_photo_decode(b.loop, "/nowhere/decoder.so", (const uint8_t *)"x", 1, 0, on_photo, NULL, &p, &err), YM_NOTFOUND);
	assert_null(p);
	assert_non_null(strstr(err.subject, "/nowhere/decoder.so"));
	ym_loop_free(b.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_decoders_picture_comes_in_gray),
		cmocka_unit_test(what_the_decoder_prints_does_not_spoil_the_answer),
		cmocka_unit_test(a_photo_it_does_not_know_is_no_picture),
		cmocka_unit_test(a_decoder_that_dies_is_told),
		cmocka_unit_test(a_decoder_that_hangs_is_ended_at_its_time),
		cmocka_unit_test(a_decoder_can_write_no_file),
		cmocka_unit_test(a_file_that_is_no_decoder_is_refused_and_a_missing_one_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
