/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Gadgets whose far end is ours to the last byte: bulk pipes through FunctionFS. Numbers are in this machine's order of
 * bytes, because the lab runs on amd64 alone (lab.sh).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/lab.h"

struct face {
	struct usb_interface_descriptor interface;
	struct usb_endpoint_descriptor_no_audio ends[4];
} __attribute__((packed));

static void
fill(struct face *f, const struct lab_pipes *p, uint16_t packet)
{
	static const uint8_t addresses[] = {0x81, 0x02, 0x83, 0x04};

	*f = (struct face){.interface = {.bLength = sizeof f->interface, .bDescriptorType = USB_DT_INTERFACE,
		.bNumEndpoints = (uint8_t)(p->n_pairs * 2), .bInterfaceClass = p->class, .bInterfaceSubClass = p->subclass,
		.bInterfaceProtocol = p->protocol, .iInterface = 1}};
	for (int i = 0; i < p->n_pairs * 2; i++)
		f->ends[i] = (struct usb_endpoint_descriptor_no_audio){.bLength = sizeof f->ends[i], .bDescriptorType = USB_DT_ENDPOINT,
			.bEndpointAddress = addresses[i], .bmAttributes = USB_ENDPOINT_XFER_BULK, .wMaxPacketSize = packet};
}

int
lab_pipes_open(const char *name, const char *folder, const struct lab_pipes *p)
{
	static const struct {
		struct usb_functionfs_strings_head head;
		uint16_t language;
		char text[sizeof "lab"];
	} __attribute__((packed)) strings = {{FUNCTIONFS_STRINGS_MAGIC, sizeof strings, 1, 1}, 0x0409, "lab"};
	struct usb_functionfs_descs_head_v2 head = {.magic = FUNCTIONFS_DESCRIPTORS_MAGIC_V2,
		.flags = FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC};
	YM_FREE char *path = ym_asprintf("%s/ep0", folder);
	uint32_t count = (uint32_t)(1 + p->n_pairs * 2);
	size_t n_face = sizeof(struct usb_interface_descriptor) + (size_t)p->n_pairs * 2 * sizeof(struct usb_endpoint_descriptor_no_audio);
	YM_BUF all = {.max = 4096};
	struct face full, high;
	int fd = -1;

	if (!mkdir(folder, 0755) && !mount(name, folder, "functionfs", 0, NULL))
		fd = open(path, O_RDWR | O_CLOEXEC);
	fill(&full, p, 64);
	fill(&high, p, 512);
	head.length = (uint32_t)(sizeof head + 2 * sizeof count + 2 * n_face);
	ym_buf_add(&all, &head, sizeof head);
	ym_buf_add(&all, &count, sizeof count);
	ym_buf_add(&all, &count, sizeof count);
	ym_buf_add(&all, &full, n_face);
	ym_buf_add(&all, &high, n_face);
	if (fd < 0 || write(fd, all.data, all.len) != (ssize_t)all.len || write(fd, &strings, sizeof strings) != (ssize_t)sizeof strings) {
		lab_note("%s: %s", path, strerror(errno));
		ym_fd_close_p(&fd);
	}
	return fd;
}

int
lab_pipe_open(const char *folder, int n)
{
	YM_FREE char *path = ym_asprintf("%s/ep%d", folder, n);

	return open(path, O_RDWR | O_CLOEXEC);
}
