/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The packs in a desk's folder: pack.db in force, pack.next-VERSION.db each from its date on,
 * pack-VERSION.db for cases begun under it.
 * Not fetching (sync) nor reading (catalog/pack.h). Invariant: pack.db is whole at every instant; an older pack is kept.
 */
#pragma once

#include "base/clock.h"
#include "catalog/build.h"

struct ym_shelf_entry { char version[40], effective[16]; bool in_force; /* else it waits for its date */ };
/* Who may have signed: public keys. allow_unsigned (practice): any sound pack. */
struct ym_shelf_trust { struct ym_sm2 *const *keys; int n_keys; bool allow_unsigned; };
/* Verify an envelope, compile it, and put it in force or aside for its date, beside others that wait.
 * REFUSED: signed by nobody trusted, changed, or older than the one in force. STATE: this version is here. INVALID: not a pack.
 * Whatever fails leaves the shelf as it was. */
enum ym_code ym_shelf_put(const char *dir, const char *data, size_t n, const struct ym_shelf_trust *trust, ym_date today,
	struct ym_shelf_entry *ret, struct ym_error *err) YM_MUST;
/* The pack whose date has come takes force. *ret_changed: pack.db is another file now; who has it open opens it again. */
enum ym_code ym_shelf_settle(const char *dir, ym_date today, bool *ret_changed, struct ym_error *err) YM_MUST;
/* Of those that wait, the one whose date comes first; NOTFOUND when none does. */
enum ym_code ym_shelf_next(const char *dir, struct ym_shelf_entry *ret, struct ym_error *err) YM_MUST;
