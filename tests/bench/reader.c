/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The far end of a card reader for a workstation that is measured from outside: a simulated module without any time of its
 * own behind a pseudo-terminal. Not the driver. Invariant: the card is an invented one.
 *
 *   reader LINK    in: "lay" or "lift", a line each. Out: "found MS" when the card that was laid is first found, by the
 *                  monotonic clock, which every process reads alike.
 */
#include <poll.h>
#include <unistd.h>

#include "bench.h"
#include "device/cards.h"

struct far_end {
	struct ym_loop *loop;
	struct ym_sim_reader *reader;
	unsigned seen;  /* requests before the card was laid */
	bool is_laid;
};

static void
on_line(void *user, int fd, short revents)
{
	struct far_end *f = user;
	struct ym_error err = { 0 };
	char text[64];
	ssize_t n = read(fd, text, sizeof text - 1);

	if (n <= 0) {
		ym_loop_quit(f->loop);
		return;
	}
	text[n] = 0;
	if (!strcmp(text, "lay\n")) {
		bench_need(ym_sim_reader_lay(f->reader, &card_resident, &err), &err);
		f->seen = ym_sim_reader_n_requests(f->reader);
		f->is_laid = true;
	} else {
		ym_sim_reader_lift(f->reader);
	}
}

int
main(int argc, char **argv)
{
	const struct ym_sim_options options = { .link = argv[1], .chunk = 1500, .chunk_ms = -1, .card_ms = -1 };
	struct ym_error err = { 0 };
	struct far_end f = { 0 };
	ym_source source;

	if (argc != 2) {
		fputs("usage: reader LINK\n", stderr);
		return 2;
	}
	bench_need(ym_loop_new(&f.loop, &err), &err);
	bench_need(ym_sim_reader_new(f.loop, &options, &f.reader, &err), &err);
	source = ym_loop_add_fd(f.loop, "hand", YM_PRIO_NORMAL, STDIN_FILENO, POLLIN, on_line, &f);
	puts("ready");
	fflush(stdout);
	while (!ym_loop_has_quit(f.loop)) {
		ym_loop_turn(f.loop, -1);
		if (f.is_laid && ym_sim_reader_n_requests(f.reader) > f.seen) {
			f.is_laid = false;
			printf("found %.3f\n", bench_ms());
			fflush(stdout);
		}
	}
	ym_loop_remove(f.loop, source);
	ym_sim_reader_free(f.reader);
	ym_loop_turn(f.loop, 0);
	ym_loop_free(f.loop);
	return 0;
}
