/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Language and encoding of the screens and commands: gettext over one domain, Chinese unless LANGUAGE says otherwise.
 * Not for catalogue text, which is shown as it is. Invariant: after false nothing Chinese is printed.
 */
#pragma once

#include <libintl.h>
#include <stdbool.h>

#define _(s) gettext(s)
#ifndef N_
#define N_(s) s
#endif

/* Sets the locale and the message domain. False when the character set is not UTF-8: say UI_I18N_NOT_UTF8 and stop.
 * $YIMEN_LOCALE names another folder of compiled messages (an uninstalled build). */
bool ui_i18n_init(void);
/* The language shown is Chinese. */
bool ui_i18n_is_chinese(void);

#define UI_I18N_NOT_UTF8 \
	"yimen: this terminal's character set is not UTF-8 (LC_ALL, LC_CTYPE, LANG); " \
	"set LC_ALL=C.UTF-8 and use a UTF-8 terminal"
