/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Gadgets through configfs. One folder a gadget; the far ends are plain device nodes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/lab.h"

#define GADGETS "/sys/kernel/config/usb_gadget"

static bool
put(const char *path, const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, data, n) == (ssize_t)n;

	if (!ok)
		lab_note("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

bool
lab_gadget_set(const char *name, const char *path, const void *data, size_t n)
{
	YM_FREE char *full = ym_asprintf(GADGETS "/%s/%s", name, path);

	return put(full, data, n);
}

static bool
set_text(const char *name, const char *path, const char *text)
{
	return lab_gadget_set(name, path, text, strlen(text));
}

static bool
make_folder(const char *name, const char *path)
{
	YM_FREE char *full = ym_asprintf(GADGETS "/%s%s", name, path);

	return !mkdir(full, 0755) || errno == EEXIST;
}

bool
lab_gadget_make(const char *name, const char *vid, const char *pid, const char *serial)
{
	YM_FREE char *id_vendor = ym_asprintf("0x%s", vid), *id_product = ym_asprintf("0x%s", pid);

	return make_folder(name, "") && make_folder(name, "/strings/0x409") && make_folder(name, "/configs/c.1") &&
		set_text(name, "idVendor", id_vendor) && set_text(name, "idProduct", id_product) &&
		set_text(name, "strings/0x409/serialnumber", serial) && set_text(name, "strings/0x409/product", "yimen lab");
}

bool
lab_gadget_function(const char *name, const char *function)
{
	YM_FREE char *path = ym_asprintf("/functions/%s", function);

	return make_folder(name, path);
}

bool
lab_gadget_use(const char *name, const char *function)
{
	YM_FREE char *from = ym_asprintf(GADGETS "/%s/functions/%s", name, function);
	YM_FREE char *to = ym_asprintf(GADGETS "/%s/configs/c.1/%s", name, function);

	return !symlink(from, to);
}

bool
lab_gadget_hid(const char *name, const char *vid, const char *pid, const char *serial, const char *function, const struct lab_hid *hid)
{
	const struct {
		const char *key;
		const void *data;
		size_t n;
	} attributes[] = {{"protocol", hid->protocol, strlen(hid->protocol)}, {"subclass", hid->subclass, strlen(hid->subclass)},
		{"report_length", hid->report_length, strlen(hid->report_length)}, {"report_desc", hid->descriptor, hid->n}};

	if (!lab_gadget_make(name, vid, pid, serial) || !lab_gadget_function(name, function))
		return false;
	for (size_t i = 0; i < YM_ARRAY_LEN(attributes); i++) {
		YM_FREE char *path = ym_asprintf("functions/%s/%s", function, attributes[i].key);

		if (!lab_gadget_set(name, path, attributes[i].data, attributes[i].n))
			return false;
	}
	return lab_gadget_use(name, function);
}

bool
lab_gadget_plug(const char *name)
{
	return set_text(name, "UDC", "dummy_udc.0\n");
}

void
lab_gadget_unplug(const char *name)
{
	set_text(name, "UDC", "\n");
}

char *
lab_gadget_far(const char *name, const char *function)
{
	bool is_hid = !strncmp(function, "hid.", 4);
	YM_FREE char *path = ym_asprintf(GADGETS "/%s/functions/%s/%s", name, function, is_hid ? "dev" : "port_num");
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t k = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	const char *colon = strchr(text, ':');

	if (fd >= 0)
		close(fd);
	if (k <= 0 || is_hid != (colon != NULL))
		return NULL;
	return is_hid ? ym_asprintf("/dev/hidg%d", atoi(colon + 1)) : ym_asprintf("/dev/ttyGS%d", atoi(text));
}

int
lab_open_far(const char *node)
{
	int64_t stop = ym_clock_mono() + 10000;
	struct termios t;
	int fd;

	while ((fd = open(node, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) < 0 && ym_clock_mono() < stop)
		usleep(20000);
	if (fd >= 0 && !tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}
