/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A stand-in camera: what lies under it is told by FOLDER/scene.json and drawn here, or read from a picture in that folder.
 * For practice and tests; it comes out as MJPEG or YUYV and goes the way of any camera's frames. Not a stand-in for a real
 * person's papers or face: pages carry strokes that no one can read, the person is a schematic figure.
 * Invariant: the same scene gives the same picture.
 *
 * {"show":"empty"|"page"|"person", "tilt":degrees, "light":percent, "blur":pixels, "seed":n, "width","height",
 *  "format":"mjpeg"|"yuyv", "background":"d8d8d8", "aside":percent of the width, "file":"x.jpg",
 *  "fault":"format"|"silent"|"broken"|"gone"|"cut"|"hang"}
 */
#include <math.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "helpers/camera_jpeg.h"

#define SIDE_MAX 6000

static struct {
	char *path, *dir;
	struct stat seen;
	json_t *json;
	struct ym_buf rgb, frame;
	int w, h;
	bool is_jpeg, is_running;
} scene;

static double
number(const char *key, double otherwise)
{
	const json_t *v = json_object_get(scene.json, key);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

static uint32_t
hash(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t x = a * 0x9E3779B1u ^ b * 0x85EBCA77u ^ c * 0xC2B2AE3Du;

	x ^= x >> 15;
	x *= 0x2C1B3C6Du;
	return x ^ x >> 13;
}

/* -- a page: 210 x 297 units, lines of strokes that look like print -- */

static int
page_at(double u, double v, uint32_t seed)
{
	double line = (v - 52) / 6.2, column = (u - 22) / 4.4, fx, fy;
	uint32_t glyph;
	int row = (int)floor(line), col = (int)floor(column);

	if (u < 0 || u > 210 || v < 0 || v > 297)
		return -1;
	if (v > 26 && v < 38 && u > 55 && u < 155) { /* a heading: bars */
		fx = fmod(u - 55, 14);
		fy = (v - 26) / 12;
		return fx < 11 && (fmod(fx, 4) < 1.5 || fabs(fy - 0.2) < 0.09 || fabs(fy - 0.8) < 0.09) ? 20 : 244;
	}
	if (hypot(u - 160, v - 250) < 20 && hypot(u - 160, v - 250) > 18)
		return 90; /* a seal */
	if (row < 0 || row > 34 || col < 0 || col > 36 || col > (int)(20 + hash(seed, (uint32_t)row, 7) % 17) || row % 7 == 6)
		return 244;
	fx = column - col;
	fy = line - row;
	if (fx > 0.84 || fy > 0.62)
		return 244;
	glyph = hash(seed, (uint32_t)row, (uint32_t)col);
	if (glyph >> ((int)(fy / 0.125) & 7) & 1 && fmod(fy, 0.125) < 0.07)
		return 35;
	return glyph >> (8 + ((int)(fx / 0.17) & 7)) & 1 && fmod(fx, 0.17) < 0.08 ? 35 : 244;
}

static void
page_pixel(double x, double y, double out[3])
{
	double turn = -number("tilt", 0) * M_PI / 180, scale = 297 / (scene.h * 0.9);
	double dx = (x - scene.w * (0.5 + number("aside", 0) / 100)) * scale, dy = (y - scene.h / 2.0) * scale;
	int v = page_at(105 + dx * cos(turn) - dy * sin(turn), 148.5 + dx * sin(turn) + dy * cos(turn), (uint32_t)number("seed", 1));

	out[0] = out[1] = out[2] = v < 0 ? 52 : v;
	if (v == 90) { /* red ink */
		out[0] = 200;
		out[1] = out[2] = 60;
	}
}

/* -- a person: crown, head, neck, shoulders -- */

static void
person_pixel(double x, double y, double out[3])
{
	static const double skin[3] = { 226, 186, 158 }, hair[3] = { 38, 32, 30 }, coat[3] = { 44, 62, 96 };
	const char *background = ym_json_str_or(scene.json, "background", "f4f4f4");
	double u = (x - scene.w * (0.5 + number("aside", 0) / 100)) / scene.h, v = y / scene.h;
	unsigned ground = (unsigned)strtoul(background, NULL, 16);
	const double *is = NULL;
	double face = hypot(u / 0.165, (v - 0.42) / 0.225);

	if (face < 1)
		is = v < 0.30 || hypot(u / 0.165, (v - 0.36) / 0.2) > 1 ? hair : skin;
	if (face < 1 && v > 0.38 && v < 0.40 && fabs(fabs(u) - 0.065) < 0.018)
		is = hair; /* eyes */
	if (face < 1 && v > 0.53 && v < 0.54 && fabs(u) < 0.05)
		is = hair; /* mouth */
	if (!is && fabs(u) < 0.085 && v > 0.6 && v < 0.78)
		is = skin;
	if (v > 0.72 + u * u * 1.1 && fabs(u) < 0.42)
		is = coat;
	for (int c = 0; c < 3; c++)
		out[c] = is ? is[c] : ground >> (16 - 8 * c) & 0xFF;
}

static void
nothing_pixel(double x, double y, double out[3])
{
	out[0] = out[1] = out[2] = 52 + (int)(x / 40 + y / 55) % 2;
}

static void
draw(void)
{
	const char *show = ym_json_str_or(scene.json, "show", "empty");
	void (*pixel)(double, double, double[3]) = ym_streq(show, "page") ? page_pixel : ym_streq(show, "person") ? person_pixel : nothing_pixel;
	static const double within[][2] = { { 0.25, 0.25 }, { 0.75, 0.75 }, { 0.75, 0.25 }, { 0.25, 0.75 } };
	double light = number("light", 100) / 100;
	size_t size = (size_t)scene.w * (size_t)scene.h * 3;
	YM_FREE uint8_t *p = ym_alloc(size);

	for (int y = 0; y < scene.h; y++)
		for (int x = 0; x < scene.w; x++) {
			double sum[3] = { 0 }, one[3];

			for (size_t i = 0; i < YM_ARRAY_LEN(within); i++) {
				pixel(x + within[i][0], y + within[i][1], one);
				for (int c = 0; c < 3; c++)
					sum[c] += one[c];
			}
			for (int c = 0; c < 3; c++)
				p[((size_t)y * (size_t)scene.w + (size_t)x) * 3 + (size_t)c] = (uint8_t)fmin(255, sum[c] / 4 * light);
		}
	ym_buf_clear(&scene.rgb);
	scene.rgb.max = size + 1;
	ym_buf_add(&scene.rgb, p, size);
}

/* Sliding mean along rows, then along columns. */
static void
blur_line(uint8_t *p, int n, size_t step, int radius)
{
	YM_FREE uint8_t *copy = ym_alloc((size_t)n);

	for (int i = 0; i < n; i++)
		copy[i] = p[(size_t)i * step];
	for (int i = 0; i < n; i++) {
		int from = i - radius < 0 ? 0 : i - radius, to = i + radius >= n ? n - 1 : i + radius, sum = 0;

		for (int k = from; k <= to; k++)
			sum += copy[k];
		p[(size_t)i * step] = (uint8_t)(sum / (to - from + 1));
	}
}

static void
blur(int radius)
{
	uint8_t *p = (uint8_t *)scene.rgb.data;

	for (int c = 0; radius > 0 && c < 3; c++) {
		for (int y = 0; y < scene.h; y++)
			blur_line(p + (size_t)y * (size_t)scene.w * 3 + c, scene.w, 3, radius);
		for (int x = 0; x < scene.w; x++)
			blur_line(p + (size_t)x * 3 + c, scene.h, (size_t)scene.w * 3, radius);
	}
}

static void
make_yuyv(void)
{
	const uint8_t *p = (const uint8_t *)scene.rgb.data;
	size_t pairs = (size_t)scene.w / 2 * (size_t)scene.h;

	ym_buf_clear(&scene.frame);
	scene.frame.max = pairs * 4 + 1;
	for (size_t i = 0; i < pairs; i++, p += 6) {
		int y0 = (p[0] * 30 + p[1] * 59 + p[2] * 11) / 100, y1 = (p[3] * 30 + p[4] * 59 + p[5] * 11) / 100, y = (y0 + y1) / 2;
		const uint8_t out[4] = { (uint8_t)y0, (uint8_t)(128 + ((p[2] + p[5]) / 2 - y) * 56 / 100), (uint8_t)y1,
			(uint8_t)(128 + ((p[0] + p[3]) / 2 - y) * 71 / 100) };

		ym_buf_add(&scene.frame, out, sizeof out);
	}
}

static int
load_file(const char *name)
{
	YM_FREE char *path = ym_asprintf("%s/%s", scene.dir, name);

	ym_buf_clear(&scene.frame);
	scene.frame.max = 0;
	scene.is_jpeg = true;
	switch (ym_file_read(path, YM_CAMERA_FRAME_MAX, &scene.frame, NULL)) {
	case YM_OK:
		return YM_CAMERA_FINE;
	case YM_INVALID:
		return YM_CAMERA_TOO_LARGE;
	default:
		return YM_CAMERA_IO;
	}
}

/* The scene as it is now; drawn again only when its file has changed. */
static int
refresh(void)
{
	struct stat st = { 0 };
	const char *file;

	if (stat(scene.path, &st) && scene.frame.len)
		return YM_CAMERA_FINE;
	if (scene.frame.len && st.st_mtim.tv_sec == scene.seen.st_mtim.tv_sec && st.st_mtim.tv_nsec == scene.seen.st_mtim.tv_nsec &&
		st.st_ino == scene.seen.st_ino)
		return YM_CAMERA_FINE;
	scene.seen = st;
	json_decref(scene.json);
	scene.json = NULL;
	if (ym_json_load(scene.path, &scene.json, NULL))
		scene.json = json_object();
	scene.w = (int)fmin(SIDE_MAX, fmax(16, number("width", 1600))) & ~1;
	scene.h = (int)fmin(SIDE_MAX, fmax(16, number("height", 1200)));
	scene.is_jpeg = !ym_streq(ym_json_str(scene.json, "format"), "yuyv");
	file = ym_json_str(scene.json, "file");
	if (*file && !strchr(file, '/'))
		return load_file(file);
	draw();
	blur((int)number("blur", 0));
	if (!scene.is_jpeg) {
		make_yuyv();
		return YM_CAMERA_FINE;
	}
	const struct ym_rgb rgb = { (const uint8_t *)scene.rgb.data, scene.w, scene.h };

	ym_buf_clear(&scene.frame);
	return camera_jpeg_of_rgb(&rgb, 0, 0, &scene.frame);
}

static bool
has_fault(const char *name)
{
	return ym_streq(ym_json_str(scene.json, "fault"), name);
}

static int
open_folder(const char *where, char about[64])
{
	int fault;

	scene.dir = ym_strdup(where);
	scene.path = ym_asprintf("%s/scene.json", where);
	if (!ym_file_exists(where))
		return CAMERA_GONE;
	fault = refresh();
	if (has_fault("hang"))
		for (;;)
			pause();
	if (has_fault("format"))
		return YM_CAMERA_NO_FORMAT;
	snprintf(about, 64, "stand-in %dx%d %s", scene.w, scene.h, scene.is_jpeg ? "MJPEG" : "YUYV");
	return fault == YM_CAMERA_TOO_LARGE ? YM_CAMERA_FINE : fault;
}

static int
start(void)
{
	scene.is_running = true;
	return YM_CAMERA_FINE;
}

static void
stop(void)
{
	scene.is_running = false;
}

/* A frame every fortieth of a second; one comes at once, the rest of the time nothing does. */
static int
next(int timeout_ms, struct camera_frame *ret)
{
	int fault = refresh();

	usleep((useconds_t)(timeout_ms < 25 ? timeout_ms : 25) * 1000);
	if (!ym_file_exists(scene.dir) || has_fault("gone"))
		return CAMERA_GONE;
	if (has_fault("cut")) { /* pulled out in the middle of a frame */
		if (write(STDOUT_FILENO, "I\0\1\0\0\xFF\xD8", 7) < 0)
			_exit(2);
		_exit(1);
	}
	if (has_fault("silent")) {
		usleep((useconds_t)timeout_ms * 1000);
		return YM_CAMERA_SILENT;
	}
	if (fault || has_fault("broken"))
		return fault ? fault : YM_CAMERA_BROKEN;
	*ret = (struct camera_frame){ .data = (const uint8_t *)scene.frame.data, .n = scene.frame.len, .w = scene.w, .h = scene.h,
		.is_jpeg = scene.is_jpeg, .stride = scene.w * 2 };
	return YM_CAMERA_FINE;
}

static void
close_folder(void)
{
	json_decref(scene.json);
	ym_buf_release(&scene.rgb);
	ym_buf_release(&scene.frame);
	free(scene.path);
	free(scene.dir);
	memset(&scene, 0, sizeof scene);
}

const struct camera_source camera_scene = { .open = open_folder, .start = start, .stop = stop, .next = next, .close = close_folder };
