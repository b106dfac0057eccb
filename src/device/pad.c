/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See pad.h. The end of a signature is the pen's rest: no pad has a key that every citizen finds.
 */
#include "device/pad.h"

#include "base/clock.h"
#include "base/mem.h"

#define TELL_MS 60 /* between two looks at what is being drawn */

void
ym_pad_init(struct ym_pad *p, const struct ym_driver_host *host, const char *about, int width, int height, int seconds, int idle_ms,
	void (*on_end)(void *user, bool signed_it), void *user)
{
	*p = (struct ym_pad){.host = host, .about = about, .width = width, .height = height, .seconds = seconds, .idle_ms = idle_ms,
		.on_end = on_end, .user = user};
	if (host->timing.read_ms > 0)
		p->seconds = 0; /* tests: read_ms is the limit */
	if (host->timing.settle_ms > 0)
		p->idle_ms = host->timing.settle_ms;
}

static void
forget(struct ym_pad *p)
{
	ym_loop_remove(p->host->loop, p->limit);
	ym_loop_remove(p->host->loop, p->rest);
	p->limit = p->rest = 0;
	if (p->points)
		explicit_bzero(p->points, YM_PAD_POINTS * sizeof *p->points);
	free(p->points);
	p->points = NULL;
	p->n = p->n_touching = 0;
	p->is_down = p->is_asking = false;
}

void
ym_pad_release(struct ym_pad *p)
{
	if (p->host)
		forget(p);
}

void
ym_pad_tell(struct ym_pad *p, enum ym_device_state state, const struct ym_error *err)
{
	p->host->fn(p->host->user, &(struct ym_driver_event){.kind = YM_DRIVER_STATE, .state = state, .err = err, .about = p->about});
}

static void
end(struct ym_pad *p, const struct ym_error *err)
{
	const struct ym_driver_host *host = p->host;
	struct ym_driver_event ev = {.kind = YM_DRIVER_ORDERED, .order = p->order, .err = err};

	forget(p);
	if (p->on_end)
		p->on_end(p->user, err->code == YM_OK);
	if (err->code != YM_GONE)
		ym_pad_tell(p, YM_DEVICE_READY, NULL);
	host->fn(host->user, &ev);
}

static void
tell_strokes(struct ym_pad *p, enum ym_driver_event_kind kind)
{
	struct ym_strokes strokes = {p->points, p->n, p->width, p->height, p->has_pressure};

	p->host->fn(p->host->user, &(struct ym_driver_event){.kind = kind, .strokes = &strokes, .order = p->order});
}

static void
finish(struct ym_pad *p)
{
	struct ym_error fine = {0};

	ym_loop_remove(p->host->loop, p->limit);
	ym_loop_remove(p->host->loop, p->rest);
	p->limit = p->rest = 0;
	tell_strokes(p, YM_DRIVER_SIGNED);
	end(p, &fine);
}

static void
on_rest(void *user)
{
	struct ym_pad *p = user;

	p->rest = 0;
	if (p->n_touching >= YM_PAD_DOT)
		return finish(p);
	p->n = p->n_touching = 0;
}

static void
on_limit(void *user)
{
	struct ym_pad *p = user;
	struct ym_error err;

	p->limit = 0;
	if (!p->is_down && p->n_touching >= YM_PAD_DOT)
		return finish(p);
	ym_fail(&err, YM_TIMEOUT, N_("The citizen has not signed on the pad: ask again, or sign on paper"), "limit");
	end(p, &err);
}

enum ym_code
ym_pad_ask(struct ym_pad *p, uint32_t order, struct ym_error *err)
{
	if (p->is_asking)
		return ym_fail(err, YM_BUSY, N_("The citizen is signing on the pad"), "asking");
	p->is_asking = true;
	p->order = order;
	p->points = ym_realloc_array(NULL, YM_PAD_POINTS, sizeof *p->points);
	p->n = p->n_touching = 0;
	p->began_ms = p->told_ms = 0;
	p->limit = ym_loop_add_timer(p->host->loop, "signature pad", p->seconds ? p->seconds * 1000 : p->host->timing.read_ms, on_limit, p);
	return YM_OK;
}

static uint16_t
inside(int v, int max)
{
	return (uint16_t)(v < 0 ? 0 : v > max ? max : v);
}

void
ym_pad_point(struct ym_pad *p, int x, int y, int pressure)
{
	int64_t now = ym_clock_mono();
	struct ym_error err;

	/* Hovering before the first touch is no part of it. */
	if (!p->is_asking || (!pressure && !p->is_down))
		return;
	if (p->n == YM_PAD_POINTS) {
		ym_fail(&err, YM_INVALID, N_("The signature does not end: ask again, or sign on paper"), "too many points");
		return end(p, &err);
	}
	if (!p->n)
		p->began_ms = now;
	p->points[p->n++] = (struct ym_stroke_point){inside(x, p->width), inside(y, p->height), inside(pressure, 65535), (uint32_t)(now - p->began_ms)};
	p->n_touching += pressure > 0;
	p->is_down = pressure > 0;
	ym_loop_remove(p->host->loop, p->rest);
	p->rest = p->is_down ? 0 : ym_loop_add_timer(p->host->loop, "signature pad", p->idle_ms, on_rest, p);
	if (p->is_down && now - p->told_ms < TELL_MS)
		return;
	p->told_ms = now;
	tell_strokes(p, YM_DRIVER_DRAWING);
}

void
ym_pad_cancel(struct ym_pad *p)
{
	struct ym_error err;

	if (!p->is_asking)
		return;
	ym_fail(&err, YM_CANCELLED, N_("The asking was taken back"), "cancel");
	end(p, &err);
}

void
ym_pad_spoilt(struct ym_pad *p)
{
	struct ym_error err;

	if (!p->is_asking || !p->n)
		return;
	ym_fail(&err, YM_IO, N_("A part of the signature was lost on its way from the pad: ask again"), "dropped");
	end(p, &err);
}

void
ym_pad_lost(struct ym_pad *p)
{
	const struct ym_driver_host *host = p->host;
	struct ym_error err;

	if (p->is_asking) {
		ym_fail(&err, YM_GONE, N_("The signature pad was unplugged while the citizen signed: plug it in and ask again, or sign on paper"), "hang-up");
		end(p, &err);
	} else {
		ym_fail(&err, YM_GONE, N_("The signature pad was unplugged"), "hang-up");
	}
	host->fn(host->user, &(struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}
