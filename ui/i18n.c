/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Language and encoding at start. A desk speaks Chinese unless LANGUAGE asks for something else; an unset locale
 * means C.UTF-8, a locale that is set to another character set is refused rather than guessed over.
 */
#include "i18n.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "yimen"

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool
ui_i18n_init(void)
{
	const char *dir = getenv("YIMEN_LOCALE");
	const char *messages;

	if (!setlocale(LC_ALL, ""))
		setlocale(LC_ALL, "C");
	if (!is_set("LC_ALL") && !is_set("LC_CTYPE") && !is_set("LANG"))
		setlocale(LC_CTYPE, "C.UTF-8");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		return false;
	if (!is_set("LANGUAGE"))
		setenv("LANGUAGE", "zh_CN", 1);
	/* gettext translates nothing in the plain C locale. */
	messages = setlocale(LC_MESSAGES, NULL);
	if (!messages || !strcmp(messages, "C") || !strcmp(messages, "POSIX"))
		setlocale(LC_MESSAGES, "C.UTF-8");
	bindtextdomain(DOMAIN, dir && *dir ? dir : YM_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	return true;
}

bool
ui_i18n_is_chinese(void)
{
	const char *language = getenv("LANGUAGE");

	return language && !strncmp(language, "zh", 2);
}
