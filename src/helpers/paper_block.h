/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The blocks of a resolved paper document (src/paper/paper.h says which kinds there are). For yimen-paper alone. */
#pragma once

#include "paper_page.h"

/* Draws one block where the page stands, and moves on. */
void paper_block_draw(struct paper_page *p, const json_t *block);
