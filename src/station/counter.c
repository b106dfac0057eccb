/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A hub without a station (yimen/counter.h). Turns its own loop; nothing of a desk is opened but its list of devices.
 */
#include "yimen/counter.h"

#include <signal.h>

#include "base/clock.h"
#include "base/file.h"
#include "device/player.h"
#include "station/private.h"
#include "yimen/admin.h"

#define TEST_MS 20000
#define REPLAY_MS 30000

struct counter {
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_device_ref testing;
	bool is_tested, is_over;
	struct ym_error result;
	struct ym_buf said;         /* replay: what the driver reported */
	ym_counter_line_fn line;
	void *user;
};

static void
say(struct counter *c, const char *what, const char *detail)
{
	char line[200];

	snprintf(line, sizeof line, "%s%s%s", what, *detail ? " " : "", detail);
	ym_buf_addf(&c->said, "%s\n", line);
	if (c->line)
		c->line(c->user, line);
}

static void
on_device(void *user, const struct ym_device_event *ev)
{
	static const char *const cards[] = {"unknown", "resident", "hmt", "foreign-2017", "foreign-2023"};
	struct counter *c = user;
	char detail[32] = "";

	switch (ev->kind) {
	case YM_DEVICE_TESTED:
		if (ev->ref.generation == c->testing.generation) {
			c->is_tested = true;
			c->result = *ev->err;
		}
		return say(c, "tested", ym_code_name(ev->err->code));
	case YM_DEVICE_CARD:
		return say(c, "card", cards[ev->card->kind]);
	case YM_DEVICE_CARD_FAILED:
		return say(c, "failed", ym_code_name(ev->err->code));
	case YM_DEVICE_CARD_LIFTED:
		return say(c, "lifted", "");
	case YM_DEVICE_SCANNED:
		snprintf(detail, sizeof detail, "%zu", ev->scan->n);
		return say(c, "scanned", detail);
	case YM_DEVICE_PRESSED:
		return say(c, "pressed", ""); /* which key is nobody's business */
	case YM_DEVICE_ORDERED:
		return say(c, "ordered", ym_code_name(ev->err ? ev->err->code : YM_OK));
	default:
		return;
	}
}

static void
close_counter(struct counter *c)
{
	ym_hub_free(c->hub);
	if (c->loop) {
		ym_loop_turn(c->loop, 0);
		ym_loop_free(c->loop);
	}
	ym_buf_release(&c->said);
}

static enum ym_code
open_counter(struct counter *c, const char *dir, const struct ym_hub_options *wish, struct ym_error *err)
{
	YM_FREE char *home = dir ? ym_strdup(dir) : ym_station_default_dir(false), *site = ym_asprintf("%s/devices.json", home);
	struct ym_hub_options opt = *wish;
	enum ym_code code = ym_loop_new(&c->loop, err);

	opt.site_rules = opt.no_udev ? NULL : site;
	if (!code)
		code = ym_hub_new(c->loop, &opt, &c->hub, err);
	if (code) {
		close_counter(c);
		return code;
	}
	ym_hub_listen(c->hub, on_device, c);
	if (!opt.no_udev)
		ym_station_ports_open(home, c->hub);
	return YM_OK;
}

static bool
is_busy(const struct counter *c)
{
	struct ym_device_info info;

	for (size_t i = 0; ym_hub_get(c->hub, i, &info); i++)
		if (info.state == YM_DEVICE_BUSY || (info.state == YM_DEVICE_ABSENT && !info.last_code))
			return true;
	return false;
}

static void
settle(struct counter *c, int wait_ms)
{
	int64_t stop = ym_clock_mono() + wait_ms;

	do
		ym_loop_turn(c->loop, 20);
	while (is_busy(c) && ym_clock_mono() < stop);
}

enum ym_code
ym_counter_list(const char *dir, int wait_ms, ym_counter_say_fn fn, void *user, struct ym_error *err)
{
	const struct ym_hub_options opt = {0};
	struct counter c = {0};
	struct ym_device_info info;
	enum ym_code code = open_counter(&c, dir, &opt, err);

	if (code)
		return code;
	settle(&c, wait_ms);
	for (size_t i = 0; ym_hub_get(c.hub, i, &info); i++)
		fn(user, &info);
	close_counter(&c);
	return YM_OK;
}

static bool
find(const struct counter *c, const char *which, struct ym_device_info *ret)
{
	enum ym_device_role role = ym_device_role_of(which);

	if (role != YM_ROLE_NONE)
		return ym_hub_role_device(c->hub, role, ret);
	for (size_t i = 0; ym_hub_get(c->hub, i, ret); i++)
		if (ym_streq(ret->identity, which))
			return true;
	return false;
}

enum ym_code
ym_counter_test(const char *dir, const char *which, struct ym_error *err)
{
	const struct ym_hub_options opt = {0};
	struct counter c = {0};
	struct ym_device_info info;
	enum ym_code code = open_counter(&c, dir, &opt, err);
	int64_t stop = ym_clock_mono() + TEST_MS;

	if (code)
		return code;
	settle(&c, 5000);
	if (!find(&c, which, &info))
		code = ym_fail_on(err, YM_NOTFOUND, N_("There is no such device at this counter: see yimen device list"), which, NULL);
	else
		code = ym_hub_test(c.hub, info.ref, err);
	c.testing = info.ref;
	while (!code && !c.is_tested && ym_clock_mono() < stop)
		ym_loop_turn(c.loop, 50);
	if (!code && !c.is_tested)
		code = ym_fail_on(err, YM_TIMEOUT, N_("The device did not finish its test"), which, NULL);
	else if (!code && c.result.code) {
		*err = c.result;
		code = c.result.code;
	}
	close_counter(&c);
	return code;
}

static void
on_signal(void *user, int signo)
{
	((struct counter *)user)->is_over = true;
}

enum ym_code
ym_counter_record(const char *dir, const char *folder, int seconds, bool in_clear, struct ym_error *err)
{
	const struct ym_hub_options opt = {.record_dir = folder, .record_test_cards = in_clear};
	struct counter c = {0};
	enum ym_code code = ym_file_mkdirs(folder, 0700, err);
	int64_t stop = ym_clock_mono() + (int64_t)seconds * 1000;
	ym_source signal;

	if (!code)
		code = open_counter(&c, dir, &opt, err);
	if (code)
		return code;
	signal = ym_loop_add_signal(c.loop, "interrupt", SIGINT, on_signal, &c);
	for (enum ym_device_role role = YM_ROLE_NONE + 1; role < YM_N_ROLES; role++)
		ym_hub_arm(c.hub, role, true);
	while (!c.is_over && ym_clock_mono() < stop)
		ym_loop_turn(c.loop, 100);
	ym_loop_remove(c.loop, signal);
	close_counter(&c);
	return YM_OK;
}

/* "idcard-serial" and the like: the role that the driver is for. Every driver of bytes is played on a line. */
static enum ym_device_role
role_of_driver(const char *driver)
{
	char role[32];

	ym_strlcpy(role, driver, sizeof role);
	role[strcspn(role, "-")] = 0;
	return ym_device_role_of(role);
}

enum ym_code
ym_counter_replay(const char *path, ym_counter_line_fn line, void *user, struct ym_error *err)
{
	const struct ym_hub_options opt = {.no_udev = true, .timing = {.poll_ms = 1, .settle_ms = 1, .retry_ms = 2}, .reopen_ms = 60000};
	struct counter c = {.line = line, .user = user};
	struct ym_player *player = NULL;
	struct ym_hub_port port = {.identity = "replay"};
	int64_t stop = ym_clock_mono() + REPLAY_MS;
	enum ym_code code = open_counter(&c, NULL, &opt, err);

	if (code)
		return code;
	code = ym_player_new(c.loop, path, &player, err);
	if (!code) {
		port.path = ym_player_path(player);
		port.role = role_of_driver(ym_player_driver(player));
		if (port.role == YM_ROLE_NONE)
			code = ym_fail_on(err, YM_INVALID, N_("The transcript names a driver that this version does not have"), path, "%s",
				ym_player_driver(player));
	}
	if (!code) {
		ym_hub_arm(c.hub, port.role, true);
		code = ym_hub_add_port(c.hub, &port, NULL, err);
	}
	while (!code && !(ym_player_is_over(player) && ym_streq(ym_buf_str(&c.said), ym_player_expected(player))) &&
		!ym_player_complaint(player) && ym_clock_mono() < stop) {
		if (ym_player_is_over(player) && stop > ym_clock_mono() + 1000)
			stop = ym_clock_mono() + 1000; /* what it still has to report */
		ym_loop_turn(c.loop, 20);
	}
	if (!code && ym_player_complaint(player))
		code = ym_fail_on(err, YM_CONFLICT, N_("The driver does not speak as it was recorded"), ym_player_complaint(player), "%s", path);
	else if (!code && !ym_streq(ym_buf_str(&c.said), ym_player_expected(player)))
		code = ym_fail_on(err, YM_CONFLICT, N_("The driver does not report what the transcript says"), path, NULL);
	ym_player_free(player);
	close_counter(&c);
	return code;
}
