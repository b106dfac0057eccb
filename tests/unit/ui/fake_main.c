/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The screens over the test double, to look at by hand: fake_ui [KEYS] [COLUMNSxROWS]. Not a test and not installed.
 */
#include "ui.h"

int
main(int argc, char **argv)
{
	struct ui_options o = { .practice = true, .keys = argc > 1 ? argv[1] : NULL };

	if (argc > 2 && !ui_parse_size(argv[2], &o.rows, &o.columns))
		return 2;
	return ui_run(&o);
}
