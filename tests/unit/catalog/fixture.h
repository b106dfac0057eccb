/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A small catalogue for tests (fixture/), copied to a folder of its own so that a test can spoil one file of it.
 * Not the shipped catalogue. Invariant: every folder made here is removed again.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "catalog/build.h"

struct fixture {
	char dir[64];                  /* a copy of fixture/ in dir/data */
	char *data;
	struct ym_problem problems[40];
	int n_problems, n_errors;
	struct ym_pack *pack;          /* fixture_open */
};
/* cmocka setup and teardown. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
/* The same with the pack compiled and open. */
int fixture_setup_pack(void **state);
/* Replace the first `from` in a file of the copy; from "" appends, from NULL replaces the whole file. */
void fixture_edit(struct fixture *f, const char *file, const char *from, const char *to);
enum ym_code fixture_check(struct fixture *f);
/* The first error whose text holds `part`; fails the test when there is none. */
const struct ym_problem *fixture_error(struct fixture *f, const char *part);
void fixture_document(struct fixture *f, struct ym_buf *ret);
char *fixture_path(struct fixture *f, const char *name);   /* caller frees */
