#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# The stories of the window by keys against the real practice program: each script runs headless, its screens and papers are
# looked at, the officer's keys are counted against their budget, the log is verified. Invariant: what the citizen's hands do costs the officer nothing.
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "meta"))
import tap  # noqa: E402  pylint: disable=wrong-import-position

YIMEN = tap.BUILD / "src" / "cli" / "yimen"
ENV = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="zh_CN")
counts = {}


def keys_of(script):
    """The officer's keys between '# count' and '# end', without what lies in sections of the hands."""
    total, counting, hands = 0, False, False
    for line in script.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            word = line[1:].strip()
            counting = word == "count" or (counting and word != "end")
            hands = word == "hands" or (hands and word not in ("count", "officer", "end"))
            continue
        if not counting or hands:
            continue
        for token in re.findall(r'(?:[^\s"]|"[^"]*")+', line):
            if token.startswith("text:"):
                total += len(token[5:].replace('"', ""))
            elif not token.startswith(("wait:", "mark:", "sleep:")):
                times = re.fullmatch(r".+\*(\d+)", token)
                total += int(times[1]) if times else 1
    return total


def start(desk, script, size="80x24", out=subprocess.PIPE):
    return subprocess.Popen([YIMEN, "practice", "--dir", desk, "--keys", script, "--size", size], env=ENV, text=True,
                            stdout=out, stderr=out, start_new_session=True)


def run(desk, script, size="80x24"):
    process = start(desk, script, size)
    try:
        out, err = process.communicate(timeout=150)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += "it did not end in 150 s"
    parts = re.split(r"^== (\S+) ==\n", out, flags=re.M)
    return process.returncode, dict(zip(parts[1::2], parts[2::2])), err


def audit(desk):
    done = subprocess.run([YIMEN, "audit", "verify", "--dir", desk], env=ENV, capture_output=True, text=True, timeout=120, check=False)
    return [] if done.returncode == 0 else [f"audit verify: {done.returncode} {done.stdout} {done.stderr}"]


def papers(desk, wanted):
    faults = []
    for ending, words in wanted.items():
        found = sorted(pathlib.Path(desk).glob(f"papers/*-{ending}.pdf"))
        if not found:
            faults.append(f"no paper {ending}: {sorted(p.name for p in pathlib.Path(desk).glob('papers/*'))}")
            continue
        text = subprocess.run(["pdftotext", found[0], "-"], capture_output=True, text=True, timeout=60, check=True).stdout
        text = re.sub(r"\s", "", text)
        faults += [f"{ending} does not say {w}" for w in words if w not in text]
    return faults


def story(name, title, marks, wanted, size="80x24"):
    script = HERE / "stories" / f"{name}.keys"
    with tempfile.TemporaryDirectory(prefix="yimen-story-") as desk:
        began = time.monotonic()
        status, shown, err = run(desk, script, size)
        faults = [f"status {status}"] + err.splitlines() if status else []
        for mark, words in marks.items():
            faults += [f"{mark} does not show {w}" for w in words if w not in shown.get(mark, "")]
        faults += [f"{mark} does not say that it is practice" for mark, text in shown.items() if "练习" not in text]
        counts[name] = keys_of(script)
        print(f"# {name} at {size}: {counts[name]} keys, {time.monotonic() - began:.1f} s")
        tap.point(f"{title} ({size})", faults)
        tap.point(f"{name} at {size}: the papers say what they must", papers(desk, wanted))
        tap.point(f"{name} at {size}: the log is whole", audit(desk))


def killed():
    """SIGKILL while an officer sits before the checklist; the next start is at the same visit with all that was marked."""
    faults, text = [], (HERE / "stories" / "renew.keys").read_text(encoding="utf-8")
    before = text[:text.index("mark:materials")] + "mark:materials sleep:60000\n"
    with tempfile.TemporaryDirectory(prefix="yimen-story-") as folder:
        script, again, out = (pathlib.Path(folder) / name for name in ("before.keys", "again.keys", "out"))
        script.write_text(before, encoding="utf-8")
        again.write_text("wait:练习 text:practice Enter wait:正在窗口 mark:home Enter wait:材料 mark:visit\n", encoding="utf-8")
        with open(out, "w", encoding="utf-8") as sink:
            process = start(folder + "/desk", script, out=sink)
            patience = time.monotonic() + 60
            while "== materials ==" not in out.read_text(encoding="utf-8") and time.monotonic() < patience and process.poll() is None:
                time.sleep(0.1)
            time.sleep(2.5)  # a draft is at most two seconds old
            process.kill()
            process.wait()
        status, shown, err = run(folder + "/desk", again)
        faults += [f"status {status}"] + err.splitlines() if status else []
        faults += [] if "3材料✓" in shown.get("visit", "") else ["what was marked is not there"] + shown.get("visit", "").splitlines()
        faults += audit(folder + "/desk")
    tap.point("killed before the checklist: the same visit is at the window again, nothing marked is lost", faults)


def budget(title, keys, limit):
    print(f"# {title}: {keys} keys of {limit}")
    tap.point(f"{title}: at most {limit} keys", [] if 0 < keys <= limit else [f"{keys} keys"])


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
if not YIMEN.exists():
    tap.skip("the stories by keys", "yimen is not built")
    tap.end()
story("renew", "one common item from the card to the receipt",
      {"proposal": ["建议 受理"], "decided": ["✓ 受理"], "fee": ["已缴 20 元"], "papers": ["受理通知书"], "done": ["办结 1"]},
      {"acceptance": ["受理", "赵文博"], "application-idcard": ["赵文博"]})
budget("one item", counts["renew"], 60)
story("second", "a second item for the same person",
      {"proposal": ["建议 当场办结", "建议 受理"], "decided": ["✓ 当场办结", "✓ 受理"], "fee": ["已缴 10 元", "已缴 20 元"]},
      {"acceptance": ["受理", "赵文博"]})
budget("a second item more", counts["second"] - counts["renew"], 25)
for SIZE in ("80x24", "120x36"):
    story("newborn", "mother and newborn: three items in one visit",
          {"proposal": ["建议 受理", "建议 当场办结", "建议 容缺受理"], "decided": ["✓ 受理", "✓ 当场办结", "✓ 容缺受理"],
           "fee": ["已缴 120 元"], "papers": ["容缺受理通知书"], "done": ["办结 3", "监护关系材料"]},
          {"acceptance": ["受理", "李晓梅"], "application-exit": ["李晓梅"]}, SIZE)
story("rural", "a rural desk without a network",
      {"materials": ["连不上中心"], "proposal": ["建议 受理", "等核验结果"], "decided": ["✓ 受理", "✓ 当场办结", "连不上中心"],
       "signed": ["已签字", "连不上中心"], "synchronised": ["已同步"]},
      {"household-certificate": ["户籍证明", "孙丽华"], "sign-for": ["孙丽华"], "acceptance": ["受理", "孙丽华"]})
killed()
tap.end()
