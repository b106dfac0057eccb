#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# The screens in English at 80x24, one whole visit and what is around it: nothing of the program's own words is Chinese or cut
# in the key bar and the line of stages. What the catalogue, the desk and people are called stays Chinese.
import re

import play
from play import tap

CJK = re.compile("[\u3400-\u9fff]")
# Screens that show no catalogue and nobody's words: below the top line they are English.
PURE = ("home", "help", "palette", "devices", "sync", "lock")
STAGES = "Identity Items Materials Form Decision Fee Papers Rating".split()
SCRIPT = """
wait:PRACTICE mark:sign-in text:practice Enter wait:"No shift is open" Enter wait:waiting wait:⇅synchronised mark:home
F12 wait:"Without ticket" mark:help Esc F1 wait:initials mark:palette Esc F8 wait:"Code scanner" mark:devices Esc C-t wait:"Last event" mark:sync Esc
F5 wait:"New ticket" mark:ticket Esc F3 wait:Search mark:find Esc
hand:come:renew-card-and-licence wait:"1 waiting" mark:queue Enter wait:"not identified" mark:nobody
hand:card:0 wait:"Card taken" mark:identity
Enter wait:Search text:sfzdq wait:到期换领 Tab text:jszhz wait:有效期满换证 Tab text:hzscqf wait:普通护照首次 Enter wait:Questions mark:items
1 2*2 wait:2Items✓ M-1 wait:驾驶人 mark:roles M-3 wait:Inquiries mark:materials R wait:"clear" wait:3Materials3 Space*6 wait:3Materials✓
F4 wait:Due mark:missing Esc W wait:wrong mark:wrong Esc
M-4 wait:拼音姓名 mark:form text:"ZHAO WENBO" Enter Right Enter text:13843112345 Enter wait:propose mark:decide
Enter wait:5Decision1/3 Enter wait:5Decision2/3 Enter wait:5Decision✓ mark:decided Enter wait:"To be paid" mark:fee 1 wait:6Fee1/3 1 wait:6Fee2/3 1 wait:6Fee✓
Enter wait:"Make PDF" mark:papers Enter wait:7Papers✓ M-8 wait:evaluator mark:rate
F10 wait:"0 waiting" mark:after F4 wait:居民身份证 mark:cases Enter sleep:400 mark:story Esc*2 F10 sleep:300 mark:shift Esc
C-l wait:Locked mark:lock text:practice Enter wait:"0 waiting" F9 wait:"hands (practice)" mark:hands Esc
"""


def looked_at(name, text):
    rows = text.rstrip("\n").split("\n")
    bar = rows[-1]
    fault = [f"the key bar: {bar}"] if CJK.search(bar) or "…" in bar else []
    fault += [f"wider than 80: {r}" for r in rows if len(r) + len(CJK.findall(r)) > 80]
    for row in rows[2:-1]:
        if name in PURE and CJK.search(row.replace("王敏", "")):  # the officer's name is said as it is
            fault.append(f"Chinese: {row}")
        if " 1Identity" in row and not all(f"{i}{s}" in row for i, s in enumerate(STAGES, 1)):
            fault.append(f"the stages are cut: {row}")
    return fault


play.ready("the screens in English")
desk = play.Desk("english")
status, shown, err = desk.run(SCRIPT, "80x24", seconds=280, language="en")
tap.point("a visit and what is around it can be played in English", desk.faults(status, err))
for mark, screen in shown.items():
    tap.point(f"{mark}: nothing of the program's words is Chinese or cut", looked_at(mark, screen))
tap.end()
