#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# SIGKILL at seeded instants of the stories on screen. At rest: the same visit is at the window again, where it was, and the
# rest of the script ends it with the decisions it would have had. In full flight: nothing that was shown as decided is
# lost or there twice. YIMEN_SEED repeats a run, YIMEN_LONG=1 makes it long.
import os
import random
import re
import time

import play
from play import tap

LONG = bool(os.environ.get("YIMEN_LONG"))
SEED = int(os.environ.get("YIMEN_SEED") or (random.SystemRandom().randrange(10**6) if LONG else 20261122))
REOPEN = "wait:练习 text:practice Enter wait:正在窗口 mark:home Enter wait:4表单 mark:again\n"
STORIES = {
    "renew": {"SF-003": ["accepted"]},
    "newborn": {"HZ-001": ["completed"], "SF-002": ["deferred"], "crj-hz-01": ["accepted"]},
    "rural": {"HZ-049": ["completed"], "crj-hz-02": ["accepted"]},
}


def stage_bar(screen):
    """What is done of each stage: '3材料5/9' is (5, 9), '3材料✓' counts as all."""
    found = re.findall(r"(\d)(?:身份|事项|材料|表单|决定|缴费|文书)(✓|\d+/\d+)?", screen)
    return {stage: 1.0 if done == "✓" else int(done.split("/")[0]) / max(int(done.split("/")[1]), 1) if done else 0.0 for stage, done in found}


def restful(steps):
    """After which tokens an officer may be cut off and go on by the rest: not in the finder, not between moving the bar and acting."""
    counted = [i for i, t in enumerate(steps) if t.startswith("wait:")]
    finder = next(i for i, t in enumerate(steps) if t.startswith("wait:搜索"))
    taken = next(i for i in counted if i > finder and steps[i - 1] == "Enter")
    end = next((i for i, t in enumerate(steps) if t.startswith("F10") or t.startswith("G")), len(steps))
    return [i for i in range(taken + 1, end - 1)
            if play.cost(steps[i]) and not steps[i].startswith(("Up", "Down", "End", "Right")) and not steps[i].startswith("text:")]


def wait_for(path, mark, process):
    patience = time.monotonic() + 90
    while f"== {mark} ==" not in path.read_text(encoding="utf-8") and time.monotonic() < patience and process.poll() is None:
        time.sleep(0.05)


def cut_off(text, mark, pause):
    out = desk.root / "out"
    with open(out, "w", encoding="utf-8") as sink:
        process = desk.start(text, out=sink)
        wait_for(out, mark, process)
        time.sleep(pause)
        alive = process.poll() is None
        process.kill()
        process.wait()
    return out.read_text(encoding="utf-8"), alive


def decided(exits, last=None):
    got = {item: [exit_ for _, _, exit_ in rows] for item, rows in desk.cases().items()}
    return [] if got == exits else [f"decided {got}, expected {exits}"]


def at_rest(name, exits):
    steps = play.tokens((play.STORIES / f"{name}.keys").read_text(encoding="utf-8"))
    k = dice.choice(restful(steps))
    desk.again()
    shown, alive = cut_off(" ".join(steps[:k + 1]) + " sleep:300 mark:cut sleep:60000\n", "cut", 2.5)  # a draft is at most two seconds old
    faults = [] if alive and "== cut ==" in shown else ["it was not running when it should be killed"] + shown.splitlines()[-24:]
    before = stage_bar(play.screens(shown).get("cut", ""))
    offline = "hand:net:off " if name == "rural" else ""
    status, again, err = desk.run(REOPEN.replace("Enter wait:4表单", offline + "Enter wait:4表单") + " ".join(steps[k + 1:]) + "\n")
    after = stage_bar(again.get("again", ""))
    faults += [f"stage {s}: {before[s]:.2f} before, {after.get(s, 0):.2f} after" for s in before if after.get(s, 0) < before[s]]
    faults += desk.faults(status, err) + decided(exits) + desk.audit()
    tap.point(f"{name} killed at rest after token {k} ({steps[k]}): the same visit again, ended with the same decisions", faults)


def in_flight(name, exits):
    steps = play.tokens((play.STORIES / f"{name}.keys").read_text(encoding="utf-8"))
    k = dice.choice(restful(steps))
    desk.again()
    shown, _ = cut_off(" ".join(steps[:k + 1] + ["mark:cut"] + steps[k + 1:]) + "\n", "cut", dice.uniform(0, 1.5))
    acknowledged = set(re.findall(r"✓ \S+ +(2201\d{10}A\d{13}[0-9A-Z])", shown))
    faults = desk.audit()
    # Opened once before the views are read, so that what the log has is folded.
    status, _, err = desk.run("wait:练习 text:practice Enter wait:等候 sleep:300\n")
    faults += desk.faults(status, err)
    held = {no: exit_ for rows in desk.cases().values() for no, _, exit_ in rows}
    faults += [f"{no} was shown as decided and is gone" for no in acknowledged if no not in held]
    faults += [f"{item} is there {len(rows)} times" for item, rows in desk.cases().items() if len(rows) > 1]
    faults += [f"{item}: {rows}" for item, rows in desk.cases().items() if [rows[0][2]] != exits.get(item)]
    faults += desk.audit()
    tap.point(f"{name} killed in flight after token {k} ({steps[k]}), {len(acknowledged)} decided: nothing lost, nothing twice", faults)


play.ready("the stories killed")
dice = random.Random(SEED)
print(f"# seed {SEED}")
desk = play.Desk("kills")
for _ in range(12 if LONG else 1):
    for NAME, EXITS in STORIES.items():
        at_rest(NAME, EXITS)
        in_flight(NAME, EXITS)
tap.end()
