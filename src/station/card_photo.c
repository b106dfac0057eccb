/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Kept from the card that was taken: its photo block, until the visit leaves the window or the desk locks; and the decoded
 * face while it is looked at. Not the decoding (device/photo.c). Invariant: nothing of it is stored.
 */
#include "yimen/card_photo.h"

#include "device/photo.h"
#include "station/private.h"
#include "store/desk.h"
#include "yimen/text.h"

#define PIXELS (102 * 126)

struct ym_card_face {
	struct ym_card_photo view;
	uint8_t wlt[YM_CARD_PHOTO_MAX];
	size_t n;
	uint8_t pixels[PIXELS];
	struct ym_photo *job; /* also when it is over: it is not freed from inside its call */
};

static char *
decoder_of(struct ym_station *s)
{
	char *path = ym_setting_get(s->db, "photo.decoder");

	if (path && *path)
		return path;
	free(path);
	return NULL;
}

bool
ym_station_has_photo_decoder(struct ym_station *s)
{
	YM_FREE char *path = decoder_of(s);

	return path != NULL;
}

void
ym_station_keep_photo(struct ym_station *s, const struct ym_card *card)
{
	struct ym_card_face *f;

	ym_station_drop_photo(s);
	f = s->face = ym_alloc(sizeof *f);
	memcpy(f->wlt, card->photo, card->photo_len);
	f->n = card->photo_len;
	ym_text_mask_name(f->view.name, sizeof f->view.name, *card->name ? card->name : card->english_name);
}

void
ym_station_drop_photo(struct ym_station *s)
{
	struct ym_card_face *f = YM_TAKE(s->face);

	if (!f)
		return;
	ym_photo_free(f->job);
	explicit_bzero(f, sizeof *f);
	free(f);
}

static void
on_photo(void *user, const struct ym_image *gray, const struct ym_error *err)
{
	struct ym_station *s = user;
	struct ym_card_face *f = s->face;

	if (gray && gray->n <= sizeof f->pixels) {
		memcpy(f->pixels, gray->data, gray->n);
		f->view.image = *gray;
		f->view.image.data = f->pixels;
		f->view.state = YM_PHOTO_SHOWN;
	} else {
		f->view.error = *err;
		f->view.state = YM_PHOTO_FAULT;
	}
	ym_station_notify(s, YM_NOTICE_DEVICE);
}

void
ym_station_card_photo_open(struct ym_station *s)
{
	struct ym_card_face *f = s->face;
	YM_FREE char *path = decoder_of(s);

	ym_station_card_photo_close(s);
	if (!f || !f->n)
		return;
	f->view.state = YM_PHOTO_NO_DECODER;
	if (path && s->loop)
		f->view.state = ym_photo_decode(s->loop, path, f->wlt, f->n, 0, on_photo, s, &f->job, &f->view.error) ? YM_PHOTO_FAULT : YM_PHOTO_WORKING;
}

void
ym_station_card_photo_close(struct ym_station *s)
{
	struct ym_card_face *f = s->face;

	if (!f)
		return;
	ym_photo_free(YM_TAKE(f->job));
	explicit_bzero(f->pixels, sizeof f->pixels);
	f->view.state = YM_PHOTO_NONE;
	f->view.image = (struct ym_image){ 0 };
}

const struct ym_card_photo *
ym_station_card_photo(struct ym_station *s)
{
	static const struct ym_card_photo none;

	return s->face ? &s->face->view : &none;
}
