/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One item (事项) of the catalogue as plain values, and what surrounds it: bundles, data, document kinds, code tables.
 * Not the rules' evaluation (cases) nor the file format (data/schema/README.md). All strings are owned by the item,
 * never NULL ("" when absent), Chinese where people read them. Invariant: an item is immutable once loaded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "yimen/error.h"

enum ym_scope_mode {            /* rules.md §7 */
	YM_SCOPE_LOCAL,         /* 属地 */
	YM_SCOPE_PROVINCE,      /* 全省通办 */
	YM_SCOPE_NATIONAL,      /* 全国通办 */
	YM_SCOPE_CROSS_COLLECT, /* 跨省通办 异地代收代办 */
	YM_SCOPE_CROSS_ONLINE,  /* 跨省通办 全程网办 */
	YM_SCOPE_CROSS_MULTI,   /* 跨省通办 多地联办 */
};
enum ym_decider { YM_BY_WINDOW, YM_BY_AUTO, YM_BY_APPROVER };
enum ym_limit_unit { YM_UNIT_WORKDAY, YM_UNIT_DAY, YM_UNIT_HOUR, YM_UNIT_MONTH };
enum ym_need { YM_NEED_REQUIRED, YM_NEED_CONDITIONAL, YM_NEED_OPTIONAL };
enum ym_datum_type {
	YM_DATUM_TEXT, YM_DATUM_MULTILINE, YM_DATUM_CODE /* table */, YM_DATUM_ENUM /* options */, YM_DATUM_DATE, YM_DATUM_TIME,
	YM_DATUM_INT, YM_DATUM_BOOL, YM_DATUM_NUMBER /* checked by `check`, a kind of base/number.h */, YM_DATUM_DIVISION,
	YM_DATUM_ADDRESS, YM_DATUM_PHONE, YM_DATUM_CAPTURE /* photo, fingerprints, signature */,
};

struct ym_limit { bool known; int value; enum ym_limit_unit unit; const char *text; };   /* value 0: the same day */
struct ym_role { const char *id, *label; bool required, is_new /* has no document yet */, is_org; const char *dflt; /* "visitor", another role, "" */ };
struct ym_scope { enum ym_scope_mode mode; const char *from, *until /* ISO dates or "" */, *text, *source; };
struct ym_option { const char *code, *label; };
struct ym_question { const char *id /* "q.married" */, *ask, *when /* rule or "" */, *source; bool is_bool; const struct ym_option *options; int n_options; };
struct ym_condition { const char *id, *require /* rule */, *otherwise /* exit name, see ym_exit_by_name */, *message, *responsible, *source; };
struct ym_warning { const char *when, *message, *source; };
struct ym_need_material {
	const char *kind, *holder /* role */, *form, *when /* rule or "" */, *check /* register that can replace it, or "" */, *note, *origin, *grade;
	enum ym_need need; bool main /* decides; never deferrable */, deferrable, retained /* taken in, not only seen */,
		promisable /* 告知承诺: a written promise may stand for it */; int copies;
};
struct ym_need_field {
	const char *datum /* "role.datum" */, *when, *required_when, *rule, *message, *hint, *basis; bool required, is_result;
	const char *dflt /* rule whose value fills an empty field (YM_FROM_RULE), or "" */;
};
struct ym_item_check { const char *id, *reg /* register */, *subject /* role */, *purpose; bool required /* decision waits for it */; };
struct ym_step { const char *name, *post, *text; enum ym_decider by; int days /* -1 unknown */; };
struct ym_fee_tier { const char *label, *when; int64_t fen; };
struct ym_result { const char *name, *validity, *paper /* template id or "" */; };
struct ym_source_note { const char *key, *grade, *title, *ref; };
struct ym_law { const char *law, *article; };

struct ym_item {
	const char *pack /* version it was read from */;
	const char *id, *name, *category, *clazz, *status, *code /* "" unknown */, *code_kind, *responsible /* role.datum of a division */;
	const char *application_paper, *application_title, *guide_text, *notes, *trust, *fee_basis, *defer_text;
	bool permit, refusable, instant;
	struct ym_limit statutory, promised;
	const struct ym_role *roles; int n_roles;
	const struct ym_scope *scopes; int n_scopes;
	const struct ym_question *questions; int n_questions;
	const struct ym_condition *conditions; int n_conditions;
	const struct ym_warning *warnings; int n_warnings;
	const struct ym_need_material *materials; int n_materials;
	const struct ym_need_field *fields; int n_fields;
	const struct ym_item_check *checks; int n_checks;
	const struct ym_step *steps; int n_steps;
	const struct ym_fee_tier *fees; int n_fees;
	const struct ym_fee_tier *exemptions; int n_exemptions;  /* label, when */
	const struct ym_result *results; int n_results;
	const char *const *delivery; int n_delivery;             /* "window", "mail", "electronic" */
	const char *const *aliases; int n_aliases;
	const char *const *rejections; int n_rejections;
	const struct ym_law *laws; int n_laws;
	const struct ym_source_note *sources; int n_sources;
	int defer_days;                                          /* most working days a material may be deferred; 0 none */
	const char *const *whom; int n_whom;                     /* "resident", "hk_mo", "tw", "foreign"; none: whoever has an identity number */
	const char *const *channels; int n_channels;             /* beside the window: online, machines, by telephone; a sentence each */
	int common;                                              /* 1..100: how often it is asked for; 0 not ranked */
};

struct ym_bundle_item { const char *item, *when, *after /* item id or "" */; bool optional; const struct ym_option *roles /* code=role, label=party */; int n_roles; };
struct ym_party { const char *id, *label; bool is_new; };
struct ym_bundle {
	const char *id, *name, *text, *source;
	const struct ym_party *parties; int n_parties;
	const struct ym_bundle_item *items; int n_items;
	const char *const *aliases; int n_aliases;
};

/* A datum of the shared vocabulary, without its role. */
struct ym_datum {
	const char *id, *label, *table /* code table id or "" */, *check /* number kind or "" */, *hint, *standard;
	enum ym_datum_type type; int max /* characters */; bool personal /* masked */; const struct ym_option *options; int n_options;
};
struct ym_kind { const char *id, *name, *capture /* "", "scan", "photo", "finger", "signature" */, *reg; };  /* document kind */

/* A hit of the finder. why: "code", "name", "alias", "pinyin", "initials", "fuzzy". */
struct ym_hit { char id[40]; char name[160]; char category[32]; const char *why; bool is_bundle; int score; };
