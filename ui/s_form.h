/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What s_form.c (typing) and s_form_draw.c (looks) share of the one form; nothing else needs it. */
#pragma once

#include "s_visit.h"

/* The line under the bar; NULL when the form is empty. */
const struct ym_form_line *s_form_current(const struct s_visit *v);
bool s_form_has_options(const struct ym_form_line *line);
/* It is wrong, or empty and required. */
bool s_form_needs(const struct ym_form_line *line);
void s_form_draw(const struct s_visit *v, const struct ui_area *a);
