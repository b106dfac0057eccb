/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Replays a fuzz target over its seeds in the ordinary test run: each seed whole, cut short, and with single bits
 * flipped. Not a search for new paths: that is libFuzzer's (-Dfuzz=true). Invariant: the same inputs in the same order
 * at every run; each input lies in a heap block of its exact size, so that one byte read too far is seen.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

#define MAX_SEED (1u << 20)
/* Inputs a target, shared by its seeds: some seconds under sanitizers even when an input takes half a millisecond. */
#define MAX_INPUTS 16000u

/* What is being tried, for the handler. */
static char trying[512];

static void
tell_and_die(int signal_number)
{
	static const char head[] = "\n# died on: ";

	/* stdout may hold unwritten points; a lost line would only be counted as a missing one. */
	if (write(1, head, sizeof head - 1) < 0 || write(1, trying, strlen(trying)) < 0 ||
		write(1, "\n", 1) < 0)
		_exit(98);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void
try_input(const uint8_t *data, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	if (!exact)
		abort();
	memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

static void
replay(const char *name, uint8_t *data, size_t n, size_t n_inputs)
{
	size_t n_bits = n * 8, cut_step = n * 5 / n_inputs + 1,
	       flip_step = n_bits * 5 / (n_inputs * 4) + 1;

	snprintf(trying, sizeof trying, "%s, whole", name);
	try_input(data, n);
	for (size_t cut = 0; cut < n; cut += cut_step) {
		snprintf(trying, sizeof trying, "%s, first %zu bytes", name, cut);
		try_input(data, cut);
	}
	/* An even step would flip the same bits of every byte. */
	for (size_t bit = 0; bit < n_bits; bit += flip_step | 1) {
		snprintf(trying, sizeof trying, "%s, bit %zu flipped", name, bit);
		data[bit / 8] ^= 1u << (bit % 8);
		try_input(data, n);
		data[bit / 8] ^= 1u << (bit % 8);
	}
}

static int
is_seed(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
	struct dirent **seeds = NULL;
	static uint8_t data[MAX_SEED];
	const char *folder = argc > 1 ? argv[1] : "";
	int n_seeds = scandir(folder, &seeds, is_seed, alphasort), failed = 0;

	if (n_seeds <= 0) {
		printf("1..1\nnot ok 1 - %s holds no seed\n", folder);
		return 1;
	}
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	signal(SIGABRT, tell_and_die);
	signal(SIGSEGV, tell_and_die);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n", n_seeds);
	for (int i = 0; i < n_seeds; i++) {
		char path[4096];
		ssize_t n;
		int fd;

		snprintf(path, sizeof path, "%s/%s", folder, seeds[i]->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, data, sizeof data);
		if (fd >= 0)
			close(fd);
		if (n >= 0)
			replay(seeds[i]->d_name, data, n, MAX_INPUTS / n_seeds + 100);
		else
			failed = 1;
		printf("%sok %d - %s\n", n < 0 ? "not " : "", i + 1, seeds[i]->d_name);
		free(seeds[i]);
	}
	free(seeds);
	return failed;
}
