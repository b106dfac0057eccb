/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A stand-in reader: FOLDER/finger.json says which finger lies on it, {"finger":11,"who":"...","n":k,"again":"center"|...};
 * a new n is a new scan. Its templates are the words of that file, not anybody's print. Not libfprint's virtual device (the
 * tests of the real path use that). Invariant: STAGES good scans of one finger make a template.
 */
#include "helpers/finger_parts.h"

#include <poll.h>

#include "base/json.h"

#define STAGES 3
#define LOOK_MS 60

static char *path;
static long long last_n;

/* One new scan, or NULL when stopped. */
static json_t *
next_scan(bool *stopped)
{
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };

	for (;;) {
		json_t *j = NULL;

		if (poll(&in, 1, LOOK_MS) > 0) {
			YM_BUF data = { 0 };
			uint8_t kind;

			if (!ym_helper_read(&kind, &data, YM_FINGER_MESSAGE_MAX))
				_exit(0);
			if (kind == 'X') {
				*stopped = true;
				return NULL;
			}
		}
		if (!ym_json_load(path, &j, NULL) && ym_json_int(j, "n", 0) != last_n) {
			last_n = ym_json_int(j, "n", 0);
			return j;
		}
		json_decref(j);
	}
}

static enum ym_finger_again
again_of(const json_t *j)
{
	const char *again = ym_json_str(j, "again");

	return ym_streq(again, "center") ? YM_FINGER_CENTER : ym_streq(again, "short") ? YM_FINGER_TOO_SHORT : ym_streq(again, "lift") ? YM_FINGER_LIFT :
		*again ? YM_FINGER_AGAIN : YM_FINGER_GOOD;
}

static void
take(const struct ym_finger_message *m)
{
	YM_FREE char *other = ym_strndup((const char *)m->data, m->n), *first = NULL;
	int stage = 0;
	bool stopped = false;

	while (stage < STAGES) {
		YM_JSON *scan = next_scan(&stopped);
		YM_FREE char *print = scan ? ym_asprintf("stand-in %s %lld", ym_json_str(scan, "who"), ym_json_int(scan, "finger", 0)) : NULL;
		enum ym_finger_again again = again_of(scan);

		if (stopped) {
			finger_say_fault('F', YM_FINGER_STOPPED);
			return;
		}
		if (!again && m->n && ym_streq(print, other)) {
			finger_say_fault('F', YM_FINGER_SAME);
			return;
		}
		if (!again && first && !ym_streq(first, print))
			again = YM_FINGER_AGAIN; /* another finger than in the scan before */
		if (!again) {
			if (!first)
				first = YM_TAKE(print);
			stage++;
		}
		finger_say(&(struct ym_finger_message){ .kind = 'S', .finger = m->finger, .stage = stage, .stages = STAGES, .again = again });
	}
	finger_say(&(struct ym_finger_message){ .kind = 'K', .finger = m->finger, .data = (const uint8_t *)first, .n = strlen(first) });
}

int
finger_stand_in(const char *dir)
{
	YM_BUF data = { .max = YM_FINGER_MESSAGE_MAX };
	YM_JSON *before = NULL;
	struct ym_finger_message m;
	uint8_t kind;

	path = ym_asprintf("%s/finger.json", dir);
	/* what lay there before we came is no scan */
	if (!ym_json_load(path, &before, NULL))
		last_n = ym_json_int(before, "n", 0);
	finger_say(&(struct ym_finger_message){ .kind = 'R', .text = "stand-in" });
	while (ym_helper_read(&kind, &data, YM_FINGER_MESSAGE_MAX)) {
		if (!ym_finger_wire_read(kind, (const uint8_t *)ym_buf_str(&data), data.len, &m))
			return 1;
		if (m.kind == 'E')
			take(&m);
		else if (m.kind == 'T')
			finger_say_fault('D', YM_FINGER_FINE);
	}
	free(path);
	return 0;
}
