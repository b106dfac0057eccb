# SPDX-License-Identifier: MulanPSL-2.0
# The desks that are measured: enrolled at a real central by the real programs, then filled with years of work. They are
# kept in the build folder and made anew when the store, the fold or the generator changes. Every measurement that
# writes works on a copy. Not for secrets: the password is in this file, the people are invented.
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import signal
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("YIMEN_BUILD", SOURCE / "build" / "bench"))
YIMEN = BUILD / "src" / "cli" / "yimen"
CENTRAL = BUILD / "src" / "helpers" / "yimen-central"
TOOLS = BUILD / "tests" / "bench"
# --quick: everything a fiftieth of the size, to see that it runs. Its figures mean nothing.
QUICK = "--quick" in sys.argv
DESKS = BUILD / ("desks-quick" if QUICK else "desks")
SOCKET = f"/tmp/yimen-bench-{os.getuid()}{'-quick' if QUICK else ''}.sock"
ACCOUNT, PASSWORD = "bench", "bench-password"
# ./run sets these; a row can be tried without it.
os.environ.setdefault("YIMEN_DATA", str(SOURCE / "data"))
os.environ.setdefault("YIMEN_LIBEXEC", str(BUILD / "src" / "helpers"))
os.environ.setdefault("YIMEN_LOCALE", str(BUILD / "po"))
# Cases of each; about 5.3 events a case.
SIZES = {"small": 100, "drain": 1876, "backlog": 9000, "big": 100_000}
NAMES = 1_000_000
if QUICK:
    SIZES = {"small": 40, "drain": 40, "backlog": 200, "big": 2000}
    NAMES = 20_000
# Windows of one hall that post at the same time.
HALL = [f"hall{i:02}" for i in range(4 if QUICK else 16)]
HALL_CASES = 30  # not fewer than LIVE_VISITS of fill.c


def tool(name, *args, prefix=(), feed=""):
    done = subprocess.run([*prefix, TOOLS / f"bench-{name}", *map(str, args)], input=feed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"bench-{name} {' '.join(map(str, args))}: {done.stderr.strip()[-400:]}")
    return json.loads(done.stdout)


def decide(desk, *args, prefix=()):
    return tool("decide", desk, *args, prefix=prefix, feed=PASSWORD + "\n")


def stamp():
    h = hashlib.sha256()
    paths = [SOURCE / "src" / "catalog" / "compiled.c", *(SOURCE / "tests" / "bench" / n for n in ("fill.c", "take.c", "desks.py"))]
    for layer in ("crypt", "store", "cases", "central"):
        paths += sorted(p for p in (SOURCE / "src" / layer).rglob("*") if p.suffix in (".c", ".h", ".sql"))
    for path in paths:
        h.update(path.read_bytes())
    return h.hexdigest()


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(word) for word in f.read().split()]


@contextlib.contextmanager
def central(folder, prefix=()):
    """The central, serving at the socket that every desk of the bench knows; under another program when prefix names one."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(SOCKET)
    with subprocess.Popen([*prefix, CENTRAL, "serve", "--dir", folder, "--socket", SOCKET, "--password-file", DESKS / "password",
                           "--registers", SOURCE / "data" / "registers"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            end = time.monotonic() + 20
            while not os.path.exists(SOCKET):
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"yimen-central does not serve: {server.stderr.read().decode()[-300:]}")
                time.sleep(0.02)
            time.sleep(0.1)
            yield server
        finally:
            for pid in children(server.pid) if prefix else [server.pid]:
                os.kill(pid, signal.SIGTERM)
            server.wait(10)


def admin(*args, feed=""):
    done = subprocess.run([CENTRAL, args[0], "--dir", DESKS / "central", "--password-file", DESKS / "password", *map(str, args[1:])],
                          input=feed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"yimen-central {args[0]}: {done.stderr.strip()}")
    return done.stdout.split("\n")[0].strip()


def make():
    """All desks, when they are not there yet."""
    if (DESKS / "stamp").exists() and (DESKS / "stamp").read_text() == stamp():
        return
    if not CENTRAL.exists():
        raise RuntimeError("this build has no yimen-central")
    shutil.rmtree(DESKS, ignore_errors=True)
    DESKS.mkdir(parents=True)
    (DESKS / "password").write_text(PASSWORD + "\n")
    print(f"Making the desks: {SIZES['big']:,} cases take some minutes; they are kept for the next time.", file=sys.stderr)
    admin("init")
    admin("add-pack", BUILD / "data" / "yimen.ympack")
    codes = {}
    for i, name in enumerate([*SIZES, *HALL]):
        desk = f"220199990000{i + 1:02}"
        codes[name] = admin("add-desk", "--desk", desk, "--station", "220199990000", "--name", "红旗街派出所", "--division", "220104",
                            "--window", f"{i + 1:02}")
        admin("add-account", "--desk", desk, "--account", ACCOUNT, "--officer", "--posts", "accept,issue", feed="王测试\n")
    with central(DESKS / "central"):
        for name, code in codes.items():
            subprocess.run([YIMEN, "desk", "init", "url=http://localhost", f"socket={SOCKET}", f"code={code}", "--dir", DESKS / name,
                            "--account", ACCOUNT, "--password-file", DESKS / "password"], check=True, stdout=subprocess.DEVNULL)
    for name, cases in [*SIZES.items(), *((name, HALL_CASES) for name in HALL)]:
        made = tool("fill", DESKS / name, cases, feed=PASSWORD + "\n")
        if name in SIZES:
            print(f"  {name}: {made['cases']} cases, {made['events']} events in {made['seconds']:.0f} s", file=sys.stderr)
    (DESKS / "stamp").write_text(stamp())


@contextlib.contextmanager
def copy(*names):
    """Copies that may be written; "central" is the central as it was before any desk sent anything."""
    with tempfile.TemporaryDirectory(prefix="copy-", dir=DESKS) as folder:
        for name in names:
            subprocess.run(["cp", "-r", "--reflink=auto", DESKS / name, f"{folder}/{name}"], check=True)
        os.sync()  # the copy's own writing must not be measured
        made = [pathlib.Path(folder) / name for name in names]
        yield made if len(made) > 1 else made[0]
