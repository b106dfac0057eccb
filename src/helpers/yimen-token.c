/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-token: an officer's card or USB key, through its PKCS#11 module, in a process of its own: a vendor's module may
 * block, crash or start threads. It makes and gives back the 32-byte key of one account's slot; it knows no desk and no data key.
 * Not for SKF (GM/T 0016) modules: their SM2 keys have no mechanism in PKCS#11 here.
 * Invariant: the PIN and the key go over the pipes only; what opens the slot can be made again by the same token alone.
 *
 * Standard input, one JSON object: {"op":"list","module":PATH}, {"op":"enrol","module","serial","pin"} or
 * {"op":"unwrap","module","pin","slot":{...}}. Standard output, one JSON object: {"tokens":[{serial,label,model}]},
 * {"key":HEX,"slot":{...}}, {"key":HEX}; or {"error":"module|absent|pin|locked|key|failed","detail":TEXT}.
 *
 * With --watch it speaks device/helper.h instead: a message 'i' when a card comes to a PC/SC reader, 'o' when one leaves.
 *
 * A slot with an RSA key holds a random key that the token encrypted (OAEP); with an EC key, a point whose private half was
 * thrown away: the key is what ECDH with that point gives, hashed.
 */
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>

#ifdef HAVE_PCSC
#include <winscard.h>
#endif

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypt/crypt.h"
#include "device/helper.h"

#define MAX_SLOTS 32
#define INPUT_MAX 65536
#define P256_OID "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"

struct token {
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE private_key;
	CK_KEY_TYPE type;
	uint8_t id[64];
	CK_ULONG id_n;
};

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static json_t *
fault(const char *word, const char *what, CK_RV rv)
{
	char detail[96];

	snprintf(detail, sizeof detail, "%s: 0x%lx", what, (unsigned long)rv);
	return json_pack("{s:s, s:s}", "error", word, "detail", detail);
}

/* Fields of CK_TOKEN_INFO are padded with blanks and end in nothing. */
static void
take_field(char *ret, size_t size, const CK_UTF8CHAR *field, size_t n)
{
	while (n > 0 && (field[n - 1] == ' ' || field[n - 1] == 0))
		n--;
	if (n >= size)
		n = size - 1;
	memcpy(ret, field, n);
	ret[n] = 0;
}

static json_t *
load(const char *path, CK_FUNCTION_LIST **ret)
{
	CK_RV rv;

	*ret = path && *path ? p11_kit_module_load(path, 0) : NULL;
	if (!*ret)
		return fault("module", path && *path ? p11_kit_message() : "no module is named", 0);
	rv = p11_kit_module_initialize(*ret);
	if (rv != CKR_OK) {
		p11_kit_module_release(*ret);
		*ret = NULL;
		return fault("module", "initialize", rv);
	}
	return NULL;
}

static json_t *
list(CK_FUNCTION_LIST *f)
{
	CK_SLOT_ID slots[MAX_SLOTS];
	CK_ULONG n = MAX_SLOTS;
	CK_RV rv = f->C_GetSlotList(CK_TRUE, slots, &n);
	json_t *tokens;

	if (rv != CKR_OK)
		return fault("module", "slot list", rv);
	tokens = json_array();
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;
		char serial[17], label[33], model[17];

		if (f->C_GetTokenInfo(slots[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED))
			continue;
		take_field(serial, sizeof serial, info.serialNumber, sizeof info.serialNumber);
		take_field(label, sizeof label, info.label, sizeof info.label);
		take_field(model, sizeof model, info.model, sizeof info.model);
		json_array_append_new(tokens, json_pack("{s:s, s:s, s:s}", "serial", serial, "label", label, "model", model));
	}
	return json_pack("{s:o}", "tokens", tokens);
}

/* The token with this serial number, logged in to. */
static json_t *
open_token(struct token *t, const char *serial, const char *pin)
{
	CK_SLOT_ID slots[MAX_SLOTS];
	CK_ULONG n = MAX_SLOTS;
	CK_RV rv = t->f->C_GetSlotList(CK_TRUE, slots, &n);

	if (rv != CKR_OK)
		return fault("module", "slot list", rv);
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;
		char found[17];

		if (t->f->C_GetTokenInfo(slots[i], &info) != CKR_OK)
			continue;
		take_field(found, sizeof found, info.serialNumber, sizeof info.serialNumber);
		if (!ym_streq(found, serial))
			continue;
		rv = t->f->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session);
		if (rv != CKR_OK)
			return fault("failed", "session", rv);
		rv = t->f->C_Login(t->session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin));
		if (rv == CKR_PIN_LOCKED)
			return fault("locked", "login", rv);
		if (rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE)
			return fault("pin", "login", rv);
		if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
			return fault("failed", "login", rv);
		return NULL;
	}
	return fault("absent", "no such token", 0);
}

/* One object of a class, with an id when one is given. */
static bool
find(struct token *t, CK_OBJECT_CLASS class, CK_KEY_TYPE *type, const uint8_t *id, CK_ULONG id_n, CK_OBJECT_HANDLE *ret)
{
	CK_ATTRIBUTE want[3] = { { CKA_CLASS, &class, sizeof class } };
	CK_ULONG n = 1, found = 0;

	if (type)
		want[n++] = (CK_ATTRIBUTE){ CKA_KEY_TYPE, type, sizeof *type };
	if (id_n)
		want[n++] = (CK_ATTRIBUTE){ CKA_ID, (void *)id, id_n };
	if (t->f->C_FindObjectsInit(t->session, want, n) != CKR_OK)
		return false;
	t->f->C_FindObjects(t->session, ret, 1, &found);
	t->f->C_FindObjectsFinal(t->session);
	return found == 1;
}

static json_t *
find_key(struct token *t, CK_KEY_TYPE type, const uint8_t *id, CK_ULONG id_n)
{
	CK_ATTRIBUTE get = { CKA_ID, t->id, sizeof t->id };

	if (!find(t, CKO_PRIVATE_KEY, &type, id, id_n, &t->private_key))
		return fault("key", "no RSA or EC key", 0);
	t->type = type;
	t->id_n = t->f->C_GetAttributeValue(t->session, t->private_key, &get, 1) == CKR_OK ? get.ulValueLen : 0;
	return NULL;
}

/* -- RSA -- */

static CK_RSA_PKCS_OAEP_PARAMS oaep = { .hashAlg = CKM_SHA_1, .mgf = CKG_MGF1_SHA1, .source = CKZ_DATA_SPECIFIED };
static CK_MECHANISM rsa = { CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep };

static json_t *
rsa_wrap(struct token *t, const uint8_t key[YM_KEY_LEN], struct ym_buf *out)
{
	CK_KEY_TYPE type = CKK_RSA;
	CK_OBJECT_HANDLE public_key;
	uint8_t wrapped[1024];
	CK_ULONG n = sizeof wrapped;
	CK_RV rv;

	if (!find(t, CKO_PUBLIC_KEY, &type, t->id, t->id_n, &public_key))
		return fault("key", "no public half", 0);
	rv = t->f->C_EncryptInit(t->session, &rsa, public_key);
	if (rv == CKR_OK)
		rv = t->f->C_Encrypt(t->session, (CK_BYTE *)key, YM_KEY_LEN, wrapped, &n);
	if (rv != CKR_OK)
		return fault("key", "encrypt", rv);
	ym_buf_add(out, wrapped, n);
	return NULL;
}

static json_t *
rsa_unwrap(struct token *t, const struct ym_buf *wrapped, uint8_t ret[YM_KEY_LEN])
{
	uint8_t plain[1024];
	CK_ULONG n = sizeof plain;
	CK_RV rv = t->f->C_DecryptInit(t->session, &rsa, t->private_key);

	if (rv == CKR_OK)
		rv = t->f->C_Decrypt(t->session, (CK_BYTE *)wrapped->data, wrapped->len, plain, &n);
	if (rv != CKR_OK || n != YM_KEY_LEN)
		return fault("failed", "decrypt", rv);
	memcpy(ret, plain, YM_KEY_LEN);
	explicit_bzero(plain, sizeof plain);
	return NULL;
}

/* -- EC -- */

/* A point of the key's curve whose private half nobody has: made by the token and forgotten. */
static json_t *
ec_point(struct token *t, struct ym_buf *out)
{
	uint8_t params[64] = P256_OID, point[256];
	CK_ATTRIBUTE curve = { CKA_EC_PARAMS, params, sizeof params };
	CK_MECHANISM make = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public_key, private_key;
	CK_RV rv;

	if (t->f->C_GetAttributeValue(t->session, t->private_key, &curve, 1) != CKR_OK)
		curve.ulValueLen = sizeof P256_OID - 1;
	CK_ATTRIBUTE of_public[] = { { CKA_TOKEN, &no, sizeof no }, { CKA_EC_PARAMS, params, curve.ulValueLen } };
	CK_ATTRIBUTE of_private[] = { { CKA_TOKEN, &no, sizeof no }, { CKA_DERIVE, &yes, sizeof yes } };
	CK_ATTRIBUTE get = { CKA_EC_POINT, point, sizeof point };

	rv = t->f->C_GenerateKeyPair(t->session, &make, of_public, YM_ARRAY_LEN(of_public), of_private, YM_ARRAY_LEN(of_private),
		&public_key, &private_key);
	if (rv == CKR_OK)
		rv = t->f->C_GetAttributeValue(t->session, public_key, &get, 1);
	if (rv != CKR_OK)
		return fault("key", "point", rv);
	t->f->C_DestroyObject(t->session, private_key);
	ym_buf_add(out, point, get.ulValueLen);
	return NULL;
}

static json_t *
ec_unwrap(struct token *t, const struct ym_buf *point, uint8_t ret[YM_KEY_LEN])
{
	const uint8_t *raw = (const uint8_t *)point->data;
	size_t raw_n = point->len;
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_GENERIC_SECRET;
	CK_ULONG want = 32;
	uint8_t shared[64];
	CK_ATTRIBUTE result[] = {
		{ CKA_CLASS, &class, sizeof class }, { CKA_KEY_TYPE, &type, sizeof type }, { CKA_TOKEN, &no, sizeof no },
		{ CKA_SENSITIVE, &no, sizeof no }, { CKA_EXTRACTABLE, &yes, sizeof yes }, { CKA_VALUE_LEN, &want, sizeof want },
	};
	CK_ATTRIBUTE get = { CKA_VALUE, shared, sizeof shared };
	CK_OBJECT_HANDLE derived;
	CK_RV rv;

	/* CKA_EC_POINT is a DER octet string; the mechanism takes the point itself. */
	if (raw_n > 2 && raw[0] == 4 && raw[1] == raw_n - 2) {
		raw += 2;
		raw_n -= 2;
	}
	CK_ECDH1_DERIVE_PARAMS params = { .kdf = CKD_NULL, .public_data_len = raw_n, .public_data = (CK_BYTE *)raw };
	CK_MECHANISM ecdh = { CKM_ECDH1_DERIVE, &params, sizeof params };

	rv = t->f->C_DeriveKey(t->session, &ecdh, t->private_key, result, YM_ARRAY_LEN(result), &derived);
	if (rv == CKR_OK)
		rv = t->f->C_GetAttributeValue(t->session, derived, &get, 1);
	if (rv != CKR_OK || get.ulValueLen < 32)
		return fault("failed", "derive", rv);
	ym_hmac_sm3("yimen token slot", 16, shared, get.ulValueLen, ret);
	explicit_bzero(shared, sizeof shared);
	return NULL;
}

/* -- the three things asked -- */

static json_t *
open_slot(struct token *t, const struct ym_buf *wrapped, uint8_t ret[YM_KEY_LEN])
{
	return t->type == CKK_RSA ? rsa_unwrap(t, wrapped, ret) : ec_unwrap(t, wrapped, ret);
}

static json_t *
answer_key(const uint8_t key[YM_KEY_LEN], json_t *slot)
{
	char hex[2 * YM_KEY_LEN + 1];
	json_t *answer;

	ym_hex(hex, key, YM_KEY_LEN);
	answer = slot ? json_pack("{s:s, s:o}", "key", hex, "slot", slot) : json_pack("{s:s}", "key", hex);
	explicit_bzero(hex, sizeof hex);
	return answer;
}

static json_t *
enrol(struct token *t, const json_t *ask)
{
	const char *serial = ym_json_str_or(ask, "serial", "");
	YM_BUF wrapped = { 0 };
	uint8_t key[YM_KEY_LEN], again[YM_KEY_LEN];
	char id[2 * sizeof t->id + 1];
	YM_FREE char *hex = NULL;
	json_t *bad = open_token(t, serial, ym_json_str_or(ask, "pin", ""));

	if (!bad) {
		YM_JSON *no_rsa = find_key(t, CKK_RSA, NULL, 0);

		if (no_rsa)
			bad = find_key(t, CKK_EC, NULL, 0);
	}
	if (bad)
		return bad;
	if (t->type == CKK_RSA) {
		ym_crypt_random(key, sizeof key);
		bad = rsa_wrap(t, key, &wrapped);
	} else {
		bad = ec_point(t, &wrapped);
		if (!bad)
			bad = ec_unwrap(t, &wrapped, key);
	}
	/* A slot that its token cannot open is none. */
	if (!bad)
		bad = open_slot(t, &wrapped, again);
	if (!bad && !ym_crypt_equal(key, again, sizeof key))
		bad = fault("key", "the token gave another key back", 0);
	if (bad)
		return bad;
	ym_hex(id, t->id, t->id_n);
	hex = ym_alloc(2 * wrapped.len + 1);
	ym_hex(hex, wrapped.data, wrapped.len);
	return answer_key(key, json_pack("{s:s, s:s, s:s, s:s}", "serial", serial, "type", t->type == CKK_RSA ? "rsa" : "ec", "id", id,
		"data", hex));
}

static json_t *
unwrap(struct token *t, const json_t *ask)
{
	const json_t *slot = json_object_get(ask, "slot");
	const char *id_hex = ym_json_str_or(slot, "id", ""), *data_hex = ym_json_str_or(slot, "data", "");
	size_t id_n = strlen(id_hex) / 2, data_n = strlen(data_hex) / 2;
	uint8_t id[64], data[1024], key[YM_KEY_LEN];
	struct ym_buf wrapped = { .data = (char *)data, .len = data_n };
	json_t *bad;

	if (id_n > sizeof id || data_n > sizeof data || !ym_unhex(id, id_n, id_hex) || !ym_unhex(data, data_n, data_hex))
		return fault("failed", "malformed slot", 0);
	bad = open_token(t, ym_json_str_or(slot, "serial", ""), ym_json_str_or(ask, "pin", ""));
	if (!bad)
		bad = find_key(t, ym_streq(ym_json_str_or(slot, "type", ""), "rsa") ? CKK_RSA : CKK_EC, id, id_n);
	if (!bad)
		bad = open_slot(t, &wrapped, key);
	return bad ? bad : answer_key(key, NULL);
}

/* -- the reader service -- */

#ifdef HAVE_PCSC
#define MAX_READERS 16
#define NEW_READER "\\\\?PnP?\\Notification"

/* Blocks until a card comes or leaves, again and again; ends when the service or our caller does. */
static int
watch(void)
{
	SCARDCONTEXT context;
	SCARD_READERSTATE state[MAX_READERS + 1];
	char names[4096];
	size_t n = 0;
	bool stale = true;

	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS)
		return 1;
	memset(state, 0, sizeof state);
	for (;;) {
		LONG rv;

		if (stale) {
			DWORD size = sizeof names;
			bool had_card[MAX_READERS] = { 0 };
			int before = 0, now = 0;

			for (size_t i = 0; i < n; i++)
				before += (state[i].dwEventState & SCARD_STATE_PRESENT) != 0;
			rv = SCardListReaders(context, NULL, names, &size);
			memset(state, 0, sizeof state);
			n = 0;
			if (rv == SCARD_S_SUCCESS)
				for (char *name = names; *name && n < MAX_READERS; name += strlen(name) + 1)
					state[n++].szReader = name;
			else if (rv != SCARD_E_NO_READERS_AVAILABLE)
				return 1;
			if (n)
				SCardGetStatusChange(context, 0, state, n);
			for (size_t i = 0; i < n; i++) {
				had_card[i] = (state[i].dwEventState & SCARD_STATE_PRESENT) != 0;
				now += had_card[i];
				state[i].dwCurrentState = state[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
			}
			/* a key that is its own reader leaves with it */
			if (now != before && !ym_helper_write(now > before ? 'i' : 'o', NULL, 0))
				return 0;
			state[n].szReader = NEW_READER;
			state[n].dwCurrentState = (DWORD)n << 16;
			stale = false;
		}
		rv = SCardGetStatusChange(context, INFINITE, state, n + 1);
		if (rv == SCARD_E_UNKNOWN_READER || (state[n].dwEventState & SCARD_STATE_CHANGED)) {
			stale = true;
			continue;
		}
		if (rv != SCARD_S_SUCCESS)
			return 1;
		for (size_t i = 0; i < n; i++) {
			bool was = (state[i].dwCurrentState & SCARD_STATE_PRESENT) != 0, is = (state[i].dwEventState & SCARD_STATE_PRESENT) != 0;

			state[i].dwCurrentState = state[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
			if (was != is && !ym_helper_write(is ? 'i' : 'o', NULL, 0))
				return 0;
		}
	}
}
#else
static int
watch(void)
{
	return 1; /* built without PC/SC: nobody is told */
}
#endif

int
main(int argc, char **argv)
{
	YM_BUF in = { .max = INPUT_MAX };
	YM_JSON *ask = NULL, *answer = NULL;
	struct token t = { 0 };
	char *line;
	int status;

	ym_crypt_harden();
	if (argc == 2 && ym_streq(argv[1], "--watch")) {
		ym_helper_begin();
		return watch();
	}
	if (ym_fd_read_all(STDIN_FILENO, INPUT_MAX, &in, NULL) || ym_json_parse(in.data, in.len, "stdin", &ask, NULL))
		return 1;
	answer = load(ym_json_str(ask, "module"), &t.f);
	if (!answer) {
		const char *op = ym_json_str_or(ask, "op", "");

		answer = ym_streq(op, "list") ? list(t.f) : ym_streq(op, "enrol") ? enrol(&t, ask) : unwrap(&t, ask);
		p11_kit_module_finalize(t.f);
		p11_kit_module_release(t.f);
	}
	line = ym_json_line(answer);
	status = ym_fd_write_all(STDOUT_FILENO, line, strlen(line), NULL) ? 1 : 0;
	explicit_bzero(line, strlen(line));
	free(line);
	return status;
}
