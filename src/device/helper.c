/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Messages over the pipes of a child. What comes may be a card or a face: it lies in one piece of memory, which is wiped.
 * Invariant: after `over` nothing is called back.
 */
#include "device/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/file.h"

#define CHUNK 65536
#define QUEUE_MAX (1 << 20)

struct ym_helper {
	struct ym_loop *loop;
	char *program;
	struct ym_helper_calls calls;
	void *user;
	int in, out;             /* its stdin and stdout; -1 when closed */
	ym_source in_source, out_source, child;
	pid_t pid;               /* 0 once reaped */
	struct ym_buf queue;
	uint8_t head[YM_HELPER_HEAD];
	size_t n_head;
	uint8_t *body;           /* of the message that is coming in */
	size_t n_body, want;
	bool over;
};

static void
drop_body(struct ym_helper *h)
{
	if (h->body)
		explicit_bzero(h->body, h->want);
	free(YM_TAKE(h->body));
	h->n_head = h->n_body = h->want = 0;
}

static void
stop(struct ym_helper *h)
{
	h->over = true;
	ym_loop_remove(h->loop, h->in_source);
	ym_loop_remove(h->loop, h->out_source);
	ym_loop_remove(h->loop, h->child);
	h->in_source = h->out_source = h->child = 0;
	ym_fd_close_p(&h->in);
	ym_fd_close_p(&h->out);
	if (h->pid > 0)
		kill(h->pid, SIGKILL); /* removed from the loop, it is reaped in silence */
	h->pid = 0;
}

static void
end(struct ym_helper *h, enum ym_code code, const char *why, int status)
{
	struct ym_error err;

	if (h->over)
		return;
	stop(h);
	ym_fail_on(&err, code, N_("The program that speaks to the device has ended"), h->program, "%s, status %d", why, status);
	h->calls.ended(h->user, &err);
}

/* Takes bytes of one message; true when it is whole. */
static bool
take(struct ym_helper *h, const uint8_t **data, size_t *n)
{
	while (*n && h->n_head < YM_HELPER_HEAD) {
		h->head[h->n_head++] = *(*data)++;
		(*n)--;
		if (h->n_head < YM_HELPER_HEAD)
			continue;
		h->want = (size_t)h->head[1] << 24 | (size_t)h->head[2] << 16 | (size_t)h->head[3] << 8 | h->head[4];
		if (h->want > h->calls.max)
			return true; /* the caller looks again */
		h->body = ym_alloc(h->want + 1);
	}
	if (h->n_head == YM_HELPER_HEAD) {
		size_t k = h->want - h->n_body < *n ? h->want - h->n_body : *n;

		if (k)
			memcpy(h->body + h->n_body, *data, k);
		h->n_body += k;
		*data += k;
		*n -= k;
	}
	return h->n_head == YM_HELPER_HEAD && h->n_body == h->want;
}

static void
receive(struct ym_helper *h, const uint8_t *data, size_t n)
{
	while (n && !h->over) {
		if (!take(h, &data, &n))
			return;
		if (h->want > h->calls.max) {
			h->want = 0;
			return end(h, YM_IO, "a message that is too long", 0);
		}
		h->calls.message(h->user, h->head[0], h->body, h->want);
		drop_body(h);
	}
}

/* False when there is no more for now, or ever. */
static bool
pull(struct ym_helper *h)
{
	uint8_t chunk[CHUNK];
	ssize_t k = h->out < 0 ? 0 : read(h->out, chunk, sizeof chunk);

	if (k > 0) {
		receive(h, chunk, (size_t)k);
		explicit_bzero(chunk, (size_t)k);
		return true;
	}
	if (k == 0 || (errno != EAGAIN && errno != EINTR)) {
		ym_loop_remove(h->loop, h->out_source);
		h->out_source = 0;
		if (h->pid > 0)
			kill(h->pid, SIGKILL); /* it can say nothing more; its exit is the end */
	}
	return false;
}

static void
on_out(void *user, int fd, short revents)
{
	pull(user);
}

static void
on_exit_of(void *user, pid_t pid, int status)
{
	struct ym_helper *h = user;

	h->pid = 0;
	h->child = 0;
	while (!h->over && pull(h))
		;
	end(h, YM_GONE, "ended", status);
}

static void
push(struct ym_helper *h)
{
	while (h->queue.len) {
		ssize_t k = write(h->in, h->queue.data, h->queue.len);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && errno != EAGAIN)
			ym_buf_clear(&h->queue); /* its exit tells the rest */
		if (k <= 0)
			break;
		ym_buf_drop(&h->queue, (size_t)k);
	}
	ym_loop_set_events(h->loop, h->in_source, h->queue.len ? POLLOUT : 0);
}

static void
on_in(void *user, int fd, short revents)
{
	push(user);
}

enum ym_code
ym_helper_new(struct ym_loop *loop, const char *program, const char *const *args, const struct ym_helper_calls *calls, void *user,
	struct ym_helper **ret, struct ym_error *err)
{
	YM_FREE char *path = ym_file_helper(program);
	char *argv[16] = {path};
	struct ym_helper *h;
	enum ym_code rc;

	for (size_t i = 0; args && args[i] && i + 2 < YM_ARRAY_LEN(argv); i++)
		argv[i + 1] = (char *)args[i]; /* posix_spawn does not write to it */
	if (!path || access(path, X_OK))
		return ym_fail_on(err, YM_NOTFOUND, N_("The program that speaks to this kind of device is not installed: tell maintenance"),
			program, "%s: %m", path ? path : "");
	h = ym_alloc(sizeof *h);
	h->loop = loop;
	h->calls = *calls;
	h->user = user;
	h->in = h->out = -1;
	ym_buf_init(&h->queue, QUEUE_MAX);
	rc = ym_loop_spawn(loop, program, argv, &h->in, &h->out, -1, on_exit_of, h, &h->pid, &h->child, err);
	if (rc) {
		ym_buf_release(&h->queue);
		free(h);
		return rc;
	}
	h->program = ym_strdup(program);
	h->in_source = ym_loop_add_fd(loop, program, YM_PRIO_NORMAL, h->in, 0, on_in, h);
	h->out_source = ym_loop_add_fd(loop, program, YM_PRIO_NORMAL, h->out, POLLIN, on_out, h);
	*ret = h;
	return YM_OK;
}

static void
put_head(uint8_t head[YM_HELPER_HEAD], uint8_t kind, size_t n)
{
	head[0] = kind;
	head[1] = (uint8_t)(n >> 24);
	head[2] = (uint8_t)(n >> 16);
	head[3] = (uint8_t)(n >> 8);
	head[4] = (uint8_t)n;
}

bool
ym_helper_send(struct ym_helper *h, uint8_t kind, const void *data, size_t n)
{
	uint8_t head[YM_HELPER_HEAD];

	if (h->over || n > UINT32_MAX)
		return false;
	/* A large message may stand alone; a second one behind a full queue would never be taken. */
	if (h->queue.len > QUEUE_MAX)
		return false;
	h->queue.max = QUEUE_MAX + YM_HELPER_HEAD + h->queue.len + n;
	put_head(head, kind, n);
	ym_buf_add(&h->queue, head, sizeof head);
	if (n)
		ym_buf_add(&h->queue, data, n);
	push(h);
	return true;
}

void
ym_helper_pause(struct ym_helper *h, bool on)
{
	ym_loop_set_events(h->loop, h->out_source, on ? 0 : POLLIN);
}

void
ym_helper_free(struct ym_helper *h)
{
	if (!h)
		return;
	stop(h);
	drop_body(h);
	ym_buf_release(&h->queue);
	free(h->program);
	free(h);
}

/* -- the helper's side -- */

void
ym_helper_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == 1)
		_exit(0); /* it ended before we could ask to be told */
}

static bool
read_whole(void *data, size_t n)
{
	uint8_t *p = data;

	while (n) {
		ssize_t k = read(STDIN_FILENO, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

bool
ym_helper_read(uint8_t *kind, struct ym_buf *data, size_t max)
{
	uint8_t head[YM_HELPER_HEAD];
	YM_FREE uint8_t *body = NULL;
	size_t n;

	ym_buf_clear(data);
	if (!read_whole(head, sizeof head))
		return false;
	n = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
	if (n > max)
		return false;
	body = ym_alloc(n + 1);
	if (!read_whole(body, n))
		return false;
	ym_buf_add(data, body, n);
	explicit_bzero(body, n);
	*kind = head[0];
	return true;
}

bool
ym_helper_write(uint8_t kind, const void *data, size_t n)
{
	uint8_t head[YM_HELPER_HEAD];

	put_head(head, kind, n);
	return ym_fd_write_all(STDOUT_FILENO, head, sizeof head, NULL) == YM_OK &&
		(n == 0 || ym_fd_write_all(STDOUT_FILENO, data, n, NULL) == YM_OK);
}
