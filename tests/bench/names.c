/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Searching for a person as the name is typed, among as many names as are asked for. The rows of the list are written
 * beside the log, sealed as the fold seals them: what a search reads is there, what made it is not. Prints one line of
 * JSON. Invariant: every answer is held against a plain look at every name.
 *
 *   names DESK-FOLDER NAMES < password
 */
#include <unistd.h>

#include "bench.h"
#include "cases/casework.h"
#include "cases/queue.h"
#include "store/desk.h"
#include "take.h"

#define ACCOUNT "bench"
#define PER_COMMIT 20000
#define ROWS 21 /* of a page of 24 lines, and one more */
#define SAMPLES 150
#define QUERIES_MAX (SAMPLES * 6)

struct bench {
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_pack *pack;
	struct ym_casework *work;
	int64_t first;          /* id of the first row that is ours */
};

static void
add_row(struct bench *b, int i)
{
	struct ym_stmt *s = ym_db_sql(b->db, "INSERT INTO view_case (case_no, key, visit, item, pack, state, holder, received_ms, changed_ms,"
		" day, accepted, due_promised, seq, snapshot_seq) VALUES (:no, '', '', 'SF-003', '', 'accepted', '22019990000001', 0, 0, '2026-01-01',"
		" '2026-01-01', '2026-12-01', 0, 0)");
	struct ym_error err = { 0 };
	struct take_person p;
	YM_BUF sealed = { 0 };
	char no[40], place[64], text[96];

	take_person(i, &p);
	snprintf(no, sizeof no, "NAMES%024d", i);
	ym_stmt_text(s, "no", no);
	bench_need(ym_stmt_run(s, &err), &err);
	snprintf(place, sizeof place, "case:%s", no);
	snprintf(text, sizeof text, "{\"who\":\"%s\"}", p.name);
	ym_keys_seal(b->keys, YM_KEY_VIEW, place, text, strlen(text), &sealed);
	s = ym_db_sql(b->db, "INSERT INTO view_sealed (place, bytes) VALUES (:place, :bytes)");
	ym_stmt_text(s, "place", place);
	ym_stmt_blob(s, "bytes", sealed.data, sealed.len);
	bench_need(ym_stmt_run(s, &err), &err);
}

static void
add_rows(struct bench *b, int n)
{
	struct ym_error err = { 0 };

	bench_need(ym_db_exec(b->db, "PRAGMA synchronous = OFF", &err), &err);
	b->first = ym_caselist_count(b->work) + 1;
	for (int i = 0; i < n; i++) {
		if (i % PER_COMMIT == 0)
			bench_need(ym_db_begin(b->db, &err), &err);
		add_row(b, i);
		if (i % PER_COMMIT == PER_COMMIT - 1 || i == n - 1) {
			bench_need(ym_db_commit(b->db, &err), &err);
			ym_db_checkpoint(b->db);
		}
	}
}

/* All hits, by pages of the array; every one must hold the text. */
static int
hits(struct bench *b, const char *text, const char (*names)[32], int n, bool *wrong)
{
	int64_t ids[512], at = 0;
	int total = 0, got;

	do {
		got = ym_names_find(b->work, text, at, false, ids, 512);
		for (int i = 0; i < got; i++) {
			*wrong |= at && ids[i] >= at;
			at = ids[i];
			if (at < b->first)
				return total;
			*wrong |= at - b->first >= n || !strstr(names[at - b->first], text);
			total++;
		}
	} while (got == 512);
	return total;
}

/* What is typed of a name: its first one, two, three and four characters, its second alone, the rest of it. */
static int
queries_of(const char *name, char (*ret)[32])
{
	size_t at[8] = { 0 };
	int n = 0, out = 0;

	for (size_t i = 0; name[i] && n < 6; i++)
		if (((unsigned char)name[i] & 0xc0) != 0x80)
			at[n++] = i;
	at[n] = strlen(name);
	for (int k = 1; k <= n && k <= 4; k++)
		snprintf(ret[out++], 32, "%.*s", (int)at[k], name);
	if (n > 1)
		snprintf(ret[out++], 32, "%.*s", (int)(at[2] - at[1]), name + at[1]);
	if (n > 2)
		snprintf(ret[out++], 32, "%s", name + at[1]);
	return out;
}

static void
search(struct bench *b, int n)
{
	char (*queries)[32] = ym_alloc(QUERIES_MAX * sizeof *queries);
	char (*names)[32] = ym_alloc((size_t)n * sizeof *names);
	static double ms[QUERIES_MAX];
	static struct ym_case_row rows[ROWS];
	int n_queries = 0, missed = 0, extra = 0, plain_hits = 0;
	bool wrong = false;
	struct take_person p;

	for (int i = 0; i < n; i++) {
		take_person(i, &p);
		snprintf(names[i], sizeof names[0], "%.31s", p.name);
	}
	for (int i = 0; i < SAMPLES && n_queries + 6 <= QUERIES_MAX; i++)
		n_queries += queries_of(i % 15 == 14 ? "龘龘龘龘" : names[(long)i * 7919 % n], queries + n_queries);
	for (int i = 0; i < n_queries; i++) {
		const struct ym_caselist_query q = { queries[i], -1, "", false };
		double began = bench_cpu_ms();

		ym_caselist_page(b->work, &q, rows, ROWS);
		ms[i] = bench_cpu_ms() - began;
	}
	for (int i = 0; i < n_queries; i += 7) {
		int found = hits(b, queries[i], (const char (*)[32])names, n, &wrong), want = 0;

		for (int k = 0; k < n; k++)
			want += strstr(names[k], queries[i]) != NULL;
		plain_hits += want;
		missed += found < want ? want - found : 0;
		extra += found > want ? found - want : 0;
	}
	printf("\"hits\": %d, \"missed\": %d, \"extra\": %d, ", plain_hits, missed, extra + wrong);
	bench_print("page", ms, n_queries);
	free(names);
	free(queries);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct ym_error err = { 0 };
	char password[100] = "", pack[4096];
	double began, slowest = 0;
	long before, slices = 0;
	int n;

	if (argc != 3 || !fgets(password, sizeof password, stdin) || (n = atoi(argv[2])) < 1)
		return 2;
	password[strcspn(password, "\n")] = 0;
	snprintf(pack, sizeof pack, "%s/pack.db", argv[1]);
	bench_need(ym_desk_open(argv[1], YM_DB_LOCK, &b.db, &err), &err);
	bench_need(ym_keys_open(b.db, &b.keys, &err), &err);
	bench_need(ym_keys_unlock_password(b.keys, ACCOUNT, password, &err), &err);
	bench_need(ym_log_open(b.db, b.keys, &b.log, &err), &err);
	bench_need(ym_pack_open(pack, &b.pack, &err), &err);
	bench_need(ym_casework_new(b.db, b.keys, b.log, b.pack, &b.work, &err), &err);
	add_rows(&b, n);
	before = bench_resident_kb();
	began = bench_ms();
	for (bool more = true; more; slices++) {
		double one = bench_ms();

		more = !ym_names_fill(b.work, 200);
		slowest = bench_ms() - one > slowest ? bench_ms() - one : slowest;
	}
	printf("{\"names\": %d, \"fill_ms\": %.1f, \"slices\": %ld, \"slowest_ms\": %.2f, \"memory_kb\": %ld, ", ym_names_count(b.work),
		bench_ms() - began, slices, slowest, bench_resident_kb() - before);
	search(&b, n);
	puts("}");
	ym_casework_free(b.work);
	ym_pack_close(b.pack);
	ym_log_close(b.log);
	ym_keys_close(b.keys);
	ym_db_close(b.db);
	return 0;
}
