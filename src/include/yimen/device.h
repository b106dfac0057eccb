/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Counter devices as the screens and the station see them: what is there, in which state, and what a card says.
 * Not for drivers (device/driver.h) and not for building a hub (device/hub.h). Devices are named by slot and
 * generation, because they can vanish. Invariant: what a card says lives in memory only and is wiped on release.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "yimen/error.h"

struct ym_hub;

/* What a device is used for. New kinds of device are added here and in data/quirks/devices.json. */
enum ym_device_role {
	YM_ROLE_NONE,
	YM_ROLE_IDCARD,
	YM_ROLE_SCANNER,   /* bar codes, QR codes and machine-readable zones: text with an end */
	YM_ROLE_CAMERA,    /* pages of documents */
	YM_ROLE_PORTRAIT,  /* the camera that looks at the citizen */
	YM_ROLE_RECEIPT,   /* receipt printer; A4 printers are CUPS's, not the hub's */
	YM_ROLE_PAD,       /* signature pad */
	YM_ROLE_EVALUATOR, /* the five keys of the rating */
	YM_ROLE_DISPLAY,   /* queue display and caller */
	YM_ROLE_FINGER,    /* fingerprint reader */
	YM_N_ROLES
};
enum ym_device_state {
	YM_DEVICE_ABSENT,    /* not plugged in, or left */
	YM_DEVICE_READY,
	YM_DEVICE_BUSY,      /* starting, or an operation is running */
	YM_DEVICE_ATTENTION, /* needs a person: see last_msgid */
};

/* A device that left keeps its ref for ever; generation 0 names nothing. */
struct ym_device_ref {
	uint32_t slot, generation;
};

/* A copy; strings are ASCII and never personal data. */
struct ym_device_info {
	struct ym_device_ref ref;
	enum ym_device_role role;
	enum ym_device_state state;
	char driver[32];          /* "" when this version has no driver for it */
	char identity[160];       /* "10c4:ea60:0001" or "10c4:ea60@pci-0000:00:14.0-usb-0:2:1.0": stays across replugs */
	char node[96];            /* where it is now, for maintainers: "/dev/ttyUSB0" */
	char about[64];           /* what the device says of itself (module id of a card reader); may be "" */
	bool is_armed;            /* waiting for what it is there for (a card, a code, a pen) */
	bool has_card;            /* a card lies on it, as far as the reader tells */
	enum ym_code last_code;   /* last error, YM_OK when none */
	const char *last_msgid;   /* sentence to translate, or NULL */
	int64_t last_at;          /* wall clock of the last error, ms UTC; 0 when none */
	char profile[64];         /* how it is spoken to, when data says so; "" */
};

/* A printer for A4 papers. It is CUPS's, not the hub's. */
struct ym_printer {
	char name[128];           /* of the queue, or an ipp:// address */
	char info[120];           /* how CUPS describes it; may be "" */
	enum ym_device_state state; /* ABSENT: CUPS does not know it, or not how it is */
	const char *why;          /* sentence to translate, or NULL */
	bool is_default, is_chosen;
};

/* Kinds of card of GA 467 readers, by the character at offset 248 of the text block. */
enum ym_card_kind {
	YM_CARD_UNKNOWN,      /* a letter this version does not know: only `letter` is filled in */
	YM_CARD_RESIDENT,     /* blank: 居民身份证 */
	YM_CARD_HMT_RESIDENT, /* J: 港澳台居民居住证 */
	YM_CARD_FOREIGN_2017, /* I: 外国人永久居留身份证, 2017 layout */
	YM_CARD_FOREIGN_2023, /* Y: the same, 2023 layout */
};

/* Things that do not fit together on a card. They are shown, they refuse nothing. */
enum ym_card_warning {
	YM_CARD_WARN_NUMBER = 1 << 0,  /* form or check character of the number */
	YM_CARD_WARN_BIRTH = 1 << 1,   /* birth date is not a date, or differs from the number's */
	YM_CARD_WARN_SEX = 1 << 2,     /* sex is not a code, or differs from the number's */
	YM_CARD_WARN_VALID = 1 << 3,   /* a validity date is not a date, or they are in the wrong order */
	YM_CARD_WARN_EXPIRED = 1 << 4, /* the last day of validity is over */
	YM_CARD_WARN_NAME = 1 << 5,    /* no name at all */
	YM_CARD_WARN_NATION = 1 << 6,  /* nation code outside GB/T 3304 */
	YM_CARD_WARN_ADDRESS = 1 << 7, /* the appended new address could not be read */
};
#define YM_N_CARD_WARNINGS 8

#define YM_CARD_PHOTO_MAX 1024
#define YM_CARD_FINGER_MAX 1024
/* UTF-8, trimmed; "" when the layout has no such field. Dates are "YYYY-MM-DD", "" when not a real date. */
struct ym_card {
	enum ym_card_kind kind;
	char letter[8];             /* the type character itself, "" for a resident card */
	char name[184];             /* Chinese name (on a foreign card may be "") */
	char english_name[184];
	int sex;                    /* GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 unstated */
	char nation[4];             /* GB/T 3304: "01".."56", "97", "98" */
	char birth[12];
	char address[112];
	char new_address[112];      /* 追加地址 when the card has one; it is the one in force */
	char number[56];
	char issuer[48];
	char valid_from[12], valid_to[12];
	bool is_long_term;          /* valid_to is 长期: valid_to is "" */
	char pass_number[32];       /* J: number of the travel permit */
	char issue_count[16];       /* J: issue count; Y: times reissued */
	char country[12];           /* I, Y: country code as written on the card */
	char card_version[16];      /* I */
	char former_link[16];       /* Y: link to the former number */
	uint32_t warnings;          /* enum ym_card_warning */
	/* WLT-compressed portrait, opaque without the licensed decoder; photo_len 0 when there is none. */
	uint8_t photo[YM_CARD_PHOTO_MAX];
	size_t photo_len;
	/* The two fingerprint templates as they stand on the card, opaque (their format and matching are the maker's); only when
	 * the site's profile of the reader is "finger". finger_len 0: none. */
	uint8_t finger[YM_CARD_FINGER_MAX];
	size_t finger_len;
};

/* Wipes everything. Accepts NULL. A card is a plain value: copy by assignment, wipe each copy. */
void ym_card_release(struct ym_card *card);
/* The address in force: new_address when there is one. */
const char *ym_card_address(const struct ym_card *card);
/* msgid: "Resident identity card" ... Never NULL. */
const char *ym_card_kind_text(enum ym_card_kind kind);
/* msgid of warning bit i (0 .. YM_N_CARD_WARNINGS - 1). */
const char *ym_card_warning_text(int i);

/* What a scanner sent, up to its end mark: bytes, not yet judged (what they mean is for whoever asked). */
#define YM_SCAN_MAX 4096
struct ym_scan {
	const uint8_t *data;
	size_t n;
};

/* A picture from a camera: JPEG for a capture, or gray bytes row by row for a preview. Borrowed for the call. */
struct ym_image {
	const uint8_t *data;
	size_t n;
	int width, height;
	bool is_jpeg;
	/* Measured by the camera's helper, 0..100; -1 not measured (device/picture.h says what they mean). */
	int sharpness, brightness;
	int tilt; /* degrees that the page is turned clockwise, -45..45; YM_TILT_UNKNOWN: nothing straight is seen */
};
#define YM_TILT_UNKNOWN 999

/* A signature as drawn: points in the pad's own range, times in ms from the first; pressure 0 lifts the pen. */
struct ym_stroke_point {
	uint16_t x, y, pressure;
	uint32_t ms;
};
struct ym_strokes {
	const struct ym_stroke_point *points;
	size_t n;
	int width, height; /* range of x and y */
	bool has_pressure; /* otherwise it only says that the pen touches */
};

/* A finger being taken. Numbers as on the identity card's chip (devices.md §2.6): 11..15 right thumb .. little, 16..20 left. */
struct ym_finger {
	int finger;
	int stage, stages;       /* scans taken of so many */
	const char *again;       /* msgid: why the last scan has to be repeated (that is no failure); NULL */
	const uint8_t *data;     /* the template, at the end; NULL before */
	size_t n;
};

/* What a device is asked to do. Each ends in exactly one YM_DEVICE_ORDERED with its id. */
enum ym_device_order_kind {
	YM_ORDER_PRINT,   /* data: bytes as the printer wants them */
	YM_ORDER_SHOOT,   /* one picture: YM_DEVICE_IMAGE, then ORDERED */
	YM_ORDER_ASK,     /* evaluator: please rate; pad: please sign. text is shown where the device can */
	YM_ORDER_SHOW,    /* display: text is the ticket, a tab, the window */
	YM_ORDER_FINGER,  /* take one finger: YM_DEVICE_FINGER as it goes, then ORDERED; CONFLICT: it is the one in data */
};
struct ym_device_order {
	uint32_t id;           /* the caller's; 0 names nothing */
	enum ym_device_order_kind kind;
	const uint8_t *data;   /* copied by the driver */
	size_t n;
	const char *text;      /* UTF-8, copied */
	int rotate;            /* SHOOT: 0, 90, 180, 270 */
	int finger;            /* FINGER: which is asked for; data: the template of another that it must differ from */
	size_t max_bytes;      /* SHOOT: JPEG no larger than this; 0: as the camera gives it */
};

enum ym_device_event_kind {
	YM_DEVICE_CHANGED,     /* came, left, or its state or last error changed: look again */
	YM_DEVICE_CARD,        /* a card was read: `card` is borrowed for the call */
	YM_DEVICE_CARD_FAILED, /* a card could not be read: `err` says why and what to do */
	YM_DEVICE_CARD_LIFTED, /* the card is gone; the next one will be read */
	YM_DEVICE_TESTED,      /* self-test over: err->code YM_OK or the fault */
	YM_DEVICE_SCANNED,     /* scan */
	YM_DEVICE_IMAGE,       /* image: a capture */
	YM_DEVICE_PREVIEW,     /* image: what the camera sees now */
	YM_DEVICE_DRAWING,     /* strokes so far, a few times a second while the citizen signs */
	YM_DEVICE_SIGNED,      /* strokes */
	YM_DEVICE_PRESSED,     /* grade */
	YM_DEVICE_FINGER,      /* finger */
	YM_DEVICE_ORDERED,     /* the order `order` is over: err->code YM_OK or why not. A print: YM_OK only when the printer
	                        * itself says that it printed; YM_CONFLICT: everything was sent and nobody knows: ask a person */
	YM_DEVICE_TAUGHT,      /* a scanner was found by its code and belongs to the desk now, or err says why not */
};
struct ym_device_event {
	enum ym_device_event_kind kind;
	struct ym_device_ref ref;
	const struct ym_card *card;
	const struct ym_error *err;
	const struct ym_scan *scan;
	const struct ym_image *image;
	const struct ym_strokes *strokes;
	const struct ym_finger *finger;
	int grade;       /* 1 非常不满意 .. 5 非常满意 */
	uint32_t order;  /* the order's id */
};
typedef void (*ym_device_fn)(void *user, const struct ym_device_event *event);

/* One listener. It may call anything here, but must not free the hub. NULL removes it. */
void ym_hub_listen(struct ym_hub *hub, ym_device_fn fn, void *user);
/* While a role is armed, its devices (later ones too) read what is laid on them. */
void ym_hub_arm(struct ym_hub *hub, enum ym_device_role role, bool on);
/* Start a self-test; YM_DEVICE_TESTED follows. NOTFOUND, GONE or BUSY when it cannot start. */
enum ym_code ym_hub_test(struct ym_hub *hub, struct ym_device_ref ref, struct ym_error *err) YM_MUST;
/* Give an order. NOTFOUND, GONE, BUSY or REFUSED (the device cannot do that) when it cannot start: then no ORDERED. */
enum ym_code ym_hub_order(struct ym_hub *hub, struct ym_device_ref ref, const struct ym_device_order *order, struct ym_error *err)
	YM_MUST;
/* A scanner that looks like a keyboard is not touched until somebody names it: while teaching, every unnamed keyboard is
 * listened to (never grabbed), and the one that types `code` becomes a scanner of this desk; YM_DEVICE_TAUGHT follows. NULL
 * ends it. NOTFOUND when no keyboard can be listened to, REFUSED in a build or for an account that cannot. */
enum ym_code ym_hub_teach(struct ym_hub *hub, const char *code, struct ym_error *err) YM_MUST;
/* The device that does a role now: the first ready one, else a busy one, else any; false when there is none. */
bool ym_hub_role_device(const struct ym_hub *hub, enum ym_device_role role, struct ym_device_info *ret);

size_t ym_hub_n_devices(const struct ym_hub *hub);
/* The i-th device / the named one; false when there is none. */
bool ym_hub_get(const struct ym_hub *hub, size_t i, struct ym_device_info *ret);
bool ym_hub_find(const struct ym_hub *hub, struct ym_device_ref ref, struct ym_device_info *ret);
/* The state to show for a role: the best of its devices, ABSENT when there is none. */
enum ym_device_state ym_hub_role_state(const struct ym_hub *hub, enum ym_device_role role);

/* msgids for people, and stable ASCII names for configuration and JSON ("idcard", "ready"). */
const char *ym_device_role_text(enum ym_device_role role);
const char *ym_device_state_text(enum ym_device_state state);
const char *ym_device_role_name(enum ym_device_role role);
const char *ym_device_state_name(enum ym_device_state state);
/* YM_ROLE_NONE when unknown. */
enum ym_device_role ym_device_role_of(const char *name);
