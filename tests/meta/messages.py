#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Every message of the sources is translated, and po/ is what po/merge writes.
import subprocess
import sys

import tap

done = subprocess.run([sys.executable, "po/merge", "--check"], cwd=tap.SOURCE, capture_output=True, text=True)
lines = (done.stdout + done.stderr).splitlines()
tap.point("every message has its Chinese", [line for line in lines if line.startswith("untranslated:")])
tap.point("po/ is fresh", [line for line in lines if line.startswith("stale:")])
tap.point("po/merge finds nothing malformed", [line for line in lines if not line.startswith(("untranslated:", "stale:"))])
for language in tap.read("po/LINGUAS").split():
    checked = subprocess.run(["msgfmt", "--check", "--statistics", "-o", "/dev/null", f"po/{language}.po"],
                             cwd=tap.SOURCE, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    faults = checked.stderr.splitlines() if checked.returncode else [
        part for part in checked.stderr.split(",") if "untranslated" in part or "fuzzy" in part]
    tap.point(f"{language}.po is complete and its formats agree", faults)
tap.end()
