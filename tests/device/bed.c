/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See bed.h.
 */
#include "device/bed.h"

#include "base/clock.h"
#include "base/mem.h"

#define LONG_STOP_MS 10000

static char folder[64], link_path[96];

static void
log_line(struct bed *b, const char *what, const char *arg)
{
	size_t n = strlen(b->log);

	snprintf(b->log + n, sizeof b->log - n, "%s%s%s\n", what, *arg ? " " : "", arg);
}

static void
on_event(void *user, const struct ym_device_event *ev)
{
	static const char *const kinds[] = {"unknown", "resident", "hmt", "foreign-2017", "foreign-2023"};
	struct bed *b = user;

	switch (ev->kind) {
	case YM_DEVICE_CHANGED:
		b->n_changed++;
		if (b->disarm_on_busy && bed_state(b) == YM_DEVICE_BUSY && bed_info(b).has_card)
			ym_hub_arm(b->hub, YM_ROLE_IDCARD, false);
		break;
	case YM_DEVICE_CARD:
		b->n_cards++;
		b->card = *ev->card;
		log_line(b, "card", kinds[ev->card->kind]);
		break;
	case YM_DEVICE_CARD_FAILED:
		b->n_failed++;
		b->failed = *ev->err;
		log_line(b, "failed", ym_code_name(ev->err->code));
		break;
	case YM_DEVICE_CARD_LIFTED:
		b->n_lifted++;
		log_line(b, "lifted", "");
		break;
	case YM_DEVICE_TESTED:
		b->n_tested++;
		b->tested = *ev->err;
		log_line(b, "tested", ym_code_name(ev->err->code));
		break;
	default: /* what other kinds of device say */
		break;
	}
}

struct ym_driver_timing
bed_timing(void)
{
	return (struct ym_driver_timing){.reply_ms = 2000, .read_ms = 3000, .poll_ms = 1, .settle_ms = 1, .retry_ms = 2};
}

void
bed_up_bare(struct bed *b, const char *path, const struct ym_hub_options *opt)
{
	memset(b, 0, sizeof *b);
	if (ym_loop_new(&b->loop, NULL) || ym_hub_new(b->loop, opt, &b->hub, NULL))
		abort();
	ym_hub_listen(b->hub, on_event, b);
	if (path && ym_hub_add_port(b->hub, &(struct ym_hub_port){.path = path, .role = YM_ROLE_IDCARD, .identity = "test:reader"}, &b->ref, NULL))
		abort();
}

void
bed_up(struct bed *b, const struct ym_sim_options *sim, const struct ym_driver_timing *timing)
{
	const struct ym_sim_options fastest = {.chunk = 400, .chunk_ms = -1, .card_ms = -1};
	struct ym_sim_options opt = sim ? *sim : fastest;
	const struct ym_hub_options hub = {.no_udev = true, .timing = timing ? *timing : bed_timing(), .reopen_ms = 2};

	strcpy(folder, "/tmp/ym-bed-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	snprintf(link_path, sizeof link_path, "%s/reader", folder);
	opt.link = link_path;
	bed_up_bare(b, link_path, &hub);
	if (ym_sim_reader_new(b->loop, &opt, &b->sim, NULL))
		abort();
}

void
bed_down(struct bed *b)
{
	ym_hub_free(b->hub);
	ym_sim_reader_free(b->sim);
	ym_loop_turn(b->loop, 0);
	ym_loop_free(b->loop);
	ym_card_release(&b->card);
	if (folder[0])
		rmdir(folder);
	folder[0] = 0;
}

bool
bed_until(struct bed *b, bool (*done)(struct bed *b))
{
	int64_t stop = ym_clock_mono() + LONG_STOP_MS;

	while (!done(b)) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(b->loop, 50);
	}
	return true;
}

static enum ym_device_state wanted;

static bool
is_wanted(struct bed *b)
{
	return bed_state(b) == wanted;
}

bool
bed_until_state(struct bed *b, enum ym_device_state state)
{
	wanted = state;
	return bed_until(b, is_wanted);
}

void
bed_idle(struct bed *b, int ms)
{
	int64_t stop = ym_clock_mono() + ms;

	while (ym_clock_mono() < stop)
		ym_loop_turn(b->loop, 2);
}

enum ym_device_state
bed_state(struct bed *b)
{
	return ym_hub_role_state(b->hub, YM_ROLE_IDCARD);
}

struct ym_device_info
bed_info(struct bed *b)
{
	struct ym_device_info info = {0};

	ym_hub_get(b->hub, 0, &info);
	return info;
}

bool
bed_has_card(struct bed *b)
{
	return b->n_cards > 0;
}

bool
bed_has_failed(struct bed *b)
{
	return b->n_failed > 0;
}

bool
bed_has_lifted(struct bed *b)
{
	return b->n_lifted > 0;
}

bool
bed_has_tested(struct bed *b)
{
	return b->n_tested > 0;
}
