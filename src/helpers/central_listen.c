/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See central_listen.h. Invariant: nothing of a socket that could not be made is left open. */
#include "central_listen.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

#define BACKLOG 511

enum ym_code
central_listen_unix(const char *path, int *ret, struct ym_error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		return ym_fail_on(err, YM_INVALID, N_("The path of the socket is too long"), path,
			"sun_path");
	ym_strlcpy(address.sun_path, path, sizeof address.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof address)) {
		close(fd);
		return ym_fail_on(
			err, YM_BUSY, N_("Another program listens there already"), path, "connect");
	}
	unlink(path);
	/* The umask holds from the first moment on; a chmod would come late. */
	mode_t old = umask(0177);
	int rc = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(old);
	if (rc || listen(fd, BACKLOG)) {
		if (fd >= 0)
			close(fd);
		return ym_fail_on(err, YM_IO, N_("The address cannot be listened at"), path, "%s",
			strerror(errno));
	}
	*ret = fd;
	return YM_OK;
}

static int
listen_at(const struct addrinfo *a)
{
	int yes = 1,
	    fd = socket(
		    a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (!bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

enum ym_code
central_listen_tcp(const char *where, int *ret, struct ym_error *err)
{
	YM_FREE char *text = ym_strdup(where);
	char *colon = strrchr(text, ':'), *host = text;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV },
			*list = NULL;
	int rc, fd = -1;

	if (!colon)
		return ym_fail_on(err, YM_INVALID, N_("An address to listen at is HOST:PORT"),
			where, "no colon");
	*colon = 0;
	if (*host == '[' && colon > host && colon[-1] == ']') {
		host++;
		colon[-1] = 0;
	}
	rc = getaddrinfo(*host ? host : NULL, colon + 1, &hints, &list);
	if (rc)
		return ym_fail_on(err, YM_INVALID, N_("An address to listen at is HOST:PORT"),
			where, "%s", gai_strerror(rc));
	for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = listen_at(a);
	freeaddrinfo(list);
	if (fd < 0)
		return ym_fail_on(err, YM_IO, N_("The address cannot be listened at"), where, "%s",
			strerror(errno));
	*ret = fd;
	return YM_OK;
}
