/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See profile_device.h.
 */
#include "device/profile_device.h"

static void
on_hello(void *user)
{
	struct ym_profile_device *d = user;

	d->hello = 0;
	if (d->line.fd >= 0) /* GONE may have been told already */
		ym_profile_device_set_state(d, YM_DEVICE_READY, NULL);
}

enum ym_code
ym_profile_device_open(struct ym_profile_device *d, const struct ym_driver_host *host, enum ym_device_role role, const char *name,
	const struct ym_line *calls, struct ym_error *err)
{
	enum ym_code rc;

	*d = (struct ym_profile_device){.host = *host, .line = *calls, .name = name};
	d->line.fd = -1;
	rc = ym_profile_load(host->profile, role, &d->profile, err);
	if (!rc)
		rc = ym_line_open(&d->line, host->loop, name, host->node, &d->profile.port, err);
	if (rc)
		return rc;
	ym_line_mute(&d->line, true);
	d->hello = ym_loop_add_timer(host->loop, name, 0, on_hello, d);
	return YM_OK;
}

void
ym_profile_device_close(struct ym_profile_device *d)
{
	ym_loop_remove(d->host.loop, d->hello);
	ym_line_close(&d->line);
}

void
ym_profile_device_set_state(struct ym_profile_device *d, enum ym_device_state state, const struct ym_error *err)
{
	d->host.fn(d->host.user, &(struct ym_driver_event){.kind = YM_DRIVER_STATE, .state = state, .err = err, .about = d->profile.name});
}

void
ym_profile_device_cannot_test(struct ym_profile_device *d, const char *msgid)
{
	struct ym_error err;

	ym_fail(&err, YM_TIMEOUT, msgid, "no answer");
	d->host.fn(d->host.user, &(struct ym_driver_event){.kind = YM_DRIVER_TESTED, .err = &err});
}
