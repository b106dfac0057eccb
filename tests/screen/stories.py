#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# The stories of the window by keys against the real practice program: each script runs headless, its screens and papers are
# looked at, the officer's keys are counted against their budget, the log is verified.
import time

import play
from play import tap

counts = {}


def story(name, title, marks, wanted, size="80x24", template="fresh", days=0):
    text = (play.STORIES / f"{name}.keys").read_text(encoding="utf-8")
    desk.again(template)
    began = time.monotonic()
    status, shown, err = desk.run(text, size, days=days)
    faults = desk.faults(status, err)
    for mark, words in marks.items():
        faults += [f"{mark} does not show {w}" for w in words if w not in shown.get(mark, "")]
    faults += [f"{mark} does not say that it is practice" for mark, text in shown.items() if "练习" not in text]
    counts[name] = play.keys_of(text)
    print(f"# {name} at {size}: {counts[name]} keys, {time.monotonic() - began:.1f} s")
    tap.point(f"{title} ({size})", faults)
    tap.point(f"{name} at {size}: the papers say what they must", desk.papers(wanted))
    tap.point(f"{name} at {size}: the log is whole", desk.audit())


def budget(title, keys, limit):
    print(f"# {title}: {keys} keys of {limit}")
    tap.point(f"{title}: at most {limit} keys", [] if 0 < keys <= limit else [f"{keys} keys"])


play.ready("the stories by keys")
desk = play.Desk("stories")
story("renew", "one common item from the card to the receipt",
      {"proposal": ["建议 受理"], "decided": ["✓ 受理"], "fee": ["已缴 20 元"], "papers": ["受理通知书"],
       "asked": ["等群众落笔", "只用在这一份文书", "赵**"], "drawn": ["个点"], "signed": ["板签", "已签字"], "done": ["办结 1"],
       "shift": ["2026-11-23 09:0", "居民身份证到期换领"]},
      {"acceptance": ["受理", "赵文博"], "application-idcard": ["赵文博", "签名:日期:2026年11月23日"]})
budget("one item", counts["renew"], 60)
story("second", "a second item for the same person",
      {"proposal": ["建议 当场办结", "建议 受理"], "decided": ["✓ 当场办结", "✓ 受理"], "fee": ["已缴 10 元", "已缴 20 元"]},
      {"acceptance": ["受理", "赵文博"]})
budget("a second item more", counts["second"] - counts["renew"], 25)
for SIZE in play.SIZES:
    story("newborn", "mother and newborn: three items in one visit",
          {"proposal": ["建议 受理", "建议 当场办结", "建议 容缺受理"], "decided": ["✓ 受理", "✓ 当场办结", "✓ 容缺受理"],
           "fee": ["已缴 120 元"], "papers": ["容缺受理通知书"],
           "unplugged": ["签名途中签名板被拔下", "还没有落笔"], "drawn": ["个点"], "signed": ["板签", "待签字"], "done": ["办结 3", "监护关系材料"]},
          {"acceptance": ["受理", "李晓梅"], "application-exit": ["李晓梅"]}, SIZE)
    desk.keep("newborn")
budget("mother and newborn, three items", counts["newborn"], 60 + 2 * 25)
for SIZE in play.SIZES:
    story("supplement", "the day after, what was deferred is handed in",
          {"home": ["监护关系材料"], "case": ["◐ 监护关系材料", "容缺 → 2026-11-24"], "proposal": ["建议 受理"], "decided": ["✓ 受理"],
           "papers": ["办件回执"], "done": ["这次办完了"]},
          {"receipt": ["居民身份证申领", "受理"]}, SIZE, "newborn", days=1)
budget("what was deferred is handed in", counts["supplement"], 25)
for SIZE in play.SIZES:
    story("scan", "codes and a passport under the scanner",
          {"appointment": ["09:45", "LXM0310"], "early": ["扫到材料码"], "label": ["居民户口簿: 已见原件"], "certificate": ["扫到电子证照"],
           "taken": ["结婚证: 状态:有效"], "misread": ["E2299O1999", "可能是 E229901999"], "passport": ["H**", "机读码"]}, {}, SIZE)
story("capture", "a page, a portrait and two fingers are captured, the card's own go beside them",
      {"photo": ["赵**", "解码程序须经厂商授权"], "page": ["已存 1 页", "清晰"], "judge": ["采用", "脸部宽"], "portrait": ["人像已保存"],
       "offer": ["右手拇指", "供比对"], "same": ["这枚手指刚才采过了"], "fingers": ["齐了", "一并留存"]}, {})
story("rural", "a rural desk without a network",
      {"materials": ["连不上中心"], "proposal": ["建议 受理", "等核验结果"], "decided": ["✓ 受理", "✓ 当场办结", "连不上中心"],
       "signed": ["已签字", "连不上中心"], "synchronised": ["已同步"]},
      {"household-certificate": ["户籍证明", "孙丽华"], "sign-for": ["孙丽华"], "acceptance": ["受理", "孙丽华"]})
story("guide", "a consultation at the guide desk becomes a notice and a ticket",
      {"asker": ["45 岁", "内地居民"], "found": ["居民身份证到期换领"], "consult": ["先核验,可免交", "在哪办"], "notice": ["告知单已生成"],
       "next": ["咨询 1", "告知单 1", "取号 1"], "queue": ["✓"], "carried": ["✓ 是否低保等困难对象", "居民身份证到期换领"]},
      {"guide": ["一次性告知单", "居民身份证到期换领", "需要的材料"]})
budget("a consultation with notice and ticket", counts["guide"], 25)
tap.end()
