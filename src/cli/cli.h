/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commands of `yimen` as a const table: words, usage, one line of help, a function. Not the screens (ui/).
 * Invariant: exit status 0 done, 1 refused or failed with a sentence on stderr, 2 wrong usage.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "yimen/admin.h"

#define _(s) gettext(s)

struct cli_args {
	int argc;                 /* words after the command */
	char **argv;
	const char *dir;          /* --dir */
	const char *account;      /* --account */
	const char *password_file;/* --password-file */
	const char *pin_file;     /* --pin-file: sign in with the account's token */
	bool practice, json;
	bool confirm_clock;       /* --confirm-clock: the time that this computer shows is right */
};
struct cli_command {
	const char *words;        /* "visit run" */
	const char *usage;        /* "FILE.json" */
	const char *help;         /* msgid */
	int min_args, max_args;
	int (*run)(const struct cli_args *a);
};

/* Print "yimen: subject: sentence" and return 1. */
int cli_fail(const struct ym_error *err);
/* From --password-file, else asked on the terminal without echo. Wiped and freed by cli_wipe. NULL: said why. */
char *cli_password(const struct cli_args *a, const char *prompt);
void cli_wipe(char **password);
/* Open the desk and sign in; NULL after saying why. Close with ym_station_close. loop may be NULL. */
struct ym_station *cli_sign_in(const struct cli_args *a, struct ym_loop *loop);

int cli_desk_init(const struct cli_args *a);
int cli_account_password(const struct cli_args *a);
int cli_account_token(const struct cli_args *a);
int cli_item_find(const struct cli_args *a);
int cli_item_show(const struct cli_args *a);
int cli_case_list(const struct cli_args *a);
int cli_case_story(const struct cli_args *a);
int cli_case_request(const struct cli_args *a);
int cli_visit_run(const struct cli_args *a);
int cli_guide(const struct cli_args *a);
int cli_status(const struct cli_args *a);
int cli_sync(const struct cli_args *a);
int cli_store_rebuild(const struct cli_args *a);
int cli_audit_verify(const struct cli_args *a);
int cli_device_add(const struct cli_args *a);
int cli_device_remove(const struct cli_args *a);
int cli_desk_set(const struct cli_args *a);
int cli_certificate_list(const struct cli_args *a);
int cli_certificate_trust(const struct cli_args *a);
int cli_certificate_distrust(const struct cli_args *a);
int cli_device_list(const struct cli_args *a);
int cli_device_test(const struct cli_args *a);
int cli_device_record(const struct cli_args *a);
int cli_device_replay(const struct cli_args *a);
int cli_catalog_check(const struct cli_args *a);
int cli_catalog_build(const struct cli_args *a);
int cli_catalog_keygen(const struct cli_args *a);
int cli_catalog_sign(const struct cli_args *a);
int cli_catalog_import(const struct cli_args *a);
int cli_catalog_diff(const struct cli_args *a);
int cli_catalog_doc(const struct cli_args *a);
