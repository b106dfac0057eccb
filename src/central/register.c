/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Test registers: JSON files that answer checks in place of the outside. A file is {register, label, default,
 * entries:[{key, status, valid_days, answer}]}; key is a document number. Not a connection to a real register.
 */
#include "central/inner.h"

#include <dirent.h>

#include "base/clock.h"

#define MAX_REGISTERS 256

struct ym_register {
	json_t *file;
	const char *id;
};

static bool
is_status(const char *s)
{
	return !strcmp(s, "clear") || !strcmp(s, "hit") || !strcmp(s, "unknown");
}

static enum ym_code
load(struct ym_central *c, const char *path, const char *name, struct ym_error *err)
{
	static const char *const msgid = N_("A test register is not well formed");
	YM_JSON *file = NULL;
	const json_t *entry;
	size_t i;
	enum ym_code code = ym_json_load(path, &file, err);

	if (code)
		return code;
	if (!*ym_json_str(file, "register") || !is_status(ym_json_str(file, "default")) ||
		!json_is_array(json_object_get(file, "entries")))
		return ym_fail_on(err, YM_INVALID, msgid, name, "register, default, entries");
	json_array_foreach(
		json_object_get(file, "entries"), i, entry) if (!*ym_json_str(entry, "key") ||
		!is_status(ym_json_str(entry, "status"))) return ym_fail_on(err, YM_INVALID, msgid,
		name, "entry %zu", i);
	c->registers =
		ym_realloc_array(c->registers, (size_t)c->n_registers + 1, sizeof *c->registers);
	c->registers[c->n_registers].id = ym_json_str(file, "register");
	c->registers[c->n_registers++].file = YM_TAKE(file);
	return YM_OK;
}

enum ym_code
ym_register_load(struct ym_central *c, const char *dir, struct ym_error *err)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	enum ym_code code = YM_OK;

	if (!d)
		return ym_fail_on(err, YM_NOTFOUND,
			N_("The folder of test registers cannot be read"), dir, "opendir: %m");
	while (!code && c->n_registers < MAX_REGISTERS && (e = readdir(d))) {
		const char *dot = strrchr(e->d_name, '.');
		YM_FREE char *path = NULL;

		if (!dot || dot == e->d_name || strcmp(dot, ".json"))
			continue;
		path = ym_asprintf("%s/%s", dir, e->d_name);
		code = load(c, path, e->d_name, err);
	}
	closedir(d);
	return code;
}

void
ym_register_release(struct ym_central *c)
{
	for (int i = 0; i < c->n_registers; i++)
		json_decref(c->registers[i].file);
	free(c->registers);
	c->registers = NULL;
	c->n_registers = 0;
}

void
ym_register_ask(const struct ym_central *c, const char *reg, const char *key, int64_t at,
	struct ym_register_answer *ret)
{
	const struct ym_register *r = NULL;
	const json_t *entry;
	size_t i;

	*ret = (struct ym_register_answer){ .status = "unknown", .source = reg };
	for (int k = 0; k < c->n_registers && !r; k++)
		if (!strcmp(c->registers[k].id, reg))
			r = &c->registers[k];
	if (!r)
		return;
	ret->source = ym_json_str_or(r->file, "label", reg);
	ret->status = ym_json_str(r->file, "default");
	json_array_foreach(json_object_get(r->file, "entries"), i, entry)
	{
		long long days = ym_json_int(entry, "valid_days", 0);

		if (strcmp(ym_json_str(entry, "key"), key))
			continue;
		ret->status = ym_json_str(entry, "status");
		ret->answer = json_object_get(entry, "answer");
		if (days > 0 && days < 36600)
			ym_date_format(ret->valid_until, ym_date_at(at) + (ym_date)days);
		return;
	}
}
