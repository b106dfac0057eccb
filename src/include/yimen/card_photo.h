/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The photo on the card that was taken last in this visit, for the officer's eye. It needs a decoder that the site has a
 * licence for (helpers/yimen_photo.h); without one this says so. Invariant: a face is in memory only, while it is shown.
 */
#pragma once

#include "yimen/station.h"

enum ym_photo_state {
	YM_PHOTO_NONE,       /* no card was taken in this visit, or it has no photo */
	YM_PHOTO_NO_DECODER, /* this desk has none */
	YM_PHOTO_WORKING,
	YM_PHOTO_SHOWN,
	YM_PHOTO_FAULT,      /* error says what to do */
};
struct ym_card_photo {
	enum ym_photo_state state;
	char name[96];          /* whose card, masked */
	struct ym_image image;  /* gray, with SHOWN */
	struct ym_error error;
};
/* Begins to decode; YM_NOTICE_DEVICE tells each change. */
void ym_station_card_photo_open(struct ym_station *s);
/* Never NULL; valid until the loop turns again. */
const struct ym_card_photo *ym_station_card_photo(struct ym_station *s);
/* Wipes what was decoded; the card's own bytes stay until the visit leaves the window. */
void ym_station_card_photo_close(struct ym_station *s);
/* Does the desk name a decoder? */
bool ym_station_has_photo_decoder(struct ym_station *s);
