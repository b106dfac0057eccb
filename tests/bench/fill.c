/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Years of a window's work in minutes: two visits are really taken, and their events are appended again and again with
 * other people, numbers and days, through the same log, keys and fold. Not a test of either.
 * Invariant: everything in the desk's file came through ym_log_append.
 *
 *   fill DESK-FOLDER CASES < password
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/uuid.h"
#include "bench.h"
#include "cases/casework.h"
#include "take.h"

#define ACCOUNT "bench"
#define PER_DAY 30
#define PER_COMMIT 200 /* visits */
#define EVENTS_MAX 40
#define LIVE_VISITS 25 /* the last ones are still under way */
#define DAY_MS (24 * 3600 * 1000LL)

struct kept {
	struct ym_event_draft draft;
	char *texts[6], *attrs[2 * YM_LOG_MAX_ATTRS];
};
/* A visit as it was really taken, and what differs from one such visit to the next. */
struct mould {
	struct kept events[EVENTS_MAX];
	int n;
	char visit[40], hash[68], case_nos[4][40], day[16], dues[4][16], clock[24];
	int n_cases, n_dues;
	struct take_person person;
	int64_t at;
};
struct desk {
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_pack *pack;
	struct ym_casework *work;
};

static int64_t clock_now;

static int64_t
tell(void *user)
{
	return clock_now;
}

static void
open_desk(const char *dir, const char *password, struct desk *d)
{
	YM_FREE char *pack = ym_asprintf("%s/pack.db", dir);
	struct ym_error err = { 0 };

	bench_need(ym_desk_open(dir, YM_DB_LOCK | YM_DB_SECURE_DELETE, &d->db, &err), &err);
	bench_need(ym_keys_open(d->db, &d->keys, &err), &err);
	bench_need(ym_keys_unlock_password(d->keys, ACCOUNT, password, &err), &err);
	bench_need(ym_log_open(d->db, d->keys, &d->log, &err), &err);
	bench_need(ym_pack_open(pack, &d->pack, &err), &err);
	bench_need(ym_casework_new(d->db, d->keys, d->log, d->pack, &d->work, &err), &err);
	bench_need(ym_casework_sign_in(d->work, ACCOUNT, &err), &err);
}

/* -- the mould -- */

static bool
keep(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct mould *m = user;
	const struct ym_event_header *h = &ev->h;
	struct kept *k = &m->events[m->n];
	const char *const from[] = { h->kind, h->visit, h->case_no, h->item, h->pack, h->account };
	int n = 0;

	if (strcmp(h->visit, m->visit) || m->n == EVENTS_MAX)
		return true;
	for (int i = 0; i < 6; i++)
		k->texts[i] = ym_strdup(from[i]);
	for (int i = 0; i < h->n_attrs; i++) {
		if (!strcmp(h->attrs[i].key, "wrap")) /* the log adds each visit's own */
			continue;
		k->attrs[2 * n] = ym_strdup(h->attrs[i].key);
		k->attrs[2 * n + 1] = ym_strdup(h->attrs[i].value);
		n++;
	}
	k->draft.n_attrs = n;
	k->draft.body = ym_strdup(body);
	m->n++;
	return true;
}

static void
take_mould(struct desk *d, struct mould *m, int person, const char *const items[], int n)
{
	struct ym_visit *v = NULL;
	struct ym_error err = { 0 };

	m->at = clock_now;
	take_person(person, &m->person);
	ym_keys_person_hash(d->keys, "111", m->person.number, m->hash);
	ym_date_format(m->day, ym_date_at(clock_now));
	snprintf(m->clock, sizeof m->clock, "%lld", (long long)clock_now);
	bench_need(ym_visit_open(d->work, "", &v, &err), &err);
	ym_strlcpy(m->visit, ym_visit_id(v), sizeof m->visit);
	take_ready(v, &m->person, items, n);
	for (int i = 0; i < n; i++) {
		const struct ym_case_line *c = ym_visit_case(v, i);
		enum ym_exit how = take_decide(v, i);

		if (how != YM_EXIT_ACCEPTED && how != YM_EXIT_COMPLETED) {
			fprintf(stderr, "fill: %s is not accepted but %s: %s\n", items[i], ym_exit_name(how), ym_visit_case(v, i)->summary);
			exit(1);
		}
		c = ym_visit_case(v, i);
		ym_strlcpy(m->case_nos[m->n_cases++], c->case_no, sizeof m->case_nos[0]);
		if (*c->due_promised)
			ym_strlcpy(m->dues[m->n_dues++], c->due_promised, sizeof m->dues[0]);
		if (*c->due_statutory && !ym_streq(c->due_statutory, c->due_promised))
			ym_strlcpy(m->dues[m->n_dues++], c->due_statutory, sizeof m->dues[0]);
	}
	take_settle(v);
	bench_need(ym_visit_finish(v, &err), &err);
	ym_visit_free(v);
	bench_need(ym_log_walk(d->db, d->keys, 1, 0, keep, m, &err), &err);
}

/* -- the casts -- */

struct swap {
	const char *from;
	char to[72];
};
struct cast {
	struct swap swaps[16];
	int n;
};

static char *
swap(struct cast *c, const char *from)
{
	c->swaps[c->n].from = from;
	return c->swaps[c->n++].to;
}

static void
swapped(const struct cast *c, const char *text, struct ym_buf *out)
{
	ym_buf_clear(out);
	while (*text) {
		int i = 0;

		for (; i < c->n; i++)
			if (*text == *c->swaps[i].from && !strncmp(text, c->swaps[i].from, strlen(c->swaps[i].from)))
				break;
		if (i < c->n) {
			ym_buf_adds(out, c->swaps[i].to);
			text += strlen(c->swaps[i].from);
		} else {
			ym_buf_addc(out, *text++);
		}
	}
}

static void
make_cast(struct desk *d, const struct mould *m, int visit, int *serial, struct cast *c)
{
	const struct ym_desk_identity *who = ym_log_identity(d->log);
	struct take_person p;
	ym_date day = ym_date_at(clock_now), was = ym_date_parse(m->day);
	int y, mo, dd;

	*c = (struct cast){ 0 };
	take_person(visit + 10, &p);
	ym_uuid7(swap(c, m->visit));
	ym_keys_person_hash(d->keys, "111", p.number, swap(c, m->hash));
	snprintf(swap(c, m->person.name), 72, "%s", p.name);
	snprintf(swap(c, m->person.number), 72, "%s", p.number);
	snprintf(swap(c, m->person.phone), 72, "%s", p.phone);
	snprintf(swap(c, m->clock), 72, "%lld", (long long)clock_now);
	ym_date_split(day, &y, &mo, &dd);
	for (int i = 0; i < m->n_cases; i++) {
		char *no = swap(c, m->case_nos[i]);
		char check;

		snprintf(no, 72, "%.14s%c%04d%02d%02d%05d", who->desk, who->epoch, y, mo, dd, ++*serial);
		check = ym_number_mod37_36(no);
		no[28] = check;
		no[29] = 0;
	}
	for (int i = 0; i < m->n_dues; i++)
		ym_date_format(swap(c, m->dues[i]), day + (ym_date_parse(m->dues[i]) - was));
	ym_date_format(swap(c, m->day), day);
}

static void
pour(struct desk *d, const struct mould *m, const struct cast *c)
{
	struct ym_buf texts[6] = { 0 }, attrs[YM_LOG_MAX_ATTRS] = { 0 }, body = { 0 };
	struct ym_error err = { 0 };

	for (int i = 0; i < m->n; i++) {
		const struct kept *k = &m->events[i];
		struct ym_event_draft e = { .n_attrs = k->draft.n_attrs };

		for (int t = 0; t < 6; t++)
			swapped(c, k->texts[t], &texts[t]);
		e.kind = ym_buf_str(&texts[0]);
		e.visit = ym_buf_str(&texts[1]);
		e.case_no = ym_buf_str(&texts[2]);
		e.item = ym_buf_str(&texts[3]);
		e.pack = ym_buf_str(&texts[4]);
		e.account = ym_buf_str(&texts[5]);
		for (int a = 0; a < e.n_attrs; a++) {
			swapped(c, k->attrs[2 * a + 1], &attrs[a]);
			e.attrs[a] = (struct ym_attr){ k->attrs[2 * a], ym_buf_str(&attrs[a]) };
		}
		if (k->draft.body) {
			swapped(c, k->draft.body, &body);
			e.body = ym_buf_str(&body);
		}
		bench_need(ym_log_append(d->log, &e, NULL, &err), &err);
		clock_now += 7000;
	}
	for (int t = 0; t < 6; t++)
		ym_buf_release(&texts[t]);
	for (int a = 0; a < YM_LOG_MAX_ATTRS; a++)
		ym_buf_release(&attrs[a]);
	ym_buf_release(&body);
}

static void
pour_all(struct desk *d, const struct mould *done, const struct mould *live, int n_cases, int64_t now)
{
	int visits = n_cases / done->n_cases, per_day = PER_DAY / done->n_cases, days = visits / per_day + 1, serial = 0;
	struct ym_error err = { 0 };
	struct cast c;

	for (int i = 0; i < visits; i++) {
		/* from eight o'clock, some years ago, to yesterday */
		if (i % per_day == 0) {
			clock_now = now - now % DAY_MS - (int64_t)(days - i / per_day) * DAY_MS;
			serial = 100; /* the moulds have the first numbers of their day */
		}
		if (i % PER_COMMIT == 0)
			bench_need(ym_db_begin(d->db, &err), &err);
		make_cast(d, i < visits - LIVE_VISITS ? done : live, i, &serial, &c);
		pour(d, i < visits - LIVE_VISITS ? done : live, &c);
		if (i % PER_COMMIT == PER_COMMIT - 1 || i == visits - 1) {
			bench_need(ym_db_commit(d->db, &err), &err);
			ym_db_checkpoint(d->db);
		}
		if (i % 5000 == 4999)
			fprintf(stderr, "\r%d cases", (i + 1) * done->n_cases);
	}
}

int
main(int argc, char **argv)
{
	static const char *const done_items[] = { "HZ-041", "HZ-040", "HZ-042" }, *const live_items[] = { "SF-003", "HZ-041", "HZ-040" };
	static const struct ym_clock clock = { tell, tell, NULL };
	struct desk d = { 0 };
	static struct mould done, live;
	struct ym_error err = { 0 };
	char password[100] = "";
	uint8_t hash[YM_SM3_LEN];
	int64_t now = ym_clock_wall();
	double began = bench_ms();

	if (argc != 3 || !fgets(password, sizeof password, stdin)) {
		fputs("usage: fill DESK-FOLDER CASES < password\n", stderr);
		return 2;
	}
	password[strcspn(password, "\n")] = 0;
	open_desk(argv[1], password, &d);
	clock_now = now - DAY_MS;
	ym_clock_set(&clock);
	if (!ym_shift_is_open(d.work))
		bench_need(ym_shift_open(d.work, &err), &err);
	take_mould(&d, &done, 0, done_items, (int)YM_ARRAY_LEN(done_items));
	take_mould(&d, &live, 1, live_items, (int)YM_ARRAY_LEN(live_items));
	pour_all(&d, &done, &live, atoi(argv[2]), now);
	ym_clock_set(NULL);
	bench_need(ym_db_truncate(d.db, &err), &err);
	printf("{\"cases\": %d, \"events\": %lld, \"seconds\": %.1f}\n", atoi(argv[2]), (long long)ym_log_head(d.log, hash),
		(bench_ms() - began) / 1e3);
	ym_casework_free(d.work);
	ym_pack_close(d.pack);
	ym_log_close(d.log);
	ym_keys_close(d.keys);
	ym_db_close(d.db);
	return 0;
}
