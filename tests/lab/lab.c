/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The bench of lab.h, and the program: yimen-lab PART runs one part inside the emulated machine.
 */
#include "lab/lab.h"

#include <grp.h>
#include <libudev.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static const char *part;
static int n_not_ok;

struct lab_kernel {
	struct udev *udev;
	struct udev_monitor *monitor;
	ym_source source;
};

void
lab_part(const char *name)
{
	part = name;
}

static void
line(const char *mark, const char *fmt, va_list args)
{
	printf("%s%s: ", mark, part);
	vprintf(fmt, args);
	printf("\n");
	fflush(stdout);
}

bool
lab_point(bool is_ok, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(is_ok ? "ok - " : "not ok - ", fmt, args);
	va_end(args);
	n_not_ok += !is_ok;
	return is_ok;
}

void
lab_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line("skip - ", fmt, args);
	va_end(args);
}

void
lab_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line("# ", fmt, args);
	va_end(args);
}

int
lab_end(void)
{
	return n_not_ok > 0;
}

/* -- the hub -- */

static void
on_device(void *user, const struct ym_device_event *ev)
{
	struct lab *l = user;
	struct ym_device_info info;

	switch (ev->kind) {
	case YM_DEVICE_CHANGED:
		if (!l->ready_at && ym_hub_role_device(l->hub, l->role, &info) && info.state == YM_DEVICE_READY)
			l->ready_at = ym_clock_mono();
		break;
	case YM_DEVICE_CARD:
		l->n_cards++;
		l->card_at = ym_clock_mono();
		l->card = *ev->card;
		break;
	case YM_DEVICE_CARD_FAILED:
		l->n_failed++;
		l->failed = *ev->err;
		break;
	case YM_DEVICE_CARD_LIFTED:
		l->n_lifted++;
		break;
	case YM_DEVICE_TESTED:
		l->n_tested++;
		l->tested = *ev->err;
		break;
	case YM_DEVICE_SCANNED:
		l->n_scans++;
		memcpy(l->scan, ev->scan->data, ev->scan->n);
		l->scan[ev->scan->n] = 0;
		break;
	case YM_DEVICE_IMAGE:
		l->n_images++;
		free(l->jpeg);
		l->n_jpeg = ev->image->n;
		l->jpeg = ym_alloc(l->n_jpeg);
		memcpy(l->jpeg, ev->image->data, l->n_jpeg);
		break;
	case YM_DEVICE_DRAWING:
		l->n_drawing++;
		break;
	case YM_DEVICE_SIGNED:
		l->n_signed++;
		l->strokes = *ev->strokes;
		l->strokes.points = NULL;
		break;
	case YM_DEVICE_ORDERED:
		l->n_ordered++;
		l->ordered = *ev->err;
		break;
	default:
		break;
	}
}

/* The kernel's own event, which is before udev's rules. */
static void
on_kernel(void *user, int fd, short revents)
{
	struct lab *l = user;
	struct udev_device *dev = udev_monitor_receive_device(l->kernel->monitor);
	const char *name = dev ? udev_device_get_sysname(dev) : NULL;
	const char *action = dev ? udev_device_get_action(dev) : NULL;

	if (name && ym_streq(action, "add") && !l->kernel_at && !strncmp(name, l->kernel_node, strlen(l->kernel_node)))
		l->kernel_at = ym_clock_mono();
	if (dev)
		udev_device_unref(dev);
}

bool
lab_up(struct lab *l, enum ym_device_role role, const char *kernel_node)
{
	/* The limits of the drivers are for real processors. */
	const struct ym_hub_options opt = {.site_rules = getenv("YIMEN_LAB_SITE"), .timing = {.reply_ms = 5000, .read_ms = 15000}};
	struct ym_error err;

	memset(l, 0, sizeof *l);
	l->role = role;
	l->kernel_node = kernel_node;
	l->kernel = ym_alloc(sizeof *l->kernel);
	l->kernel->udev = udev_new();
	l->kernel->monitor = udev_monitor_new_from_netlink(l->kernel->udev, "kernel");
	if (ym_loop_new(&l->loop, &err) || ym_hub_new(l->loop, &opt, &l->hub, &err))
		return lab_point(false, "the hub does not start: %s", err.detail);
	if (!l->kernel->monitor || udev_monitor_enable_receiving(l->kernel->monitor) < 0)
		return lab_point(false, "the kernel's events cannot be heard");
	l->kernel->source = ym_loop_add_fd(l->loop, "kernel", YM_PRIO_NORMAL, udev_monitor_get_fd(l->kernel->monitor), POLLIN, on_kernel, l);
	ym_hub_listen(l->hub, on_device, l);
	ym_hub_arm(l->hub, role, true);
	return true;
}

void
lab_down(struct lab *l)
{
	ym_hub_free(l->hub);
	ym_loop_remove(l->loop, l->kernel->source);
	udev_monitor_unref(l->kernel->monitor);
	udev_unref(l->kernel->udev);
	free(l->kernel);
	ym_loop_turn(l->loop, 0);
	ym_loop_free(l->loop);
	ym_card_release(&l->card);
	free(l->jpeg);
	memset(l, 0, sizeof *l);
}

bool
lab_until(struct lab *l, bool (*done)(struct lab *l))
{
	int64_t stop = ym_clock_mono() + LAB_LONG_MS;

	while (!done(l)) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(l->loop, 50);
	}
	return true;
}

void
lab_idle(struct lab *l, int ms)
{
	int64_t stop = ym_clock_mono() + ms;

	while (ym_clock_mono() < stop)
		ym_loop_turn(l->loop, 10);
}

struct ym_device_info
lab_info(struct lab *l)
{
	struct ym_device_info info = {0};

	ym_hub_role_device(l->hub, l->role, &info);
	return info;
}

static enum ym_device_state wanted;

static bool
is_wanted(struct lab *l)
{
	return lab_info(l).state == wanted;
}

bool
lab_until_state(struct lab *l, enum ym_device_state state)
{
	wanted = state;
	return lab_until(l, is_wanted);
}

static bool
has_none(struct lab *l)
{
	struct ym_device_info info;

	return !ym_hub_role_device(l->hub, l->role, &info);
}

bool
lab_until_gone(struct lab *l)
{
	return lab_until(l, has_none);
}

bool
lab_has_card(struct lab *l)
{
	return l->n_cards > 0;
}

bool
lab_has_failed(struct lab *l)
{
	return l->n_failed > 0;
}

bool
lab_has_scan(struct lab *l)
{
	return l->n_scans > 0;
}

bool
lab_has_ordered(struct lab *l)
{
	return l->n_ordered > 0;
}

static bool
is_ready(struct lab *l)
{
	return l->ready_at && l->kernel_at;
}

bool
lab_plug_ready(struct lab *l, const char *gadget)
{
	l->kernel_at = l->ready_at = 0;
	l->plugged_at = ym_clock_mono();
	if (!lab_gadget_plug(gadget))
		return lab_point(false, "the gadget %s cannot be plugged in", gadget);
	if (!lab_until(l, is_ready)) {
		struct ym_device_info info = lab_info(l);

		return lab_point(false, "plugged in, but not ready: kernel event %s, device %s, state %s, last error %s %s",
			l->kernel_at ? "seen" : "not seen", info.node, ym_device_state_name(info.state), ym_code_name(info.last_code),
			info.last_msgid ? info.last_msgid : "");
	}
	if (!l->is_mute)
		lab_note("measured: kernel event to ready %lld ms (plug to kernel event %lld ms), emulated",
			(long long)(l->ready_at - l->kernel_at), (long long)(l->kernel_at - l->plugged_at));
	return true;
}

void
lab_point_access(struct lab *l, const char *group)
{
	struct ym_device_info info = lab_info(l);
	struct group *g;
	struct stat st;

	if (stat(info.node, &st)) {
		lab_point(false, "%s cannot be looked at", info.node);
		return;
	}
	g = getgrgid(st.st_gid);
	lab_point(g && ym_streq(g->gr_name, group) && (st.st_mode & 0777) == 0660, "%s belongs to %s, mode %03o (wanted %s, 660)", info.node,
		g ? g->gr_name : "?", st.st_mode & 0777u, group);
}

int
lab_yimen(struct lab *l, char **ret_said, ...)
{
	const char *argv[16] = {getenv("YIMEN_CLI")};
	char path[] = "/tmp/lab-XXXXXX";
	int fd = mkstemp(path), status = -1;
	YM_BUF said = {.max = 1 << 16};
	va_list args;
	pid_t pid;

	va_start(args, ret_said);
	for (int i = 1; i < 15 && (argv[i] = va_arg(args, const char *)); i++)
		;
	va_end(args);
	pid = fork();
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL); /* the loop's are not the program's */
		dup2(fd, 1);
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	for (int64_t stop = ym_clock_mono() + LAB_LONG_MS; waitpid(pid, &status, WNOHANG) == 0 && ym_clock_mono() < stop;)
		ym_loop_turn(l->loop, 20);
	kill(pid, SIGKILL);
	lseek(fd, 0, SEEK_SET);
	for (char b[1024];;) {
		ssize_t k = read(fd, b, sizeof b);

		if (k <= 0)
			break;
		ym_buf_add(&said, b, (size_t)k);
	}
	close(fd);
	unlink(path);
	*ret_said = ym_asprintf("%.*s", (int)said.len, said.len ? said.data : "");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
lab_end_hand(pid_t pid)
{
	int status;

	for (int i = 0; i < 500; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return;
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {{"serial", lab_serial}, {"bulk", lab_bulk}, {"hid", lab_hid}, {"codes", lab_codes}, {"wedge", lab_wedge}, {"receipt", lab_receipt},
		{"camera", lab_camera}, {"pad", lab_pad}};

	for (size_t i = 0; argc == 2 && i < YM_ARRAY_LEN(parts); i++)
		if (ym_streq(argv[1], parts[i].name)) {
			lab_part(parts[i].name);
			parts[i].run();
			return lab_end();
		}
	lab_part(argc == 2 ? argv[1] : "?");
	lab_skip("this version has no such part");
	return 0;
}
