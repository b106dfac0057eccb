/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A desk's events coming in: chain, signature, authority; all or nothing. Not what they mean (worker.c).
 * Invariant: the held events of a desk are one chain without gaps, and desk.seq and desk.hash are its end.
 */
#include "central/inner.h"

/* A batch while it is verified; nothing is written before all of it is right. */
struct batch {
	struct ym_central *c;
	const struct ym_central_desk *desk;
	int64_t first, last;
	uint8_t head[YM_SM3_LEN];
	int n;
	struct incoming {
		struct ym_buf header, body;
		bool is_erased; /* after its retention, before it was sent */
		uint8_t hash[YM_SM3_LEN];
	} * events;
};

static json_t *
head_json(struct ym_central *c, const struct ym_central_desk *desk)
{
	struct ym_stmt *s = ym_db_sql(
		c->db, "SELECT count(*) FROM quarantine WHERE desk = :desk AND repaired = 0");
	char hash[2 * YM_SM3_LEN + 1];
	int64_t quarantined = 0;

	ym_stmt_text(s, "desk", desk->desk);
	if (!ym_stmt_step(s, NULL))
		quarantined = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	ym_hex(hash, desk->hash, YM_SM3_LEN);
	return json_pack("{s:I,s:s,s:{s:I,s:I},s:I}", "seq", (json_int_t)desk->seq, "hash", hash,
		"tally", "events", (json_int_t)desk->seq, "quarantined", (json_int_t)quarantined,
		"feed", (json_int_t)desk->feed);
}

void
ym_central_head_answer(
	struct ym_central *c, const struct ym_central_desk *desk, struct ym_central_answer *a)
{
	a->status = 200;
	a->data = head_json(c, desk);
}

static void
refuse_with_head(
	const struct batch *b, struct ym_central_answer *a, const char *code, const char *message)
{
	ym_central_refuse(a, 409, code, message);
	a->data = head_json(b->c, b->desk);
}

static void
refuse_event(
	struct ym_central_answer *a, int status, const char *code, int64_t seq, const char *message)
{
	ym_central_refuse(a, status, code, message);
	a->data = json_pack("{s:I}", "seq", (json_int_t)seq);
}

/* -- reading the request -- */

static bool
read_bytes(const json_t *j, const char *key, struct ym_buf *ret)
{
	const json_t *text = json_object_get(j, key);

	ret->max = YM_CENTRAL_BODY_MAX;
	return json_is_string(text) &&
		ym_unbase64(ret, json_string_value(text), json_string_length(text)) &&
		!ret->overflow;
}

static bool
read_batch(struct batch *b, const json_t *j, struct ym_central_answer *a)
{
	const json_t *events = json_object_get(j, "events");
	size_t n = json_array_size(events);

	b->first = ym_json_int(j, "first", 0);
	b->last = ym_json_int(j, "last", 0);
	if (n > YM_CENTRAL_BATCH_EVENTS) {
		ym_central_refuse(a, 413, "TOO_LARGE", "a batch holds at most 200 events");
		return false;
	}
	if (n < 1 || b->first < 1 || b->last < b->first || b->last - b->first != (int64_t)n - 1 ||
		!ym_unhex(b->head, sizeof b->head, ym_json_str(j, "head"))) {
		ym_central_refuse(
			a, 400, "INVALID", "first, last, head and events do not fit together");
		return false;
	}
	b->events = ym_alloc(n * sizeof *b->events);
	b->n = (int)n;
	for (size_t i = 0; i < n; i++)
		if (!read_bytes(json_array_get(events, i), "header", &b->events[i].header) ||
			!read_bytes(json_array_get(events, i), "body", &b->events[i].body)) {
			refuse_event(a, 400, "INVALID", b->first + (int64_t)i,
				"header and body are base64");
			return false;
		}
	for (size_t i = 0; i < n; i++)
		b->events[i].is_erased = ym_json_bool(json_array_get(events, i), "erased", false);
	return true;
}

static bool
is_signed(const struct batch *b, const json_t *j)
{
	YM_BUF text = { .max = 1024 };
	YM_SM2 *key = NULL;

	ym_wire_batch_text(&text, b->desk->desk, b->first, b->last, ym_json_str(j, "head"));
	return !ym_sm2_from_public_hex(b->desk->public_hex, &key, NULL) &&
		ym_wire_verify_hex(key, text.data, text.len, ym_json_str(j, "sig"));
}

/* -- verifying -- */

/* Hash of the held event seq; zeros for 0. */
static enum ym_code
held_hash(const struct batch *b, int64_t seq, uint8_t ret[YM_SM3_LEN])
{
	struct ym_stmt *s;
	enum ym_code code;
	size_t n;

	if (seq == 0) {
		memset(ret, 0, YM_SM3_LEN);
		return YM_OK;
	}
	s = ym_db_sql(b->c->db, "SELECT hash FROM event WHERE desk = :desk AND seq = :seq");
	ym_stmt_text(s, "desk", b->desk->desk);
	ym_stmt_int(s, "seq", seq);
	code = ym_stmt_step(s, NULL);
	if (!code)
		memcpy(ret, ym_stmt_col_blob(s, 0, &n), YM_SM3_LEN); /* 32 bytes by a CHECK */
	ym_stmt_done(s);
	return code;
}

static bool
verify_event(const struct batch *b, int i, const uint8_t previous[YM_SM3_LEN],
	struct ym_buf *scratch, struct ym_sm3 *sm3, struct ym_central_answer *a)
{
	struct incoming *in = &b->events[i];
	struct ym_event ev = { .header = (const uint8_t *)ym_buf_str(&in->header),
		.header_n = in->header.len };
	int64_t seq = b->first + i;

	if (in->body.len) {
		ev.body = (const uint8_t *)in->body.data;
		ev.body_n = in->body.len;
	}
	if (ym_event_take(&ev, previous, in->is_erased, scratch, sm3, NULL) || ev.h.seq != seq) {
		refuse_event(a, 400, "INVALID", seq,
			"an event is not well formed, out of order, or not of its body");
		return false;
	}
	if (strcmp(ev.h.desk, b->desk->code) || ev.h.epoch != b->desk->epoch) {
		refuse_event(a, 403, "REFUSED", seq, "another desk's event");
		return false;
	}
	memcpy(in->hash, ev.hash, YM_SM3_LEN);
	return true;
}

static bool
verify(const struct batch *b, struct ym_central_answer *a)
{
	struct ym_sm3 *sm3 = ym_sm3_new();
	uint8_t previous[YM_SM3_LEN], held[YM_SM3_LEN];
	YM_BUF scratch = { .max = 1u << 20 };
	bool good = true, chained = b->first == 1 || b->first <= b->desk->seq;
	int64_t seam = b->last < b->desk->seq ? b->last : b->desk->seq;
	enum ym_code code = held_hash(b, b->first - 1, previous);

	for (int i = 0; i < b->n && !code && good; i++) {
		good = verify_event(b, i, previous, &scratch, sm3, a);
		memcpy(previous, b->events[i].hash, sizeof previous);
	}
	ym_sm3_free(sm3);
	if (code)
		ym_central_trouble(a);
	if (code || !good)
		return false;
	/* The chain carries equality backwards: one hash stands for all that are held already. */
	if (seam >= b->first) {
		if (held_hash(b, seam, held)) {
			ym_central_trouble(a);
			return false;
		}
		if (memcmp(held, b->events[seam - b->first].hash, YM_SM3_LEN)) {
			refuse_with_head(b, a, "FORK", "another event is held at this place");
			return false;
		}
	}
	if (!memcmp(previous, b->head, YM_SM3_LEN))
		return true;
	if (chained)
		refuse_event(a, 400, "INVALID", b->last, "head is not the hash of the last event");
	else
		refuse_with_head(
			b, a, "GAP", "the first event does not follow from the one that is held");
	return false;
}

/* -- keeping -- */

static enum ym_code
keep(const struct batch *b)
{
	enum ym_code code = ym_db_begin(b->c->db, NULL);
	struct ym_stmt *s;

	if (code)
		return code;
	for (int i = 0; i < b->n && !code; i++) {
		const struct incoming *in = &b->events[i];

		if (b->first + i <= b->desk->seq)
			continue;
		s = ym_db_sql(b->c->db,
			"INSERT INTO event (desk, seq, hash, header, body) VALUES (:desk, :seq, :hash, :header, :body)");
		ym_stmt_text(s, "desk", b->desk->desk);
		ym_stmt_int(s, "seq", b->first + i);
		ym_stmt_blob(s, "hash", in->hash, YM_SM3_LEN);
		ym_stmt_blob(s, "header", in->header.data, in->header.len);
		ym_stmt_blob(s, "body", in->body.len ? in->body.data : NULL, in->body.len);
		code = ym_stmt_run(s, NULL);
	}
	if (!code) {
		s = ym_db_sql(
			b->c->db, "UPDATE desk SET seq = :seq, hash = :hash WHERE desk = :desk");
		ym_stmt_int(s, "seq", b->last);
		ym_stmt_blob(s, "hash", b->head, YM_SM3_LEN);
		ym_stmt_text(s, "desk", b->desk->desk);
		code = ym_stmt_run(s, NULL);
	}
	if (!code)
		return ym_db_commit(b->c->db, NULL);
	ym_db_rollback(b->c->db);
	return code;
}

/* A desk that was restored goes on under a new letter; the old log is closed. */
static bool
is_superseded(struct ym_central *c, const struct ym_central_desk *desk)
{
	struct ym_central_desk living;

	return !ym_central_living_desk(c, desk->code, &living, NULL) && living.epoch != desk->epoch;
}

static void
ingest(struct batch *b, const json_t *j, struct ym_central_answer *a)
{
	struct ym_central_desk now;

	if (!read_batch(b, j, a))
		return;
	if (!is_signed(b, j)) {
		ym_central_refuse(a, 403, "REFUSED", "the batch is not signed by this desk");
	} else if (is_superseded(b->c, b->desk)) {
		ym_central_refuse(
			a, 403, "REFUSED", "this desk goes on under another epoch letter");
	} else if (b->first > b->desk->seq + 1) {
		refuse_with_head(b, a, "GAP", "events before the first are missing");
	} else if (verify(b, a)) {
		if (b->last > b->desk->seq && keep(b)) {
			ym_central_trouble(a);
		} else if (ym_central_desk(b->c, b->desk->desk, &now, NULL)) {
			ym_central_trouble(a);
		} else {
			ym_central_head_answer(b->c, &now, a);
		}
	}
}

void
ym_central_ingest(struct ym_central *c, const struct ym_central_desk *desk,
	const struct ym_central_request *req, struct ym_central_answer *a)
{
	struct batch b = { .c = c, .desk = desk };
	YM_JSON *j = NULL;

	if (ym_json_parse(req->body_n ? req->body : "", req->body_n, "events", &j, NULL)) {
		ym_central_refuse(a, 400, "INVALID", "the body is not JSON");
		return;
	}
	ingest(&b, j, a);
	for (int i = 0; i < b.n; i++) {
		ym_buf_release(&b.events[i].header);
		ym_buf_release(&b.events[i].body);
	}
	free(b.events);
}
