/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading a profile, and the two directions of its bytes. See profile.h.
 * Invariant: a member that this version does not know is a fault, so that a misspelt one is not silently ignored.
 */
#include "device/profile.h"

#include <iconv.h>

#include "base/file.h"

/* What is being read: where a fault is. */
struct reader {
	const char *name;
	struct ym_error *err;
};

static enum ym_code
wrong(const struct reader *r, const char *member)
{
	return ym_fail_on(r->err, YM_INVALID, N_("A member of the device profile is wrong or missing"), member, "%s", r->name);
}

static bool
only(const json_t *obj, const char *const known[], const char **ret)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)obj, key, value) {
		bool is_known = false;

		for (int i = 0; known[i]; i++)
			is_known = is_known || ym_streq(key, known[i]);
		if (!is_known) {
			*ret = key;
			return false;
		}
	}
	return true;
}

/* An integer from lo to hi; dflt when absent. */
static bool
take_int(const json_t *obj, const char *key, int lo, int hi, int dflt, int *ret)
{
	const json_t *v = json_object_get(obj, key);

	*ret = dflt;
	if (!v)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < lo || json_integer_value(v) > hi)
		return false;
	*ret = (int)json_integer_value(v);
	return true;
}

static bool
take_bool(const json_t *obj, const char *key, bool dflt, bool *ret)
{
	const json_t *v = json_object_get(obj, key);

	*ret = v ? json_is_true(v) : dflt;
	return !v || json_is_boolean(v);
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "AA 01 5f"; pairs, blanks between them as one likes. */
static bool
take_hex(const json_t *v, uint8_t *data, size_t max, size_t *ret_n)
{
	const char *s = json_string_value(v);
	size_t n = 0;

	if (!s)
		return false;
	for (; *s; s += *s == ' ' ? 1 : 2) {
		if (*s == ' ')
			continue;
		if (hex_digit(s[0]) < 0 || hex_digit(s[1]) < 0 || n == max)
			return false;
		data[n++] = (uint8_t)(hex_digit(s[0]) << 4 | hex_digit(s[1]));
	}
	*ret_n = n;
	return n > 0;
}

static bool
take_bytes(const json_t *obj, const char *key, struct ym_profile_bytes *ret)
{
	const json_t *v = json_object_get(obj, key);

	return !v || take_hex(v, ret->data, sizeof ret->data, &ret->n);
}

static enum ym_code
read_port(const struct reader *r, const json_t *root, struct ym_line_settings *ret)
{
	static const char *const known[] = {"baud", "data", "parity", "stop", NULL};
	const json_t *port = json_object_get(root, "port");
	const char *parity = ym_json_str_or(port, "parity", "none"), *stray;

	*ret = (struct ym_line_settings){9600, 8, 'n', 1};
	if (!port)
		return YM_OK;
	if (!json_is_object(port))
		return wrong(r, "port");
	if (!only(port, known, &stray))
		return wrong(r, stray);
	if (!take_int(port, "baud", 1200, 230400, 9600, &ret->baud) || !ym_line_is_speed(ret->baud))
		return wrong(r, "port.baud");
	if (!take_int(port, "data", 7, 8, 8, &ret->data_bits))
		return wrong(r, "port.data");
	if (!take_int(port, "stop", 1, 2, 1, &ret->stop_bits))
		return wrong(r, "port.stop");
	if (!ym_streq(parity, "none") && !ym_streq(parity, "even") && !ym_streq(parity, "odd"))
		return wrong(r, "port.parity");
	ret->parity = parity[0];
	return YM_OK;
}

static bool
is_suffix(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
	return na <= nb && !memcmp(a, b + nb - na, na);
}

/* Every grade can be given, and no key's bytes end in another's: what was pressed is never a guess. */
static enum ym_code
read_keys(const struct reader *r, const json_t *root, struct ym_profile *p)
{
	static const char *const known[] = {"bytes", "grade", NULL};
	const json_t *keys = json_object_get(root, "keys"), *key;
	unsigned grades = 0;
	const char *stray;
	size_t i;

	if (!json_is_array(keys) || json_array_size(keys) > YM_PROFILE_KEYS)
		return wrong(r, "keys");
	json_array_foreach(keys, i, key) {
		if (!json_is_object(key))
			return wrong(r, "keys");
		if (!only(key, known, &stray))
			return wrong(r, stray);
		if (!take_hex(json_object_get(key, "bytes"), p->keys[i].data, YM_PROFILE_KEY_BYTES, &p->keys[i].n))
			return wrong(r, "keys.bytes");
		if (!take_int(key, "grade", 1, 5, 0, &p->keys[i].grade) || !p->keys[i].grade)
			return wrong(r, "keys.grade");
		grades |= 1u << p->keys[i].grade;
		for (size_t k = 0; k < i; k++)
			if (is_suffix(p->keys[i].data, p->keys[i].n, p->keys[k].data, p->keys[k].n) ||
			    is_suffix(p->keys[k].data, p->keys[k].n, p->keys[i].data, p->keys[i].n))
				return wrong(r, "keys.bytes");
	}
	p->n_keys = (int)json_array_size(keys);
	return grades == 0x3E ? YM_OK : wrong(r, "keys");
}

static bool
to_set(bool is_gbk, const char *text, struct ym_profile_bytes *ret)
{
	iconv_t cd = iconv_open(is_gbk ? "GBK" : "GB18030", "UTF-8");
	char *in = (char *)text, *out = (char *)ret->data;
	size_t left = strlen(text), room = sizeof ret->data;
	bool ok = cd != (iconv_t)-1 && iconv(cd, &in, &left, &out, &room) != (size_t)-1;

	if (cd != (iconv_t)-1)
		iconv_close(cd);
	ret->n = sizeof ret->data - room;
	return ok && ret->n > 0;
}

static bool
read_value(const json_t *obj, struct ym_profile_part *part)
{
	const char *what = ym_json_str(obj, "value"), *pad = ym_json_str_or(obj, "pad", " "), *align = ym_json_str_or(obj, "align", "left");

	part->kind = ym_streq(what, "ticket") ? YM_PART_TICKET : YM_PART_WINDOW;
	part->pad = pad[0];
	part->is_right = ym_streq(align, "right");
	return (ym_streq(what, "ticket") || ym_streq(what, "window")) && take_int(obj, "width", 1, 32, 0, &part->width) && pad[0] && !pad[1] &&
	       (part->is_right || ym_streq(align, "left"));
}

static bool
read_part(const json_t *obj, int index, bool is_gbk, struct ym_profile_part *part)
{
	static const char *const known[] = {"hex", "text", "value", "width", "pad", "align", "check", "from", NULL};
	const char *stray, *check = ym_json_str(obj, "check");
	int n = !!json_object_get(obj, "hex") + !!json_object_get(obj, "text") + !!json_object_get(obj, "value") +
		!!json_object_get(obj, "check");

	if (!json_is_object(obj) || !only(obj, known, &stray) || n != 1)
		return false;
	if (json_object_get(obj, "hex"))
		return take_hex(json_object_get(obj, "hex"), part->bytes.data, sizeof part->bytes.data, &part->bytes.n);
	if (json_object_get(obj, "text")) {
		part->kind = YM_PART_TEXT;
		return to_set(is_gbk, ym_json_str(obj, "text"), &part->bytes);
	}
	if (json_object_get(obj, "value"))
		return read_value(obj, part);
	part->kind = YM_PART_CHECK;
	part->check = ym_streq(check, "sum") ? YM_CHECK_SUM : YM_CHECK_XOR;
	return (ym_streq(check, "sum") || ym_streq(check, "xor")) && take_int(obj, "from", 0, index, 0, &part->from);
}

static enum ym_code
read_display(const struct reader *r, const json_t *root, struct ym_profile *p)
{
	const json_t *parts = json_object_get(root, "call"), *part;
	const char *set = ym_json_str_or(root, "charset", "GB18030");
	bool names_ticket = false;
	size_t i;

	p->is_gbk = ym_streq(set, "GBK");
	if (!p->is_gbk && !ym_streq(set, "GB18030"))
		return wrong(r, "charset");
	if (!json_is_array(parts) || json_array_size(parts) > YM_PROFILE_PARTS)
		return wrong(r, "call");
	json_array_foreach(parts, i, part) {
		char where[40];

		snprintf(where, sizeof where, "call[%zu]", i);
		if (!read_part(part, (int)i, p->is_gbk, &p->call[i]))
			return wrong(r, where);
		names_ticket = names_ticket || p->call[i].kind == YM_PART_TICKET;
	}
	p->n_call = (int)json_array_size(parts);
	return names_ticket ? YM_OK : wrong(r, "call");
}

static bool
read_number(const json_t *v, int packet, struct ym_profile_number *ret)
{
	const json_t *piece;
	size_t i;

	if (!json_is_array(v) || json_array_size(v) < 1 || json_array_size(v) > 3)
		return false;
	json_array_foreach(v, i, piece)
		if (!json_is_object(piece) || json_object_size(piece) != 2 || !take_int(piece, "byte", 0, packet - 1, -1, &ret->byte[i]) ||
		    ret->byte[i] < 0 || !take_int(piece, "bits", 1, 8, 0, &ret->n_bits[i]) || !ret->n_bits[i])
			return false;
	ret->n = (int)json_array_size(v);
	return true;
}

static bool
fits_16(const struct ym_profile_number *v)
{
	int bits = 0;

	for (int i = 0; i < v->n; i++)
		bits += v->n_bits[i];
	return bits <= 16;
}

static enum ym_code
read_pad(const struct reader *r, const json_t *root, struct ym_profile *p)
{
	static const char *const known[] = {"length", "first_mask", "first_value", "x", "y", "pressure", NULL};
	const json_t *packet = json_object_get(root, "packet");
	const char *stray;

	if (!json_is_object(packet))
		return wrong(r, "packet");
	if (!only(packet, known, &stray))
		return wrong(r, stray);
	if (!take_int(packet, "length", 2, YM_PROFILE_PACKET, 0, &p->packet) || !p->packet)
		return wrong(r, "packet.length");
	if (!take_int(packet, "first_mask", 1, 255, 0, &p->first_mask) || !p->first_mask)
		return wrong(r, "packet.first_mask");
	if (!take_int(packet, "first_value", 0, 255, 0, &p->first_value) || (p->first_value & ~p->first_mask))
		return wrong(r, "packet.first_value");
	if (!read_number(json_object_get(packet, "x"), p->packet, &p->x) || !fits_16(&p->x))
		return wrong(r, "packet.x");
	if (!read_number(json_object_get(packet, "y"), p->packet, &p->y) || !fits_16(&p->y))
		return wrong(r, "packet.y");
	if (!read_number(json_object_get(packet, "pressure"), p->packet, &p->pressure) || !fits_16(&p->pressure))
		return wrong(r, "packet.pressure");
	if (!take_int(root, "width", 16, 65535, 0, &p->width) || !p->width)
		return wrong(r, "width");
	if (!take_int(root, "height", 16, 65535, 0, &p->height) || !p->height)
		return wrong(r, "height");
	if (!take_int(root, "touch_from", 1, 65535, 1, &p->touch_from))
		return wrong(r, "touch_from");
	if (!take_int(root, "idle_ms", 300, 20000, 2000, &p->idle_ms))
		return wrong(r, "idle_ms");
	return YM_OK;
}

void
ym_profile_plain_receipt(struct ym_profile *ret)
{
	*ret = (struct ym_profile){.role = YM_ROLE_RECEIPT, .port = {9600, 8, 'n', 1}, .columns = 32, .has_knife = true};
}

static enum ym_code
read_receipt(const struct reader *r, const json_t *root, struct ym_profile *p)
{
	const char *set = ym_json_str_or(root, "charset", "GB18030");
	bool answers;

	p->is_gbk = ym_streq(set, "GBK");
	if (!p->is_gbk && !ym_streq(set, "GB18030"))
		return wrong(r, "charset");
	if (!take_int(root, "columns", 24, 80, 32, &p->columns))
		return wrong(r, "columns");
	if (!take_bool(root, "knife", true, &p->has_knife))
		return wrong(r, "knife");
	if (!take_bool(root, "answers", true, &answers))
		return wrong(r, "answers");
	p->is_silent = !answers;
	return YM_OK;
}

enum ym_code
ym_profile_parse(const json_t *root, const char *name, struct ym_profile *ret, struct ym_error *err)
{
	static const char *const evaluator[] = {"version", "kind", "title", "note", "source", "port", "ask", "cancel", "seconds", "keys", NULL};
	static const char *const display[] = {"version", "kind", "title", "note", "source", "port", "charset", "call", NULL};
	static const char *const pad[] = {"version", "kind", "title", "note", "source", "port", "ask", "cancel", "seconds", "packet", "width",
		"height", "touch_from", "idle_ms", NULL};
	static const char *const receipt[] = {"version", "kind", "title", "note", "source", "port", "charset", "columns", "knife", "answers", NULL};
	const struct reader r = {name, err};
	struct ym_profile p = {0};
	const char *stray, *const *known;
	enum ym_code code;

	if (!json_is_object(root) || ym_json_int(root, "version", 0) != 1)
		return wrong(&r, "version");
	p.role = ym_device_role_of(ym_json_str(root, "kind"));
	known = p.role == YM_ROLE_EVALUATOR ? evaluator : p.role == YM_ROLE_DISPLAY ? display : p.role == YM_ROLE_PAD ? pad : receipt;
	if (p.role != YM_ROLE_EVALUATOR && p.role != YM_ROLE_DISPLAY && p.role != YM_ROLE_PAD && p.role != YM_ROLE_RECEIPT)
		return wrong(&r, "kind");
	if (!only(root, known, &stray))
		return wrong(&r, stray);
	ym_strlcpy(p.name, name, sizeof p.name);
	code = read_port(&r, root, &p.port);
	if (code)
		return code;
	if (!take_bytes(root, "ask", &p.ask))
		return wrong(&r, "ask");
	if (!take_bytes(root, "cancel", &p.cancel))
		return wrong(&r, "cancel");
	if (!take_int(root, "seconds", 3, 600, 30, &p.seconds))
		return wrong(&r, "seconds");
	if (p.role == YM_ROLE_EVALUATOR)
		code = read_keys(&r, root, &p);
	else if (p.role == YM_ROLE_DISPLAY)
		code = read_display(&r, root, &p);
	else if (p.role == YM_ROLE_PAD)
		code = read_pad(&r, root, &p);
	else
		code = read_receipt(&r, root, &p);
	if (!code)
		*ret = p;
	return code;
}

enum ym_code
ym_profile_load(const char *name, enum ym_device_role role, struct ym_profile *ret, struct ym_error *err)
{
	YM_FREE char *relative = ym_asprintf("profiles/%s.json", name);
	YM_FREE char *path = strchr(name, '/') ? ym_strdup(name) : ym_file_data(relative);
	YM_JSON *root = NULL;
	struct ym_profile p;
	enum ym_code code;

	if (!*name)
		return ym_fail(err, YM_NOTFOUND, N_("This device needs a profile: name one with: yimen device add"), "no profile");
	if (!ym_file_exists(path))
		return ym_fail_on(err, YM_NOTFOUND, N_("There is no such device profile"), name, "%s", path);
	code = ym_json_load(path, &root, err);
	if (!code)
		code = ym_profile_parse(root, name, &p, err);
	if (!code && p.role != role)
		return ym_fail_on(err, YM_CONFLICT, N_("This profile is for another kind of device"), name, "role");
	if (!code)
		*ret = p;
	return code;
}

/* -- the bytes -- */

/* ASCII alone goes in: a ticket number and a window. */
static void
put_value(const struct ym_profile_part *part, const char *value, struct ym_buf *out)
{
	size_t n = 0, width = (size_t)part->width;
	char clean[64];

	for (; *value && n < sizeof clean; value++)
		if (*value > ' ' && *value < 0x7F)
			clean[n++] = *value;
	if (width && n > width)
		n = width;
	for (size_t i = n; part->is_right && i < width; i++)
		ym_buf_addc(out, part->pad);
	ym_buf_add(out, clean, n);
	for (size_t i = n; !part->is_right && i < width; i++)
		ym_buf_addc(out, part->pad);
}

void
ym_profile_call(const struct ym_profile *p, const char *ticket, const char *window, struct ym_buf *out)
{
	size_t begins[YM_PROFILE_PARTS], base = out->len;

	for (int i = 0; i < p->n_call; i++) {
		const struct ym_profile_part *part = &p->call[i];
		uint8_t check = 0;

		begins[i] = out->len;
		switch (part->kind) {
		case YM_PART_BYTES:
		case YM_PART_TEXT:
			ym_buf_add(out, part->bytes.data, part->bytes.n);
			break;
		case YM_PART_TICKET:
			put_value(part, ticket, out);
			break;
		case YM_PART_WINDOW:
			put_value(part, window, out);
			break;
		case YM_PART_CHECK:
			for (size_t k = part->from ? begins[part->from] : base; k < begins[i]; k++)
				check = (uint8_t)(part->check == YM_CHECK_XOR ? check ^ (uint8_t)out->data[k] : check + (uint8_t)out->data[k]);
			ym_buf_addc(out, (char)check);
			break;
		}
	}
}

int
ym_profile_hear(const struct ym_profile *p, struct ym_profile_ear *ear, uint8_t byte)
{
	if (ear->n == sizeof ear->last)
		memmove(ear->last, ear->last + 1, --ear->n);
	ear->last[ear->n++] = byte;
	for (int i = 0; i < p->n_keys; i++)
		if (is_suffix(p->keys[i].data, p->keys[i].n, ear->last, ear->n)) {
			ear->n = 0;
			return p->keys[i].grade;
		}
	return 0;
}

static unsigned
number_of(const struct ym_profile_number *v, const uint8_t *packet)
{
	unsigned value = 0;

	for (int i = 0; i < v->n; i++)
		value = value << v->n_bits[i] | (packet[v->byte[i]] & ((1u << v->n_bits[i]) - 1));
	return value;
}

bool
ym_profile_pen_feed(const struct ym_profile *p, struct ym_profile_pen *pen, uint8_t byte, struct ym_stroke_point *ret)
{
	bool is_first = (byte & p->first_mask) == p->first_value;

	/* A first byte begins anew wherever it comes: a lost byte costs one packet. */
	if (is_first)
		pen->n = 0;
	else if (pen->n == 0)
		return false;
	pen->packet[pen->n++] = byte;
	if (pen->n < p->packet)
		return false;
	pen->n = 0;
	ret->x = (uint16_t)number_of(&p->x, pen->packet);
	ret->y = (uint16_t)number_of(&p->y, pen->packet);
	ret->pressure = (uint16_t)number_of(&p->pressure, pen->packet);
	if (ret->pressure < p->touch_from)
		ret->pressure = 0;
	return true;
}
