/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The double's card photos: this desk has no decoder. */
#include "yimen/card_photo.h"

void
ym_station_card_photo_open(struct ym_station *s)
{
	(void)s;
}

void
ym_station_card_photo_close(struct ym_station *s)
{
	(void)s;
}

const struct ym_card_photo *
ym_station_card_photo(struct ym_station *s)
{
	static const struct ym_card_photo none = { .state = YM_PHOTO_NO_DECODER };

	(void)s;
	return &none;
}

bool
ym_station_has_photo_decoder(struct ym_station *s)
{
	(void)s;
	return false;
}
