/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Devices found, bound to drivers and named. What becomes of them then is slots.c's.
 * Invariant: a syspath is in the table once.
 */
#include "device/hub.h"

#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/mem.h"
#include "device/quirks.h"
#include "device/slots.h"
#include "device/strangers.h"
#include "device/watch.h"

static const struct ym_driver *const drivers[] = {&ym_idcard_serial, &ym_idcard_usb, &ym_idcard_usb_hid, &ym_printer, &ym_profile_evaluator, &ym_profile_display,
	&ym_pad_serial, &ym_pad_vendor, &ym_scanner_serial, &ym_scanner_hid, &ym_camera, &ym_finger,
#ifdef YM_HAVE_LIBEVDEV
	&ym_scanner_wedge, &ym_pad_evdev,
#endif
};

struct ym_hub {
	struct ym_slots table;
	struct ym_quirks *quirks;
	struct ym_watch *watch;
	struct ym_strangers strangers;
	char *site_file;      /* where taught scanners are written; NULL: nowhere */
};

static struct ym_slot *
new_slot(struct ym_hub *hub, enum ym_device_role role, const char *subsystem, const char *node, const char *identity, const char *profile)
{
	const struct ym_driver *driver = NULL;

	for (size_t i = 0; i < YM_ARRAY_LEN(drivers) && !driver; i++)
		for (const struct ym_driver_match *m = drivers[i]->match; m->subsystem; m++)
			if (m->role == role && ym_streq(m->subsystem, subsystem))
				driver = drivers[i];
	return ym_slots_new(&hub->table, driver, role, subsystem, node, identity, profile);
}

/* Do both lead to one node? A configured path may be a link, and its device need not be there. */
static bool
is_same_node(const char *path, const char *node)
{
	struct stat a, b;

	return ym_streq(path, node) || (!stat(path, &a) && !stat(node, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/* What configuration says of a node wins over what udev says of it. */
static struct ym_slot *
find_node(struct ym_hub *hub, const char *node, bool is_configured)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		struct ym_slot *s = &hub->table.slots[i];

		if (s->is_used && !s->is_leaving && s->is_configured == is_configured &&
		    is_same_node(s->node, node))
			return s;
	}
	return NULL;
}

#define IDENTITY_MAX 160

/* The unit when it has a serial number, else the socket. */
static void
name_device(char ret[IDENTITY_MAX], const char *vid, const char *pid, const char *serial, const char *path)
{
	snprintf(ret, IDENTITY_MAX, "%s:%s%s%s", vid, pid, serial[0] ? ":" : "@", serial[0] ? serial : path);
}

static void
on_added(struct ym_hub *hub, const struct ym_watch_device *d)
{
	struct ym_quirk q = ym_quirks_match(hub->quirks, d->is_tablet ? "tablet" : d->subsystem, d->vid, d->pid, d->serial, d->path);
	enum ym_device_role by_udev = ym_device_role_of(d->role);
	struct ym_slot *s = ym_slots_find_syspath(&hub->table, d->syspath);
	char identity[IDENTITY_MAX];

	if (s) {
		s->is_seen = true; /* listed and announced: the same one */
		return;
	}
	s = d->node[0] ? find_node(hub, d->node, true) : NULL;
	if (s) {
		if (!s->session && s->driver)
			ym_slots_retry(s);
		return;
	}
	/* hwdb marks the usb node and its tty alike; only a quirk says that the usb node itself is spoken to. */
	if (q.role == YM_ROLE_NONE && by_udev != YM_ROLE_NONE &&
	    (ym_streq(d->subsystem, "tty") || (ym_streq(d->subsystem, "input") && (d->is_keyboard || d->is_tablet))))
		q = (struct ym_quirk){by_udev, true, ""};
	/* Any camera looks at documents until a list or a rule says that it looks at the citizen. */
	if (q.role == YM_ROLE_NONE && ym_streq(d->subsystem, "video4linux"))
		q = (struct ym_quirk){by_udev == YM_ROLE_PORTRAIT ? YM_ROLE_PORTRAIT : YM_ROLE_CAMERA, true, ""};
	/* The list names the box: the face of it that has keys is the one that sends codes. */
	if (q.role == YM_ROLE_SCANNER && ym_streq(d->subsystem, "input") && !d->is_keyboard)
		return;
	if (q.role == YM_ROLE_NONE && d->is_keyboard)
		return ym_strangers_meet(&hub->strangers, d);
	if (q.role == YM_ROLE_NONE || !d->node[0])
		return;
	name_device(identity, d->vid, d->pid, d->serial, d->path);
	s = new_slot(hub, q.role, d->subsystem, d->node, identity, q.profile);
	if (!s)
		return;
	s->syspath = ym_strdup(d->syspath);
	s->is_certain = q.is_certain;
	s->is_seen = true;
	ym_slots_begin(s);
}

static void
on_watch(void *user, enum ym_watch_kind kind, const struct ym_watch_device *d)
{
	struct ym_hub *hub = user;
	struct ym_slot *s;

	switch (kind) {
	case YM_WATCH_ADDED:
		return on_added(hub, d);
	case YM_WATCH_REMOVED:
		ym_strangers_part(&hub->strangers, d->syspath);
		s = ym_slots_find_syspath(&hub->table, d->syspath);
		if (s)
			ym_slots_lose(s);
		return;
	case YM_WATCH_SCAN_BEGIN:
		for (size_t i = 0; i < YM_HUB_MAX; i++)
			hub->table.slots[i].is_seen = false;
		return;
	case YM_WATCH_SCAN_END:
		for (size_t i = 0; i < YM_HUB_MAX; i++)
			if (hub->table.slots[i].is_used && hub->table.slots[i].syspath && !hub->table.slots[i].is_seen)
				ym_slots_forget(&hub->table.slots[i]);
	}
}

/* -- teaching a scanner -- */

static void
on_taught(void *user, const struct ym_stranger *it)
{
	struct ym_hub *hub = user;
	struct ym_error err = {0};
	struct ym_slot *s = NULL;
	char identity[IDENTITY_MAX];

	if (hub->site_file && it->vid[0] && ym_quirks_add(hub->quirks, hub->site_file, "input", it->vid, it->pid, it->serial, it->path,
		YM_ROLE_SCANNER, &err)) {
		ym_diag_error("teach", &err);
	} else if (it->syspath) {
		name_device(identity, it->vid, it->pid, it->serial, it->path);
		s = new_slot(hub, YM_ROLE_SCANNER, "input", it->node, identity, "");
	}
	if (s) {
		s->syspath = ym_strdup(it->syspath);
		ym_strangers_part(&hub->strangers, it->syspath);
		ym_slots_begin(s);
	}
	ym_slots_tell(&hub->table,
		(struct ym_device_event){.kind = YM_DEVICE_TAUGHT, .ref = s ? s->info.ref : (struct ym_device_ref){0}, .err = &err});
}

enum ym_code
ym_hub_teach(struct ym_hub *hub, const char *code, struct ym_error *err)
{
	return ym_strangers_teach(&hub->strangers, code, err);
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
	ym_slots_init(&hub->table, loop, opt);
	ym_strangers_init(&hub->strangers, loop, on_taught, hub);
	hub->quirks = ym_quirks_new();
	if (shipped && ym_quirks_load(hub->quirks, shipped, &why))
		ym_diag_error("hub", &why);
	hub->site_file = ym_strdup(opt->site_rules);
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
	hub->table.fn = NULL;
	ym_strangers_release(&hub->strangers);
	free(hub->site_file);
	ym_watch_free(hub->watch);
	ym_slots_release(&hub->table);
	ym_quirks_free(hub->quirks);
	free(hub);
}

enum ym_code
ym_hub_add_port(struct ym_hub *hub, const struct ym_hub_port *port, struct ym_device_ref *ret, struct ym_error *err)
{
	struct ym_slot *s;

	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->table.slots[i].is_used && !hub->table.slots[i].is_leaving && ym_streq(hub->table.slots[i].info.identity, port->identity))
			return ym_fail_on(err, YM_CONFLICT, N_("This device is configured twice"), port->identity, "add port");
	s = find_node(hub, port->path, false);
	if (s)
		ym_slots_dismiss(s);
	s = new_slot(hub, port->role, port->subsystem ? port->subsystem : "tty", port->path, port->identity,
		port->profile ? port->profile : "");
	if (!s)
		return ym_fail_on(err, YM_BUSY, N_("There are too many devices"), port->identity, "add port");
	s->is_configured = true;
	if (ret)
		*ret = s->info.ref;
	ym_slots_begin(s);
	return YM_OK;
}

void
ym_hub_remove_port(struct ym_hub *hub, struct ym_device_ref ref)
{
	struct ym_slot *s = ym_slots_find(&hub->table, ref);

	if (!s || !s->is_configured)
		return;
	ym_slots_dismiss(s);
}

void
ym_hub_retry(struct ym_hub *hub)
{
	for (size_t i = 0; i < YM_HUB_MAX; i++)
		if (hub->table.slots[i].is_used && hub->table.slots[i].driver && !hub->table.slots[i].session)
			ym_slots_retry(&hub->table.slots[i]);
}

/* -- what screens call -- */

void
ym_hub_listen(struct ym_hub *hub, ym_device_fn fn, void *user)
{
	hub->table.fn = fn;
	hub->table.user = user;
}

void
ym_hub_arm(struct ym_hub *hub, enum ym_device_role role, bool on)
{
	if (role <= YM_ROLE_NONE || role >= YM_N_ROLES || hub->table.is_armed[role] == on)
		return;
	hub->table.is_armed[role] = on;
	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		struct ym_slot *s = &hub->table.slots[i];

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

enum ym_code
ym_hub_test(struct ym_hub *hub, struct ym_device_ref ref, struct ym_error *err)
{
	struct ym_slot *s = NULL;
	enum ym_code rc = ym_slots_find_session(&hub->table, ref, &s, err);

	if (rc)
		return rc;
	s->is_testing = true;
	s->driver->self_test(s->session);
	return YM_OK;
}

enum ym_code
ym_hub_order(struct ym_hub *hub, struct ym_device_ref ref, const struct ym_device_order *order, struct ym_error *err)
{
	struct ym_slot *s = NULL;
	enum ym_code rc = ym_slots_find_session(&hub->table, ref, &s, err);

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
		n += hub->table.slots[i].is_used && !hub->table.slots[i].is_leaving;
	return n;
}

bool
ym_hub_get(const struct ym_hub *hub, size_t i, struct ym_device_info *ret)
{
	for (size_t k = 0; k < YM_HUB_MAX; k++) {
		if (!hub->table.slots[k].is_used || hub->table.slots[k].is_leaving || i--)
			continue;
		*ret = hub->table.slots[k].info;
		return true;
	}
	return false;
}

bool
ym_hub_find(const struct ym_hub *hub, struct ym_device_ref ref, struct ym_device_info *ret)
{
	const struct ym_slot *s = ym_slots_find(&hub->table, ref);

	if (s)
		*ret = s->info;
	return s != NULL;
}

bool
ym_hub_role_device(const struct ym_hub *hub, enum ym_device_role role, struct ym_device_info *ret)
{
	static const int worth[] = {
		[YM_DEVICE_ABSENT] = 0, [YM_DEVICE_ATTENTION] = 1, [YM_DEVICE_BUSY] = 2, [YM_DEVICE_READY] = 3};
	const struct ym_slot *best = NULL;

	for (size_t i = 0; i < YM_HUB_MAX; i++) {
		const struct ym_slot *s = &hub->table.slots[i];

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
		const struct ym_slot *s = &hub->table.slots[i];

		if (s->is_used && !s->is_leaving && s->info.role == role && worth[s->info.state] > worth[best])
			best = s->info.state;
	}
	return best;
}
