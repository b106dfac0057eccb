#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Catalogue packs on their way to a desk: announced by the feed, fetched, laid on the shelf, in force on their day; a case
# that was begun under the old one finishes under it. What is cut, changed or signed by a stranger is refused in words and
# loses nothing. The same by hand with `yimen catalog import`, against the keys of DIR/catalog.trust.
import json
import shutil
import sqlite3

import rig
from rig import Desk, Rig, exits, number_of, points, story, tap, with_

rig.skip_all("packs on their way to a desk")
town = Rig("packs")
data = town.dir / "data"
shutil.copytree(rig.SOURCE / "data", data)
OLD = json.loads((data / "pack.json").read_text(encoding="utf-8"))["version"]
SF002 = next((data / "catalog").glob("*/SF-002.json"))


def release(version, effective, name=None):
    """A pack of the folder as another version, unsigned; with name SF-002 is called so in it."""
    head = json.loads((rig.SOURCE / "data" / "pack.json").read_text(encoding="utf-8"))
    (data / "pack.json").write_text(json.dumps(head | {"version": version, "effective": effective}), encoding="utf-8")
    item = json.loads((rig.SOURCE / SF002.relative_to(town.dir)).read_text(encoding="utf-8"))
    SF002.write_text(json.dumps(item | ({"name": name} if name else {}), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    out = town.dir / f"{version}.ympack"
    town.run([rig.YIMEN, "catalog", "build", data, out])
    return out


def catalogue(of):
    return of.status()["catalogue"]


def packs_of_cases(of):
    return {e.case: e.pack for e in of.events() if e.case and e.pack}


central = desk = report = case = None
with points("a desk is enrolled and takes a mother and her newborn under the catalogue of its first day") as faults:
    central = town.central().start()
    desk = Desk(town, central, "22019999000003")
    parked = desk.visit(story("newborn"))
    desk.settle(until=lambda: any(e.kind == "feed.applied" for e in desk.events()))
    report = desk.visit(with_(story("newborn-decide"), resume=parked["visit"], papers="noted"))
    case = number_of(report, "SF-002")
    faults += [] if exits(report)["SF-002"] == "deferred" else [f"{exits(report)}"]
    faults += [] if catalogue(desk)["version"] == OLD else [f"{catalogue(desk)}"]
    desk.settle()

december, january = release("2026.12.1", "2026-12-01", "儿童身份证(十二月)"), release("2027.1.1", "2027-01-01", "儿童身份证(一月)")
with points("two packs are published: both come by the feed and wait, each for its date") as faults:
    central.add_pack(january)
    central.add_pack(december)
    desk.settle(until=lambda: desk.run("sync") and catalogue(desk)["next"]["version"] == "2026.12.1")
    desk.settle(until=lambda: len(list(desk.dir.glob("pack.next-*.db"))) == 2)
    now = catalogue(desk)
    faults += [] if now["version"] == OLD and now["next"] == {"version": "2026.12.1", "effective": "2026-12-01"} else [f"{now}"]
    faults += [] if not (desk.dir / "pack.incoming").exists() and not now["refused"] else ["something is left over"]
    words = desk.run("status").stdout
    faults += [] if "2026.12.1 (2026-12-01)" in words else [words]
    applied = [e.attrs["version"] for e in desk.events() if e.kind == "feed.applied" and e.attrs.get("feed") == "pack.available"]
    faults += [] if applied == ["2027.1.1", "2026.12.1"] else [f"folded {applied}"]

with points("the day before nothing changes; a desk that enrols between hears of both as well") as faults:
    town.advance(days=7)  # the thirtieth of November
    desk.sync()
    faults += [] if catalogue(desk)["version"] == OLD else [f"{catalogue(desk)}"]
    late = Desk(town, central, "22019999000105", "桂林路派出所", account="liqiang", officer="李强")
    late.settle(until=lambda: len(list(late.dir.glob("pack.next-*.db"))) == 2)
    faults += [] if catalogue(late)["version"] == OLD and catalogue(late)["next"]["version"] == "2026.12.1" else [f"{catalogue(late)}"]

with points("on its date it is in force; a new case begins under it, and the case begun before finishes under its own") as faults:
    town.advance(days=1)
    shown = desk.run("item", "show", "SF-002").stdout
    desk.sync()
    now = catalogue(desk)
    faults += [] if now["version"] == "2026.12.1" and now["next"]["version"] == "2027.1.1" else [f"{now}"]
    faults += [] if "儿童身份证(十二月)" in desk.run("item", "show", "SF-002").stdout and "十二月" not in shown else ["item show says something else"]
    done = desk.visit(with_(story("newborn-supplement"), case=case, papers="noted"))
    faults += [] if exits(done) == {"SF-002": "accepted"} else [f"{exits(done)} {done['missing']}"]
    fresh = desk.visit(with_(story("certificate"), papers="noted"))
    begun = packs_of_cases(desk)
    faults += [] if begun[case] == OLD else [f"the old case goes on under {begun[case]}: {[(e.kind, e.pack) for e in desk.events() if e.case == case]}"]
    faults += [] if begun[number_of(fresh, "HZ-049")] == "2026.12.1" else [f"the new case began under {begun[number_of(fresh, 'HZ-049')]}"]
    told = desk.run("case", "story", case, "核对").stdout
    faults += [] if "十二月" not in told else ["the old case bears the new name"]
    desk.settle(until=lambda: any(c["no"] == case and c["state"] in ("approved", "to_collect") for c in desk.cases()))
    faults += [] if not central.sql("SELECT * FROM quarantine") else [f"{central.sql('SELECT kind, field, reason FROM quarantine')}"]

with points("the views rebuild to the same under both catalogues") as faults:
    faults += desk.whole()

with points("bytes spoilt on the way are not the announced ones: kept out, said, and fetched again when they are right") as faults:
    february = release("2027.2.1", "2027-02-01", "儿童身份证(二月)")
    central.add_pack(february)
    with sqlite3.connect(central.dir / "central.db", timeout=20) as store:
        right = store.execute("SELECT bytes FROM pack WHERE version = '2027.2.1'").fetchone()[0]
        store.execute("UPDATE pack SET bytes = ? WHERE version = '2027.2.1'", (right[:-1] + bytes([right[-1] ^ 1]),))
    store.close()
    desk.sync(ok=(0, 1))
    desk.sync(ok=(0, 1))
    said = desk.status()["sync"]["detail"]
    faults += [] if "not the one that was announced" in said else [f"said: {said}"]
    faults += [] if not (desk.dir / "pack.incoming").exists() and not list(desk.dir.glob("pack.next-2027.2*")) else ["it was taken"]
    central.stop()
    desk.sync(ok=(1,))
    with sqlite3.connect(central.dir / "central.db", timeout=20) as store:
        store.execute("UPDATE pack SET bytes = ? WHERE version = '2027.2.1'", (right,))
    store.close()
    central.start()
    desk.settle(until=lambda: list(desk.dir.glob("pack.next-2027.2.1.db")))
    faults += [] if not desk.status()["sync"]["detail"] else [desk.status()["sync"]["detail"]]

with points("a pack that a stranger signed, or that is cut, is put aside with a sentence; the desk works on with its own") as faults:
    key, stranger = town.dir / "province", town.dir / "stranger"
    town.run([rig.YIMEN, "catalog", "keygen", key])
    town.run([rig.YIMEN, "catalog", "keygen", stranger])
    foreign, cut = town.dir / "foreign.ympack", town.dir / "cut.ympack"
    town.run([rig.YIMEN, "catalog", "sign", february, stranger, foreign])
    cut.write_bytes(foreign.read_bytes()[:200000])
    count = len(desk.cases())
    for bad in (foreign, cut):
        shutil.copy(bad, desk.dir / "pack.incoming")
        desk.cases()
        now = catalogue(desk)
        faults += [] if now["refused"] and now["version"] == "2026.12.1" else [f"{bad.name}: {now}"]
        faults += [] if (desk.dir / "pack.refused").read_bytes() == bad.read_bytes() else [f"{bad.name} is not put aside"]
        faults += [] if now["refused"] in desk.run("status").stdout else ["status does not say why"]
        print(f"# {bad.name}: {now['refused']}")
    (desk.dir / "pack.refused").unlink()
    faults += [] if len(desk.cases()) == count else ["cases are gone"]
    desk.visit(with_(story("certificate"), papers="noted"))
    faults += desk.whole()

with points("by hand: only what the central or a key of catalog.trust signed comes in, each refusal in a sentence") as faults:
    spring = release("2027.3.1", "2027-03-01")
    mine = town.dir / "mine.ympack"
    town.run([rig.YIMEN, "catalog", "sign", spring, key, mine])
    for name, file, sentence in (("unsigned", spring, "sign"), ("unknown key", mine, "sign"), ("cut", cut, "pack"), ("no such file", town.dir / "none", "file")):
        done = desk.run("catalog", "import", file, ok=(1,))
        faults += [] if done.stderr.startswith("yimen: ") and sentence in done.stderr else [f"{name}: {done.stderr}"]
        print(f"# {name}: {done.stderr.strip()[:150]}")
    (desk.dir / "catalog.trust").write_text("# the province's office\n" + (town.dir / "province.pub").read_text())
    done = desk.run("catalog", "import", mine)
    faults += [] if done.stdout.split() == ["Catalogue", "2027.3.1:", "waits", "for", "2027-03-01"] else [done.stdout]
    faults += [] if "2027-03-01" not in catalogue(desk)["next"]["effective"] else ["it waits before its turn"]
    older = release("2026.11.9", "2026-11-20")
    town.run([rig.YIMEN, "catalog", "sign", older, key, mine])
    done = desk.run("catalog", "import", mine, ok=(1,))
    faults += [] if "newer" in done.stderr else [done.stderr]
    today = release("2026.12.2", "2026-12-01", "儿童身份证(更正)")
    town.run([rig.YIMEN, "catalog", "sign", today, key, mine])
    done = desk.run("catalog", "import", mine)
    faults += [] if "in force since 2026-12-01" in done.stdout else [done.stdout]
    faults += [] if catalogue(desk)["version"] == "2026.12.2" else [f"{catalogue(desk)}"]
    done = desk.run("catalog", "import", mine, ok=(1,))
    faults += [] if "already" in done.stderr else [done.stderr]

with points("a new year: of those whose day went by while the desk was off, the last is in force") as faults:
    town.advance(days=70)  # the ninth of February
    desk.sync()
    now = catalogue(desk)
    faults += [] if now["version"] == "2027.2.1" and now["next"]["version"] == "2027.3.1" else [f"{now}"]
    faults += desk.whole()
    desk.settle()
central.stop()
tap.end()
