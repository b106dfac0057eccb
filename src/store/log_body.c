/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The body of an event before sealing: JSON, deflated with a preset dictionary, and the way back.
 * Not encryption (crypt/seal.c). Invariant: a dictionary that was ever released stays; the stream
 * names its own by
 * Adler-32 (RFC 1950, DICTID), so a new version is a new entry at the end of the list.
 */
#include "store/internal.h"

#include <zlib.h>

/* Version 1. zlib reaches the end of it most cheaply: rare words first, common ones last. */
static const char DICTIONARY_1[] =
	"\"vehicle\":{\"plate\":\"\",\"vin\":\"\"},\"passport\",\"hukou\",\"relation\":\"father\",\"relation\":\"mother\","
	"\"relation\":\"spouse\",\"relation\":\"child\",\"grade\":5,\"rating\":,\"receipt\":\"\",\"fee\":{\"amount\":0,"
	"\"method\":\"cash\",\"state\":\"paid\"},\"waived\",\"purpose\":\"\",\"snapshot\":{},\"approver\":\"\",\"delivery\":"
	"{\"address\":\"\",\"how\":\"mail\",\"name\":\"\",\"phone\":\"\",\"postcode\":\"\"},\"due\":\"2026-12-31\",\"promise\":"
	"\"register\":\"\",\"answer\":\"\",\"valid_until\":\"\",\"source\":\"\",\"paper\":\"\",\"template\":\"\",\"copies\":1,"
	"\"printer\":\"\",\"ticket\":\"\",\"class\":\"\",\"guardian\",\"householder\",\"legal_representative\",\"organisation\","
	"\"issuer\":\"\",\"valid_from\":\"\",\"valid_to\":\"\",\"nation\":\"汉族\",\"公安局\",\"派出所\",\"居民身份证\",\"居民户口簿\","
	"\"trust\":\"A\",\"from\":\"card\",\"from\":\"typed\",\"from\":\"archive\",\"missing\":[],\"reasons\":[],\"notice\":[],"
	"\"override\":\"\",\"reason\":\"\",\"note\":\"\",\"text\":\"\",\"blob\":{\"bytes\":,\"key\":\"\",\"media\":\"image/jpeg\","
	"\"sm3\":\"\"},\"blobs\":[{\"holder\":\"applicant\",\"id\":\"\",\"kind\":\"\",\"material\":\"\",\"state\":\"present\"},"
	"\"state\":\"captured\",\"state\":\"deferred\",\"state\":\"missing\",\"state\":\"shared\",\"materials\":{\"agent\":{"
	"\"spouse\":{\"child\":{\"fields\":{\"agent.name\":\"\",\"agent.phone\":\"\",\"child.birth\":\"\",\"child.name\":\"\","
	"\"applicant.address\":\"\",\"applicant.birth\":\"\",\"applicant.doc_number\":\"\",\"applicant.name\":\"\","
	"\"applicant.nation\":\"\",\"applicant.phone\":\"\",\"applicant.sex\":\"\",\"value\":\"\",\"values\":{\"form\":{"
	"\"items\":[\"cases\":[{\"case\":\"\",\"item\":\"\",\"title\":\"\"},\"person\":\"\",\"persons\":[{\"address\":\"\","
	"\"birth\":\"19\",\"birth\":\"20\",\"doc_kind\":\"id18\",\"doc_number\":\"22990119\",\"division\":\"22\",\"hash\":\"\","
	"\"name\":\"\",\"nation\":\"01\",\"number\":\"\",\"phone\":\"13\",\"role\":\"applicant\",\"role\":\"agent\",\"sex\":\"1\","
	"\"sex\":\"2\"}],\"visit\":\"01\",\"kind\":\"\",\"true\",false,null,{\"";

static const struct {
	const char *text;
	size_t n;
} DICTIONARIES[] = {
	{ DICTIONARY_1, sizeof DICTIONARY_1 - 1 },
};
#define CURRENT 0
#define WINDOW_BITS 13
#define MEM_LEVEL 6

void
ym_body_deflate(const char *json, struct ym_buf *out)
{
	z_stream z = { 0 };
	uint8_t chunk[4096];
	size_t most = 0;
	int rc;

	/* Bodies are some thousand bytes: a window of 8 KB behind the dictionary finds what one of 32 KB finds, and a
	 * quarter of a megabyte need not be zeroed for each. */
	if (deflateInit2(&z, 6, Z_DEFLATED, WINDOW_BITS, MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
		deflateSetDictionary(&z, (const Bytef *)DICTIONARIES[CURRENT].text,
			(uInt)DICTIONARIES[CURRENT].n) != Z_OK)
		ym_db_die(NULL, "zlib", "deflate");
	z.next_in = (Bytef *)(uintptr_t)json;
	z.avail_in = (uInt)strlen(json);
	do {
		z.next_out = chunk;
		z.avail_out = sizeof chunk;
		rc = deflate(&z, Z_FINISH);
		ym_buf_add(out, chunk, sizeof chunk - z.avail_out);
		if (sizeof chunk - z.avail_out > most)
			most = sizeof chunk - z.avail_out;
	} while (rc == Z_OK);
	if (rc != Z_STREAM_END)
		ym_db_die(NULL, "zlib", "deflate");
	deflateEnd(&z);
	explicit_bzero(chunk, most);
}

static bool
set_dictionary(z_stream *z)
{
	uLong want = z->adler;

	for (size_t i = 0; i < YM_ARRAY_LEN(DICTIONARIES); i++) {
		const Bytef *text = (const Bytef *)DICTIONARIES[i].text;

		if (adler32(adler32(0, NULL, 0), text, (uInt)DICTIONARIES[i].n) == want)
			return inflateSetDictionary(z, text, (uInt)DICTIONARIES[i].n) == Z_OK;
	}
	return false;
}

enum ym_code
ym_body_inflate(const void *data, size_t n, struct ym_buf *out, struct ym_error *err)
{
	z_stream z = { 0 };
	uint8_t chunk[4096];
	YM_BUF text = { 0 };
	int rc = Z_OK;

	if (inflateInit(&z) != Z_OK)
		ym_db_die(NULL, "zlib", "inflate");
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)n;
	while (rc == Z_OK && text.len <= YM_BODY_MAX) {
		z.next_out = chunk;
		z.avail_out = sizeof chunk;
		rc = inflate(&z, Z_NO_FLUSH);
		if (rc == Z_NEED_DICT && set_dictionary(&z))
			rc = Z_OK;
		ym_buf_add(&text, chunk, sizeof chunk - z.avail_out);
	}
	bool whole = rc == Z_STREAM_END && z.avail_in == 0 && text.len <= YM_BODY_MAX;
	inflateEnd(&z);
	explicit_bzero(chunk, sizeof chunk);
	if (!whole || memchr(ym_buf_str(&text), 0, text.len))
		return ym_fail(
			err, YM_CORRUPT, N_("The content of an event is damaged"), "zlib %d", rc);
	ym_buf_add(out, text.data, text.len);
	return YM_OK;
}

enum ym_code
ym_event_open_body(const struct ym_event *ev, const uint8_t key[YM_KEY_LEN], struct ym_buf *out,
	struct ym_error *err)
{
	YM_BUF plain = { 0 };
	enum ym_code code;

	if (!ev->body)
		return ym_fail(err, YM_NOTFOUND, N_("The event has no content"), "no body");
	code = ym_unseal(key, ev->header, ev->header_n, ev->body, ev->body_n, &plain, err);
	if (code == YM_OK)
		code = ym_body_inflate(plain.data, plain.len, out, err);
	return code;
}
