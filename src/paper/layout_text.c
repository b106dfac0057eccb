/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A resolved document as monospaced lines, for reading on the screen and for receipt printers.
 * Not the PDF (src/helpers/yimen-paper.c). Invariant: no line is wider than asked.
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
		int w = ym_text_cut(cut, sizeof cut, label ? label : "", widest);

		ym_buf_adds(&lead, cut);
		spaces(&lead, widest - w + 2);
		put_wrapped(out, value ? value : "", columns, 0, LEFT, ym_buf_str(&lead));
	}
}

static void
put_table(struct ym_buf *out, const json_t *block, int columns)
{
	const json_t *heads = json_object_get(block, "columns"), *rows = json_object_get(block, "rows");

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

static void
put_signature(struct ym_buf *out, const json_t *rows)
{
	ym_buf_addc(out, '\n');
	for (size_t i = 0; i < json_array_size(rows); i++)
		ym_buf_addf(out, "%s:____________  ", json_string_value(json_array_get(rows, i)));
	ym_buf_addc(out, '\n');
}

static void
put_block(struct ym_buf *out, const json_t *block, int columns)
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
		put_signature(out, rows);
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
		put_block(&out, json_array_get(blocks, i), columns);
	return out.data ? ym_buf_take(&out) : ym_strdup("");
}
