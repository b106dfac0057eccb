/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Every file in transcripts/ is replayed to the real driver; its "= " lines are what the driver must have reported.
 * Then the recorder itself: a session recorded in clear replays to the same card, a masked one holds no payload.
 * `test_device_transcripts --make DIR` records the sessions below anew (invented cards, simulated reader).
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "device/bed.h"
#include "device/cards.h"
#include "device/player.h"
#include "device/sam.h"

static struct bed b;
static struct ym_player *player;

static bool
is_over(struct bed *bed)
{
	return ym_player_is_over(player) || ym_player_complaint(player);
}

static bool
is_as_expected(struct bed *bed)
{
	return strcmp(bed->log, ym_player_expected(player)) == 0;
}

static void
replay(const char *path)
{
	struct ym_hub_options opt = {.no_udev = true, .timing = bed_timing(), .reopen_ms = 60000};
	struct ym_error err = {0};

	if (strstr(path, "silence"))
		opt.timing.reply_ms = 60;
	bed_up_bare(&b, NULL, &opt);
	if (ym_player_new(b.loop, path, &player, &err))
		fail_msg("%s: %s %s", path, err.msgid, err.detail);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = ym_player_path(player), .role = YM_ROLE_IDCARD, .identity = "test:replay"}, NULL, NULL), YM_OK);
	assert_true(bed_until(&b, is_over));
	if (ym_player_complaint(player))
		fail_msg("%s: %s", path, ym_player_complaint(player));
	bed_until(&b, is_as_expected);
	bed_idle(&b, 10);
	if (strcmp(b.log, ym_player_expected(player)))
		fail_msg("%s: reported\n%snot\n%s", path, b.log, ym_player_expected(player));
	ym_player_free(player);
	bed_down(&b);
}

static void
transcripts_replay_to_what_they_say(void **state)
{
	YM_FREE char *folder = ym_asprintf("%s/tests/device/transcripts", getenv("YIMEN_SOURCE"));
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), played = 0;

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		if (strstr(names[i]->d_name, ".txt")) {
			YM_FREE char *path = ym_asprintf("%s/%s", folder, names[i]->d_name);

			replay(path);
			played++;
		}
		free(names[i]);
	}
	free(names);
	assert_true(played >= 8);
}

/* -- recording -- */

struct session {
	const char *name;
	const struct ym_sim_card *card;
	struct ym_sim_fault fault;
	bool (*until)(struct bed *b);
	bool lift;
};
static const struct session sessions[] = {
	{"resident", &card_resident, {0}, bed_has_card, true},
	{"resident-moved", &card_moved, {0}, bed_has_card, true},
	{"hong-kong-macao-taiwan", &card_hmt, {0}, bed_has_card, false},
	{"foreign-2017", &card_foreign_2017, {0}, bed_has_card, false},
	{"foreign-2023", &card_foreign_2023, {0}, bed_has_card, false},
	{"unknown-kind", &card_unknown, {0}, bed_has_card, false},
	{"card-pulled", &card_resident, {YM_SIM_CARD_PULLED, YM_SAM_READ, 600, 0, 1}, bed_has_failed, false},
	{"wrong-checksum", &card_resident, {YM_SIM_CHECKSUM, YM_SAM_READ, 0, 0, 1}, bed_has_failed, false},
	{"select-failed", &card_resident, {YM_SIM_STATUS, YM_SAM_SELECT, 0, 0x81, 1}, bed_has_failed, false},
	{"silence-in-read", &card_resident, {YM_SIM_SILENT, YM_SAM_SELECT, 0, 0, 1}, bed_has_failed, false},
	{"noise-first", &card_resident, {YM_SIM_NOISE, 0, 0, 0, 0}, bed_has_card, false},
	{"unplugged-in-read", &card_resident, {YM_SIM_UNPLUGGED, YM_SAM_READ, 777, 0, 1}, bed_has_failed, false},
};

/* Records one session; returns the path of the transcript (caller frees), with what was reported appended. */
static char *
record(const struct session *s, const char *folder, bool in_clear)
{
	const struct ym_sim_options sim = {.chunk = 300, .chunk_ms = 1, .card_ms = 5};
	struct ym_driver_timing t = bed_timing();
	struct ym_hub_options opt = {.no_udev = true, .timing = t, .reopen_ms = 60000, .record_dir = folder,
		.record_test_cards = in_clear};
	struct dirent **names;
	char *path;
	YM_FCLOSE FILE *f = NULL;
	int n;

	opt.timing.reply_ms = strstr(s->name, "silence") ? 60 : 2000;
	bed_up_bare(&b, NULL, &opt);
	assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.sim, NULL), YM_OK);
	ym_sim_reader_set_fault(b.sim, &s->fault);
	assert_int_equal(ym_sim_reader_lay(b.sim, s->card, NULL), YM_OK);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = ym_sim_reader_path(b.sim), .role = YM_ROLE_IDCARD, .identity = "test:rec"}, &b.ref, NULL), YM_OK);
	assert_true(bed_until(&b, s->until));
	if (s->lift) {
		ym_sim_reader_lift(b.sim);
		assert_true(bed_until(&b, bed_has_lifted));
	}
	ym_hub_free(b.hub);
	b.hub = NULL;
	n = scandir(folder, &names, NULL, alphasort);
	path = NULL;
	for (int i = 0; i < n; i++) {
		if (!strncmp(names[i]->d_name, "idcard-serial-", 14))
			path = ym_asprintf("%s/%s", folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	assert_non_null(path);
	f = fopen(path, "a");
	assert_non_null(f);
	for (char *line = strtok(b.log, "\n"); line; line = strtok(NULL, "\n"))
		fprintf(f, "= %s\n", line);
	bed_down(&b);
	return path;
}

static void
a_recorded_session_replays_to_the_same_report(void **state)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(sessions); i++) {
		char folder[] = "/tmp/ym-rec-XXXXXX";
		YM_FREE char *path = NULL;
		YM_FREE char *named = NULL;

		assert_non_null(mkdtemp(folder));
		path = record(&sessions[i], folder, true);
		named = ym_asprintf("%s/%s.txt", folder, sessions[i].name);
		assert_int_equal(rename(path, named), 0);
		replay(named);
		unlink(named);
		rmdir(folder);
	}
}

static void
a_masked_transcript_holds_nothing_of_the_card(void **state)
{
	char folder[] = "/tmp/ym-rec-XXXXXX";
	YM_FREE char *path = NULL;
	YM_BUF text = {0};
	struct ym_error err;
	uint8_t block[256];

	assert_non_null(mkdtemp(folder));
	path = record(&sessions[0], folder, false);
	assert_int_equal(ym_file_read(path, 1 << 20, &text, NULL), YM_OK);
	assert_non_null(strstr(text.data, "payload masked"));
	assert_non_null(strstr(text.data, "> AA AA AA 96 69 00 03 30 01 32"));
	assert_non_null(strstr(text.data, "< AA AA AA 96 69 05 08 00 00 90 -- -- --"));
	/* No four bytes of the card's text in a row. */
	assert_int_equal(ym_sim_card_encode(&card_resident, block, NULL), YM_OK);
	for (size_t i = 0; i + 4 <= 220; i += 2) {
		char hex[16];

		snprintf(hex, sizeof hex, "%02X %02X %02X %02X", block[i], block[i + 1], block[i + 2], block[i + 3]);
		assert_null(strstr(text.data, hex));
	}
	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	assert_int_equal(ym_player_new(b.loop, path, &player, &err), YM_INVALID);
	ym_loop_free(b.loop);
	unlink(path);
	rmdir(folder);
}

static void
a_malformed_transcript_is_refused_with_its_line(void **state)
{
	static const char *const bad[] = {
		"", "yimen-transcript 2\ndriver x\npayload clear\n  0 > AA\n", "yimen-transcript 1\ndriver x\npayload masked\n  0 > AA\n",
		"yimen-transcript 1\ndriver x\npayload clear\n  0 > A\n", "yimen-transcript 1\ndriver x\npayload clear\n  0 > AA BX\n",
		"yimen-transcript 1\ndriver x\npayload clear\n  0 ? AA\n", "yimen-transcript 1\ndriver x\npayload clear\n  0 < --\n",
	};

	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++) {
		char path[] = "/tmp/ym-bad-XXXXXX";
		int fd = mkstemp(path);
		struct ym_error err;

		assert_int_equal(ym_fd_write_all(fd, bad[i], strlen(bad[i]), NULL), YM_OK);
		close(fd);
		assert_int_equal(ym_player_new(b.loop, path, &player, &err), YM_INVALID);
		assert_non_null(strstr(err.detail, "line"));
		unlink(path);
	}
	ym_loop_free(b.loop);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transcripts_replay_to_what_they_say),
		cmocka_unit_test(a_recorded_session_replays_to_the_same_report),
		cmocka_unit_test(a_masked_transcript_holds_nothing_of_the_card),
		cmocka_unit_test(a_malformed_transcript_is_refused_with_its_line),
	};

	if (argc == 3 && ym_streq(argv[1], "--make")) {
		for (size_t i = 0; i < YM_ARRAY_LEN(sessions); i++) {
			YM_FREE char *path = record(&sessions[i], argv[2], true);
			YM_FREE char *named = ym_asprintf("%s/%s.txt", argv[2], sessions[i].name);

			if (rename(path, named))
				return 1;
		}
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
