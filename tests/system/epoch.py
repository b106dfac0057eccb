#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# A desk's folder is put back from a backup: the central holds more of its log than it does, so it sends nothing and says so.
# Enrolled anew under the next letter it asks for its cases, has them with key and snapshot, and goes on; the old letter is closed.
import shutil

import rig
from rig import Desk, Rig, exits, number_of, points, story, tap, with_

rig.skip_all("a desk restored under a new letter")
town = Rig("epoch")
central = desk = later = case = None

with points("a backup is made, the day goes on, everything is sent") as faults:
    central = town.central().start()
    desk = Desk(town, central, "22019999000003")
    parked = desk.visit(story("newborn"))
    desk.settle(until=lambda: any(e.kind == "feed.applied" for e in desk.events()))
    shutil.copytree(desk.dir, town.dir / "backup")
    case = number_of(desk.visit(with_(story("newborn-decide"), resume=parked["visit"], papers="noted")), "SF-002")
    desk.settle()
    held = central.events("22019999000003A")

with points("put back from the backup it is forked: said in words, and nothing at the central is touched") as faults:
    shutil.rmtree(desk.dir)
    shutil.copytree(town.dir / "backup", desk.dir)
    desk.visit(with_(story("certificate"), papers="noted"))
    done = desk.sync(ok=(1,))
    faults += [] if "forked" in done.stderr and "call maintenance" in done.stderr else [done.stderr]
    faults += [] if central.events("22019999000003A") == held else ["the central's log of it is another"]

with points("enrolled under the next letter: a log of its own; it asks for its case and has it, once") as faults:
    later = Desk(town, central, "22019999000003", folder="desk-later")
    status = later.status()
    faults += [] if (status["epoch"], status["cases"]) == ("B", 0) else [f"{status['epoch']} {status['cases']}"]
    later.run("case", "request", case, "换机后继续办理")
    later.settle(until=lambda: any(c["no"] == case and c["holder"] for c in later.cases()))
    later.run("case", "request", case, "再问一次")
    later.settle()
    passport = central.sql("SELECT case_no FROM docket WHERE item = 'crj-hz-01'")[0][0]
    later.run("case", "request", passport, "同一次到窗的另一件")
    later.settle(until=lambda: any(c["no"] == passport and c["holder"] for c in later.cases()))
    given = [e for e in later.events() if e.kind == "feed.applied" and e.attrs.get("feed") == "case.granted"]
    faults += [] if [e.case for e in given] == [case, passport] else [f"{len(given)} grants"]

with points("the case goes on there under its old number, new ones bear the new letter; the central takes both") as faults:
    done = later.visit(with_(story("newborn-supplement"), case=case, papers="noted"))
    faults += [] if exits(done) == {"SF-002": "accepted"} else [f"{exits(done)} {done['missing']}"]
    fresh = number_of(later.visit(with_(story("certificate"), papers="noted")), "HZ-049")
    faults += [] if "22019999000003A" in case and "22019999000003B" in fresh else [f"{case} {fresh}"]
    later.settle(until=lambda: any(c["no"] == case and c["state"] in ("approved", "to_collect") for c in later.cases()))
    faults += [] if not central.sql("SELECT * FROM quarantine") else [f"{central.sql('SELECT kind, field, reason FROM quarantine')}"]
    faults += later.whole()

with points("the old folder goes on sending nothing, and says why") as faults:
    done = desk.sync(ok=(1,))
    faults += [] if done.stderr.strip() else ["nothing is said"]
    print(f"# {done.stderr.strip()[:160]}")
    faults += [] if central.events("22019999000003A") == held else ["the central took something"]
central.stop()
tap.end()
