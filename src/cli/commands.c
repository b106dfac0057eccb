/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The commands on a desk: each opens, calls the engine once, prints, closes.
 */
#include <inttypes.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define CASES_A_PAGE 200

static const char *
option(const struct cli_args *a, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < a->argc; i++)
		if (!strncmp(a->argv[i], name, n) && a->argv[i][n] == '=')
			return a->argv[i] + n + 1;
	return NULL;
}

int
cli_desk_init(const struct cli_args *a)
{
	struct ym_enrol e = { .dir = a->dir, .url = option(a, "url"), .socket = option(a, "socket"), .cafile = option(a, "ca"),
		.fingerprint = option(a, "fingerprint"), .code = option(a, "code"), .account = a->account, .practice = a->practice,
		.phone = option(a, "phone"), .complaint_phone = option(a, "complaint"), .address = option(a, "address") };
	struct ym_error err = { 0 };
	char *password;
	enum ym_code code;

	if ((!e.url && !e.socket) || !e.code || !e.account) {
		fprintf(stderr, "yimen: %s\n", _("A desk needs url=..., code=... and --account"));
		return 2;
	}
	if (!e.url)
		e.url = "http://localhost";
	password = cli_password(a, _("New password (at least 8 characters)"));
	if (!password)
		return 1;
	e.password = password;
	code = ym_station_enrol(&e, &err);
	cli_wipe(&password);
	if (code)
		return cli_fail(&err);
	puts(_("The desk is ready. Start the workstation with: yimen"));
	return 0;
}

int
cli_account_password(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct cli_args other = *a;
	struct ym_error err = { 0 };
	char *password;
	int status = 0;

	if (!s)
		return 1;
	other.password_file = option(a, "new-password-file");
	password = cli_password(&other, _("New password (at least 8 characters)"));
	if (!password)
		status = 1;
	else if (ym_station_add_password(s, a->argv[0], password, &err))
		status = cli_fail(&err);
	cli_wipe(&password);
	ym_station_close(s);
	return status;
}

int
cli_account_token(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct cli_args other = *a;
	struct ym_error err = { 0 };
	char *pin;
	int status = 0;

	if (!s)
		return 1;
	other.password_file = option(a, "pin-file");
	pin = cli_password(&other, _("PIN of the token"));
	if (!pin)
		status = 1;
	else if (ym_station_add_token(s, a->argv[0], option(a, "module"), option(a, "serial"), pin, &err))
		status = cli_fail(&err);
	else
		printf("%s\n", _("The account can sign in with this token now."));
	cli_wipe(&pin);
	ym_station_close(s);
	return status;
}

static char *
joined(const struct cli_args *a)
{
	size_t n = 1;
	char *words;

	for (int i = 0; i < a->argc; i++)
		n += strlen(a->argv[i]) + 1;
	words = calloc(1, n);
	for (int i = 0; words && i < a->argc; i++) {
		if (i)
			strcat(words, " ");
		strcat(words, a->argv[i]);
	}
	return words;
}

int
cli_item_find(const struct cli_args *a)
{
	struct ym_finder *f = NULL;
	struct ym_error err = { 0 };
	struct ym_hit hits[20];
	char *words;
	int n;

	if (ym_finder_open(a->dir, &f, &err))
		return cli_fail(&err);
	words = joined(a);
	n = ym_finder_find(f, words, hits, 20);
	for (int i = 0; i < n; i++)
		printf("%s\t%s\n", hits[i].id, hits[i].name);
	if (!n)
		fprintf(stderr, "yimen: %s\n", _("Nothing in the catalogue answers to that"));
	free(words);
	ym_finder_close(f);
	return n ? 0 : 1;
}

static void
print_limit(const char *label, const struct ym_limit *l)
{
	static const char *const units[] = { N_("working days"), N_("days"), N_("hours"), N_("months") };

	if (!l->known)
		printf("%s: %s\n", label, _("unknown"));
	else if (!l->value)
		printf("%s: %s\n", label, _("at once"));
	else
		printf("%s: %d %s\n", label, l->value, gettext(units[l->unit]));
}

static void
print_item(struct ym_finder *f, const struct ym_item *item)
{
	printf("%s  %s\n%s · %s\n", item->id, item->name, item->category, item->clazz);
	if (*item->code)
		printf("%s: %s (%s)\n", _("National code"), item->code, item->code_kind);
	print_limit(_("Statutory limit"), &item->statutory);
	print_limit(_("Promised limit"), &item->promised);
	printf("%s:\n", _("Conditions"));
	for (int i = 0; i < item->n_conditions; i++)
		printf("  - %s [%s]\n", item->conditions[i].message, item->conditions[i].source);
	printf("%s:\n", _("Materials"));
	for (int i = 0; i < item->n_materials; i++) {
		const struct ym_need_material *m = &item->materials[i];

		printf("  - %s (%s)%s%s%s\n", ym_finder_kind_name(f, m->kind), m->form, *m->note ? " " : "", m->note,
			m->need == YM_NEED_REQUIRED ? "" : m->need == YM_NEED_CONDITIONAL ? _(", where it applies") : _(", optional"));
	}
	printf("%s:\n", _("Fee"));
	for (int i = 0; i < item->n_fees; i++)
		printf("  - %s %" PRId64 ".%02" PRId64 "\n", item->fees[i].label, item->fees[i].fen / 100, item->fees[i].fen % 100);
	if (!item->n_fees)
		printf("  - %s\n", _("none"));
	printf("%s:\n", _("Law"));
	for (int i = 0; i < item->n_laws; i++)
		printf("  - %s %s\n", item->laws[i].law, item->laws[i].article);
	printf("%s:\n", _("Sources"));
	for (int i = 0; i < item->n_sources; i++)
		printf("  - [%s] %s %s\n", item->sources[i].grade, item->sources[i].title, item->sources[i].ref);
}

int
cli_item_show(const struct cli_args *a)
{
	struct ym_finder *f = NULL;
	const struct ym_item *item = NULL;
	struct ym_error err = { 0 };
	int status = 0;

	if (ym_finder_open(a->dir, &f, &err))
		return cli_fail(&err);
	if (ym_finder_item(f, a->argv[0], &item, &err))
		status = cli_fail(&err);
	else
		print_item(f, item);
	ym_finder_close(f);
	return status;
}

int
cli_case_list(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct ym_case_row *rows = calloc(CASES_A_PAGE, sizeof *rows);
	char before[40] = "";
	const char *text = a->argc ? a->argv[0] : "";
	int n = CASES_A_PAGE;

	while (s && rows && n == CASES_A_PAGE) {
		struct ym_case_query q = { .text = text, .state = -1, .before = before };

		n = ym_station_cases(s, &q, rows, CASES_A_PAGE);
		for (int i = 0; i < n; i++)
			printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", rows[i].case_no, rows[i].item, rows[i].item_name, ym_case_state_name(rows[i].state),
				ym_exit_name(rows[i].exit), rows[i].due, rows[i].holder ? "holder" : "");
		if (n)
			memcpy(before, rows[n - 1].case_no, sizeof before);
	}
	free(rows);
	ym_station_close(s);
	return s ? 0 : 1;
}

int
cli_case_story(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct ym_error err = { 0 };
	char *text = NULL;
	int status = 0;

	if (!s)
		return 1;
	if (ym_station_case_story(s, a->argv[0], a->argv[1], &text, &err))
		status = cli_fail(&err);
	else
		fputs(text, stdout);
	free(text);
	ym_station_close(s);
	return status;
}

/* What a command writes bears the day: while that is in doubt nothing is written, unless somebody says that it is right. */
static enum ym_code
settle_clock(const struct cli_args *a, struct ym_station *s, struct ym_error *err)
{
	const char *doubt = ym_station_clock_doubt(s);

	if (!*doubt)
		return YM_OK;
	return a->confirm_clock ? ym_station_confirm_clock(s, err) : ym_fail_on(err, YM_STATE, doubt, "--confirm-clock", "clock");
}

int
cli_case_request(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct ym_error err = { 0 };
	int status = 0;

	if (!s)
		return 1;
	if (settle_clock(a, s, &err) || ym_station_request_case(s, a->argv[0], a->argv[1], &err))
		status = cli_fail(&err);
	ym_station_close(s);
	return status;
}

int
cli_visit_run(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct ym_error err = { 0 };
	char *json = NULL;
	int status = 0;

	if (!s)
		return 1;
	if (settle_clock(a, s, &err) || ym_station_visit_run(s, a->argv[0], &json, &err))
		status = cli_fail(&err);
	if (json)
		puts(json);
	free(json);
	ym_station_close(s);
	return status;
}

int
cli_guide(const struct cli_args *a)
{
	struct ym_station_options options = { .dir = a->dir, .practice = a->practice, .headless = true, .readonly = true };
	struct ym_station *s = NULL;
	struct ym_error err = { 0 };
	const char *ids[20];
	char *text = NULL;
	int n = 0, status = 0;

	for (int i = 0; i < a->argc && n < 20; i++)
		if (!strchr(a->argv[i], '='))
			ids[n++] = a->argv[i];
	if (a->account)
		s = cli_sign_in(a, NULL);
	else if (ym_station_open(NULL, &options, &s, &err))
		return cli_fail(&err);
	if (!s)
		return 1;
	if ((a->account && settle_clock(a, s, &err)) || ym_station_guide_run(s, ids, n, option(a, "answers"), a->json, &text, &err))
		status = cli_fail(&err);
	else
		puts(text);
	free(text);
	ym_station_close(s);
	return status;
}

int
cli_status(const struct cli_args *a)
{
	struct ym_station_options options = { .dir = a->dir, .practice = a->practice, .headless = true, .readonly = true };
	struct ym_station *s = NULL;
	struct ym_error err = { 0 };
	char *json = NULL;

	if (ym_station_open(NULL, &options, &s, &err))
		return cli_fail(&err);
	if (ym_station_status_json(s, &json, &err)) {
		ym_station_close(s);
		return cli_fail(&err);
	}
	if (a->json) {
		puts(json);
	} else {
		struct ym_sync_status sync;
		struct ym_pack_outlook packs;

		ym_station_sync_status(s, &sync);
		printf("%s %s\n", ym_station_name(s), ym_station_window(s));
		printf("%s: %s\n", _("Catalogue"), ym_station_pack_version(s));
		ym_station_pack_outlook(s, &packs);
		if (*packs.next_version)
			printf("%s: %s (%s)\n", _("Next catalogue"), packs.next_version, packs.next_effective);
		if (*packs.refused)
			printf("%s: %s\n", _("A catalogue that came was refused"), gettext(packs.refused));
		printf("%s: %" PRId64 "\n", _("Cases"), ym_station_n_cases(s));
		printf("%s: %s (%" PRId64 "/%" PRId64 ")\n", _("Sync"), gettext(ym_station_lamp_label((int)sync.state)), sync.acked, sync.head);
	}
	free(json);
	ym_station_close(s);
	return 0;
}

int
cli_sync(const struct cli_args *a)
{
	struct ym_loop *loop = NULL;
	struct ym_station *s;
	struct ym_error err = { 0 };
	int status = 0;

	if (ym_loop_new(&loop, &err))
		return cli_fail(&err);
	s = cli_sign_in(a, loop);
	if (!s)
		status = 1;
	else if (ym_station_sync_once(s, &err))
		status = cli_fail(&err);
	else
		puts(_("Synchronised"));
	ym_station_close(s);
	ym_loop_free(loop);
	return status;
}

int
cli_store_rebuild(const struct cli_args *a)
{
	struct ym_station *s = cli_sign_in(a, NULL);
	struct ym_error err = { 0 };
	int64_t n = 0;
	int status = 0;

	if (!s)
		return 1;
	if (ym_station_rebuild(s, &n, &err))
		status = cli_fail(&err);
	else
		printf(ngettext("Views rebuilt from %" PRId64 " event\n", "Views rebuilt from %" PRId64 " events\n", (unsigned long)n), n);
	ym_station_close(s);
	return status;
}

int
cli_audit_verify(const struct cli_args *a)
{
	struct ym_error err = { 0 };
	int64_t n = 0;

	if (ym_audit_verify(a->dir, &n, &err))
		return cli_fail(&err);
	printf(ngettext("The chain of %" PRId64 " event is whole\n", "The chain of %" PRId64 " events is whole\n", (unsigned long)n), n);
	return 0;
}

static void
say_line(void *user, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

int
cli_catalog_check(const struct cli_args *a)
{
	struct ym_error err = { 0 };

	if (ym_admin_catalog_check(a->argv[0], say_line, NULL, &err))
		return cli_fail(&err);
	puts(_("The catalogue is sound"));
	return 0;
}
