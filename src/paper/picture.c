/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * QR codes as text of a terminal (yimen/picture.h): two rows of modules in one row of cells. Not for papers (yimen-paper).
 */
#include <qrencode.h>

#include "base/mem.h"
#include "yimen/picture.h"

#define QUIET 2

static bool
is_light(const QRcode *code, int x, int y)
{
	return x < 0 || y < 0 || x >= code->width || y >= code->width || !(code->data[y * code->width + x] & 1);
}

char *
ym_picture_qr(const char *text)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	struct ym_buf out = { .max = 65536 };

	if (!code)
		return NULL;
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++) {
			static const char *const blocks[] = { " ", "▄", "▀", "█" };

			ym_buf_adds(&out, blocks[2 * is_light(code, x, y) + (y + 1 < code->width + QUIET && is_light(code, x, y + 1))]);
		}
		ym_buf_addc(&out, '\n');
	}
	QRcode_free(code);
	return ym_buf_take(&out);
}
