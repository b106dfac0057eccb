/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A request to the central: "METHOD PATH\n", header lines, an empty line, the body. It enters behind the signature of the request
 * (no input would guess one), or before it when it has the header "Whole". A batch whose sig is "SIGN" is signed here.
 * Invariant: an input leaves nothing behind.
 */
#include "base/clock.h"
#include "base/file.h"
#include "central/inner.h"

#define PASSWORD "an invented password"

static struct ym_central *central;
static struct ym_sm2 *desk_key;
static char dir[64];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void
tidy(void)
{
	YM_FREE char *cmd = ym_asprintf("rm -rf '%s'", dir);

	ym_central_close(central);
	ym_sm2_free(desk_key);
	if (system(cmd))
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct ym_central_options opt = { .dir = dir, .password = PASSWORD };
	struct ym_desk_identity who = { "22990100000001", 'A', "229901000000", "s", "229901", "01",
		"practice" };
	struct ym_stmt *s;
	char code[24], public_hex[131];

	strcpy(dir, "/tmp/yimen-fuzz-XXXXXX");
	if (!mkdtemp(dir) || ym_central_init(dir, PASSWORD, NULL) ||
		ym_central_open(&opt, &central, NULL) ||
		ym_central_add_desk(central, &who, code, NULL))
		abort();
	atexit(tidy);
	desk_key = ym_sm2_generate();
	ym_sm2_public_hex(desk_key, public_hex);
	s = ym_db_sql(central->db, "UPDATE desk SET public = :public");
	ym_stmt_text(s, "public", public_hex);
	if (ym_stmt_run(s, NULL))
		abort();
	return 0;
}

struct lines {
	char *text;
};

/* Header lines lie one after the other, each ended by NUL; an empty one ends them. */
static const char *
find_header(void *user, const char *name)
{
	const struct lines *l = user;
	size_t n = strlen(name);

	for (const char *at = l->text; *at; at += strlen(at) + 1)
		if (!strncasecmp(at, name, n) && at[n] == ':')
			return at[n + 1] == ' ' ? at + n + 2 : at + n + 1;
	return NULL;
}

static char *
signed_body(const char *body, size_t n)
{
	YM_JSON *j = NULL;
	YM_BUF text = { 0 };
	char sig[161];

	if (ym_json_parse(body, n, "body", &j, NULL) || strcmp(ym_json_str(j, "sig"), "SIGN"))
		return NULL;
	ym_wire_batch_text(&text, "22990100000001A", ym_json_int(j, "first", 0),
		ym_json_int(j, "last", 0), ym_json_str(j, "head"));
	ym_wire_sign_hex(desk_key, text.data, text.len, sig);
	json_object_set_new(j, "sig", json_string(sig));
	return ym_json_dump(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YM_FREE char *text = ym_alloc(size + 2), *body_text = NULL;
	char *end, *space, *at;
	const char *body;
	struct lines headers;
	struct ym_central_request req = { .header = find_header, .user = &headers };
	struct ym_central_reply reply = { 0 };
	struct ym_central_answer answer = { 0 };
	struct ym_central_desk desk;
	int wait_s = 0;

	memcpy(text, data, size);
	end = memchr(text, '\n', size);
	if (!end || memchr(text, 0, (size_t)(end - text)) || !(*end = 0, space = strchr(text, ' ')))
		return 0;
	*space = 0;
	/* Headers become strings in place; the body is what follows the first empty line. */
	headers.text = at = end + 1;
	while (at < text + size && *at && *at != '\n') {
		at += strcspn(at, "\n");
		*at++ = 0;
	}
	if (at > text + size)
		at = text + size;
	*at = 0;
	body = at < text + size ? at + 1 : at;
	req.method = text;
	req.path = space + 1;
	req.body = body;
	req.body_n = (size_t)(text + size - body);
	body_text = signed_body(body, req.body_n);
	if (body_text) {
		req.body = body_text;
		req.body_n = strlen(body_text);
	}
	if (ym_central_begin_group(central, NULL) ||
		ym_central_desk(central, "22990100000001A", &desk, NULL))
		abort();
	if (find_header(&headers, "Whole")) {
		ym_central_handle(central, &req, &reply, &wait_s);
	} else {
		reply.body.max = 64u << 20;
		ym_central_route(central, &req, &desk, &reply, &answer, &wait_s);
		if (!answer.status || (answer.is_raw && answer.data))
			abort();
		json_decref(answer.data);
	}
	ym_central_reply_release(&reply);
	ym_db_rollback(central->db);
	return 0;
}
