/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The names of the desk's cases in memory: one flat text, newest case first, filled in slices after unlock, wiped at lock.
 * Not on disk, and not the list (caselist.c). A scan of a million names takes some milliseconds: there is no index.
 * Invariant: entries [0, n_old) descend by id, those behind them ascend; a name is ended by '\n', so no hit spans two.
 */
#include "cases/inner.h"
#include "yimen/text.h"

struct entry { uint32_t at, id; };
struct ym_names {
	char *text;             /* newest case first; what came after it was complete stands at the end */
	size_t len, cap;
	struct entry *entries;
	int n, n_old, cap_n;
	int64_t next_id, top_id;
	int64_t seq;            /* of the log's last event before the first name was read */
	bool complete;
};

static void
add_name(struct ym_names *x, int64_t id, const char *name)
{
	size_t n = strlen(name);
	if (!n || id > UINT32_MAX || x->len + n + 2 > UINT32_MAX)
		return;
	if (x->len + n + 2 > x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 1 << 16;
		while (cap < x->len + n + 2)
			cap *= 2;
		char *p = ym_alloc(cap);
		if (x->len)
			memcpy(p, x->text, x->len);
		if (x->text)
			explicit_bzero(x->text, x->len);
		free(x->text);
		x->text = p;
		x->cap = cap;
	}
	if (x->n == x->cap_n) {
		x->cap_n = x->cap_n ? x->cap_n * 2 : 1024;
		x->entries = ym_realloc_array(x->entries, (size_t)x->cap_n, sizeof(*x->entries));
	}
	x->entries[x->n++] = (struct entry){ (uint32_t)x->len, (uint32_t)id };
	memcpy(x->text + x->len, name, n);
	x->text[x->len + n] = '\n';
	x->len += n + 1;
}

/* The name in {"who":"..."}: parsed by jansson, since a name may need unescaping. */
static void
open_name(struct ym_casework *w, struct ym_stmt *s, struct ym_names *x)
{
	size_t n;
	const void *bytes = ym_stmt_col_blob(s, 2, &n);
	char place[64];
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	snprintf(place, sizeof(place), "case:%s", ym_stmt_col_text(s, 1));
	if (!ym_keys_unseal(w->keys, YM_KEY_VIEW, place, bytes, n, &text, NULL) && !ym_json_parse(text.data, text.len, "case", &j, NULL))
		add_name(x, ym_stmt_col_int(s, 0), ym_json_str(j, "who"));
}

bool
ym_names_fill(struct ym_casework *w, int n)
{
	if (!ym_keys_is_unlocked(w->keys))
		return false;
	if (!w->names) {
		uint8_t hash[YM_SM3_LEN];
		w->names = ym_alloc(sizeof(*w->names));
		w->names->seq = ym_log_head(w->log, hash);
		w->names->next_id = w->names->top_id = ym_caselist_count(w);
		w->names->next_id++;
	}
	struct ym_names *x = w->names;
	/* Cases that came since: behind the others, searched first. */
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT c.id, c.case_no, s.bytes FROM view_case c JOIN view_sealed s ON s.place = 'case:' || c.case_no"
		" WHERE c.id > :top ORDER BY c.id LIMIT 1000");
	ym_stmt_int(s, ":top", x->top_id);
	if (x->complete)
		while (!ym_stmt_step(s, NULL)) {
			x->top_id = ym_stmt_col_int(s, 0);
			open_name(w, s, x);
		}
	ym_stmt_done(s);
	if (x->complete)
		return true;
	s = ym_db_sql(w->db, "SELECT c.id, c.case_no, s.bytes FROM view_case c JOIN view_sealed s ON s.place = 'case:' || c.case_no"
		" WHERE c.id < :next ORDER BY c.id DESC LIMIT :n");
	ym_stmt_int(s, ":next", x->next_id);
	ym_stmt_int(s, ":n", n);
	int seen = 0;
	while (!ym_stmt_step(s, NULL)) {
		x->next_id = ym_stmt_col_int(s, 0);
		open_name(w, s, x);
		seen++;
	}
	ym_stmt_done(s);
	x->n_old = x->n;
	if (seen < n)
		x->complete = true;
	return x->complete;
}

void
ym_names_wipe(struct ym_casework *w)
{
	if (!w->names)
		return;
	if (w->names->text)
		explicit_bzero(w->names->text, w->names->cap);
	free(w->names->text);
	free(w->names->entries);
	free(w->names);
	w->names = NULL;
}

int
ym_names_count(const struct ym_casework *w)
{
	return w->names ? w->names->n : 0;
}

bool
ym_names_is_complete(const struct ym_casework *w)
{
	return w->names && w->names->complete;
}

/* The first entry of [from, to) whose id is below (descending) or not below (ascending) the given one; to when there is none. */
static int
seek(const struct ym_names *x, int from, int to, int64_t id, bool descending)
{
	while (from < to) {
		int mid = from + (to - from) / 2;
		if (descending ? x->entries[mid].id >= id : x->entries[mid].id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool
ym_names_mask(const struct ym_casework *w, int64_t id, int64_t seq, char *ret, size_t size)
{
	const struct ym_names *x = w->names;
	char name[256];
	if (!x || seq > x->seq)
		return false;
	int e = seek(x, 0, x->n_old, id + 1, true);
	if (e == x->n_old || x->entries[e].id != id)
		return false;
	const char *at = x->text + x->entries[e].at;
	size_t n = (size_t)((const char *)memchr(at, '\n', x->len - x->entries[e].at) - at);
	if (n >= sizeof(name))
		return false;
	memcpy(name, at, n);
	name[n] = 0;
	ym_text_mask_name(ret, size, name);
	explicit_bzero(name, n);
	return true;
}

static size_t
start_of(const struct ym_names *x, int e)
{
	return e < x->n ? x->entries[e].at : x->len;
}

/* The entry that holds the byte at; not before `from`. */
static int
entry_at(const struct ym_names *x, int from, size_t at)
{
	int lo = from, hi = x->n - 1, step = 1;
	/* Hits come one after the other: the next one is mostly near. */
	while (lo + step < hi && x->entries[lo + step].at <= at) {
		lo += step;
		step *= 2;
	}
	if (lo + step < hi)
		hi = lo + step;
	while (lo < hi) {
		int mid = lo + (hi - lo + 1) / 2;
		if (x->entries[mid].at <= at)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

/* Ids of the entries of [from, to) that hold the text, in their order: the first max, or with `last` a ring of the last max. */
static int
scan(const struct ym_names *x, int from, int to, const char *text, int64_t *ids, int max, bool last)
{
	size_t n = strlen(text), at = start_of(x, from), end = start_of(x, to);
	int found = 0, e = from;
	while (at < end && (last || found < max)) {
		const char *p = memmem(x->text + at, end - at, text, n);
		if (!p)
			break;
		e = entry_at(x, e, (size_t)(p - x->text));
		ids[found++ % max] = x->entries[e].id;
		at = start_of(x, e + 1);
	}
	return found;
}

/* The ring's last n, newest hit first. */
static int
unroll(int64_t *ring, int found, int max, int64_t *ret, int n)
{
	int out = 0;
	for (int i = found - 1; i >= 0 && i >= found - max && out < n; i--)
		ret[out++] = ring[i % max];
	return out;
}

int
ym_names_find(struct ym_casework *w, const char *text, int64_t at, bool backwards, int64_t *ret, int max)
{
	if (!*text || strchr(text, '\n') || max < 1)
		return 0;
	const struct ym_names *x = w->names;
	if (!x)
		return 0;
	int64_t *ring = ym_alloc((size_t)max * sizeof(*ring));
	int n = 0;
	if (backwards) {
		/* upwards from `at`: the old ones from the nearest on, then those that came later */
		int found = scan(x, 0, seek(x, 0, x->n_old, at + 1, true), text, ring, max, true);
		n = unroll(ring, found, max, ret, max);
		if (n < max)
			n += scan(x, seek(x, x->n_old, x->n, at + 1, false), x->n, text, ret + n, max - n, false);
	} else {
		int64_t below = at > 0 ? at : INT64_MAX;
		int found = scan(x, x->n_old, seek(x, x->n_old, x->n, below, false), text, ring, max, true);
		n = unroll(ring, found, max, ret, max);
		if (n < max)
			n += scan(x, seek(x, 0, x->n_old, below, true), x->n_old, text, ret + n, max - n, false);
	}
	free(ring);
	return n;
}
