/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's files: desk.db (workstation alone writes) and sync.db (the sync helper alone writes), drafts, blobs, settings.
 * Not the log's rules (store/log.h). Schema: the .sql files of src/store/schema, commented there.
 */
#pragma once

#include "store/log.h"

extern const struct ym_schema ym_schema_desk;
extern const struct ym_schema ym_schema_sync;

/* DIR/desk.db; flags as ym_db_open. NOTFOUND when there is no desk yet and CREATE is not given. */
enum ym_code ym_desk_open(const char *dir, unsigned flags, struct ym_db **ret, struct ym_error *err) YM_MUST;

/* Drafts: sealed JSON by name ("visit:UUID"); not events. */
enum ym_code ym_draft_save(struct ym_db *db, struct ym_keys *k, const char *name, const char *json, struct ym_error *err) YM_MUST;
/* The same without waiting for the disk (ym_db_set_lazy): for a state that may be an older one after a power cut. */
enum ym_code ym_draft_save_lazily(struct ym_db *db, struct ym_keys *k, const char *name, const char *json, struct ym_error *err) YM_MUST;
enum ym_code ym_draft_load(struct ym_db *db, struct ym_keys *k, const char *name, struct ym_buf *out, struct ym_error *err) YM_MUST;
enum ym_code ym_draft_drop(struct ym_db *db, const char *name, struct ym_error *err) YM_MUST;
/* Names with a prefix, newest first. */
enum ym_code ym_draft_list(struct ym_db *db, const char *prefix, void (*fn)(void *user, const char *name, int64_t saved_ms),
	void *user, struct ym_error *err) YM_MUST;

/* Blobs: content sealed under its own key, addressed by SM3 of the ciphertext (hex). The key goes into event bodies. */
enum ym_code ym_blob_put(struct ym_db *db, const void *data, size_t n, const char *media, char ret_sm3[65],
	char ret_key_hex[65], struct ym_error *err) YM_MUST;
/* The same without holding up the loop: takes the bytes of data; seal in steps (true while more remains), then store. */
#define YM_BLOB_MAX (32u << 20) /* yimen-sync(7), ATTACHMENTS */
struct ym_blob_writer;
struct ym_blob_writer *ym_blob_writer_new(struct ym_buf *data, const char *media);
bool ym_blob_writer_step(struct ym_blob_writer *w, size_t bytes);
enum ym_code ym_blob_writer_store(struct ym_blob_writer *w, struct ym_db *db, char ret_sm3[65], char ret_key_hex[65], struct ym_error *err)
	YM_MUST;
void ym_blob_writer_free(struct ym_blob_writer *w); /* wipes; accepts NULL */
enum ym_code ym_blob_get(struct ym_db *db, const char *sm3, const char *key_hex, struct ym_buf *out, struct ym_error *err) YM_MUST;
/* The same for sealed bytes that came from elsewhere (the central). CORRUPT when they do not open. */
enum ym_code ym_blob_open(const void *sealed, size_t n, const char *key_hex, struct ym_buf *out, struct ym_error *err) YM_MUST;

/* Clear settings (urls, limits): never personal data. */
enum ym_code ym_setting_set(struct ym_db *db, const char *key, const char *value, struct ym_error *err) YM_MUST;
char *ym_setting_get(struct ym_db *db, const char *key);   /* caller frees; NULL when absent */
