#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Keystrokes per item: for each of the items that are asked for most, the shortest honest path from the card read to the
# papers made, a desk and a visit each; and what a second item of the same person costs more.
# Invariant: an item counts only when the desk's own views hold its decision.
import json
import re
import sys

import play
from play import tap

BUDGET, SECOND = 60, 25
ITEMS = play.STORIES / "items"
CARD = 'hand:come:{} wait:"等候 1 人" Enter wait:未核身份 hand:card:0 wait:已读卡\n'
NO_CARD = 'hand:come:{} wait:"等候 1 人" Enter wait:未核身份\n'
AWAY = '\nF10 wait:"等候 0 人"\n'
# What a second item adds: found together with the first, one checklist, one form, one more decision.
PAIRS = {
    "SF-003 + jt-jz-03": ("SF-003", "jt-jz-03", "renew-card-and-licence", """
Enter wait:搜索 text:sfzdq wait:到期换领 Tab text:jszhz wait:有效期满换证 Enter wait:困难对象 2 Enter wait:未见 R wait:体检合格 Space*4 wait:3材料✓
Enter wait:联系电话 text:13843112345 Enter wait:按建议决定 Enter wait:5决定1/2 Enter wait:5决定✓
Enter wait:待缴 1 wait:6缴费1/2 1 wait:6缴费✓ Enter wait:7文书0 Enter wait:7文书✓"""),
    "HZ-049 + crj-hz-01": ("HZ-049", "crj-hz-01", "renew-card-and-licence", """
Enter wait:搜索 text:hjzm wait:户籍证明 Tab text:hzsc wait:普通护照首次 Enter wait:情形 1 2 1 wait:2事项✓ Enter wait:未见 R wait:登记状态正常 Space*3 wait:3材料✓
Enter wait:拼音 text:"ZHAO WENBO" Enter Right Enter text:13843112345 Enter text:市政务中心 Enter text:子女入学 Enter wait:按建议决定 Enter wait:5决定1/2 Enter wait:5决定✓
Enter wait:待缴 1 wait:已缴 Enter wait:7文书0 Enter wait:7文书✓"""),
}


def told(text, word):
    return re.search(rf"^# {word} (\S+)$", text, flags=re.M)[1]


def names():
    catalogue = play.tap.SOURCE / "data" / "catalog"
    return {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in catalogue.glob("*/*.json")}


def play_one(name, citizen, body):
    """On a desk of its own: what an earlier visit left in the archive would save keys."""
    desk.again()
    come = NO_CARD if "# hand none" in body else CARD
    status, shown, err = desk.run("wait:练习 text:practice Enter wait:等候\n" + come.format(citizen) + body + f" mark:{name}" + AWAY, seconds=280)
    cases.update(desk.cases())
    return desk.faults(status, err) + ([] if name in shown or status else ["it did not come to its end"])


play.ready("keystrokes per item")
desk, cases, known = play.Desk("items"), {}, names()
only = sys.argv[1:]  # by hand: these items alone
scripts = {p.stem: p.read_text(encoding="utf-8") for p in sorted(ITEMS.glob("*.keys")) if not only or p.stem in only}
keys = {item: sum(play.cost(t) for t in play.tokens(text)) for item, text in scripts.items()}
for item in sorted(scripts, key=lambda i: -known[i].get("common", 0)):
    fault = play_one(item, told(scripts[item], "citizen"), scripts[item])
    exits = [exit_ for _, _, exit_ in cases.get(item, [])]
    fault += [] if told(scripts[item], "exit") in exits else [f"decided {exits}, expected {told(scripts[item], 'exit')}"]
    fault += [] if keys[item] <= BUDGET else [f"{keys[item]} keys"]
    print(f"# {item:10} {keys[item]:3} keys of {BUDGET}  {known[item]['category']} {known[item]['name']}")
    tap.point(f"{item}: decided and papers made with at most {BUDGET} keys", fault)
tap.point("twenty items of five categories", [] if len(scripts) >= 20 and len({known[i]["category"] for i in scripts}) >= 5 else
          [f"{len(scripts)} items, {sorted({known[i]['category'] for i in scripts})}"])
for pair, (first, second, citizen, body) in PAIRS.items():
    if first not in keys:
        continue
    fault = play_one(pair.replace(" + ", "-"), citizen, body)
    more = sum(play.cost(t) for t in play.tokens(body)) - keys[first]
    fault = fault + ([] if 0 < more <= SECOND else [f"{more} keys"])
    fault += [f"{item} is not decided" for item in (first, second) if item not in desk.cases()]
    print(f"# {pair}: {more} keys more, of {SECOND}")
    tap.point(f"{pair}: a second item of the same person with at most {SECOND} keys more", fault)
tap.point("the log is whole", desk.audit())
tap.end()
