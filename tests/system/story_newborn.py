#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Golden stories 1 and 2 (model.md §7), headless over TLS. A mother comes with her newborn child: birth registration, the
# child's ID card, her passport. A day later she brings what was missing to another station, while the first desk is off
# the line; the case changes its holder, the review comes back, she collects there. Papers are read and looked at.
import rig
from rig import Desk, Rig, exits, number_of, pdf_faults, points, story, tap, with_

rig.skip_all("mother and newborn", "openssl", "pdftotext", "pdftoppm")
town = Rig("newborn")
home = other = report = None
numbers = {}

with points("a central over TLS, two desks of two stations enrolled with one-time codes") as faults:
    central = town.central(tls=True).start()
    home = Desk(town, central, "22019999000003")
    other = Desk(town, central, "22019999000105", "桂林路派出所", account="liqiang", officer="李强")
    again = home.rig.run(other.argv("desk", "init", f"url={central.url}", f"ca={central.tls[0]}", f"code={home.once}", "--dir", town.dir / "thief"), ok=None)
    faults += [] if again.returncode else ["a code served twice"]
    faults += ["a refused enrolment left files behind"] if any((town.dir / "thief").glob("*")) else []
    faults += [] if home.status()["cases"] == 0 else ["a new desk has cases"]

with points("three items of three categories, one child yet without a number: asked, parked, answered by the central") as faults:
    parked = home.visit(story("newborn"))
    faults += [] if sorted(c["item"] for c in parked["cases"]) == ["HZ-001", "SF-002", "crj-hz-01"] else [f"cases {exits(parked)}"]
    home.settle(until=lambda: any(e.kind == "feed.applied" for e in home.events()))
    answered = home.sql("SELECT register, status FROM view_check")
    faults += [f"{r} is {s}" for r, s in answered if r in ("exit_ban", "reg_staff") and s != "clear"]
    faults += [] if {"exit_ban", "reg_staff"} <= {r for r, _ in answered} else ["the passport's checks were not asked"]

with points("decided by the proposals: registration done at once, card accepted with a promise, passport accepted") as faults:
    report = home.visit(with_(story("newborn-decide"), resume=parked["visit"]))
    expected = {"HZ-001": "completed", "SF-002": "deferred", "crj-hz-01": "accepted"}
    faults += [] if exits(report) == expected else [f"exits {exits(report)}"]
    numbers = {c["item"]: c["case_no"] for c in report["cases"]}
    faults += [] if len(set(numbers.values())) == 3 and all(numbers.values()) else [f"numbers {numbers}"]
    by = {c["item"]: c for c in report["cases"]}
    faults += [] if by["crj-hz-01"]["fee_fen"] == 12000 and by["HZ-001"]["fee_fen"] == 0 else ["the fee is not the passport's 120 yuan"]
    faults += [] if by["SF-002"]["due_promised"] == "2026-11-24" else [f"the card is promised for {by['SF-002']['due_promised']}"]
    faults += [] if by["crj-hz-01"]["due_promised"] == "2026-12-02" else [f"the passport is promised for {by['crj-hz-01']['due_promised']}"]
    faults += [] if report["rated"] else ["not rated"]
    faults += [f"{i}: a proposal without a look at its rules" for i, c in by.items() if c["proposal"] not in ("", "none", c["exit"])]

with points("nobody was asked anything twice: one person served three cases with one card") as faults:
    people = [e for e in home.events() if e.kind == "visit.identified"]
    faults += [] if len({e.attrs.get("as") for e in people}) == 2 else [f"persons {[e.attrs for e in people]}"]
    faults += [] if len([p for p in report["papers"] if p["template"] == "receipt"]) == 1 else ["not exactly one receipt for the visit"]

wanted = {
    "application-birth": ("HZ-001", ["张小满", "李晓梅", "2026", "Z220000001"]),
    "application-idcard": ("SF-002", ["张小满", "李晓梅"]),
    "deferral": ("SF-002", ["容缺受理", "张小满", "2026-11-24"]),
    "application-exit": ("crj-hz-01", ["李晓梅", "LI XIAOMEI"]),
    "acceptance": ("crj-hz-01", ["受理通知书", "李晓梅", "120", "2026"]),
    "sign-for": ("HZ-001", ["李晓梅", "居民户口簿"]),
}
for template, (item, words) in wanted.items():
    with points(f"the paper {template} says what it must and is not blank") as faults:
        paper = [p for p in report["papers"] if p["template"] == template and p["case_no"] == numbers[item]]
        faults += pdf_faults(home.papers / f"{paper[0]['id']}.pdf", [numbers[item], *words]) if paper else ["it is not among the papers"]
        faults += [] if paper and paper[0]["printed"] else ["not noted as printed"]
with points("one receipt for the visit names the three cases and no decision that is not made") as faults:
    paper = next(p for p in report["papers"] if p["template"] == "receipt")
    faults += pdf_faults(home.papers / f"{paper['id']}.pdf", [n[-9:] for n in numbers.values()], ["已批准", "同意签发"])
with points("every page of every paper shows something") as faults:
    for paper in report["papers"]:
        faults += pdf_faults(home.papers / f"{paper['id']}.pdf", [])

with points("store whole, chain verified, rebuild identical; the central holds the same chain once") as faults:
    home.settle()
    faults += home.whole()
    home.settle()
    mine = [(e.seq, e.hash) for e in home.events()]
    faults += [] if central.events("22019999000003A") == mine else ["the central's chain is another one"]

# -- a day later, another station --
town.advance(days=1)
with points("another station asks for the case while the first desk is off the line, and becomes its holder") as faults:
    other.settle()
    done = other.run("case", "request", numbers["SF-002"], "群众补交监护材料")
    other.settle(until=lambda: any(c["no"] == numbers["SF-002"] and c["holder"] for c in other.cases()))

with points("what was missing is brought there: accepted there, with a paper of that station") as faults:
    second = other.visit(with_(story("newborn-supplement"), case=numbers["SF-002"]))
    faults += [] if exits(second).get("SF-002") == "accepted" else [f"exits {exits(second)}, {second['missing']}"]
    faults += [] if number_of(second, "SF-002") == numbers["SF-002"] else ["the case has another number now"]
    other.settle()
    faults += other.whole()

with points("the review comes back to the new holder") as faults:
    other.settle(until=lambda: any(c["no"] == numbers["SF-002"] and c["state"] in ("approved", "to_collect") for c in other.cases()))

with points("the first desk, back on the line, hears that it is no longer the holder; its decision there is refused") as faults:
    home.settle(until=lambda: any(c["no"] == numbers["SF-002"] and not c["holder"] for c in home.cases()))
    done, _ = home.try_visit(with_(story("newborn-supplement"), case=numbers["SF-002"]))
    faults += [] if done.returncode == 1 and done.stderr.startswith("yimen:") else [f"status {done.returncode}: {done.stderr[-200:]}"]
    faults += home.whole()

with points("the passport is approved by an approver; the mother hears of it at her own station") as faults:
    central.review(numbers["crj-hz-01"])
    home.settle(until=lambda: any(c["no"] == numbers["crj-hz-01"] and c["state"] in ("approved", "to_collect") for c in home.cases()))

with points("the card is collected at the other station and signed for") as faults:
    third = other.visit({"case": numbers["SF-002"], "decide": "proposal", "papers": "pdf", "sign": True, "finish": True,
                         "persons": story("newborn-supplement")["persons"]})
    signed = [e for e in other.events() if e.kind == "paper.signed" and e.visit == third["visit"]]
    faults += [] if signed else ["nothing was signed"]
    faults += pdf_faults(other.papers / f"{numbers['SF-002']}-sign-for.pdf", ["张小满", "居民身份证", numbers["SF-002"]])
    faults += [] if any(c["no"] == numbers["SF-002"] and c["state"] == "delivered" for c in other.cases()) else [f"{other.cases()}"]

with points("at the end both desks are whole and the central holds each chain once, nothing quarantined") as faults:
    for desk in (home, other):
        desk.settle()
        faults += desk.whole()
        now = desk.settle()
        faults += [] if now["sync"]["quarantined"] == 0 else [f"{desk.code}: {now['sync']['quarantined']} quarantined"]
        faults += [] if central.events(desk.code + "A") == [(e.seq, e.hash) for e in desk.events()] else [f"{desk.code}: other chain"]
    central.stop()
tap.end()
