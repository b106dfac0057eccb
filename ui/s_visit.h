/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The visit at the window: header, stage bar, side panel, and the snapshot that the stages draw from. A stage is a const
 * table like a screen. Not the rules: everything shown is a line of the engine.
 * Invariant: pointers of the snapshot are those of the last s_visit_refresh; every change is followed by one.
 */
#pragma once

#include "screen.h"
#include "w_list.h"
#include "yimen/proceed.h"
#include "w_text.h"

#define S_VISIT_PERSONS 24
#define S_VISIT_CASES 24
#define S_VISIT_QUESTIONS 60
#define S_VISIT_MATERIALS 160
#define S_VISIT_CHECKS 60
#define S_VISIT_FORM 500
#define S_VISIT_MISSING 300
#define S_VISIT_PAPERS 80
#define S_VISIT_ROLES 100
#define S_VISIT_OPTIONS 40
#define S_VISIT_WIDE 100       /* columns from which the side panel stands beside the stage */

/* One case's role and who plays it. */
struct s_visit_role {
	int c, person;
	const struct ym_role *role;
};
struct s_visit {
	struct ym_visit *visit;    /* NULL: closed under us */
	enum ym_stage stage;
	char ticket[16], who[120], claim[100];
	const struct ym_person *persons[S_VISIT_PERSONS];
	const struct ym_case_line *cases[S_VISIT_CASES];
	const struct ym_question_line *questions[S_VISIT_QUESTIONS];
	const struct ym_material_line *materials[S_VISIT_MATERIALS];
	const struct ym_check_line *checks[S_VISIT_CHECKS];
	const struct ym_form_line *form[S_VISIT_FORM];
	const struct ym_missing *missing[S_VISIT_MISSING];
	const struct ym_paper_line *papers[S_VISIT_PAPERS];
	struct s_visit_role roles[S_VISIT_ROLES];
	struct ym_role open_roles[S_VISIT_PERSONS];
	const struct ym_item *items[S_VISIT_CASES];   /* of the catalogue; NULL when it has gone */
	int n_persons, n_cases, n_questions, n_materials, n_checks, n_form, n_missing, n_papers, n_roles, n_open;
	int done[YM_N_STAGES], total[YM_N_STAGES];
	enum ym_rating_state rating;
	const char *rating_note;   /* msgid: why no grade came */
	struct w_list bars[YM_N_STAGES];
	/* identity */
	bool has_card;             /* a card waits in the tray */
	int revealed;              /* person shown in full + 1 */
	int bind_role;
	/* form: what is being typed; named by datum because lines come and go */
	struct w_text field;
	char field_datum[80];
	int field_person, field_case;
	bool field_edited, field_revealed, field_typed;   /* typed: by the hand that is still on the field */
	struct ym_option options[S_VISIT_OPTIONS];
	int n_options, option;
	char note[300];            /* fault of what was just typed */
	/* decide */
	enum ym_exit wanted;
	/* a step after the exit being asked for */
	struct ym_proceeding step;
	enum ym_proceed steps[YM_N_PROCEEDS];
	char step_reason[240];
	/* papers: making all that are not made yet */
	bool making;
	bool has_pad, is_signing;  /* is_signing: one was opened to be signed on the pad */
	char jobs[S_VISIT_PAPERS][160];
	enum ym_paper_job job_state[S_VISIT_PAPERS];
	/* delivery being asked */
	char how[24], address[240];
	char asked_kind[40];       /* the document whose certificate's status is awaited; "" none */
	int asked_holder;
	bool finding;              /* the finder is open for this visit */
	bool is_left;              /* the visit was given back: the screen closes */
};

struct s_stage {
	const char *label;         /* msgid */
	enum ui_context context;
	void (*enter)(struct ui_app *app, struct s_visit *v);   /* the stage is shown; may be NULL */
	void (*leave)(struct ui_app *app, struct s_visit *v);   /* before another stage, a command that reads it, or closing */
	void (*refreshed)(struct ui_app *app, struct s_visit *v);
	int (*key)(struct ui_app *app, struct s_visit *v, const struct ui_key *key);
	int (*command)(struct ui_app *app, struct s_visit *v, enum ui_command command);
	int (*notice)(struct ui_app *app, struct s_visit *v, enum ym_notice what);
	void (*draw)(const struct s_visit *v, const struct ui_area *a);
	const char *(*status)(const struct s_visit *v);
	/* Where the line of a reason or of something missing is. */
	void (*go)(struct s_visit *v, int line);
};

extern const struct ui_screen s_visit_screen;
extern const struct s_stage s_identity_stage, s_items_stage, s_materials_stage, s_form_stage, s_decide_stage, s_fee_stage,
	s_papers_stage, s_rate_stage;

void s_visit_refresh(struct ui_app *app, struct s_visit *v);
/* Shows the fault when there is one and takes a new snapshot in any case. True when code is OK. */
bool s_visit_did(struct ui_app *app, struct s_visit *v, enum ym_code code, const struct ym_error *err);
void s_visit_go(struct ui_app *app, struct s_visit *v, enum ym_stage stage, int line);
void s_visit_next(struct ui_app *app, struct s_visit *v);
int s_visit_finish(struct ui_app *app, struct s_visit *v);
/* What is being typed goes to the engine: before parking, locking, leaving. Harmless when no visit is shown. */
void s_visit_commit(struct ui_app *app);
/* Rows a stage has to draw on. */
int s_visit_rows(const struct ui_app *app);

/* What is missing, limits and fees: the side panel, and the overlay of narrow screens. */
void s_missing_draw(const struct s_visit *v, const struct ui_area *a, int selected);
void s_missing_show(struct ui_app *app, struct s_visit *v);

/* Typing a document; the person is added in the role `as` when index is -1. */
struct s_person_arg {
	struct s_visit *v;
	int person;
	const char *as, *label;
	bool is_org, is_new;
};
extern const struct ui_screen s_person_screen;

/* Opens the finder for the visit. */
void s_items_find(struct ui_app *app, struct s_visit *v);

/* Helpers of several stages. */
/* A source's title for its key in the catalogue; what is no key is answered as it is. */
const char *s_visit_source(const struct s_visit *v, const char *key);
/* The text with the names of the visit's persons masked. */
char *s_visit_mask_names(const struct s_visit *v, const char *text, char *buf, size_t size);
const char *s_visit_weight_symbol(enum ym_weight weight);
enum ui_style s_visit_weight_style(enum ym_weight weight);
