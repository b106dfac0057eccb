/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What comes back over the line: nothing unsigned opens as an answer; the data of one that is signed is taken whole, numbered without
 * a gap, or not at all.
 */
#include <stdint.h>
#include <stdlib.h>

#include "store/wire.h"
#include "sync/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define PATH "/v1/desks/22990100000001A/feed?after=0&wait=0"
/* Making and checking a signature takes longer than all the rest. */
#define SIGNED_ONE_OF 32

static struct ym_sm2 *central;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	central = ym_sm2_generate();
	return 0;
}

struct seen { int64_t next; int n; };

static enum ym_code
see(void *user, int64_t number, const char *kind, const void *sealed, size_t n, struct ym_error *err)
{
	struct seen *s = user;

	if (number != s->next++ || !*kind || strlen(kind) > 63 || n == 0 || !sealed)
		abort();
	s->n++;
	return YM_OK;
}

static void
take_data(const json_t *data, int64_t after)
{
	struct seen s = { .next = after + 1 };
	struct ym_answer_head head = { .seq = -1 };
	int64_t have = -1;
	bool whole = false;
	int n = -1;

	if (ym_answer_feed(data, after, see, &s, &n, NULL) ? s.n != 0 || n != -1 : s.n != n || n > YM_ANSWER_FEED_MAX)
		abort();
	if (ym_answer_head(data, &head, NULL) ? head.seq != -1 : head.seq < 0 || head.feed < 0 || strlen(head.hash) != 64)
		abort();
	if (ym_answer_blob(data, 1000, &have, &whole, NULL) ? have != -1 : have < 0 || have > 1000 || (whole && have != 1000))
		abort();
}

/* The same data in an envelope of its own central: it opens, and is what went in. */
static void
take_signed(const json_t *data)
{
	YM_BUF text = { 0 };
	struct ym_wire_answer a = { 0 };

	ym_wire_make_answer(central, "GET", PATH, 200, 1795305600000, NULL, NULL, data, &text);
	if (ym_wire_open_answer(central, "GET", PATH, 200, text.data, text.len, &a, NULL) || !a.ok || !json_equal(a.data, data))
		abort();
	ym_wire_answer_release(&a);
	if (!ym_wire_open_answer(central, "GET", PATH, 201, text.data, text.len, &a, NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_wire_answer a = { 0 };
	YM_JSON *whole = NULL;
	const json_t *inner;
	unsigned sum = 0;

	if (!ym_wire_open_answer(central, "GET", PATH, 200, (const char *)data, size, &a, NULL) || a.data)
		abort();
	if (ym_json_parse((const char *)data, size, "answer", &whole, NULL))
		return 0;
	inner = json_object_get(whole, "data");
	take_data(inner, 0);
	take_data(inner, 41);
	for (size_t i = 0; i < size; i++)
		sum = sum * 31 + data[i];
	if (json_is_object(inner) && sum % SIGNED_ONE_OF == 0)
		take_signed(inner);
	return 0;
}
