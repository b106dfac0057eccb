/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The parts of a catalogue, from a data folder or from one pack document: the same tree of nodes either way, so that both
 * pass the same checks. Each node knows its text, and a fault is told with its line. Not the checks (catalog/lint.h).
 * Invariant: a node's JSON, text and name live until ym_parts_release.
 */
#pragma once

#include "base/json.h"
#include "catalog/build.h"

#define YM_PARTS_MAX 6000              /* nodes of one section */
#define YM_PARTS_FORMAT 1              /* of the pack document */
#define YM_PARTS_MAX_PROBLEMS 500

enum ym_section {
	YM_PART_PACK, YM_PART_ROLES, YM_PART_DATUMS, YM_PART_KINDS, YM_PART_REGISTERS, YM_PART_TABLE, YM_PART_CALENDAR,
	YM_PART_ITEM, YM_PART_BUNDLE, YM_PART_PAPER, YM_N_PARTS,
};
struct ym_node {
	const char *file;        /* relative to the folder; "" in a document */
	const char *text;        /* the file's or the document's whole text */
	char prefix[48];         /* where this node stands in that text: "", "datums", "items[3]" */
	json_t *json;            /* owned */
};
struct ym_section_nodes { struct ym_node *nodes; int n; };
struct ym_parts {
	struct ym_section_nodes section[YM_N_PARTS];
	char **owned;            /* texts and names */
	int n_owned;
	ym_problem_fn fn;
	void *user;
	int n_errors, n_warnings;
	bool is_deep;            /* rules are tried out: for who writes a catalogue, not for who opens one */
	bool is_unbounded;       /* a list beyond its ceiling: what looks at pairs would take for ever */
	struct ym_problem first; /* the first error */
};

/* Read a data folder. Files that cannot be used are reported; IO only when the folder itself cannot be read. */
enum ym_code ym_parts_load(struct ym_parts *p, const char *dir, struct ym_error *err) YM_MUST;
/* Read extra_dir too: nodes with the same id (or calendar year) replace those already there. */
enum ym_code ym_parts_overlay(struct ym_parts *p, const char *dir, struct ym_error *err) YM_MUST;
/* Read a pack document; it is borrowed. INVALID when it is not one JSON object of the known format. */
enum ym_code ym_parts_parse(struct ym_parts *p, const char *doc, size_t n, struct ym_error *err) YM_MUST;
void ym_parts_release(struct ym_parts *p);
#define YM_PARTS YM_CLEANUP(ym_parts_release) struct ym_parts

/* Report a fault of `path` ("materials[3].kind", "" for the whole node) in a node; node may be NULL. subject may be "". */
void ym_parts_report(struct ym_parts *p, bool is_error, const struct ym_node *node, const char *path, const char *msgid,
	const char *subject);
/* The line of a path in a JSON text: of its value, or of the last parent that is there. From 1. */
int ym_parts_line(const char *text, const char *path);
