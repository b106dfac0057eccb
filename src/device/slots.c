/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Slots and their sessions (slots.h). What a driver says becomes an event for the screens here.
 */
#include "device/slots.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "device/recorder.h"

/* udev may be faster than the line's own hang-up, and only the driver knows how far an order had come. */
#define LINGER_MS 300

static void on_timer(void *user);

void
ym_slots_tell(struct ym_slots *t, struct ym_device_event ev)
{
	if (t->fn)
		t->fn(t->user, &ev);
}

static void
tell_changed(struct ym_slot *s)
{
	ym_slots_tell(s->table, (struct ym_device_event){.kind = YM_DEVICE_CHANGED, .ref = s->info.ref});
}

static void
set_error(struct ym_slot *s, const struct ym_error *err)
{
	s->info.last_code = err->code;
	s->info.last_msgid = err->msgid;
	s->info.last_at = ym_clock_wall();
	ym_diag_error(s->info.identity, err);
}

static void
set_timer(struct ym_slot *s, int ms)
{
	ym_loop_remove(s->table->loop, s->timer);
	s->timer = ym_loop_add_timer(s->table->loop, "device", ms, on_timer, s);
}

void
ym_slots_init(struct ym_slots *t, struct ym_loop *loop, const struct ym_hub_options *opt)
{
	*t = (struct ym_slots){.loop = loop, .timing = opt->timing, .reopen_ms = opt->reopen_ms > 0 ? opt->reopen_ms : 1000,
		.record_dir = ym_strdup(opt->record_dir), .record_test_cards = opt->record_test_cards};
}

/* -- sessions -- */

static void
close_session(struct ym_slot *s)
{
	if (s->session)
		s->driver->close(s->session);
	s->session = NULL;
	s->is_over = false;
	ym_recorder_close(s->recorder);
	s->recorder = NULL;
}

static void
release_slot(struct ym_slot *s)
{
	close_session(s);
	ym_loop_remove(s->table->loop, s->timer);
	free(s->syspath);
	free(s->node);
	free(s->subsystem);
	free(s->profile);
	memset(s, 0, sizeof *s);
}

/* Every order and every test has an end, also of a device whose driver could not tell it. */
static void
end_what_runs(struct ym_slot *s)
{
	struct ym_device_event ev = {.ref = s->info.ref, .order = s->order};
	bool was_testing = s->is_testing;
	struct ym_error err;

	ym_fail(&err, YM_GONE, N_("The device is not plugged in"), "udev remove");
	ev.err = &err;
	s->is_testing = false;
	s->order = 0;
	if (was_testing) {
		ev.kind = YM_DEVICE_TESTED;
		ym_slots_tell(s->table, ev);
	}
	if (!ev.order)
		return;
	if (s->order_kind == YM_ORDER_PRINT)
		ym_fail(&err, YM_CONFLICT, N_("The receipt printer was unplugged before it said that the paper came out: look, and answer"), "udev remove");
	ev.kind = YM_DEVICE_ORDERED;
	ym_slots_tell(s->table, ev);
}

void
ym_slots_release(struct ym_slots *t)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (t->slots[i].is_used)
			release_slot(&t->slots[i]);
	free(t->record_dir);
}

void
ym_slots_forget(struct ym_slot *s)
{
	struct ym_slots *t = s->table;
	struct ym_device_ref ref = s->info.ref;

	s->is_leaving = true; /* the listener gives it nothing more */
	end_what_runs(s);
	release_slot(s);
	ym_slots_tell(t, (struct ym_device_event){.kind = YM_DEVICE_CHANGED, .ref = ref});
}

static void
on_state(struct ym_slot *s, const struct ym_driver_event *ev)
{
	struct ym_device_info before = s->info;

	s->info.state = ev->state;
	s->info.has_card = ev->has_card;
	if (ev->about)
		ym_strlcpy(s->info.about, ev->about, sizeof s->info.about);
	if (ev->state == YM_DEVICE_READY)
		s->was_ready = true;
	if (ev->err)
		set_error(s, ev->err);
	if (!s->is_certain && !s->was_ready && ev->state == YM_DEVICE_ATTENTION)
		ym_slots_dismiss(s); /* only a guess, and nothing answered: not ours */
	if (memcmp(&before, &s->info, sizeof before))
		tell_changed(s);
}

static void
on_driver(void *user, const struct ym_driver_event *ev)
{
	struct ym_slot *s = user;
	struct ym_device_event out = {.ref = s->info.ref, .card = ev->card, .err = ev->err, .scan = ev->scan,
		.image = ev->image, .strokes = ev->strokes, .finger = ev->finger, .grade = ev->grade, .order = ev->order};

	switch (ev->kind) {
	case YM_DRIVER_STATE:
		return on_state(s, ev);
	case YM_DRIVER_CARD:
		s->info.has_card = true;
		out.kind = YM_DEVICE_CARD;
		break;
	case YM_DRIVER_FAILED:
		set_error(s, ev->err);
		out.kind = YM_DEVICE_CARD_FAILED;
		break;
	case YM_DRIVER_LIFTED:
		s->info.has_card = false;
		out.kind = YM_DEVICE_CARD_LIFTED;
		break;
	case YM_DRIVER_TESTED:
		s->is_testing = false;
		out.kind = YM_DEVICE_TESTED;
		break;
	case YM_DRIVER_SCANNED:
		out.kind = YM_DEVICE_SCANNED;
		break;
	case YM_DRIVER_IMAGE:
		out.kind = YM_DEVICE_IMAGE;
		break;
	case YM_DRIVER_PREVIEW:
		out.kind = YM_DEVICE_PREVIEW;
		break;
	case YM_DRIVER_DRAWING:
		out.kind = YM_DEVICE_DRAWING;
		break;
	case YM_DRIVER_SIGNED:
		out.kind = YM_DEVICE_SIGNED;
		break;
	case YM_DRIVER_PRESSED:
		out.kind = YM_DEVICE_PRESSED;
		break;
	case YM_DRIVER_FINGER:
		out.kind = YM_DEVICE_FINGER;
		break;
	case YM_DRIVER_ORDERED:
		s->order = s->order == ev->order ? 0 : s->order;
		if (ev->err && ev->err->code)
			set_error(s, ev->err);
		out.kind = YM_DEVICE_ORDERED;
		break;
	case YM_DRIVER_GONE:
		/* It may also be there and not to be opened: then a person is needed. */
		s->info.state = ev->err->code == YM_GONE ? YM_DEVICE_ABSENT : YM_DEVICE_ATTENTION;
		s->info.has_card = false;
		s->is_over = true;
		set_error(s, ev->err);
		set_timer(s, 0);
		out.kind = YM_DEVICE_CHANGED;
		out.err = NULL;
		break;
	}
	ym_slots_tell(s->table, out);
}

static void
open_recorder(struct ym_slot *s)
{
	struct ym_slots *t = s->table;
	YM_FREE char *path = NULL;
	struct ym_error err;

	if (!t->record_dir)
		return;
	path = ym_asprintf("%s/%s-%lld-%u.txt", t->record_dir, s->driver->name, (long long)ym_clock_wall(),
		s->info.ref.slot);
	if (ym_recorder_open(path, s->driver->name, t->record_test_cards, &s->recorder, &err))
		ym_diag_error("recorder", &err);
}

static void
open_session(struct ym_slot *s)
{
	struct ym_slots *t = s->table;
	struct ym_driver_host host;
	struct ym_device_info before = s->info;
	struct ym_error err;

	open_recorder(s);
	host = (struct ym_driver_host){.loop = t->loop, .node = s->node, .profile = s->profile, .timing = t->timing, .recorder = s->recorder,
		.fn = on_driver, .user = s};
	if (s->driver->open(&host, &s->session, &err) == YM_OK) {
		s->info.state = YM_DEVICE_BUSY;
		if (t->is_armed[s->info.role])
			s->driver->start(s->session);
	} else {
		close_session(s);
		s->info.state = err.code == YM_GONE ? YM_DEVICE_ABSENT : YM_DEVICE_ATTENTION;
		if (err.code != before.last_code || err.msgid != before.last_msgid)
			set_error(s, &err);
		set_timer(s, t->reopen_ms);
	}
	if (before.state != s->info.state || before.last_msgid != s->info.last_msgid)
		tell_changed(s);
}

static void
on_timer(void *user)
{
	struct ym_slot *s = user;

	s->timer = 0;
	if (s->is_leaving)
		return ym_slots_forget(s);
	if (s->is_over) {
		close_session(s);
		set_timer(s, s->table->reopen_ms); /* udev may say "remove" before; a line may also come back */
	} else if (!s->session && s->driver) {
		open_session(s);
	}
}

/* -- the table -- */

struct ym_slot *
ym_slots_find(const struct ym_slots *t, struct ym_device_ref ref)
{
	const struct ym_slot *s = ref.slot < YM_HUB_MAX ? &t->slots[ref.slot] : NULL;

	if (!s || !s->is_used || s->is_leaving || ref.generation == 0 || s->info.ref.generation != ref.generation)
		return NULL;
	return (struct ym_slot *)s;
}

struct ym_slot *
ym_slots_find_syspath(struct ym_slots *t, const char *syspath)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (t->slots[i].is_used && ym_streq(t->slots[i].syspath, syspath))
			return &t->slots[i];
	return NULL;
}

struct ym_slot *
ym_slots_new(struct ym_slots *t, const struct ym_driver *driver, enum ym_device_role role, const char *subsystem, const char *node,
	const char *identity, const char *profile)
{
	struct ym_slot *s = NULL;

	for (size_t i = 0; i < YM_HUB_MAX && !s; i++)
		if (!t->slots[i].is_used)
			s = &t->slots[i];
	if (!s) {
		ym_diag(YM_DIAG_WARN, "hub", "more than %d devices: one is ignored", YM_HUB_MAX);
		return NULL;
	}
	*s = (struct ym_slot){.table = t, .is_used = true, .is_certain = true, .node = ym_strdup(node),
		.subsystem = ym_strdup(subsystem), .profile = ym_strdup(profile)};
	s->info.ref = (struct ym_device_ref){(uint32_t)(s - t->slots), ++t->next_generation};
	s->info.role = role;
	s->info.is_armed = t->is_armed[role];
	ym_strlcpy(s->info.node, node, sizeof s->info.node);
	ym_strlcpy(s->info.profile, profile, sizeof s->info.profile);
	ym_strlcpy(s->info.identity, identity, sizeof s->info.identity);
	for (char *c = s->info.identity; *c; c++)
		if (*c < 0x21 || *c > 0x7E)
			*c = '_';
	s->driver = driver;
	if (driver)
		ym_strlcpy(s->info.driver, driver->name, sizeof s->info.driver);
	return s;
}

void
ym_slots_begin(struct ym_slot *s)
{
	struct ym_error err;

	if (s->driver) {
		s->info.state = YM_DEVICE_ABSENT;
		set_timer(s, 0);
		return;
	}
	ym_fail(&err, YM_REFUSED,
		N_("This device is known, but this version has no driver for its kind of connection: use one on a serial line"),
		"no driver on %s", s->subsystem);
	set_error(s, &err);
	s->info.state = YM_DEVICE_ATTENTION;
	tell_changed(s);
}

void
ym_slots_retry(struct ym_slot *s)
{
	set_timer(s, 0);
}

void
ym_slots_dismiss(struct ym_slot *s)
{
	s->is_leaving = true;
	set_timer(s, 0);
}

/* udev was faster than the line's own hang-up: a card that was being read has failed all the same. */
void
ym_slots_lose(struct ym_slot *s)
{
	if (s->session && !s->is_over && s->info.state == YM_DEVICE_BUSY && s->info.has_card) {
		struct ym_error err;

		ym_fail(&err, YM_GONE, N_("The card reader was unplugged: plug it in again, or type the data"), "udev remove");
		ym_slots_tell(s->table, (struct ym_device_event){.kind = YM_DEVICE_CARD_FAILED, .ref = s->info.ref, .err = &err});
	}
	if (!s->session || s->is_over || !(s->order || s->is_testing))
		return ym_slots_forget(s);
	s->is_leaving = true;
	free(YM_TAKE(s->syspath)); /* plugged in again meanwhile, it is another device */
	set_timer(s, LINGER_MS);
	tell_changed(s);
}

enum ym_code
ym_slots_find_session(struct ym_slots *t, struct ym_device_ref ref, struct ym_slot **ret, struct ym_error *err)
{
	struct ym_slot *s = ym_slots_find(t, ref);

	if (!s)
		return ym_fail(err, YM_NOTFOUND, N_("This device is not there any more"), "ref %u.%u", ref.slot, ref.generation);
	if (!s->session || s->is_over)
		return ym_fail_on(err, YM_GONE, s->info.last_msgid ? s->info.last_msgid : N_("The device is not plugged in"),
			s->info.identity, "no session");
	*ret = s;
	return YM_OK;
}

