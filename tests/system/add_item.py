#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Adding an item means adding data only: an item is written at run time as one file, built into a pack, published by the
# central, found by its pinyin initials and taken through a visit with its own question, document, field, rule, fee and limit.
import json
import shutil

import rig
from rig import Desk, Rig, exits, points, tap

rig.skip_all("an item added as data")
town = Rig("item")
data = town.dir / "data"
shutil.copytree(rig.SOURCE / "data", data)
ITEM = {
    "id": "XX-900", "name": "信鸽夜间放飞报备", "aliases": ["放鸽子", "鸽子报备"], "category": "治安", "class": "公共服务", "permit": False, "refusable": True,
    "status": "现行", "trust": "中", "notes": "", "guide": "只为测试而设。", "codes": [], "laws": [{"law": "测试办法", "article": "第一条"}],
    "roles": [{"role": "applicant", "label": "申请人", "required": True, "new": False, "org": False, "default": "visitor"}],
    "responsible": "applicant.household_division",
    "scope": [{"mode": "local", "from": "", "until": "", "text": "向户籍地派出所报备", "source": "GK"}],
    "questions": [{"id": "q.pigeons", "ask": "一次放飞超过一百羽吗?", "when": "", "options": [], "source": "GK"}],
    "conditions": [{"id": "c.age", "require": "age(:applicant_birth, :today) >= 18", "otherwise": "refused", "message": "未满18周岁不能报备",
                    "responsible": "", "source": "GK"}],
    "warnings": [],
    "materials": [{"kind": "id_card", "holder": "applicant", "form": "原件核验", "copies": 1, "need": "required", "when": "", "main": True,
                   "deferrable": False, "retained": False, "check": "", "note": "", "origin": "GK", "grade": "K"},
                  {"kind": "hukou", "holder": "applicant", "form": "原件核验", "copies": 1, "need": "conditional", "when": ":q_pigeons", "main": True,
                   "deferrable": False, "retained": False, "check": "", "note": "百羽以上", "origin": "GK", "grade": "K"}],
    "fields": [{"datum": "applicant.name", "required": True}, {"datum": "applicant.id_number", "required": True},
               {"datum": "applicant.birth", "required": True}, {"datum": "applicant.household_division", "required": True},
               {"datum": "applicant.phone", "required": True},
               {"datum": "case.purpose", "required": True, "rule": "length(:case_purpose) >= 2", "message": "用途至少两个字"}],
    "checks": [], "steps": [{"name": "收件核验", "post": "intake", "by": "window", "days": 0, "text": ""},
                            {"name": "审核", "post": "review", "by": "approver", "days": 2, "text": ""}],
    "limits": {"statutory": {"value": 10, "unit": "workday", "text": "十个工作日"}, "promised": {"value": 3, "unit": "workday", "text": "三个工作日"}},
    "instant": False, "defer": {"days": 0, "text": ""},
    "fee": {"basis": "测试收费", "tiers": [{"label": "百羽以上", "fen": 500, "when": ":q_pigeons"}, {"label": "百羽以下", "fen": 0, "when": "not :q_pigeons"}],
            "exempt": []},
    "results": [{"name": "报备回执", "validity": "", "paper": ""}], "delivery": ["window"],
    "application": {"paper": "application", "title": "信鸽放飞报备表"}, "rejections": [],
    "sources": [{"key": "GK", "grade": "K", "title": "只为测试", "ref": "test", "covers": ["conditions", "materials", "fee"]}],
}
(data / "catalog" / "zhian" / "XX-900.json").write_text(json.dumps(ITEM, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
release = json.loads((data / "pack.json").read_text(encoding="utf-8")) | {"version": "2026.11.900"}
(data / "pack.json").write_text(json.dumps(release), encoding="utf-8")

with points("one more file in the catalogue's folder checks, builds and is published") as faults:
    checked = town.run([rig.YIMEN, "catalog", "check", data])
    faults += [] if "sound" in checked.stdout else [checked.stdout, checked.stderr[-300:]]
    town.run([rig.PACK_BUILD, "build", data, town.dir / "new.ympack"])
    central = town.central().start()
    central.add_pack(town.dir / "new.ympack")
    desk = Desk(town, central, "22019999000003")
    faults += [] if desk.status()["catalogue"]["version"] == "2026.11.900" else [f"{desk.status()['catalogue']}"]

with points("it is found by what people call it, by pinyin and by initials") as faults:
    for words in ("放鸽子", "xingeyejian", "xgyjff", "XX-900"):
        found = desk.run("item", "find", words, ok=None).stdout.splitlines()
        faults += [] if found and found[0].startswith("XX-900\t") else [f"{words}: {found[:2]}"]
    shown = desk.run("item", "show", "XX-900").stdout
    faults += [f"item show does not say {w}" for w in ("信鸽夜间放飞报备", "未满18周岁", "5.00", "测试办法") if w not in shown]

visit = {
    "persons": [{"as": "visitor", "from": "card", "facts": {
        "name": "周强", "sex": "1", "nation": "01", "birth": "1979-01-09", "address": "吉林省长春市绿园区青年路507号2栋1单元103室",
        "id_number": "229901197901090151", "id_valid_to": "2039-03-11"}}],
    "items": ["XX-900"], "answers": {"q.pigeons": "1"},
    "form": {"visitor.phone": "13704310006", "visitor.household_division": "220104", "case.purpose": "比赛"},
    "all_materials": "seen", "decide": "proposal", "fees": {"XX-900": {"method": "pos"}}, "papers": "pdf", "rating": 1}
with points("a visit takes it through: its question brings its document, fee and limit; it is accepted") as faults:
    report = desk.visit(visit)
    case = report["cases"][0]
    faults += [] if exits(report) == {"XX-900": "accepted"} else [f"{exits(report)} {report['missing']}"]
    faults += [] if case["fee_fen"] == 500 and case["due_promised"] == "2026-11-26" else [f"{case}"]
    faults += rig.pdf_faults(desk.papers / f"{case['case_no']}-acceptance.pdf", ["信鸽夜间放飞报备", "周强", "5.00"]) if not rig.need("pdftotext", "pdftoppm") else []

with points("its own rules hold: a document that is missing returns it, a child is refused") as faults:
    short = desk.visit({**visit, "materials": [{"kind": "hukou", "state": "missing"}], "fees": {}, "papers": "none", "rating": 0})
    faults += [] if exits(short) == {"XX-900": "returned"} else [f"{exits(short)}"]
    child = json.loads(json.dumps(visit))
    child["persons"][0]["facts"] |= {"name": "周小强", "birth": "2015-06-01", "id_number": "229901201506010134"}
    child |= {"fees": {}, "papers": "none", "rating": 0}
    weight, total = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), 0
    stem = "22990120150601013"
    child["persons"][0]["facts"]["id_number"] = stem + "10X98765432"[sum(w * int(d) for w, d in zip(weight, stem)) % 11]
    young = desk.visit(child)
    faults += [] if exits(young) == {"XX-900": "refused"} else [f"{exits(young)} {young['missing']}"]

with points("the central works on it as on any other; everything arrives once") as faults:
    desk.settle()
    faults += [] if case["case_no"] in central.run("reviews").stdout else ["it does not wait for an approver"]
    faults += desk.whole()
central.stop()
tap.end()
