/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The station's devices: the hub is opened and closed here, and each thing a device says is handed to the file it is for
 * (cards.c ...). Decides nothing. Invariant: what a device brought while the desk is locked is dropped, never kept.
 */
#include "station/private.h"

#include "base/diag.h"

static void
on_device(void *user, const struct ym_device_event *event)
{
	struct ym_station *s = user;

	if (ym_station_on_capture(s, event) || ym_station_on_signing(s, event))
		return;
	switch (event->kind) {
	case YM_DEVICE_CARD:
	case YM_DEVICE_CARD_FAILED:
	case YM_DEVICE_CARD_LIFTED:
		ym_station_on_card(s, event);
		return;
	case YM_DEVICE_SCANNED:
	case YM_DEVICE_TAUGHT:
		ym_station_on_scan(s, event);
		return;
	case YM_DEVICE_CHANGED:
	case YM_DEVICE_ORDERED:
	case YM_DEVICE_SIGNED:
	case YM_DEVICE_PRESSED:
		ym_station_spool_device(s, event);
		ym_station_counter_device(s, event);
		break;
	case YM_DEVICE_TESTED:
	case YM_DEVICE_IMAGE:
	case YM_DEVICE_PREVIEW:
	case YM_DEVICE_FINGER:
	case YM_DEVICE_DRAWING:
		break;
	}
	ym_station_notify(s, YM_NOTICE_DEVICE);
}

void
ym_station_devices_start(struct ym_station *s)
{
	/* Practice touches no device of this machine: its far ends are given to the hub as ports. */
	YM_FREE char *site = ym_asprintf("%s/devices.json", s->dir);
	const struct ym_hub_options options = { .no_udev = s->practice, .site_rules = site };
	struct ym_error err = { 0 };

	if (ym_hub_new(s->loop, &options, &s->hub, &err)) {
		ym_diag_error("devices", &err);
		return;
	}
	ym_hub_listen(s->hub, on_device, s);
	if (!s->practice) {
		ym_station_ports_open(s->dir, s->hub);
		/* libfprint finds its readers itself: they have no node that a list could name */
		if (ym_hub_add_port(s->hub, &(struct ym_hub_port){ .path = "libfprint", .role = YM_ROLE_FINGER, .identity = "libfprint", .subsystem = "libfprint" }, NULL, &err))
			ym_diag_error("devices", &err);
	}
	ym_hub_arm(s->hub, YM_ROLE_IDCARD, true);
	ym_hub_arm(s->hub, YM_ROLE_SCANNER, true);
}

void
ym_station_devices_stop(struct ym_station *s)
{
	ym_hub_free(s->hub);
	s->hub = NULL;
}

int
ym_station_devices(struct ym_station *s, struct ym_device_info *ret, int max)
{
	int n = 0;

	for (size_t i = 0; s->hub && n < max && ym_hub_get(s->hub, i, &ret[n]); i++)
		n++;
	return n;
}

enum ym_code
ym_station_test_device(struct ym_station *s, struct ym_device_ref ref, struct ym_error *err)
{
	if (!s->hub)
		return ym_fail(err, YM_NOTFOUND, N_("This device is not there any more"), "no hub");
	return ym_hub_test(s->hub, ref, err);
}
