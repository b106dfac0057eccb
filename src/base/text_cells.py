#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""Print src/base/text_cells.h from Debian's unicode-data (default folder /usr/share/unicode).

Wide: East_Asian_Width W or F, the CJK blocks and both ideographic planes whether assigned or not, and two
blocks that glibc (and so ncurses) holds to be wide. Zero: categories Mn, Me, Cf (soft hyphen and prepended
number signs excepted) and the Hangul vowels and finals that compose.
"""
import pathlib
import sys

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")


def ranges(points):
    out = []
    for c in sorted(points):
        if out and c == out[-1][1] + 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


wide, zero, seen = set(), set(), set()
width_lines = (folder / "EastAsianWidth.txt").read_text(encoding="utf-8").splitlines()
version = width_lines[0].split("-")[1].removesuffix(".txt")
for line in width_lines:
    line = line.split("#")[0].strip()
    if not line:
        continue
    span, kind = (part.strip() for part in line.split(";"))
    first, _, last = span.partition("..")
    if kind in ("W", "F"):
        wide.update(range(int(first, 16), int(last or first, 16) + 1))
for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
                    (0x3248, 0x324F), (0x4DC0, 0x4DFF)):
    wide.update(range(first, last + 1))
start = 0
for line in (folder / "UnicodeData.txt").read_text(encoding="utf-8").splitlines():
    code, name, category = line.split(";")[:3]
    c = int(code, 16)
    if name.endswith(", First>"):
        start = c
        continue
    span = range(start, c + 1) if name.endswith(", Last>") else (c,)
    if category in ("Mn", "Me", "Cf") and c != 0xAD:
        zero.update(span)
for line in (folder / "PropList.txt").read_text(encoding="utf-8").splitlines():
    if "Prepended_Concatenation_Mark" in line:
        first, _, last = line.split(";")[0].strip().partition("..")
        zero -= set(range(int(first, 16), int(last or first, 16) + 1))
zero.update(range(0x1160, 0x1200), range(0xD7B0, 0xD7FC))
zero.update((0x2028, 0x2029))
wide -= zero

print(f"""/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Code points of zero and of two cells, Unicode {version}. Printed by text_cells.py: run it
 * again, do not edit.
 * Invariant: each table is sorted and its ranges do not touch.
 */
#pragma once

#include <stdint.h>

struct ym_text_range {{
	uint32_t first, last;
}};""")
for label, points in (("zero", zero), ("wide", wide)):
    print(f"\nstatic const struct ym_text_range {label}_cells[] = {{")
    row = "\t"
    for first, last in ranges(points):
        item = f"{{ 0x{first:X}, 0x{last:X} }},"
        if len(row) + len(item) > 92:
            print(row.rstrip())
            row = "\t"
        row += item + " "
    print(row.rstrip())
    print("};")
