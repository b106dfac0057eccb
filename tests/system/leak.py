#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# A whole used day, then a search over every byte of the data folders, the central's folder, logs and temporary files for
# the names, numbers, addresses and telephones of the people served, in the encodings of this country's computers. Printed
# papers alone are clear, on purpose. And no program leaves a core.
import os
import re

import rig
from rig import Desk, Rig, exits, number_of, points, story, tap, with_

rig.skip_all("no personal data in clear")
town = Rig("leak")
PERSONAL = [
    "李晓梅", "张小满", "孙丽华", "LI XIAOMEI", "SUN LIHUA", "22990119960307024X", "229901202611100335", "229901197206180622",
    "建设街1999号", "7栋2单元301室", "小城子村4组", "13804310001", "13904310002", "Z220000001", "E00000002", "龙王乡中心小学",
    "1996-03-07", "19960307", "1972-06-18", "明天把出生证复印件拿来", "等核验结果", "顺便办护照", "群众补交监护材料", "0012345",
]
ENCODINGS = ("utf-8", "utf-16-le", "gb18030")
central = home = other = None


def needles():
    for text in PERSONAL:
        for encoding in ENCODINGS:
            yield text, encoding, text.encode(encoding)
        if text.isascii() and text.isalnum():
            yield text, "reversed", text[::-1].encode()
        yield text, "escaped", "".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in text).encode()


def search(folder, skip=()):
    """Every find in every file below a folder; keys of the central would open everything and are nobody's data."""
    found, n = [], 0
    patterns = [(t, e, b) for t, e, b in needles() if len(b) >= 6]
    for root, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if f not in skip]
        for name in files:
            if os.path.islink(path := os.path.join(root, name)) or not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            n += len(data)
            found += [f"{path.removeprefix(str(town.dir))}: {t} in {e}" for t, e, b in patterns if b in data]
            found += [f"{path.removeprefix(str(town.dir))}: its name tells {t}" for t, _, b in patterns if b in name.encode()]
    return found, n


with points("a day: mother and newborn, a certificate, a handed-over case, a locked draft, searches and stories") as faults:
    central = town.central().start()
    home = Desk(town, central, "22019999000003")
    other = Desk(town, central, "22019999000105", "桂林路派出所", account="liqiang", officer="李强")
    parked = home.visit(story("newborn"))
    home.settle(until=lambda: home.sql("SELECT count(*) FROM view_feed WHERE kind = 'check.answered'")[0][0] >= 2)
    report = home.visit(with_(story("newborn-decide"), resume=parked["visit"]))
    faults += [] if exits(report)["SF-002"] == "deferred" else [f"{exits(report)}"]
    home.visit(story("rural"))
    home.visit(with_(story("rural"), decide=None, park="等人", fees={}, papers="none", rating=0))
    home.run("case", "list", "李晓梅")
    home.run("case", "story", number_of(report, "HZ-001"), "群众补交监护材料")
    home.settle()
    other.run("case", "request", number_of(report, "SF-002"), "群众补交监护材料")
    other.settle(until=other.cases)
    other.visit(with_(story("newborn-supplement"), case=number_of(report, "SF-002")))
    other.settle()
    central.review(number_of(report, "crj-hz-01"), "denied", "李晓梅的申请材料不实")
    home.settle()
    refused, _ = home.try_visit(with_(story("rural"), items=["NO-SUCH"]))
    faults += [] if refused.returncode else ["an unknown item was taken"]

with points("the search finds what is there: the papers are clear on purpose") as faults:
    found, n = search(home.dir / "papers")
    texts = [p for p in home.papers.iterdir() if p.suffix == ".pdf"]
    faults += [] if texts and n else ["no papers"]
    (town.dir / "bait").mkdir()
    (town.dir / "bait" / "x").write_bytes("前文李晓梅后文".encode("gb18030"))
    faults += [] if search(town.dir / "bait")[0] else ["the search would find nothing at all"]

for title, place in (("the desk's folder while it is in use", "home"), ("the other desk's folder", "other"), ("the central's folder", "central")):
    with points(f"no byte tells of the people served: {title}") as faults:
        found, n = search({"home": home, "other": other, "central": central}[place].dir, skip=("papers",))
        faults += found
        faults += [] if n > 100000 else [f"only {n} bytes were looked at"]

with points("no byte tells of the people served: logs and temporary files") as faults:
    faults += search(town.tmp())[0]
    for log in (town.dir / "diagnostics.log", central.log):
        data = log.read_bytes() if log.exists() else b""
        faults += [f"{log.name}: {t} in {e}" for t, e, b in needles() if len(b) >= 6 and b in data]
    faults += [f"{p} is left in the temporary folder" for p in town.tmp().iterdir()]

with points("nobody else may read the folders") as faults:
    for place in (home.dir, other.dir, central.dir):
        faults += [f"{p} has mode {p.stat().st_mode & 0o777:o}" for p in (place, *place.rglob("*"))
                   if p.stat().st_mode & 0o007 or (p.is_file() and p.name != "pack.db" and p.stat().st_mode & 0o077)]

with points("a core would hold keys: none is written by the central, nor by the workstation") as faults:
    limits = open(f"/proc/{central.process.pid}/limits", encoding="ascii").read()
    faults += [] if re.search(r"Max core file size\s+0\s+0", limits) else ["the central may write a core"]
    if rig.need("strace"):
        tap.skip("the workstation's limits", "strace is not installed")
    else:
        log = town.dir / "limits.strace"
        home.run("status", prefix=["strace", "-o", log, "-e", "trace=prctl,prlimit64,setrlimit"], env={"ASAN_OPTIONS": "detect_leaks=0"})
        text = log.read_text()
        faults += [] if re.search(r"RLIMIT_CORE, \{rlim_cur=0, rlim_max=0\}", text) and "PR_SET_DUMPABLE, SUID_DUMP_DISABLE" in text else [text[-500:]]
central.stop()
tap.end()
