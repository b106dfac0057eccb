/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The text field (w_text.h). Every printable key is text; what is pasted loses its line ends and control characters.
 */
#include "w_text.h"

#include <string.h>

#include "screen.h"
#include "util.h"
#include "yimen/text.h"

void
w_text_set(struct w_text *w, const char *text)
{
	ui_util_copy(w->text, sizeof w->text, text);
	/* A stored line break shows as a blank: the field has one line. */
	for (char *s = w->text; *s; s++)
		if (*s == '\n' || *s == '\t')
			*s = ' ';
	w->caret = strlen(w->text);
	w->fresh = false;
}

void
w_text_normalize(struct w_text *w)
{
	ym_text_normalize(w->text);
	w->caret = strlen(w->text);
}

void
w_text_wipe(struct w_text *w)
{
	explicit_bzero(w->text, sizeof w->text);
	w->caret = 0;
	w->fresh = false;
}

int
w_text_count(const struct w_text *w)
{
	int n = 0;

	for (const char *s = w->text; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static size_t
char_before(const char *s, size_t at)
{
	do
		at--;
	while (at > 0 && ((unsigned char)s[at] & 0xC0) == 0x80);
	return at;
}

static size_t
char_after(const char *s, size_t at)
{
	do
		at++;
	while (((unsigned char)s[at] & 0xC0) == 0x80);
	return at;
}

static bool
insert(struct w_text *w, uint32_t c)
{
	char utf8[4];
	size_t n = ym_text_encode(c, utf8), len;

	if (w->fresh) {
		w->text[0] = 0;
		w->caret = 0;
	}
	len = strlen(w->text);
	if (len + n >= sizeof w->text || (w->max && w_text_count(w) >= w->max))
		return false;
	memmove(w->text + w->caret + n, w->text + w->caret, len - w->caret + 1);
	memcpy(w->text + w->caret, utf8, n);
	w->caret += n;
	return true;
}

static bool
cut(struct w_text *w, size_t from, size_t to)
{
	if (from == to)
		return false;
	memmove(w->text + from, w->text + to, strlen(w->text + to) + 1);
	w->caret = from;
	return true;
}

int
w_text_key(struct w_text *w, const struct ui_key *key, bool *ret_edited)
{
	bool edited = false;
	size_t len = strlen(w->text);
	int32_t code = key->code;

	if (key->pasted && (code == UI_KEY_ENTER || code == UI_KEY_TAB))
		code = ' ';
	else if (key->pasted && !ui_key_is_text(key))
		return UI_DIRTY;
	switch (code) {
	case UI_KEY_LEFT:
		if (w->caret)
			w->caret = char_before(w->text, w->caret);
		break;
	case UI_KEY_RIGHT:
		if (w->caret < len)
			w->caret = char_after(w->text, w->caret);
		break;
	case UI_KEY_HOME:
	case UI_KEY_CTRL('a'):
		w->caret = 0;
		break;
	case UI_KEY_END:
	case UI_KEY_CTRL('e'):
		w->caret = len;
		break;
	case UI_KEY_BACKSPACE:
		edited = w->fresh ? cut(w, 0, len) : w->caret && cut(w, char_before(w->text, w->caret), w->caret);
		break;
	case UI_KEY_DELETE:
		edited = w->fresh ? cut(w, 0, len) : w->caret < len && cut(w, w->caret, char_after(w->text, w->caret));
		break;
	case UI_KEY_CTRL('u'):
		edited = cut(w, 0, len);
		break;
	default:
		if (code < ' ' || code >= UI_KEY_SPECIAL || code == 0x7F || (code >= 0x80 && code < 0xA0))
			return UI_PASS;
		edited = insert(w, (uint32_t)code);
	}
	w->fresh = false;
	if (ret_edited && edited)
		*ret_edited = true;
	return UI_DIRTY;
}

void
w_text_draw_plain(const struct ui_area *a, int row, int col, int width, const char *text)
{
	char cut[W_TEXT_SIZE];
	int used = ym_text_cut(cut, sizeof cut, text, width);

	ui_canvas_text(a, row, col, UI_NORMAL, cut);
	ui_canvas_blank(a, row, col + used, width - used, UI_FIELD);
}

void
w_text_draw(const struct w_text *w, const struct ui_area *a, int row, int col, int width, bool focus)
{
	enum ui_style style = focus ? UI_FIELD_ON : UI_FIELD;
	char shown[W_TEXT_SIZE];
	const char *from = shown;
	size_t caret = w->caret;

	if (width < 2)
		return;
	if (w->secret) {
		int n = ui_util_clamp(w_text_count(w), 0, (int)sizeof shown - 1);

		memset(shown, '*', (size_t)n);
		shown[n] = 0;
		caret = caret ? (size_t)n : 0;
	} else {
		memcpy(shown, w->text, sizeof shown);
	}
	ui_canvas_blank(a, row, col, width, style);
	if (!focus) {
		w_text_draw_plain(a, row, col, width, shown);
		return;
	}
	/* Scroll by whole characters until the caret's cell is inside. */
	while (ym_text_width_n(from, (size_t)(shown + caret - from)) >= width)
		from += char_after(from, 0);
	struct ui_area field = ui_canvas_sub(a, row, col, 1, width);

	ui_canvas_text(&field, 0, 0, style, from);
	ui_canvas_caret(&field, 0, ym_text_width_n(from, (size_t)(shown + caret - from)));
}

/* The end of the row that begins at `from`, by cells: Chinese breaks anywhere. *ret_cells: what it takes. */
static size_t
row_end(const struct w_text *w, size_t from, int width, int *ret_cells)
{
	size_t at = from;
	int cells = 0;

	while (w->text[at]) {
		size_t next = char_after(w->text, at);
		int n = ym_text_width_n(w->text + at, next - at);

		if (cells + n > width)
			break;
		cells += n;
		at = next;
	}
	*ret_cells = cells;
	return at;
}

int
w_text_rows(const struct w_text *w, int width)
{
	size_t at = 0;
	int n = 0, cells;

	if (width < 2)
		return 1;
	do {
		at = row_end(w, at, width, &cells);
		n++;
	} while (w->text[at]);
	/* The caret behind the last character needs its cell. */
	return n + (cells == width);
}

void
w_text_draw_rows(const struct w_text *w, const struct ui_area *a, int row, int col, int width, int rows)
{
	size_t from = 0, end;
	int n = 0, caret_row = 0, top, cells;

	if (width < 2)
		return;
	for (size_t at = 0; at <= w->caret; n++) {
		end = row_end(w, at, width, &cells);
		caret_row = n;
		if (end > w->caret || (!w->text[end] && cells < width) || end == at)
			break;
		at = end;
	}
	top = caret_row < rows ? 0 : caret_row - rows + 1;
	for (n = 0; n < top + rows; n++, from = end) {
		struct ui_area field = ui_canvas_sub(a, row + n - top, col, 1, width);
		char part[W_TEXT_SIZE];

		end = row_end(w, from, width, &cells);
		if (n < top)
			continue;
		memcpy(part, w->text + from, end - from);
		part[end - from] = 0;
		ui_canvas_blank(&field, 0, 0, width, UI_FIELD_ON);
		ui_canvas_text(&field, 0, 0, UI_FIELD_ON, part);
		if (n == caret_row)
			ui_canvas_caret(&field, 0, ym_text_width_n(w->text + from, w->caret - from));
	}
}
