/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The operation helper: cleanup always runs, completion comes once, the first error is kept, timers end with steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/sequence.h"

struct run {
	struct ym_loop *loop;
	struct ym_sequence seq;
	char trace[128];
	int n_done;
	struct ym_error err;
	int fail_at, again;
};

static void
note(struct run *r, char c)
{
	size_t n = strlen(r->trace);

	assert_true(n + 1 < sizeof r->trace);
	r->trace[n] = c;
}

static void
step(struct run *r, int i, char c)
{
	struct ym_error err;

	note(r, c);
	if (r->fail_at == i) {
		ym_fail(&err, YM_IO, "x", "step %d", i);
		ym_sequence_fail(&r->seq, &err);
	} else {
		ym_sequence_next(&r->seq);
	}
}

static void
a(struct ym_sequence *s, void *user)
{
	step(user, 0, 'a');
}

static void
b(struct ym_sequence *s, void *user)
{
	step(user, 1, 'b');
}

static void
waits(struct ym_sequence *s, void *user)
{
	note(user, 'w');
	ym_sequence_wait(s, 1, NULL);
}

static void
jumps_back_twice(struct ym_sequence *s, void *user)
{
	struct run *r = user;

	note(r, 'j');
	if (r->again-- > 0)
		ym_sequence_jump(s, 0);
	else
		ym_sequence_next(s);
}

static void
y(struct ym_sequence *s, void *user)
{
	step(user, 2, 'y');
}

static void
z(struct ym_sequence *s, void *user)
{
	step(user, 3, 'z');
}

static void
done(void *user, const struct ym_error *err)
{
	struct run *r = user;

	r->n_done++;
	r->err = *err;
	note(r, '.');
}

static const struct ym_sequence_step plain[] = {{"a", a, false}, {"b", b, false}, {"y", y, true}, {"z", z, true}};
static const struct ym_sequence_step slow[] = {{"w", waits, false}, {"b", b, false}, {"y", y, true}};
static const struct ym_sequence_step loops[] = {{"a", a, false}, {"j", jumps_back_twice, false}, {"z", z, true}};

static void
begin(struct run *r, int fail_at)
{
	*r = (struct run){.fail_at = fail_at};
	assert_int_equal(ym_loop_new(&r->loop, NULL), YM_OK);
	ym_sequence_init(&r->seq, r->loop, "test", done, r);
}

static void
end(struct run *r)
{
	ym_sequence_release(&r->seq);
	ym_loop_free(r->loop);
}

static void
steps_run_in_order_and_complete_once(void **state)
{
	struct run r;

	begin(&r, -1);
	ym_sequence_start(&r.seq, plain, 4);
	assert_string_equal(r.trace, "abyz.");
	assert_int_equal(r.err.code, YM_OK);
	assert_false(ym_sequence_is_running(&r.seq));
	ym_sequence_start(&r.seq, plain, 4);
	assert_int_equal(r.n_done, 2);
	end(&r);
}

static void
cleanup_runs_after_a_failure_anywhere(void **state)
{
	static const char *const traces[] = {"ayz.", "abyz.", "abyz.", "abyz."};

	for (int i = 0; i < 4; i++) {
		struct run r;

		begin(&r, i);
		ym_sequence_start(&r.seq, plain, 4);
		assert_string_equal(r.trace, traces[i]);
		assert_int_equal(r.err.code, YM_IO);
		assert_int_equal(r.seq.failed_at, i);
		assert_int_equal(r.n_done, 1);
		end(&r);
	}
}

static void
the_first_error_is_kept(void **state)
{
	struct run r;
	struct ym_error err;

	begin(&r, 2);
	ym_sequence_start(&r.seq, slow, 3);
	ym_fail(&err, YM_TIMEOUT, "first", "first");
	ym_sequence_fail(&r.seq, &err); /* then cleanup fails too */
	assert_string_equal(r.trace, "wy.");
	assert_int_equal(r.err.code, YM_TIMEOUT);
	end(&r);
}

static void
a_timer_moves_on_and_dies_with_its_step(void **state)
{
	struct run r;

	begin(&r, -1);
	ym_sequence_start(&r.seq, slow, 3);
	assert_string_equal(r.trace, "w");
	for (int i = 0; i < 100 && !r.n_done; i++)
		ym_loop_turn(r.loop, 10);
	assert_string_equal(r.trace, "wby.");
	ym_sequence_start(&r.seq, slow, 3);
	ym_sequence_finish(&r.seq);
	for (int i = 0; i < 5; i++)
		ym_loop_turn(r.loop, 2);
	assert_string_equal(r.trace, "wby.wy.");
	end(&r);
}

static void
jumps_go_back(void **state)
{
	struct run r;

	begin(&r, -1);
	r.again = 2;
	ym_sequence_start(&r.seq, loops, 3);
	assert_string_equal(r.trace, "ajajajz.");
	end(&r);
}

static void
release_drops_it_without_completion(void **state)
{
	struct run r;

	begin(&r, -1);
	ym_sequence_start(&r.seq, slow, 3);
	ym_sequence_release(&r.seq);
	for (int i = 0; i < 5; i++)
		ym_loop_turn(r.loop, 2);
	assert_int_equal(r.n_done, 0);
	ym_sequence_release(&(struct ym_sequence){0});
	end(&r);
}

static void
moves_of_a_finished_one_are_ignored(void **state)
{
	struct run r;
	struct ym_error err;

	begin(&r, -1);
	ym_sequence_start(&r.seq, plain, 4);
	ym_fail(&err, YM_IO, "late", "late");
	ym_sequence_next(&r.seq);
	ym_sequence_fail(&r.seq, &err);
	ym_sequence_finish(&r.seq);
	assert_int_equal(r.n_done, 1);
	end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_run_in_order_and_complete_once),
		cmocka_unit_test(cleanup_runs_after_a_failure_anywhere),
		cmocka_unit_test(the_first_error_is_kept),
		cmocka_unit_test(a_timer_moves_on_and_dies_with_its_step),
		cmocka_unit_test(jumps_go_back),
		cmocka_unit_test(release_drops_it_without_completion),
		cmocka_unit_test(moves_of_a_finished_one_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
