/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The event header's bytes: length-prefixed, versioned (yimen-sync(7), EVENT).
 * Not the chain (log_verify.c). Invariant: decode accepts exactly what encode writes.
 */
#include "store/internal.h"

#include "base/clock.h"
#include "yimen/text.h"

#define VERSION 1
#define TEXT_MAX 127
#define KEY_MAX 63
#define VALUE_MAX 1024

/* The string fields in their order on the wire, in two runs: around epoch and seq, then up to the
 * clocks. */
#define N_TEXTS 9
static const char *const TEXT_NAMES[N_TEXTS] = { "desk", "id", "kind", "visit", "case", "item",
	"pack", "account", "boot" };

static void
list_texts(const struct ym_event_header *h, const char *out[N_TEXTS])
{
	const char *texts[N_TEXTS] = { h->desk, h->id, h->kind, h->visit, h->case_no, h->item,
		h->pack, h->account, h->boot };

	for (int i = 0; i < N_TEXTS; i++)
		out[i] = texts[i] ? texts[i] : "";
}

const char *
ym_event_attr(const struct ym_event_header *h, const char *key)
{
	for (int i = 0; i < h->n_attrs; i++)
		if (strcmp(h->attrs[i].key, key) == 0)
			return h->attrs[i].value;
	return "";
}

void
ym_event_scope(const struct ym_event_header *h, char out[YM_SCOPE_SIZE])
{
	char date[16];

	if (h->visit && h->visit[0]) {
		ym_strlcpy(out, h->visit, YM_SCOPE_SIZE);
		return;
	}
	ym_date_format(date, ym_date_at(h->wall_ms + h->offset_ms));
	snprintf(out, YM_SCOPE_SIZE, "day:%s", date);
}

static enum ym_code
fail_field(struct ym_error *err, const char *field)
{
	return ym_fail_on(err, YM_INVALID, N_("An event's header is not well formed"), field,
		"field %s", field);
}

enum ym_code
ym_header_check(const struct ym_event_header *h, struct ym_error *err)
{
	static const uint8_t zeros[YM_SM3_LEN];
	const char *texts[N_TEXTS];

	list_texts(h, texts);
	for (int i = 0; i < N_TEXTS; i++)
		if (strlen(texts[i]) > TEXT_MAX || !ym_text_is_clean(texts[i], false))
			return fail_field(err, TEXT_NAMES[i]);
	if (!texts[0][0] || !texts[1][0] || !texts[2][0])
		return fail_field(err, !texts[0][0] ? "desk" : !texts[1][0] ? "id" : "kind");
	/* A visit's id is also its key's name. */
	if (strlen(texts[3]) >= YM_SCOPE_SIZE || strncmp(texts[3], "day:", 4) == 0)
		return fail_field(err, "visit");
	if (h->epoch < 'A' || h->epoch > 'Z')
		return fail_field(err, "epoch");
	if (h->seq < 1)
		return fail_field(err, "seq");
	if (h->n_attrs < 0 || h->n_attrs > YM_LOG_MAX_ATTRS)
		return fail_field(err, "attributes");
	for (int i = 0; i < h->n_attrs; i++) {
		const char *key = h->attrs[i].key, *value = h->attrs[i].value;

		if (!key || !key[0] || strlen(key) > KEY_MAX || !ym_text_is_clean(key, false))
			return fail_field(err, "attribute key");
		if (value && (strlen(value) > VALUE_MAX || !ym_text_is_clean(value, false)))
			return fail_field(err, key);
		for (int j = 0; j < i; j++)
			if (strcmp(h->attrs[j].key, key) == 0)
				return fail_field(err, key);
	}
	if (h->suite > YM_SUITE_SM4_CTR_HMAC_SM3)
		return fail_field(err, "suite");
	if (h->suite == 0 && memcmp(h->body_sm3, zeros, sizeof zeros) != 0)
		return fail_field(err, "body digest");
	return YM_OK;
}

/* -- encode -- */

static void
put_text(struct ym_buf *out, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	ym_buf_addc(out, (char)(n >> 8));
	ym_buf_addc(out, (char)n);
	ym_buf_add(out, s, n);
}

static void
put_int(struct ym_buf *out, int64_t v)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	ym_buf_add(out, bytes, sizeof bytes);
}

void
ym_header_encode(const struct ym_event_header *h, struct ym_buf *out)
{
	struct ym_error err;

	if (ym_header_check(h, &err)) {
		fprintf(stderr, "yimen: an event header beyond its limits: %s\n", err.subject);
		abort();
	}
	ym_buf_addc(out, VERSION);
	put_text(out, h->desk);
	ym_buf_addc(out, h->epoch);
	put_int(out, h->seq);
	put_text(out, h->id);
	put_text(out, h->kind);
	put_text(out, h->visit);
	put_text(out, h->case_no);
	put_text(out, h->item);
	put_text(out, h->pack);
	put_text(out, h->account);
	put_int(out, h->wall_ms);
	put_int(out, h->mono_ms);
	put_int(out, h->offset_ms);
	put_text(out, h->boot);
	ym_buf_addc(out, (char)h->n_attrs);
	for (int i = 0; i < h->n_attrs; i++) {
		put_text(out, h->attrs[i].key);
		put_text(out, h->attrs[i].value);
	}
	ym_buf_addc(out, (char)h->suite);
	ym_buf_add(out, h->body_sm3, YM_SM3_LEN);
}

/* -- decode -- */

struct reader {
	const uint8_t *p, *end;
	struct ym_buf *scratch;
	bool bad;
};

static uint8_t
get_byte(struct reader *r)
{
	if (r->p == r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

static int64_t
get_int(struct reader *r)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | get_byte(r);
	return (int64_t)v;
}

/* The string's place in scratch: addresses come when nothing moves any more. */
static size_t
get_text(struct reader *r)
{
	size_t n = (size_t)get_byte(r) << 8, at = r->scratch->len;

	n |= get_byte(r);
	if (r->bad || (size_t)(r->end - r->p) < n || memchr(r->p, 0, n)) {
		r->bad = true;
		return 0;
	}
	ym_buf_add(r->scratch, r->p, n);
	ym_buf_addc(r->scratch, 0);
	r->p += n;
	return at;
}

enum ym_code
ym_header_decode(const void *data, size_t n, struct ym_buf *scratch, struct ym_event_header *ret,
	struct ym_error *err)
{
	struct reader r = { data, (const uint8_t *)data + n, scratch, false };
	struct ym_event_header h = { 0 };
	size_t texts[N_TEXTS] = { 0 }, keys[YM_LOG_MAX_ATTRS], values[YM_LOG_MAX_ATTRS];
	const char **fields[N_TEXTS] = { &h.desk, &h.id, &h.kind, &h.visit, &h.case_no, &h.item,
		&h.pack, &h.account, &h.boot };
	enum ym_code code;

	ym_buf_clear(scratch);
	if (get_byte(&r) != VERSION)
		return fail_field(err, "version");
	texts[0] = get_text(&r);
	h.epoch = (char)get_byte(&r);
	h.seq = get_int(&r);
	for (int i = 1; i < N_TEXTS - 1; i++)
		texts[i] = get_text(&r);
	h.wall_ms = get_int(&r);
	h.mono_ms = get_int(&r);
	h.offset_ms = get_int(&r);
	texts[N_TEXTS - 1] = get_text(&r);
	h.n_attrs = get_byte(&r);
	if (h.n_attrs > YM_LOG_MAX_ATTRS)
		return fail_field(err, "attributes");
	for (int i = 0; i < h.n_attrs; i++) {
		keys[i] = get_text(&r);
		values[i] = get_text(&r);
	}
	h.suite = get_byte(&r);
	for (int i = 0; i < YM_SM3_LEN; i++)
		h.body_sm3[i] = get_byte(&r);
	if (r.bad || r.p != r.end || scratch->overflow)
		return fail_field(err, "length");
	for (int i = 0; i < N_TEXTS; i++)
		*fields[i] = scratch->data + texts[i];
	for (int i = 0; i < h.n_attrs; i++)
		h.attrs[i] = (struct ym_attr){ scratch->data + keys[i], scratch->data + values[i] };
	code = ym_header_check(&h, err);
	if (code == YM_OK)
		*ret = h;
	return code;
}
