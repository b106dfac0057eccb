#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# SIGKILL at write-side system call number k of one decision (shared/peers.md R1), for a spread of k, or for all with --long.
# After each: the chain verifies, no half decision is there, what was acknowledged is there, a rebuild gives the same views,
# and the visit is taken up again and ends as if nothing had happened, with one case and one number.
import concurrent.futures
import fcntl
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time

import rig
from rig import LONG, Desk, Rig, exits, points, story, tap, with_

rig.skip_all("killed at every write", "strace")
CALLS = "pwrite64,write,writev,fdatasync,fsync,ftruncate,rename,renameat,renameat2,unlink,unlinkat"
town = Rig("kill")
visit = with_(story("certificate"), papers="noted")
clean, calls = None, 0


class Copy(Desk):
    """The prepared desk in a folder of its own: what happens there stays there."""

    def __init__(self, original, name):  # pylint: disable=super-init-not-called
        self.rig, self.central, self.code, self.account = original.rig, original.central, original.code, original.account
        self.dir, self.password_file = town.dir / name, original.password_file
        self.papers = self.dir / "papers"
        self.dir.mkdir(mode=0o700)
        for file in original.dir.iterdir():
            if file.name == "pack.db":
                os.link(file, self.dir / file.name)
            elif file.is_file():
                shutil.copy(file, self.dir / file.name)


def kinds(desk, after):
    return [e.kind for e in desk.events()[after:]]


def strace(log, *inject):
    # Leaks are not looked for: the sanitizer would trace itself, and is traced already.
    return ["strace", "-f", "-o", log, "-e", f"trace={CALLS}", "-e", "signal=none", *inject]


def taken_up_again(desk):
    """Goes on with the visit that was at the window, as the officer would; returns the last report."""
    rows = desk.sql("SELECT visit, state FROM view_visit WHERE state <> 'closed' ORDER BY opened_ms")
    if not rows:
        return None if desk.cases() else desk.visit(visit)
    plain = with_(visit, ticket=None, persons=None, items=None, resume=rows[-1][0])
    look, report = desk.try_visit(with_(plain, decide=None, rating=None, papers="none", answers=None, form=None, all_materials=None, park="look"))
    if look.returncode:
        raise rig.Failed(f"resume: {look.stderr[-300:]}")
    if report["cases"] and report["cases"][0]["exit"]:
        return desk.visit(with_(plain, decide=None, rating=None if report["rated"] else 2))
    if report["cases"]:
        return desk.visit(plain)
    return desk.visit(with_(visit, ticket=None, resume=rows[-1][0]))


def check(desk, k, acknowledged, before):
    faults = []
    got = kinds(desk, before)
    if got != clean[:len(got)]:
        faults.append(f"events {got} are no beginning of {clean}")
    if acknowledged and len(got) < len(clean):
        faults.append(f"acknowledged, but only {len(got)} of {len(clean)} events are there")
    decided = [e for e in desk.events()[before:] if e.kind == "case.completed"]
    rows = desk.sql("SELECT case_no, state FROM view_case")
    if [e.case for e in decided] != [no for no, _ in rows]:
        faults.append(f"half a decision: events {[e.case for e in decided]}, cases {rows}")
    faults += desk.whole()
    end = taken_up_again(desk)
    if end and exits(end) != {"HZ-049": "completed"}:
        faults.append(f"taken up again it ended as {exits(end)}")
    cases = desk.cases()
    if len(cases) != 1 or cases[0]["state"] != "delivered":
        faults.append(f"cases at the end: {cases}")
    if cases and cases[0]["no"][23:28] != "00001":
        faults.append(f"a number was lost: {cases[0]['no']}")
    if desk.sql("SELECT count(*) FROM view_visit WHERE state = 'open'") != [(0,)]:
        faults.append("a visit stays open for ever")
    faults += desk.whole()
    return [f"call {k}: {f}" for f in faults]


def killed_at(k):
    desk = Copy(base, f"k{k}")
    log = town.dir / f"k{k}.strace"
    try:
        done, report = desk.try_visit(visit, prefix=strace(log, "-e", f"inject={CALLS}:signal=SIGKILL:when={k}"), env={"ASAN_OPTIONS": "detect_leaks=0"})
        died = done.returncode in (-9, 137)
        if not died and done.returncode:
            return [f"call {k}: status {done.returncode}: {done.stderr[-300:]}"], died, bool(report)
        return check(desk, k, bool(report), first), died, bool(report)
    except (rig.Failed, OSError, subprocess.SubprocessError) as e:
        return [f"call {k}: {e}"], True, False
    finally:
        shutil.rmtree(desk.dir, ignore_errors=True)
        log.unlink(missing_ok=True)


def at_the_screen(desk, seed):
    """The real workstation on a pseudo-terminal: signed in, a visit begun, a citizen typed in, then killed in the middle of a key."""
    random_ = random.Random(1000 + seed)
    argv = [str(a) for a in (rig.YIMEN, "--dir", desk.dir)]
    pid, terminal = pty.fork()
    if not pid:
        os.execve(argv[0], argv, town.env() | {"TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen, end = b"", time.monotonic() + random_.uniform(4, 9)
    keys = [b"", rig.PASSWORD.encode(), b"\r", b"", b"\r", b"\x1bOQ", b"t", *[b"%c" % c for c in b"229901197206180622"], b"\t", "孙丽华".encode(), b"\r"]
    press, next_key = iter(keys), time.monotonic() + 1.5
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        if time.monotonic() > next_key:
            key = next(press, b"")
            os.write(terminal, key)
            next_key = time.monotonic() + (1.0 if key in (b"", b"\r") else 0.06)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    faults = [f"seed {seed}: {f}" for f in desk.whole()]
    signed_in = "account.signed_in" in kinds(desk, first)
    leave = time.monotonic() + 10
    while helpers := [p for p in os.listdir("/proc") if p.isdigit() and str(desk.dir) in command_of(p)]:
        if time.monotonic() > leave:
            faults.append(f"seed {seed}: a helper stays behind: {[command_of(p) for p in helpers]}")
            break
        time.sleep(0.2)
    done, report = desk.try_visit(visit)
    if done.returncode or exits(report) != {"HZ-049": "completed"}:
        faults.append(f"seed {seed}: the next visit: {done.stderr[-300:]}")
    for row in desk.sql("SELECT visit FROM view_visit WHERE state <> 'closed'"):
        done, _ = desk.try_visit({"resume": row[0], "park": "later"})
        faults += [] if done.returncode == 0 else [f"seed {seed}: the visit at the window is lost: {done.stderr[-300:]}"]
    if b"runtime error" in seen or b"AddressSanitizer" in seen:
        faults.append(f"seed {seed}: {seen[-400:]!r}")
    return faults + [f"seed {seed}: {f}" for f in desk.whole()], signed_in, desk.sql("SELECT count(*) FROM draft")[0][0]


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


with points("a desk with a day behind it") as faults:
    central = town.central().start()
    base = Desk(town, central, "22019999000003")
    base.settle()
    central.stop()
    first = len(base.events())

with points("the decision without a fault, its writes counted") as faults:
    desk = Copy(base, "clean")
    log = town.dir / "clean.strace"
    done, report = desk.try_visit(visit, prefix=strace(log), env={"ASAN_OPTIONS": "detect_leaks=0"})
    faults += [] if done.returncode == 0 and exits(report) == {"HZ-049": "completed"} else [f"{done.returncode}: {done.stderr[-400:]}"]
    clean = kinds(desk, first)
    per = {}
    for line in log.read_text().splitlines():
        m = re.match(r"(\d+)\s+\w+\(", line)
        if m:
            per[m[1]] = per.get(m[1], 0) + 1
    calls = max(per.values())
    print(f"# {calls} write-side calls, {len(clean)} events: {' '.join(clean)}")
    faults += [] if calls > 20 and "case.completed" in clean else [f"{calls} calls, {clean}"]

ks = list(range(1, calls + 2))
if not LONG and calls:
    ks = sorted({1, 2, calls, calls + 1} | {round(i * calls / 13) for i in range(1, 13)})
with points(f"killed at {len(ks)} of {calls} writes: nothing acknowledged is lost, nothing is half there, the visit goes on") as faults:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(killed_at, ks))
    for bad, _, _ in results:
        faults += bad
    deaths, told = sum(died for _, died, _ in results), sum(report for _, _, report in results)
    print(f"# {deaths} died, {told} had printed their report")
    faults += [] if deaths >= len(ks) - 4 else [f"only {deaths} of {len(ks)} died: the test does not kill"]

with points("killed at random instants") as faults:
    for seed in range(30 if LONG else 4):
        desk = Copy(base, f"r{seed}")
        process = subprocess.Popen([str(a) for a in desk.argv("visit", "run", desk.visit_file(visit))], env=town.env(),  # pylint: disable=consider-using-with
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(random.Random(seed).uniform(0.15, 0.7))
        process.send_signal(signal.SIGKILL)
        out = process.communicate()[0]
        faults += check(desk, f"seed {seed}", out.strip().endswith("}") and bool(json.loads(out)), first)
        shutil.rmtree(desk.dir, ignore_errors=True)

with points("the workstation killed at random instants while an officer types: the visit at the window is there again") as faults:
    signed = drafts = 0
    for seed in range(20 if LONG else 3):
        desk = Copy(base, f"i{seed}")
        bad, was_signed_in, n = at_the_screen(desk, seed)
        faults += bad
        signed, drafts = signed + was_signed_in, drafts + n
        shutil.rmtree(desk.dir, ignore_errors=True)
    print(f"# {signed} had signed in, {drafts} drafts were kept")
    faults += [] if signed else ["nobody ever signed in: the test does not test"]
tap.end()
