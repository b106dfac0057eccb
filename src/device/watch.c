/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libudev on the loop. "udev" events only: the kernel's come before permissions and properties exist.
 * Invariant: acts on add and remove alone; bind, unbind and change mean nothing here.
 */
#include "device/watch.h"

#include <errno.h>
#include <libudev.h>
#include <poll.h>

#include "base/diag.h"
#include "base/mem.h"

/* A hub full of devices arrives as one burst. */
#define RECEIVE_BUFFER (1 << 20)

static const struct {
	const char *subsystem, *devtype;
} watched[] = {{"tty", NULL}, {"usb", "usb_device"}, {"hidraw", NULL}, {"input", NULL}, {"video4linux", NULL}, {"usbmisc", NULL}};

struct ym_watch {
	struct ym_loop *loop;
	struct udev *udev;
	struct udev_monitor *monitor;
	ym_source source;
	ym_watch_fn fn;
	void *user;
};

static const char *
or_empty(const char *s)
{
	return s ? s : "";
}

static const char *
property(struct udev_device *dev, const char *key, struct udev_device *usb, const char *attribute)
{
	const char *v = udev_device_get_property_value(dev, key);

	if (!v && usb)
		v = udev_device_get_sysattr_value(usb, attribute);
	return or_empty(v);
}

static void
report_added(struct ym_watch *w, struct udev_device *dev)
{
	/* Borrowed from dev; not every rule set copies the ids from the usb_device to its tty. */
	struct udev_device *usb = udev_device_get_parent_with_subsystem_devtype(dev, "usb", "usb_device");
	const char *subsystem = or_empty(udev_device_get_subsystem(dev));
	struct ym_watch_device d;

	if (ym_streq(subsystem, "usb"))
		usb = dev;
	d = (struct ym_watch_device){
		.syspath = udev_device_get_syspath(dev),
		.subsystem = subsystem,
		.node = or_empty(udev_device_get_devnode(dev)),
		.vid = property(dev, "ID_VENDOR_ID", usb, "idVendor"),
		.pid = property(dev, "ID_MODEL_ID", usb, "idProduct"),
		.serial = property(dev, "ID_SERIAL_SHORT", usb, "serial"),
		.path = property(dev, "ID_PATH", NULL, NULL),
		.role = property(dev, "YIMEN_ROLE", NULL, NULL),
		/* the buttons beside the field are a node of their own */
		.is_tablet = ym_streq(property(dev, "ID_INPUT_TABLET", NULL, NULL), "1") && !ym_streq(property(dev, "ID_INPUT_TABLET_PAD", NULL, NULL), "1"),
		.is_keyboard = ym_streq(property(dev, "ID_INPUT_KEYBOARD", NULL, NULL), "1"),
	};
	/* An input device has several nodes; only this one gives events. */
	if (ym_streq(subsystem, "input") && !strstr(d.node, "/event"))
		return;
	/* Most cameras have a second node for metadata; where the rules that tell them apart are missing, opening tells. */
	if (ym_streq(subsystem, "video4linux") && *property(dev, "ID_V4L_CAPABILITIES", NULL, NULL) &&
		!strstr(property(dev, "ID_V4L_CAPABILITIES", NULL, NULL), ":capture:"))
		return;
	w->fn(w->user, YM_WATCH_ADDED, &d);
}

static void
scan(struct ym_watch *w)
{
	struct udev_enumerate *e = udev_enumerate_new(w->udev);
	struct udev_list_entry *entry;
	const struct ym_watch_device none = {0};

	w->fn(w->user, YM_WATCH_SCAN_BEGIN, &none);
	for (size_t i = 0; e && i < YM_ARRAY_LEN(watched); i++)
		udev_enumerate_add_match_subsystem(e, watched[i].subsystem);
	if (e && udev_enumerate_add_match_is_initialized(e) >= 0 && udev_enumerate_scan_devices(e) >= 0) {
		udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(e)) {
			struct udev_device *dev = udev_device_new_from_syspath(w->udev, udev_list_entry_get_name(entry));

			if (!dev)
				continue; /* left meanwhile */
			if (!ym_streq(udev_device_get_subsystem(dev), "usb") ||
			    ym_streq(udev_device_get_devtype(dev), "usb_device"))
				report_added(w, dev);
			udev_device_unref(dev);
		}
	}
	if (e)
		udev_enumerate_unref(e);
	w->fn(w->user, YM_WATCH_SCAN_END, &none);
}

static void
on_event(void *user, int fd, short revents)
{
	struct ym_watch *w = user;
	struct udev_device *dev;
	const char *action;

	errno = 0;
	dev = udev_monitor_receive_device(w->monitor);
	if (!dev) {
		if (errno == ENOBUFS) {
			ym_diag(YM_DIAG_WARN, "udev", "events lost, listing again");
			scan(w);
		} else if (revents & (POLLERR | POLLHUP | POLLNVAL) && errno != EAGAIN && errno != EINTR) {
			ym_diag(YM_DIAG_ERROR, "udev", "monitor ended: %d", errno);
			ym_loop_remove(w->loop, w->source);
			w->source = 0;
		}
		return;
	}
	action = or_empty(udev_device_get_action(dev));
	if (ym_streq(action, "add")) {
		report_added(w, dev);
	} else if (ym_streq(action, "remove")) {
		struct ym_watch_device d = {.syspath = udev_device_get_syspath(dev)};

		w->fn(w->user, YM_WATCH_REMOVED, &d);
	}
	udev_device_unref(dev);
}

enum ym_code
ym_watch_new(struct ym_loop *loop, ym_watch_fn fn, void *user, struct ym_watch **ret, struct ym_error *err)
{
	struct ym_watch *w = ym_alloc(sizeof *w);

	w->loop = loop;
	w->fn = fn;
	w->user = user;
	w->udev = udev_new();
	w->monitor = w->udev ? udev_monitor_new_from_netlink(w->udev, "udev") : NULL;
	for (size_t i = 0; w->monitor && i < YM_ARRAY_LEN(watched); i++)
		udev_monitor_filter_add_match_subsystem_devtype(w->monitor, watched[i].subsystem, watched[i].devtype);
	if (!w->monitor || udev_monitor_enable_receiving(w->monitor) < 0) {
		ym_watch_free(w);
		return ym_fail(err, YM_IO, N_("Devices are not noticed when they are plugged in: the system has no udev"),
			"udev monitor: %m");
	}
	udev_monitor_set_receive_buffer_size(w->monitor, RECEIVE_BUFFER); /* needs a privilege; the default will do */
	w->source = ym_loop_add_fd(loop, "udev", YM_PRIO_NORMAL, udev_monitor_get_fd(w->monitor), POLLIN, on_event, w);
	*ret = w;
	scan(w);
	return YM_OK;
}

void
ym_watch_free(struct ym_watch *w)
{
	if (!w)
		return;
	ym_loop_remove(w->loop, w->source);
	if (w->monitor)
		udev_monitor_unref(w->monitor);
	if (w->udev)
		udev_unref(w->udev);
	free(w);
}
