# SPDX-License-Identifier: MulanPSL-2.0
# The rows of the devices on the counter (issue "Every device on the counter"), far ends simulated, everything of ours real.
import re
import shutil
import statistics
import subprocess
import tempfile
import time

import desks
from desks import PASSWORD, TOOLS
from table import PAIRS, row, skip
from terminal import Died
from window import open_visit, sign_in, workstation

TIMES = 3 if desks.QUICK else 20
TAIL = "0035"  # of the number on the card that reader.c lays: the screen hides the rest


def told(name, what, got, key, budget):
    """A row of one figure's median over all runs, its worst beside it."""
    middle = statistics.median(g[key]["p50"] for g in got)
    worst = [g[key]["max"] for g in got]
    row(name, what, f"{middle:.1f} ms", f"{min(worst):.1f} - {max(worst):.1f}", f"{sum(g[key]['n'] for g in got)} times; the worst", len(got),
        f"<= {budget} ms", middle <= budget)


def hotplug():
    what = "a card reader plugged in: from the kernel's event to ready"
    if not shutil.which("umockdev-wrapper") or not (TOOLS / "bench-hotplug").exists():
        skip("hotplug", what, "no umockdev")
        return
    got = [desks.tool("hotplug", TIMES, prefix=("umockdev-wrapper",)) for _ in range(PAIRS // 2)]
    told("hotplug", what, got, "ready", 1000)


def card():
    taken = []
    for _ in range(PAIRS):
        with desks.copy("small") as desk, tempfile.TemporaryDirectory() as folder:
            taken.append(lay(desk, folder + "/reader"))
    row("card", "a card found by a reader without time of its own: until it fills the form", f"{statistics.median(taken):.1f} ms",
        f"{min(taken):.1f} - {max(taken):.1f}", "", len(taken), "<= 150 ms", statistics.median(taken) <= 150)


def lay(desk, link):
    (desk / "ports.json").write_text(desks.json.dumps({"version": 1, "ports": [{"port": link, "role": "idcard", "profile": ""}]}))
    with subprocess.Popen([TOOLS / "bench-reader", link], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as far:
        try:
            far.stdout.readline()
            with workstation(desk) as t:
                sign_in(t)
                open_visit(t)
                t.forget()
                far.stdin.write("lay\n")
                far.stdin.flush()
                end = time.perf_counter() + 20
                while TAIL not in t.plain():
                    last = t.read(0.05)
                    if t.over or time.perf_counter() > end:
                        raise Died(f"the card never filled the form: {t.plain()[-400:]!r}")
                found = float(re.match(r"found (\S+)", far.stdout.readline()).group(1))
                return last * 1000 - found
        finally:
            far.stdin.close()


def page():
    got = []
    for _ in range(PAIRS // 2):
        with desks.copy("small") as desk:
            got.append(desks.tool("capture", desk, TIMES, feed=PASSWORD + "\n"))
    told("page", "a page of five megapixels, from the order until it is sealed: p50", got, "page", 300)
    p99 = [g["key"]["p99"] for g in got]
    row("key", "  a key's wait for the loop meanwhile: p99", f"{statistics.median(p99):.2f} ms", f"{min(p99):.2f} - {max(p99):.2f}",
        f"{sum(g['key']['n'] for g in got)} keys", len(got), "<= 8 ms", statistics.median(p99) <= 8)
