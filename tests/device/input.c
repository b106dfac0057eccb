/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See input.h. The ioctls are those that libevdev asks at its start and after a loss. */
#include "input.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/clock.h"

static void
set_bit(uint8_t *bits, int code)
{
	bits[code / 8] |= (uint8_t)(1 << code % 8);
}

static void
tell_bits(const struct input_face *f, unsigned nr, uint8_t *bits)
{
	if (nr == 0x20) { /* EVIOCGBIT(0) */
		bits[0] = 1 << EV_SYN | 1 << EV_KEY | (f->n_axes ? 1 << EV_ABS : 0);
	} else if (nr == 0x20 + EV_KEY) {
		for (int code = f->key_from; code && code <= f->key_to; code++)
			set_bit(bits, code);
		for (const int *code = f->keys; code && *code; code++)
			set_bit(bits, *code);
	} else if (nr == 0x20 + EV_ABS) {
		for (int i = 0; i < f->n_axes; i++)
			set_bit(bits, f->axes[i].code);
	} else if (nr == 0x06) { /* EVIOCGNAME */
		strcpy((char *)bits, f->name);
	}
	for (int i = 0; i < f->n_axes; i++)
		if (nr == 0x40u + (unsigned)f->axes[i].code) /* EVIOCGABS */
			memcpy(bits, &f->axes[i].info, sizeof f->axes[i].info);
}

static gboolean
on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer user)
{
	struct input_mock *k = user;
	gulong request = umockdev_ioctl_client_get_request(client);
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	size_t size = _IOC_SIZE(request);
	unsigned nr = _IOC_NR(request);
	uint8_t bits[1024] = {0};
	int result = 0, error = 0;

	if (_IOC_TYPE(request) != 'E' || size > sizeof bits)
		return FALSE;
	if (request == EVIOCGRAB) {
		/* the argument is a number, not a pointer; every second call of ours lets go */
		if (k->is_taken) {
			result = -1;
			error = EBUSY;
		} else {
			k->is_grabbed = !k->is_grabbed;
			k->n_grabs += k->is_grabbed;
		}
	} else if (request == EVIOCGVERSION) {
		const int version = EV_VERSION;

		umockdev_ioctl_data_update(umockdev_ioctl_data_resolve(arg, 0, sizeof version, NULL), 0, (guint8 *)&version, sizeof version);
	} else if (_IOC_DIR(request) == _IOC_READ && size) {
		UMockdevIoctlData *out = umockdev_ioctl_data_resolve(arg, 0, size, NULL);

		tell_bits(k->face, nr, bits);
		umockdev_ioctl_data_update(out, 0, bits, (int)size);
		result = nr == 0x06 ? (int)strlen(k->face->name) + 1 : (int)size;
	}
	umockdev_ioctl_client_complete(client, result, error);
	return TRUE;
}

void
input_plug(UMockdevTestbed *machine, struct input_mock *k, const struct input_face *face, int n, const char *vid, const char *pid,
	const char *serial)
{
	YM_FREE char *text = ym_asprintf("P: /devices/usb1/1-%d/1-%d:1.0/input/input%d/event%d\nN: input/event%d\n"
		"E: DEVNAME=/dev/input/event%d\nE: SUBSYSTEM=input\nE: ID_INPUT=1\n%sE: ID_VENDOR_ID=%s\nE: ID_MODEL_ID=%s\n%s%s%s"
		"E: ID_PATH=pci-0000:00:14.0-usb-0:%d\n", n + 1, n + 1, n, n, n, n, face->properties, vid, pid,
		*serial ? "E: ID_SERIAL_SHORT=" : "", serial, *serial ? "\n" : "", n + 1);
	GError *error = NULL;

	*k = (struct input_mock){.face = face, .far_fd = -1};
	snprintf(k->node, sizeof k->node, "/dev/input/event%d", n);
	snprintf(k->sys, sizeof k->sys, "/sys/devices/usb1/1-%d/1-%d:1.0/input/input%d/event%d", n + 1, n + 1, n, n);
	k->handler = umockdev_ioctl_base_new();
	g_signal_connect(k->handler, "handle-ioctl", G_CALLBACK(on_ioctl), k);
	assert_true(umockdev_testbed_attach_ioctl(machine, k->node, k->handler, &error));
	umockdev_testbed_add_from_string(machine, text, &error);
	g_assert_no_error(error);
	k->far_fd = umockdev_testbed_get_dev_fd(machine, k->node);
}

void
input_unplug(UMockdevTestbed *machine, struct input_mock *k)
{
	umockdev_testbed_uevent(machine, k->sys, "remove");
	umockdev_testbed_remove_device(machine, k->sys);
	assert_true(umockdev_testbed_detach_ioctl(machine, k->node, NULL));
	g_clear_object(&k->handler);
}

void
input_send(struct input_mock *k, int type, int code, int value)
{
	struct input_event ev = {.type = (uint16_t)type, .code = (uint16_t)code, .value = value};

	assert_int_equal(write(k->far_fd, &ev, sizeof ev), sizeof ev);
}

void
input_turn(struct ym_loop *loop, int ms)
{
	int64_t stop = ym_clock_mono() + ms;

	do
		ym_loop_turn(loop, 2);
	while (ym_clock_mono() < stop);
}

void
input_until(struct ym_loop *loop, const int *count, int wanted)
{
	int64_t stop = ym_clock_mono() + 20000;

	while (*count < wanted && ym_clock_mono() < stop)
		ym_loop_turn(loop, 20);
	assert_int_equal(*count, wanted);
}

struct ym_device_info
input_device(const struct ym_hub *hub, enum ym_device_role role)
{
	struct ym_device_info info = {0};

	ym_hub_role_device(hub, role, &info);
	return info;
}

void
input_until_state(struct ym_loop *loop, const struct ym_hub *hub, enum ym_device_role role, enum ym_device_state state)
{
	int64_t stop = ym_clock_mono() + 20000;

	while (input_device(hub, role).state != state && ym_clock_mono() < stop)
		ym_loop_turn(loop, 20);
	assert_int_equal(input_device(hub, role).state, state);
}
