/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writes transcripts. A full disk ends the recording, never the reading of cards.
 */
#include "device/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct ym_recorder {
	FILE *file;
	bool is_test_cards;
	int64_t start_ms; /* -1 until the first line */
};

enum ym_code
ym_recorder_open(const char *path, const char *driver, bool is_test_cards, struct ym_recorder **ret, struct ym_error *err)
{
	YM_FDCLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct ym_recorder *r;

	if (fd < 0 && errno == EEXIST)
		return ym_fail_on(err, YM_CONFLICT, N_("The transcript file exists already: choose another name"), path, "open");
	if (fd < 0)
		return ym_fail_on(err, YM_IO, N_("The transcript file cannot be made"), path, "open: %m");
	r = ym_alloc(sizeof *r);
	r->file = fdopen(fd, "w");
	if (!r->file) {
		free(r);
		return ym_fail_on(err, YM_IO, N_("The transcript file cannot be made"), path, "fdopen: %m");
	}
	fd = -1;
	r->is_test_cards = is_test_cards;
	r->start_ms = -1;
	fprintf(r->file, "yimen-transcript 1\ndriver %s\npayload %s\n", driver, is_test_cards ? "clear" : "masked");
	fflush(r->file);
	*ret = r;
	return YM_OK;
}

void
ym_recorder_close(struct ym_recorder *r)
{
	if (!r)
		return;
	fclose(r->file);
	free(r);
}

static void
begin_line(struct ym_recorder *r, char mark)
{
	int64_t now = ym_clock_mono();

	if (r->start_ms < 0)
		r->start_ms = now;
	fprintf(r->file, "%6lld %c", (long long)(now - r->start_ms), mark);
}

static void
bytes(struct ym_recorder *r, char mark, const uint8_t *data, size_t n, bool all_clear, const bool *is_clear)
{
	if (!r || n == 0)
		return;
	begin_line(r, mark);
	for (size_t i = 0; i < n; i++) {
		if (all_clear || (is_clear && is_clear[i]))
			fprintf(r->file, " %02X", data[i]);
		else
			fputs(" --", r->file);
	}
	fputc('\n', r->file);
	fflush(r->file);
}

void
ym_recorder_out(struct ym_recorder *r, const uint8_t *data, size_t n)
{
	bytes(r, '>', data, n, true, NULL);
}

void
ym_recorder_in(struct ym_recorder *r, const uint8_t *data, size_t n, const bool *is_clear)
{
	bytes(r, '<', data, n, r && r->is_test_cards, is_clear);
}

void
ym_recorder_note(struct ym_recorder *r, const char *what)
{
	if (!r)
		return;
	begin_line(r, '!');
	fprintf(r->file, " %s\n", what);
	fflush(r->file);
}
