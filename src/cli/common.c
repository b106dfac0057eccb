/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What commands share: errors in the officer's language, passwords, signing in.
 */
#include <errno.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"

#define PASSWORD_MAX 512

int
cli_fail(const struct ym_error *err)
{
	const char *sentence = err->msgid && *err->msgid ? gettext(err->msgid) : _("Something went wrong");

	if (*err->subject)
		fprintf(stderr, "yimen: %s: %s\n", _(err->subject), sentence);
	else
		fprintf(stderr, "yimen: %s\n", sentence);
	return 1;
}

void
cli_wipe(char **password)
{
	if (*password)
		explicit_bzero(*password, strlen(*password));
	free(*password);
	*password = NULL;
}

static char *
read_line(FILE *from)
{
	char *line = malloc(PASSWORD_MAX);
	bool ok = line && fgets(line, PASSWORD_MAX, from);

	if (!ok) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = 0;
	return line;
}

char *
cli_password(const struct cli_args *a, const char *prompt)
{
	struct termios before, quiet;
	char *password = NULL;

	if (a->password_file) {
		FILE *f = strcmp(a->password_file, "-") ? fopen(a->password_file, "re") : stdin;

		if (!f) {
			fprintf(stderr, "yimen: %s: %s\n", a->password_file, _("The password file cannot be read"));
			return NULL;
		}
		password = read_line(f);
		if (f != stdin)
			fclose(f);
	} else if (isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &before)) {
		fprintf(stderr, "%s: ", prompt);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		password = read_line(stdin);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (!password)
		fprintf(stderr, "yimen: %s\n", _("A password is needed: use --password-file FILE, or a terminal"));
	return password;
}

struct ym_station *
cli_sign_in(const struct cli_args *a, struct ym_loop *loop)
{
	struct ym_station_options options = { .dir = a->dir, .practice = a->practice, .headless = true };
	struct ym_station *station = NULL;
	struct ym_error err = { 0 };
	char *password;

	if (ym_station_open(loop, &options, &station, &err)) {
		cli_fail(&err);
		return NULL;
	}
	if (!a->account) {
		fprintf(stderr, "yimen: %s\n", _("Say who you are: --account NAME"));
		ym_station_close(station);
		return NULL;
	}
	if (a->pin_file) {
		struct cli_args token = *a;

		token.password_file = a->pin_file;
		password = cli_password(&token, _("PIN of the token"));
	} else {
		password = cli_password(a, _("Password"));
	}
	if (!password || (a->pin_file ? ym_station_sign_in_token(station, a->account, password, &err)
		: ym_station_sign_in(station, a->account, password, &err))) {
		if (password)
			cli_fail(&err);
		cli_wipe(&password);
		ym_station_close(station);
		return NULL;
	}
	cli_wipe(&password);
	return station;
}
