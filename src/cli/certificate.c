/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The certificate commands: whose signatures on electronic certificates this desk believes. No password: who may write the
 * desk's folder may do this, while the workstation does not run.
 */
#include <libintl.h>

#include "cli.h"

static void
print_key(void *user, const char *key)
{
	*(int *)user += 1;
	puts(key);
}

int
cli_certificate_list(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	int n = 0;

	if (ym_certificate_keys(a->dir, print_key, &n, &err))
		return cli_fail(&err);
	if (!n)
		fprintf(stderr, "yimen: %s\n", _("No key is trusted: signed certificates stay to be checked"));
	return 0;
}

int
cli_certificate_trust(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	char key[131];

	if (ym_certificate_trust(a->dir, a->argv[0], key, &err))
		return cli_fail(&err);
	puts(key);
	return 0;
}

int
cli_certificate_distrust(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	return ym_certificate_distrust(a->dir, a->argv[0], &err) ? cli_fail(&err) : 0;
}
