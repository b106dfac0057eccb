#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Counts single cases in meson's test logs: every TAP line of a test program is one case, a program without TAP is one.
# Prints why each failure failed and each skip was skipped, then one line: "N passed, N failed[, N skipped]".
# Not a runner. Invariant: a program that ended badly is at least one failure, whatever it printed.
import json
import os
import re
import sys

POINT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:- ?)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\w*\s*(.*))?$", re.I)
SKIP = re.compile(r"#\s*skip\w*:?\s*(.*)$", re.I)
TAIL = 60


class Count:
    def __init__(self):
        self.passed, self.failures, self.skips = 0, [], []


def count_points(text, name, count):
    """Returns (points, planned, bad) of one program's TAP output."""
    points, planned, bad, before, last = 0, 0, 0, "", ""
    for line in text.splitlines():
        before, last = last, line.strip()
        plan = PLAN.match(line)
        if plan:
            planned += int(plan.group(1))
            if int(plan.group(1)) == 0:
                count.skips.append((name, plan.group(2) or "no reason given"))
                points += 1
                planned += 1
            continue
        point = POINT.match(line)
        if not point:
            continue
        points += 1
        title = point.group(3).strip()
        skip = SKIP.search(title)
        if skip:
            label, reason = title[: skip.start()].strip(" -"), skip.group(1).strip()
            if not label:
                # cmocka names the case where the reason belongs; the test has printed its reason just before.
                label, reason = reason, "" if PLAN.match(before) or POINT.match(before) else before.lstrip("# ")
            count.skips.append((f"{name}: {label}" if label else name, reason or "no reason given"))
        elif point.group(1):
            bad += 1
            count.failures.append(f"{name}: {title}")
        else:
            count.passed += 1
    return points, planned, bad


def add(test, count):
    name, result = test["name"].split(" / ")[-1], test["result"]
    text = test.get("stdout") or ""
    points, planned, bad = count_points(text, name, count)
    ok = result in ("OK", "EXPECTEDFAIL")
    if points == 0:
        if result == "SKIP":
            last = [line for line in text.splitlines() if line.strip()]
            count.skips.append((name, last[-1].strip() if last else "no reason given"))
        elif ok:
            count.passed += 1
        else:
            count.failures.append(f"{name}: {result.lower()}, exit {test.get('returncode')}")
    elif points < planned and not bad:
        count.failures.append(f"{name}: ended after {points} of {planned} cases, exit {test.get('returncode')}")
    elif not ok and result != "SKIP" and not bad:
        count.failures.append(f"{name}: {result.lower()}, exit {test.get('returncode')}")
    else:
        return bad > 0
    return not ok and result != "SKIP" or points < planned


def show(test):
    print(f"\n--- {test['name'].split(' / ')[-1]}: {test['result']}, exit {test.get('returncode')}")
    for stream in ("stdout", "stderr"):
        lines = [line for line in (test.get(stream) or "").rstrip().splitlines() if not line.startswith("ok ")]
        if not lines:
            continue
        print(f"[{stream}]" + (f" last {TAIL} of {len(lines)} lines" if len(lines) > TAIL else ""))
        # Indented, so that no line of a program passes for the closing line.
        print("\n".join("  " + line for line in lines[-TAIL:]))


def main(logs):
    count = Count()
    for log in logs:
        if not os.path.exists(log):
            what = os.path.relpath(os.path.dirname(os.path.dirname(log)))
            count.failures.append(f"{what}: no test was run there; see the messages above")
            continue
        with open(log, encoding="utf-8", errors="replace") as f:
            for line in f:
                test = json.loads(line)
                if add(test, count):
                    show(test)
    if count.failures:
        print("\nFailed:")
        for text in count.failures:
            print(f"  {text}")
    if count.skips:
        print("\nSkipped:")
        for name, reason in count.skips:
            print(f"  {name}: {reason}")
    print()
    tail = f", {len(count.skips)} skipped" if count.skips else ""
    print(f"{count.passed} passed, {len(count.failures)} failed{tail}")
    return 1 if count.failures or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
