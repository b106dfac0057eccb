/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A document camera as V4L2 shows it: the kernel's vivid through yimen-camera, found by its node alone
 * because vivid is no USB device. Not motion JPEG: vivid gives raw frames only.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef HAVE_TURBOJPEG
#include <turbojpeg.h>
#endif

#include "base/clock.h"
#include "lab/lab.h"

#define NODE "/dev/video0"
#define MOST (300 * 1024)

/* Decoded to the last line, by the library itself. */
static bool
decodes(const char *jpeg, size_t n, int *w, int *h)
{
#ifdef HAVE_TURBOJPEG
	tjhandle t = tjInitDecompress();
	int subsampling, space, rc = tjDecompressHeader3(t, (const unsigned char *)jpeg, n, w, h, &subsampling, &space);
	YM_FREE unsigned char *gray = rc ? NULL : ym_alloc((size_t)*w * (size_t)*h);

	rc = rc || tjDecompress2(t, (const unsigned char *)jpeg, n, gray, *w, 0, *h, TJPF_GRAY, 0);
	tjDestroy(t);
	return !rc;
#else
	return false;
#endif
}

static bool
shoot(struct lab *l, size_t max_bytes)
{
	static uint32_t id;
	const struct ym_device_order order = {.id = ++id, .kind = YM_ORDER_SHOOT, .max_bytes = max_bytes};
	struct ym_error err;

	l->n_ordered = l->n_images = 0;
	if (ym_hub_order(l->hub, lab_info(l).ref, &order, &err))
		return lab_point(false, "the order was not taken: %s", err.detail);
	lab_until(l, lab_has_ordered);
	return lab_point(l->n_ordered == 1 && l->ordered.code == YM_OK && l->n_images == 1, "a page is captured (%s %s)",
		ym_code_name(l->ordered.code), l->ordered.code ? l->ordered.msgid : "");
}

/* vivid has a button for it; found by name, because its number is the driver's own. */
static bool
pull_the_plug(void)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC), rc = -1;
	struct v4l2_queryctrl q = {.id = V4L2_CTRL_FLAG_NEXT_CTRL};

	while (fd >= 0 && rc && !ioctl(fd, VIDIOC_QUERYCTRL, &q)) {
		struct v4l2_control c = {.id = q.id, .value = 1};

		if (!strcmp((const char *)q.name, "Disconnect"))
			rc = ioctl(fd, VIDIOC_S_CTRL, &c);
		q.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
	}
	if (fd >= 0)
		close(fd);
	return rc == 0;
}

static bool
is_not_there(struct lab *l)
{
	enum ym_device_state state = lab_info(l).state;

	return state == YM_DEVICE_ABSENT || state == YM_DEVICE_ATTENTION;
}

static void
with_camera(struct lab *l)
{
	int64_t began = ym_clock_mono();
	int w = 0, h = 0;
	bool ok;

	ok = lab_until_state(l, YM_DEVICE_READY);
	if (!lab_point(ok, "the camera is ready (%s; %s)", lab_info(l).about, lab_info(l).last_msgid ? lab_info(l).last_msgid : "no error"))
		return;
	lab_note("measured: node to ready %lld ms, emulated", (long long)(ym_clock_mono() - began));
	began = ym_clock_mono();
	if (shoot(l, MOST)) {
		lab_note("measured: order to page %lld ms, emulated", (long long)(ym_clock_mono() - began));
		ok = decodes(l->jpeg, l->n_jpeg, &w, &h);
		lab_point(ok && w >= 640 && h >= 360, "its JPEG decodes: %dx%d", w, h);
		lab_point(l->n_jpeg <= MOST, "and keeps its limit: %zu of %d bytes", l->n_jpeg, MOST);
	}
	if (!pull_the_plug()) {
		lab_skip("this vivid cannot be disconnected");
		return;
	}
	ok = lab_until(l, is_not_there);
	lab_point(ok, "unplugged while the preview runs: the camera is away (%s)", ym_code_name(lab_info(l).last_code));
}

void
lab_camera(void)
{
	struct lab l;

#ifndef HAVE_TURBOJPEG
	lab_skip("built without libturbojpeg: there is no camera helper");
	return;
#endif
	if (system("modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0 && udevadm settle --timeout=20") || access(NODE, R_OK)) {
		lab_skip("this kernel has no vivid");
		return;
	}
	if (lab_up(&l, YM_ROLE_CAMERA, "video")) {
		with_camera(&l);
		lab_down(&l);
	}
}
