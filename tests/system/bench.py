#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# The bench still runs: some rows on little data, from making the desks to the summary. Its figures are not looked at.
import os
import subprocess

from rig import tap

done = subprocess.run([tap.SOURCE / "tests" / "bench" / "run", "--quick", "RULES", "c1", "Search", "card"], capture_output=True, text=True,
                      check=False, env={**os.environ, "YIMEN_BUILD": str(tap.BUILD)})
lines = done.stdout.splitlines()
tap.point("the rows of the bench run to their end, whatever the letters' case",
          [f"ended with {done.returncode}: {(done.stderr or done.stdout)[-600:]!r}"] if done.returncode else ())
tap.point("each row says what it measured beside its budget",
          [f"no row {name}" for name in ("rules", "C1", "search", "pack", "card")
           if not any(line.startswith(name + " ") and line.endswith(("ok", "MISSED")) for line in lines)])
tap.point("a line sums up", () if any(line.startswith("summary ") and "not measured: none" in line for line in lines) else lines[-3:])
none = subprocess.run([tap.SOURCE / "tests" / "bench" / "run", "P99"], capture_output=True, text=True, check=False)
tap.point("a row that does not exist is refused with the names of those that do",
          () if none.returncode and "C1" in none.stderr else [none.stderr or none.stdout])
tap.end()
