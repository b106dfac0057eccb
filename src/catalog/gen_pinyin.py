#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Makes the table of readings that the finder uses: python3 gen_pinyin.py OUT.c [Unihan_Readings.txt[.bz2|.gz]]
# Not at run time. Invariant: the first reading of a character is its usual one, every other one follows, without tones.
import bz2
import gzip
import os
import re
import sys
import unicodedata

PLACES = ["/usr/share/unicode/Unihan_Readings.txt" + end for end in ("", ".bz2", ".gz")]
FIRST, LAST = 0x4E00, 0x9FFF
FIELDS = ("kMandarin", "kHanyuPinlu", "kTGHZ2013")


def toneless(word):
    text = unicodedata.normalize("NFD", word.lower()).replace("u\u0308", "v")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text if re.fullmatch("[a-z]+", text) else None


def lines(path):
    opener = {".bz2": bz2.open, ".gz": gzip.open}.get(os.path.splitext(path)[1], open)
    with opener(path, "rt", encoding="utf-8") as f:
        yield from f


def readings(path):
    found = {field: {} for field in FIELDS}
    for line in lines(path):
        part = line.rstrip("\n").split("\t")
        if len(part) == 3 and part[0].startswith("U+") and part[1] in found:
            words = re.sub(r"[0-9.,*]+:|\([0-9]+\)", " ", part[2])
            found[part[1]][int(part[0][2:], 16)] = [w for w in map(toneless, words.split()) if w]
    result = {}
    for c in range(FIRST, LAST + 1):
        all_of = []
        for field in FIELDS:
            for word in found[field].get(c, []):
                if word not in all_of:
                    all_of.append(word)
        result[c] = all_of
    return result


def rows(numbers, width=16):
    for i in range(0, len(numbers), width):
        yield "\t" + ", ".join(str(n) for n in numbers[i : i + width]) + ","


def main(out, path=None):
    path = path or next((p for p in PLACES if os.path.exists(p)), None)
    if not path:
        sys.exit("gen_pinyin.py: no Unihan_Readings.txt; install the package unicode-data")
    table = readings(path)
    syllables = sorted({s for words in table.values() for s in words})
    number = {s: i for i, s in enumerate(syllables)}
    # One run of readings per distinct list; the last of a run carries the high bit; 0 is "no reading".
    runs, at, index = [0x8000 | 0x7FFF], {(): 0}, []
    for c in range(FIRST, LAST + 1):
        key = tuple(number[s] for s in table[c])
        if key not in at:
            at[key] = len(runs)
            runs += list(key[:-1]) + [key[-1] | 0x8000]
        index.append(at[key])
    if len(runs) > 65535 or table[0x957F][:2] != ["zhang", "chang"]:
        sys.exit("gen_pinyin.py: the readings do not look as expected")
    with open(out, "w", encoding="utf-8") as f:
        f.write("/* Made by gen_pinyin.py from the Unicode Han database; do not edit. */\n")
        f.write('#include "catalog/pinyin.h"\n\n')
        f.write("const char *const ym_pinyin_syllables[] = {\n")
        for i in range(0, len(syllables), 12):
            f.write("\t" + ", ".join(f'"{s}"' for s in syllables[i : i + 12]) + ",\n")
        f.write(f"}};\nconst unsigned ym_pinyin_n_syllables = {len(syllables)};\n")
        f.write(f"const uint32_t ym_pinyin_first = 0x{FIRST:X}, ym_pinyin_last = 0x{LAST:X};\n")
        f.write("const uint16_t ym_pinyin_index[] = {\n" + "\n".join(rows(index)) + "\n};\n")
        f.write("const uint16_t ym_pinyin_runs[] = {\n" + "\n".join(rows(runs)) + "\n};\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
