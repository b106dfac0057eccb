/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From checked parts to a pack document, its signed envelope, and the compiled file. Not the checks (lint.c).
 * Invariant: PATH is replaced only by a whole, checked pack.
 */
#include "catalog/build.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "catalog/compiled.h"
#include "catalog/lint.h"

#define MAGIC "YMPACK1\n"

static const char *const sections[YM_N_PARTS] = {
	"pack",
	"roles",
	"datums",
	"kinds",
	"registers",
	"tables",
	"calendar",
	"items",
	"bundles",
	"papers",
};

enum ym_code
ym_catalog_check(const char *dir, ym_problem_fn fn, void *user, struct ym_error *err)
{
	YM_PARTS p = { .fn = fn, .user = user, .is_deep = true };
	enum ym_code code = ym_parts_load(&p, dir, err);

	return code ? code : ym_lint_parts(&p, err);
}

enum ym_code
ym_catalog_check_document(
	const char *doc, size_t n, ym_problem_fn fn, void *user, struct ym_error *err)
{
	YM_PARTS p = { .fn = fn, .user = user };
	enum ym_code code = ym_parts_parse(&p, doc, n, err);

	return code ? code : ym_lint_parts(&p, err);
}

/* -- the document -- */

/* One entry a line, so that the line of a fault says something. */
static void
add_entries(struct ym_buf *out, const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry)
	{
		YM_FREE char *text = ym_json_dump(entry);

		ym_buf_adds(out, text);
		ym_buf_adds(out, ",\n");
	}
}

/* Nodes of a section that are arrays are joined, the others become the entries. */
static void
add_section(struct ym_buf *out, const char *name, const struct ym_section_nodes *s)
{
	ym_buf_addf(out, ",\n\"%s\":[\n", name);
	for (int i = 0; i < s->n; i++) {
		YM_JSON *one = json_is_array(s->nodes[i].json) ? json_incref(s->nodes[i].json)
							       : json_pack("[O]", s->nodes[i].json);

		add_entries(out, one);
	}
	if (out->len >= 2 && !memcmp(out->data + out->len - 2, ",\n", 2))
		out->len -= 2;
	ym_buf_addc(out, ']');
}

enum ym_code
ym_catalog_bundle_up(const char *dir, const char *extra_dir, ym_problem_fn fn, void *user,
	struct ym_buf *ret, struct ym_error *err)
{
	YM_PARTS p = { .fn = fn, .user = user };
	YM_FREE char *pack = NULL;
	enum ym_code code = ym_parts_load(&p, dir, err);

	if (!code && extra_dir)
		code = ym_parts_overlay(&p, extra_dir, err);
	if (!code)
		code = ym_lint_parts(&p, err);
	if (code)
		return code;
	pack = ym_json_dump(p.section[YM_PART_PACK].nodes[0].json);
	ym_buf_addf(ret, "{\"format\":%d,\n\"pack\":%s", YM_PARTS_FORMAT, pack);
	for (int s = YM_PART_ROLES; s < YM_N_PARTS; s++)
		add_section(ret, sections[s], &p.section[s]);
	ym_buf_adds(ret, "}\n");
	return ret->overflow ? ym_fail(err, YM_INVALID, N_("The pack is too large"), NULL) : YM_OK;
}

/* -- the envelope -- */

/* What is signed; a ceiling of its own, for the document may be as large as JSON may be. */
static void
signed_text(struct ym_buf *out, const char *doc, size_t n)
{
	ym_buf_init(out, YM_JSON_MAX + sizeof MAGIC);
	ym_buf_adds(out, MAGIC);
	ym_buf_add(out, doc, n);
}

void
ym_catalog_sign(const struct ym_sm2 *key, const char *doc, size_t n, struct ym_buf *ret)
{
	char public_hex[131] = "", hex[161] = "";

	if (key) {
		YM_BUF text = { 0 };
		uint8_t sig[80];
		size_t sig_n;

		signed_text(&text, doc, n);
		sig_n = ym_sm2_sign(key, text.data, text.len, sig);
		ym_sm2_public_hex(key, public_hex);
		ym_hex(hex, sig, sig_n);
	}
	ym_buf_addf(ret, MAGIC "%s\n%s\n", public_hex, hex);
	ym_buf_add(ret, doc, n);
}

/* The next line of the envelope into buf; false when it is longer or does not end. */
static bool
take_line(const char **at, const char *end, char *buf, size_t size)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = stop ? (size_t)(stop - *at) : size;

	if (n >= size)
		return false;
	memcpy(buf, *at, n);
	buf[n] = 0;
	*at = stop + 1;
	return true;
}

enum ym_code
ym_catalog_verify(const struct ym_sm2 *trusted, const char *data, size_t n, const char **ret_doc,
	size_t *ret_n, struct ym_error *err)
{
	char signer[131], sig_hex[161], own[131];
	const char *at = data + sizeof MAGIC - 1, *end = data + n;
	YM_SM2 *key = NULL;
	YM_BUF text = { 0 };
	uint8_t sig[80];
	size_t sig_n;

	if (n > YM_JSON_MAX)
		return ym_fail(err, YM_INVALID, N_("The pack is too large"), "%zu bytes", n);
	if (n < sizeof MAGIC - 1 || memcmp(data, MAGIC, sizeof MAGIC - 1) != 0 ||
		!take_line(&at, end, signer, sizeof signer) ||
		!take_line(&at, end, sig_hex, sizeof sig_hex))
		return ym_fail(err, YM_INVALID,
			N_("This is not a catalogue pack, or it was cut off"), NULL);
	sig_n = strlen(sig_hex) / 2;
	if (!signer[0] && !sig_hex[0]) {
		if (trusted)
			return ym_fail(
				err, YM_REFUSED, N_("The catalogue pack is not signed"), NULL);
		*ret_doc = at;
		*ret_n = (size_t)(end - at);
		return YM_OK;
	}
	if (ym_sm2_from_public_hex(signer, &key, NULL) || !ym_unhex(sig, sig_n, sig_hex))
		return ym_fail(err, YM_INVALID,
			N_("This is not a catalogue pack, or it was cut off"), "signature lines");
	if (trusted) {
		ym_sm2_public_hex(trusted, own);
		if (strcmp(own, signer) != 0)
			return ym_fail(err, YM_REFUSED,
				N_("The catalogue pack is signed by somebody not trusted here"),
				NULL);
	}
	signed_text(&text, at, (size_t)(end - at));
	if (!ym_sm2_verify(key, text.data, text.len, sig, sig_n))
		return ym_fail(err, YM_REFUSED,
			N_("The catalogue pack was changed after it was signed"), NULL);
	*ret_doc = at;
	*ret_n = (size_t)(end - at);
	return YM_OK;
}

/* -- the compiled file -- */

/* The strings of a list, or one key of its objects, as lines. */
static char *
as_lines(const json_t *list, const char *key)
{
	YM_BUF out = { 0 };
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry)
	{
		const char *s = key ? ym_json_str(entry, key) : json_string_value(entry);

		if (s && s[0])
			ym_buf_addf(&out, "%s\n", s);
	}
	return ym_buf_take(&out);
}

static enum ym_code
put_meta(struct ym_db *db, const char *name, const char *value, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "INSERT INTO meta (name, value) VALUES (:name, :value)");

	ym_stmt_text(s, "name", name);
	ym_stmt_text(s, "value", value);
	return ym_stmt_run(s, err);
}

/* The whole entry as "folder/id". */
static enum ym_code
put_document(struct ym_db *db, const char *folder, const json_t *json, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		db, "INSERT INTO document (name, json) VALUES (:folder || '/' || :id, :json)");
	YM_FREE char *text = ym_json_dump(json);

	ym_stmt_text(s, "folder", folder);
	ym_stmt_text(s, "id", ym_json_str(json, "id"));
	ym_stmt_text(s, "json", text);
	return ym_stmt_run(s, err);
}

/* An item or a bundle. */
static enum ym_code
put_entry(struct ym_db *db, bool is_bundle, const json_t *json, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db,
		"INSERT INTO entry (is_bundle, id, name, category, codes, aliases)"
		" VALUES (:is_bundle, :id, :name, :category, :codes, :aliases)");
	YM_FREE char *codes = as_lines(json_object_get(json, "codes"), "value");
	YM_FREE char *aliases = as_lines(json_object_get(json, "aliases"), NULL);
	enum ym_code code;

	ym_stmt_int(s, "is_bundle", is_bundle);
	ym_stmt_text(s, "id", ym_json_str(json, "id"));
	ym_stmt_text(s, "name", ym_json_str(json, "name"));
	ym_stmt_text(s, "category", ym_json_str(json, "category"));
	ym_stmt_text(s, "codes", codes ? codes : "");
	ym_stmt_text(s, "aliases", aliases ? aliases : "");
	code = ym_stmt_run(s, err);
	return code ? code : put_document(db, is_bundle ? "bundle" : "item", json, err);
}

static enum ym_code
put_words(struct ym_db *db, const char *section, const json_t *list, struct ym_error *err)
{
	const json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry)
	{
		struct ym_stmt *s = ym_db_sql(
			db, "INSERT INTO word (section, id, json) VALUES (:section, :id, :json)");
		YM_FREE char *text = ym_json_dump(entry);
		enum ym_code code;

		ym_stmt_text(s, "section", section);
		ym_stmt_text(s, "id", ym_json_str(entry, "id"));
		ym_stmt_text(s, "json", text);
		code = ym_stmt_run(s, err);
		if (code)
			return code;
	}
	return YM_OK;
}

static enum ym_code
put_table(struct ym_db *db, const json_t *json, struct ym_error *err)
{
	const json_t *codes = json_object_get(json, "codes"), *pair;
	struct ym_stmt *s =
		ym_db_sql(db, "INSERT INTO code_table (id, name, n_codes) VALUES (:id, :name, :n)");
	enum ym_code code;
	size_t i;

	ym_stmt_text(s, "id", ym_json_str(json, "id"));
	ym_stmt_text(s, "name", ym_json_str(json, "name"));
	ym_stmt_int(s, "n", (int64_t)json_array_size(codes));
	code = ym_stmt_run(s, err);
	json_array_foreach((json_t *)codes, i, pair)
	{
		if (code)
			return code;
		s = ym_db_sql(db,
			"INSERT INTO code (code_table, place, code, label) VALUES (:id, :place, :code, :label)");
		ym_stmt_text(s, "id", ym_json_str(json, "id"));
		ym_stmt_int(s, "place", (int64_t)i);
		ym_stmt_text(s, "code", json_string_value(json_array_get(pair, 0)));
		ym_stmt_text(s, "label", json_string_value(json_array_get(pair, 1)));
		code = ym_stmt_run(s, err);
	}
	return code;
}

static enum ym_code
put_year(struct ym_db *db, const json_t *json, struct ym_error *err)
{
	enum ym_code code;
	char name[32];
	const json_t *day;
	size_t i;

	snprintf(name, sizeof name, "year %lld", ym_json_int(json, "year", 0));
	code = put_meta(db, name, "known", err);
	json_array_foreach(json_object_get(json, "days"), i, day)
	{
		struct ym_stmt *s;

		if (code)
			return code;
		s = ym_db_sql(db, "INSERT INTO day (day, is_work) VALUES (:day, :work)");
		ym_stmt_int(s, "day", ym_date_parse(json_string_value(json_array_get(day, 0))));
		ym_stmt_int(s, "work", *json_string_value(json_array_get(day, 1)) == 'W');
		code = ym_stmt_run(s, err);
	}
	return code;
}

static enum ym_code
put_node(struct ym_db *db, enum ym_section section, const json_t *json, struct ym_error *err)
{
	static const char *const meta[] = { "version", "effective", "published" },
				 *const days[] = { "old_days", "stale_days" };
	enum ym_code code = YM_OK;

	switch (section) {
	case YM_PART_PACK:
		for (size_t i = 0; !code && i < YM_ARRAY_LEN(meta); i++)
			code = put_meta(db, meta[i], ym_json_str(json, meta[i]), err);
		for (size_t i = 0; !code && i < YM_ARRAY_LEN(days); i++) {
			char text[24];

			snprintf(text, sizeof text, "%lld", ym_json_int(json, days[i], 0));
			if (json_object_get(json, days[i]))
				code = put_meta(db, days[i], text, err);
		}
		return code;
	case YM_PART_ROLES:
	case YM_PART_DATUMS:
	case YM_PART_KINDS:
	case YM_PART_REGISTERS:
		return put_words(db, sections[section], json, err);
	case YM_PART_TABLE:
		return put_table(db, json, err);
	case YM_PART_CALENDAR:
		return put_year(db, json, err);
	case YM_PART_ITEM:
		return put_entry(db, false, json, err);
	case YM_PART_BUNDLE:
		return put_entry(db, true, json, err);
	case YM_PART_PAPER:
		return put_document(db, "paper", json, err);
	case YM_N_PARTS:
		break;
	}
	return code;
}

static enum ym_code
fill(struct ym_db *db, const struct ym_parts *p, struct ym_error *err)
{
	enum ym_code code = ym_db_begin(db, err);

	for (int s = 0; !code && s < YM_N_PARTS; s++)
		for (int i = 0; !code && i < p->section[s].n; i++)
			code = put_node(db, (enum ym_section)s, p->section[s].nodes[i].json, err);
	if (code) {
		ym_db_rollback(db);
		return code;
	}
	return ym_db_commit(db, err);
}

static void
remove_file(char **path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; *path && i < YM_ARRAY_LEN(ends); i++) {
		YM_FREE char *name = ym_asprintf("%s%s", *path, ends[i]);

		unlink(name);
	}
	free(*path);
}

static enum ym_code
settle(const char *from, const char *to, struct ym_error *err)
{
	const char *slash = strrchr(to, '/');
	YM_FREE char *folder = slash ? ym_strndup(to, (size_t)(slash - to) + 1) : ym_strdup(".");
	YM_FDCLOSE int fd = open(from, O_RDONLY | O_CLOEXEC),
		       dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) || rename(from, to) || dir < 0 || fsync(dir))
		return ym_fail_on(err, YM_IO, N_("Cannot write the file"), to, "settle: %m");
	return YM_OK;
}

enum ym_code
ym_catalog_compile(const char *doc, size_t n, const char *path, struct ym_error *err)
{
	YM_PARTS p = { 0 };
	YM_CLEANUP(remove_file) char *temporary = NULL;
	struct ym_db *db = NULL;
	enum ym_code code = ym_parts_parse(&p, doc, n, err);

	if (!code)
		code = ym_lint_parts(&p, err);
	if (code)
		return code;
	temporary = ym_asprintf("%s.%ld.tmp", path, (long)getpid());
	unlink(temporary);
	/* No WAL: a reader may have no right to make the files that it needs. */
	code = ym_db_open(temporary, &ym_compiled_schema, YM_DB_CREATE | YM_DB_PLAIN, &db, err);
	if (!code)
		code = fill(db, &p, err);
	ym_db_close(db);
	return code ? code : settle(temporary, path, err);
}
