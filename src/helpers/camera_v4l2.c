/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A real camera: plain V4L2, four mapped buffers. Not libv4l2: it makes system calls behind every mock's back, and MJPEG
 * and YUYV need no conversion. Invariant: between start and stop every buffer is either the driver's or the one frame
 * that is lent out.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "helpers/camera_source.h"

#define BUFFERS 4
/* A page is readable from 5 megapixels on; more costs time at every preview. */
#define PIXELS_WANTED (9L << 20)

static int fd = -1;
static struct {
	uint8_t *p;
	size_t n;
} buffers[BUFFERS];
static unsigned n_buffers;
static int lent = -1;
static int width, height, stride;
static bool is_jpeg, is_streaming;

static int
control(unsigned long request, void *arg)
{
	int rc;

	do
		rc = ioctl(fd, request, arg);
	while (rc < 0 && errno == EINTR);
	return rc;
}

static int
fault_of_errno(void)
{
	switch (errno) {
	case ENODEV:
	case ENXIO:
	case ENOENT:
		return CAMERA_GONE;
	case EBUSY:
		return YM_CAMERA_TAKEN;
	case EACCES:
	case EPERM:
		return YM_CAMERA_FORBIDDEN;
	default:
		return YM_CAMERA_IO;
	}
}

/* The largest size up to what is wanted; the smallest when all are larger. */
static bool
choose_size(uint32_t pixelformat, int *w, int *h)
{
	struct v4l2_frmsizeenum size = { .pixel_format = pixelformat };
	long best = 0;

	for (; !control(VIDIOC_ENUM_FRAMESIZES, &size) && size.index < 256; size.index++) {
		long sw = size.discrete.width, sh = size.discrete.height, pixels;
		bool better;

		if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
			/* any size in a range: the largest of a page's shape */
			sw = size.stepwise.max_width;
			sh = size.stepwise.max_height;
			if (sw * sh > PIXELS_WANTED) {
				sw = size.stepwise.min_width > 2592 ? size.stepwise.min_width : 2592;
				sh = size.stepwise.min_height > 1944 ? size.stepwise.min_height : 1944;
			}
		}
		pixels = sw * sh;
		better = pixels <= PIXELS_WANTED ? pixels > best || best > PIXELS_WANTED : !best || (best > PIXELS_WANTED && pixels < best);
		if (pixels > 0 && better) {
			best = pixels;
			*w = (int)sw;
			*h = (int)sh;
		}
		if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE)
			break;
	}
	return best > 0;
}

static bool
set_format(uint32_t pixelformat)
{
	struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	int w = 0, h = 0;

	if (!choose_size(pixelformat, &w, &h))
		return false;
	f.fmt.pix.width = (uint32_t)w;
	f.fmt.pix.height = (uint32_t)h;
	f.fmt.pix.pixelformat = pixelformat;
	f.fmt.pix.field = V4L2_FIELD_NONE;
	if (control(VIDIOC_S_FMT, &f) || f.fmt.pix.pixelformat != pixelformat || (long)f.fmt.pix.width * f.fmt.pix.height > (long)YM_CAMERA_PIXELS_MAX)
		return false;
	width = (int)f.fmt.pix.width;
	height = (int)f.fmt.pix.height;
	is_jpeg = pixelformat != V4L2_PIX_FMT_YUYV;
	stride = f.fmt.pix.bytesperline >= f.fmt.pix.width * 2 ? (int)f.fmt.pix.bytesperline : width * 2;
	return true;
}

static int
open_node(const char *where, char about[64])
{
	static const uint32_t formats[] = { V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_JPEG, V4L2_PIX_FMT_YUYV };
	struct v4l2_capability cap = { 0 };
	uint32_t caps;
	size_t i;

	fd = open(where, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || control(VIDIOC_QUERYCAP, &cap))
		return fault_of_errno();
	caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
	if (!(caps & V4L2_CAP_VIDEO_CAPTURE) || !(caps & V4L2_CAP_STREAMING))
		return YM_CAMERA_NO_FORMAT;
	for (i = 0; i < YM_ARRAY_LEN(formats) && !set_format(formats[i]); i++)
		if (errno == EBUSY)
			return YM_CAMERA_TAKEN;
	if (i == YM_ARRAY_LEN(formats))
		return YM_CAMERA_NO_FORMAT;
	snprintf(about, 64, "%.32s %dx%d %s", (const char *)cap.card, width, height, is_jpeg ? "MJPEG" : "YUYV");
	for (char *c = about; *c; c++)
		if (*c < 0x20 || *c > 0x7E)
			*c = '?';
	return YM_CAMERA_FINE;
}

static void
stop(void)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	struct v4l2_requestbuffers none = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP };

	if (is_streaming)
		control(VIDIOC_STREAMOFF, &type);
	for (unsigned i = 0; i < n_buffers; i++)
		if (buffers[i].p)
			munmap(buffers[i].p, buffers[i].n);
	if (n_buffers)
		control(VIDIOC_REQBUFS, &none);
	memset(buffers, 0, sizeof buffers);
	n_buffers = 0;
	lent = -1;
	is_streaming = false;
}

static int
give_back(unsigned index)
{
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = index };

	return control(VIDIOC_QBUF, &b);
}

static int
map_buffers(void)
{
	struct v4l2_requestbuffers want = { .count = BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP };

	if (control(VIDIOC_REQBUFS, &want))
		return -1;
	for (n_buffers = 0; n_buffers < want.count && n_buffers < BUFFERS; n_buffers++) {
		struct v4l2_buffer b = { .type = want.type, .memory = want.memory, .index = n_buffers };
		void *p;

		if (control(VIDIOC_QUERYBUF, &b))
			return -1;
		p = mmap(NULL, b.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, b.m.offset);
		if (p == MAP_FAILED)
			return -1;
		buffers[n_buffers].p = p;
		buffers[n_buffers].n = b.length;
		if (give_back(n_buffers)) {
			n_buffers++;
			return -1;
		}
	}
	return n_buffers ? 0 : -1;
}

static int
start(void)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (is_streaming)
		return YM_CAMERA_FINE;
	if (map_buffers() || control(VIDIOC_STREAMON, &type)) {
		int fault = fault_of_errno();

		stop();
		return fault;
	}
	is_streaming = true;
	return YM_CAMERA_FINE;
}

static int
next(int timeout_ms, struct camera_frame *ret)
{
	struct v4l2_buffer b = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP };
	struct pollfd p = { fd, POLLIN, 0 };
	size_t n;
	bool is_faulty;

	if (lent >= 0 && give_back((unsigned)lent))
		return fault_of_errno();
	lent = -1;
	if (poll(&p, 1, timeout_ms) < 1)
		return YM_CAMERA_SILENT;
	if (control(VIDIOC_DQBUF, &b))
		return errno == EAGAIN ? YM_CAMERA_SILENT : errno == EIO ? YM_CAMERA_BROKEN : fault_of_errno();
	if (b.index >= n_buffers)
		return YM_CAMERA_IO;
	lent = (int)b.index;
	n = b.bytesused;
	is_faulty = b.flags & V4L2_BUF_FLAG_ERROR || n > buffers[b.index].n || (is_jpeg ? n < 4 : n < (size_t)stride * (size_t)height);
	if (n > YM_CAMERA_FRAME_MAX)
		return YM_CAMERA_TOO_LARGE;
	if (is_faulty)
		return YM_CAMERA_BROKEN;
	*ret = (struct camera_frame){ .data = buffers[b.index].p, .n = n, .w = width, .h = height, .is_jpeg = is_jpeg, .stride = stride };
	return YM_CAMERA_FINE;
}

static void
close_node(void)
{
	stop();
	ym_fd_close_p(&fd);
}

const struct camera_source camera_v4l2 = { .open = open_node, .start = start, .stop = stop, .next = next, .close = close_node };
