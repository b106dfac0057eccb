#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# The catalogue in the hands of who maintains it: check, build, keygen, sign, diff and doc with the real program, each with what
# it refuses; and next month's rules drilled in practice before their day.
import json
import shutil
import stat

import rig
from rig import Rig, points, tap

rig.skip_all("the catalogue's maintenance")
town = Rig("catalog")
data = town.dir / "data"
shutil.copytree(rig.SOURCE / "data", data)
ITEM = next((data / "catalog").glob("*/HZ-049.json"))
key, pack, signed = town.dir / "province", town.dir / "next.ympack", town.dir / "signed.ympack"


def catalog(*args, ok=(0,)):
    return town.run([rig.YIMEN, "catalog", *args], ok=ok)


def refused(done, *words):
    return [] if done.returncode == 1 and any(t.startswith("yimen: ") for t in done.stderr.splitlines()) and all(w in done.stderr for w in words) else \
        [f"status {done.returncode}, {words}: {done.stderr.strip()[-300:]}"]


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


with points("check: a sound folder is said to be sound; a fault is named by file, line and reason") as faults:
    faults += [] if "sound" in catalog("check", data).stdout else ["not sound"]
    whole = ITEM.read_text(encoding="utf-8")
    ITEM.write_text(whole.replace('"applicant.phone"', '"applicant.shoe"', 1), encoding="utf-8")
    done = catalog("check", data, ok=(1,))
    line = next((t for t in done.stderr.splitlines() if "applicant.shoe" in t), "")
    number = line.split("HZ-049.json:")[-1].split(":")[0]
    faults += [] if number.isdigit() and '"applicant.shoe"' in ITEM.read_text(encoding="utf-8").splitlines()[int(number) - 1] else [f"{line or done.stderr[-200:]}"]
    faults += refused(catalog("check", town.dir / "nowhere", ok=(1,)))

with points("build: what does not check is not built; what is built is one unsigned file, the same every time") as faults:
    faults += refused(catalog("build", data, pack, ok=(1,))) if not pack.exists() else ["there is a file"]
    faults += [] if not pack.exists() else ["a pack was written all the same"]
    ITEM.write_text(whole, encoding="utf-8")
    edit(data / "pack.json", version="2027.1.0", effective="2027-01-01")
    edit(ITEM, name="户籍证明(新规)")
    catalog("build", data, pack)
    catalog("build", data, town.dir / "again.ympack")
    faults += [] if pack.read_bytes() == (town.dir / "again.ympack").read_bytes() else ["two builds differ"]
    faults += refused(catalog("build", data, town.dir / "no" / "such" / "folder", ok=(1,)))

with points("build with extra: what a city replaces is in the pack, the rest is the province's") as faults:
    extra = town.dir / "city"
    (extra / "catalog" / "huzheng").mkdir(parents=True)
    shutil.copy(ITEM, extra / "catalog" / "huzheng" / "HZ-049.json")
    edit(extra / "catalog" / "huzheng" / "HZ-049.json", name="户籍证明(长春)")
    catalog("build", data, town.dir / "city.ympack", f"extra={extra}")
    told = catalog("diff", pack, town.dir / "city.ympack").stdout
    faults += [] if "户籍证明(新规) → 户籍证明(长春)" in told and len([t for t in told.splitlines() if t and not t.startswith(" ")]) == 1 else [told[:300]]

with points("keygen: the private half is for its owner alone; a key is never replaced") as faults:
    catalog("keygen", key)
    mode = stat.S_IMODE(key.stat().st_mode)
    faults += [] if mode == 0o600 else [f"mode {mode:o}"]
    public = (town.dir / "province.pub").read_text().strip()
    faults += [] if len(public) == 130 and all(c in "0123456789abcdef" for c in public) else [public]
    before = key.read_bytes()
    faults += refused(catalog("keygen", key, ok=(1,)), "never replaced") + ([] if key.read_bytes() == before else ["it was replaced"])

with points("sign: only a sound pack, only with a key; the signature changes nothing of the content") as faults:
    catalog("sign", pack, key, signed)
    faults += [] if "say the same" in catalog("diff", pack, signed).stdout else ["the signed one says something else"]
    catalog("sign", signed, key, town.dir / "twice.ympack")
    cut = town.dir / "cut.ympack"
    cut.write_bytes(pack.read_bytes()[:90000])
    for bad, with_key in ((cut, key), (pack, town.dir / "province.pub"), (pack, town.dir / "none"), (town.dir / "none", key), (ITEM, key)):
        out = town.dir / "bad.ympack"
        faults += refused(catalog("sign", bad, with_key, out, ok=(1,))) + ([f"{bad.name} with {with_key.name} was signed"] if out.exists() else [])

with points("diff: folders and packs, item by item, in words; the same says so; what is no catalogue is refused") as faults:
    old = rig.SOURCE / "data"
    edit(ITEM, name="户籍证明(新规)", fee={"basis": "测试收费办法第三条", "tiers": [{"label": "每份", "fen": 300, "when": ""}], "exempt": []})
    (data / "catalog" / "huzheng" / "XX-901.json").write_text(json.dumps(json.loads(whole) | {"id": "XX-901", "name": "另一事项", "aliases": ["另一件"]}, ensure_ascii=False), encoding="utf-8")
    told = catalog("diff", old, data).stdout
    print("# " + "\n# ".join(told.splitlines()[:14]))
    faults += [f"does not say {w}" for w in ("HZ-049", " → 户籍证明(新规)", "XX-901", "2026.11.0 → 2027.1.0") if w not in told]
    faults += [] if "say the same" in catalog("diff", old, old).stdout else ["the same is not the same"]
    faults += refused(catalog("diff", old, cut, ok=(1,))) + refused(catalog("diff", town.dir / "none", old, ok=(1,)))

with points("doc: the public guide of an item; an item that is not there is said") as faults:
    guide = catalog("doc", "HZ-049", "--dir", town.dir / "nobody").stdout
    faults += [f"does not say {w}" for w in ("户籍证明", "HZ-049") if w not in guide]
    faults += [] if len(guide.splitlines()) > 15 else [guide]
    faults += refused(catalog("doc", "XX-000", "--dir", town.dir / "nobody", ok=(1,)), "no such item")

drill = town.dir / "drill"


def practice(*args, script="wait:PRACTICE mark:first\n", **kw):
    keys = town.file("keys", script)
    return town.run([rig.YIMEN, "practice", *args, "--keys", keys, "--size", "80x24"], **kw)


with points("a pack of the new year is drilled in practice today: found under its new name, on a practice desk of its own") as faults:
    done = practice("--pack", pack, "--dir", drill)
    faults += [] if "PRACTICE" in done.stdout else [done.stdout[-300:] + done.stderr[-300:]]
    status = json.loads(town.run([rig.YIMEN, "--practice", "--dir", drill, "status", "--json"]).stdout)
    faults += [] if status["catalogue"]["version"] == "2027.1.0" and status["profile"] == "practice" else [f"{status['catalogue']}"]
    faults += [] if "户籍证明(新规)" in town.run([rig.YIMEN, "--dir", drill, "item", "find", "HZ-049"]).stdout else ["not under its new name"]
    practice("--pack", pack, "--dir", drill)
    practice("--dir", drill)

with points("a practice folder keeps its catalogue; a pack that is not sound makes no folder") as faults:
    done = practice("--pack", rig.PACK, "--dir", drill, ok=None)
    faults += [] if done.returncode and "another catalogue" in done.stderr else [f"{done.returncode} {done.stderr[-300:]}"]
    for bad in (cut, town.dir / "none", ITEM):
        done = practice("--pack", bad, "--dir", town.dir / "empty", ok=None)
        faults += [] if done.returncode and done.stderr.startswith("yimen: ") and not (town.dir / "empty").exists() else [f"{bad.name}: {done.returncode} {done.stderr[-200:]}"]
tap.end()
