#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# man/yimen-sync.7 says whatever another central needs: every route, every feed entry, every event kind, every refusal, and the
# dictionary that bodies are deflated with, letter by letter.
import ast
import re

import tap

page = (tap.SOURCE / "man" / "yimen-sync.7.scd").read_text(encoding="utf-8")


def sources(*folders):
    return {p: p.read_text(encoding="utf-8") for f in folders for p in sorted((tap.SOURCE / "src" / f).glob("*.c"))}


def words(pattern, texts):
    return sorted({w for t in texts.values() for w in re.findall(pattern, t)})


def missing(found, least):
    return [f"the page does not have {w}" for w in found if w not in page] + ([] if len(found) >= least else [f"only {len(found)} found: the pattern is out of date"])


central = sources("central")
tap.point("every route of the central is on the page", missing(words(r'"(/v1/[a-z]+)', central), 5) + missing(words(r'"[A-Z]+", "(/[a-z]+)"\)', central), 3))
tap.point("every entry that the central puts into a feed is in the table", missing(words(r'"((?:case|pack|event|check|account|ticket)\.[a-z]+)",\s*(?:content|moved)', central), 6))
tap.point("every code of a refusal is named", missing(words(r'ym_central_refuse\([^;]*?"([A-Z_]{3,})"', central), 5))
kinds = words(r'(?:kind = |ym_emit_(?:visit|case)\([^;]*?|KINDS.*?|, )"((?:visit|case|check|ticket|shift|paper|fee|material|delivery|record|account|clock|rating)\.[a-z_]+)"', sources("cases", "station"))
tap.point("every kind of event that a desk writes is named", missing(kinds, 35))
text = (tap.SOURCE / "src" / "store" / "log_body.c").read_text(encoding="utf-8")
lines = re.search(r"DICTIONARY_1\[\] =\n(.*?);\n", text, re.S).group(1).splitlines()
dictionary = "".join(ast.literal_eval('"' + line.strip()[1:-1] + '"') for line in lines)
printed = [b.replace("\n", "") for b in re.findall(r"^```\n(.*?)\n```$", page, re.S | re.M)]
tap.point("the preset dictionary stands there as it is", [] if dictionary in printed else ["no block of the page is the dictionary"])
tap.end()
