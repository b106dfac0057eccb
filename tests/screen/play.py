# SPDX-License-Identifier: MulanPSL-2.0
# Key scripts against the real practice program: desks copied from one that is made once, a clock that stands on a known
# day, screens by their marks, keys counted. Not the stories themselves. Invariant: what the citizen's hands do costs the
# officer nothing, and every process that is started here ends here.
import atexit
import contextlib
import datetime
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "meta"))
import tap  # noqa: E402  pylint: disable=wrong-import-position

STORIES = HERE / "stories"
YIMEN = tap.BUILD / "src" / "cli" / "yimen"
FAKETIME = [p for p in (pathlib.Path("/usr/lib") / m / "faketime" / "libfaketime.so.1"
                        for m in ("x86_64-linux-gnu", "aarch64-linux-gnu", "")) if p.exists()]
# A Monday at nine: the children of the stories are twelve days old, the calendars know the year.
MONDAY = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
SIGN_IN = "wait:练习 text:practice Enter wait:没有开班 Enter wait:等候 wait:已同步 mark:home\n"
SIZES = ("80x24", "120x36")
_began = time.time()
_running = []


def _end_all():
    for process in _running:
        if process.poll() is None:
            process.kill()
            process.wait()


atexit.register(_end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def ready(title):
    """Skips the whole script, with its reason, where something is not there."""
    reason = "" if YIMEN.exists() else "yimen is not built"
    for program in ("pdftotext",):
        reason = reason or ("" if shutil.which(program) else f"{program} is not installed")
    reason = reason or ("" if FAKETIME else "libfaketime is not installed (Debian: faketime)")
    if reason:
        tap.skip(title, reason)
        tap.end()


def environment(days=0, language="zh_CN"):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "FAKETIME"))}
    offset = int(MONDAY.timestamp() - _began) + days * 86400
    return env | {
        "LC_ALL": "C.UTF-8", "LANGUAGE": language, "TZ": "CST-8",
        "LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": f"{offset:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1",
        # The clock's library stands before the sanitizer's. A process that hides its memory cannot look for leaks as a mere user.
        "ASAN_OPTIONS": f"verify_asan_link_order=0:detect_leaks={int(os.geteuid() == 0)}",
    }


# -- scripts --

def tokens(text):
    """The script without its comments, token by token."""
    out = []
    for line in text.splitlines():
        if not line.startswith("#"):
            out += re.findall(r'(?:[^\s"]|"[^"]*")+', line)
    return out


def cost(token):
    if token.startswith("text:"):
        return len(token[5:].replace('"', ""))
    if token.startswith(("wait:", "mark:", "sleep:", "hand:", "patience:")):
        return 0
    times = re.fullmatch(r".+\*(\d+)", token)
    return int(times[1]) if times else 1


def counted(text):
    """The part between '# count' and '# end', without the sections of the hands."""
    out, counting, hands = [], False, False
    for line in text.splitlines():
        if line.startswith("#"):
            word = line[1:].strip()
            counting = word == "count" or (counting and word != "end")
            hands = word == "hands" or (hands and word not in ("count", "officer", "end"))
        elif counting and not hands:
            out.append(line)
    return "\n".join(out)


def keys_of(text):
    """The officer's keys from the card read to the papers made."""
    return sum(cost(t) for t in tokens(counted(text)))


# -- desks --

class Desk:
    """A practice folder at one fixed path (its socket's path is part of its enrolment), copied from a template."""

    def __init__(self, name):
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"yimen-{name}-", dir=base))
        self.path = self.root / "desk"
        atexit.register(shutil.rmtree, self.root, ignore_errors=True)

    def keep(self, template):
        """What stands here now can be had again by its name."""
        shutil.rmtree(self.root / template, ignore_errors=True)
        shutil.copytree(self.path, self.root / template, ignore=_no_sockets)

    def again(self, template="fresh"):
        shutil.rmtree(self.path, ignore_errors=True)
        if template == "fresh" and not (self.root / template).exists():
            status, _, err = self.run(SIGN_IN)
            if status:
                raise SystemExit(f"the practice desk cannot be made: {err}")
            self.keep(template)
            return
        shutil.copytree(self.root / template, self.path)

    def start(self, text, size="80x24", out=subprocess.PIPE, **env):
        script = self.root / "script.keys"
        script.write_text(text, encoding="utf-8")
        process = subprocess.Popen([YIMEN, "practice", "--dir", self.path, "--keys", script, "--size", size], env=environment(**env),
                                   text=True, stdout=out, stderr=out, start_new_session=True)
        _running.append(process)
        return process

    def run(self, text, size="80x24", seconds=150, **env):
        """Status, screens by mark, what was said on standard error."""
        process = self.start(text, size, **env)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += f"it did not end in {seconds} s"
        return process.returncode, screens(out), err

    def faults(self, status, err):
        return [f"status {status}"] + err.splitlines() if status else []

    def audit(self):
        done = subprocess.run([YIMEN, "audit", "verify", "--dir", self.path], env=environment(), capture_output=True, text=True,
                              timeout=120, check=False)
        return [] if done.returncode == 0 else [f"audit verify: {done.returncode} {done.stdout} {done.stderr}"]

    def cases(self):
        """item: [(number, state, exit)] as the desk's views have it."""
        found = {}
        with contextlib.closing(sqlite3.connect(f"file:{self.path}/desk.db?mode=ro", uri=True)) as db:
            for item, no, state, exit_ in db.execute("SELECT item, case_no, state, exit FROM view_case ORDER BY id"):
                found.setdefault(item, []).append((no, state, exit_))
        return found

    def papers(self, wanted):
        faults = []
        for ending, words in wanted.items():
            found = sorted(self.path.glob(f"papers/*-{ending}.pdf"))
            if not found:
                faults.append(f"no paper {ending}: {sorted(p.name for p in self.path.glob('papers/*'))}")
                continue
            text = subprocess.run(["pdftotext", found[0], "-"], capture_output=True, text=True, timeout=60, check=True).stdout
            text = re.sub(r"\s", "", text)
            faults += [f"{ending} does not say {w}" for w in words if w not in text]
        return faults


def _no_sockets(folder, names):
    return [n for n in names if not (pathlib.Path(folder) / n).is_file() and not (pathlib.Path(folder) / n).is_dir()]


def screens(out):
    parts = re.split(r"^== (\S+) ==\n", out, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))
