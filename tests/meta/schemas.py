#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
"""Every source under data/ against its JSON Schema in data/schema/, and the schemas against the checker's own tables: a key
that one knows and the other does not is a defect. Without python3-jsonschema it says so and skips."""
import json
import os
import pathlib
import re
import sys

TOP = pathlib.Path(os.environ.get("YIMEN_SOURCE", pathlib.Path(__file__).resolve().parent.parent.parent))
DATA = TOP / "data"
SOURCES = {
    "item": "catalog/*/*.json", "bundle": "bundles/*.json", "table": "tables/*.json", "paper": "papers/*.json",
    "datums": "vocabulary/datums.json", "kinds": "vocabulary/kinds.json", "registers": "vocabulary/registers.json",
    "pack": "pack.json", "register-answers": "registers/*.json", "scenario": "scenarios/*.json",
    "profile": "profiles/*.json", "photo": "photo/*.json",
}

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed: the sources were NOT validated")
    sys.exit(0)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


SCHEMAS = {path.name: load(path) for path in (DATA / "schema").glob("*.schema.json")}


def resolved(node):
    """References written out: jsonschema's ways of resolving files differ between its releases."""
    if isinstance(node, list):
        return [resolved(n) for n in node]
    if not isinstance(node, dict):
        return node
    node = {k: resolved(v) for k, v in node.items() if k not in ("$id", "$ref")} | (
        resolved(SCHEMAS[node["$ref"].split("#")[0]]["$defs"][node["$ref"].rsplit("/", 1)[1]]) if "$ref" in node else {})
    return node


def faults_of(name, pattern):
    validator = jsonschema.Draft202012Validator(resolved(SCHEMAS[f"{name}.schema.json"]))
    files = sorted(DATA.glob(pattern))
    faults = [] if files else [f"no file is {pattern}"]
    for path in files:
        for e in validator.iter_errors(load(path)):
            faults.append(f"{path.relative_to(TOP)}: {'/'.join(map(str, e.absolute_path))}: {e.message[:150]}")
    return faults


def keys_of(node):
    found = set()
    if isinstance(node, dict):
        found |= set(node.get("properties", {}))
        for value in node.values():
            found |= keys_of(value)
    elif isinstance(node, list):
        for value in node:
            found |= keys_of(value)
    return found


def unknown_keys():
    """Keys of the checker's tables (src/catalog/spec.c) that no schema names."""
    spec = set(re.findall(r'\{ "(\w+)", (?:STR|ID|DATE|RULE|INT|BOOL|LIST|OBJ|STRS|PAIRS|MAP)\b',
                          (TOP / "src/catalog/spec.c").read_text(encoding="utf-8"))) - {"year"}
    names = set().union(*(keys_of(s) for s in SCHEMAS.values()))
    return [f"spec.c knows {key}, no schema does" for key in sorted(spec - names)]


def refuses_what_is_wrong():
    """A validator that takes everything would pass too."""
    item = load(sorted(DATA.glob("catalog/*/*.json"))[0])
    validator = jsonschema.Draft202012Validator(resolved(SCHEMAS["item.schema.json"]))
    wrong = [{**item, "statos": ""}, {**item, "roles": []}, {k: v for k, v in item.items() if k != "steps"}, {**item, "permit": "no"},
             {**item, "id": "a b"}]
    return [f"taken: {number}" for number, w in enumerate(wrong) if validator.is_valid(w)]


def main():
    tests = [(f"every {name} fits its schema", lambda n=name, p=pattern: faults_of(n, p)) for name, pattern in SOURCES.items()]
    tests += [("the schemas know every key of the checker", unknown_keys), ("what is wrong does not fit", refuses_what_is_wrong)]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (title, test) in enumerate(tests, 1):
        faults = test()
        failed += bool(faults)
        for fault in faults[:20]:
            print(f"# {fault}")
        print(f"{'not ok' if faults else 'ok'} {number} - {title}")
    sys.exit(failed > 0)


main()
