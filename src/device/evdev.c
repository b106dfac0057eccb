/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See evdev.h. SYN_DROPPED by hand is a trap: libevdev tells what changed meanwhile.
 */
#include "device/evdev.h"

#include <errno.h>
#include <libevdev/libevdev.h>
#include <poll.h>

bool
ym_evdev_read(struct libevdev *dev, short revents, const struct ym_evdev_calls *calls, void *user)
{
	unsigned flag = LIBEVDEV_READ_FLAG_NORMAL;

	for (int i = 0; i < 512; i++) {
		struct input_event ev;
		int rc = libevdev_next_event(dev, flag, &ev);

		if (rc == LIBEVDEV_READ_STATUS_SYNC && flag == LIBEVDEV_READ_FLAG_NORMAL) {
			flag = LIBEVDEV_READ_FLAG_SYNC;
			calls->lost(user);
			continue;
		}
		if (rc == -EAGAIN && flag == LIBEVDEV_READ_FLAG_SYNC) {
			flag = LIBEVDEV_READ_FLAG_NORMAL;
			continue;
		}
		if (rc == -EAGAIN || rc == -EINTR)
			break;
		if (rc < 0)
			return false;
		calls->take(user, &ev, flag == LIBEVDEV_READ_FLAG_NORMAL);
	}
	return !(revents & (POLLHUP | POLLERR));
}
