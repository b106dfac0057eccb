/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-derive: the slow half of signing in, in a process of its own so that the loop never waits.
 * Standard input: "<salt hex> <iterations>\n<password>\n"; standard output: the derived key in hex.
 * Invariant: the password is never an argument or an environment variable.
 */
#include "base/file.h"
#include "crypt/crypt.h"

int
main(void)
{
	YM_BUF in = { .max = 4096 };
	struct ym_secret key = { 0 };
	uint8_t salt[16];
	char hex[2 * YM_KEY_LEN + 2];
	unsigned iterations = 0;
	char *password, *end;

	ym_crypt_harden();
	if (ym_fd_read_all(STDIN_FILENO, 4000, &in, NULL) || in.len < 36)
		return 1;
	password = strchr(in.data, '\n');
	if (!password)
		return 1;
	*password++ = 0;
	end = strchr(password, '\n');
	if (!end || in.data[32] != ' ' || sscanf(in.data + 33, "%u", &iterations) != 1 || iterations < 1 || iterations > 100000000)
		return 1;
	*end = 0;
	in.data[32] = 0;
	if (!ym_unhex(salt, sizeof salt, in.data))
		return 1;
	ym_secret_init(&key, YM_KEY_LEN);
	ym_kdf_password(password, salt, sizeof salt, iterations, key.data);
	ym_hex(hex, key.data, YM_KEY_LEN);
	ym_secret_release(&key);
	hex[2 * YM_KEY_LEN] = '\n';
	if (ym_fd_write_all(STDOUT_FILENO, hex, 2 * YM_KEY_LEN + 1, NULL))
		return 1;
	explicit_bzero(hex, sizeof hex);
	return 0;
}
