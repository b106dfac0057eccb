/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen: without a command the workstation, else one command of the table. Options may stand anywhere.
 */
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ui.h"
#include "yimen/practice.h"

static const struct cli_command commands[] = {
	{ "desk init", "url=URL [socket=PATH] [ca=FILE] [fingerprint=HEX] code=CODE [phone=N] [complaint=N] [address=TEXT]", N_("make this desk with a one-time code"), 1, 12, cli_desk_init },
	{ "account token", "ACCOUNT [module=PATH] [serial=TEXT] [pin-file=FILE]", N_("let an account sign in with its token too"), 1, 4, cli_account_token },
	{ "account password", "ACCOUNT [new-password-file=FILE]", N_("give a further account its password at this desk"), 1, 2, cli_account_password },
	{ "visit run", "FILE.json", N_("take a visit through without a screen, print the decisions"), 1, 1, cli_visit_run },
	{ "guide", "ITEM... [answers=FILE.json] [--json]", N_("what a citizen is told about items; with --account it is a consultation"), 1, 20, cli_guide },
	{ "item find", "WORDS...", N_("find items, best first: code, tab, name"), 1, 20, cli_item_find },
	{ "item show", "ITEM", N_("everything about an item"), 1, 1, cli_item_show },
	{ "case list", "[TEXT]", N_("cases, newest first"), 0, 1, cli_case_list },
	{ "case story", "CASE PURPOSE", N_("what happened to a case; the look is logged"), 2, 2, cli_case_story },
	{ "case request", "CASE PURPOSE", N_("ask the central to hand a case over to this desk"), 2, 2, cli_case_request },
	{ "status", "[--json]", N_("state of this desk"), 0, 0, cli_status },
	{ "sync", "", N_("send and fetch now"), 0, 0, cli_sync },
	{ "store rebuild", "", N_("fold the log again into every view"), 0, 0, cli_store_rebuild },
	{ "audit verify", "", N_("walk the chain of the log and name the first broken event"), 0, 0, cli_audit_verify },
	{ "desk set", "KEY [VALUE]", N_("photo.decoder FILE, print.a4 QUEUE, print.receipt IDENTITY, print.paper.NAME a4|receipt|pdf"), 1, 2, cli_desk_set },
	{ "certificate list", "", N_("keys whose signatures on electronic certificates this desk believes"), 0, 0, cli_certificate_list },
	{ "certificate trust", "FILE", N_("believe an issuer: its SM2 certificate or public key in PEM, or the key in hex"), 1, 1, cli_certificate_trust },
	{ "certificate distrust", "KEY", N_("believe it no more: the beginning of its key"), 1, 1, cli_certificate_distrust },
	{ "device add", "PORT ROLE [PROFILE]", N_("say what stands at a port, and how it is spoken to"), 2, 3, cli_device_add },
	{ "device remove", "PORT", N_("forget what was said of a port"), 1, 1, cli_device_remove },
	{ "device list", "[--json]", N_("what is plugged in at this counter, and its state"), 0, 0, cli_device_list },
	{ "device test", "ROLE|IDENTITY", N_("test one device"), 1, 1, cli_device_test },
	{ "device record", "FOLDER [seconds=N] [test-cards]", N_("record what goes over the devices' lines, contents masked"), 1, 3, cli_device_record },
	{ "device replay", "FILE", N_("play a recording back to its driver"), 1, 1, cli_device_replay },
	{ "catalog check", "DIR", N_("check a folder of catalogue sources"), 1, 1, cli_catalog_check },
	{ "catalog build", "DIR OUT [extra=DIR]", N_("make a pack of a folder of sources, with what extra replaces"), 2, 3, cli_catalog_build },
	{ "catalog keygen", "OUT", N_("make a key for signing packs: OUT, and OUT.pub for desks"), 1, 1, cli_catalog_keygen },
	{ "catalog sign", "PACK KEYFILE OUT", N_("sign a pack"), 3, 3, cli_catalog_sign },
	{ "catalog import", "PACK", N_("bring a pack to this desk; it takes force on its date"), 1, 1, cli_catalog_import },
	{ "catalog diff", "A B", N_("what changed between two catalogues, folders or packs"), 2, 2, cli_catalog_diff },
	{ "catalog doc", "ITEM", N_("the public guide of an item"), 1, 1, cli_catalog_doc },
};

static int
usage(FILE *to)
{
	fprintf(to, "%s\n", _("yimen: the workstation of a 一门通办 window"));
	fprintf(to, "\n  yimen [--dir DIR]                     %s\n", _("the workstation"));
	fprintf(to, "  yimen practice                        %s\n\n", _("the same with simulated citizens, devices and central"));
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		fprintf(to, "  yimen %s%s%s\n      %s\n", commands[i].words, *commands[i].usage ? " " : "", commands[i].usage, gettext(commands[i].help));
	fprintf(to, "\n%s\n", _("Options: --dir DIR, --account NAME, --password-file FILE, --pin-file FILE, --practice, --confirm-clock, --pack FILE, --keys FILE, --dump DIR, --size COLUMNSxROWS, --ascii, --mono"));
	return to == stderr ? 2 : 0;
}

struct words {
	struct cli_args args;
	struct ui_options ui;
	char *free_words[64];
	int n;
	bool help, version, dump_keys;
};

/* The value of an option that takes one: "--dir X" or "--dir=X". */
static const char *
value_of(const char *name, int argc, char **argv, int *i)
{
	size_t n = strlen(name);

	if (strncmp(argv[*i], name, n))
		return NULL;
	if (argv[*i][n] == '=')
		return argv[*i] + n + 1;
	if (argv[*i][n] || *i + 1 >= argc)
		return NULL;
	return argv[++*i];
}

static bool
take_option(struct words *w, int argc, char **argv, int *i)
{
	const char *v;

	if ((v = value_of("--dir", argc, argv, i)))
		w->args.dir = w->ui.dir = v;
	else if ((v = value_of("--account", argc, argv, i)))
		w->args.account = v;
	else if ((v = value_of("--password-file", argc, argv, i)))
		w->args.password_file = v;
	else if ((v = value_of("--pin-file", argc, argv, i)))
		w->args.pin_file = v;
	else if ((v = value_of("--keys", argc, argv, i)))
		w->ui.keys = v;
	else if ((v = value_of("--dump", argc, argv, i)))
		w->ui.dump_dir = v;
	else if ((v = value_of("--pack", argc, argv, i)))
		w->ui.pack = v;
	else if ((v = value_of("--size", argc, argv, i)))
		return ui_parse_size(v, &w->ui.rows, &w->ui.columns);
	else if (!strcmp(argv[*i], "--practice"))
		w->args.practice = w->ui.practice = true;
	else if (!strcmp(argv[*i], "--confirm-clock"))
		w->args.confirm_clock = true;
	else if (!strcmp(argv[*i], "--json"))
		w->args.json = true;
	else if (!strcmp(argv[*i], "--ascii"))
		w->ui.ascii = true;
	else if (!strcmp(argv[*i], "--mono"))
		w->ui.mono = true;
	else if (!strcmp(argv[*i], "--help") || !strcmp(argv[*i], "-h"))
		w->help = true;
	else if (!strcmp(argv[*i], "--version"))
		w->version = true;
	else if (!strcmp(argv[*i], "--dump-keys"))
		w->dump_keys = true;
	else
		return false;
	return true;
}

static bool
parse(struct words *w, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			if (!take_option(w, argc, argv, &i)) {
				fprintf(stderr, "yimen: %s: %s\n", argv[i], _("This option is not known or lacks its value"));
				return false;
			}
		} else if (w->n < 64) {
			w->free_words[w->n++] = argv[i];
		}
	}
	return true;
}

static int
run_command(struct words *w)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct cli_command *c = &commands[i];
		char two[64] = "";
		int used;

		snprintf(two, sizeof two, "%.30s %.30s", w->free_words[0], w->n > 1 ? w->free_words[1] : "");
		if (!strcmp(c->words, two))
			used = 2;
		else if (!strcmp(c->words, w->free_words[0]))
			used = 1;
		else
			continue;
		w->args.argv = w->free_words + used;
		w->args.argc = w->n - used;
		if (w->args.argc < c->min_args || w->args.argc > c->max_args) {
			fprintf(stderr, "yimen %s %s\n", c->words, c->usage);
			return 2;
		}
		return c->run(&w->args);
	}
	fprintf(stderr, "yimen: %s: %s\n", w->free_words[0], _("There is no such command; see yimen --help"));
	return 2;
}

int
main(int argc, char **argv)
{
	struct words w = { 0 };
	const char *locale_dir = getenv("YIMEN_LOCALE");

	ym_harden_process();
	setlocale(LC_ALL, "");
	bindtextdomain("yimen", locale_dir && *locale_dir ? locale_dir : YM_LOCALEDIR);
	bind_textdomain_codeset("yimen", "UTF-8");
	textdomain("yimen");
	if (!parse(&w, argc, argv))
		return 2;
	if (w.help)
		return usage(stdout);
	if (w.version) {
		puts("yimen " YM_VERSION);
		return 0;
	}
	if (w.dump_keys) {
		ui_commands_dump(stdout);
		return 0;
	}
	if (w.n && !strcmp(w.free_words[0], "practice") && w.n == 1) {
		w.ui.practice = true;
		return ui_run(&w.ui);
	}
	return w.n ? run_command(&w) : ui_run(&w.ui);
}
