/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See sim_line.h. It keeps its own descriptor of the slave open, so that a driver that closes and reopens the line is no
 * hang-up; unplugging closes both ends.
 */
#include "practice/sim_line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_sim_line *l = user;
	uint8_t buf[256];
	ssize_t k = read(fd, buf, sizeof buf);

	if (k > 0)
		l->on_bytes(l->user, buf, (size_t)k);
	else if (k == 0 || (errno != EAGAIN && errno != EINTR))
		ym_sim_line_unplug(l);
}

void
ym_sim_line_plug_on(struct ym_sim_line *l, int far_fd, int near_fd)
{
	ym_sim_line_unplug(l);
	l->master = far_fd;
	l->slave = near_fd;
	l->source = ym_loop_add_fd(l->loop, "simulated device", YM_PRIO_NORMAL, far_fd, POLLIN, on_ready, l);
}

enum ym_code
ym_sim_line_plug(struct ym_sim_line *l, struct ym_error *err)
{
	YM_FDCLOSE int master = -1, slave = -1;
	struct termios t;

	if (l->master >= 0)
		return YM_OK;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, l->node, sizeof l->node) ||
	    (slave = open(l->node, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || tcgetattr(slave, &t))
		return ym_fail(err, YM_IO, N_("The practice device cannot be set up: no pseudo-terminal"), "pty: %m");
	cfmakeraw(&t);
	tcsetattr(slave, TCSANOW, &t);
	unlink(l->link);
	if (symlink(l->node, l->link))
		return ym_fail(err, YM_IO, N_("The practice device cannot be set up in its folder"), "symlink: %m");
	ym_sim_line_plug_on(l, master, slave);
	master = slave = -1;
	return YM_OK;
}

enum ym_code
ym_sim_line_open(struct ym_sim_line *l, struct ym_loop *loop, const char *link,
	void (*on_bytes)(void *user, const uint8_t *data, size_t n), void *user, struct ym_error *err)
{
	*l = (struct ym_sim_line){.loop = loop, .link = ym_strdup(link), .master = -1, .slave = -1, .on_bytes = on_bytes, .user = user};
	return ym_sim_line_plug(l, err);
}

void
ym_sim_line_unplug(struct ym_sim_line *l)
{
	if (l->master < 0)
		return;
	ym_loop_remove(l->loop, l->source);
	l->source = 0;
	ym_fd_close_p(&l->slave);
	ym_fd_close_p(&l->master);
	unlink(l->link);
}

void
ym_sim_line_close(struct ym_sim_line *l)
{
	if (!l->loop)
		return;
	ym_sim_line_unplug(l);
	free(l->link);
	*l = (struct ym_sim_line){.master = -1, .slave = -1};
}

bool
ym_sim_line_is_plugged(const struct ym_sim_line *l)
{
	return l->loop && l->master >= 0;
}

void
ym_sim_line_send(struct ym_sim_line *l, const void *data, size_t n)
{
	/* A real line loses what nobody reads, too. */
	if (l->master >= 0 && write(l->master, data, n) < 0)
		return;
}

void
ym_sim_line_hold(struct ym_sim_line *l, bool on)
{
	if (l->master >= 0)
		ym_loop_set_events(l->loop, l->source, on ? POLLPRI : POLLIN);
}
