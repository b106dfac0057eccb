/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See player.h. Times in the file are for readers: a replay goes as fast as the driver asks.
 */
#include "device/player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include "base/file.h"
#include "base/mem.h"

#define ENTRIES_MAX 4096

struct entry {
	char mark; /* '>' '<' '!' */
	unsigned line;
	uint8_t *data;
	size_t n;
};
struct ym_player {
	struct ym_loop *loop;
	int master, slave;
	ym_source source, timer;
	char node[64];
	struct entry *entries;
	size_t n, at;
	size_t n_matched; /* bytes of the current request that have come */
	struct ym_buf expected;
	char driver[32];
	char complaint[160];
};

static enum ym_code
bad_line(struct ym_error *err, const char *path, unsigned line, const char *why)
{
	return ym_fail_on(err, YM_INVALID, N_("The transcript is malformed"), path, "line %u: %s", line, why);
}

static bool
parse_bytes(const char *s, struct entry *e)
{
	e->data = ym_alloc(strlen(s) / 2 + 1);
	while (*s == ' ') {
		char pair[3] = {s[1], s[1] ? s[2] : 0, 0};

		if (!ym_unhex(e->data + e->n, 1, pair))
			return false;
		e->n++;
		s += 3;
	}
	return *s == 0 && e->n > 0;
}

static enum ym_code
parse_line(struct ym_player *p, char *line, unsigned no, const char *path, struct ym_error *err)
{
	static const char *const head[] = {"yimen-transcript 1", "driver ", "payload clear"};
	char *s = line + strspn(line, " ");
	struct entry *e;

	if (no <= 3 && strncmp(line, head[no - 1], strlen(head[no - 1])))
		return bad_line(err, path, no, no == 3 ? "payload is not in clear" : "header");
	if (no == 2)
		ym_strlcpy(p->driver, line + strlen(head[1]), sizeof p->driver);
	if (no <= 3)
		return YM_OK;
	if (*s == 0 || *s == '#')
		return YM_OK;
	if (s[0] == '=' && s[1] == ' ') {
		ym_buf_addf(&p->expected, "%s\n", s + 2);
		return YM_OK;
	}
	s += strspn(s, "0123456789");
	if (s == line || s[0] != ' ' || !s[1] || !strchr("<>!", s[1]) || p->n == ENTRIES_MAX)
		return bad_line(err, path, no, "mark");
	p->entries = ym_realloc_array(p->entries, p->n + 1, sizeof *p->entries);
	e = &p->entries[p->n++];
	*e = (struct entry){.mark = s[1], .line = no};
	if (e->mark != '!' && !parse_bytes(s + 2, e))
		return bad_line(err, path, no, "bytes");
	return YM_OK;
}

static void
unplug(struct ym_player *p)
{
	ym_loop_remove(p->loop, p->source);
	p->source = 0;
	ym_fd_close_p(&p->slave);
	ym_fd_close_p(&p->master);
}

static void
play(void *user)
{
	struct ym_player *p = user;

	p->timer = 0;
	while (p->at < p->n && p->entries[p->at].mark != '>' && !p->complaint[0]) {
		const struct entry *e = &p->entries[p->at++];

		if (e->mark == '!')
			return unplug(p);
		if (write(p->master, e->data, e->n) != (ssize_t)e->n)
			snprintf(p->complaint, sizeof p->complaint, "line %u: the line took less", e->line);
		/* One piece a turn, so that the driver gets pieces. */
		p->timer = ym_loop_add_timer(p->loop, "player", 0, play, p);
		return;
	}
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_player *p = user;
	uint8_t buf[64];
	ssize_t k = read(fd, buf, sizeof buf);

	for (ssize_t i = 0; i < k && !p->complaint[0]; i++) {
		const struct entry *e = p->at < p->n ? &p->entries[p->at] : NULL;

		if (!e)
			return; /* the recording ended before the driver did */
		if (e->mark != '>' || e->data[p->n_matched] != buf[i]) {
			snprintf(p->complaint, sizeof p->complaint, "line %u: byte %zu of a request is %02X", e->line, p->n_matched,
				buf[i]);
			return;
		}
		if (++p->n_matched == e->n) {
			p->n_matched = 0;
			p->at++;
			if (!p->timer)
				p->timer = ym_loop_add_timer(p->loop, "player", 0, play, p);
		}
	}
}

enum ym_code
ym_player_new(struct ym_loop *loop, const char *path, struct ym_player **ret, struct ym_error *err)
{
	struct ym_player *p = ym_alloc(sizeof *p);
	YM_BUF text = {0};
	enum ym_code rc = ym_file_read(path, 1 << 20, &text, err);
	unsigned no = 0;
	struct termios t;

	p->loop = loop;
	p->master = p->slave = -1;
	for (char *line = text.data, *next; !rc && line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		rc = parse_line(p, line, ++no, path, err);
	}
	if (!rc && no < 4)
		rc = bad_line(err, path, no, "empty");
	if (!rc) {
		p->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (p->master < 0 || grantpt(p->master) || unlockpt(p->master) ||
		    ptsname_r(p->master, p->node, sizeof p->node) ||
		    (p->slave = open(p->node, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || tcgetattr(p->slave, &t))
			rc = ym_fail(err, YM_IO, N_("The transcript cannot be played: no pseudo-terminal"), "pty: %m");
	}
	if (rc) {
		ym_player_free(p);
		return rc;
	}
	cfmakeraw(&t);
	tcsetattr(p->slave, TCSANOW, &t);
	p->source = ym_loop_add_fd(loop, "player", YM_PRIO_NORMAL, p->master, POLLIN, on_ready, p);
	*ret = p;
	return YM_OK;
}

void
ym_player_free(struct ym_player *p)
{
	if (!p)
		return;
	unplug(p);
	ym_loop_remove(p->loop, p->timer);
	for (size_t i = 0; i < p->n; i++)
		free(p->entries[i].data);
	free(p->entries);
	ym_buf_release(&p->expected);
	free(p);
}

const char *
ym_player_path(const struct ym_player *p)
{
	return p->node;
}

const char *
ym_player_expected(const struct ym_player *p)
{
	return ym_buf_str(&p->expected);
}

const char *
ym_player_driver(const struct ym_player *p)
{
	return p->driver;
}

bool
ym_player_is_over(const struct ym_player *p)
{
	return p->at == p->n && !p->timer;
}

const char *
ym_player_complaint(const struct ym_player *p)
{
	return p->complaint[0] ? p->complaint : NULL;
}
