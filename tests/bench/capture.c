/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Pages of five megapixels captured at a real desk: station, hub, the camera's helper over a stand-in camera. How long a
 * page takes from the order until it is sealed and attached, and how long a key waits meanwhile, previews included. Prints
 * one line of JSON. Invariant: what lies under the camera is drawn, never a real paper.
 *
 *   capture DESK-FOLDER TIMES < password
 */
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "bench.h"
#include "station/edges.h"
#include "take.h"
#include "yimen/capturing.h"

#define ACCOUNT "bench"
#define SCENE "{\"show\":\"page\",\"tilt\":2,\"width\":2592,\"height\":1944}"
#define KEY_EVERY_US 7000
#define BETWEEN_MS 300.0 /* the page is turned over; previews go on */
#define WAIT_MAX_MS (60 * 1000.0)
#define KEYS_MAX 20000

struct bench {
	struct ym_loop *loop;
	struct ym_station *station;
	struct ym_visit *visit;
	int material;
	double waits[KEYS_MAX];
	int n_waits;
	bool is_counting;
};

/* -- keys: another process says when it pressed one -- */

static pid_t
press_keys(int fd)
{
	pid_t pid = fork();

	while (pid == 0) {
		double now = bench_ms();

		if (write(fd, &now, sizeof now) != (ssize_t)sizeof now)
			_exit(0);
		usleep(KEY_EVERY_US);
	}
	return pid;
}

static void
on_key(void *user, int fd, short revents)
{
	struct bench *b = user;
	double pressed[64], now = bench_ms();
	ssize_t n = read(fd, pressed, sizeof pressed);

	for (ssize_t i = 0; b->is_counting && i < n / (ssize_t)sizeof *pressed && b->n_waits < KEYS_MAX; i++)
		b->waits[b->n_waits++] = now - pressed[i];
}

/* -- the desk -- */

static void
turn(struct bench *b, double ms)
{
	double end = bench_ms() + ms;

	while (bench_ms() < end)
		ym_loop_turn(b->loop, 5);
}

static void
sign_in(struct bench *b, const char *password)
{
	struct ym_error err = { 0 };
	enum ym_code code = ym_station_sign_in(b->station, ACCOUNT, password, &err);

	bench_need(code, &err);
	while ((code = ym_station_sign_in_result(b->station, &err)) == YM_BUSY)
		ym_loop_turn(b->loop, 5);
	bench_need(code, &err);
	if (!ym_station_shift_is_open(b->station))
		bench_need(ym_station_open_shift(b->station, &err), &err);
}

static void
open_visit(struct bench *b)
{
	static const char *const items[] = { "SF-003" };
	enum ym_capture_mode mode;
	struct ym_error err = { 0 };
	struct take_person p;

	take_person(11, &p);
	bench_need(ym_station_walk_in(b->station, &err), &err);
	b->visit = ym_station_visit(b->station);
	take_ready(b->visit, &p, items, 1);
	for (b->material = 0; b->material < ym_visit_n_materials(b->visit); b->material++)
		if (ym_station_capture_mode(b->station, ym_visit_material(b->visit, b->material)->kind, &mode) && mode == YM_CAPTURE_PAGES)
			return;
	fputs("capture: the item wants no pages\n", stderr);
	exit(1);
}

static void
until_phase(struct bench *b, enum ym_capture_phase phase)
{
	double end = bench_ms() + WAIT_MAX_MS;

	while (ym_station_capture(b->station)->phase != phase) {
		const struct ym_error *err = &ym_station_capture(b->station)->error;

		if (err->code || bench_ms() > end) {
			fprintf(stderr, "capture: phase %d: %s\n", (int)ym_station_capture(b->station)->phase, err->msgid ? err->msgid : "");
			exit(1);
		}
		ym_loop_turn(b->loop, 5);
	}
}

static double
one_page(struct bench *b)
{
	struct ym_error err = { 0 };
	double began = bench_ms();

	bench_need(ym_station_capture_shoot(b->station, &err), &err);
	until_phase(b, YM_PHASE_LIVE);
	if (ym_visit_n_pages(b->visit, b->material) != 1) {
		fputs("capture: the page was not kept\n", stderr);
		exit(1);
	}
	began = bench_ms() - began;
	bench_need(ym_station_capture_drop(b->station, 0, &err), &err);
	return began;
}

static void
capture(struct bench *b, const char *folder, int n)
{
	YM_FREE char *scene = ym_asprintf("%s/scene.json", folder);
	double *ms = ym_alloc((size_t)n * sizeof *ms);
	struct ym_error err = { 0 };

	bench_need(ym_file_mkdirs(folder, 0700, &err), &err);
	bench_need(ym_file_write(scene, SCENE, strlen(SCENE), 0600, &err), &err);
	bench_need(ym_hub_add_port(ym_station_hub(b->station),
		&(struct ym_hub_port){ .path = folder, .role = YM_ROLE_CAMERA, .identity = "bench-camera", .subsystem = "file" }, NULL, &err), &err);
	bench_need(ym_station_capture_begin(b->station, b->material, &err), &err);
	until_phase(b, YM_PHASE_LIVE);
	while (!ym_station_capture(b->station)->image.data)
		ym_loop_turn(b->loop, 5);
	b->is_counting = true;
	for (int i = 0; i < n; i++) {
		ms[i] = one_page(b);
		turn(b, BETWEEN_MS);
	}
	b->is_counting = false;
	ym_station_capture_end(b->station);
	printf("{");
	bench_print("page", ms, n);
	printf(", ");
	bench_print("key", b->waits, b->n_waits);
	puts("}");
	free(ms);
}

int
main(int argc, char **argv)
{
	struct ym_station_options options = { 0 };
	YM_FREE char *folder = argc == 3 ? ym_asprintf("%s/camera", argv[1]) : NULL;
	static struct bench b;
	struct ym_error err = { 0 };
	char password[100] = "";
	ym_source keys;
	pid_t pid;
	int fds[2];

	if (argc != 3 || !fgets(password, sizeof password, stdin) || pipe(fds)) {
		fputs("usage: capture DESK-FOLDER TIMES < password\n", stderr);
		return 2;
	}
	password[strcspn(password, "\n")] = 0;
	pid = press_keys(fds[1]);
	close(fds[1]);
	options.dir = argv[1];
	bench_need(ym_loop_new(&b.loop, &err), &err);
	bench_need(ym_station_open(b.loop, &options, &b.station, &err), &err);
	sign_in(&b, password);
	open_visit(&b);
	keys = ym_loop_add_fd(b.loop, "keys", YM_PRIO_KEYS, fds[0], POLLIN, on_key, &b);
	capture(&b, folder, atoi(argv[2]));
	kill(pid, SIGKILL);
	ym_loop_remove(b.loop, keys);
	ym_station_close(b.station);
	ym_loop_turn(b.loop, 0);
	ym_loop_free(b.loop);
	return 0;
}
