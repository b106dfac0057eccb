/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The tables of a compiled pack. Not the source format. Invariant: written once, then only read. */
#include "catalog/compiled.h"

static const struct ym_schema_step steps[] = { {
	/* version, effective, published, and the years a calendar is known for */
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	/* what the finder reads, in the order of the catalogue; aliases and codes are lines */
	"CREATE TABLE entry (place INTEGER PRIMARY KEY, is_bundle INTEGER NOT NULL, id TEXT NOT NULL,"
	" name TEXT NOT NULL, category TEXT NOT NULL, codes TEXT NOT NULL, aliases TEXT NOT NULL,"
	" UNIQUE (is_bundle, id)) STRICT;"
	/* roles, data, document kinds, registers: section is that of the document */
	"CREATE TABLE word (section TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,"
	" PRIMARY KEY (section, id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE code_table (id TEXT PRIMARY KEY, name TEXT NOT NULL, n_codes INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE code (code_table TEXT NOT NULL, place INTEGER NOT NULL, code TEXT NOT NULL, label TEXT NOT NULL,"
	" PRIMARY KEY (code_table, place)) STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX code_by_code ON code (code_table, code, label);"
	/* day counts from 1970-01-01 */
	"CREATE TABLE day (day INTEGER PRIMARY KEY, is_work INTEGER NOT NULL) STRICT;"
	/* item/ID, bundle/ID, paper/ID: long rows, kept out of the tables that are read whole */
	"CREATE TABLE document (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;",
	NULL,
} };

const struct ym_schema ym_compiled_schema = {
	.name = "pack",
	.application_id = 0x594D504B /* YMPK */,
	.page_size = 8192,
	.steps = steps,
	.n_steps = 1,
};
