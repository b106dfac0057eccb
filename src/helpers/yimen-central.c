/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-central: the reference central as a program. Its command line alone: the server is central_serve.c, what an administrator
 * does is central_admin.c. Invariant: no secret is an argument.
 */
#include <getopt.h>
#include <libintl.h>
#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>

#include "base/diag.h"
#include "central_serve.h"
#include "crypt/crypt.h"

static const char USAGE[] =
	"usage: yimen-central COMMAND --dir DIR [--password-file FILE] ...\n"
	"  init\n"
	"  add-desk --desk CODE --station CODE --name NAME --division CODE --window W [--profile practice] [--epoch LETTER]\n"
	"  add-account --desk CODE --account ID [--officer] --posts LIST   (the name comes by standard input)\n"
	"  add-pack FILE\n"
	"  serve (--socket PATH | --listen HOST:PORT --cert FILE --key FILE) [--registers DIR] [--with-parent]\n"
	"  reviews\n"
	"  review CASE approved|denied|returned [REASON|-] [--by WHO]\n"
	"  status [--json]\n";

static bool
parse(int argc, char **argv, struct central_args *a)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = { { "dir", &a->dir }, { "desk", &a->desk }, { "station", &a->station },
		{ "name", &a->name }, { "division", &a->division }, { "window", &a->window },
		{ "profile", &a->profile }, { "epoch", &a->epoch }, { "account", &a->account },
		{ "posts", &a->posts }, { "by", &a->by }, { "socket", &a->socket },
		{ "listen", &a->listen }, { "cert", &a->cert }, { "key", &a->key },
		{ "registers", &a->registers }, { "password-file", &a->password_file } };
	struct option options[YM_ARRAY_LEN(texts) + 4] = { 0 };
	int at, c;

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++)
		options[i] =
			(struct option){ texts[i].name, required_argument, NULL, 256 + (int)i };
	options[YM_ARRAY_LEN(texts)] = (struct option){ "officer", no_argument, NULL, 'o' };
	options[YM_ARRAY_LEN(texts) + 1] = (struct option){ "json", no_argument, NULL, 'j' };
	options[YM_ARRAY_LEN(texts) + 2] = (struct option){ "with-parent", no_argument, NULL, 'p' };
	while ((c = getopt_long(argc, argv, "", options, &at)) != -1) {
		if (c >= 256)
			*texts[c - 256].to = optarg;
		else if (c == 'o')
			a->officer = true;
		else if (c == 'j')
			a->json = true;
		else if (c == 'p') /* practice: its central ends with it, however it ends */
			prctl(PR_SET_PDEATHSIG, SIGTERM);
		else
			return false;
	}
	a->rest = argv + optind;
	a->n_rest = argc - optind;
	return a->dir != NULL;
}

int
main(int argc, char **argv)
{
	const char *locale_dir = getenv("YIMEN_LOCALE");
	struct central_args a = { 0 };
	int rc;

	ym_crypt_harden();
	setlocale(LC_ALL, "");
	bindtextdomain("yimen", locale_dir && *locale_dir ? locale_dir : YM_LOCALEDIR);
	textdomain("yimen");
	if (argc < 2 || !parse(argc - 1, argv + 1, &a)) {
		fputs(USAGE, stderr);
		return 2;
	}
	rc = !strcmp(argv[1], "serve") ? central_serve(&a) : central_admin(argv[1], &a);
	if (rc < 0) {
		fputs(USAGE, stderr);
		rc = 2;
	}
	ym_diag_close();
	return rc;
}
