/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The far end of a serial ID-card reader: a SAM module behind a pseudo-terminal, answering byte for byte on the loop.
 * Not a way around the driver: cards get in only by being laid on it. Invariant: the driver cannot tell it from a
 * module on a wire; the card laid on it is an invented one and is wiped when it is lifted.
 */
#pragma once

#include "yimen/device.h"
#include "yimen/loop.h"

/* What is written on a card. UTF-8; NULL is blank. Dates as on the card, "19900307" or "长期". Copied when laid. */
struct ym_sim_card {
	enum ym_card_kind kind;    /* YM_CARD_UNKNOWN: laid out like a resident card, with `letter` */
	const char *letter;        /* only for YM_CARD_UNKNOWN */
	const char *name, *english_name;
	const char *sex;           /* "1" */
	const char *nation;        /* "01" */
	const char *birth, *address, *number, *issuer, *valid_from, *valid_to;
	const char *new_address;   /* NULL: the card has none */
	const char *pass_number, *issue_count, *country, *card_version, *former_link;
	const uint8_t *photo;      /* 1024 bytes; NULL: a block that no decoder takes for a face */
};

enum ym_sim_fault_kind {
	YM_SIM_FINE,
	YM_SIM_SILENT,      /* no answer */
	YM_SIM_CHECKSUM,    /* the checksum is wrong */
	YM_SIM_CORRUPT,     /* byte `at` of the answer is inverted */
	YM_SIM_TRUNCATED,   /* the answer ends before byte `at` */
	YM_SIM_LENGTH,      /* a length no answer has */
	YM_SIM_ENDLESS,     /* bytes without end instead of an answer */
	YM_SIM_NOISE,       /* some noise before the right answer */
	YM_SIM_STATUS,      /* answers with status `sw3` and no data */
	YM_SIM_CARD_PULLED, /* the card is lifted when `at` bytes of it have been read */
	YM_SIM_UNPLUGGED,   /* the plug is pulled when `at` bytes of the answer are on the line */
	YM_SIM_SELF_TEST,   /* every command: self-test failed */
	YM_SIM_UNAUTHORISED,/* every command: not authorised */
};
struct ym_sim_fault {
	enum ym_sim_fault_kind kind;
	int command;        /* enum ym_sam_command it strikes; 0: any */
	size_t at;
	uint8_t sw3;
	int times;          /* how often; 0: until changed */
};

struct ym_sim_options {
	/* Symbolic link to the slave, kept up to date over replugs. NULL: none, only for a reader that is never unplugged:
	 * the number of a freed pseudo-terminal soon is somebody else's terminal. */
	const char *link;
	size_t chunk;       /* bytes a write: 0 means 64 */
	int chunk_ms;       /* between chunks; -1: none; 0 means 5, about 115200 baud */
	int card_ms;        /* the card's own time for a read; -1: none; 0 means 350 */
	int fingers;        /* answer to 30 10: 0 an older module that refuses it, 1 a card without prints, 2 with */
	bool finds_again;   /* a card that was read is still found (9F); real modules say 80 until it is lifted [one habit] */
};

struct ym_sim_reader;
/* Plugged in when it returns. opt may be NULL. */
enum ym_code ym_sim_reader_new(struct ym_loop *loop, const struct ym_sim_options *opt, struct ym_sim_reader **ret,
	struct ym_error *err) YM_MUST;
void ym_sim_reader_free(struct ym_sim_reader *r);
/* What to give to ym_hub_add_port: the link when there is one, else the slave's node ("" while unplugged). */
const char *ym_sim_reader_path(const struct ym_sim_reader *r);

/* INVALID when a field does not fit its place on the card. A card that lies there is replaced. */
enum ym_code ym_sim_reader_lay(struct ym_sim_reader *r, const struct ym_sim_card *card, struct ym_error *err) YM_MUST;
/* For texts no card printer would make (tests of the driver): the raw 256 bytes. */
void ym_sim_reader_lay_raw(struct ym_sim_reader *r, const uint8_t text[256]);
void ym_sim_reader_lift(struct ym_sim_reader *r);
bool ym_sim_reader_has_card(const struct ym_sim_reader *r);

void ym_sim_reader_unplug(struct ym_sim_reader *r);
enum ym_code ym_sim_reader_plug(struct ym_sim_reader *r, struct ym_error *err) YM_MUST;
/* The same on a line that somebody else made (a mock machine's): far end and near end, both taken over. Unplugged first. */
void ym_sim_reader_plug_on(struct ym_sim_reader *r, int far_fd, int near_fd);
bool ym_sim_reader_is_plugged(const struct ym_sim_reader *r);
void ym_sim_reader_set_fault(struct ym_sim_reader *r, const struct ym_sim_fault *fault); /* NULL: none */
/* Requests answered or not since it was plugged in. */
unsigned ym_sim_reader_n_requests(const struct ym_sim_reader *r);

/* The 256 bytes of a card's text, as they are laid out on it. */
enum ym_code ym_sim_card_encode(const struct ym_sim_card *card, uint8_t ret[256], struct ym_error *err) YM_MUST;
