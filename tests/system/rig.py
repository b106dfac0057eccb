# SPDX-License-Identifier: MulanPSL-2.0
# The real processes of a small town on one machine: a central behind TLS or a Unix socket, desks enrolled with one-time
# codes, citizens as visit files. Folders lie on a tmpfs where there is one; every process started here is ended here.
# Not a framework: test points come from tests/meta/tap.py. Invariant: what a desk says on standard error of a sanitizer
# is a fault of the point that made it say so.
import atexit
import contextlib
import copy
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "meta"))
import tap  # noqa: E402  pylint: disable=wrong-import-position

SOURCE, BUILD = tap.SOURCE, tap.BUILD
LONG = bool(os.environ.get("YIMEN_LONG"))
YIMEN = BUILD / "src" / "cli" / "yimen"
HELPERS = BUILD / "src" / "helpers"
CENTRAL = HELPERS / "yimen-central"
PACK_BUILD = BUILD / "src" / "yimen-catalog-build"
PACK = BUILD / "data" / "yimen.ympack"
PASSWORD = "window-three-03"
# A Monday at nine after the catalogue's day: the children of the stories are twelve days old, the calendars know the year.
MONDAY = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
FAKETIME = [p for p in (pathlib.Path("/usr/lib") / m / "faketime" / "libfaketime.so.1"
                        for m in ("x86_64-linux-gnu", "aarch64-linux-gnu", "")) if p.exists()]

_running = []


def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()


atexit.register(_end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Failed(Exception):
    """A command that had to succeed did not, or said what only a fault says."""


def sanitizer_words(text):
    return [line for line in text.splitlines() if "AddressSanitizer" in line or "runtime error:" in line or "LeakSanitizer" in line]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def points(title):
    """Whatever goes wrong inside becomes one failed point, so that a script always tells its plan."""
    faults, began = [], time.monotonic()
    try:
        yield faults
    except (Failed, OSError, KeyError, IndexError, TypeError, ValueError, sqlite3.Error, subprocess.SubprocessError) as e:
        faults += (f"{type(e).__name__}: {e}").splitlines()
    print(f"# {time.monotonic() - began:.1f} s")
    tap.point(title, faults)


def need(*programs):
    """The reason to skip, or nothing."""
    for program in programs:
        if program == "faketime" and not FAKETIME:
            return "libfaketime is not installed (Debian: faketime)"
        if program not in ("faketime", "root") and not shutil.which(program):
            return f"{program} is not installed"
        if program == "root" and os.geteuid() != 0:
            return "only root may mount a small file system"
    for binary in (YIMEN, CENTRAL, PACK):
        if not binary.exists():
            return f"{binary.name} is not built"
    return ""


def skip_all(title, *programs):
    reason = need("faketime", *programs)
    if reason:
        tap.skip(title, reason)
        tap.end()


def story(name):
    return json.loads((HERE / "stories" / f"{name}.json").read_text(encoding="utf-8"))


class Rig:
    """One folder, one clock. The clock runs; advance() moves it for everything started afterwards."""

    def __init__(self, name, at=MONDAY):
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=f"yimen-{name}-", dir=base))
        self.at = at
        self.offset = int(at.timestamp() - time.time())
        self.centrals = []
        self.n = 0
        atexit.register(self.close)

    def close(self):
        for c in self.centrals:
            c.stop()
        if os.environ.get("YIMEN_KEEP"):
            print(f"# kept {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def advance(self, **delta):
        """Days later: the centrals that run are started again in the new day."""
        self.offset += int(datetime.timedelta(**delta).total_seconds())
        for c in self.centrals:
            if c.process:
                c.stop()
                c.start()

    def env(self, offset=None, **more):
        offset = self.offset if offset is None else offset
        env = {k: v for k, v in os.environ.items() if not k.startswith(("YIMEN_", "LC_", "LANG", "FAKETIME"))}
        env |= {
            "LC_ALL": "C.UTF-8", "LANGUAGE": "en", "TZ": "CST-8", "HOME": str(self.dir), "TMPDIR": str(self.tmp()),
            "YIMEN_DATA": str(SOURCE / "data"), "YIMEN_LIBEXEC": str(HELPERS), "YIMEN_LOCALE": str(BUILD / "po"),
            "YIMEN_LOG": str(self.dir / "diagnostics.log"),
            "LD_PRELOAD": str(FAKETIME[0]) if FAKETIME else "", "FAKETIME": f"{offset:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1",
            # The clock's library stands before the sanitizer's. A process that hides its memory cannot look for leaks as a mere user.
            "ASAN_OPTIONS": f"verify_asan_link_order=0:exitcode=99:detect_leaks={int(os.geteuid() == 0)}",
            "LSAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99:print_stacktrace=1",
        }
        for key, value in more.items():
            env[key] = value if key not in ("ASAN_OPTIONS",) else env[key] + ":" + value
        return env

    def tmp(self):
        path = self.dir / "tmp"
        path.mkdir(exist_ok=True)
        return path

    def file(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def run(self, argv, ok=(0,), offset=None, prefix=(), env=None, timeout=240, cwd=None, stdin=None, preexec=None):
        """A finished process. ok: exit statuses that are right, None for any; a sanitizer's words are never right."""
        done = subprocess.run([*map(str, prefix), *map(str, argv)], env=self.env(offset, **(env or {})), capture_output=True, text=True,
                              errors="replace", timeout=timeout, cwd=cwd, input=stdin if stdin is not None else "", check=False,
                              preexec_fn=preexec)  # pylint: disable=subprocess-popen-preexec-fn
        bad = sanitizer_words(done.stderr)
        if bad or (ok is not None and done.returncode not in ok):
            words = " ".join(str(a) for a in argv[-6:])
            raise Failed(f"{words}: status {done.returncode}\n{(done.stderr or done.stdout)[-1800:]}")
        return done

    def central(self, name="central", **options):
        c = Central(self, name, **options)
        self.centrals.append(c)
        return c

    def certificate(self, name="server", days=30, offset=None, ca=None):
        """A CA and a certificate of 127.0.0.1 by openssl, valid from the rig's (or another) day on."""
        folder = self.dir / "tls"
        folder.mkdir(exist_ok=True)
        ca = ca or folder / "ca"
        if not ca.with_suffix(".crt").exists():
            self.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN=test {ca.name}",
                      "-days", "3650", "-keyout", f"{ca}.key", "-out", f"{ca}.crt"], offset=self.offset - 400 * 86400)
        mine = folder / name
        ext = self.file("tls/ext", "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout",
                  f"{mine}.key", "-out", f"{mine}.csr"])
        self.run(["openssl", "x509", "-req", "-in", f"{mine}.csr", "-CA", f"{ca}.crt", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", str(days),
                  "-extfile", ext, "-out", f"{mine}.crt"], offset=offset)
        return ca.with_suffix(".crt"), mine.with_suffix(".crt"), mine.with_suffix(".key")


class Central:
    def __init__(self, rig, name, tls=False, pack=PACK, registers=SOURCE / "data" / "registers"):
        self.rig, self.dir, self.registers, self.process = rig, rig.dir / name, registers, None
        self.tls = rig.certificate(name) if tls else None
        self.port = free_port() if tls else None
        self.socket = None if tls else rig.dir / f"{name}.sock"
        self.password_file = rig.file(f"{name}.password", "the central's own word\n")
        self.log = rig.dir / f"{name}.log"
        self.run("init")
        self.add_pack(pack)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}" if self.tls else "http://localhost"

    def run(self, *args, **kw):
        return self.rig.run([CENTRAL, args[0], "--dir", self.dir, "--password-file", self.password_file, *args[1:]], **kw)

    def add_pack(self, pack):
        return self.run("add-pack", pack)

    def add_desk(self, desk, name, division, window=None, profile="production"):
        window = window or desk[12:14]
        out = self.run("add-desk", "--desk", desk, "--station", desk[:12], "--name", name, "--division", division, "--window", window,
                       "--profile", profile).stdout
        return out.split()[-1]

    def add_account(self, desk, account, name, officer=True, posts="accept,issue"):
        self.run("add-account", "--desk", desk, "--account", account, *(["--officer"] if officer else []), "--posts", posts, stdin=name + "\n")

    def serve_args(self):
        args = ["--registers", self.registers]
        if self.tls:
            return [*args, "--listen", f"127.0.0.1:{self.port}", "--cert", self.tls[1], "--key", self.tls[2]]
        return [*args, "--socket", self.socket]

    def start(self, offset=None):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [CENTRAL, "serve", "--dir", self.dir, "--password-file", self.password_file, *self.serve_args()],
                env=self.rig.env(offset), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        _running.append(self.process)
        for _ in range(600):
            if self.process.poll() is not None:
                raise Failed(f"the central ended with {self.process.returncode}: {self.log.read_text(errors='replace')[-800:]}")
            if self.answers():
                return self
            time.sleep(0.05)
        raise Failed("the central does not answer")

    def answers(self):
        try:
            if self.tls:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            else:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(str(self.socket))
            return True
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process:
            _running.remove(self.process)
        self.process = None
        bad = sanitizer_words(self.log.read_text(errors="replace")) if self.log.exists() else []
        if bad:
            self.log.write_text("")
            raise Failed("the central: " + bad[0])

    def review(self, case_no, result="approved", reason="", by="sunli"):
        return self.run("review", case_no, result, *([reason] if reason else []), "--by", by)

    def sql(self, text, *args):
        with contextlib.closing(sqlite3.connect(f"file:{self.dir / 'central.db'}?mode=ro", uri=True, timeout=20)) as db:
            return db.execute(text, args).fetchall()

    def events(self, desk):
        """(seq, hash) of every event the central holds of a desk."""
        return [(seq, bytes(h) if not isinstance(h, str) else bytes.fromhex(h))
                for seq, h in self.sql("SELECT seq, hash FROM event WHERE desk = ? ORDER BY seq", desk)]


class Desk:
    def __init__(self, rig, central, desk, name="红旗街派出所", division="220104", account="wangmin", officer="王敏", folder=None, url=None, profile="production"):
        self.rig, self.central, self.code, self.account = rig, central, desk, account
        self.dir = rig.dir / (folder or f"desk-{desk[-4:]}")
        self.password_file = rig.file(f"{self.dir.name}.password", PASSWORD + "\n")
        self.papers = self.dir / "papers"
        once = central.add_desk(desk, name, division, profile=profile)
        central.add_account(desk, account, officer)
        where = [f"url={url or central.url}"]
        if central.tls:
            where.append(f"ca={central.tls[0]}")
        else:
            where.append(f"socket={central.socket}")
        self.once = once
        self.run("desk", "init", *where, f"code={once}")

    def argv(self, *args):
        return [YIMEN, "--dir", self.dir, "--account", self.account, "--password-file", self.password_file, *args]

    def run(self, *args, **kw):
        return self.rig.run(self.argv(*args), **kw)

    def visit_file(self, visit):
        self.rig.n += 1
        return self.rig.file(f"visit-{self.rig.n}.json", json.dumps(visit, ensure_ascii=False))

    def visit(self, visit, **kw):
        """Takes a visit through; the report. Failed when the command did not succeed."""
        done = self.run("visit", "run", self.visit_file(visit), **kw)
        return json.loads(done.stdout)

    def try_visit(self, visit, **kw):
        done = self.run("visit", "run", self.visit_file(visit), ok=None, **kw)
        return done, json.loads(done.stdout) if done.stdout.strip().startswith("{") else None

    def status(self):
        return json.loads(self.run("status", "--json").stdout)

    def cases(self, text=None):
        keys = ("no", "item", "name", "state", "exit", "due", "holder")
        out = self.run("case", "list", *([text] if text else [])).stdout
        return [dict(zip(keys, line.split("\t"))) for line in out.splitlines()]

    def sync(self, **kw):
        return self.run("sync", **kw)

    def settle(self, until=None, seconds=60):
        """Sync until both ends rest: nothing to send, nothing new in the feed twice in a row, and until() where it is given."""
        end, last, now = time.time() + seconds, None, None
        while time.time() < end:
            self.sync()
            now, folded = self.status(), self.sql("SELECT count(*) FROM view_feed")
            if folded == last and now["sync"]["pending"] == 0 and (until is None or until()):
                return now
            last = folded
            time.sleep(0.1)
        raise Failed(f"{self.code} does not settle: {json.dumps(now, ensure_ascii=False)}")

    def verify(self):
        return self.run("audit", "verify").stdout

    def sql(self, text, *args):
        with contextlib.closing(sqlite3.connect(f"file:{self.dir / 'desk.db'}?mode=ro", uri=True, timeout=20)) as db:
            return db.execute(text, args).fetchall()

    def events(self):
        return [Event(seq, header, h) for seq, header, h in self.sql("SELECT seq, header, hash FROM event ORDER BY seq")]

    def views(self):
        """Every view as rows; sealed columns have a nonce of their own, so only their presence counts, and whoever looks signs in."""
        tables = [t for (t,) in self.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'view_%' ORDER BY name")]
        rows = {t: self.sql(f"SELECT * FROM {t}" if t != "view_account" else "SELECT account, officer, posts, active FROM view_account")
                for t in tables}
        return {t: sorted((tuple("sealed" if isinstance(v, bytes) else v for v in row) for row in of), key=repr) for t, of in rows.items()}

    def rebuild_faults(self):
        before = self.views()
        self.run("store", "rebuild")
        after = self.views()
        return [f"{t} differs after the rebuild: {sorted(set(map(repr, before[t])) ^ set(map(repr, after[t])))[:4]}"
                for t in before if before[t] != after.get(t)] + ([] if before.keys() == after.keys() else ["other tables"])

    def whole(self):
        """Faults of a store that should be sound: chain, rebuild, integrity."""
        faults = []
        if "is whole" not in self.verify():
            faults.append("the chain is not whole")
        if self.sql("PRAGMA integrity_check") != [("ok",)]:
            faults.append("integrity_check")
        return faults + self.rebuild_faults()


class Event:
    """The header in clear, read from the words of yimen-sync(7), EVENT."""

    def __init__(self, seq, header, digest):
        self.row, self.hash, self._b, self._at = seq, bytes(digest), bytes(header), 0
        if self._take(1) != b"\x01":
            raise Failed("an event of another version")
        self.desk, self.epoch, self.seq = self._str(), self._take(1).decode(), self._i64()
        (self.id, self.kind, self.visit, self.case, self.item, self.pack, self.account) = (self._str() for _ in range(7))
        self.wall, self.mono, self.offset = self._i64(), self._i64(), self._i64()
        self.boot = self._str()
        n = self._take(1)[0]
        self.attrs = {self._str(): self._str() for _ in range(n)}
        self.suite, self.body = self._take(1)[0], self._take(32)
        if self._at != len(self._b):
            raise Failed("an event's header is longer than the manual says")

    def _take(self, n):
        piece = self._b[self._at:self._at + n]
        if len(piece) != n:
            raise Failed("an event's header is shorter than the manual says")
        self._at += n
        return piece

    def _str(self):
        return self._take(int.from_bytes(self._take(2), "big")).decode()

    def _i64(self):
        return int.from_bytes(self._take(8), "big", signed=True)


def with_(visit, **changes):
    """A copy of a visit file with other entries; None removes one."""
    visit = copy.deepcopy(visit)
    for key, value in changes.items():
        if value is None:
            visit.pop(key, None)
        else:
            visit[key] = value
    return visit


def exits(report):
    return {c["item"]: c["exit"] for c in report["cases"]}


def number_of(report, item):
    return next(c["case_no"] for c in report["cases"] if c["item"] == item)


def pdf_faults(path, wanted, forbidden=()):
    """What a paper does not say, or says and must not, and pages that are blank when one looks at them."""
    if not path.exists():
        return [f"{path.name} is not there"]
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    plain = "".join(text.split())
    faults = [f"{path.name} does not say {w}" for w in wanted if "".join(w.split()) not in plain]
    faults += [f"{path.name} says {w}" for w in forbidden if "".join(w.split()) in plain]
    pages = subprocess.run(["pdftoppm", "-gray", "-r", "40", str(path)], capture_output=True, check=True).stdout
    return faults + [f"{path.name}: page {i + 1} {why}" for i, why in enumerate(page_faults(pages)) if why]


def page_faults(pgm):
    """For each page of a PGM stream: why it looks wrong, or nothing."""
    at, out = 0, []
    while at < len(pgm):
        fields = []
        while len(fields) < 4:
            end = min(i for i in (pgm.find(b"\n", at), pgm.find(b" ", at)) if i >= 0)
            fields.append(pgm[at:end])
            at = end + 1
        if fields[0] != b"P5":
            return out + ["is no picture"]
        n = int(fields[1]) * int(fields[2])
        page, at = pgm[at:at + n], at + n
        dark = sum(1 for b in page if b < 160)
        out.append("is blank" if dark < n // 1000 else "is almost black" if dark > n // 3 else "")
    return out or ["is not there"]


def tls_context(ca):
    return ssl.create_default_context(cafile=str(ca))
