/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the disk and SQLite give by themselves: the yardsticks of decisions and drains. Knows nothing of the engine, and
 * prints one line of JSON. Invariant: every commit is durable (WAL, synchronous FULL), as the desk's are.
 *
 *   raw sync FOLDER TIMES            append 4 KB and fdatasync
 *   raw commit FOLDER TIMES BYTES    one row of so many bytes a commit
 *   raw batch FOLDER ROWS BYTES      200 rows a commit
 *   raw open FILE TIMES              open an SQLite file, read one row, close
 *   raw like PACK TIMES              a plain scan of the compiled pack's names and aliases
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PER_BATCH 200

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "raw: %s failed\n", what);
	exit(1);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(double *ms, int n)
{
	qsort(ms, (size_t)n, sizeof *ms, by_size);
	printf("{\"n\": %d, \"p50\": %.4f, \"p99\": %.4f, \"max\": %.4f}\n", n, ms[n / 2], ms[(int)((double)n * 0.99)], ms[n - 1]);
}

static void
random_bytes(void *data, int n)
{
	for (int i = 0; i < n; i++)
		((uint8_t *)data)[i] = (uint8_t)rand();
}

static void
raw_sync(const char *folder, int n, double *ms)
{
	char path[4096];
	static char page[4096];
	int fd;

	snprintf(path, sizeof path, "%s/raw-sync", folder);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	need(fd >= 0, "open");
	random_bytes(page, sizeof page);
	for (int i = 0; i < n; i++) {
		double began = now_ms();

		need(write(fd, page, sizeof page) == (ssize_t)sizeof page && !fdatasync(fd), "write");
		ms[i] = now_ms() - began;
	}
	close(fd);
	unlink(path);
	report(ms, n);
}

static sqlite3 *
open_fresh(const char *folder)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[4096];
	sqlite3 *db = NULL;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s/raw.db%s", folder, endings[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/raw.db", folder);
	need(!sqlite3_open(path, &db), "open");
	need(!sqlite3_exec(db, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"CREATE TABLE row (seq INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, body BLOB NOT NULL) STRICT;"
		"CREATE INDEX row_kind ON row (kind)", NULL, NULL, NULL), "schema");
	return db;
}

static void
insert(sqlite3_stmt *s, const void *body, int n)
{
	char uuid[40];

	snprintf(uuid, sizeof uuid, "%08x-%04x-%04x-%08x", (unsigned)rand(), (unsigned)rand() & 0xffff, (unsigned)rand() & 0xffff, (unsigned)rand());
	sqlite3_bind_text(s, 1, uuid, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(s, 2, rand() % 20);
	sqlite3_bind_blob(s, 3, body, n, SQLITE_STATIC);
	need(sqlite3_step(s) == SQLITE_DONE, "insert");
	sqlite3_reset(s);
}

static void
raw_rows(const char *folder, int n, int bytes, int per_commit, double *ms)
{
	sqlite3 *db = open_fresh(folder);
	sqlite3_stmt *s = NULL;
	char *body = malloc((size_t)bytes + 1);
	double began = now_ms();

	need(body && !sqlite3_prepare_v2(db, "INSERT INTO row (uuid, kind, body) VALUES (?1, ?2, ?3)", -1, &s, NULL), "prepare");
	random_bytes(body, bytes);
	for (int i = 0; i < n; i++) {
		double one = now_ms();

		if (per_commit > 1 && i % per_commit == 0)
			need(!sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin");
		insert(s, body, bytes);
		if (per_commit > 1 && (i % per_commit == per_commit - 1 || i == n - 1))
			need(!sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
		ms[i] = now_ms() - one;
	}
	if (per_commit > 1)
		printf("{\"n\": %d, \"total\": %.3f}\n", n, now_ms() - began);
	else
		report(ms, n);
	sqlite3_finalize(s);
	sqlite3_close(db);
	free(body);
}

static void
raw_open(const char *path, int n, double *ms)
{
	for (int i = 0; i < n; i++) {
		double began = now_ms();
		sqlite3 *db = NULL;

		need(!sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), "open");
		need(!sqlite3_exec(db, "SELECT * FROM sqlite_schema LIMIT 1", NULL, NULL, NULL), "read");
		sqlite3_close(db);
		ms[i] = now_ms() - began;
	}
	report(ms, n);
}

static void
raw_like(const char *path, int n, double *ms)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	need(!sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) &&
		!sqlite3_prepare_v2(db, "SELECT id FROM entry WHERE name LIKE '%' || ?1 || '%' OR aliases LIKE '%' || ?1 || '%'", -1, &s, NULL),
		"open");
	sqlite3_bind_text(s, 1, "户口", -1, SQLITE_STATIC);
	for (int i = 0; i < n; i++) {
		double began = now_ms();

		while (sqlite3_step(s) == SQLITE_ROW)
			;
		sqlite3_reset(s);
		ms[i] = now_ms() - began;
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	report(ms, n);
}

int
main(int argc, char **argv)
{
	int n = argc > 3 ? atoi(argv[3]) : 0;
	double *ms = calloc((size_t)n + 1, sizeof *ms);

	need(ms && n > 0, "arguments: raw sync|commit|batch FOLDER N [BYTES], raw open FILE N");
	srand(2026);
	if (!strcmp(argv[1], "sync"))
		raw_sync(argv[2], n, ms);
	else if (!strcmp(argv[1], "commit") && argc > 4)
		raw_rows(argv[2], n, atoi(argv[4]), 1, ms);
	else if (!strcmp(argv[1], "batch") && argc > 4)
		raw_rows(argv[2], n, atoi(argv[4]), PER_BATCH, ms);
	else if (!strcmp(argv[1], "open"))
		raw_open(argv[2], n, ms);
	else if (!strcmp(argv[1], "like"))
		raw_like(argv[2], n, ms);
	else
		need(0, "arguments");
	free(ms);
	return 0;
}
