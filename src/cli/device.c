/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The device commands: list, test, record, replay. Each needs no desk and no password; nothing of a card is printed.
 */
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "yimen/counter.h"

#define SETTLE_MS 5000

struct printing {
	const struct cli_args *args;
	int n;
};

static void
print_device(void *user, const struct ym_device_info *d)
{
	struct printing *p = user;

	p->n++;
	if (p->args->json) {
		/* every string is plain ASCII without quotes (yimen/device.h), the sentence is ours */
		printf("{\"role\":\"%s\",\"state\":\"%s\",\"driver\":\"%s\",\"identity\":\"%s\",\"node\":\"%s\",\"about\":\"%s\",\"code\":\"%s\"}\n",
			ym_device_role_name(d->role), ym_device_state_name(d->state), d->driver, d->identity, d->node, d->about,
			ym_code_name(d->last_code));
		return;
	}
	printf("%s\t%s\t%s\t%s\t%s\t%s\n", ym_device_role_name(d->role), ym_device_state_name(d->state), *d->driver ? d->driver : "-",
		d->identity, d->node, d->last_msgid ? gettext(d->last_msgid) : d->about);
}

/* A4 printers in the same columns; CUPS stands for the driver. */
static void
print_printer(void *user, const struct ym_printer *d)
{
	struct printing *p = user;

	p->n++;
	if (p->args->json)
		printf("{\"role\":\"a4\",\"state\":\"%s\",\"driver\":\"cups\",\"identity\":\"%s\",\"node\":\"\",\"about\":\"%s\",\"code\":\"%s\"}\n",
			ym_device_state_name(d->state), d->name, d->is_chosen ? "chosen" : "", ym_code_name(d->why ? YM_REFUSED : YM_OK));
	else
		printf("a4\t%s\tcups\t%s\t%s\t%s\n", ym_device_state_name(d->state), d->name, d->is_chosen ? _("A4 papers are printed here") : "-",
			d->why ? gettext(d->why) : d->info);
}

int
cli_device_list(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	struct printing p = { a, 0 };

	if (ym_counter_list(a->dir, SETTLE_MS, print_device, &p, &err))
		return cli_fail(&err);
	if (ym_counter_printers(a->dir, print_printer, &p, &err))
		return cli_fail(&err);
	if (!p.n)
		fprintf(stderr, "yimen: %s\n", _("No device is plugged in"));
	return 0;
}

int
cli_device_test(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	if (ym_counter_test(a->dir, a->argv[0], &err))
		return cli_fail(&err);
	puts(_("The device works"));
	return 0;
}

int
cli_device_record(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	bool in_clear = false;
	int seconds = 60;

	for (int i = 1; i < a->argc; i++) {
		if (!strncmp(a->argv[i], "seconds=", 8))
			seconds = atoi(a->argv[i] + 8);
		else if (!strcmp(a->argv[i], "test-cards"))
			in_clear = true;
		else
			seconds = 0;
	}
	if (seconds < 1 || seconds > 3600) {
		fprintf(stderr, "yimen: %s\n", _("device record FOLDER [seconds=1..3600] [test-cards]"));
		return 2;
	}
	if (in_clear)
		fprintf(stderr, "yimen: %s\n", _("Contents are recorded in clear: lay invented test cards only"));
	return ym_counter_record(a->dir, a->argv[0], seconds, in_clear, &err) ? cli_fail(&err) : 0;
}

static void
print_line(void *user, const char *line)
{
	puts(line);
}

int
cli_device_replay(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	return ym_counter_replay(a->argv[0], print_line, NULL, &err) ? cli_fail(&err) : 0;
}

int
cli_device_add(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	return ym_station_port_add(a->dir, a->argv[0], a->argv[1], a->argc > 2 ? a->argv[2] : "", &err) ? cli_fail(&err) : 0;
}

int
cli_device_remove(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	return ym_station_port_remove(a->dir, a->argv[0], &err) ? cli_fail(&err) : 0;
}

int
cli_desk_set(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	return ym_station_desk_set(a->dir, a->argv[0], a->argc > 1 ? a->argv[1] : "", &err) ? cli_fail(&err) : 0;
}
