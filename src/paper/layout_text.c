/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A resolved document as monospaced lines: for reading on the screen, and in a narrow form for receipt printers, where whatever
 * is not ASCII takes two columns. Not the PDF (src/helpers/yimen-paper.c). Invariant: no line is wider than asked; the narrow
 * form cuts no word of a paper.
 */
#include "paper/paper.h"

#include "yimen/text.h"

static void
spaces(struct ym_buf *out, int n)
{
	while (n-- > 0)
		ym_buf_addc(out, ' ');
}

enum align { LEFT, CENTER, RIGHT };

static void
put_wrapped(struct ym_buf *out, const char *text, int columns, int indent, enum align align, const char *first)
{
	const char *next = text;
	bool is_first = true;
	size_t n;
	int lead = ym_text_width(first);

	while ((n = ym_text_wrap(text, columns - indent - lead, &next)) || next != text) {
		int rest = columns - indent - lead - ym_text_width_n(text, n);

		spaces(out, indent);
		if (is_first)
			ym_buf_adds(out, first);
		else
			spaces(out, lead);
		spaces(out, align == CENTER ? rest / 2 : align == RIGHT ? rest : 0);
		ym_buf_add(out, text, n);
		ym_buf_addc(out, '\n');
		is_first = false;
		text = next;
		if (!*text)
			break;
	}
	if (is_first) {
		spaces(out, indent);
		ym_buf_adds(out, first);
		ym_buf_addc(out, '\n');
	}
}

/* Below this a table is a list of its rows and long labels stand above their values. */
#define NARROW 56

static void
put_rule(struct ym_buf *out, int columns)
{
	for (int i = 0; i < columns; i++)
		ym_buf_adds(out, "-");
	ym_buf_addc(out, '\n');
}

static void
put_fields(struct ym_buf *out, const json_t *rows, int columns)
{
	int widest = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		int w = ym_text_width(json_string_value(json_array_get(json_array_get(rows, i), 0)));

		widest = w > widest ? w : widest;
	}
	if (widest > columns / 2)
		widest = columns / 2;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *label = json_string_value(json_array_get(row, 0)), *value = json_string_value(json_array_get(row, 1));
		char cut[256];
		YM_BUF lead = { .max = 512 };

		if (columns < NARROW && ym_text_width(label) > widest) {
			put_wrapped(out, label, columns, 0, LEFT, "");
			put_wrapped(out, value ? value : "", columns, 0, LEFT, "  ");
			continue;
		}
		int w = ym_text_cut(cut, sizeof cut, label ? label : "", widest);

		ym_buf_adds(&lead, cut);
		spaces(&lead, widest - w + 2);
		put_wrapped(out, value ? value : "", columns, 0, LEFT, ym_buf_str(&lead));
	}
}

/* Each row under its number: the first cell, then the others with their titles. */
static void
put_rows(struct ym_buf *out, const json_t *block, int columns)
{
	const json_t *heads = json_object_get(block, "columns"), *rows = json_object_get(block, "rows");

	for (size_t r = 0; r < json_array_size(rows); r++)
		for (size_t c = 0; c < json_array_size(heads); c++) {
			const char *text = json_string_value(json_array_get(json_array_get(rows, r), c));
			YM_BUF lead = { .max = 512 };

			if (!text || !*text)
				continue;
			if (c == 0)
				ym_buf_addf(&lead, "%zu. ", r + 1);
			else
				ym_buf_addf(&lead, "   %s ", ym_json_str(json_array_get(heads, c), "title"));
			if (ym_text_width(ym_buf_str(&lead)) > columns / 2) {
				put_wrapped(out, ym_buf_str(&lead), columns, 0, LEFT, "");
				put_wrapped(out, text, columns, 0, LEFT, "   ");
			} else {
				put_wrapped(out, text, columns, 0, LEFT, ym_buf_str(&lead));
			}
		}
}

static void
put_table(struct ym_buf *out, const json_t *block, int columns)
{
	const json_t *heads = json_object_get(block, "columns"), *rows = json_object_get(block, "rows");

	if (columns < NARROW)
		return put_rows(out, block, columns);
	for (int r = -1; r < (int)json_array_size(rows); r++) {
		const json_t *row = r < 0 ? NULL : json_array_get(rows, (size_t)r);
		int used = 0;

		for (size_t c = 0; c < json_array_size(heads); c++) {
			const json_t *head = json_array_get(heads, c);
			bool last = c + 1 == json_array_size(heads);
			int width = last ? columns - used : (int)ym_json_int(head, "width", 20) * columns / 100;
			const char *text = row ? json_string_value(json_array_get(row, c)) : ym_json_str(head, "title");
			char cut[512];
			int w = ym_text_cut(cut, sizeof cut, text ? text : "", last ? width : width - 1);

			ym_buf_adds(out, cut);
			if (!last)
				spaces(out, width - w);
			used += width;
		}
		ym_buf_addc(out, '\n');
		if (r < 0)
			put_rule(out, columns);
	}
}

static void
put_list(struct ym_buf *out, const json_t *rows, int columns)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		char lead[24];
		const char *text = json_string_value(json_array_get(rows, i));

		snprintf(lead, sizeof lead, "%zu. ", i + 1);
		put_wrapped(out, text ? text : "", columns, 0, LEFT, lead);
	}
}

/* drawn: the strokes of who signed on the pad, or NULL; text can only say so. */
static void
put_signature(struct ym_buf *out, const json_t *rows, const json_t *drawn, int columns)
{
	size_t n = json_array_size(rows);

	ym_buf_addc(out, '\n');
	for (size_t i = 0; i < n; i++) {
		const char *what = json_string_value(json_array_get(rows, i));
		const char *value = !drawn ? "" : i == 0 ? "(已在签名板上签名)" : i + 1 == n ? ym_json_str(drawn, "date") : "";

		if (*value && columns < NARROW) {
			YM_FREE char *line = ym_asprintf("%s:%s", what, value);

			ym_buf_addc(out, '\n');
			put_wrapped(out, line, columns, 0, LEFT, "");
		} else if (*value) {
			ym_buf_addf(out, "%s:%s  ", what, value);
		} else if (columns < NARROW) {
			int rest = columns - ym_text_width(what) - 2;

			ym_buf_addf(out, "\n%s:%.*s\n", what, rest > 24 ? 24 : rest > 0 ? rest : 0, "________________________");
		} else {
			ym_buf_addf(out, "%s:____________  ", what);
		}
	}
	ym_buf_addc(out, '\n');
}

static void
put_block(struct ym_buf *out, const json_t *block, const json_t *drawn, int columns)
{
	const char *type = ym_json_str(block, "type"), *text = ym_json_str(block, "text"), *align = ym_json_str(block, "align");
	const json_t *rows = json_object_get(block, "rows");

	if (ym_streq(type, "title"))
		put_wrapped(out, text, columns, 0, CENTER, "");
	else if (ym_streq(type, "number") || ym_streq(type, "seal"))
		put_wrapped(out, text, columns, 0, RIGHT, "");
	else if (ym_streq(type, "heading"))
		put_wrapped(out, text, columns, 0, LEFT, "# ");
	else if (ym_streq(type, "text"))
		put_wrapped(out, text, columns, ym_json_bool(block, "indent", false) ? 4 : 0,
			ym_streq(align, "center") ? CENTER : ym_streq(align, "right") ? RIGHT : LEFT, "");
	else if (ym_streq(type, "fields"))
		put_fields(out, rows, columns);
	else if (ym_streq(type, "table"))
		put_table(out, block, columns);
	else if (ym_streq(type, "list"))
		put_list(out, rows, columns);
	else if (ym_streq(type, "signature"))
		put_signature(out, rows, drawn, columns);
	else if (ym_streq(type, "qr"))
		put_wrapped(out, text, columns, 0, CENTER, "[QR] ");
	else if (ym_streq(type, "rule") || ym_streq(type, "page"))
		put_rule(out, columns);
	else
		for (int n = (int)ym_json_int(block, "lines", 1); n > 0; n--)
			ym_buf_addc(out, '\n');
}

char *
ym_paper_text(const json_t *document, int columns)
{
	struct ym_buf out = { .max = 1u << 20 };
	const json_t *blocks = json_object_get(document, "blocks");

	if (columns < 20)
		columns = 20;
	for (size_t i = 0; i < json_array_size(blocks); i++)
		put_block(&out, json_array_get(blocks, i), json_object_get(document, "strokes"), columns);
	return out.data ? ym_buf_take(&out) : ym_strdup("");
}

/* -- for receipt printers -- */

/* Printers set whatever is not ASCII two columns wide, terminals only what is wide. For the layout such characters are moved to
 * a plane that is wide and holds nothing; afterwards they come back. */
#define WIDE_PLANE 0x30000u

static json_t *
widen(const char *text)
{
	YM_BUF out = { .max = 1u << 20 };
	size_t left = strlen(text), n;
	char wide[4];
	uint32_t c;

	for (; left; text += n, left -= n) {
		n = ym_text_decode(text, left, &c);
		if (c >= 0x80 && c < 0x10000 && ym_text_cell(c) == 1)
			ym_buf_add(&out, wide, ym_text_encode(WIDE_PLANE + c, wide));
		else
			ym_buf_add(&out, text, n);
	}
	return json_string(ym_buf_str(&out));
}

static void
narrow(const char *text, size_t left, struct ym_buf *out)
{
	size_t n;
	char plain[4];
	uint32_t c;

	for (; left; text += n, left -= n) {
		n = ym_text_decode(text, left, &c);
		if (c >= WIDE_PLANE && c < WIDE_PLANE + 0x10000)
			ym_buf_add(out, plain, ym_text_encode(c - WIDE_PLANE, plain));
		else
			ym_buf_add(out, text, n);
	}
}

static json_t *
widened(const json_t *j)
{
	const char *key;
	json_t *value, *copy;
	size_t i;

	if (json_is_string(j))
		return widen(json_string_value(j));
	if (json_is_array(j)) {
		copy = json_array();
		json_array_foreach(j, i, value)
			json_array_append_new(copy, widened(value));
		return copy;
	}
	if (!json_is_object(j))
		return json_deep_copy(j);
	copy = json_object();
	json_object_foreach((json_t *)j, key, value)
		json_object_set_new(copy, key, widened(value));
	return copy;
}

static void
tell_lines(const struct ym_buf *text, enum ym_paper_mark mark, ym_paper_line_fn fn, void *user)
{
	const char *at = ym_buf_str(text), *end;

	for (; *at && (end = strchr(at, '\n')); at = end + 1) {
		YM_BUF line = { .max = 4096 };

		narrow(at, (size_t)(end - at), &line);
		while (line.len && line.data[line.len - 1] == ' ')
			line.data[--line.len] = 0;
		fn(user, mark, ym_buf_str(&line));
	}
}

void
ym_paper_lines(const json_t *document, int columns, ym_paper_line_fn fn, void *user)
{
	const json_t *blocks = json_object_get(document, "blocks");
	YM_JSON *drawn = json_object_get(document, "strokes") ? json_pack("{so}", "date", widen(ym_json_str(json_object_get(document, "strokes"), "date"))) : NULL;
	long long reprint = ym_json_int(document, "reprint", 0);

	if (columns < 20)
		columns = 20;
	if (columns >= NARROW)
		columns = NARROW - 1; /* the form that cuts nothing */
	if (ym_json_bool(document, "practice", false))
		fn(user, YM_PAPER_BOLD, "【练习】此件无效");
	if (reprint > 0) {
		YM_FREE char *text = ym_asprintf("【补打】第%lld次", reprint);

		fn(user, YM_PAPER_BOLD, text);
	}
	for (size_t i = 0; i < json_array_size(blocks); i++) {
		YM_JSON *block = widened(json_array_get(blocks, i));
		YM_BUF text = { .max = 1u << 20 };
		const char *type = ym_json_str(block, "type");

		if (ym_streq(type, "qr")) {
			fn(user, YM_PAPER_QR, ym_json_str(json_array_get(blocks, i), "text"));
			put_wrapped(&text, ym_json_str(block, "caption"), columns, 0, CENTER, "");
			if (*ym_json_str(block, "caption"))
				tell_lines(&text, YM_PAPER_PLAIN, fn, user);
		} else if (ym_streq(type, "title")) {
			put_wrapped(&text, ym_json_str(block, "text"), columns / 2, 0, CENTER, "");
			tell_lines(&text, YM_PAPER_TITLE, fn, user);
		} else {
			if (ym_streq(type, "heading"))
				put_wrapped(&text, ym_json_str(block, "text"), columns, 0, LEFT, "");
			else
				put_block(&text, block, drawn, columns);
			tell_lines(&text, ym_streq(type, "heading") || ym_json_bool(block, "bold", false) ? YM_PAPER_BOLD : YM_PAPER_PLAIN, fn, user);
		}
	}
}
