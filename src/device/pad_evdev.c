/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a signature pad that is a pen tablet. Grabbed for ourselves as long as it is open: the citizen's pen moves no pointer
 * and clicks nothing, whether somebody asked or not. The signing itself is pad.c's, events are pad_events.c's.
 * Invariant: an open session has the grab; without it the device is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <libevdev/libevdev.h>
#include <poll.h>

#include "base/mem.h"
#include "device/evdev.h"
#include "device/line.h"
#include "device/pad.h"
#include "device/pad_events.h"

#define SECONDS 60
#define IDLE_MS 1500

struct ym_driver_session {
	struct ym_driver_host host;
	struct libevdev *dev;
	int fd;
	ym_source source, hello;
	struct ym_pad_events events;
	struct ym_pad pad;
	char about[64];
};

static enum ym_code
fail_open(const char *node, struct ym_error *err)
{
	static const struct ym_line_words words = { N_("The signature pad is not plugged in"),
		N_("This account may not use the signature pad: tell maintenance"), N_("Another program is using the signature pad: close it"),
		N_("The signature pad cannot be opened: unplug it and plug it in again") };

	return ym_line_fail_open(node, &words, err);
}

static void
take(void *user, const struct input_event *ev, bool is_news)
{
	struct ym_driver_session *d = user;
	struct ym_stroke_point point;

	if (ym_pad_events_take(&d->events, ev->type, ev->code, ev->value, &point) && is_news)
		ym_pad_point(&d->pad, point.x, point.y, point.pressure);
}

static void
spoilt(void *user)
{
	struct ym_driver_session *d = user;

	ym_pad_spoilt(&d->pad);
}

static void
on_ready(void *user, int fd, short revents)
{
	static const struct ym_evdev_calls calls = { take, spoilt };
	struct ym_driver_session *d = user;

	if (ym_evdev_read(d->dev, revents, &calls, d))
		return;
	ym_loop_remove(d->host.loop, d->source);
	d->source = 0;
	ym_pad_lost(&d->pad);
}

static void
on_hello(void *user)
{
	struct ym_driver_session *d = user;

	d->hello = 0;
	ym_pad_tell(&d->pad, YM_DEVICE_READY, NULL);
}

static struct ym_pad_axis
axis_of(const struct libevdev *dev, unsigned code)
{
	const struct input_absinfo *a = libevdev_get_abs_info(dev, code);

	return a ? (struct ym_pad_axis){ a->minimum, a->maximum, a->resolution } : (struct ym_pad_axis){ 0 };
}

static enum ym_code
look(const struct libevdev *dev, struct ym_pad_events *e, struct ym_error *err)
{
	*e = (struct ym_pad_events){ .x = axis_of(dev, ABS_X), .y = axis_of(dev, ABS_Y), .pressure = axis_of(dev, ABS_PRESSURE),
		.has_touch = libevdev_has_event_code(dev, EV_KEY, BTN_TOUCH), .has_pressure = libevdev_has_event_code(dev, EV_ABS, ABS_PRESSURE) };
	/* the box's second face, with buttons or a wheel */
	if (!libevdev_has_event_code(dev, EV_ABS, ABS_X) || !libevdev_has_event_code(dev, EV_ABS, ABS_Y) || (!e->has_touch && !e->has_pressure))
		return ym_fail(err, YM_REFUSED, N_("This part of the signature pad does not write; nothing needs to be done"), "axes");
	/* the kernel tells changes alone */
	e->at_x = libevdev_get_event_value(dev, EV_ABS, ABS_X);
	e->at_y = libevdev_get_event_value(dev, EV_ABS, ABS_Y);
	e->at_pressure = libevdev_get_event_value(dev, EV_ABS, ABS_PRESSURE);
	e->is_touching = libevdev_get_event_value(dev, EV_KEY, BTN_TOUCH);
	return ym_pad_events_init(e, err);
}

static enum ym_code
evdev_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	YM_FDCLOSE int fd = open(host->node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct libevdev *dev = NULL;
	struct ym_pad_events events;
	struct ym_driver_session *d;
	enum ym_code code = YM_OK;
	int rc;

	if (fd < 0)
		return fail_open(host->node, err);
	rc = libevdev_new_from_fd(fd, &dev);
	if (!rc)
		code = look(dev, &events, err);
	if (!rc && !code)
		rc = libevdev_grab(dev, LIBEVDEV_GRAB);
	if (rc || code) {
		libevdev_free(dev);
		errno = -rc;
		return code ? code : fail_open(host->node, err);
	}
	d = *ret = ym_alloc(sizeof *d);
	d->host = *host;
	d->dev = dev;
	d->fd = fd;
	d->events = events;
	fd = -1;
	ym_strlcpy(d->about, libevdev_get_name(dev), sizeof d->about);
	for (char *c = d->about; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '_';
	ym_pad_init(&d->pad, &d->host, d->about, events.width, events.height, SECONDS, IDLE_MS, NULL, NULL);
	d->pad.has_pressure = events.has_pressure;
	d->source = ym_loop_add_fd(host->loop, "signature pad", YM_PRIO_NORMAL, d->fd, POLLIN, on_ready, d);
	d->hello = ym_loop_add_timer(host->loop, "signature pad", 0, on_hello, d);
	return YM_OK;
}

static void
evdev_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_pad_release(&d->pad);
	ym_loop_remove(d->host.loop, d->hello);
	ym_loop_remove(d->host.loop, d->source);
	libevdev_grab(d->dev, LIBEVDEV_UNGRAB);
	libevdev_free(d->dev);
	ym_fd_close_p(&d->fd);
	explicit_bzero(d, sizeof *d);
	free(d);
}

static void
evdev_start(struct ym_driver_session *d)
{
	(void)d; /* asked by an order alone */
}

static void
evdev_cancel(struct ym_driver_session *d)
{
	ym_pad_cancel(&d->pad);
}

static void
evdev_self_test(struct ym_driver_session *d)
{
	struct ym_error err;

	ym_fail(&err, YM_TIMEOUT, N_("This device does not tell whether it works: sign on it in practice"), "no answer");
	d->host.fn(d->host.user, &(struct ym_driver_event){ .kind = YM_DRIVER_TESTED, .err = &err });
}

static enum ym_code
evdev_order(struct ym_driver_session *d, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_ASK)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	return ym_pad_ask(&d->pad, order->id, err);
}

static const struct ym_driver_match matches[] = { { "input", YM_ROLE_PAD }, { 0 } };

const struct ym_driver ym_pad_evdev = {
	.name = "pad-evdev",
	.kind = YM_ROLE_PAD,
	.match = matches,
	.open = evdev_open,
	.close = evdev_close,
	.start = evdev_start,
	.cancel = evdev_cancel,
	.self_test = evdev_self_test,
	.order = evdev_order,
};
