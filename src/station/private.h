/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of struct ym_station, shared by the files of this folder only.
 * Invariant: `keys` unlocked and `casework` present go together; `visit` exists only while unlocked.
 */
#pragma once

#include "cases/casework.h"
#include "cases/consulting.h"
#include "cases/queue.h"
#include "device/helper.h"
#include "device/hub.h"
#include "station/edges.h"
#include "sync/sync.h"
#include "yimen/capturing.h"
#include "yimen/scan.h"
#include "yimen/signing.h"

#define YM_IDLE_LOCK_MS (5 * 60 * 1000)
#define YM_TOUCH_MS 1000
#define YM_AUTOSAVE_MS 1500
#define YM_MAX_JOBS 32

enum ym_signing_in { YM_SIGN_IN_NONE, YM_SIGN_IN_RUNNING, YM_SIGN_IN_DONE };

/* One paper being rendered by yimen-paper. */
struct ym_job {
	struct ym_station *station;
	char paper[128];         /* serial of the paper */
	bool is_consult;         /* of a consultation, not of the visit */
	enum ym_paper_job state;
	int in, out;             /* pipes; -1 */
	ym_source in_source, out_source, child;
	struct ym_buf document, pdf;
	size_t written;
	char text[160];          /* where the file is, or the msgid of what went wrong */
	char spool[40];          /* drawn to be printed: the spool's job; "" for a file */
};

struct ym_spool;

struct ym_station {
	struct ym_loop *loop;    /* NULL: headless */
	char *dir, *pack_path;
	bool practice, headless, readonly;
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_pack *pack;
	struct ym_pack *retired[4]; /* no longer in force; a screen below the lock may still show an item of it */
	struct ym_casework *work;
	struct ym_visit *visit;
	struct ym_consult *consult, *reading; /* of the guide desk, made on first use; one that is only read */
	json_t *locked_consult, *locked_reading; /* while the screen is locked */
	char account[64], account_name[96]; /* whose they are is said on the locked screen too */
	char locked_visit[40]; /* at the window when the screen locked */
	bool unlocked, shift_open;
	ym_notice_fn notice;
	void *notice_user;

	/* signing in */
	enum ym_signing_in signing_in;
	char signing_account[64];
	struct ym_error sign_in_error;
	int derive_in, derive_out;
	ym_source derive_source, derive_child;
	struct ym_buf derive_text;
	bool by_token;         /* what runs is a token's answer, not a password's */
	bool signed_by_token;  /* the session goes when the token goes */
	struct ym_helper *token_watch;
	bool token_watch_over;

	/* timers */
	ym_source idle_timer, autosave_timer, minute_timer, checkpoint_slice, names_slice, tend_slice;
	const char *clock_doubt;
	int64_t last_wall_ms, last_mono_ms, touched_ms;

	/* devices */
	struct ym_hub *hub;
	struct ym_card tray;
	bool has_tray, want_card;
	struct ym_error card_error, teach_error;
	struct ym_scan_tray *scan; /* NULL: nothing was scanned */
	struct ym_card_face *face;      /* of the card that was taken last; NULL */
	struct ym_card_prints *prints;  /* of the cards of this visit; NULL */
	struct ym_capturing *capturing; /* NULL: nothing is captured */
	struct ym_photos *photos;
	struct ym_signing_act *signing; /* NULL: nothing is signed on the pad */

	/* sync helper */
	int sync_in, sync_out;
	ym_source sync_source, sync_child, sync_restart, sync_wake, fold_slice;
	bool has_folded;            /* in this round of slices */
	struct ym_buf sync_text;
	struct ym_sync_state sync_state;
	bool has_sync_state;
	int64_t sync_next_ms;

	struct ym_job jobs[YM_MAX_JOBS];
	struct ym_spool *spool;     /* spool.h */
	struct ym_printers *printers; /* printers.c; NULL: nobody asked */

	/* asking.c: what was asked of the citizen and of the hall */
	uint32_t next_order, rating_order, call_order;
	const char *rating_note;    /* msgid of why no grade came; "" or NULL */

	/* what practice attached (edges.h) */
	void (*on_notice)(void *state, enum ym_notice what);
	void (*on_close)(void *state);
	void *attached;
};

/* catalog_admin.c: take what sync fetched and what has come of date; *ret_changed: pack.db is another file now */
void ym_station_settle_packs(struct ym_station *s, bool *ret_changed);
/* admin.c */
struct ym_finder;
struct ym_pack *ym_finder_pack(struct ym_finder *f);


/* signin.c */
enum ym_code ym_station_begin_work(struct ym_station *s, const char *account, struct ym_error *err) YM_MUST; /* keys are unlocked */
void ym_station_sign_in_cancel(struct ym_station *s);
void ym_station_start_timers(struct ym_station *s);
/* token.c */
enum ym_code ym_station_token_question(struct ym_station *s, const char *account, const char *pin, struct ym_buf *ret, struct ym_error *err)
	YM_MUST; /* what yimen-token reads; the caller wipes it */
enum ym_code ym_station_token_answer(const struct ym_buf *text, uint8_t ret_key[YM_KEY_LEN], struct ym_error *err) YM_MUST;
void ym_station_token_watch(struct ym_station *s);
void ym_station_token_unwatch(struct ym_station *s);
/* devices.c */
void ym_station_devices_start(struct ym_station *s);
void ym_station_devices_stop(struct ym_station *s);
/* cards.c */
void ym_station_on_card(struct ym_station *s, const struct ym_device_event *event);
int ym_station_card_facts(const struct ym_card *card, struct ym_fact *ret, char scratch[4][16]);
/* card_photo.c: kept for the officer's eye until the visit leaves the window */
void ym_station_keep_photo(struct ym_station *s, const struct ym_card *card);
void ym_station_drop_photo(struct ym_station *s);
/* card_prints.c: the fingerprints registered on the cards of this visit, by the card's number */
void ym_station_keep_prints(struct ym_station *s, const struct ym_card *card);
void ym_station_drop_prints(struct ym_station *s);
bool ym_station_prints(struct ym_station *s, const char *number, int ret_fingers[YM_FINGERS]);
bool ym_station_prints_json(struct ym_station *s, const char *number, struct ym_buf *ret); /* the caller wipes it */
/* scan.c */
void ym_station_on_scan(struct ym_station *s, const struct ym_device_event *event); /* SCANNED, TAUGHT */
/* capture.c, capture_photo.c */
bool ym_station_on_capture(struct ym_station *s, const struct ym_device_event *event); /* true: it was for the capture */
void ym_station_photos_free(struct ym_station *s);
/* signing.c */
bool ym_station_on_signing(struct ym_station *s, const struct ym_device_event *event); /* true: it was for the signing */
/* What was signed on the pad, with the strokes in it. NOTFOUND when it was not. New reference. */
enum ym_code ym_station_signed_document(struct ym_station *s, int paper, json_t **ret, struct ym_error *err) YM_MUST;
/* syncer.c */
void ym_station_sync_start(struct ym_station *s);
void ym_station_sync_stop(struct ym_station *s);
void ym_station_sync_wake(void *user /* struct ym_station */); /* new events stand in the log */
enum ym_code ym_station_fold_feed(struct ym_station *s, struct ym_error *err) YM_MUST; /* all that is there */
void ym_station_fold_soon(struct ym_station *s); /* the same in slices of the loop */
/* papers.c */
enum ym_code ym_station_draw_paper(struct ym_station *s, const char *paper, bool is_consult, const json_t *document,
	struct ym_error *err) YM_MUST;
enum ym_paper_job ym_station_drawn(struct ym_station *s, const char *paper, char *ret_text, size_t size);
/* guide.c */
void ym_station_consult_lock(struct ym_station *s);
void ym_station_consult_unlock(struct ym_station *s);
void ym_station_consult_release(struct ym_station *s);
void ym_station_jobs_stop(struct ym_station *s);
/* A paper of the open visit with its values, marked when it is a reprint. New reference. */
enum ym_code ym_station_resolve_paper(struct ym_station *s, int paper, json_t **ret, struct ym_error *err) YM_MUST;
/* Draw a document for the spool's job; ends in ym_station_spool_drawn. BUSY when too many are being drawn. */
enum ym_code ym_station_draw_spool(struct ym_station *s, const char *spool, const json_t *document, struct ym_error *err) YM_MUST;
/* spool.c, print_a4.c, print_receipt.c, printing.c */
void ym_station_spool_open(struct ym_station *s);   /* at signing in: what was not yet printed */
void ym_station_spool_lock(struct ym_station *s);   /* forget every paper's words; what runs runs on */
void ym_station_spool_close(struct ym_station *s);
void ym_station_spool_drawn(struct ym_station *s, const char *job, enum ym_code code, const struct ym_buf *pdf, const struct ym_error *err);
void ym_station_spool_device(struct ym_station *s, const struct ym_device_event *event);
bool ym_station_spool_find(struct ym_station *s, const char *visit, const char *paper, enum ym_paper_job *ret, char *ret_text, size_t size);
/* printers.c */
void ym_station_printers_close(struct ym_station *s);
/* asking.c */
void ym_station_counter_device(struct ym_station *s, const struct ym_device_event *event);
void ym_station_show_call(struct ym_station *s, const char *ticket);
bool ym_station_is_rating(const struct ym_station *s);
/* ports.c */
void ym_station_ports_open(const char *dir, struct ym_hub *hub);
