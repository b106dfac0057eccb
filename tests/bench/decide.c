/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Decisions on a real desk through the public face, timed one by one: what an officer waits for after pressing Enter.
 * "loop" is the workstation without a screen: its sync helper runs and is answered between the decisions. "drain"
 * waits until everything has arrived at the central. "rules" judges a visit of five items again and again. Prints one
 * line of JSON; ends with 1 when the engine refuses.
 *
 *   decide DESK-FOLDER TIMES [loop] < password        decide DESK-FOLDER drain|rules < password
 *
 * Around each decision stands a call of getppid, which strace shows: the sync calls of a decision can be counted.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "store/desk.h"
#include "take.h"
#include "yimen/station.h"

#define ACCOUNT "bench"
#define BETWEEN_MS 12 /* of the loop's time between two decisions */
#define RULES_TIMES 300
#define DRAIN_MAX_MS (300 * 1000.0)

struct bench {
	struct ym_loop *loop;
	struct ym_station *station;
	struct ym_db *look; /* read only: what a decision wrote */
	char *wal;
	double wal_bytes, log_bytes;
};

static void
turn(struct bench *b, double ms)
{
	double end = bench_ms() + ms;

	while (b->loop && bench_ms() < end)
		ym_loop_turn(b->loop, 2);
}

static void
sign_in(struct bench *b, const char *password)
{
	struct ym_error err = { 0 };
	enum ym_code code = ym_station_sign_in(b->station, ACCOUNT, password, &err);

	bench_need(code, &err);
	while (b->loop && (code = ym_station_sign_in_result(b->station, &err)) == YM_BUSY)
		ym_loop_turn(b->loop, 5);
	bench_need(code, &err);
	if (!ym_station_shift_is_open(b->station))
		bench_need(ym_station_open_shift(b->station, &err), &err);
}

static int64_t
head(struct bench *b)
{
	struct ym_stmt *s = ym_db_sql(b->look, "SELECT max(seq) FROM event");
	int64_t n = ym_stmt_step(s, NULL) == YM_OK ? ym_stmt_col_int(s, 0) : 0;

	ym_stmt_done(s);
	return n;
}

static int64_t
bytes_since(struct bench *b, int64_t from)
{
	struct ym_stmt *s = ym_db_sql(b->look, "SELECT sum(length(e.header) + length(e.hash) + coalesce(length(b.sealed), 0)) FROM event e"
		" LEFT JOIN event_body b ON b.seq = e.seq WHERE e.seq > :from");
	int64_t n = 0;

	ym_stmt_int(s, "from", from);
	if (ym_stmt_step(s, NULL) == YM_OK)
		n = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

static int64_t
wal_size(const struct bench *b)
{
	struct stat st;

	return stat(b->wal, &st) ? 0 : st.st_size;
}

static double
decide_one(struct bench *b, int person, double *ret_ready)
{
	static const char *const items[] = { "SF-003" };
	struct ym_error err = { 0 };
	struct take_person p;
	int64_t seq, wal;
	double began = bench_ms(), took;
	enum ym_exit how;

	take_person(person, &p);
	bench_need(ym_station_walk_in(b->station, &err), &err);
	take_ready(ym_station_visit(b->station), &p, items, 1);
	*ret_ready = bench_ms() - began;
	turn(b, BETWEEN_MS);
	seq = head(b);
	wal = wal_size(b);
	getppid();
	began = bench_ms();
	how = take_decide(ym_station_visit(b->station), 0);
	took = bench_ms() - began;
	getppid();
	if (how != YM_EXIT_ACCEPTED) {
		fprintf(stderr, "decide: not accepted but %s\n", ym_exit_name(how));
		exit(1);
	}
	b->log_bytes += (double)bytes_since(b, seq);
	b->wal_bytes += wal_size(b) > wal ? (double)(wal_size(b) - wal) : 0;
	take_settle(ym_station_visit(b->station));
	bench_need(ym_station_finish(b->station, &err), &err);
	return took;
}

static void
decide(struct bench *b, int n)
{
	long early = 0;
	double *ms = ym_alloc((size_t)n * sizeof *ms), *ready = ym_alloc((size_t)n * sizeof *ready);
	struct ym_sync_status before = { 0 }, after = { 0 };
	int first = 200000 + (int)head(b) % 5000000;

	ym_station_sync_status(b->station, &before);
	for (int i = 0; i < n; i++) {
		ms[i] = decide_one(b, first + i, &ready[i]);
		turn(b, BETWEEN_MS);
		if (i == n / 2)
			early = bench_resident_kb();
	}
	ym_station_sync_status(b->station, &after);
	printf("{");
	bench_print("decide", ms, n);
	printf(", ");
	bench_print("ready", ready, n);
	printf(", \"rss_kb\": [%ld, %ld], \"log_bytes\": %.0f, \"wal_bytes\": %.0f, \"pending\": [%lld, %lld], \"acked\": [%lld, %lld]}\n", early, bench_resident_kb(), b->log_bytes / n,
		b->wal_bytes / n, (long long)before.pending, (long long)after.pending, (long long)before.acked, (long long)after.acked);
	free(ms);
	free(ready);
}

/* Five items, all questions answered, nothing left out: then one field is filled with this and that, which judges everything. */
static void
rules(struct bench *b)
{
	static const char *const items[] = { "HZ-041", "HZ-040", "HZ-042", "SF-003", "SF-001" };
	static double ms[RULES_TIMES];
	struct ym_error err = { 0 };
	struct take_person p;
	struct ym_visit *v;
	int line = 0;

	take_person(7, &p);
	bench_need(ym_station_walk_in(b->station, &err), &err);
	v = ym_station_visit(b->station);
	take_ready(v, &p, items, (int)YM_ARRAY_LEN(items));
	while (line < ym_visit_n_form(v) - 1 && ym_visit_form(v, line)->type->type != YM_DATUM_PHONE)
		line++;
	for (int i = 0; i < RULES_TIMES; i++) {
		const char *value = i % 2 ? "13900000007" : "13900000018";
		double began = bench_cpu_ms();

		bench_need(ym_visit_fill(v, line, value, &err), &err);
		ms[i] = bench_cpu_ms() - began;
	}
	printf("{\"items\": %d, \"fields\": %d, \"materials\": %d, ", ym_visit_n_cases(v), ym_visit_n_form(v), ym_visit_n_materials(v));
	bench_print("judge", ms, RULES_TIMES);
	puts("}");
}

/* Of the helper programs: processor time and greatest memory. */
static void
children(double *ret_cpu_ms, long *ret_peak_kb)
{
	char path[96], line[256];
	FILE *list, *f;
	int pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "r");
	while (list && fscanf(list, "%d", &pid) == 1) {
		unsigned long long ns = 0;

		snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
		if ((f = fopen(path, "r"))) {
			if (fscanf(f, "%llu", &ns) == 1)
				*ret_cpu_ms += (double)ns / 1e6;
			fclose(f);
		}
		snprintf(path, sizeof path, "/proc/%d/status", pid);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof line, f))
			if (!strncmp(line, "VmHWM:", 6))
				*ret_peak_kb += strtol(line + 6, NULL, 10);
		if (f)
			fclose(f);
	}
	if (list)
		fclose(list);
}

static void
drain(struct bench *b)
{
	struct ym_sync_status st = { 0 };
	double began = bench_ms(), cpu = bench_cpu_ms();
	long peak_kb = 0;

	do {
		ym_loop_turn(b->loop, 5);
		ym_station_sync_status(b->station, &st);
	} while ((st.pending > 0 || st.acked == 0) && bench_ms() - began < DRAIN_MAX_MS);
	began = bench_ms() - began;
	cpu = bench_cpu_ms() - cpu;
	children(&cpu, &peak_kb);
	printf("{\"ms\": %.1f, \"cpu\": %.1f, \"peak_kb\": %ld, \"events\": %lld, \"bytes\": %lld, \"pending\": %lld, \"quarantined\": %lld,"
		" \"state\": %d}\n", began, cpu, peak_kb + bench_resident_kb(), (long long)st.head, (long long)bytes_since(b, 0), (long long)st.pending, (long long)st.quarantined, (int)st.state);
}

int
main(int argc, char **argv)
{
	bool is_drain = argc == 3 && !strcmp(argv[2], "drain"), is_rules = argc == 3 && !strcmp(argv[2], "rules"), is_loop = is_drain || (argc == 4 && !strcmp(argv[3], "loop"));
	struct ym_station_options options = { 0 };
	struct ym_error err = { 0 };
	struct bench b = { 0 };
	char password[100] = "";

	if (argc < 3 || !fgets(password, sizeof password, stdin)) {
		fputs("usage: decide DESK-FOLDER TIMES|drain|rules [loop] < password\n", stderr);
		return 2;
	}
	password[strcspn(password, "\n")] = 0;
	options.dir = argv[1];
	options.headless = !is_loop;
	b.wal = ym_asprintf("%s/desk.db-wal", argv[1]);
	if (is_loop)
		bench_need(ym_loop_new(&b.loop, &err), &err);
	bench_need(ym_station_open(b.loop, &options, &b.station, &err), &err);
	bench_need(ym_desk_open(argv[1], YM_DB_READONLY, &b.look, &err), &err);
	sign_in(&b, password);
	if (is_drain)
		drain(&b);
	else if (is_rules)
		rules(&b);
	else
		decide(&b, atoi(argv[2]));
	ym_db_close(b.look);
	ym_station_close(b.station);
	ym_loop_free(b.loop);
	free(b.wal);
	return 0;
}
