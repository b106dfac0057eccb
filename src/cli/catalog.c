/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commands that look after the catalogue. Each calls once, prints, closes. Not finding items (commands.c).
 */
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "yimen/catalog.h"

static const char *
translate(const char *msgid)
{
	return *msgid ? gettext(msgid) : "";
}

static void
say_line(void *user, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

int
cli_catalog_build(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	const char *extra = NULL;

	if (a->argc == 3) {
		if (strncmp(a->argv[2], "extra=", 6)) {
			fprintf(stderr, "yimen: %s: %s\n", a->argv[2], _("Write extra=DIR"));
			return 2;
		}
		extra = a->argv[2] + 6;
	}
	if (ym_admin_catalog_build(a->argv[0], extra, a->argv[1], say_line, NULL, &err))
		return cli_fail(&err);
	printf("%s\n", _("The pack is made; it is not signed yet"));
	return 0;
}

int
cli_catalog_keygen(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	if (ym_admin_catalog_keygen(a->argv[0], &err))
		return cli_fail(&err);
	printf("%s: %s.pub\n", _("The key is made; give desks the public half as catalog.trust"), a->argv[0]);
	return 0;
}

int
cli_catalog_sign(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	if (ym_admin_catalog_sign(a->argv[0], a->argv[1], a->argv[2], &err))
		return cli_fail(&err);
	puts(_("The pack is signed"));
	return 0;
}

int
cli_catalog_import(const struct cli_args *a)
{
	struct ym_pack_news news = { 0 };
	struct ym_error err = { 0 };

	if (ym_admin_catalog_import(a->dir, a->practice, a->argv[0], &news, &err))
		return cli_fail(&err);
	printf("%s %s: %s %s\n", _("Catalogue"), news.version, news.in_force ? _("in force since") : _("waits for"), news.effective);
	return 0;
}

/* The heading of an entry is printed once, above its first difference. */
static void
print_change(void *user, const struct ym_catalog_change *c)
{
	char *last = user, heading[320];

	snprintf(heading, sizeof heading, "%s %s %s", c->entry, c->id, c->name);
	if (strcmp(last, heading)) {
		printf("%s%s\n", *last ? "\n" : "", heading);
		memcpy(last, heading, sizeof heading);
	}
	if (!*c->part) {
		printf("  %s\n", c->is ? _("new") : _("gone"));
		return;
	}
	printf("  %s%s%s", c->part, *c->label ? " " : "", c->label);
	if (!c->was)
		printf(" [%s]: %s", _("new"), c->is);
	else if (!c->is)
		printf(" [%s]: %s", _("gone"), c->was);
	else
		printf(": %s → %s", c->was, c->is);
	if (*c->source)
		printf("  (%s: %s)", _("source"), c->source);
	putchar('\n');
}

int
cli_catalog_diff(const struct cli_args *a)
{
	char last[320] = "";
	struct ym_error err = { 0 };
	int n = 0;

	if (ym_admin_catalog_diff(a->argv[0], a->argv[1], translate, print_change, last, &n, &err))
		return cli_fail(&err);
	if (!n)
		puts(_("The two catalogues say the same"));
	return 0;
}

int
cli_catalog_doc(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	char *text = NULL;

	if (ym_admin_catalog_guide(a->dir, a->argv[0], &text, &err))
		return cli_fail(&err);
	fputs(text, stdout);
	free(text);
	return 0;
}
