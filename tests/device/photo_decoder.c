/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A decoder of card photos for the tests (helpers/yimen_photo.h). It decodes no card's photo: its own format is "YMTEST", a
 * letter for what to do, and one byte of gray for the whole picture.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helpers/yimen_photo.h"

int
yimen_photo_abi(void)
{
	return YIMEN_PHOTO_ABI;
}

/* A library that leaves a face on the disk. */
static int
leave_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	int wrote = fd >= 0 && write(fd, "face", 4) == 4;

	close(fd);
	return wrote ? 0 : 1; /* it must not succeed */
}

int
yimen_photo_decode(const uint8_t *wlt, size_t n, uint8_t *rgb)
{
	if (n < 8 || memcmp(wlt, "YMTEST", 6))
		return 1;
	switch (wlt[6]) {
	case 'H':
		pause();
		return 1;
	case 'C':
		raise(SIGKILL);
		return 1;
	case 'P':
		puts("a library that prints into our pipe");
		fflush(stdout);
		break;
	case 'W':
		if (!leave_file((const char *)wlt + 8))
			return 1;
		break;
	default:
		break;
	}
	memset(rgb, wlt[7], YIMEN_PHOTO_WIDTH * YIMEN_PHOTO_HEIGHT * 3);
	return 0;
}
