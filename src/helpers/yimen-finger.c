/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The helper that has the fingerprint reader: messages of device/finger_wire.h on stdin and stdout.
 *   yimen-finger                  the first reader that libfprint drives, now or when one is plugged in
 *   yimen-finger --stand-in DIR   what lies on it is told by DIR/finger.json: practice and tests (finger_stand_in.c)
 * A finger that must differ from another is first compared with that one's template: one scan more, and the only check of
 * "two different fingers" that libfprint offers. Which finger of a hand it is no reader can tell: that is the officer's word.
 * Invariant: after 'E' exactly one 'K' or 'F'.
 */
#include "helpers/finger_parts.h"

#include <poll.h>

#include "crypt/crypt.h"

#ifdef YM_HAVE_LIBFPRINT
#include <libfprint-2/fprint.h>
#include <glib-unix.h>
#endif

void
finger_say(const struct ym_finger_message *m)
{
	YM_BUF out = { 0 };

	ym_finger_wire_write(m, &out);
	if (!ym_helper_write(m->kind, out.data, out.len))
		_exit(0);
}

void
finger_say_fault(uint8_t kind, enum ym_finger_fault fault)
{
	finger_say(&(struct ym_finger_message){ .kind = kind, .fault = fault });
}

#ifdef YM_HAVE_LIBFPRINT

static FpContext *context;
static FpDevice *device;
static GCancellable *running;   /* NULL: idle */
static struct ym_buf asked = { .max = YM_FINGER_MESSAGE_MAX };
static uint8_t asked_kind;      /* waits to be done when idle; 0 none */
static int finger;

static enum ym_finger_fault
fault_of(const GError *e)
{
	if (g_error_matches(e, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return YM_FINGER_STOPPED;
	if (e && e->domain == FP_DEVICE_ERROR)
		switch (e->code) {
		case FP_DEVICE_ERROR_BUSY:
			return YM_FINGER_BUSY;
		case FP_DEVICE_ERROR_REMOVED:
			return YM_FINGER_ABSENT;
		case FP_DEVICE_ERROR_DATA_INVALID:
			return YM_FINGER_POOR;
		default:
			return YM_FINGER_FAILED;
		}
	return g_error_matches(e, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ? YM_FINGER_FORBIDDEN : YM_FINGER_FAILED;
}

static enum ym_finger_again
again_of(const GError *e)
{
	if (!e)
		return YM_FINGER_GOOD;
	switch (e->code) {
	case FP_DEVICE_RETRY_TOO_SHORT:
		return YM_FINGER_TOO_SHORT;
	case FP_DEVICE_RETRY_CENTER_FINGER:
		return YM_FINGER_CENTER;
	case FP_DEVICE_RETRY_REMOVE_FINGER:
		return YM_FINGER_LIFT;
	default:
		return YM_FINGER_AGAIN;
	}
}

static void
on_progress(FpDevice *dev, gint stage, FpPrint *print, gpointer user, GError *error)
{
	(void)print;
	(void)user;
	finger_say(&(struct ym_finger_message){ .kind = 'S', .finger = finger, .stage = stage, .stages = fp_device_get_nr_enroll_stages(dev),
		.again = again_of(error) });
}

/* True when the finger on the reader is the one of the template. A bad scan is repeated. */
static gboolean
is_same(const uint8_t *data, size_t n, GError **error)
{
	g_autoptr(FpPrint) other = fp_print_deserialize(data, n, NULL);
	gboolean match = FALSE;

	if (!other)
		return FALSE;
	for (;;) {
		g_autoptr(GError) e = NULL;

		if (fp_device_verify_sync(device, other, running, NULL, NULL, &match, NULL, &e))
			return match;
		if (e->domain != FP_DEVICE_RETRY) {
			g_propagate_error(error, g_steal_pointer(&e));
			return FALSE;
		}
		finger_say(&(struct ym_finger_message){ .kind = 'S', .finger = finger, .again = again_of(e) });
	}
}

static void
take(const struct ym_finger_message *m)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(FpPrint) print = NULL;
	guchar *bytes = NULL;
	gsize n = 0;

	finger = m->finger;
	running = g_cancellable_new();
	if (m->n && is_same(m->data, m->n, &error)) {
		finger_say_fault('F', YM_FINGER_SAME);
	} else {
		FpPrint *wanted = fp_print_new(device);

		/* libfprint counts the left thumb as 1, the right one as 6 */
		fp_print_set_finger(wanted, (FpFinger)(m->finger >= 16 ? m->finger - 15 : m->finger - 5));
		if (!error)
			print = fp_device_enroll_sync(device, wanted, running, on_progress, NULL, &error);
		else
			g_object_unref(g_object_ref_sink(wanted));
		if (print && fp_print_serialize(print, &bytes, &n, &error) && n > 0)
			finger_say(&(struct ym_finger_message){ .kind = 'K', .finger = finger, .data = bytes, .n = n });
		else
			finger_say_fault('F', fault_of(error));
	}
	if (bytes) {
		explicit_bzero(bytes, n);
		g_free(bytes);
	}
	g_clear_object(&running);
}

static void
look(void)
{
	GPtrArray *all = fp_context_get_devices(context);
	g_autoptr(GError) error = NULL;
	struct ym_finger_message m = { .kind = 'R' };

	if (device || !all || !all->len)
		return;
	device = g_object_ref(g_ptr_array_index(all, 0));
	if (!fp_device_open_sync(device, NULL, &error)) {
		g_clear_object(&device);
		finger_say_fault('F', fault_of(error));
		return;
	}
	for (const char *c = fp_device_get_name(device); *c && strlen(m.text) + 1 < sizeof m.text; c++)
		m.text[strlen(m.text)] = *c >= 0x20 && *c < 0x7F ? *c : '?';
	finger_say(&m);
}

static void
on_added(FpContext *c, FpDevice *d, gpointer user)
{
	(void)c;
	(void)d;
	(void)user;
	look();
}

static void
on_removed(FpContext *c, FpDevice *d, gpointer user)
{
	(void)c;
	(void)user;
	if (d != device)
		return;
	g_clear_object(&device);
	finger_say(&(struct ym_finger_message){ .kind = 'A' });
}

/* Also while a finger is being taken: libfprint's blocking calls turn this loop. */
static gboolean
on_input(gint fd, GIOCondition condition, gpointer user)
{
	YM_BUF data = { .max = YM_FINGER_MESSAGE_MAX };
	uint8_t kind;

	(void)fd;
	(void)condition;
	(void)user;
	if (!ym_helper_read(&kind, &data, YM_FINGER_MESSAGE_MAX))
		_exit(0);
	if (kind == 'X') {
		if (running)
			g_cancellable_cancel(running);
		return G_SOURCE_CONTINUE;
	}
	ym_buf_clear(&asked);
	ym_buf_add(&asked, data.data, data.len);
	asked_kind = kind;
	return G_SOURCE_CONTINUE;
}

static void
obey(void)
{
	uint8_t kind = asked_kind;
	struct ym_finger_message m;

	asked_kind = 0;
	if (!ym_finger_wire_read(kind, (const uint8_t *)ym_buf_str(&asked), asked.len, &m))
		_exit(1);
	if (m.kind == 'T')
		finger_say_fault('D', device ? YM_FINGER_FINE : YM_FINGER_ABSENT);
	else if (m.kind == 'E' && device)
		take(&m);
	else
		finger_say_fault('F', YM_FINGER_ABSENT);
}

_Noreturn static void
run_libfprint(void)
{
	context = fp_context_new();
	g_signal_connect(context, "device-added", G_CALLBACK(on_added), NULL);
	g_signal_connect(context, "device-removed", G_CALLBACK(on_removed), NULL);
	g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, NULL);
	fp_context_enumerate(context);
	look();
	if (!device)
		finger_say(&(struct ym_finger_message){ .kind = 'A' });
	for (;;) {
		if (asked_kind)
			obey();
		else
			g_main_context_iteration(NULL, TRUE);
	}
}

#endif

int
main(int argc, char **argv)
{
	ym_crypt_harden();
	ym_helper_begin();
	if (argc == 3 && ym_streq(argv[1], "--stand-in"))
		return finger_stand_in(argv[2]);
	if (argc != 1) {
		fprintf(stderr, "yimen-finger [--stand-in FOLDER]\n");
		return 2;
	}
#ifdef YM_HAVE_LIBFPRINT
	run_libfprint();
#else
	/* built without libfprint: no reader will ever be there */
	finger_say(&(struct ym_finger_message){ .kind = 'A' });
	for (YM_BUF data = { 0 };;) {
		uint8_t kind;

		if (!ym_helper_read(&kind, &data, YM_FINGER_MESSAGE_MAX))
			return 0;
		if (kind != 'X')
			finger_say_fault(kind == 'T' ? 'D' : 'F', YM_FINGER_ABSENT);
	}
#endif
}
