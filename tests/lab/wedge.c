/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A scanner that acts as a keyboard: grabbed, so that not one of its keys reaches the console. The console (/dev/tty1) is
 * read beside the hub, and a keyboard that nobody named shows that it would have shown the keys.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/lab.h"

#define CODE "6901234567892"

/* A boot keyboard of eight-byte reports. */
static const uint8_t descriptor[] = {0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, 0x15, 0x00, 0x25, 0x01,
	0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x03, 0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29,
	0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x03, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00,
	0x29, 0x65, 0x81, 0x00, 0xC0};

static bool
make_keyboard(const char *name, const char *vid, const char *pid, const char *function)
{
	static const struct lab_hid hid = {"1", "1", "8", descriptor, sizeof descriptor};

	return lab_gadget_hid(name, vid, pid, name, function, &hid);
}

static uint8_t
usage(char c)
{
	return c == '\n' ? 0x28 : c == '0' ? 0x27 : (uint8_t)(0x1E + (c - '1'));
}

/* Types in a process of its own: the gadget takes a report only when the host has fetched the last one. */
static pid_t
type_keys(const char *gadget, const char *function, const char *text)
{
	YM_FREE char *node = lab_gadget_far(gadget, function);
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = node ? open(node, O_RDWR) : -1;
	for (; *text; text++) {
		const uint8_t down[8] = {0, 0, usage(*text)}, up[8] = {0};

		if (write(fd, down, sizeof down) < 0 || write(fd, up, sizeof up) < 0)
			_exit(1);
	}
	_exit(0);
}

static int
open_console(void)
{
	struct termios t;
	int fd = open("/dev/tty1", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && !tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
		tcflush(fd, TCIOFLUSH);
	}
	return fd;
}

static int console;
static char seen[256];
static size_t n_seen;

static bool
look_at_console(struct lab *l)
{
	ssize_t k = read(console, seen + n_seen, sizeof seen - 1 - n_seen);

	if (k > 0)
		n_seen += (size_t)k;
	seen[n_seen] = 0;
	return strchr(seen, '\r') || strchr(seen, '\n');
}

static void
forget_console(void)
{
	look_at_console(NULL);
	n_seen = 0;
	seen[0] = 0;
}

static bool
has_kernel_event(struct lab *l)
{
	return l->kernel_at != 0;
}

/* The control: without a name it stays the clerk's keyboard. */
static bool
a_keyboard_stays_a_keyboard(struct lab *l)
{
	pid_t pid;

	if (!make_keyboard("keyboard", "1d6b", "0104", "hid.0")) {
		lab_skip("this kernel makes no HID gadget");
		return false;
	}
	if (!lab_gadget_plug("keyboard") || !lab_point(lab_until(l, has_kernel_event), "a keyboard is plugged in"))
		return false;
	lab_idle(l, 3000);
	forget_console();
	pid = type_keys("keyboard", "hid.0", "123\n");
	lab_until(l, look_at_console);
	lab_end_hand(pid);
	lab_point(!strncmp(seen, "123", 3), "a keyboard that nobody named types into the console (\"%.3s\")", seen);
	lab_point(ym_hub_n_devices(l->hub) == 0, "and the hub leaves it alone");
	lab_gadget_unplug("keyboard");
	lab_idle(l, 1000);
	return true;
}

static void
a_scanner_is_grabbed(struct lab *l)
{
	pid_t pid;

	l->kernel_at = 0;
	if (!make_keyboard("wedge", "1eab", "0c03", "hid.1") || !lab_plug_ready(l, "wedge"))
		return;
	lab_point(ym_streq(lab_info(l).driver, "scanner-wedge"), "a listed scanner is taken: %s on %s", lab_info(l).driver, lab_info(l).node);
	lab_point_access(l, "plugdev");
	forget_console();
	pid = type_keys("wedge", "hid.1", CODE "\n");
	lab_until(l, lab_has_scan);
	lab_point(l->n_scans == 1 && ym_streq(l->scan, CODE), "its code arrives whole (\"%s\")", l->scan);
	lab_end_hand(pid);
	lab_idle(l, 1000);
	look_at_console(l);
	lab_point(n_seen == 0, "not one of its keys reached the console (%zu bytes)", n_seen);
	l->n_scans = 0;
	pid = type_keys("wedge", "hid.1", "690123");
	lab_idle(l, 60);
	lab_gadget_unplug("wedge");
	lab_end_hand(pid);
	lab_point(lab_until_gone(l), "unplugged in the middle of a code: not listed any more");
	look_at_console(l);
	lab_point(n_seen == 0, "and nothing of it reached the console (%zu bytes)", n_seen);
}

void
lab_wedge(void)
{
	struct lab l;

	console = open_console();
	if (console < 0) {
		lab_skip("there is no console /dev/tty1 to watch");
		return;
	}
	if (!lab_up(&l, YM_ROLE_SCANNER, "event"))
		return;
	if (a_keyboard_stays_a_keyboard(&l))
		a_scanner_is_grabbed(&l);
	lab_down(&l);
	close(console);
}
