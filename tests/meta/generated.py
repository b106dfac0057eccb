#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Documents that carry generated parts are fresh. A part stands between two lines that hold "generated: COMMAND" and
# "end of generated"; the command's program is looked up in the build tree and its output must be the part.
# generated.py --write puts the present output in.
import os
import re
import shlex
import subprocess
import sys

import tap

BEGIN = re.compile(r"generated: (yimen[^\n]*?)\s*(?:-->)?$")
END = "end of generated"
FENCE = "```"


def output(command, language):
    program, *arguments = shlex.split(command)
    for folder in ("ui", "src/cli", "src/helpers", "src/central"):
        path = tap.BUILD / folder / program
        if path.exists():
            env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE=language)
            done = subprocess.run([str(path), *arguments], capture_output=True, text=True, env=env, timeout=60)
            return done.stdout.splitlines() if done.returncode == 0 else None
    return None


def main():
    for path in tap.files("*.md", "man/*"):
        lines, out, i = tap.read(path).splitlines(), [], 0
        while i < len(lines):
            out.append(lines[i])
            begin = BEGIN.search(lines[i])
            i += 1
            if not begin:
                continue
            fenced = lines[i] == FENCE
            i += fenced
            part = []
            while i < len(lines) and END not in lines[i]:
                part.append(lines[i])
                i += 1
            if fenced:
                part.pop()
            now = output(begin.group(1), "zh_CN" if ".zh_CN." in path.name else "en")
            faults = [f"{begin.group(1)} failed"] if now is None else [] if now == part else [
                "run YIMEN_BUILD=build/test python3 tests/meta/generated.py --write"]
            tap.point(f"{path} holds what \"{begin.group(1)}\" prints", faults)
            out += [FENCE] * fenced + (part if now is None else now) + [FENCE] * fenced
        if "--write" in sys.argv and out != lines:
            (tap.SOURCE / path).write_text("\n".join(out) + "\n", encoding="utf-8")
    tap.end()


main()
