/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A real desk and the far end in memory, joined by a line that a test may bend. Include after cmocka. */
#pragma once

#include "peer.h"
#include "unit/store/folder.h"

struct bed {
	struct desk desk;
	struct peer *peer;
	struct ym_sync *sync;
	bool locked;
	/* the line: for requests from number `from` on, `times` of them */
	enum { LINE_GOOD, LINE_DOWN, LINE_LOSES_ANSWERS, LINE_DOUBLES, LINE_PORTAL, LINE_EMPTY, LINE_STRANGER, LINE_PROXY_DOWN, LINE_CERTIFICATE,
		LINE_CLOCK, LINE_CUTS } line;
	int from, times, n;
	size_t biggest;
	char last_path[200];
};

static inline bool
bed_sign(void *user, const void *msg, size_t n, char ret_sig_hex[161])
{
	struct bed *b = user;

	if (b->locked)
		return false;
	ym_wire_sign_hex(ym_keys_desk_pair(b->desk.keys), msg, n, ret_sig_hex);
	return true;
}

static inline void
bed_portal(struct ym_http_reply *ret, const char *text)
{
	ym_buf_clear(&ret->body);
	ret->status = 200;
	ym_buf_adds(&ret->body, text);
}

static inline enum ym_link
bed_transport(void *user, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	struct bed *b = user;
	int n = b->n++;
	struct ym_sm2 *own;

	/* No reader may sit in the desk's file while the network is waited for. */
	assert_int_equal(ym_db_truncate(b->desk.db, NULL), YM_OK);
	ym_strlcpy(b->last_path, req->path, sizeof b->last_path);
	if (req->body_n > b->biggest)
		b->biggest = req->body_n;
	if (b->line == LINE_GOOD || n < b->from || n >= b->from + b->times) {
		peer_handle(b->peer, req, ret);
		return YM_LINK_OK;
	}
	switch (b->line) {
	case LINE_DOWN:
		return YM_LINK_NONE;
	case LINE_CERTIFICATE:
		return YM_LINK_CERTIFICATE;
	case LINE_CLOCK:
		return YM_LINK_CLOCK;
	case LINE_LOSES_ANSWERS:
		peer_handle(b->peer, req, ret);
		return YM_LINK_NONE;
	case LINE_DOUBLES:
		peer_handle(b->peer, req, ret);
		peer_handle(b->peer, req, ret);
		return YM_LINK_OK;
	case LINE_PORTAL:
		bed_portal(ret, "<html><title>Welcome</title><form action=login>");
		return YM_LINK_OK;
	case LINE_EMPTY:
		bed_portal(ret, "");
		return YM_LINK_OK;
	case LINE_CUTS:
		peer_handle(b->peer, req, ret);
		ret->body.data[ret->body.len / 2] = 0;
		ret->body.len /= 2;
		return YM_LINK_OK;
	case LINE_STRANGER:
		own = b->peer->key;
		b->peer->key = ym_sm2_generate();
		peer_handle(b->peer, req, ret);
		ym_sm2_free(b->peer->key);
		b->peer->key = own;
		return YM_LINK_OK;
	case LINE_PROXY_DOWN:
		bed_portal(ret, "<html>503 Service Temporarily Unavailable</html>");
		ret->status = 503;
		ym_strlcpy(ret->retry_after, "7", sizeof ret->retry_after);
		return YM_LINK_OK;
	case LINE_GOOD:
		break;
	}
	return YM_LINK_NONE;
}

static inline void
bed_open(struct bed *b)
{
	struct ym_sync_options opt = { .dir = b->desk.dir, .transport = bed_transport, .sign = bed_sign, .user = b, .seed = 1 };

	assert_int_equal(ym_sync_open(&opt, &b->sync, NULL), YM_OK);
}

static inline void
bed_reopen(struct bed *b)
{
	ym_sync_close(b->sync);
	bed_open(b);
}

static inline int
bed_setup(void **state)
{
	struct bed *b = ym_alloc(sizeof *b);

	desk_make(&b->desk);
	b->peer = ym_alloc(sizeof *b->peer);
	peer_init(b->peer, b->desk.central, ym_keys_desk_public(b->desk.keys), "22990100000001A");
	b->times = 1 << 30;
	bed_open(b);
	*state = b;
	return 0;
}

static inline int
bed_teardown(void **state)
{
	struct bed *b = *state;

	ym_sync_close(b->sync);
	peer_release(b->peer);
	free(b->peer);
	desk_remove(&b->desk);
	free(b);
	return 0;
}

static inline void
bed_append(struct bed *b, int n, const char *body)
{
	struct ym_event_draft e = { .kind = "case.accepted", .visit = "01930000-0000-7000-8000-000000000001", .case_no = "2299-1",
		.account = ACCOUNT, .body = body };

	assert_int_equal(ym_db_begin(b->desk.db, NULL), YM_OK);
	for (int i = 0; i < n; i++)
		assert_int_equal(ym_log_append(b->desk.log, &e, NULL, NULL), YM_OK);
	assert_int_equal(ym_db_commit(b->desk.db, NULL), YM_OK);
}

static inline struct ym_sync_state
bed_state(struct bed *b)
{
	struct ym_sync_state st;

	assert_int_equal(ym_sync_state_read(b->desk.dir, &st, NULL), YM_OK);
	return st;
}

/* Both ends hold the same chain up to n, and each event was stored once. */
static inline void
bed_check_equal(struct bed *b, int n)
{
	uint8_t hash[YM_SM3_LEN];
	char hex[65];
	struct ym_sync_state st = bed_state(b);

	assert_int_equal(ym_log_head(b->desk.log, hash), n);
	ym_hex(hex, hash, sizeof hash);
	assert_int_equal(b->peer->n_events, n);
	assert_int_equal(b->peer->n_stored, n);
	assert_string_equal(b->peer->hashes[n], hex);
	assert_int_equal(st.acked, n);
	assert_string_equal(st.acked_hash, hex);
	assert_int_equal(b->peer->n_bad_signatures, 0);
}
