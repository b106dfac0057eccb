#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Golden story 3 (model.md §7), headless: a one-officer rural desk, the central down the whole day. An instant household
# certificate with its result printed and signed for, and a passport that needs an approver. Days later everything arrives
# at the central exactly once, and the answers come back.
import collections

import rig
from rig import Desk, Rig, exits, number_of, pdf_faults, points, story, tap, with_

rig.skip_all("one-officer rural desk", "pdftotext", "pdftoppm")
town = Rig("rural")
desk = report = None

with points("a desk enrolled, then the central is gone for the day") as faults:
    central = town.central().start()
    desk = Desk(town, central, "22019999000201", "龙王派出所", "220122", account="zhaotie", officer="赵铁")
    desk.settle()
    central.stop()
    done = desk.sync(ok=None)
    faults += [] if done.returncode == 1 and "no link to the central" in done.stderr else [f"{done.returncode}: {done.stderr}"]

with points("the certificate is done on the spot, the passport taken in, without a central") as faults:
    report = desk.visit(story("rural"))
    faults += [] if exits(report) == {"HZ-049": "completed", "crj-hz-02": "accepted"} else [f"exits {exits(report)} {report['missing']}"]
    faults += [] if report["rated"] else ["not rated"]

with points("the certificate is printed and signed for") as faults:
    no = number_of(report, "HZ-049")
    papers = {p["template"]: p for p in report["papers"] if p["case_no"] == no}
    faults += pdf_faults(desk.papers / f"{papers['household-certificate']['id']}.pdf",
                         ["户籍证明", "孙丽华", "229901197206180622", "小城子村", "龙王派出所", no])
    faults += pdf_faults(desk.papers / f"{papers['sign-for']['id']}.pdf", ["孙丽华", no])
    faults += [] if papers["sign-for"]["signed"] and papers["household-certificate"]["printed"] else [f"{papers}"]

with points("the passport's paper says accepted and no more than that") as faults:
    no = number_of(report, "crj-hz-02")
    mine = [p for p in report["papers"] if p["case_no"] == no and p["template"] in ("acceptance", "collection-slip")]
    faults += pdf_faults(desk.papers / f"{mine[0]['id']}.pdf", ["孙丽华", no], ["已批准", "准予", "同意签发"]) if mine else ["no paper of acceptance"]

with points("further people come: each is served, one visit is parked and taken up again") as faults:
    for minute in range(3):
        one = desk.visit(with_(story("certificate"), papers="noted"))
        faults += [] if exits(one) == {"HZ-049": "completed"} else [f"exits {exits(one)}"]
    parked = desk.visit(with_(story("certificate"), decide=None, park="去拍照", rating=None, papers="none"))
    faults += [] if exits(parked) == {"HZ-049": ""} else [f"parked {exits(parked)}"]
    taken = desk.visit(with_(story("certificate"), ticket=None, persons=None, items=None, papers="noted", resume=parked["visit"]))
    faults += [] if exits(taken) == {"HZ-049": "completed"} and taken["visit"] == parked["visit"] else [f"resumed {exits(taken)}"]

with points("the officer sees one symbol and nothing else; the day is whole on its own") as faults:
    faults += desk.whole()
    faults += [] if desk.status()["sync"]["pending"] > 30 else [f"{desk.status()['sync']}"]
    numbers = [c["no"] for c in desk.cases()]
    faults += [] if len(numbers) == len(set(numbers)) == 6 else [f"numbers {numbers}"]
    serials = sorted(n[-6:-1] for n in numbers)
    faults += [] if serials == [f"{i:05}" for i in range(1, 7)] else [f"serials {serials}"]

town.advance(days=3)
with points("three days later everything arrives, each event exactly once") as faults:
    central.start()
    desk.settle(until=lambda: any(e.kind == "feed.applied" for e in desk.events()))
    mine, theirs = [(e.seq, e.hash) for e in desk.events()], central.events("22019999000201A")
    faults += [] if theirs == mine[:len(theirs)] and len(mine) - len(theirs) <= 2 else [f"{len(mine)} here, {len(theirs)} there"]
    counted = collections.Counter(no for no, in central.sql("SELECT case_no FROM docket"))
    faults += [f"the central knows {no} {n} times" for no, n in counted.items() if n != 1]
    faults += [f"{no} never arrived" for no in numbers if no not in counted]

with points("the checks asked without a line are answered now") as faults:
    asked = desk.sql("SELECT register, status FROM view_check")
    faults += [f"{r} is still {s}" for r, s in asked if s == "asked"] if asked else ["none was asked"]

with points("the approver's word comes to the desk") as faults:
    no = number_of(report, "crj-hz-02")
    faults += [] if no in central.run("reviews").stdout else ["the passport does not wait for an approver"]
    central.review(no)
    desk.settle(until=lambda: any(c["no"] == no and c["state"] in ("approved", "to_collect") for c in desk.cases()))
    faults += desk.whole()
    now = desk.settle()
    faults += [] if now["sync"]["state"] == "synchronised" and not now["sync"]["quarantined"] else [f"{now['sync']}"]
central.stop()
tap.end()
