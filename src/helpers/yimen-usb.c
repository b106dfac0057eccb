/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-usb: bytes between an ID-card reader's driver and a reader on USB bulk pipes or HID, in a process of its own because
 * libusb and hidapi wait. Not the dialogue (device/idcard.c): it only knows where a frame ends.
 * `yimen-usb bulk /dev/bus/usb/BBB/DDD` or `yimen-usb hid /dev/hidrawN`; messages of device/helper.h:
 *   in   S  one byte of count, then a whole request      out  D  the count it answers, then bytes of the reply
 *   out  E  one byte of enum ym_code, then a detail for the log; the end
 * Framings (shared notes on devices, 2.1): two pairs of bulk pipes carry the seven bytes of head and the rest apart, one pair
 * carries whole frames; told apart by counting endpoints, taken in the order of the descriptors. HID pads to 64 bytes.
 * Invariant: nothing of a card is kept after it has been passed on.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "device/helper.h"
#include "device/sam.h"

#ifdef YM_HAVE_LIBUSB
#include <libusb.h>
#endif
#ifdef YM_HAVE_HIDAPI
#include <hidapi/hidapi.h>
#endif

#define HEAD_LEN 7
#define SLICE_MS 40   /* how long the device is listened to before the driver is */
#define REPORT_LEN 64

static uint8_t count;            /* of the request being answered */
static struct ym_sam_parser parser;
static bool is_reading;

static int
fail(enum ym_code code, const char *why)
{
	uint8_t text[128] = { (uint8_t)code };
	size_t n = strlen(why) < sizeof text - 1 ? strlen(why) : sizeof text - 1;

	memcpy(text + 1, why, n);
	ym_helper_write('E', text, n + 1);
	return 1;
}

/* Passes bytes on, up to the end of a frame: what pads a packet is nobody's. */
static void
pass_on(const uint8_t *data, size_t n)
{
	uint8_t out[4096 + 1];
	size_t k = 0;

	while (k < n && k < sizeof out - 1 && is_reading) {
		out[k + 1] = data[k];
		if (ym_sam_feed(&parser, data[k]) != YM_SAM_MORE)
			is_reading = false;
		k++;
	}
	out[0] = count;
	if (k)
		ym_helper_write('D', out, k + 1);
	explicit_bzero(out, sizeof out);
}

/* A request of the driver, if there is one. False: it left. */
static bool
next_request(int wait_ms, uint8_t request[YM_SAM_REQUEST_LEN], bool *ret_any)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	YM_BUF data = { .max = 64 };
	uint8_t kind;

	*ret_any = false;
	if (poll(&p, 1, wait_ms) <= 0)
		return true;
	if (!ym_helper_read(&kind, &data, 60))
		return false;
	if (kind != 'S' || data.len != YM_SAM_REQUEST_LEN + 1)
		return true;
	count = (uint8_t)data.data[0];
	memcpy(request, data.data + 1, YM_SAM_REQUEST_LEN);
	ym_sam_parser_reset(&parser);
	is_reading = true;
	*ret_any = true;
	return true;
}

#ifdef YM_HAVE_LIBUSB
struct bulk {
	libusb_device_handle *handle;
	uint8_t in[2], out[2];
	int n_in, n_out;
};

static int
fail_usb(int rc, const char *what)
{
	char why[100];

	snprintf(why, sizeof why, "%s: %s", what, libusb_error_name(rc));
	return fail(rc == LIBUSB_ERROR_NO_DEVICE || rc == LIBUSB_ERROR_NOT_FOUND || rc == LIBUSB_ERROR_IO ? YM_GONE :
		rc == LIBUSB_ERROR_ACCESS ? YM_REFUSED : rc == LIBUSB_ERROR_BUSY ? YM_BUSY : YM_IO, why);
}

/* The first interface with a pair of bulk pipes at least. */
static int
find_pipes(libusb_device *dev, struct bulk *b, int *ret_interface)
{
	struct libusb_config_descriptor *config;
	int rc = libusb_get_active_config_descriptor(dev, &config);

	if (rc)
		return rc;
	rc = LIBUSB_ERROR_NOT_SUPPORTED;
	for (int i = 0; i < config->bNumInterfaces && rc; i++) {
		const struct libusb_interface_descriptor *face = config->interface[i].altsetting;

		b->n_in = b->n_out = 0;
		for (int k = 0; face && k < face->bNumEndpoints; k++) {
			const struct libusb_endpoint_descriptor *e = &face->endpoint[k];
			bool is_in = e->bEndpointAddress & LIBUSB_ENDPOINT_IN;

			if ((e->bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK)
				continue;
			if (is_in && b->n_in < 2)
				b->in[b->n_in++] = e->bEndpointAddress;
			else if (!is_in && b->n_out < 2)
				b->out[b->n_out++] = e->bEndpointAddress;
		}
		if (b->n_in && b->n_out) {
			*ret_interface = face->bInterfaceNumber;
			rc = 0;
		}
	}
	libusb_free_config_descriptor(config);
	return rc;
}

static int
open_bulk(const char *node, struct bulk *b)
{
	libusb_device **list;
	unsigned bus, address;
	int interface = 0, rc = LIBUSB_ERROR_NO_DEVICE;
	ssize_t n;

	if (sscanf(node, "/dev/bus/usb/%u/%u", &bus, &address) != 2)
		return LIBUSB_ERROR_INVALID_PARAM;
	n = libusb_get_device_list(NULL, &list);
	for (ssize_t i = 0; i < n; i++) {
		if (libusb_get_bus_number(list[i]) != bus || libusb_get_device_address(list[i]) != address)
			continue;
		rc = find_pipes(list[i], b, &interface);
		if (!rc)
			rc = libusb_open(list[i], &b->handle);
	}
	if (n >= 0)
		libusb_free_device_list(list, 1);
	if (rc)
		return rc;
	libusb_set_auto_detach_kernel_driver(b->handle, 1); /* where the kernel can */
	return libusb_claim_interface(b->handle, interface);
}

static int
send_bulk(struct bulk *b, uint8_t *request)
{
	bool is_apart = b->n_in == 2 && b->n_out == 2;
	int head = is_apart ? HEAD_LEN : YM_SAM_REQUEST_LEN, done, rc;

	rc = libusb_bulk_transfer(b->handle, b->out[0], request, head, &done, 1000);
	if (!rc && is_apart)
		rc = libusb_bulk_transfer(b->handle, b->out[1], request + head, YM_SAM_REQUEST_LEN - head, &done, 1000);
	return rc;
}

/* Which pipe the next bytes come from: the head's until the length is known, then the other. */
static int
receive_bulk(struct bulk *b)
{
	bool is_apart = b->n_in == 2 && b->n_out == 2;
	uint8_t pipe = b->in[is_apart && parser.have >= 2], data[4096];
	int done = 0, rc = libusb_bulk_transfer(b->handle, pipe, data, sizeof data, &done, SLICE_MS);

	if (done > 0)
		pass_on(data, (size_t)done);
	explicit_bzero(data, sizeof data);
	if (rc == LIBUSB_ERROR_PIPE)
		return libusb_clear_halt(b->handle, pipe);
	return rc == LIBUSB_ERROR_TIMEOUT || rc == LIBUSB_ERROR_OVERFLOW ? 0 : rc;
}

static int
run_bulk(const char *node)
{
	struct bulk b = { 0 };
	uint8_t request[YM_SAM_REQUEST_LEN];
	bool any;
	int rc = libusb_init(NULL);

	if (rc)
		return fail_usb(rc, "init");
	rc = open_bulk(node, &b);
	if (rc)
		return fail_usb(rc, "open");
	while (next_request(is_reading ? 0 : -1, request, &any)) {
		rc = any ? send_bulk(&b, request) : is_reading ? receive_bulk(&b) : 0;
		if (rc == LIBUSB_ERROR_TIMEOUT)
			continue; /* it takes nothing: the driver's deadline says so */
		if (rc)
			return fail_usb(rc, any ? "send" : "receive");
	}
	return 0;
}
#else
static int
run_bulk(const char *node)
{
	return fail(YM_NOTFOUND, "built without libusb");
}
#endif

#ifdef YM_HAVE_HIDAPI
static int
run_hid(const char *node)
{
	uint8_t request[YM_SAM_REQUEST_LEN], report[REPORT_LEN + 1];
	hid_device *dev;
	bool any;

	if (hid_init() || !(dev = hid_open_path(node)))
		return fail(errno == EACCES || errno == EPERM ? YM_REFUSED : errno == EBUSY ? YM_BUSY : YM_GONE, "hid open");
	while (next_request(is_reading ? 0 : -1, request, &any)) {
		int n = 0;

		if (any) {
			memset(report, 0, sizeof report); /* report number 0 stands before it */
			memcpy(report + 1, request, sizeof request);
			n = hid_write(dev, report, sizeof report);
		} else if (is_reading) {
			n = hid_read_timeout(dev, report, REPORT_LEN, SLICE_MS);
			if (n > 0)
				pass_on(report, (size_t)n);
			explicit_bzero(report, sizeof report);
		}
		if (n < 0)
			return fail(YM_GONE, any ? "hid send" : "hid receive");
	}
	hid_close(dev);
	return 0;
}
#else
static int
run_hid(const char *node)
{
	return fail(YM_NOTFOUND, "built without hidapi");
}
#endif

int
main(int argc, char **argv)
{
	ym_helper_begin();
	if (argc == 3 && !strcmp(argv[1], "bulk"))
		return run_bulk(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "hid"))
		return run_hid(argv[2]);
	fputs("usage: yimen-usb bulk|hid NODE\n", stderr);
	return 2;
}
