/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a command does without a screen: make a desk, run a visit from a file, rebuild, verify, synchronise, look after the catalogue.
 * Not for screens. Invariant: passwords come as arguments of these calls, never from argv or the environment.
 */
#pragma once

#include "yimen/station.h"

/* Making a desk: identity, keys, first account, trusted certificate, central key, first pack (yimen desk init; practice too).
 * A desk that could not be made completely leaves nothing behind. */
struct ym_enrol {
	const char *dir;          /* NULL: default */
	const char *url;          /* https://... ; with socket http://localhost */
	const char *socket;       /* Unix socket or NULL */
	const char *cafile;       /* trusted certificate or NULL for the system's */
	const char *fingerprint;  /* SM3 of the central's public key, hex, known by other means; or NULL */
	const char *code;         /* one-time code */
	const char *account, *password;
	const char *phone, *complaint_phone, *address; /* of the station, printed on papers; NULL: left out */
	bool practice;
};
enum ym_code ym_station_enrol(const struct ym_enrol *e, struct ym_error *err) YM_MUST;
char *ym_station_default_dir(bool practice);   /* caller frees */
/* A further account of this desk gets its own password slot; somebody must be signed in. */
enum ym_code ym_station_add_password(struct ym_station *s, const char *account, const char *password, struct ym_error *err) YM_MUST;
/* The account may also sign in with a token: module is the PKCS#11 library (NULL: the one used before), serial its number (NULL: the
 * only one that is plugged in). Somebody must be signed in; the account has a password already. */
enum ym_code ym_station_add_token(struct ym_station *s, const char *account, const char *module, const char *serial, const char *pin,
	struct ym_error *err) YM_MUST;

/* The headless twin. *ret_json is the report, also on an error as far as it came (then maybe NULL). Caller frees. */
enum ym_code ym_station_visit_run(struct ym_station *s, const char *path, char **ret_json, struct ym_error *err) YM_MUST;
/* A consultation about items or bundles: what follows as the text of the notice, or as JSON. path NULL: nothing is known; else a file with
 * {"answers":{id:code},"facts":{"age","household_division","kind"},"paper":true,"ticket":{"class","appointment","window"}}. Signed in, it is
 * given (an event) and paper and ticket are made; else it is only told. Caller frees. */
enum ym_code ym_station_guide_run(struct ym_station *s, const char *const *ids, int n, const char *path, bool as_json, char **ret,
	struct ym_error *err) YM_MUST;
/* Drop every view and fold the log again. *ret_events how many were folded. */
enum ym_code ym_station_rebuild(struct ym_station *s, int64_t *ret_events, struct ym_error *err) YM_MUST;
/* Walk the chain without keys. CORRUPT names the first broken event. dir NULL: default. */
enum ym_code ym_audit_verify(const char *dir, int64_t *ret_events, struct ym_error *err) YM_MUST;
/* Send and fetch until nothing is left, through yimen-sync; somebody must be signed in. The station was opened with a loop, headless. */
enum ym_code ym_station_sync_once(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Check a folder of catalogue sources; say is called for every problem ("file:line: reason"). */
enum ym_code ym_admin_catalog_check(const char *dir, void (*say)(void *user, const char *line), void *user, struct ym_error *err) YM_MUST;
/* A catalogue for `yimen item` without a desk: compile the shipped sources into a file once. Caller closes with ym_finder_close. */
struct ym_finder;
enum ym_code ym_finder_open(const char *dir /* of a desk; NULL default; falls back to the shipped pack */, struct ym_finder **ret, struct ym_error *err) YM_MUST;
void ym_finder_close(struct ym_finder *f);
int ym_finder_find(struct ym_finder *f, const char *query, struct ym_hit *ret, int max);
enum ym_code ym_finder_item(struct ym_finder *f, const char *id, const struct ym_item **ret, struct ym_error *err) YM_MUST;
const char *ym_finder_kind_name(struct ym_finder *f, const char *kind);
/* No core dumps, no tracing by others: first thing in main. */
void ym_harden_process(void);
/* What stands at a port, told by hand; it counts from the next start of the workstation. profile: a name of data/profiles, a file's path, or "".
 * INVALID, NOTFOUND or CONFLICT name what is wrong. dir NULL: default. */
enum ym_code ym_station_port_add(const char *dir, const char *port, const char *role, const char *profile, struct ym_error *err) YM_MUST;
enum ym_code ym_station_port_remove(const char *dir, const char *port, struct ym_error *err) YM_MUST;
/* Settings of the desk: "print.a4" a CUPS queue or an ipp:// address; "print.receipt" a receipt printer's identity, "" any; "print.paper.NAME"
 * where papers of a template go (a4, receipt, pdf; "" by its size). BUSY while the workstation runs. */
enum ym_code ym_station_desk_set(const char *dir, const char *key, const char *value, struct ym_error *err) YM_MUST;
/* Whose signatures on electronic certificates this desk believes, as hex of SM2 points. trust: from a file with a certificate or public key in
 * PEM, or the hex itself; INVALID, CONFLICT when it is trusted already. distrust: by the beginning of the hex; NOTFOUND unless it names one. */
enum ym_code ym_certificate_keys(const char *dir, void (*say)(void *user, const char *key), void *user, struct ym_error *err) YM_MUST;
enum ym_code ym_certificate_trust(const char *dir, const char *path, char ret_key[131], struct ym_error *err) YM_MUST;
enum ym_code ym_certificate_distrust(const char *dir, const char *key, struct ym_error *err) YM_MUST;
