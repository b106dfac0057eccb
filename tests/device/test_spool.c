/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The station's spool against simulated receipt printers: what is killed, locked, out of paper or unplugged loses no paper and prints
 * none twice unasked; what a printer cannot print is said.
 */
#include "device/office.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/file.h"
#include "yimen/admin.h"
#include "yimen/counter.h"

static struct office o;

static struct ym_sim_printer *
sim(void)
{
	return o.printers[0];
}

static bool
nothing_waits(struct office *x)
{
	return office_n_jobs(x) == 0;
}

static bool
only_first_waits(struct office *x)
{
	return office_n_jobs(x) == 1 && office_job(x, 0).state == YM_JOB_ASKING;
}

static bool
first_is_printing(struct office *x)
{
	return office_job(x, 0).state == YM_JOB_PRINTING;
}

/* -- kill -9 -- */

static bool
other_has_queued(struct office *x)
{
	struct ym_db *db;
	struct ym_stmt *q;
	bool found;

	if (ym_desk_open(x->dir, YM_DB_READONLY, &db, NULL))
		return false;
	q = ym_db_sql(db, "SELECT 1 FROM draft WHERE name GLOB 'print:*'");
	found = ym_stmt_step(q, NULL) == YM_OK;
	ym_stmt_done(q);
	ym_db_close(db);
	return found;
}

static size_t kill_at, bytes_before; /* its questions come before, and go on */

static bool
has_so_many_bytes(struct office *x)
{
	if (!bytes_before && other_has_queued(x))
		bytes_before = ym_sim_printer_n_bytes(x->printers[0]);
	return bytes_before && ym_sim_printer_n_bytes(x->printers[0]) >= bytes_before + kill_at;
}

static size_t wanted;

static bool
have_come_out(struct office *x)
{
	return ym_sim_printer_n_receipts(x->printers[0]) >= wanted;
}

static void
kill_when(bool (*done)(struct office *x))
{
	pid_t pid = office_start_other(&o);

	office_wait(&o, done);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
make(const struct ym_sim_printer_habits *habits)
{
	bytes_before = 0;
	wanted = 1;
	office_make(&o);
	office_send_all(&o, "receipt");
	office_printer(&o, 0, habits);
}

static void
test_killed_in_the_middle_of_a_receipt_the_officer_is_asked_and_nothing_is_printed_unasked(void **state)
{
	make(&(struct ym_sim_printer_habits){ .paper_out_at = 40 }); /* it has the rest, and says nothing yet */
	kill_at = 60;
	kill_when(has_so_many_bytes);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 0);
	ym_sim_printer_unplug(sim()); /* the half of it is torn off */
	ym_sim_printer_set_paper(sim(), true);
	assert_int_equal(ym_sim_printer_plug(sim(), NULL), YM_OK);
	office_open(&o, NULL);
	assert_int_equal(office_job(&o, 0).state, YM_JOB_ASKING);
	assert_non_null(strstr(office_job(&o, 0).text, "program ended"));
	/* another paper is printed past it; it itself is not */
	office_print(&o, 1);
	office_wait(&o, only_first_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 1);
	assert_int_equal(office_printed(&o, 0), 0);
	assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, false, NULL), YM_OK);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 2);
	assert_int_equal(office_printed(&o, 0), 1);
	office_free(&o);
}

static void
test_killed_when_the_printer_had_it_all_a_yes_notes_it_and_a_reprint_is_marked(void **state)
{
	make(&(struct ym_sim_printer_habits){ .knows_no_done = true });
	kill_when(have_come_out);
	office_open(&o, NULL);
	assert_int_equal(office_job(&o, 0).state, YM_JOB_ASKING);
	assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, true, NULL), YM_OK);
	assert_int_equal(office_n_jobs(&o), 0);
	assert_int_equal(office_printed(&o, 0), 1);
	assert_null(strstr(ym_sim_printer_receipt(sim(), 0), "补打"));
	ym_sim_printer_set_habits(sim(), &(struct ym_sim_printer_habits){ 0 });
	office_print(&o, 0);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 2);
	assert_non_null(strstr(ym_sim_printer_receipt(sim(), 1), "补打"));
	assert_int_equal(office_printed(&o, 0), 2);
	office_free(&o);
}

static void
test_killed_at_any_byte_it_is_printed_once_or_asked_about(void **state)
{
	for (kill_at = 0; kill_at < 90; kill_at += 40) {
		make(NULL);
		kill_when(has_so_many_bytes);
		office_open(&o, NULL);
		office_idle(&o, 100);
		if (office_job(&o, 0).state == YM_JOB_ASKING) {
			assert_int_equal(office_printed(&o, 0), 0);
			assert_true(ym_sim_printer_n_receipts(sim()) <= 1);
		} else {
			office_wait(&o, nothing_waits);
			assert_int_equal(ym_sim_printer_n_receipts(sim()), 1);
			assert_int_equal(office_printed(&o, 0), 1);
		}
		office_free(&o);
	}
}

static void
test_killed_while_it_waits_for_its_printer_it_is_printed_by_itself_once(void **state)
{
	make(NULL);
	ym_sim_printer_set_paper(sim(), false);
	kill_when(other_has_queued);
	assert_false(folder_contains(o.dir, OFFICE_RARE_NAME));
	ym_sim_printer_set_paper(sim(), true);
	office_open(&o, NULL);
	if (office_job(&o, 0).state == YM_JOB_ASKING) /* killed between "sending" and the printer's no */
		assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, false, NULL), YM_OK);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 1);
	assert_int_equal(office_printed(&o, 0), 1);
	office_free(&o);
}

/* -- the lock -- */

static void
test_nothing_is_printed_while_locked_and_it_goes_on_afterwards(void **state)
{
	struct ym_spool_line none[4];
	size_t n;

	make(NULL);
	ym_sim_printer_set_paper(sim(), false);
	office_open(&o, NULL);
	office_print(&o, 0);
	office_print(&o, 1);
	ym_station_lock(o.s);
	ym_sim_printer_set_paper(sim(), true);
	n = ym_sim_printer_n_bytes(sim());
	office_idle(&o, 1500);
	assert_int_equal(ym_station_spool(o.s, none, 4), 0);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 0);
	assert_true(ym_sim_printer_n_bytes(sim()) < n + 60); /* questions, never a receipt */
	office_sign_in(&o);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 2);
	assert_int_equal(office_printed(&o, 0), 1);
	assert_int_equal(office_printed(&o, 1), 1);
	office_free(&o);
}

static void
test_a_receipt_that_ends_while_locked_is_noted_at_the_next_sign_in(void **state)
{
	make(NULL);
	office_open(&o, NULL);
	office_print(&o, 0);
	office_wait(&o, first_is_printing);
	ym_station_lock(o.s);
	office_wait(&o, have_come_out);
	office_idle(&o, 50);
	office_sign_in(&o);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 1);
	assert_int_equal(office_printed(&o, 0), 1);
	office_free(&o);
}

/* -- a person is needed -- */

static const char *sentence;

static bool
first_waits_saying_so(struct office *x)
{
	return office_job(x, 0).state == YM_JOB_QUEUED && strstr(office_job(x, 0).text, sentence);
}

static bool
first_prints_saying_so(struct office *x)
{
	return office_job(x, 0).state == YM_JOB_PRINTING && strstr(office_job(x, 0).text, sentence);
}

static bool
first_asks_saying_so(struct office *x)
{
	return office_job(x, 0).state == YM_JOB_ASKING && strstr(office_job(x, 0).text, sentence);
}

static void
test_without_paper_or_open_it_says_so_and_goes_on_by_itself(void **state)
{
	make(NULL);
	office_open(&o, NULL);
	for (int i = 0; i < 2; i++) {
		if (i)
			ym_sim_printer_set_cover(sim(), true);
		else
			ym_sim_printer_set_paper(sim(), false);
		sentence = i ? "cover of the receipt printer is open" : "has no paper";
		office_print(&o, 0);
		office_wait(&o, first_waits_saying_so);
		assert_int_equal(ym_sim_printer_n_receipts(sim()), i);
		if (i)
			ym_sim_printer_set_cover(sim(), false);
		else
			ym_sim_printer_set_paper(sim(), true);
		office_wait(&o, nothing_waits);
		assert_int_equal(ym_sim_printer_n_receipts(sim()), i + 1);
		assert_int_equal(office_printed(&o, 0), i + 1);
	}
	/* the roll ends in the middle */
	ym_sim_printer_set_habits(sim(), &(struct ym_sim_printer_habits){ .paper_out_at = 30 });
	sentence = "has no paper";
	office_print(&o, 0);
	office_wait(&o, first_prints_saying_so);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 2);
	ym_sim_printer_set_paper(sim(), true);
	office_wait(&o, nothing_waits);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 3);
	assert_int_equal(office_printed(&o, 0), 3);
	office_free(&o);
}

static void
test_one_that_tells_nothing_is_asked_about_and_no_prints_it_again(void **state)
{
	make(&(struct ym_sim_printer_habits){ .is_silent = true });
	sentence = "does not say whether the paper came out";
	office_open(&o, NULL);
	office_print(&o, 0);
	for (int i = 1; i <= 2; i++) {
		office_wait(&o, first_asks_saying_so);
		assert_int_equal(office_printed(&o, 0), 0);
		wanted = (size_t)i;
		office_wait(&o, have_come_out);
		assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, i == 2, NULL), YM_OK);
	}
	assert_int_equal(office_n_jobs(&o), 0);
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 2);
	assert_int_equal(office_printed(&o, 0), 1);
	office_free(&o);
}

static void
test_characters_that_the_printer_lacks_are_told_before_the_paper_counts(void **state)
{
	static const char profile[] = "{\"version\":1,\"kind\":\"receipt\",\"title\":\"test\",\"port\":{\"baud\":9600},\"columns\":32,"
		"\"charset\":\"GBK\",\"knife\":true,\"answers\":true}";
	YM_FREE char *path = NULL;

	make(NULL);
	path = ym_asprintf("%s/old.json", o.dir);
	assert_int_equal(ym_file_write(path, profile, strlen(profile), 0600, NULL), YM_OK);
	sentence = "〓";
	office_open(&o, path);
	office_print(&o, 0);
	office_wait(&o, first_asks_saying_so);
	assert_non_null(strstr(ym_sim_printer_receipt(sim(), 0), "欧阳〓"));
	assert_int_equal(office_printed(&o, 0), 0);
	/* it is still said after a restart */
	office_close(&o);
	office_open(&o, path);
	assert_true(first_asks_saying_so(&o));
	assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, true, NULL), YM_OK);
	assert_int_equal(office_printed(&o, 0), 1);
	/* a printer with the whole set prints it as it is, and asks nobody */
	office_close(&o);
	office_open(&o, NULL);
	office_print(&o, 0);
	office_wait(&o, nothing_waits);
	assert_non_null(strstr(ym_sim_printer_receipt(sim(), 1), OFFICE_RARE_NAME));
	office_free(&o);
}

/* -- two of a kind -- */

static bool
second_has_printed(struct office *x)
{
	return ym_sim_printer_n_receipts(x->printers[1]) > 0;
}

static void
test_of_two_printers_the_one_that_works_prints(void **state)
{
	make(NULL);
	office_printer(&o, 1, NULL);
	ym_sim_printer_unplug(sim());
	office_open(&o, NULL);
	office_print(&o, 0);
	office_wait(&o, nothing_waits);
	assert_true(second_has_printed(&o));
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 0);
	office_free(&o);
}

static bool
first_waits(struct office *x)
{
	return office_job(x, 0).state == YM_JOB_QUEUED && *office_job(x, 0).text;
}

static void
test_the_printer_that_was_chosen_is_waited_for(void **state)
{
	make(NULL);
	office_printer(&o, 1, NULL);
	office_set(&o, "print.receipt", "printer1");
	ym_sim_printer_unplug(o.printers[1]);
	office_open(&o, NULL);
	office_print(&o, 0);
	office_wait(&o, first_waits);
	assert_int_equal(ym_sim_printer_plug(o.printers[1], NULL), YM_OK);
	office_wait(&o, nothing_waits);
	assert_true(second_has_printed(&o));
	assert_int_equal(ym_sim_printer_n_receipts(sim()), 0);
	office_free(&o);
}

/* -- A4 that cannot be drawn -- */

static bool
first_has_failed_once_more(struct office *x)
{
	return *office_job(x, 0).text != 0;
}

/* The helpers of this build, but one: a script. */
static char *
helpers_with(const char *name, const char *script)
{
	YM_FREE char *usual = ym_strdup(getenv("YIMEN_LIBEXEC")), *own = ym_asprintf("%s/helpers", o.dir), *path = ym_asprintf("%s/%s", own, name);
	YM_FREE char *command = ym_asprintf("mkdir '%s' && ln -s '%s'/yimen-* '%s' && rm -f '%s'", own, usual, own, path);

	assert_int_equal(system(command), 0);
	assert_int_equal(ym_file_write(path, script, strlen(script), 0700, NULL), YM_OK);
	setenv("YIMEN_LIBEXEC", own, 1);
	return YM_TAKE(usual);
}

static void
test_the_count_of_tries_survives_a_restart(void **state)
{
	static const enum ym_paper_job after[] = { YM_JOB_QUEUED, YM_JOB_QUEUED, YM_JOB_FAILED };
	YM_FREE char *usual = NULL;

	office_make(&o);
	office_send_all(&o, "a4");
	office_set(&o, "print.a4", "ipp://localhost:9/ipp/print");
	usual = helpers_with("yimen-paper", "#!/bin/false\n");
	for (int i = 0; i < 3; i++) {
		office_open(&o, NULL);
		if (!i)
			office_print(&o, 0);
		office_wait(&o, first_has_failed_once_more);
		assert_int_equal(office_job(&o, 0).state, after[i]);
		office_close(&o);
	}
	setenv("YIMEN_LIBEXEC", usual, 1);
	office_free(&o);
}

/* -- which printers there are -- */

static struct ym_printer printers[4];

static bool
printers_are_known(struct office *x)
{
	return ym_station_printers(x->s, printers, 4) > 0;
}

static void
keep_printer(void *user, const struct ym_printer *p)
{
	printers[(*(int *)user)++] = *p;
}

static void
count_port(void *user, const struct ym_device_info *info)
{
	*(int *)user += !strcmp(info->identity, "port:/dev/no-such-port") && info->role == YM_ROLE_RECEIPT;
}

static void
test_the_queues_of_a4_are_listed_with_what_they_lack_and_one_is_chosen(void **state)
{
	YM_FREE char *usual = NULL;
	int n = 0, n_ports = 0;

	office_make(&o);
	office_set(&o, "print.a4", "ipp://other/ipp/print");
	usual = helpers_with("yimen-print", "#!/bin/sh\nprintf '*hall\\tidle\\tnone\\t大厅\\nback\\tstopped\\tmedia-empty-error\\t\\nno state\\n\"quoted\\tidle\\t\\t\\n'\n");
	office_open(&o, NULL);
	ym_station_ask_printers(o.s);
	office_wait(&o, printers_are_known);
	assert_int_equal(ym_station_printers(o.s, printers, 4), 3);
	assert_string_equal(printers[0].name, "hall");
	assert_string_equal(printers[0].info, "大厅");
	assert_true(printers[0].is_default && !printers[0].is_chosen && printers[0].state == YM_DEVICE_READY && !printers[0].why);
	assert_true(printers[1].state == YM_DEVICE_ATTENTION && strstr(printers[1].why, "no paper"));
	assert_string_equal(printers[2].name, "ipp://other/ipp/print");
	assert_true(printers[2].is_chosen);
	assert_int_equal(ym_station_choose_printer(o.s, YM_PRINT_A4, "back", NULL), YM_OK);
	assert_int_equal(ym_station_choose_printer(o.s, YM_PRINT_RECEIPT, "printer1", NULL), YM_OK);
	assert_true(ym_station_is_chosen_printer(o.s, "printer1"));
	assert_int_equal(ym_station_printers(o.s, printers, 4), 3);
	assert_true(printers[1].is_chosen && !printers[2].is_chosen);
	office_close(&o);
	/* the same without a workstation, and the ports that were told by hand */
	assert_int_equal(ym_counter_printers(o.dir, keep_printer, &n, NULL), YM_OK);
	assert_int_equal(n, 2);
	assert_true(printers[1].is_chosen);
	assert_int_equal(ym_station_port_add(o.dir, "/dev/no-such-port", "receipt", "receipt-80mm", NULL), YM_OK);
	assert_int_equal(ym_counter_list(o.dir, 10000, count_port, &n_ports, NULL), YM_OK);
	assert_int_equal(n_ports, 1);
	setenv("YIMEN_LIBEXEC", usual, 1);
	office_free(&o);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_in_the_middle_of_a_receipt_the_officer_is_asked_and_nothing_is_printed_unasked),
		cmocka_unit_test(test_killed_when_the_printer_had_it_all_a_yes_notes_it_and_a_reprint_is_marked),
		cmocka_unit_test(test_killed_at_any_byte_it_is_printed_once_or_asked_about),
		cmocka_unit_test(test_killed_while_it_waits_for_its_printer_it_is_printed_by_itself_once),
		cmocka_unit_test(test_nothing_is_printed_while_locked_and_it_goes_on_afterwards),
		cmocka_unit_test(test_a_receipt_that_ends_while_locked_is_noted_at_the_next_sign_in),
		cmocka_unit_test(test_without_paper_or_open_it_says_so_and_goes_on_by_itself),
		cmocka_unit_test(test_one_that_tells_nothing_is_asked_about_and_no_prints_it_again),
		cmocka_unit_test(test_characters_that_the_printer_lacks_are_told_before_the_paper_counts),
		cmocka_unit_test(test_of_two_printers_the_one_that_works_prints),
		cmocka_unit_test(test_the_printer_that_was_chosen_is_waited_for),
		cmocka_unit_test(test_the_count_of_tries_survives_a_restart),
		cmocka_unit_test(test_the_queues_of_a4_are_listed_with_what_they_lack_and_one_is_chosen),
	};

	return office_is_other(argc, argv) ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
