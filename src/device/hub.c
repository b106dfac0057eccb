/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Devices found, bound and named. Sessions are closed from the slot's timer, never from inside a driver's event.
 * Invariant: a slot in use has a generation no earlier device had, and its syspath is in the table once.
 */
#include "device/hub.h"

#include <errno.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/mem.h"
#include "device/quirks.h"
#include "device/recorder.h"
#include "device/teach.h"
#include "device/watch.h"

static const struct ym_driver *const drivers[] = {&ym_idcard_serial, &ym_idcard_usb, &ym_idcard_usb_hid, &ym_printer, &ym_profile_evaluator, &ym_profile_display,
	&ym_pad_serial, &ym_pad_vendor, &ym_scanner_serial, &ym_scanner_hid, &ym_camera, &ym_finger,
#ifdef YM_HAVE_LIBEVDEV
	&ym_scanner_wedge,
#endif
};

/* A keyboard that nobody named: perhaps a scanner that is taught later. */
struct stranger {
	char *syspath;
	char node[96], vid[8], pid[8], serial[64], path[96];
};

/* udev may be faster than the line's own hang-up, and only the driver knows how far an order had come. */
#define LINGER_MS 300

struct slot {
	struct ym_hub *hub;
	bool is_used, is_configured;
	bool is_certain;  /* the role is known; otherwise the port is let go when nothing answers */
	bool is_leaving;  /* to be forgotten at the next timer */
	bool is_over;     /* the session said GONE: to be closed at the next timer */
	bool is_seen;     /* during a listing */
	bool was_ready;
	bool is_testing;
	uint32_t order;   /* the one that has not ended; 0: none */
	enum ym_device_order_kind order_kind;
	struct ym_device_info info;
	char *syspath;    /* udev devices */
	char *node;
	char *subsystem;
	char *profile;    /* never NULL */
	const struct ym_driver *driver;
	struct ym_driver_session *session;
	struct ym_recorder *recorder;
	ym_source timer;
};

struct ym_hub {
	struct ym_loop *loop;
	struct ym_driver_timing timing;
	int reopen_ms;
	char *record_dir;
	bool record_test_cards;
	struct ym_quirks *quirks;
	struct ym_watch *watch;
	struct slot slots[YM_HUB_MAX];
	struct stranger strangers[YM_TEACH_MAX];
	int n_strangers;
	char *site_file;      /* where taught scanners are written; NULL: nowhere */
	struct ym_teach *teach;
	ym_source taught_timer;
	int taught;           /* the stranger that typed the code, from its event to the timer */
	uint32_t next_generation;
	bool is_armed[YM_N_ROLES];
	ym_device_fn fn;
	void *user;
};

static void on_timer(void *user);

static void
tell(struct ym_hub *hub, struct ym_device_event ev)
{
	if (hub->fn)
		hub->fn(hub->user, &ev);
}

static void
tell_changed(struct slot *s)
{
	tell(s->hub, (struct ym_device_event){.kind = YM_DEVICE_CHANGED, .ref = s->info.ref});
}

static void
set_error(struct slot *s, const struct ym_error *err)
{
	s->info.last_code = err->code;
	s->info.last_msgid = err->msgid;
	s->info.last_at = ym_clock_wall();
	ym_diag_error(s->info.identity, err);
}

static void
set_timer(struct slot *s, int ms)
{
	ym_loop_remove(s->hub->loop, s->timer);
	s->timer = ym_loop_add_timer(s->hub->loop, "device", ms, on_timer, s);
}

/* -- sessions -- */

static void
close_session(struct slot *s)
{
	if (s->session)
		s->driver->close(s->session);
	s->session = NULL;
	s->is_over = false;
	ym_recorder_close(s->recorder);
	s->recorder = NULL;
}

static void
release_slot(struct slot *s)
{
	close_session(s);
	ym_loop_remove(s->hub->loop, s->timer);
	free(s->syspath);
	free(s->node);
	free(s->subsystem);
	free(s->profile);
	memset(s, 0, sizeof *s);
}

/* Every order and every test has an end, also of a device whose driver could not tell it. */
static void
end_what_runs(struct slot *s)
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
		tell(s->hub, ev);
	}
	if (!ev.order)
		return;
	if (s->order_kind == YM_ORDER_PRINT)
		ym_fail(&err, YM_CONFLICT, N_("The receipt printer was unplugged before it said that the paper came out: look, and answer"), "udev remove");
	ev.kind = YM_DEVICE_ORDERED;
	tell(s->hub, ev);
}

static void
forget(struct slot *s)
{
	struct ym_hub *hub = s->hub;
	struct ym_device_ref ref = s->info.ref;

	s->is_leaving = true; /* the listener gives it nothing more */
	end_what_runs(s);
	release_slot(s);
	tell(hub, (struct ym_device_event){.kind = YM_DEVICE_CHANGED, .ref = ref});
}

static void
on_state(struct slot *s, const struct ym_driver_event *ev)
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
	if (!s->is_certain && !s->was_ready && ev->state == YM_DEVICE_ATTENTION) {
		/* Only a guess, and nothing answered: not ours. */
		s->is_leaving = true;
		set_timer(s, 0);
	}
	if (memcmp(&before, &s->info, sizeof before))
		tell_changed(s);
}

static void
on_driver(void *user, const struct ym_driver_event *ev)
{
	struct slot *s = user;
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
	tell(s->hub, out);
}

static void
open_recorder(struct slot *s)
{
	struct ym_hub *hub = s->hub;
	YM_FREE char *path = NULL;
	struct ym_error err;

	if (!hub->record_dir)
		return;
	path = ym_asprintf("%s/%s-%lld-%u.txt", hub->record_dir, s->driver->name, (long long)ym_clock_wall(),
		s->info.ref.slot);
	if (ym_recorder_open(path, s->driver->name, hub->record_test_cards, &s->recorder, &err))
		ym_diag_error("recorder", &err);
}

static void
open_session(struct slot *s)
{
	struct ym_hub *hub = s->hub;
	struct ym_driver_host host;
	struct ym_device_info before = s->info;
	struct ym_error err;

	open_recorder(s);
	host = (struct ym_driver_host){.loop = hub->loop, .node = s->node, .profile = s->profile, .timing = hub->timing, .recorder = s->recorder,
		.fn = on_driver, .user = s};
	if (s->driver->open(&host, &s->session, &err) == YM_OK) {
		s->info.state = YM_DEVICE_BUSY;
		if (hub->is_armed[s->info.role])
			s->driver->start(s->session);
	} else {
		close_session(s);
		s->info.state = err.code == YM_GONE ? YM_DEVICE_ABSENT : YM_DEVICE_ATTENTION;
		if (err.code != before.last_code || err.msgid != before.last_msgid)
			set_error(s, &err);
		set_timer(s, hub->reopen_ms);
	}
	if (before.state != s->info.state || before.last_msgid != s->info.last_msgid)
		tell_changed(s);
}

static void
on_timer(void *user)
{
	struct slot *s = user;

	s->timer = 0;
	if (s->is_leaving)
		return forget(s);
	if (s->is_over) {
		close_session(s);
		set_timer(s, s->hub->reopen_ms); /* udev may say "remove" before; a line may also come back */
	} else if (!s->session && s->driver) {
		open_session(s);
	}
}

/* -- the table -- */

static struct slot *
find_slot(const struct ym_hub *hub, struct ym_device_ref ref)
{
	const struct slot *s = ref.slot < YM_HUB_MAX ? &hub->slots[ref.slot] : NULL;

	if (!s || !s->is_used || s->is_leaving || ref.generation == 0 || s->info.ref.generation != ref.generation)
		return NULL;
	return (struct slot *)s;
}

static struct slot *
find_syspath(struct ym_hub *hub, const char *syspath)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->slots[i].is_used && ym_streq(hub->slots[i].syspath, syspath))
			return &hub->slots[i];
	return NULL;
}

static struct slot *
new_slot(struct ym_hub *hub, enum ym_device_role role, const char *subsystem, const char *node, const char *identity,
	const char *profile)
{
	struct slot *s = NULL;

	for (size_t i = 0; i < YM_HUB_MAX && !s; i++)
		if (!hub->slots[i].is_used)
			s = &hub->slots[i];
	if (!s) {
		ym_diag(YM_DIAG_WARN, "hub", "more than %d devices: one is ignored", YM_HUB_MAX);
		return NULL;
	}
	*s = (struct slot){.hub = hub, .is_used = true, .is_certain = true, .node = ym_strdup(node),
		.subsystem = ym_strdup(subsystem), .profile = ym_strdup(profile)};
	s->info.ref = (struct ym_device_ref){(uint32_t)(s - hub->slots), ++hub->next_generation};
	s->info.role = role;
	s->info.is_armed = hub->is_armed[role];
	ym_strlcpy(s->info.node, node, sizeof s->info.node);
	ym_strlcpy(s->info.profile, profile, sizeof s->info.profile);
	ym_strlcpy(s->info.identity, identity, sizeof s->info.identity);
	for (char *c = s->info.identity; *c; c++)
		if (*c < 0x21 || *c > 0x7E)
			*c = '_';
	for (size_t i = 0; i < YM_ARRAY_LEN(drivers) && !s->driver; i++)
		for (const struct ym_driver_match *m = drivers[i]->match; m->subsystem; m++)
			if (m->role == role && ym_streq(m->subsystem, subsystem))
				s->driver = drivers[i];
	if (s->driver)
		ym_strlcpy(s->info.driver, s->driver->name, sizeof s->info.driver);
	return s;
}

/* The first attempt comes from the loop, so that nobody is called back before the caller has its ref. */
static void
begin(struct slot *s)
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

/* -- keyboards that nobody named -- */

static struct stranger *
find_stranger(struct ym_hub *hub, const char *syspath)
{
	for (int i = 0; i < hub->n_strangers; i++)
		if (ym_streq(hub->strangers[i].syspath, syspath))
			return &hub->strangers[i];
	return NULL;
}

static void
meet(struct ym_hub *hub, const struct ym_watch_device *d)
{
	struct stranger *t;

	if (find_stranger(hub, d->syspath) || hub->n_strangers == YM_TEACH_MAX || !d->node[0])
		return;
	t = &hub->strangers[hub->n_strangers++];
	*t = (struct stranger){.syspath = ym_strdup(d->syspath)};
	ym_strlcpy(t->node, d->node, sizeof t->node);
	ym_strlcpy(t->vid, d->vid, sizeof t->vid);
	ym_strlcpy(t->pid, d->pid, sizeof t->pid);
	ym_strlcpy(t->serial, d->serial, sizeof t->serial);
	ym_strlcpy(t->path, d->path, sizeof t->path);
#ifdef YM_HAVE_LIBEVDEV
	if (hub->teach) /* plugged in because the screen said so */
		ym_teach_add(hub->teach, (int)(t - hub->strangers), t->node);
#endif
}

static void
part(struct ym_hub *hub, const char *syspath)
{
	struct stranger *t = find_stranger(hub, syspath);

	if (!t)
		return;
	/* While teaching the others keep their numbers. */
	free(YM_TAKE(t->syspath));
	if (!hub->teach)
		*t = hub->strangers[--hub->n_strangers];
}

static void
on_added(struct ym_hub *hub, const struct ym_watch_device *d)
{
	struct ym_quirk q = ym_quirks_match(hub->quirks, d->subsystem, d->vid, d->pid, d->serial, d->path);
	enum ym_device_role by_udev = ym_device_role_of(d->role);
	struct slot *s = find_syspath(hub, d->syspath);
	char identity[160];

	if (s) {
		s->is_seen = true; /* listed and announced: the same one */
		return;
	}
	/* hwdb marks the usb node and its tty alike; only a quirk says that the usb node itself is spoken to. */
	if (q.role == YM_ROLE_NONE && by_udev != YM_ROLE_NONE &&
	    (ym_streq(d->subsystem, "tty") || (ym_streq(d->subsystem, "input") && d->is_keyboard)))
		q = (struct ym_quirk){by_udev, true, ""};
	/* Any camera looks at documents until a list or a rule says that it looks at the citizen. */
	if (q.role == YM_ROLE_NONE && ym_streq(d->subsystem, "video4linux"))
		q = (struct ym_quirk){by_udev == YM_ROLE_PORTRAIT ? YM_ROLE_PORTRAIT : YM_ROLE_CAMERA, true, ""};
	/* The list names the box: the face of it that has keys is the one that sends codes. */
	if (q.role == YM_ROLE_SCANNER && ym_streq(d->subsystem, "input") && !d->is_keyboard)
		return;
	if (q.role == YM_ROLE_NONE && d->is_keyboard)
		return meet(hub, d);
	if (q.role == YM_ROLE_NONE || !d->node[0])
		return;
	if (d->serial[0])
		snprintf(identity, sizeof identity, "%s:%s:%s", d->vid, d->pid, d->serial);
	else
		snprintf(identity, sizeof identity, "%s:%s@%s", d->vid, d->pid, d->path);
	s = new_slot(hub, q.role, d->subsystem, d->node, identity, q.profile);
	if (!s)
		return;
	s->syspath = ym_strdup(d->syspath);
	s->is_certain = q.is_certain;
	s->is_seen = true;
	begin(s);
}

/* udev was faster than the line's own hang-up: a card that was being read has failed all the same. */
static void
lose(struct slot *s)
{
	if (s->session && !s->is_over && s->info.state == YM_DEVICE_BUSY && s->info.has_card) {
		struct ym_error err;

		ym_fail(&err, YM_GONE, N_("The card reader was unplugged: plug it in again, or type the data"), "udev remove");
		tell(s->hub, (struct ym_device_event){.kind = YM_DEVICE_CARD_FAILED, .ref = s->info.ref, .err = &err});
	}
	if (!s->session || s->is_over || !(s->order || s->is_testing))
		return forget(s);
	s->is_leaving = true;
	free(YM_TAKE(s->syspath)); /* plugged in again meanwhile, it is another device */
	set_timer(s, LINGER_MS);
	tell_changed(s);
}

static void
on_watch(void *user, enum ym_watch_kind kind, const struct ym_watch_device *d)
{
	struct ym_hub *hub = user;
	struct slot *s;

	switch (kind) {
	case YM_WATCH_ADDED:
		return on_added(hub, d);
	case YM_WATCH_REMOVED:
		part(hub, d->syspath);
		s = find_syspath(hub, d->syspath);
		if (s)
			lose(s);
		return;
	case YM_WATCH_SCAN_BEGIN:
		for (size_t i = 0; i < YM_HUB_MAX; i++)
			hub->slots[i].is_seen = false;
		return;
	case YM_WATCH_SCAN_END:
		for (size_t i = 0; i < YM_HUB_MAX; i++)
			if (hub->slots[i].is_used && hub->slots[i].syspath && !hub->slots[i].is_seen)
				forget(&hub->slots[i]);
	}
}

/* -- teaching a scanner -- */

static void
stop_teaching(struct ym_hub *hub)
{
#ifdef YM_HAVE_LIBEVDEV
	ym_teach_free(YM_TAKE(hub->teach));
#endif
	ym_loop_remove(hub->loop, hub->taught_timer);
	hub->taught_timer = 0;
	hub->taught = -1;
	for (int i = hub->n_strangers - 1; i >= 0; i--)
		if (!hub->strangers[i].syspath)
			hub->strangers[i] = hub->strangers[--hub->n_strangers];
}

#ifdef YM_HAVE_LIBEVDEV
static void
on_taught_timer(void *user)
{
	struct ym_hub *hub = user;
	struct stranger *t = &hub->strangers[hub->taught];
	struct ym_error err = {0};
	struct slot *s = NULL;
	char identity[160];

	hub->taught_timer = 0;
	if (hub->site_file && t->vid[0] && ym_quirks_add(hub->quirks, hub->site_file, "input", t->vid, t->pid, t->serial, t->path,
		YM_ROLE_SCANNER, &err)) {
		ym_diag_error("teach", &err);
	} else if (t->syspath) {
		snprintf(identity, sizeof identity, "%s:%s%s%s", t->vid, t->pid, t->serial[0] ? ":" : "@", t->serial[0] ? t->serial : t->path);
		s = new_slot(hub, YM_ROLE_SCANNER, "input", t->node, identity, "");
	}
	if (s) {
		s->syspath = YM_TAKE(t->syspath);
		*t = hub->strangers[--hub->n_strangers];
		stop_teaching(hub);
		begin(s);
	} else {
		stop_teaching(hub);
	}
	tell(hub, (struct ym_device_event){.kind = YM_DEVICE_TAUGHT, .ref = s ? s->info.ref : (struct ym_device_ref){0}, .err = &err});
}

static void
on_taught(void *user, int index)
{
	struct ym_hub *hub = user;

	hub->taught = index;
	hub->taught_timer = ym_loop_add_timer(hub->loop, "teach", 0, on_taught_timer, hub);
}
#endif

enum ym_code
ym_hub_teach(struct ym_hub *hub, const char *code, struct ym_error *err)
{
	stop_teaching(hub);
	if (!code)
		return YM_OK;
#ifdef YM_HAVE_LIBEVDEV
	int n = 0;

	hub->teach = ym_teach_new(hub->loop, code, on_taught, hub);
	for (int i = 0; i < hub->n_strangers; i++)
		n += hub->strangers[i].syspath && ym_teach_add(hub->teach, i, hub->strangers[i].node);
	if (n || !hub->n_strangers)
		return YM_OK; /* without any it waits for one to be plugged in */
	stop_teaching(hub);
	return ym_fail(err, YM_REFUSED, N_("This account may not listen to keyboards: maintenance adds it to the group input"), "no node opens");
#else
	return ym_fail(err, YM_REFUSED, N_("This installation cannot take scanners that act as keyboards: set the scanner to serial mode"),
		"no libevdev");
#endif
}

/* -- making one -- */

enum ym_code
ym_hub_new(struct ym_loop *loop, const struct ym_hub_options *opt, struct ym_hub **ret, struct ym_error *err)
{
	static const struct ym_hub_options none = {0};
	YM_FREE char *shipped = ym_file_data("quirks/devices.json");
	struct ym_hub *hub = ym_alloc(sizeof *hub);
	struct ym_error why;
	enum ym_code rc;

	if (!opt)
		opt = &none;
	hub->loop = loop;
	hub->timing = opt->timing;
	hub->reopen_ms = opt->reopen_ms > 0 ? opt->reopen_ms : 1000;
	hub->record_dir = ym_strdup(opt->record_dir);
	hub->record_test_cards = opt->record_test_cards;
	hub->quirks = ym_quirks_new();
	if (shipped && ym_quirks_load(hub->quirks, shipped, &why))
		ym_diag_error("hub", &why);
	hub->site_file = ym_strdup(opt->site_rules);
	hub->taught = -1;
	if (opt->site_rules && ym_file_exists(opt->site_rules) && (rc = ym_quirks_load(hub->quirks, opt->site_rules, err))) {
		ym_hub_free(hub);
		return rc;
	}
	if (!opt->no_udev && ym_watch_new(loop, on_watch, hub, &hub->watch, &why))
		ym_diag_error("hub", &why);
	*ret = hub;
	return YM_OK;
}

void
ym_hub_free(struct ym_hub *hub)
{
	if (!hub)
		return;
	hub->fn = NULL;
	stop_teaching(hub);
	for (int i = 0; i < hub->n_strangers; i++)
		free(hub->strangers[i].syspath);
	free(hub->site_file);
	ym_watch_free(hub->watch);
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->slots[i].is_used)
			release_slot(&hub->slots[i]);
	ym_quirks_free(hub->quirks);
	free(hub->record_dir);
	free(hub);
}

enum ym_code
ym_hub_add_port(struct ym_hub *hub, const struct ym_hub_port *port, struct ym_device_ref *ret, struct ym_error *err)
{
	struct slot *s;

	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->slots[i].is_used && !hub->slots[i].is_leaving && ym_streq(hub->slots[i].info.identity, port->identity))
			return ym_fail_on(err, YM_CONFLICT, N_("This device is configured twice"), port->identity, "add port");
	s = new_slot(hub, port->role, port->subsystem ? port->subsystem : "tty", port->path, port->identity,
		port->profile ? port->profile : "");
	if (!s)
		return ym_fail_on(err, YM_BUSY, N_("There are too many devices"), port->identity, "add port");
	s->is_configured = true;
	if (ret)
		*ret = s->info.ref;
	begin(s);
	return YM_OK;
}

void
ym_hub_remove_port(struct ym_hub *hub, struct ym_device_ref ref)
{
	struct slot *s = find_slot(hub, ref);

	if (!s || !s->is_configured)
		return;
	s->is_leaving = true;
	set_timer(s, 0);
}

void
ym_hub_retry(struct ym_hub *hub)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->slots[i].is_used && hub->slots[i].driver && !hub->slots[i].session)
			set_timer(&hub->slots[i], 0);
}

/* -- what screens call -- */

void
ym_hub_listen(struct ym_hub *hub, ym_device_fn fn, void *user)
{
	hub->fn = fn;
	hub->user = user;
}

void
ym_hub_arm(struct ym_hub *hub, enum ym_device_role role, bool on)
{
	if (role <= YM_ROLE_NONE || role >= YM_N_ROLES || hub->is_armed[role] == on)
		return;
	hub->is_armed[role] = on;
	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		struct slot *s = &hub->slots[i];

		if (!s->is_used || s->info.role != role)
			continue;
		s->info.is_armed = on;
		if (!s->session || s->is_over)
			continue;
		if (on)
			s->driver->start(s->session);
		else
			s->driver->cancel(s->session);
	}
}

/* The slot of a device that is there to be spoken to. */
static enum ym_code
find_session(struct ym_hub *hub, struct ym_device_ref ref, struct slot **ret, struct ym_error *err)
{
	struct slot *s = find_slot(hub, ref);

	if (!s)
		return ym_fail(err, YM_NOTFOUND, N_("This device is not there any more"), "ref %u.%u", ref.slot, ref.generation);
	if (!s->session || s->is_over)
		return ym_fail_on(err, YM_GONE, s->info.last_msgid ? s->info.last_msgid : N_("The device is not plugged in"),
			s->info.identity, "no session");
	*ret = s;
	return YM_OK;
}

enum ym_code
ym_hub_test(struct ym_hub *hub, struct ym_device_ref ref, struct ym_error *err)
{
	struct slot *s = NULL;
	enum ym_code rc = find_session(hub, ref, &s, err);

	if (rc)
		return rc;
	s->is_testing = true;
	s->driver->self_test(s->session);
	return YM_OK;
}

enum ym_code
ym_hub_order(struct ym_hub *hub, struct ym_device_ref ref, const struct ym_device_order *order, struct ym_error *err)
{
	struct slot *s = NULL;
	enum ym_code rc = find_session(hub, ref, &s, err);

	if (rc)
		return rc;
	if (!s->driver->order)
		return ym_fail_on(err, YM_REFUSED, N_("This device cannot do that"), s->info.identity, "no orders");
	rc = s->driver->order(s->session, order, err);
	if (!rc) {
		s->order = order->id;
		s->order_kind = order->kind;
	}
	return rc;
}

size_t
ym_hub_n_devices(const struct ym_hub *hub)
{
	size_t n = 0;

	for (size_t i = 0; i < YM_HUB_MAX; i++)
		n += hub->slots[i].is_used && !hub->slots[i].is_leaving;
	return n;
}

bool
ym_hub_get(const struct ym_hub *hub, size_t i, struct ym_device_info *ret)
{
	for (size_t k = 0; k < YM_HUB_MAX; k++) {
		if (!hub->slots[k].is_used || hub->slots[k].is_leaving || i--)
			continue;
		*ret = hub->slots[k].info;
		return true;
	}
	return false;
}

bool
ym_hub_find(const struct ym_hub *hub, struct ym_device_ref ref, struct ym_device_info *ret)
{
	const struct slot *s = find_slot(hub, ref);

	if (s)
		*ret = s->info;
	return s != NULL;
}

bool
ym_hub_role_device(const struct ym_hub *hub, enum ym_device_role role, struct ym_device_info *ret)
{
	static const int worth[] = {
		[YM_DEVICE_ABSENT] = 0, [YM_DEVICE_ATTENTION] = 1, [YM_DEVICE_BUSY] = 2, [YM_DEVICE_READY] = 3};
	const struct slot *best = NULL;

	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		const struct slot *s = &hub->slots[i];

		if (s->is_used && !s->is_leaving && s->info.role == role &&
		    (!best || worth[s->info.state] > worth[best->info.state]))
			best = s;
	}
	if (best)
		*ret = best->info;
	return best != NULL;
}

enum ym_device_state
ym_hub_role_state(const struct ym_hub *hub, enum ym_device_role role)
{
	static const int worth[] = {
		[YM_DEVICE_ABSENT] = 0, [YM_DEVICE_ATTENTION] = 1, [YM_DEVICE_READY] = 2, [YM_DEVICE_BUSY] = 3};
	enum ym_device_state best = YM_DEVICE_ABSENT;

	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		const struct slot *s = &hub->slots[i];

		if (s->is_used && !s->is_leaving && s->info.role == role && worth[s->info.state] > worth[best])
			best = s->info.state;
	}
	return best;
}
