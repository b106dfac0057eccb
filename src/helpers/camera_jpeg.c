/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See camera_jpeg.h. A camera's own JPEG is kept as it was taken: turned and completed without a loss (motion JPEG leaves
 * the Huffman tables out), and encoded anew only when it is larger than wanted. Not drawing.
 */
#include "helpers/camera_jpeg.h"

#include <turbojpeg.h>

static enum ym_camera_fault
head_of(tjhandle t, const uint8_t *jpeg, size_t n, int *w, int *h, int *sub)
{
	int space;

	if (n > YM_CAMERA_FRAME_MAX)
		return YM_CAMERA_TOO_LARGE;
	if (tjDecompressHeader3(t, jpeg, n, w, h, sub, &space) || *w < 1 || *h < 1)
		return YM_CAMERA_DAMAGED;
	return (long)*w * *h > (long)YM_CAMERA_PIXELS_MAX || *w > 65535 || *h > 65535 ? YM_CAMERA_TOO_LARGE : YM_CAMERA_FINE;
}

/* The smallest fraction that keeps `at_least` columns or rows. */
static tjscalingfactor
fraction(int size, int at_least)
{
	static const tjscalingfactor steps[] = { { 1, 8 }, { 1, 4 }, { 1, 2 } };

	for (size_t i = 0; at_least > 0 && i < YM_ARRAY_LEN(steps); i++)
		if (TJSCALED(size, steps[i]) >= at_least)
			return steps[i];
	return (tjscalingfactor){ 1, 1 };
}

/* A cut-off frame decodes with a warning and a gray rest: here that is a damaged one. */
static enum ym_camera_fault
decode(const uint8_t *jpeg, size_t n, int min_w, int min_h, int format, struct ym_buf *out, int *ret_w, int *ret_h)
{
	tjhandle t = tjInitDecompress();
	int w = 0, h = 0, sub, failed;
	enum ym_camera_fault fault = head_of(t, jpeg, n, &w, &h, &sub);
	tjscalingfactor by = min_h > 0 ? fraction(h, min_h) : fraction(w, min_w);
	size_t size;

	if (!fault) {
		w = TJSCALED(w, by);
		h = TJSCALED(h, by);
		size = (size_t)w * (size_t)h * (size_t)tjPixelSize[format];
		YM_FREE uint8_t *pixels = ym_alloc(size);
		failed = tjDecompress2(t, jpeg, n, pixels, w, 0, h, format, TJFLAG_FASTDCT | TJFLAG_STOPONWARNING);
		if (failed) {
			fault = YM_CAMERA_DAMAGED;
		} else {
			out->max = out->len + size + 1;
			ym_buf_add(out, pixels, size);
			*ret_w = w;
			*ret_h = h;
		}
		explicit_bzero(pixels, size);
	}
	tjDestroy(t);
	return fault;
}

static void
take(struct ym_buf *out, const uint8_t *jpeg, unsigned long n)
{
	ym_buf_clear(out);
	out->max = n + 1;
	ym_buf_add(out, jpeg, n);
}

static enum ym_camera_fault
transform(const uint8_t *jpeg, size_t n, int rotate, struct ym_buf *out, int *ret_w, int *ret_h)
{
	static const int turns[] = { TJXOP_NONE, TJXOP_ROT90, TJXOP_ROT180, TJXOP_ROT270 };
	tjhandle t = tjInitTransform();
	tjtransform how = { .op = turns[rotate / 90 % 4], .options = TJXOPT_TRIM | TJXOPT_COPYNONE };
	unsigned char *made = NULL;
	unsigned long size = 0;
	int sub;
	enum ym_camera_fault fault = head_of(t, jpeg, n, ret_w, ret_h, &sub);

	if (!fault && tjTransform(t, jpeg, n, 1, &made, &size, &how, TJFLAG_STOPONWARNING))
		fault = YM_CAMERA_DAMAGED;
	if (!fault) {
		take(out, made, size);
		fault = head_of(t, (const uint8_t *)out->data, out->len, ret_w, ret_h, &sub);
		explicit_bzero(made, size);
	}
	tjFree(made);
	tjDestroy(t);
	return fault;
}

static enum ym_camera_fault
encode(const uint8_t *pixels, int w, int h, int format, int sub, size_t max_bytes, struct ym_buf *out)
{
	static const int qualities[] = { CAMERA_QUALITY, 75, 62, 50, 38, 28 };
	tjhandle t = tjInitCompress();
	enum ym_camera_fault fault = YM_CAMERA_DAMAGED;

	for (size_t i = 0; i < YM_ARRAY_LEN(qualities); i++) {
		unsigned char *made = NULL;
		unsigned long size = 0;

		if (tjCompress2(t, pixels, w, 0, h, format, &made, &size, sub, qualities[i], TJFLAG_FASTDCT)) {
			tjFree(made);
			break;
		}
		take(out, made, size);
		explicit_bzero(made, size);
		tjFree(made);
		fault = YM_CAMERA_FINE;
		if (!max_bytes || size <= max_bytes)
			break;
	}
	tjDestroy(t);
	return fault;
}

/* Full size at falling quality, then half of it: small print stays readable longest that way. */
static enum ym_camera_fault
make_smaller(struct ym_buf *jpeg, size_t max_bytes, int *ret_w, int *ret_h)
{
	for (int part = 1; part <= 4 && jpeg->len > max_bytes; part *= 2) {
		YM_BUF pixels = { 0 };
		int want = part == 1 ? 0 : *ret_w / part;
		enum ym_camera_fault fault = decode((const uint8_t *)jpeg->data, jpeg->len, want, 0, TJPF_RGB, &pixels, ret_w, ret_h);

		if (!fault)
			fault = encode((const uint8_t *)pixels.data, *ret_w, *ret_h, TJPF_RGB, TJSAMP_420, max_bytes, jpeg);
		if (fault)
			return fault;
	}
	return jpeg->len <= max_bytes ? YM_CAMERA_FINE : YM_CAMERA_TOO_LARGE;
}

/* YUYV to planes of 4:2:2. */
static void
planes_of(const struct camera_frame *f, uint8_t *y, uint8_t *u, uint8_t *v)
{
	for (int row = 0; row < f->h; row++) {
		const uint8_t *p = f->data + (size_t)row * (size_t)f->stride;

		for (int i = 0; i < f->w / 2; i++, p += 4) {
			*y++ = p[0];
			*y++ = p[2];
			*u++ = p[1];
			*v++ = p[3];
		}
	}
}

static enum ym_camera_fault
encode_yuyv(const struct camera_frame *f, struct ym_buf *out)
{
	int w = f->w & ~1;
	size_t luma = (size_t)w * (size_t)f->h;
	YM_FREE uint8_t *y = ym_alloc(luma + 1), *u = ym_alloc(luma / 2 + 1), *v = ym_alloc(luma / 2 + 1);
	const unsigned char *planes[] = { y, u, v };
	const int strides[] = { w, w / 2, w / 2 };
	unsigned char *made = NULL;
	unsigned long size = 0;
	tjhandle t = tjInitCompress();
	enum ym_camera_fault fault = YM_CAMERA_BROKEN;

	planes_of(f, y, u, v);
	if (!tjCompressFromYUVPlanes(t, planes, w, strides, f->h, TJSAMP_422, &made, &size, CAMERA_QUALITY, TJFLAG_FASTDCT)) {
		take(out, made, size);
		explicit_bzero(made, size);
		fault = YM_CAMERA_FINE;
	}
	tjFree(made);
	tjDestroy(t);
	explicit_bzero(y, luma);
	return fault;
}

enum ym_camera_fault
camera_jpeg_keep(const struct camera_frame *f, int rotate, size_t max_bytes, struct ym_buf *out, int *ret_w, int *ret_h)
{
	YM_BUF own = { .max = YM_CAMERA_FRAME_MAX }, whole = { 0 };
	int w, h;
	enum ym_camera_fault fault = YM_CAMERA_FINE;

	if (!f->is_jpeg && (fault = encode_yuyv(f, &own)))
		return fault;
	if ((fault = transform(f->is_jpeg ? f->data : (const uint8_t *)own.data, f->is_jpeg ? f->n : own.len, rotate, out, ret_w, ret_h)))
		return fault;
	/* the test decode; transform() has read the coefficients, this reads what a viewer will */
	if ((fault = decode((const uint8_t *)out->data, out->len, 0, 0, TJPF_GRAY, &whole, &w, &h)))
		return fault;
	return max_bytes && out->len > max_bytes ? make_smaller(out, max_bytes, ret_w, ret_h) : YM_CAMERA_FINE;
}

/* Every k-th pixel's luma, averaged along the row: a preview need not be better. */
static enum ym_camera_fault
gray_of_yuyv(const struct camera_frame *f, int min_w, struct ym_buf *out, int *ret_w, int *ret_h)
{
	int k = min_w > 0 && f->w / min_w > 0 ? f->w / min_w : 1, w = f->w / k, h = f->h / k;

	out->max = out->len + (size_t)w * (size_t)h + 1;
	for (int y = 0; y < h; y++) {
		const uint8_t *row = f->data + (size_t)y * (size_t)k * (size_t)f->stride;

		for (int x = 0; x < w; x++) {
			int sum = 0;

			for (int i = 0; i < k; i++)
				sum += row[(size_t)(x * k + i) * 2];
			ym_buf_addc(out, (char)(sum / k));
		}
	}
	*ret_w = w;
	*ret_h = h;
	return YM_CAMERA_FINE;
}

enum ym_camera_fault
camera_jpeg_gray(const struct camera_frame *f, int min_w, struct ym_buf *out, int *ret_w, int *ret_h)
{
	if (!f->is_jpeg)
		return gray_of_yuyv(f, min_w, out, ret_w, ret_h);
	return decode(f->data, f->n, min_w, 0, TJPF_GRAY, out, ret_w, ret_h);
}

enum ym_camera_fault
camera_jpeg_rgb(const uint8_t *jpeg, size_t n, int min_h, struct ym_buf *out, int *ret_w, int *ret_h)
{
	return decode(jpeg, n, 0, min_h, TJPF_RGB, out, ret_w, ret_h);
}

enum ym_camera_fault
camera_jpeg_of_rgb(const struct ym_rgb *rgb, int dpi, size_t max_bytes, struct ym_buf *out)
{
	enum ym_camera_fault fault = encode(rgb->p, rgb->w, rgb->h, TJPF_RGB, TJSAMP_444, max_bytes, out);
	uint8_t *p = (uint8_t *)out->data;

	/* FF D8 FF E0, length, "JFIF", version, then units and densities: turbojpeg writes 1:1, a standard names dots an inch */
	if (!fault && dpi > 0 && out->len > 20 && p[2] == 0xFF && p[3] == 0xE0 && !memcmp(p + 6, "JFIF", 5)) {
		p[13] = 1;
		p[14] = p[16] = (uint8_t)(dpi >> 8);
		p[15] = p[17] = (uint8_t)dpi;
	}
	return fault;
}
