/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-central: what an administrator does beside the running server. Not the server (central_serve.c).
 * Invariant: names and passwords are read from files or standard input, never from arguments.
 */
#include "central_admin.h"

#include <libintl.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"

#define _(s) gettext(s)
#define PACK_MAX (64u << 20)
#define LINE_MAX_BYTES 4096

int
central_fail(const struct ym_error *err)
{
	fprintf(stderr, "yimen-central: %s", err->msgid ? _(err->msgid) : ym_code_name(err->code));
	if (err->subject[0])
		fprintf(stderr, ": %s", err->subject);
	if (err->detail[0])
		fprintf(stderr, " (%s)", err->detail);
	fputc('\n', stderr);
	return 1;
}

static void
cut_line(struct ym_buf *text)
{
	char *end = text->data ? strpbrk(text->data, "\r\n") : NULL;

	if (end) {
		*end = 0;
		text->len = (size_t)(end - text->data);
	}
}

enum ym_code
central_password(const struct central_args *a, struct ym_buf *ret, struct ym_error *err)
{
	const char *path =
		a->password_file ? a->password_file : getenv("YIMEN_CENTRAL_PASSWORD_FILE");
	enum ym_code code;

	if (!path || !*path)
		return ym_fail(err, YM_INVALID,
			N_("Name the file that holds the central's password: --password-file"),
			"none");
	code = ym_file_read(path, LINE_MAX_BYTES, ret, err);
	cut_line(ret);
	return code;
}

enum ym_code
central_open(const struct central_args *a, struct ym_central **ret, struct ym_error *err)
{
	YM_BUF password = { .max = LINE_MAX_BYTES + 1 };
	struct ym_central_options opt = { .dir = a->dir, .registers = a->registers };
	enum ym_code code = central_password(a, &password, err);

	opt.password = ym_buf_str(&password);
	return code ? code : ym_central_open(&opt, ret, err);
}

static enum ym_code
read_line(struct ym_buf *ret, struct ym_error *err)
{
	enum ym_code code = ym_fd_read_all(STDIN_FILENO, LINE_MAX_BYTES, ret, err);

	cut_line(ret);
	return code;
}

/* -- commands: each gets an open central -- */

static void
print_fingerprint(struct ym_central *c)
{
	char public_hex[131], hex[2 * YM_SM3_LEN + 1];
	uint8_t digest[YM_SM3_LEN];

	ym_central_public_hex(c, public_hex);
	ym_sm3(public_hex, strlen(public_hex), digest);
	ym_hex(hex, digest, sizeof digest);
	printf("%s\n", hex);
}

static enum ym_code
init(const struct central_args *a, struct ym_error *err)
{
	YM_BUF password = { .max = LINE_MAX_BYTES + 1 };
	struct ym_central_options opt = { .dir = a->dir };
	struct ym_central *c = NULL;
	enum ym_code code = central_password(a, &password, err);

	if (!code)
		code = ym_central_init(a->dir, ym_buf_str(&password), err);
	if (!code)
		code = ym_central_open(&opt, &c, err);
	if (!code)
		print_fingerprint(c);
	ym_central_close(c);
	return code;
}

static enum ym_code
add_desk(struct ym_central *c, const struct central_args *a, struct ym_error *err)
{
	struct ym_desk_identity who = { .epoch = a->epoch ? a->epoch[0] : 0 };
	char text[24];
	enum ym_code code;

	ym_strlcpy(who.desk, a->desk ? a->desk : "", sizeof who.desk);
	ym_strlcpy(who.station, a->station ? a->station : "", sizeof who.station);
	ym_strlcpy(who.station_name, a->name ? a->name : "", sizeof who.station_name);
	ym_strlcpy(who.division, a->division ? a->division : "", sizeof who.division);
	ym_strlcpy(who.window, a->window ? a->window : "", sizeof who.window);
	ym_strlcpy(who.profile, a->profile ? a->profile : "production", sizeof who.profile);
	code = ym_central_add_desk(c, &who, text, err);
	if (!code)
		printf("%s\n", text);
	explicit_bzero(text, sizeof text);
	return code;
}

static enum ym_code
add_account(struct ym_central *c, const struct central_args *a, struct ym_error *err)
{
	YM_BUF name = { .max = LINE_MAX_BYTES + 1 };
	enum ym_code code;

	if (isatty(STDIN_FILENO))
		fprintf(stderr, "%s", _("Name of the person, then Enter and Ctrl-D: "));
	code = read_line(&name, err);
	return code
		? code
		: ym_central_add_account(c, a->desk ? a->desk : "", a->account ? a->account : "",
			  ym_buf_str(&name), a->officer, a->posts ? a->posts : "", err);
}

static enum ym_code
add_pack(struct ym_central *c, const struct central_args *a, struct ym_error *err)
{
	YM_BUF data = { .max = PACK_MAX + 1 };
	enum ym_code code;

	if (a->n_rest != 1)
		return ym_fail(err, YM_INVALID, N_("Name one file"), "add-pack");
	code = ym_file_read(a->rest[0], PACK_MAX, &data, err);
	return code ? code : ym_central_add_pack(c, data.data, data.len, err);
}

static enum ym_code
review(struct ym_central *c, const struct central_args *a, struct ym_error *err)
{
	YM_BUF typed = { .max = LINE_MAX_BYTES + 1 };
	const char *reason = a->n_rest > 2 ? a->rest[2] : "";
	enum ym_code code = YM_OK;

	if (a->n_rest < 2 || a->n_rest > 3)
		return ym_fail(
			err, YM_INVALID, N_("Say the case, the result and the reason"), "review");
	/* A reason may name people: then it comes by standard input. */
	if (!strcmp(reason, "-")) {
		code = read_line(&typed, err);
		reason = ym_buf_str(&typed);
	}
	return code ? code
		    : ym_central_review(
			      c, a->rest[0], a->rest[1], reason, a->by ? a->by : "approver", err);
}

static void
print_review(
	void *user, const char *case_no, const char *item, const char *holder, int64_t since_ms)
{
	char since[24];

	ym_time_format_local(since, since_ms);
	printf("%s  %-12s  %s  %s\n", case_no, item, holder, since);
}

static enum ym_code
reviews(struct ym_central *c, const struct central_args *a, struct ym_error *err)
{
	return ym_central_each_review(c, print_review, NULL, err);
}

static enum ym_code
status(const struct central_args *a, struct ym_error *err)
{
	struct ym_central_options opt = { .dir = a->dir };
	struct ym_central *c = NULL;
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	const char *key;
	json_t *value;
	enum ym_code code = ym_central_open(&opt, &c, err);

	if (!code)
		code = ym_central_status(c, &text, err);
	ym_central_close(c);
	if (code)
		return code;
	if (a->json) {
		printf("%s\n", ym_buf_str(&text));
		return YM_OK;
	}
	code = ym_json_parse(ym_buf_str(&text), text.len, "status", &j, err);
	if (code)
		return code;
	json_object_foreach(j, key, value)
	{
		if (json_is_integer(value))
			printf("%s: %lld\n", key, (long long)json_integer_value(value));
		else if (json_is_string(value))
			printf("%s: %s\n", key, json_string_value(value));
		else
			printf("%s: %zu\n", key, json_array_size(value));
	}
	return YM_OK;
}

static const struct {
	const char *name;
	enum ym_code (*alone)(const struct central_args *a, struct ym_error *err);
	enum ym_code (*fn)(
		struct ym_central *c, const struct central_args *a, struct ym_error *err);
} COMMANDS[] = {
	{ "init", init, NULL },
	{ "status", status, NULL },
	{ "add-desk", NULL, add_desk },
	{ "add-account", NULL, add_account },
	{ "add-pack", NULL, add_pack },
	{ "reviews", NULL, reviews },
	{ "review", NULL, review },
};

int
central_admin(const char *command, const struct central_args *a)
{
	struct ym_error err = { 0 };
	struct ym_central *c = NULL;
	enum ym_code code;

	for (size_t i = 0; i < YM_ARRAY_LEN(COMMANDS); i++) {
		if (strcmp(COMMANDS[i].name, command))
			continue;
		if (COMMANDS[i].alone) {
			code = COMMANDS[i].alone(a, &err);
		} else {
			code = central_open(a, &c, &err);
			if (!code)
				code = COMMANDS[i].fn(c, a, &err);
			ym_central_close(c);
		}
		if (!code && fflush(stdout))
			code = ym_fail(
				&err, YM_IO, N_("The output cannot be written"), "stdout: %m");
		return code ? central_fail(&err) : 0;
	}
	return -1;
}
