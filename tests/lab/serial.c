/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Devices behind a CDC-ACM line: the simulated module of an ID-card reader, and a scanner in serial mode. The near end is
 * /dev/ttyACMn as the hub finds it, the far end /dev/ttyGSn.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "device/cards.h"
#include "device/sam.h"
#include "lab/lab.h"

/* The module on the gadget's line; a line that was unplugged is hung up, so it is opened anew each time. */
static bool
serve(struct ym_sim_reader *sim)
{
	YM_FREE char *node = lab_gadget_far("reader", "acm.0");
	int far_fd = node ? lab_open_far(node) : -1, held = far_fd < 0 ? -1 : fcntl(far_fd, F_DUPFD_CLOEXEC, 3);

	if (held < 0)
		return lab_point(false, "the far end is not there");
	ym_sim_reader_plug_on(sim, far_fd, held);
	return true;
}

static bool
is_reading(struct lab *l)
{
	struct ym_device_info info = lab_info(l);

	return info.state == YM_DEVICE_BUSY && info.has_card;
}

static bool
has_tested(struct lab *l)
{
	return l->n_tested > 0;
}

static bool
read_a_card(struct lab *l, struct ym_sim_reader *sim)
{
	int64_t laid = ym_clock_mono();

	l->n_cards = 0;
	if (ym_sim_reader_lay(sim, &card_resident, NULL) || !lab_until(l, lab_has_card))
		return false;
	lab_note("measured: card laid to card read %lld ms, of them the card's own 350 ms, emulated", (long long)(l->card_at - laid));
	return ym_streq(l->card.number, card_resident.number) && ym_streq(l->card.name, card_resident.name) && !l->card.warnings;
}

static void
pull_while_reading(struct lab *l, struct ym_sim_reader *sim, const char *gadget)
{
	const struct ym_sim_fault silent = {.kind = YM_SIM_SILENT, .command = YM_SAM_READ};

	ym_sim_reader_lift(sim);
	lab_idle(l, 1500);
	l->n_cards = l->n_failed = 0;
	ym_sim_reader_set_fault(sim, &silent);
	if (ym_sim_reader_lay(sim, &card_moved, NULL) || !lab_point(lab_until(l, is_reading), "the second card is being read"))
		return;
	lab_gadget_unplug(gadget);
	lab_point(lab_until(l, lab_has_failed) && l->failed.code == YM_GONE, "unplugged while reading: the card has failed with GONE");
	lab_point(lab_until_gone(l), "unplugged: the reader is not listed any more");
	lab_point(l->n_failed == 1 && l->n_cards == 0, "told once (%d), no card (%d)", l->n_failed, l->n_cards);
	ym_sim_reader_set_fault(sim, NULL);
}

static void
with_reader(struct lab *l, struct ym_sim_reader *sim)
{
	struct ym_device_info first, again;
	struct ym_error err;

	if (!serve(sim) || !lab_plug_ready(l, "reader"))
		return;
	first = lab_info(l);
	lab_point(ym_streq(first.driver, "idcard-serial"), "udev's role brings the driver: %s on %s", first.driver, first.node);
	lab_point(ym_streq(first.identity, "28e9:018a:LAB1"), "known by vendor, product and serial: %s", first.identity);
	lab_point_access(l, "dialout");
	lab_point(read_a_card(l, sim), "a card is read through cdc_acm");
	lab_point(!ym_hub_test(l->hub, first.ref, &err) && lab_until(l, has_tested) && l->tested.code == YM_OK, "the self-test is passed");
	pull_while_reading(l, sim, "reader");
	if (!serve(sim) || !lab_plug_ready(l, "reader"))
		return;
	again = lab_info(l);
	lab_point(ym_streq(again.identity, first.identity) && again.ref.generation != first.ref.generation,
		"plugged in again: the same identity, another ref");
	lab_point(read_a_card(l, sim), "and reads");
	lab_gadget_unplug("reader");
	lab_point(lab_until_gone(l), "unplugged at rest: not listed any more");
}

/* The commands, on a reader that was there before them. */
static void
with_commands(struct lab *l, struct ym_sim_reader *sim)
{
	YM_FREE char *list = NULL, *test = NULL;
	int code;

	if (!serve(sim) || !lab_plug_ready(l, "reader"))
		return;
	ym_hub_free(YM_TAKE(l->hub)); /* one program has the line at a time */
	code = lab_yimen(l, &list, "device", "list", "--json", NULL);
	lab_point(!code && strstr(list, "28e9:018a:LAB1") && strstr(list, "\"ready\""), "yimen device list shows it ready (%d)", code);
	code = lab_yimen(l, &test, "device", "test", "28e9:018a:LAB1", NULL);
	lab_point(!code, "yimen device test is passed (%d)", code);
	if (code || !strstr(list, "LAB1"))
		lab_note("it said: %s%s", list, test);
	lab_gadget_unplug("reader");
}

void
lab_serial(void)
{
	struct ym_sim_reader *sim;
	struct lab l;

	if (!lab_gadget_make("reader", "28e9", "018a", "LAB1") || !lab_gadget_function("reader", "acm.0") || !lab_gadget_use("reader", "acm.0")) {
		lab_skip("this kernel makes no serial gadget");
		return;
	}
	if (!lab_up(&l, YM_ROLE_IDCARD, "ttyACM"))
		return;
	if (ym_sim_reader_new(l.loop, NULL, &sim, NULL)) {
		lab_point(false, "no simulated reader");
	} else {
		with_reader(&l, sim);
		with_commands(&l, sim);
		ym_sim_reader_free(sim);
	}
	lab_down(&l);
}

/* -- a scanner in serial mode -- */

static void
with_scanner(struct lab *l, int far_fd)
{
	static const char code[] = "https://gat.example.cn/zm?id=229901199003070035\r", half[] = "220000 half of a co";

	if (!lab_plug_ready(l, "codes"))
		return;
	lab_point_access(l, "dialout");
	lab_point(write(far_fd, code, sizeof code - 1) == sizeof code - 1 && lab_until(l, lab_has_scan) &&
			strlen(l->scan) == sizeof code - 2 && !memcmp(l->scan, code, sizeof code - 2),
		"a code arrives whole through cdc_acm");
	l->n_scans = 0;
	if (write(far_fd, half, sizeof half - 1) < 0)
		lab_note("half a code was not taken");
	lab_gadget_unplug("codes");
	lab_point(lab_until_gone(l), "unplugged: the scanner is not listed any more");
	lab_point(l->n_scans == 0, "half a code is no scan");
}

void
lab_codes(void)
{
	YM_FREE char *node = NULL;
	struct lab l;
	int far_fd;

	if (!lab_gadget_make("codes", "1eab", "0c06", "LAB2") || !lab_gadget_function("codes", "acm.1") || !lab_gadget_use("codes", "acm.1")) {
		lab_skip("this kernel makes no serial gadget");
		return;
	}
	if (!lab_up(&l, YM_ROLE_SCANNER, "ttyACM"))
		return;
	node = lab_gadget_far("codes", "acm.1");
	far_fd = node ? lab_open_far(node) : -1;
	if (lab_point(far_fd >= 0, "the far end is there"))
		with_scanner(&l, far_fd);
	if (far_fd >= 0)
		close(far_fd);
	lab_down(&l);
}
