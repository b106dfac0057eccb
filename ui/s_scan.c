/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Scanned codes on the screens (s_scan.h). Three ways of telling a scanner that types: it puts STX before each code (its
 * manual calls that a prefix), a whole code with right check characters arrives in one piece and ends in Enter, or keys
 * come one by one faster than any hand.
 */
#include "s_scan.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_cases.h"
#include "s_home.h"
#include "s_reader.h"
#include "s_visit.h"
#include "util.h"
#include "yimen/scan.h"
#include "yimen/text.h"

#define STX 0x02
#define BURST_MIN 8       /* characters that no hand types within one read */
#define SECRET_MIN 12     /* the same where a password is typed */
#define PACE_MS 25        /* between two keys: forty a second; a hand does not reach twenty */
#define PACE_MIN 8        /* of them in a row, the same key held down counted once */
#define PACE_READ 3       /* more in one read: the loop was late, and nothing can be told of their pace */
#define SILENCE_MS 100    /* ends a code without an end mark; a prefix pressed by mistake is forgotten */

/* -- codes that came -- */

static bool
is_for_person(const struct ym_scan_tray *t)
{
	return t->code.kind == YM_BARCODE_MRZ || t->code.kind == YM_BARCODE_IDENTITY;
}

static void
say_waiting(struct ui_app *app, const struct ym_scan_tray *t)
{
	bool bad = t->code.check == YM_BARCODE_WRONG || t->seal == YM_SCAN_FORGED || t->seal == YM_SCAN_EXPIRED;

	ui_app_say(app, bad ? UI_WARN : UI_ACCENT, "%s %s", bad ? "!" : "▣", _(t->advice));
}

/* On the home screen a number is looked up and an appointment taken. */
static bool
take_at_home(struct ui_app *app, const struct ym_scan_tray *t)
{
	struct ym_error err = { 0 };
	bool had_visit = ym_station_visit(app->station) != NULL;

	if (ui_screen_top(app) != &s_home_screen || t->code.check == YM_BARCODE_WRONG)
		return false;
	if (t->code.kind == YM_BARCODE_CASE || t->code.kind == YM_BARCODE_MAIL) {
		ym_station_drop_scan(app->station);
		s_cases_show(app, t->code.value);
		return true;
	}
	if (t->code.kind != YM_BARCODE_APPOINTMENT)
		return false;
	if (ui_app_ok(app, ym_station_take_scan(app->station, -1, -1, NULL, &err), &err)) {
		if (!had_visit && ym_station_visit(app->station))
			ui_screen_push(app, &s_visit_screen, NULL);
		ui_app_say(app, UI_ACCENT, "✓ %s", _("Appointment taken"));
	}
	return true;
}

void
s_scan_notice(struct ui_app *app)
{
	struct ym_scan_tray t;

	if (!ym_station_scan(app->station, &t))
		return;
	if (!take_at_home(app, &t))
		say_waiting(app, &t);
	explicit_bzero(&t, sizeof t);
}

bool
s_scan_identify(struct ui_app *app, int person)
{
	struct ym_scan_tray t;
	struct ym_error err = { 0 };
	bool is_bad;

	if (!ym_station_scan(app->station, &t) || !is_for_person(&t))
		return false;
	is_bad = t.code.check == YM_BARCODE_WRONG;
	explicit_bzero(&t, sizeof t);
	if (is_bad)
		s_scan_show_zone(app);
	else if (ui_app_ok(app, ym_station_take_scan(app->station, person, -1, NULL, &err), &err))
		ui_app_say(app, UI_ACCENT, "✓ %s", _("Taken from the scanned document"));
	return true;
}

void
s_scan_type(struct ui_app *app)
{
	struct ym_scan_tray t;
	const char *s;

	if (!ym_station_scan(app->station, &t)) {
		ui_app_say(app, UI_WARN, "! %s", _("Nothing has been scanned"));
		return;
	}
	ym_station_drop_scan(app->station);
	for (s = t.code.text; *s;) {
		struct ui_key key = { .pasted = true };
		uint32_t c;

		s += ym_text_decode(s, strlen(s), &c);
		key.code = (int32_t)c;
		ui_screen_key(app, &key);
	}
	explicit_bzero(&t, sizeof t);
}

/* -- a misread zone -- */

static void
describe_fault(const struct ym_mrz_fault *f, char *text, size_t size)
{
	size_t n = strlen(text);

	ui_util_format(text + n, size - n, _("! %1$s (line %2$d, from character %3$d): %4$s"), _(ym_mrz_field_text(f->field)), f->line,
		f->column, f->read);
	n = strlen(text);
	for (int i = 0; i < YM_MRZ_HINTS && *f->hints[i]; i++, n = strlen(text))
		ui_util_format(text + n, size - n, "%s%s", i ? _(" or ") : _("\n    perhaps "), f->hints[i]);
	ui_util_format(text + n, size - n, "\n");
}

void
s_scan_show_zone(struct ui_app *app)
{
	struct ym_scan_tray t;
	size_t size = 2000;
	char *text;

	if (!ym_station_scan(app->station, &t) || t.code.kind != YM_BARCODE_MRZ)
		return;
	text = ui_util_alloc(size);
	for (int i = 0; i < t.mrz.n_lines; i++)
		ui_util_format(text + strlen(text), size - strlen(text), "%s\n", t.mrz.lines[i]);
	strcat(text, "\n");
	for (int i = 0; i < t.mrz.n_faults; i++)
		describe_fault(&t.mrz.faults[i], text, size);
	ui_util_format(text + strlen(text), size - strlen(text), "\n%s\n",
		_("Scan the document again; if it stays like this, compare with the page and type the data (T)."));
	explicit_bzero(&t, sizeof t);
	s_reader_show(app, _("The passport line was misread"), text);
}

/* -- scanners that type -- */

static struct {
	char text[YM_SCAN_MAX];
	size_t n;
	bool on;
} prefixed;   /* one terminal, one scanner: codes do not interleave */

static void
add_char(char *text, size_t size, size_t *n, int32_t code)
{
	char utf8[4];
	size_t k = ym_text_encode((uint32_t)code, utf8);

	if (*n + k <= size) {
		memcpy(text + *n, utf8, k);
		*n += k;
	}
}

static void
say_thrown_away(struct ui_app *app)
{
	ui_app_say(app, UI_WARN, "! %s", _("A scanner sent into the password field: nothing of it was taken"));
}

static void
end_prefixed(struct ui_app *app)
{
	ym_loop_remove(app->loop, app->scan);
	app->scan = 0;
	if (prefixed.n && ui_screen_top(app)->is_bare)
		say_thrown_away(app);
	else if (prefixed.n)
		ym_station_scanned(app->station, prefixed.text, prefixed.n);
	explicit_bzero(&prefixed, sizeof prefixed);
}

static void
on_silence(void *user)
{
	struct ui_app *app = user;

	app->scan = 0;
	end_prefixed(app);
}

static void
await_silence(struct ui_app *app)
{
	ym_loop_remove(app->loop, app->scan);
	app->scan = ym_loop_add_timer(app->loop, "scan", SILENCE_MS, on_silence, app);
}

bool
s_scan_prefixed(struct ui_app *app, const struct ui_key *key)
{
	bool is_end = key->code == UI_KEY_ENTER || key->code == UI_KEY_TAB;

	if (key->pasted)
		return false;
	if (key->code == STX) {
		prefixed.on = true;
		prefixed.n = 0;
		await_silence(app);
		return true;
	}
	if (!prefixed.on)
		return false;
	await_silence(app);
	/* A zone has several lines: the first Enter is not its end. */
	if (is_end && ym_mrz_wants_more(prefixed.text, prefixed.n)) {
		add_char(prefixed.text, sizeof prefixed.text, &prefixed.n, '\n');
		return true;
	}
	if (is_end) {
		end_prefixed(app);
		return true;
	}
	if (!ui_key_is_text(key)) { /* not a scanner after all: the hand is heard */
		prefixed.n = 0;
		end_prefixed(app);
		return false;
	}
	add_char(prefixed.text, sizeof prefixed.text, &prefixed.n, key->code);
	return true;
}

int
s_scan_burst(struct ui_app *app, const struct ui_key keys[], int n)
{
	char text[YM_SCAN_MAX];
	size_t len = 0;
	struct ym_barcode code;
	int end = 0, taken = 0;
	bool is_secret = ui_screen_top(app)->is_bare;

	while (end < n && !keys[end].pasted && (ui_key_is_text(&keys[end]) || (keys[end].code == UI_KEY_ENTER && end &&
		ym_mrz_wants_more(text, len)))) {
		add_char(text, sizeof text, &len, keys[end].code == UI_KEY_ENTER ? '\n' : keys[end].code);
		end++;
	}
	if (end >= BURST_MIN && end < n && keys[end].code == UI_KEY_ENTER && !keys[end].pasted) {
		ym_barcode_parse(text, len, &code);
		if (is_secret && (end >= SECRET_MIN || code.check == YM_BARCODE_CHECKED)) {
			say_thrown_away(app);
			taken = end + 1;
		} else if (!is_secret && code.check == YM_BARCODE_CHECKED && code.kind != YM_BARCODE_IDENTITY) {
			/* An identity number in one piece may be typed ahead; the other kinds nobody types. */
			ym_station_scanned(app->station, text, len);
			taken = end + 1;
		}
		explicit_bzero(&code, sizeof code);
	}
	explicit_bzero(text, sizeof text);
	return taken;
}

/* -- keys that come one by one, faster than a hand -- */

static struct {
	int64_t at_ms;      /* of the last key */
	int32_t code;
	int n, n_changes;   /* keys of the run; those that differ from the one before */
	bool swallows;      /* a password field: until it is silent */
	bool is_to_tell;    /* once the keys are handled: a message goes with the next key */
} pace;

static void
take_back(struct ui_app *app, int n)
{
	static const struct ui_key backspace = { .code = UI_KEY_BACKSPACE };

	while (n--)
		ui_app_key(app, &backspace);
}

bool
s_scan_paced(struct ui_app *app, const struct ui_key keys[], int n, int64_t now)
{
	bool is_secret = ui_screen_top(app)->is_bare;
	int64_t gap = now - pace.at_ms;

	if (prefixed.on)
		return false;
	pace.at_ms = now;
	if (pace.swallows && is_secret && gap <= SILENCE_MS)
		return true;
	pace.swallows = false;
	if (gap > PACE_MS || n > PACE_READ)
		pace.n = pace.n_changes = 0;
	if (n > PACE_READ)
		return false;
	for (int i = 0; i < n; i++) {
		if (keys[i].code == UI_KEY_ENTER && pace.n_changes >= PACE_MIN && !is_secret)
			pace.is_to_tell = true;
		if (keys[i].pasted || !ui_key_is_text(&keys[i])) {
			pace.n = pace.n_changes = 0;
			continue;
		}
		pace.n++;
		pace.n_changes += keys[i].code != pace.code;
		pace.code = keys[i].code;
	}
	if (!is_secret || pace.n_changes < PACE_MIN)
		return false;
	take_back(app, pace.n - n);
	pace.n = pace.n_changes = 0;
	pace.code = 0;
	pace.swallows = true;
	say_thrown_away(app);
	return true;
}

void
s_scan_advise(struct ui_app *app)
{
	if (pace.is_to_tell)
		ui_app_say(app, UI_WARN, "! %s", _("This keyboard types like a scanner: F8, then F3 makes it one, and it types no more"));
	pace.is_to_tell = false;
}
