#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# What time does at the central: a case beyond its promised day is told to its holder once, beyond the statutory one once more;
# who rates nothing within seven days is counted apart with the default grade, and a citizen's own word, however late, counts.
import json

import rig
from rig import Desk, Rig, number_of, points, story, tap, with_

rig.skip_all("overdue and unrated cases")
town = Rig("standing")
central = desk = passport = None


def told(number):
    return [(e.attrs["lamp"], e.attrs["due"]) for e in desk.events() if e.kind == "feed.applied" and e.attrs.get("feed") == "case.overdue" and e.case == number]


def counts():
    done = central.run("status", "--json").stdout
    return json.loads(done)


with points("a passport is promised and waits for its approver; two certificates are done at once, one of them rated") as faults:
    central = town.central().start()
    desk = Desk(town, central, "22019999000003")
    parked = desk.visit(story("newborn"))
    desk.settle(until=lambda: any(e.kind == "feed.applied" for e in desk.events()))
    report = desk.visit(with_(story("newborn-decide"), resume=parked["visit"], papers="noted", rating=0))
    passport = number_of(report, "crj-hz-01")
    rated = number_of(desk.visit(with_(story("certificate"), papers="noted", rating=5)), "HZ-049")
    unrated = number_of(desk.visit(with_(story("certificate"), papers="noted", rating=0)), "HZ-049")
    desk.settle()
    due = dict(central.sql("SELECT case_no, due_promised FROM docket"))[passport]
    faults += [] if due == "2026-12-02" else [f"due {due}"]
    ratings = dict(central.sql("SELECT case_no, rating FROM docket"))
    faults += [] if ratings[rated] == "given" and ratings[unrated] == "" else [f"{ratings}"]
    faults += [] if counts()["overdue"] == 0 and counts()["ratings"] == {"given": 1, "good": 1, "default": 0} else [f"{counts()}"]

with points("seven days later the default grade stands where nobody gave one, counted apart; nothing is overdue yet") as faults:
    town.advance(days=8)  # the first of December
    desk.settle()
    ratings = {no: (rating, grade) for no, rating, grade in central.sql("SELECT case_no, rating, grade FROM docket")}
    faults += [] if ratings[rated] == ("given", 5) and ratings[unrated] == ("default", 3) else [f"{ratings}"]
    faults += [] if ratings[passport] == ("", None) else ["a case that is not done has a grade"]
    now = counts()["ratings"]
    faults += [] if now["given"] == 1 and now["good"] == 1 and now["default"] >= 1 else [f"{now}"]
    faults += [] if told(passport) == [] else [f"{told(passport)}"]

with points("beyond its promised day: told once, by the feed") as faults:
    town.advance(days=2)  # the third of December
    desk.settle(until=lambda: told(passport))
    desk.settle()
    faults += [] if told(passport) == [("red", "2026-12-02")] else [f"{told(passport)}"]
    faults += [] if counts()["overdue"] >= 1 else [f"{counts()}"]
    town.advance(days=1)
    desk.settle()
    faults += [] if len(told(passport)) == 1 else ["told again the next day"]

with points("beyond the statutory day: told once more, as black; approved, it is overdue no longer") as faults:
    town.advance(days=40)
    desk.settle(until=lambda: len(told(passport)) == 2)
    faults += [] if told(passport)[-1][0] == "black" else [f"{told(passport)}"]
    central.review(passport)
    desk.settle(until=lambda: any(c["no"] == passport and c["state"] in ("approved", "to_collect") for c in desk.cases()))
    faults += [] if central.sql("SELECT count(*) FROM docket WHERE case_no = ? AND done_ms IS NULL", passport) == [(0,)] else ["it still runs"]
    faults += desk.whole()
    faults += [] if not central.sql("SELECT * FROM quarantine") else [f"{central.sql('SELECT kind, field, reason FROM quarantine')}"]
central.stop()
tap.end()
