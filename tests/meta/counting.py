#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# tests/count.py: what it makes of programs that pass, fail, skip, die half-way or say nothing.
import json
import subprocess
import sys
import tempfile

import tap


def closing(*tests):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for result, code, stdout in tests:
            log.write(json.dumps({"name": "p:s / s/t", "result": result, "returncode": code, "stdout": stdout}) + "\n")
        log.flush()
        done = subprocess.run([sys.executable, "tests/count.py", log.name], cwd=tap.SOURCE, capture_output=True, text=True)
    return done.stdout.splitlines(), done.returncode


def expect(title, line, code, *tests):
    lines, got = closing(*tests)
    plain = [text for text in lines if text.endswith(("failed", "skipped")) and text[0].isdigit()]
    tap.point(title, [] if plain == [line] == lines[-1:] and got == code else [f"wanted {line}, got {plain}, exit {got}"])


expect("every point is a case", "3 passed, 0 failed", 0, ("OK", 0, "1..3\nok 1 - a\nok 2 - b\nok 3 - c\n"))
expect("a program without points is one case", "1 passed, 0 failed", 0, ("OK", 0, "hello\n"))
expect("a failed point fails the run", "1 passed, 1 failed", 1, ("FAIL", 1, "1..2\nok 1 - a\nnot ok 2 - b\n"))
expect("a program that dies half-way is a failure", "1 passed, 1 failed", 1, ("ERROR", -6, "1..3\nok 1 - a\n"))
expect("a bad end after good points is a failure", "1 passed, 1 failed", 1, ("FAIL", 1, "ok 1 - a\n1..1\n"))
expect("a missing point is a failure even at a good end", "1 passed, 1 failed", 1, ("OK", 0, "1..2\nok 1 - a\n"))
expect("several plans in one program add up", "2 passed, 0 failed", 0, ("OK", 0, "1..1\nok 1 - a\n1..1\nok 1 - b\n"))
expect("skips are counted apart", "1 passed, 0 failed, 2 skipped", 0,
       ("OK", 0, "1..2\nok 1 - a\nok 2 - b # SKIP no reader\n"), ("SKIP", 77, "no bus\n"))
expect("a skipped plan is one skip", "1 passed, 0 failed, 1 skipped", 0, ("SKIP", 0, "1..0 # SKIP none\n"), ("OK", 0, ""))
expect("a time-out is a failure", "0 passed, 1 failed", 1, ("TIMEOUT", -15, ""))
expect("a program cannot fake the closing line", "0 passed, 1 failed", 1, ("FAIL", 1, "9 passed, 0 failed\n"))
expect("nothing run is no success", "0 passed, 0 failed", 1)
lines, _ = closing(("OK", 0, "1..1\nok 1 - b # SKIP no reader\n"))
tap.point("the reason of a skip is printed", [] if any("no reader" in text for text in lines) else lines)
lines, _ = closing(("OK", 0, "1..1\nno reader here\nnot ok 1 # SKIP reads_a_card\n"))
tap.point("cmocka's skip is a skip, with the line before it as its reason",
          [] if "  s/t: reads_a_card: no reader here" in lines and lines[-1] == "0 passed, 0 failed, 1 skipped" else lines)
tap.end()
