/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The program yimen-central on a real socket: groups, long polls, kill -9, a clean end. Another program writes beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "world.h"

#define START_MS 20000

static char socket_path[96], password_path[96];
static pid_t server;

static int
connect_server(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ym_strlcpy(address.sun_path, socket_path, sizeof address.sun_path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
spawn_server(struct world *w)
{
	YM_FREE char *program = ym_file_helper("yimen-central");

	server = fork();
	assert_true(server >= 0);
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program, program, "serve", "--dir", w->central_dir, "--socket", socket_path,
			"--password-file", password_path, NULL);
		_exit(127);
	}
}

static void
start_server(struct world *w)
{
	int fd = -1;

	spawn_server(w);
	for (int waited = 0; waited < START_MS && fd < 0; waited += 20) {
		fd = connect_server();
		if (fd < 0)
			poll(NULL, 0, 20);
	}
	assert_true(fd >= 0);
	close(fd);
}

static int
end_server(int signal_number)
{
	int status;

	assert_int_equal(kill(server, signal_number), 0);
	assert_int_equal(waitpid(server, &status, 0), server);
	server = 0;
	return status;
}

static int
setup(void **state)
{
	struct world *w;

	if (!template.dir[0])
		make_template(NULL);
	*state = w = make_world(NULL);
	snprintf(socket_path, sizeof socket_path, "%s/socket", w->dir);
	snprintf(password_path, sizeof password_path, "%s/password", w->dir);
	assert_int_equal(ym_file_write(password_path, CENTRAL_PASSWORD "\n",
				 strlen(CENTRAL_PASSWORD) + 1, 0600, NULL),
		YM_OK);
	start_server(w);
	return 0;
}

static int
teardown(void **state)
{
	if (server)
		end_server(SIGKILL);
	return end_world(state);
}

/* -- requests by hand -- */

/* Sent, not yet answered. */
static int
begin(const struct desk *d, const char *method, const char *path, const char *body)
{
	struct headers h = { 0 };
	YM_BUF text = { 0 };
	int fd = connect_server();

	assert_true(fd >= 0);
	ym_buf_addf(&text,
		"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n",
		method, path, strlen(body));
	if (d)
		sign_request(&h, d, method, path, body, strlen(body));
	for (int i = 0; i < h.n; i++)
		ym_buf_addf(&text, "%s: %s\r\n", h.list[i].name, h.list[i].value);
	ym_buf_addf(&text, "\r\n%s", body);
	assert_int_equal(ym_fd_write_all(fd, text.data, text.len, NULL), YM_OK);
	return fd;
}

/* The answer's data, verified; *ret_status. */
static json_t *
finish(struct world *w, int fd, const char *method, const char *path, int *ret_status)
{
	YM_BUF text = { 0 };
	struct ym_wire_answer a;
	char *body;

	assert_int_equal(ym_fd_read_all(fd, 8u << 20, &text, NULL), YM_OK);
	close(fd);
	assert_int_equal(sscanf(ym_buf_str(&text), "HTTP/1.1 %d", ret_status), 1);
	body = strstr(text.data, "\r\n\r\n");
	assert_non_null(body);
	body += 4;
	assert_int_equal(ym_wire_open_answer(w->c->key, method, path, *ret_status, body,
				 strlen(body), &a, NULL),
		YM_OK);
	return a.data;
}

static json_t *
ask(struct world *w, const struct desk *d, const char *method, const char *path, const char *body,
	int want)
{
	int status;
	json_t *data = finish(w, begin(d, method, path, body), method, path, &status);

	assert_int_equal(status, want);
	return data;
}

static char *
path_of(const struct desk *d, const char *rest)
{
	return ym_asprintf("/v1/desks/%s/%s", d->name, rest);
}

static char *
next_batch(struct desk *d, int n)
{
	int64_t first = own_head(d) + 1;

	for (int i = 0; i < n; i++)
		append(d,
			&(struct ym_event_draft){ .kind = "shift.opened",
				.account = ACCOUNT,
				.body = "{\"note\":\"x\"}" });
	YM_JSON *batch = make_batch(d, first, own_head(d));
	return ym_json_dump(batch);
}

/* -- tests -- */

static void
answers_are_signed_whatever_is_asked(void **state)
{
	struct world *w = *state;
	YM_JSON *key = ask(w, NULL, "GET", "/v1/central", "", 200),
		*none = ask(w, NULL, "GET", "/v1/nothing", "", 403),
		*bad = ask(w, NULL, "POST", "/v1/enrol", "no json", 400);

	assert_string_equal(ym_json_str(key, "central"), w->c->public_hex);
}

static void
what_was_acknowledged_survives_kill_9(void **state)
{
	struct world *w = *state;
	YM_FREE char *events = path_of(&w->a, "events"), *head = path_of(&w->a, "head"),
		     *batch = next_batch(&w->a, 3);
	YM_JSON *done = ask(w, &w->a, "POST", events, batch, 200);

	assert_int_equal(ym_json_int(done, "seq", 0), 3);
	end_server(SIGKILL);
	start_server(w); /* over the socket that was left behind */
	YM_JSON *held_now = ask(w, &w->a, "GET", head, "", 200);
	assert_int_equal(ym_json_int(held_now, "seq", 0), 3);
	YM_JSON *again = ask(w, &w->a, "POST", events, batch, 200);
	assert_int_equal(ym_json_int(again, "seq", 0), 3);
}

/* Both desks at once, many connections: every answer says what is held then. */
static void
many_requests_at_once_are_all_answered(void **state)
{
	struct world *w = *state;
	struct desk *desks[] = { &w->a, &w->b };
	int fds[2][8], status;

	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 2; k++) {
			YM_FREE char *events = path_of(desks[k], "events"),
				     *batch = next_batch(desks[k], 1);

			fds[k][i] = begin(desks[k], "POST", events, batch);
		}
	for (int k = 0; k < 2; k++) {
		YM_FREE char *events = path_of(desks[k], "events");

		for (int i = 0; i < 8; i++) {
			YM_JSON *data = finish(w, fds[k][i], "POST", events, &status);

			/* one that overtook another finds a gap, and says what is held */
			assert_true(status == 200 || status == 409);
			assert_true(ym_json_int(data, "seq", -1) >= 0);
		}
		YM_JSON *all = make_batch(desks[k], 1, 8);
		YM_FREE char *text = ym_json_dump(all);
		YM_JSON *done = ask(w, desks[k], "POST", events, text, 200);
		assert_int_equal(ym_json_int(done, "seq", 0), 8);
	}
}

static void
a_long_poll_hears_of_what_another_program_wrote(void **state)
{
	struct world *w = *state;
	YM_FREE char *path = path_of(&w->a, "feed?after=0&wait=55"), *head = path_of(&w->b, "head");
	int64_t from = ym_clock_mono();
	int status, fd = begin(&w->a, "GET", path, "");

	/* the server is free meanwhile */
	YM_JSON *other = ask(w, &w->b, "GET", head, "", 200);
	assert_int_equal(
		ym_central_add_account(w->c, DESK_A, "n1", "王一", true, "accept", NULL), YM_OK);
	YM_JSON *data = finish(w, fd, "GET", path, &status);
	assert_int_equal(status, 200);
	assert_int_equal(json_array_size(json_object_get(data, "entries")), 1);
	assert_true(ym_clock_mono() - from < 50000);
}

static void
the_worker_answers_a_check_to_the_waiting_desk(void **state)
{
	struct world *w = *state;
	YM_FREE char *path = path_of(&w->a, "feed?after=0&wait=55"),
		     *events = path_of(&w->a, "events"), *text = NULL;
	int status, fd = begin(&w->a, "GET", path, "");

	append(&w->a,
		&(struct ym_event_draft){ .kind = "check.asked",
			.body = "{\"subject\":{\"doc_number\":\"\"}}",
			.attrs = { { "check", "019ab5c2-0000-7000-8000-00000000000c" },
				{ "register", "r" } },
			.n_attrs = 2 });
	YM_JSON *batch = make_batch(&w->a, 1, 1);
	text = ym_json_dump(batch);
	YM_JSON *done = ask(w, &w->a, "POST", events, text, 200);
	YM_JSON *data = finish(w, fd, "GET", path, &status);
	assert_string_equal(
		ym_json_str(json_array_get(json_object_get(data, "entries"), 0), "kind"),
		"check.answered");
}

static void
a_clean_stop_answers_who_waits(void **state)
{
	struct world *w = *state;
	YM_FREE char *path = path_of(&w->a, "feed?after=0&wait=55");
	int status, fd = begin(&w->a, "GET", path, "");
	struct pollfd p = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, 300), 0); /* held back */
	status = end_server(SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_false(ym_file_exists(socket_path));
	YM_JSON *data = finish(w, fd, "GET", path, &status);
	assert_int_equal(status, 200);
	assert_int_equal(json_array_size(json_object_get(data, "entries")), 0);
}

static void
a_second_server_and_a_wrong_password_are_refused(void **state)
{
	struct world *w = *state;
	pid_t first = server;
	int status;

	spawn_server(w);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_int_equal(ym_file_write(password_path, "another one\n", 12, 0600, NULL), YM_OK);
	spawn_server(w);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(WEXITSTATUS(status), 1);
	server = first;
	YM_JSON *key = ask(w, NULL, "GET", "/v1/central", "", 200); /* the first one serves on */
}

static void
the_socket_is_its_owners_alone(void **state)
{
	struct stat st;

	assert_int_equal(stat(socket_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(answers_are_signed_whatever_is_asked),
		T(what_was_acknowledged_survives_kill_9),
		T(many_requests_at_once_are_all_answered),
		T(a_long_poll_hears_of_what_another_program_wrote),
		T(the_worker_answers_a_check_to_the_waiting_desk),
		T(a_clean_stop_answers_who_waits),
		T(a_second_server_and_a_wrong_password_are_refused),
		T(the_socket_is_its_owners_alone),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
