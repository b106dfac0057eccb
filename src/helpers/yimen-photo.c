/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-photo DECODER: one card photo through a licensed decoder (yimen_photo.h). Foreign code, so a process of its own that
 * can write nothing. Speaks a part of device/camera_wire.h: 'L' with the photo block comes, 'V' in gray or 'F' goes.
 * Invariant: one photo, then the end.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "device/camera_wire.h"
#include "device/helper.h"
#include "helpers/yimen_photo.h"

#define PIXELS (YIMEN_PHOTO_WIDTH * YIMEN_PHOTO_HEIGHT)

static void
confine(void)
{
	const struct rlimit nothing = { 0, 0 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &nothing);
	setrlimit(RLIMIT_CORE, &nothing);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The library may print: what was our output is put aside. Returns it. */
static int
hide_output(void)
{
	int out = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (out < 0 || null < 0)
		_exit(1);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	return out;
}

static enum ym_camera_fault
decode(const char *path, const struct ym_camera_message *m, uint8_t *gray)
{
	static uint8_t rgb[PIXELS * 3];
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	int (*abi)(void) = library ? (int (*)(void))dlsym(library, "yimen_photo_abi") : NULL;
	int (*fn)(const uint8_t *, size_t, uint8_t *) = library ? (int (*)(const uint8_t *, size_t, uint8_t *))dlsym(library, "yimen_photo_decode") : NULL;

	if (!abi || !fn || abi() != YIMEN_PHOTO_ABI)
		return YM_CAMERA_NO_FORMAT;
	if (fn(m->data, m->n, rgb))
		return YM_CAMERA_DAMAGED;
	for (size_t i = 0; i < PIXELS; i++)
		gray[i] = (uint8_t)((rgb[3 * i] * 299u + rgb[3 * i + 1] * 587u + rgb[3 * i + 2] * 114u) / 1000u);
	return YM_CAMERA_FINE;
}

int
main(int argc, char **argv)
{
	YM_BUF order = { 0 }, body = { 0 };
	struct ym_camera_message m, answer;
	uint8_t gray[PIXELS], kind;
	enum ym_camera_fault fault;
	int out;

	ym_helper_begin();
	if (argc != 2 || !ym_helper_read(&kind, &order, YM_CAMERA_MESSAGE_MAX) || kind != 'L' ||
		!ym_camera_wire_read(kind, (const uint8_t *)order.data, order.len, &m))
		return 2;
	confine();
	out = hide_output();
	fault = decode(argv[1], &m, gray);
	dup2(out, STDOUT_FILENO);
	answer = (struct ym_camera_message){ .kind = fault ? 'F' : 'V', .fault = fault, .image = { .data = gray, .n = sizeof gray,
		.width = YIMEN_PHOTO_WIDTH, .height = YIMEN_PHOTO_HEIGHT, .sharpness = -1, .brightness = -1, .tilt = YM_TILT_UNKNOWN } };
	ym_camera_wire_write(&answer, &body);
	ym_helper_write(answer.kind, body.data, body.len);
	_exit(0); /* nothing of the library runs again */
}
