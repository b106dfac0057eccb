/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See office.h.
 */
#include "device/office.h"

#include <sys/wait.h>

#include "base/file.h"

#define LONG_STOP_MS 60000

void
office_make(struct office *o)
{
	void *state = NULL;

	memset(o, 0, sizeof *o);
	assert_int_equal(window_setup(&state), 0);
	o->window = state;
	window_open(o->window);
	window_card(o->window, 0, OFFICE_RARE_NAME, MOTHER_ID, "229901");
	(void)window_add(o->window, "CERT");
	window_fill(o->window, "case.purpose", "入学");
	window_mark(o->window, "id_card", YM_MAT_SEEN);
	window_decide(o->window, 0, YM_EXIT_COMPLETED, NULL);
	assert_true(ym_visit_n_papers(o->window->v) >= OFFICE_PAPERS);
	ym_strlcpy(o->dir, o->window->d.dir, sizeof o->dir);
	window_leave(o->window);
	for (int i = 0; i < OFFICE_PRINTERS; i++)
		snprintf(o->links[i], sizeof o->links[i], "%s/printer%d", o->dir, i);
	assert_int_equal(ym_loop_new(&o->loop, NULL), YM_OK);
}

void
office_free(struct office *o)
{
	void *state = o->window;

	office_close(o);
	for (int i = 0; i < OFFICE_PRINTERS; i++)
		ym_sim_printer_free(o->printers[i]);
	ym_loop_turn(o->loop, 0);
	ym_loop_free(o->loop);
	assert_int_equal(window_teardown(&state), 0);
}

void
office_set(struct office *o, const char *key, const char *value)
{
	struct ym_db *db;

	assert_int_equal(ym_desk_open(o->dir, YM_DB_LOCK, &db, NULL), YM_OK);
	assert_int_equal(ym_setting_set(db, key, value, NULL), YM_OK);
	ym_db_close(db);
}

void
office_send_all(struct office *o, const char *way)
{
	office_set(o, "print.paper.certificate", way);
	office_set(o, "print.paper.application", way);
	office_set(o, "print.paper.sign-for", way);
}

void
office_printer(struct office *o, int i, const struct ym_sim_printer_habits *habits)
{
	assert_int_equal(ym_sim_printer_new(o->loop, o->links[i], habits, &o->printers[i], NULL), YM_OK);
}

static bool
has_signed_in(struct office *o)
{
	return ym_station_sign_in_result(o->s, NULL) != YM_BUSY;
}

void
office_sign_in(struct office *o)
{
	struct ym_error err = { 0 };

	assert_int_equal(ym_station_sign_in(o->s, ACCOUNT, PASSWORD, &err), YM_OK);
	office_wait(o, has_signed_in);
	assert_int_equal(ym_station_sign_in_result(o->s, &err), YM_OK);
}

void
office_open(struct office *o, const char *profile)
{
	const struct ym_station_options options = { .dir = o->dir, .practice = true };
	struct ym_error err = { 0 };

	if (ym_station_open(o->loop, &options, &o->s, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	for (int i = 0; i < OFFICE_PRINTERS; i++) {
		char identity[16];
		const struct ym_hub_port port = { .path = o->links[i], .role = YM_ROLE_RECEIPT, .identity = identity, .profile = profile ? profile : "receipt-80mm" };

		snprintf(identity, sizeof identity, "printer%d", i);
		if (o->printers[i] || !access(o->links[i], F_OK))
			assert_int_equal(ym_hub_add_port(ym_station_hub(o->s), &port, NULL, NULL), YM_OK);
	}
	office_sign_in(o);
}

void
office_close(struct office *o)
{
	ym_station_close(o->s);
	o->s = NULL;
}

bool
office_until(struct office *o, bool (*done)(struct office *o))
{
	int64_t stop = ym_clock_mono() + LONG_STOP_MS;

	while (!done(o)) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(o->loop, 20);
	}
	return true;
}

void
office_idle(struct office *o, int ms)
{
	int64_t stop = ym_clock_mono() + ms;

	while (ym_clock_mono() < stop)
		ym_loop_turn(o->loop, 10);
}

void
office_print(struct office *o, int paper)
{
	struct ym_error err = { 0 };

	if (ym_station_print(o->s, paper, &err))
		fail_msg("%s %s", err.msgid, err.detail);
}

struct ym_spool_line
office_job(struct office *o, int paper)
{
	struct ym_spool_line list[16];
	int n = ym_station_spool(o->s, list, (int)YM_ARRAY_LEN(list));
	const char *id = ym_visit_paper(ym_station_visit(o->s), paper)->id;

	for (int i = 0; i < n; i++)
		if (!strcmp(list[i].paper, id))
			return list[i];
	return (struct ym_spool_line){ .state = YM_JOB_NONE };
}

int
office_n_jobs(struct office *o)
{
	struct ym_spool_line list[16];

	return ym_station_spool(o->s, list, (int)YM_ARRAY_LEN(list));
}

int
office_printed(struct office *o, int paper)
{
	return ym_visit_paper(ym_station_visit(o->s), paper)->printed;
}

/* -- the other process -- */

static bool
never(struct office *o)
{
	return false;
}

int
office_is_other(int argc, char **argv)
{
	struct office o = { 0 };

	if (argc != 3 || strcmp(argv[1], "station"))
		return 0;
	ym_strlcpy(o.dir, argv[2], sizeof o.dir);
	for (int i = 0; i < OFFICE_PRINTERS; i++)
		snprintf(o.links[i], sizeof o.links[i], "%s/printer%d", o.dir, i);
	assert_int_equal(ym_loop_new(&o.loop, NULL), YM_OK);
	office_open(&o, NULL);
	office_print(&o, 0);
	(void)office_until(&o, never);
	return 1;
}

pid_t
office_start_other(struct office *o)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/proc/self/exe", "station", "station", o->dir, NULL);
		_exit(127);
	}
	return pid;
}
