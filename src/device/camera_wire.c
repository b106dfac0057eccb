/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading and writing the messages of yimen-camera. Invariant: every length is checked before a byte behind it is used.
 */
#include "device/camera_wire.h"

#define IMAGE_HEAD 12
#define CUT_WORDS 8
#define PORTRAIT_WORDS 9

enum ym_code
ym_camera_fault_error(enum ym_camera_fault fault, struct ym_error *ret)
{
	static const struct {
		enum ym_code code;
		const char *msgid;
	} words[YM_N_CAMERA_FAULTS] = {
		[YM_CAMERA_NO_FORMAT] = { YM_REFUSED, N_("This camera offers no kind of picture that can be used here: it needs MJPEG or YUYV") },
		[YM_CAMERA_TOO_LARGE] = { YM_REFUSED, N_("The camera's picture is too large to be kept: choose a smaller size on the camera") },
		[YM_CAMERA_SILENT] = { YM_TIMEOUT, N_("The camera sends no picture: plug it out and in again, or mark the document as seen") },
		[YM_CAMERA_BROKEN] = { YM_BUSY, N_("The camera's picture arrived incomplete: take it again") },
		[YM_CAMERA_DAMAGED] = { YM_BUSY, N_("The camera's picture cannot be read: take it again") },
		[YM_CAMERA_TAKEN] = { YM_BUSY, N_("Another program is using the camera: close it there") },
		[YM_CAMERA_FORBIDDEN] = { YM_REFUSED, N_("This user may not use the camera: the device rules are not installed") },
		[YM_CAMERA_IO] = { YM_IO, N_("The camera failed: plug it out and in again") },
	};

	if (fault <= YM_CAMERA_FINE || fault >= YM_N_CAMERA_FAULTS)
		return ym_fail(ret, YM_OK, NULL, NULL);
	return ym_fail(ret, words[fault].code, words[fault].msgid, "camera fault %d", fault);
}

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static int
get16s(const uint8_t *p)
{
	return (int16_t)get16(p);
}

static void
put16(struct ym_buf *out, int v)
{
	const uint8_t b[2] = { (uint8_t)((unsigned)v >> 8), (uint8_t)v };

	ym_buf_add(out, b, sizeof b);
}

static bool
read_image(const uint8_t *p, size_t n, bool is_jpeg, struct ym_image *ret)
{
	if (n <= IMAGE_HEAD)
		return false;
	*ret = (struct ym_image){ .data = p + IMAGE_HEAD, .n = n - IMAGE_HEAD, .width = (int)get16(p), .height = (int)get16(p + 2),
		.is_jpeg = is_jpeg, .sharpness = get16s(p + 4), .brightness = get16s(p + 6), .tilt = get16s(p + 8) };
	if (get16(p + 10) || !ret->width || !ret->height || ret->sharpness < -1 || ret->sharpness > 100 || ret->brightness < -1 ||
		ret->brightness > 100 || (ret->tilt != YM_TILT_UNKNOWN && abs(ret->tilt) > 45))
		return false;
	if (is_jpeg)
		return ret->n >= 4 && ret->data[0] == 0xFF && ret->data[1] == 0xD8;
	return ret->width <= YM_CAMERA_PREVIEW_W && ret->height <= YM_CAMERA_PREVIEW_H && ret->n == (size_t)ret->width * (size_t)ret->height;
}

static bool
read_fault(const uint8_t *p, size_t n, struct ym_camera_message *ret)
{
	if (n != 1 || p[0] >= YM_N_CAMERA_FAULTS)
		return false;
	ret->fault = (enum ym_camera_fault)p[0];
	return true;
}

static bool
read_text(const uint8_t *p, size_t n, struct ym_camera_message *ret)
{
	if (n >= sizeof ret->text)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] > 0x7E)
			return false;
	memcpy(ret->text, p, n);
	return true;
}

static bool
read_portrait(const uint8_t *p, size_t n, struct ym_portrait *ret)
{
	if (n != PORTRAIT_WORDS * 2 || get16(p) > 255 || get16(p + 2) > 255 || get16(p + 4) > 255 || get16(p + 6) > 255 || get16(p + 8) > 1)
		return false;
	*ret = (struct ym_portrait){ .red = (int)get16(p), .green = (int)get16(p + 2), .blue = (int)get16(p + 4), .spread = (int)get16(p + 6),
		.has_head = get16(p + 8), .head_top = (int)get16(p + 10), .chin = (int)get16(p + 12), .head_left = (int)get16(p + 14),
		.head_right = (int)get16(p + 16) };
	return !ret->has_head || (ret->head_top < ret->chin && ret->head_left < ret->head_right);
}

static bool
read_cut(const uint8_t *p, size_t n, struct ym_camera_message *ret)
{
	struct ym_camera_cut *c = &ret->cut;

	if (n <= CUT_WORDS * 2)
		return false;
	*c = (struct ym_camera_cut){ (uint16_t)get16(p), (uint16_t)get16(p + 2), (uint16_t)get16(p + 4), (uint16_t)get16(p + 6),
		(uint16_t)get16(p + 8), (uint16_t)get16(p + 10), (uint16_t)get16(p + 12), (uint16_t)get16(p + 14) };
	ret->data = p + CUT_WORDS * 2;
	ret->n = n - CUT_WORDS * 2;
	return c->w && c->h && c->w <= 4096 && c->h <= 4096 && c->head <= 1000 && c->top <= 1000 && c->rotate % 90 == 0 && c->rotate < 360;
}

bool
ym_camera_wire_read(uint8_t kind, const uint8_t *data, size_t n, struct ym_camera_message *ret)
{
	*ret = (struct ym_camera_message){ .kind = kind };
	switch (kind) {
	case 'P':
		ret->on = n == 1 && data[0];
		return n == 1 && data[0] <= 1;
	case 'S':
		if (n != 6 || get16(data) % 90 || get16(data) >= 360)
			return false;
		ret->rotate = (int)get16(data);
		ret->max_bytes = (size_t)get16(data + 2) << 16 | get16(data + 4);
		return true;
	case 'T':
	case 'G':
		return n == 0;
	case 'L':
		if (n <= 4 || !get16(data) || !get16(data + 2))
			return false;
		ret->w = (int)get16(data);
		ret->h = (int)get16(data + 2);
		ret->data = data + 4;
		ret->n = n - 4;
		return true;
	case 'C':
		return read_cut(data, n, ret);
	case 'R':
		return read_text(data, n, ret);
	case 'N':
	case 'D':
	case 'F':
		return read_fault(data, n, ret);
	case 'V':
	case 'I':
		return read_image(data, n, kind == 'I', &ret->image);
	case 'O':
		return read_portrait(data, n, &ret->portrait);
	default:
		return false;
	}
}

static void
write_image(const struct ym_image *g, struct ym_buf *out)
{
	put16(out, g->width);
	put16(out, g->height);
	put16(out, g->sharpness);
	put16(out, g->brightness);
	put16(out, g->tilt);
	put16(out, 0);
	ym_buf_add(out, g->data, g->n);
}

void
ym_camera_wire_write(const struct ym_camera_message *m, struct ym_buf *out)
{
	const struct ym_camera_cut *c = &m->cut;
	const struct ym_portrait *p = &m->portrait;

	switch (m->kind) {
	case 'P':
		ym_buf_addc(out, m->on ? 1 : 0);
		break;
	case 'S':
		put16(out, m->rotate);
		put16(out, (int)(m->max_bytes >> 16));
		put16(out, (int)(m->max_bytes & 0xFFFF));
		break;
	case 'L':
		put16(out, m->w);
		put16(out, m->h);
		ym_buf_add(out, m->data, m->n);
		break;
	case 'C':
		for (int i = 0; i < CUT_WORDS; i++)
			put16(out, (const int[]){ c->w, c->h, c->dpi, c->head, c->top, c->most_kb, c->least_kb, c->rotate }[i]);
		ym_buf_add(out, m->data, m->n);
		break;
	case 'R':
		ym_buf_adds(out, m->text);
		break;
	case 'N':
	case 'D':
	case 'F':
		ym_buf_addc(out, (char)m->fault);
		break;
	case 'V':
	case 'I':
		write_image(&m->image, out);
		break;
	case 'O':
		for (int i = 0; i < PORTRAIT_WORDS; i++)
			put16(out, (const int[]){ p->red, p->green, p->blue, p->spread, p->has_head, p->head_top, p->chin, p->head_left, p->head_right }[i]);
		break;
	default:
		break;
	}
}
