/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A4 papers of the station on a real IPP printer (ippeveprinter), without CUPS between: drawn, sent, followed, and every way that can
 * end. The printer prints by a script, which waits, complains or fails as a file tells it. Skipped where it cannot be started.
 */
#include "device/office.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/file.h"

#define TRIES 100
#define TRY_MS 100

static const char script[] =
	"#!/bin/sh\n"
	"cd \"$(dirname \"$0\")\" || exit 1\n"
	"told=\n"
	"while read -r word < habit; do\n"
	"\tcase $word in\n"
	"\tprint) exit 0;;\n"
	"\tfail) exit 1;;\n"
	"\thold) ;;\n"
	"\t\"$told\") ;;\n"
	"\t*) [ -z \"$told\" ] || echo \"STATE: -$told\" >&2; echo \"STATE: +$word\" >&2; told=$word;;\n"
	"\tesac\n"
	"\tsleep 0.1\n"
	"done\n";
static const char bus_config[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\""
	" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
	"<busconfig><type>system</type><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth><policy context=\"default\">"
	"<allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>\n";
static const char avahi_config[] = "[server]\nallow-interfaces=lo\n[wide-area]\nenable-wide-area=no\n[publish]\ndisable-publishing=yes\n";

static struct office o;
static char folder[64]; /* of the printer, its bus and its avahi */
static pid_t bus, avahi, printer;
static int port;
static const char *missing; /* why the tests are skipped */
static const char *sentence;
static int before[OFFICE_PAPERS];

/* -- the printer -- */

static pid_t
start(char *const argv[])
{
	pid_t pid = fork();

	if (!pid) {
		YM_FREE char *path = ym_asprintf("%s/%s.log", folder, argv[0]);
		int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(log, 1);
		dup2(log, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static void
stop(pid_t *pid, int signo)
{
	if (*pid > 0 && !kill(*pid, signo))
		waitpid(*pid, NULL, 0);
	*pid = 0;
}

static void
put_file(const char *name, const char *text, mode_t mode)
{
	YM_FREE char *path = ym_asprintf("%s/%s", folder, name);

	assert_int_equal(ym_file_write(path, text, strlen(text), mode, NULL), YM_OK);
}

/* "print", "fail", "hold", or a reason of the printer's state (RFC 8011 §5.4.12), which holds too. */
static void
habit(const char *word)
{
	YM_FREE char *line = ym_asprintf("%s\n", word);

	put_file("habit", line, 0600);
}

static int
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static bool
listens(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = !connect(fd, (struct sockaddr *)&at, sizeof at);

	close(fd);
	return yes;
}

/* False when it ends by itself: it needs avahi, avahi needs a bus. */
static bool
start_printer(void)
{
	YM_FREE char *number = ym_asprintf("%d", port), *command = ym_asprintf("%s/print.sh", folder), *spool = ym_asprintf("%s/spool", folder);
	char *argv[] = { (char *)"ippeveprinter", (char *)"-p", number, (char *)"-n", (char *)"localhost", (char *)"-r", (char *)"off", (char *)"-d", spool,
		(char *)"-k", (char *)"-f", (char *)"application/pdf", (char *)"-c", command, (char *)"yimen test", NULL };

	printer = start(argv);
	for (int i = 0; i < TRIES; i++) {
		if (waitpid(printer, NULL, WNOHANG) == printer) {
			printer = 0;
			return false;
		}
		if (listens())
			return true;
		usleep(TRY_MS * 1000);
	}
	return false;
}

static int
begin(void **state)
{
	YM_FREE char *spool = NULL, *config = NULL, *avahi_path = NULL, *bus_path = NULL, *config_option = NULL, *address = NULL;

	strcpy(folder, "/tmp/ym-a4-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	spool = ym_asprintf("%s/spool", folder);
	assert_int_equal(ym_file_mkdirs(spool, 0700, NULL), YM_OK);
	put_file("print.sh", script, 0700);
	habit("print");
	port = free_port();
	if (start_printer())
		return 0;
	config = ym_asprintf(bus_config, folder);
	put_file("bus.conf", config, 0600);
	put_file("avahi.conf", avahi_config, 0600);
	bus_path = ym_asprintf("%s/bus", folder);
	avahi_path = ym_asprintf("%s/avahi.conf", folder);
	config_option = ym_asprintf("--config-file=%s/bus.conf", folder);
	address = ym_asprintf("unix:path=%s", bus_path);
	bus = start((char *[]){ (char *)"dbus-daemon", config_option, (char *)"--nofork", (char *)"--nopidfile", NULL });
	for (int i = 0; i < TRIES && access(bus_path, F_OK); i++)
		usleep(TRY_MS * 1000);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	avahi = start((char *[]){ (char *)"avahi-daemon", (char *)"-f", avahi_path, (char *)"--no-drop-root", (char *)"--no-chroot", (char *)"--no-rlimits", NULL });
	for (int i = 0; i < TRIES && avahi > 0 && !printer; i++) {
		if (start_printer())
			return 0;
		if (waitpid(avahi, NULL, WNOHANG) == avahi)
			avahi = 0;
		usleep(TRY_MS * 1000);
	}
	missing = "ippeveprinter (cups-ipp-utils) does not start: it needs dbus-daemon and, as root, avahi-daemon";
	return 0;
}

static int
end(void **state)
{
	stop(&printer, SIGKILL);
	stop(&avahi, SIGTERM);
	stop(&bus, SIGTERM);
	folder_remove(folder);
	if (o.window)
		office_free(&o);
	return 0;
}

static int
n_documents(void)
{
	YM_FREE char *pattern = ym_asprintf("%s/spool/*.pdf", folder);
	glob_t found;
	int n = glob(pattern, 0, NULL, &found) ? 0 : (int)found.gl_pathc;

	globfree(&found);
	return n;
}

static void
clear(void)
{
	YM_FREE char *command = ym_asprintf("rm -f '%s'/spool/*", folder);

	assert_int_equal(system(command), 0);
}

/* -- the desk -- */

/* First in a test: what is skipped leaves nothing behind. */
static void
need_printer(void)
{
	if (missing) {
		print_message("# SKIP %s\n", missing);
		skip();
	}
}

/* One desk for all: signing in is slow on purpose. */
static void
make(void)
{
	YM_FREE char *uri = ym_asprintf("ipp://localhost:%d/ipp/print", port);

	if (!printer)
		assert_true(start_printer());
	clear();
	if (!o.window) {
		office_make(&o);
		office_send_all(&o, "a4");
		office_set(&o, "print.a4", uri);
		office_open(&o, NULL);
	}
	assert_int_equal(office_n_jobs(&o), 0);
	for (int i = 0; i < OFFICE_PAPERS; i++)
		before[i] = office_printed(&o, i);
}

/* Noted since make(). */
static int
noted(int paper)
{
	return office_printed(&o, paper) - before[paper];
}

static bool
nothing_waits(struct office *x)
{
	return office_n_jobs(x) == 0;
}

static bool
first_says_so(struct office *x)
{
	return strstr(office_job(x, 0).text, sentence) != NULL;
}

static void
says(const char *words, enum ym_paper_job state)
{
	sentence = words;
	office_wait(&o, first_says_so);
	assert_int_equal(office_job(&o, 0).state, state);
}

/* The printer has the paper, and yimen-print has seen that it has. */
static void
be_in_the_middle(void)
{
	habit("paused");
	make();
	office_print(&o, 0);
	says("is stopped", YM_JOB_PRINTING);
}

static void
test_a_paper_is_drawn_sent_and_noted_when_the_printer_has_it_out(void **state)
{
	need_printer();
	habit("print");
	make();
	assert_int_equal(ym_station_print_way(o.s, 0), YM_PRINT_A4);
	office_print(&o, 0);
	office_print(&o, 1);
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
	assert_int_equal(noted(1), 1);
	assert_int_equal(n_documents(), 2);
}

static void
test_what_the_printer_lacks_is_said_in_the_papers_line_and_it_goes_on(void **state)
{
	static const struct {
		const char *reason, *words;
	} needs[] = { { "media-empty-error", "has no paper" }, { "media-jam-error", "stuck" }, { "cover-open-error", "is open" }, { "paused", "is stopped" } };

	need_printer();
	habit("hold");
	make();
	office_print(&o, 0);
	for (size_t i = 0; i < YM_ARRAY_LEN(needs); i++) {
		habit(needs[i].reason);
		says(needs[i].words, YM_JOB_PRINTING);
		assert_int_equal(noted(0), 0);
	}
	habit("print");
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
	assert_int_equal(n_documents(), 1);
}

static void
test_a_paper_that_the_printer_gives_back_is_tried_again(void **state)
{
	need_printer();
	habit("fail");
	make();
	office_print(&o, 0);
	says("gave the paper back", YM_JOB_QUEUED);
	assert_int_equal(noted(0), 0);
	habit("print");
	ym_station_spool_retry(o.s);
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
}

static void
test_a_paper_cancelled_at_the_printer_waits_for_the_officer(void **state)
{
	YM_FREE char *command = NULL;

	need_printer();
	command = ym_asprintf("ipptool -q ipp://localhost:%d/ipp/print cancel-current-job.test", port);
	be_in_the_middle();
	assert_int_equal(system(command), 0);
	habit("print");
	says("took the paper out", YM_JOB_FAILED);
	assert_int_equal(noted(0), 0);
	ym_station_spool_retry(o.s);
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
}

static void
test_a_printer_that_is_not_there_is_named_and_waited_for(void **state)
{
	need_printer();
	make();
	stop(&printer, SIGKILL);
	habit("print");
	office_print(&o, 0);
	says("cannot be reached", YM_JOB_QUEUED);
	assert_true(start_printer());
	ym_station_spool_retry(o.s);
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
}

static void
test_a_printer_that_goes_away_is_said_and_the_officer_is_asked_after_a_restart(void **state)
{
	need_printer();
	be_in_the_middle();
	stop(&printer, SIGKILL);
	says("cannot be reached", YM_JOB_PRINTING);
	office_close(&o);
	office_open(&o, NULL);
	assert_int_equal(office_job(&o, 0).state, YM_JOB_ASKING);
	assert_int_equal(noted(0), 0);
	assert_int_equal(ym_station_spool_answer(o.s, office_job(&o, 0).id, true, NULL), YM_OK);
	assert_int_equal(noted(0), 1);
	habit("print");
}

static void
test_what_is_printed_while_the_desk_is_locked_is_noted_at_the_next_sign_in(void **state)
{
	need_printer();
	be_in_the_middle();
	ym_station_lock(o.s);
	habit("print");
	office_sign_in(&o);
	office_wait(&o, nothing_waits);
	assert_int_equal(noted(0), 1);
	assert_int_equal(n_documents(), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_paper_is_drawn_sent_and_noted_when_the_printer_has_it_out),
		cmocka_unit_test(test_what_the_printer_lacks_is_said_in_the_papers_line_and_it_goes_on),
		cmocka_unit_test(test_a_paper_that_the_printer_gives_back_is_tried_again),
		cmocka_unit_test(test_a_paper_cancelled_at_the_printer_waits_for_the_officer),
		cmocka_unit_test(test_a_printer_that_is_not_there_is_named_and_waited_for),
		cmocka_unit_test(test_a_printer_that_goes_away_is_said_and_the_officer_is_asked_after_a_restart),
		cmocka_unit_test(test_what_is_printed_while_the_desk_is_locked_is_noted_at_the_next_sign_in),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
