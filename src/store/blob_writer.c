/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A blob sealed part by part (store/desk.h): half a megabyte takes as long to seal as a keystroke may wait.
 * Invariant: what is stored opens with ym_blob_get, as if ym_blob_put had made it.
 */
#include "base/clock.h"
#include "store/desk.h"
#include "store/internal.h"

#define BLOB_AAD "blob"

struct ym_blob_writer {
	struct ym_buf plain, sealed;
	size_t done, hashed;
	struct ym_sealing *sealing; /* NULL once everything is sealed */
	struct ym_sm3 *digest;
	uint8_t key[YM_KEY_LEN];
	char media[40];
};

struct ym_blob_writer *
ym_blob_writer_new(struct ym_buf *data, const char *media)
{
	struct ym_blob_writer *w = ym_alloc(sizeof *w);

	w->plain = *data;
	*data = (struct ym_buf){ 0 };
	ym_strlcpy(w->media, media, sizeof w->media);
	ym_crypt_random(w->key, sizeof w->key);
	w->sealing = ym_sealing_new(w->key, BLOB_AAD, strlen(BLOB_AAD), &w->sealed);
	w->digest = ym_sm3_new();
	return w;
}

bool
ym_blob_writer_step(struct ym_blob_writer *w, size_t bytes)
{
	size_t part = w->plain.len - w->done < bytes ? w->plain.len - w->done : bytes;

	if (w->sealing) {
		ym_sealing_add(w->sealing, w->plain.data + w->done, part);
		w->done += part;
		if (w->done == w->plain.len)
			ym_sealing_end(YM_TAKE(w->sealing));
	}
	ym_sm3_add(w->digest, w->sealed.data + w->hashed, w->sealed.len - w->hashed);
	w->hashed = w->sealed.len;
	return w->sealing != NULL;
}

enum ym_code
ym_blob_writer_store(struct ym_blob_writer *w, struct ym_db *db, char ret_sm3[65], char ret_key_hex[65], struct ym_error *err)
{
	uint8_t digest[YM_SM3_LEN];
	char sm3[65];
	struct ym_stmt *s;
	enum ym_code code;

	while (ym_blob_writer_step(w, 1 << 20))
		;
	if (w->plain.len > YM_BLOB_MAX - YM_SEAL_OVERHEAD || w->sealed.overflow)
		return ym_fail(err, YM_INVALID, N_("The attachment is larger than 32 MiB"), "%zu bytes", w->plain.len);
	ym_sm3_end(w->digest, digest);
	ym_hex(sm3, digest, sizeof digest);
	s = ym_db_sql(db, "INSERT INTO blob (sm3, media, kept_ms, bytes) VALUES (:sm3, :media, :now, :bytes)");
	ym_stmt_text(s, "sm3", sm3);
	ym_stmt_text(s, "media", w->media);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_blob(s, "bytes", w->sealed.data, w->sealed.len);
	code = ym_stmt_run(s, err);
	ym_stmt_done(s);
	if (code == YM_OK) {
		memcpy(ret_sm3, sm3, sizeof sm3);
		ym_hex(ret_key_hex, w->key, sizeof w->key);
	}
	return code;
}

void
ym_blob_writer_free(struct ym_blob_writer *w)
{
	if (!w)
		return;
	ym_sealing_free(w->sealing);
	ym_sm3_free(w->digest);
	ym_buf_release(&w->plain);
	ym_buf_release(&w->sealed);
	explicit_bzero(w, sizeof *w);
	free(w);
}
