/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The helper that has the camera: one process a camera, messages of device/camera_wire.h on stdin and stdout.
 *   yimen-camera NODE             a V4L2 node
 *   yimen-camera --pictures DIR   a stand-in (camera_scene.c)
 *   yimen-camera --picture        no camera: looks at pictures and cuts portraits out of them
 * Not what a picture is for; it is sealed by the workstation and never becomes a file here.
 * Invariant: one shot ends in exactly one 'I' or 'F', or in 'G'.
 */
#include <math.h>
#include <poll.h>

#include "base/clock.h"
#include "crypt/crypt.h"
#include "device/helper.h"
#include "device/picture.h"
#include "helpers/camera_jpeg.h"

#define SHOT_MS 3000       /* for a good frame */
#define SETTLING 3         /* frames until exposure has settled */
#define PREVIEW_MS 240
#define RETRY_MS 3000
#define MEASURE_W 640

static const struct camera_source *source;
static const char *where;
static bool is_open, is_streaming, wants_preview;
static int n_frames;             /* since the stream began */
static int64_t next_preview, next_try;

static void
say(const struct ym_camera_message *m)
{
	YM_BUF out = { .max = YM_CAMERA_MESSAGE_MAX };

	ym_camera_wire_write(m, &out);
	if (!ym_helper_write(m->kind, out.data, out.len))
		_exit(0); /* nobody listens any more */
}

static void
say_fault(uint8_t kind, int fault)
{
	if (fault == CAMERA_GONE) {
		say(&(struct ym_camera_message){ .kind = 'G' });
		_exit(0);
	}
	say(&(struct ym_camera_message){ .kind = kind, .fault = (enum ym_camera_fault)fault });
}

static void
turn(const struct ym_gray *g, int rotate, uint8_t *dst, struct ym_gray *ret)
{
	bool across = rotate % 180 != 0;

	*ret = (struct ym_gray){ dst, across ? g->h : g->w, across ? g->w : g->h };
	for (int y = 0; y < ret->h; y++)
		for (int x = 0; x < ret->w; x++) {
			int u = rotate == 90 ? y : rotate == 180 ? g->w - 1 - x : rotate == 270 ? g->w - 1 - y : x;
			int v = rotate == 90 ? g->h - 1 - x : rotate == 180 ? g->h - 1 - y : rotate == 270 ? x : y;

			dst[(size_t)y * (size_t)ret->w + (size_t)x] = g->p[(size_t)v * (size_t)g->w + (size_t)u];
		}
}

static void
measure(const struct ym_gray *g, struct ym_image *ret)
{
	ret->sharpness = ym_picture_sharpness(g);
	ret->brightness = ym_picture_brightness(g);
	ret->tilt = ym_picture_tilt(g);
}

static void
say_preview(const struct ym_gray *g, const struct ym_image *measured, int max_w, int max_h)
{
	static uint8_t small[YM_CAMERA_PREVIEW_W * YM_CAMERA_PREVIEW_H];
	struct ym_camera_message m = { .kind = 'V', .image = *measured };

	if (max_w > YM_CAMERA_PREVIEW_W)
		max_w = YM_CAMERA_PREVIEW_W;
	if (max_h > YM_CAMERA_PREVIEW_H)
		max_h = YM_CAMERA_PREVIEW_H;
	ym_picture_shrink(g, max_w, max_h, small, &m.image.width, &m.image.height);
	m.image.data = small;
	m.image.n = (size_t)m.image.width * (size_t)m.image.height;
	m.image.is_jpeg = false;
	say(&m);
}

/* -- the stream -- */

static void
try_open(void)
{
	struct ym_camera_message m = { .kind = 'R' };
	int fault = source->open(where, m.text);

	if (fault) {
		source->close();
		say_fault('N', fault);
		next_try = ym_clock_mono() + RETRY_MS;
		return;
	}
	is_open = true;
	say(&m);
}

static void
lose(int fault)
{
	source->stop();
	source->close();
	is_open = is_streaming = false;
	say_fault('N', fault);
	next_try = ym_clock_mono() + RETRY_MS;
}

static int
run_stream(bool on)
{
	int fault = YM_CAMERA_FINE;

	if (on && !is_streaming) {
		fault = source->start();
		is_streaming = !fault;
		n_frames = 0;
	} else if (!on && is_streaming) {
		source->stop();
		is_streaming = false;
	}
	return fault;
}

static void
step_preview(void)
{
	struct camera_frame f;
	struct ym_image measured = { 0 };
	YM_BUF pixels = { 0 };
	struct ym_gray g;
	int fault = run_stream(true);

	if (!fault)
		fault = source->next(200, &f);
	if (fault == YM_CAMERA_FINE) {
		n_frames++;
		if (ym_clock_mono() < next_preview)
			return;
		next_preview = ym_clock_mono() + PREVIEW_MS;
		fault = camera_jpeg_gray(&f, MEASURE_W, &pixels, &g.w, &g.h);
	}
	/* one bad frame among good ones is nothing to tell */
	if (fault == YM_CAMERA_BROKEN || fault == YM_CAMERA_DAMAGED || fault == YM_CAMERA_SILENT || fault == YM_CAMERA_TOO_LARGE)
		return;
	if (fault)
		return lose(fault);
	g.p = (const uint8_t *)pixels.data;
	measure(&g, &measured);
	say_preview(&g, &measured, YM_CAMERA_PREVIEW_W, YM_CAMERA_PREVIEW_H);
}

/* The fourth frame or a later one, whole and decodable, within the time. */
static int
good_frame(const struct ym_camera_message *order, struct ym_buf *jpeg, int *w, int *h, struct camera_frame *ret)
{
	int64_t until = ym_clock_mono() + SHOT_MS;
	int fault = run_stream(true), last = YM_CAMERA_SILENT;

	while (!fault && ym_clock_mono() < until) {
		int got = source->next((int)(until - ym_clock_mono()), ret);

		if (got == YM_CAMERA_FINE && n_frames++ >= SETTLING)
			got = (int)camera_jpeg_keep(ret, order->rotate, order->max_bytes, jpeg, w, h);
		else if (got == YM_CAMERA_FINE)
			continue;
		if (got == YM_CAMERA_FINE)
			return got;
		last = got;
		if (got == CAMERA_GONE || got == YM_CAMERA_IO || got == YM_CAMERA_TOO_LARGE)
			return got;
	}
	return fault ? fault : last;
}

static void
shoot(const struct ym_camera_message *order)
{
	struct ym_camera_message m = { .kind = 'I' };
	struct camera_frame f;
	struct ym_gray seen, g;
	YM_BUF jpeg = { 0 }, pixels = { 0 };
	YM_FREE uint8_t *turned = NULL;
	int fault = is_open ? good_frame(order, &jpeg, &m.image.width, &m.image.height, &f) : YM_CAMERA_IO;

	/* half the picture's width shows what is unsharp at its own size */
	if (!fault)
		fault = (int)camera_jpeg_gray(&f, f.w / 2, &pixels, &seen.w, &seen.h);
	if (fault) {
		say_fault('F', fault);
		return;
	}
	seen.p = (const uint8_t *)pixels.data;
	turned = ym_alloc((size_t)seen.w * (size_t)seen.h);
	turn(&seen, order->rotate, turned, &g);
	measure(&g, &m.image);
	m.image.data = (const uint8_t *)jpeg.data;
	m.image.n = jpeg.len;
	m.image.is_jpeg = true;
	say(&m);
	say_preview(&g, &m.image, YM_CAMERA_PREVIEW_W, YM_CAMERA_PREVIEW_H);
	explicit_bzero(turned, (size_t)seen.w * (size_t)seen.h);
	if (!wants_preview)
		run_stream(false);
}

static void
self_test(void)
{
	struct camera_frame f;
	YM_BUF jpeg = { 0 };
	int w, h, fault = is_open ? good_frame(&(struct ym_camera_message){ 0 }, &jpeg, &w, &h, &f) : YM_CAMERA_IO;

	say_fault('D', fault);
	if (!wants_preview)
		run_stream(false);
}

/* -- pictures without a camera -- */

static void
look(const struct ym_camera_message *m)
{
	const struct camera_frame f = { .data = m->data, .n = m->n, .is_jpeg = true };
	struct ym_image measured = { 0 };
	YM_BUF pixels = { 0 };
	struct ym_gray g;
	int fault = (int)camera_jpeg_gray(&f, MEASURE_W, &pixels, &g.w, &g.h);

	if (fault) {
		say_fault('F', fault);
		return;
	}
	g.p = (const uint8_t *)pixels.data;
	measure(&g, &measured);
	say_preview(&g, &measured, m->w, m->h);
}

/* Mean over the source's area for each pixel; enlarging repeats pixels, and the standard's size check tells of it. */
static void
scale(const struct ym_rgb *from, int x, int y, int w, int h, int to_w, int to_h, uint8_t *dst)
{
	for (int v = 0; v < to_h; v++)
		for (int u = 0; u < to_w; u++) {
			int x0 = x + u * w / to_w, x1 = x + (u + 1) * w / to_w, y0 = y + v * h / to_h, y1 = y + (v + 1) * h / to_h;
			long sum[3] = { 0 }, n = 0;

			x1 = x1 > x0 ? x1 : x0 + 1;
			y1 = y1 > y0 ? y1 : y0 + 1;
			for (int b = y0; b < y1; b++)
				for (int a = x0; a < x1; a++, n++)
					for (int c = 0; c < 3; c++)
						sum[c] += from->p[((size_t)b * (size_t)from->w + (size_t)a) * 3 + (size_t)c];
			for (int c = 0; c < 3; c++)
				dst[((size_t)v * (size_t)to_w + (size_t)u) * 3 + (size_t)c] = (uint8_t)(sum[c] / n);
		}
}

static void
gray_of(const struct ym_rgb *rgb, uint8_t *dst)
{
	for (long i = 0; i < (long)rgb->w * rgb->h; i++)
		dst[i] = (uint8_t)((rgb->p[i * 3] * 30 + rgb->p[i * 3 + 1] * 59 + rgb->p[i * 3 + 2] * 11) / 100);
}

static void
cut(const struct ym_camera_message *order)
{
	const struct ym_camera_cut *c = &order->cut;
	struct ym_camera_message m = { .kind = 'O' };
	YM_BUF pixels = { 0 }, jpeg = { 0 };
	struct ym_rgb whole, made = { NULL, c->w, c->h };
	struct ym_portrait at;
	size_t size = (size_t)c->w * c->h;
	YM_FREE uint8_t *out = ym_alloc(size * 3), *gray = ym_alloc(size);
	int x, y, w, h, fault = (int)camera_jpeg_rgb(order->data, order->n, 0, &pixels, &whole.w, &whole.h);

	if (!fault) {
		whole.p = (const uint8_t *)pixels.data;
		ym_portrait_look(&whole, &at);
		ym_portrait_cut(&whole, &at, c->w, c->h, c->head, c->top, &x, &y, &w, &h);
		scale(&whole, x, y, w, h, c->w, c->h, out);
		made.p = out;
		fault = (int)camera_jpeg_of_rgb(&made, c->dpi, (size_t)c->most_kb * 1024, &jpeg);
	}
	if (fault) {
		say_fault('F', fault);
		return;
	}
	ym_portrait_look(&made, &m.portrait);
	say(&m);
	gray_of(&made, gray);
	m = (struct ym_camera_message){ .kind = 'I', .image = { .data = (const uint8_t *)jpeg.data, .n = jpeg.len, .width = c->w, .height = c->h, .is_jpeg = true } };
	measure(&(struct ym_gray){ gray, c->w, c->h }, &m.image);
	/* a cut smaller than the standard has been enlarged: no measure of it means anything more than blur */
	if (w < c->w * 9 / 10)
		m.image.sharpness = 0;
	say(&m);
	say_preview(&(struct ym_gray){ gray, c->w, c->h }, &m.image, YM_CAMERA_PREVIEW_W, YM_CAMERA_PREVIEW_H);
	explicit_bzero(out, size * 3);
}

/* -- */

static void
obey(uint8_t kind, const struct ym_buf *data)
{
	struct ym_camera_message m;

	if (!ym_camera_wire_read(kind, (const uint8_t *)data->data, data->len, &m))
		_exit(1);
	switch (m.kind) {
	case 'P':
		wants_preview = m.on;
		if (!m.on)
			run_stream(false);
		break;
	case 'S':
		shoot(&m);
		break;
	case 'T':
		self_test();
		break;
	case 'L':
		look(&m);
		break;
	case 'C':
		cut(&m);
		break;
	default:
		_exit(1);
	}
}

static int
wait_ms(void)
{
	int64_t now = ym_clock_mono();

	if (!source)
		return -1;
	if (!is_open)
		return next_try > now ? (int)(next_try - now) : 0;
	return wants_preview ? 0 : -1;
}

int
main(int argc, char **argv)
{
	YM_BUF data = { .max = YM_CAMERA_MESSAGE_MAX };
	struct pollfd in = { STDIN_FILENO, POLLIN, 0 };
	uint8_t kind;

	ym_crypt_harden();
	ym_helper_begin();
	if (argc == 3 && ym_streq(argv[1], "--pictures")) {
		source = &camera_scene;
		where = argv[2];
	} else if (argc == 2 && argv[1][0] != '-') {
		source = &camera_v4l2;
		where = argv[1];
	} else if (argc != 2 || !ym_streq(argv[1], "--picture")) {
		fprintf(stderr, "yimen-camera NODE | --pictures FOLDER | --picture\n");
		return 2;
	}
	for (;;) {
		int ready = poll(&in, 1, wait_ms());

		if (ready > 0) {
			if (!ym_helper_read(&kind, &data, YM_CAMERA_MESSAGE_MAX))
				break;
			obey(kind, &data);
		} else if (source && !is_open && ym_clock_mono() >= next_try) {
			try_open();
		} else if (is_open && wants_preview) {
			step_preview();
		}
	}
	if (source) {
		source->stop();
		source->close();
	}
	return 0;
}
