/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A signature pad that is a pen tablet: what the kernel and udev make of a HID digitizer nobody lists, grabbed, so that no other
 * program hears the pen. Not a signature's meaning (device/signing). Another reader of the same node listens beside the hub.
 */
#include <fcntl.h>
#include <linux/input.h>
#include <unistd.h>

#include "lab/lab.h"

#define POINTS 24

/* A pen: tip, in range, X and Y of 20000 by 10000 on 100 by 50 mm, pressure of 10 bits. */
static const uint8_t descriptor[] = {0x05, 0x0D, 0x09, 0x02, 0xA1, 0x01, 0x09, 0x20, 0xA1, 0x00, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
	0x02, 0x09, 0x42, 0x09, 0x32, 0x81, 0x02, 0x95, 0x06, 0x81, 0x03, 0x05, 0x01, 0x75, 0x10, 0x95, 0x01, 0x35, 0x00, 0x55, 0x0E, 0x65,
	0x11, 0x09, 0x30, 0x26, 0x20, 0x4E, 0x46, 0xE8, 0x03, 0x81, 0x02, 0x09, 0x31, 0x26, 0x10, 0x27, 0x46, 0xF4, 0x01, 0x81, 0x02, 0x05,
	0x0D, 0x09, 0x30, 0x26, 0xFF, 0x03, 0x45, 0x00, 0x65, 0x00, 0x55, 0x00, 0x81, 0x02, 0xC0, 0xC0};

static void
report(int fd, bool touches, int x, int y, int pressure)
{
	const uint8_t r[7] = {touches ? 3 : 2, (uint8_t)x, (uint8_t)(x >> 8), (uint8_t)y, (uint8_t)(y >> 8), (uint8_t)pressure,
		(uint8_t)(pressure >> 8)};

	if (write(fd, r, sizeof r) < 0)
		_exit(1);
}

/* Signs in a process of its own: the gadget takes a report only when the host has fetched the last one. */
static pid_t
sign(bool lifts)
{
	YM_FREE char *node = lab_gadget_far("pad", "hid.4");
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = node ? open(node, O_RDWR) : -1;
	report(fd, false, 4000, 3000, 0);
	for (int i = 0; i < POINTS; i++)
		report(fd, true, 4000 + 300 * i, 3000 + 100 * i, 200 + 20 * i);
	if (lifts)
		report(fd, false, 4000, 3000, 0);
	_exit(0);
}

static bool
ask(struct lab *l)
{
	static uint32_t id;
	const struct ym_device_order order = {.id = ++id, .kind = YM_ORDER_ASK};

	l->n_ordered = l->n_drawing = 0;
	return lab_point(ym_hub_order(l->hub, lab_info(l).ref, &order, NULL) == YM_OK, "it is asked for a signature");
}

static bool
has_drawn(struct lab *l)
{
	return l->n_drawing > 0;
}

static void
it_signs(struct lab *l)
{
	int other = open(lab_info(l).node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct input_event heard;
	pid_t pid;

	if (!ask(l))
		return;
	pid = sign(true);
	lab_until(l, lab_has_ordered);
	lab_end_hand(pid);
	lab_point(l->n_ordered == 1 && l->ordered.code == YM_OK && l->n_signed == 1, "a signature arrives (%d drawings told before)", l->n_drawing);
	lab_point(l->strokes.n == POINTS + 1 && l->strokes.has_pressure && l->strokes.width == 20000 && l->strokes.height == 10000,
		"%zu points with pressure on %d by %d", l->strokes.n, l->strokes.width, l->strokes.height);
	lab_point(other >= 0 && read(other, &heard, sizeof heard) < 0, "not one event of the pen reached another program");
	if (other >= 0)
		close(other);
	if (!ask(l))
		return;
	pid = sign(false);
	lab_until(l, has_drawn);
	lab_gadget_unplug("pad");
	lab_until(l, lab_has_ordered);
	lab_end_hand(pid);
	lab_point(l->ordered.code == YM_GONE && l->n_signed == 1, "unplugged with the pen down: no half signature");
	lab_point(lab_until_gone(l), "and it is not listed any more");
}

void
lab_pad(void)
{
	static const struct lab_hid hid = {"0", "0", "7", descriptor, sizeof descriptor};
	struct lab l;

	if (!lab_gadget_hid("pad", "1d6b", "0105", "LAB7", "hid.4", &hid)) {
		lab_skip("this kernel makes no HID gadget");
		return;
	}
	if (!lab_up(&l, YM_ROLE_PAD, "event"))
		return;
	if (lab_plug_ready(&l, "pad")) {
		lab_point(ym_streq(lab_info(&l).driver, "pad-evdev"), "a pen tablet nobody lists is the signature pad: %s on %s", lab_info(&l).driver,
			lab_info(&l).node);
		lab_point_access(&l, "plugdev");
		it_signs(&l);
	}
	lab_down(&l);
}
