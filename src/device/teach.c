/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Listening to keyboards for one code (teach.h).
 */
#include "device/teach.h"

#include <errno.h>
#include <fcntl.h>
#include <libevdev/libevdev.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/scanner_keys.h"

struct ear {
	struct ym_teach *teach;
	int index, fd;
	struct libevdev *dev;
	ym_source source;
	struct ym_scanner_keys keys;
	size_t n;          /* characters of the code heard in a row */
};
struct ym_teach {
	struct ym_loop *loop;
	char code[64];
	ym_teach_fn fn;
	void *user;
	struct ear ears[YM_TEACH_MAX];
	int n_ears;
	bool is_over;
};

static void
hear(struct ear *e, uint8_t c)
{
	struct ym_teach *t = e->teach;

	if (t->code[e->n] == (char)c)
		e->n++;
	else
		e->n = t->code[0] == (char)c;
	if (t->code[e->n] || t->is_over)
		return;
	t->is_over = true;
	t->fn(t->user, e->index);
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ear *e = user;
	struct input_event ev;
	int rc = 0;

	for (int i = 0; i < 256 && !e->teach->is_over; i++) {
		rc = libevdev_next_event(e->dev, LIBEVDEV_READ_FLAG_NORMAL, &ev);
		if (rc == LIBEVDEV_READ_STATUS_SYNC) {
			e->n = 0;
			while (libevdev_next_event(e->dev, LIBEVDEV_READ_FLAG_SYNC, &ev) == LIBEVDEV_READ_STATUS_SYNC)
				;
			continue;
		}
		if (rc < 0)
			break;
		if (ev.type == EV_KEY) {
			uint8_t text[2];
			size_t n = ym_scanner_keys_take(&e->keys, ev.code, ev.value, text);

			for (size_t k = 0; k < n && !e->teach->is_over; k++)
				hear(e, text[k]);
		}
	}
	if ((rc < 0 && rc != -EAGAIN && rc != -EINTR) || (revents & (POLLHUP | POLLERR))) {
		ym_loop_remove(e->teach->loop, e->source); /* it left */
		e->source = 0;
	}
}

struct ym_teach *
ym_teach_new(struct ym_loop *loop, const char *code, ym_teach_fn fn, void *user)
{
	struct ym_teach *t = ym_alloc(sizeof *t);

	t->loop = loop;
	ym_strlcpy(t->code, code, sizeof t->code);
	t->fn = fn;
	t->user = user;
	return t;
}

bool
ym_teach_add(struct ym_teach *t, int index, const char *node)
{
	YM_FDCLOSE int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct ear *e = &t->ears[t->n_ears];

	if (fd < 0 || t->n_ears == YM_TEACH_MAX)
		return false;
	*e = (struct ear){ .teach = t, .index = index, .fd = -1 };
	if (libevdev_new_from_fd(fd, &e->dev))
		return false;
	e->fd = fd;
	fd = -1;
	e->source = ym_loop_add_fd(t->loop, "teaching", YM_PRIO_NORMAL, e->fd, POLLIN, on_ready, e);
	t->n_ears++;
	return true;
}

void
ym_teach_free(struct ym_teach *t)
{
	if (!t)
		return;
	for (int i = 0; i < t->n_ears; i++) {
		ym_loop_remove(t->loop, t->ears[i].source);
		libevdev_free(t->ears[i].dev);
		ym_fd_close_p(&t->ears[i].fd);
	}
	free(t);
}
