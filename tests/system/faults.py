#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# What bad input and bad days get (design.md §10): a clear sentence, an exit status that is not 0, and nothing lost. The
# sentences are read in English (LANGUAGE=en); each point looks at the desk afterwards.
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading

import rig
from rig import LONG, Desk, Rig, exits, points, story, tap, with_

rig.skip_all("bad days")
town = Rig("faults")
visit = with_(story("certificate"), papers="noted")
central = tls = desk = secure = None


def refused(done, sentence, status=1):
    """Faults of an answer that should be one clear sentence."""
    faults = [] if done.returncode == status else [f"status {done.returncode}"]
    words = done.stderr.strip().splitlines()
    if not any(line.startswith("yimen: ") and sentence in line for line in words):
        faults.append(f"does not say “{sentence}” but {words[-3:]}")
    return faults


def unhurt(d, cases):
    faults = [] if "is whole" in d.verify() else ["the chain is broken"]
    return faults + ([] if len(d.cases()) == cases else [f"{len(d.cases())} cases instead of {cases}"])


def copy(d, name, where=None):
    """The same desk in another folder."""
    other = object.__new__(Desk)
    other.__dict__ |= d.__dict__
    other.dir = (where or town.dir) / name
    other.papers = other.dir / "papers"
    shutil.copytree(d.dir, other.dir, ignore=shutil.ignore_patterns("papers"))
    return other


with points("a desk with a case, and one behind TLS") as faults:
    central = town.central().start()
    desk = Desk(town, central, "22019999000003")
    tls = town.central("secure", tls=True).start()
    secure = Desk(town, tls, "22019999000105", "桂林路派出所")
    for d in (desk, secure):
        d.visit(visit)
        d.settle()

# -- what people type --
with points("a visit file that is not JSON, is no object, is not there, or names what does not exist") as faults:
    for text, sentence in (("{\"items\": [", "not well-formed JSON"), ("[1, 2]", "A visit file is one JSON object"),
                           (json.dumps(with_(visit, items=["NO-SUCH"])), "The catalogue has no such item"),
                           (json.dumps(with_(visit, bundles=["no-such"])), "The catalogue has no such bundle"),
                           (json.dumps(with_(visit, case="22019999000003A2026112399999X")), "does not know the case"),
                           (json.dumps(with_(visit, all_materials="eaten")), "says something that this visit does not know")):
        file = town.file("bad.json", text)
        faults += refused(desk.run("visit", "run", file, ok=None), sentence)
    faults += refused(desk.run("visit", "run", town.dir / "nowhere.json", ok=None), "The file does not exist")
    wrong = json.loads(json.dumps(visit))
    wrong["persons"][0]["facts"]["id_number"] = "229901197206180623"
    wrong["persons"][0]["from"] = "typed"
    done, report = desk.try_visit(with_(wrong, rating=0))
    faults += [] if done.returncode or exits(report)["HZ-049"] != "completed" else ["a number with a wrong check digit was completed"]
    faults += unhurt(desk, len(desk.cases()))

with points("every malformed visit file is refused, none crashes") as faults:
    text = json.dumps(visit, ensure_ascii=False)
    odd = [text.replace('"items": ["HZ-049"]', t) for t in ('"items": "HZ-049"', '"items": [7]', '"items": [null]', '"persons": 3', '"items": [[]]')]
    odd += [text.replace('"decide": "proposal"', t) for t in ('"decide": {"HZ-049": {"exit": "eaten"}}', '"decide": {"HZ-049": 3}')]
    odd += [text[:len(text) * i // (40 if LONG else 6)] for i in range(40 if LONG else 6)] + ["\x00", "\ufeff{}", "[" * 5000, "{\"form\":" * 3000]
    for i, t in enumerate(odd):
        done = desk.run("visit", "run", town.file("odd.json", t), ok=None)
        faults += [] if done.returncode in (0, 1) else [f"file {i}: status {done.returncode} {done.stderr[-200:]}"]
        faults += [] if done.returncode == 0 or done.stderr.startswith("yimen: ") else [f"file {i}: no sentence: {done.stderr[-200:]}"]
    faults += [] if "is whole" in desk.verify() else ["the chain is broken"]

with points("wrong usage: status 2 and how it is meant") as faults:
    for args in (["visit", "run"], ["visit", "fly"], ["--no-such-option"], ["case", "story", "1"]):
        done = town.run([rig.YIMEN, *args], ok=(2,))
        faults += [] if done.stderr.strip() else [f"{args}: nothing is said"]

with points("a wrong password; five of them, and waiting; the right one afterwards") as faults:
    d = copy(desk, "forgetful")
    bad = town.file("bad.password", "not-the-password\n")
    for i in range(5):
        done = town.run([rig.YIMEN, "--dir", d.dir, "--account", d.account, "--password-file", bad, "case", "list"], ok=None)
        faults += refused(done, "Wrong account or password") if i < 4 else []
    faults += refused(d.run("case", "list", ok=None), "Too many wrong passwords: wait")
    faults += [] if d.run("case", "list", offset=town.offset + 3600).stdout else ["an hour later it is still closed"]
    faults += refused(town.run([rig.YIMEN, "--dir", d.dir, "--account", "nobody", "--password-file", bad, "case", "list"], ok=None), "")
    faults += refused(desk.rig.run([rig.YIMEN, "--dir", d.dir, "case", "list"], ok=None), "Say who you are")

# -- files --
with points("a store from a newer version is left alone") as faults:
    d = copy(desk, "newer")
    with contextlib.closing(sqlite3.connect(d.dir / "desk.db")) as db:
        db.execute("PRAGMA user_version = 99")
    before = (d.dir / "desk.db").read_bytes()
    done, _ = d.try_visit(visit)
    faults += refused(done, "newer")
    faults += [] if (d.dir / "desk.db").read_bytes() == before else ["it was written to"]

with points("what is not a store, or is damaged, is said to be so") as faults:
    d = copy(desk, "letter")
    (d.dir / "desk.db").write_bytes(b"Dear officer, this is a letter.\n" * 400)
    faults += refused(d.run("case", "list", ok=None), "not a data file of this program")
    d = copy(desk, "other")
    (d.dir / "desk.db").unlink()
    with contextlib.closing(sqlite3.connect(d.dir / "desk.db")) as db:
        db.execute("CREATE TABLE music (title TEXT)")
    faults += refused(d.run("case", "list", ok=None), "")
    d = copy(desk, "damaged")
    with contextlib.closing(sqlite3.connect(d.dir / "desk.db")) as db:
        db.execute("UPDATE event SET header = zeroblob(length(header)) WHERE seq = 5")
        db.commit()
    done = d.run("audit", "verify", ok=None)
    faults += refused(done, "")
    faults += [] if "5" in done.stderr else [f"the broken event is not named: {done.stderr}"]
    faults += refused(town.run([rig.YIMEN, "--dir", town.dir / "nothing", "--account", "a", "--password-file", desk.password_file, "case", "list"], ok=None), "")

with points("a folder that may only be read") as faults:
    d = copy(desk, "frozen")
    if os.geteuid():
        d.dir.chmod(0o500)
        for file in d.dir.iterdir():
            file.chmod(0o400)
        done, _ = d.try_visit(visit)
        faults += [] if done.returncode == 1 and done.stderr.startswith("yimen: ") else [f"{done.returncode}: {done.stderr}"]
        d.dir.chmod(0o700)
    else:
        subprocess.run(["mount", "--bind", d.dir, d.dir], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", d.dir], check=True)
            done, _ = d.try_visit(visit)
            faults += [] if done.returncode == 1 and done.stderr.startswith("yimen: ") else [f"{done.returncode}: {done.stderr}"]
            print(f"# read-only: {done.stderr.strip()}")
        finally:
            subprocess.run(["umount", d.dir], check=True)
    for file in d.dir.iterdir():
        file.chmod(0o600)
    faults += unhurt(d, len(desk.cases()))

reason = rig.need("root")
if reason:
    tap.skip("a disk that is full", reason)
else:
    with points("a disk that is full: the disk is full is said, and once there is room the work goes on") as faults:
        disk = town.dir / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
        try:
            d = copy(desk, "desk", disk)
            before = len(d.cases())
            room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
            for left in (0, 4096, 40960, 131072):
                with open(disk / "fill", "wb") as f:
                    f.write(b"x" * max(0, room - left))
                done, _ = d.try_visit(visit)
                faults += refused(done, "The disk is full") if done.returncode else [] if left > 40000 else ["a full disk took a visit"]
                (disk / "fill").unlink()
                faults += [] if "is whole" in d.verify() else [f"{left} bytes left: the chain is broken"]
                room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
            held = len(d.cases())
            faults += [] if held >= before else [f"{before - held} cases lost"]
            report = d.visit(visit)
            faults += [] if exits(report) == {"HZ-049": "completed"} else [f"{exits(report)}"]
            faults += d.whole()
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

reason = rig.need("strace")
if reason:
    tap.skip("a disk that fails", reason)
else:
    for title, call, error, sentence, ks in (
            ("no space", "pwrite64", "ENOSPC", "The disk is full", (1, 3, 9, 20, 33)), ("a sync that fails", "fdatasync", "EIO", "", (1, 2, 4)),
            ("a write that fails", "pwrite64", "EIO", "", (2, 14)), ("no quota", "pwrite64", "EDQUOT", "", (5,))):
        with points(f"{title} from the k-th {call} on: a sentence, no half decision, then it goes on") as faults:
            for k in ks if not LONG else range(1, 60):
                d = copy(desk, f"{call}-{error}-{k}")
                log = town.dir / "inject.strace"
                done, report = d.try_visit(visit, prefix=["strace", "-f", "-o", log, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={k}+"],
                                           env={"ASAN_OPTIONS": "detect_leaks=0"})
                if done.returncode:
                    faults += [f"k {k}: {f}" for f in refused(done, sentence)]
                elif "INJECTED" in log.read_text():
                    faults.append(f"k {k}: nothing was said")
                faults += [f"k {k}: {f}" for f in d.whole()]
                again = d.visit(visit)
                faults += [] if exits(again) == {"HZ-049": "completed"} else [f"k {k}: afterwards {exits(again)}"]
                shutil.rmtree(d.dir)


# -- the far end --
class Far(threading.Thread):
    """Somebody else answers at the central's socket: always the same bytes, or none."""

    def __init__(self, path, answer):
        super().__init__(daemon=True)
        self.answer, self.n = answer, 0
        path.unlink(missing_ok=True)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen(8)

    def run(self):
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            with near, contextlib.suppress(OSError):
                self.n += 1
                near.settimeout(5)
                near.recv(65536)
                near.sendall(self.answer)


def http(status, body, more=""):
    body = body if isinstance(body, bytes) else body.encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n".encode() + body


html = "<html><head><title>Wi-Fi</title></head><body>Please sign in</body></html>"
answers = (
    ("HTML with status 200, as a login portal does", http("200 OK", html, "Content-Type: text/html\r\n"), "a login page is in the way"),
    ("an envelope that somebody else signed", http("200 OK", json.dumps({"yimen": 1, "ok": True, "time": 1, "data": {"seq": 0}, "sig": "00"})), ""),
    ("garbage", b"\x00\xff\xfe garbage \x80" * 50, ""),
    ("nothing", b"", "no link to the central"),
    ("half a head", b"HTTP/1.1 200 OK\r\nContent-Le", ""),
    ("a body that never ends as promised", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{", "no link to the central"),
    ("JSON nested beyond reason", http("200 OK", "[" * 100000), "a login page is in the way"),
    ("503 with Retry-After", http("503 Service Unavailable", html, "Retry-After: 30\r\n"), "the central is busy"),
    ("a redirect", http("302 Found", "", "Location: http://example.invalid/\r\n"), "a login page is in the way"),
)
central.stop()
town.centrals.remove(central)
count = len(desk.cases())
for title, answer, sentence in answers:
    with points(f"the central answers {title}: said in words, tried again later, nothing is taken for sent") as faults:
        far = Far(central.socket, answer)
        far.start()
        before = desk.status()["sync"]["acked"]
        faults += refused(desk.sync(ok=None, timeout=100), sentence)
        faults += [] if far.n else ["nobody asked"]
        far.server.close()
        now = desk.status()["sync"]
        faults += [] if now["acked"] == before and now["pending"] else [f"{now}"]
with points("after all of that the real central is back and everything arrives") as faults:
    central.socket.unlink(missing_ok=True)
    central.start()
    town.centrals.append(central)
    desk.settle()
    faults += unhurt(desk, count) + desk.whole()
    desk.settle()
    faults += [] if central.events("22019999000003A") == [(e.seq, e.hash) for e in desk.events()] else ["the chains differ"]

# -- certificates and clocks --
certificates = (
    ("has expired", {"days": 5, "offset": town.offset - 40 * 86400}, "certificate"),
    ("is not valid yet", {"days": 30, "offset": town.offset + 40 * 86400}, "clock is wrong"),
    ("is of an authority nobody trusts here", {"ca": town.dir / "tls" / "stranger"}, "certificate"),
)
right = tls.tls
for title, how, sentence in certificates:
    with points(f"the central's certificate {title}") as faults:
        tls.stop()
        _, cert, key = town.certificate("bad", **how)
        tls.tls = (right[0], cert, key)
        tls.start()
        faults += refused(secure.sync(ok=None), sentence)
with points("the right certificate again: synchronised") as faults:
    tls.stop()
    tls.tls = right
    tls.start()
    secure.settle()

for title, days, sentence in (("ten years ahead", 3650, "certificate"), ("ten years back", -3650, "clock is wrong")):
    with points(f"this computer's clock is {title}: said in words over TLS; what is decided stays in order") as faults:
        far_off = town.offset + days * 86400
        faults += refused(secure.sync(ok=None, offset=far_off), sentence)
        cases, last = len(secure.cases()), secure.events()[-1]
        done, report = secure.try_visit(with_(visit, rating=0), offset=far_off)
        faults += refused(done, "is the date shown right?") + ([] if not report else ["it decided on a day that is wrong"])
        faults += [] if "--confirm-clock" in done.stderr and len(secure.cases()) == cases else [done.stderr[-300:]]
        faults += refused(secure.run("case", "request", secure.cases()[0]["no"], "测试", ok=None, offset=far_off), "is the date shown right?")
        done = secure.run("visit", "run", secure.visit_file(with_(visit, rating=0)), "--confirm-clock", ok=None, offset=far_off)
        report = json.loads(done.stdout) if done.stdout.strip().startswith("{") else None
        print(f"# a visit with that clock confirmed: status {done.returncode} {done.stderr.strip()[:160]} {exits(report) if report else ''}")
        faults += [] if done.returncode in (0, 1) else [done.stderr[-300:]]
        faults += [] if any(e.kind == "clock.confirmed" for e in secure.events()) else ["that it was confirmed is not in the log"]
        faults += [] if secure.events()[len(secure.events()) - 1].seq >= last.seq else ["events are gone"]
        # Set back again from ten years ahead, the clock is behind the log: that too is confirmed.
        secure.run("visit", "run", secure.visit_file(visit), "--confirm-clock")
        secure.settle()
        faults += secure.whole()
        faults += [] if len(secure.cases()) > cases else ["the next visit is not there"]
        secure.settle()
        faults += [] if tls.events("22019999000105A") == [(e.seq, e.hash) for e in secure.events()] else ["the chains differ"]

# -- the catalogue --
with points("a catalogue with an unknown field type, or a rule that does not parse: file, line and reason") as faults:
    def broken(name, change, words):
        folder = town.dir / f"data-{name}"
        shutil.copytree(rig.SOURCE / "data", folder)
        file = folder / change[0]
        text = file.read_text(encoding="utf-8")
        if change[1] not in text:
            return [f"{name}: the text to spoil is not there"]
        file.write_text(text.replace(change[1], change[2], 1), encoding="utf-8")
        done = town.run([rig.YIMEN, "catalog", "check", folder], ok=None)
        shutil.rmtree(folder)
        out = [] if done.returncode == 1 else [f"{name}: status {done.returncode}"]
        lines = [line for line in done.stderr.splitlines() if os.path.basename(change[0]) in line and all(w in line for w in words)]
        return out + ([] if lines and any(":0:" not in line for line in lines) else [f"{name}: {done.stderr[:300]}"])
    item = "catalog/huzheng/HZ-049.json"
    datums = (rig.SOURCE / "data" / "vocabulary" / "datums.json").read_text(encoding="utf-8")
    kind = '"type": "text"' if '"type": "text"' in datums else '"type":"text"'
    faults += broken("type", ("vocabulary/datums.json", kind, '"type": "smell"'), ["error", "smell"])
    faults += broken("rule", (item, ":q_proof_matter <> 'carried'", ":q_proof_matter <> <> 'carried'"), ["error"])
    faults += broken("function", (item, ":q_proof_matter <> 'carried'", "load_extension('x') = 1"), ["error"])
    faults += broken("datum", (item, '"applicant.phone"', '"applicant.shoe"'), ["error", "applicant.shoe"])
    faults += broken("json", (item, '"refusable": true,', '"refusable": true'), ["error"])
    faults += broken("key", (item, '"refusable": true,', '"refusable": true, "colour": 1,'), ["error", "colour"])

with points("a pack that is broken is refused whole: the desks keep theirs") as faults:
    pack = rig.PACK.read_bytes()
    for name, data in (("cut", pack[:len(pack) // 2]), ("changed", pack.replace("户籍证明".encode(), "户藉证明".encode(), 1) + b" x"), ("empty", b""), ("noise", os.urandom(5000))):
        file = town.dir / f"{name}.ympack"
        file.write_bytes(data)
        done = central.run("add-pack", file, ok=None)
        faults += [] if done.returncode == 1 and done.stderr.startswith("yimen-central: ") else [f"{name}: {done.returncode} {done.stderr[-200:]}"]
    faults += unhurt(desk, len(desk.cases()))
for c in (central, tls):
    c.stop()
tap.end()
