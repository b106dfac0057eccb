/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a scanner that pretends to be a keyboard. Grabbed for ourselves, so that no scan is ever typed into a field or a
 * password; the kernel cannot tell it from a keyboard, so only devices that a list or an officer named come here.
 * Invariant: an open session has the grab; without it the device is left alone.
 */
#include <errno.h>
#include <libevdev/libevdev.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/evdev.h"
#include "device/scanner.h"
#include "device/scanner_keys.h"

struct ym_driver_session {
	struct ym_scanner scanner;
	struct libevdev *dev;
	struct ym_scanner_keys keys;
};

static void
take(void *user, const struct input_event *ev, bool is_news)
{
	struct ym_driver_session *d = user;
	uint8_t text[2];

	if (ev->type == EV_KEY && is_news)
		ym_scanner_feed(&d->scanner, text, ym_scanner_keys_take(&d->keys, ev->code, ev->value, text));
}

static void
spoilt(void *user)
{
	struct ym_driver_session *d = user;

	d->keys = (struct ym_scanner_keys){ 0 };
	ym_scanner_spoilt(&d->scanner);
}

static void
on_ready(void *user, int fd, short revents)
{
	static const struct ym_evdev_calls calls = { take, spoilt };
	struct ym_driver_session *d = user;

	if (!ym_evdev_read(d->dev, revents, &calls, d))
		ym_scanner_lost(&d->scanner);
}

static enum ym_code
grab(const struct ym_driver_host *host, int fd, struct libevdev **ret, struct ym_error *err)
{
	struct libevdev *dev = NULL;
	int rc = libevdev_new_from_fd(fd, &dev);

	if (!rc && !libevdev_has_event_code(dev, EV_KEY, KEY_1))
		rc = -ENOTTY; /* the box's second face, with volume keys and the like */
	if (!rc)
		rc = libevdev_grab(dev, LIBEVDEV_GRAB);
	if (!rc) {
		*ret = dev;
		return YM_OK;
	}
	libevdev_free(dev);
	if (rc == -ENOTTY)
		return ym_fail(err, YM_REFUSED, N_("This part of the scanner sends no codes; nothing needs to be done"), "%s has no digits", host->node);
	errno = -rc;
	return ym_scanner_fail_open(host->node, err);
}

static enum ym_code
wedge_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	YM_FDCLOSE int fd = -1;
	struct libevdev *dev;
	enum ym_code rc = ym_scanner_open(host, O_RDONLY, &fd, err);

	if (!rc)
		rc = grab(host, fd, &dev, err);
	if (rc)
		return rc;
	*ret = ym_alloc(sizeof **ret);
	(*ret)->dev = dev;
	ym_scanner_init(&(*ret)->scanner, host, fd, on_ready);
	fd = -1;
	return YM_OK;
}

static void
wedge_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	libevdev_grab(d->dev, LIBEVDEV_UNGRAB);
	libevdev_free(d->dev);
	ym_scanner_release(&d->scanner);
	free(d);
}

static const struct ym_driver_match matches[] = { { "input", YM_ROLE_SCANNER }, { 0 } };

const struct ym_driver ym_scanner_wedge = {
	.name = "scanner-wedge",
	.kind = YM_ROLE_SCANNER,
	.match = matches,
	.open = wedge_open,
	.close = wedge_close,
	.start = ym_scanner_start,
	.cancel = ym_scanner_cancel,
	.self_test = ym_scanner_self_test,
};
