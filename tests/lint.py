#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# ./run lint: layout, known mistakes in C and shell, syntax of scripts, formats of messages. --fix corrects the layout.
# Not a test: the machine's tool versions decide the details. Each tool prints its own findings.
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent
BUILD = SOURCE / "build" / "test"


def tracked():
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=SOURCE,
                         capture_output=True, text=True, check=True).stdout
    return [n for n in out.split("\0") if n and (SOURCE / n).is_file()]


def run(*args):
    done = subprocess.run(args, cwd=SOURCE, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def first_line(name):
    with open(SOURCE / name, "rb") as f:
        return f.readline().decode("utf-8", "replace")


def layout(names, fix):
    if not shutil.which("clang-format"):
        return "clang-format is not here"
    if fix:
        run("clang-format", "-i", *names)
        return ""
    faults = [n for n in names if run("clang-format", "--dry-run", "-Werror", n)[0]]
    return "\n".join(f"{n}: layout; ./run lint --fix corrects it" for n in faults)


def tidy(names):
    if not shutil.which("clang-tidy"):
        return "clang-tidy is not here"
    commands = BUILD / "compile_commands.json"
    if not commands.exists():
        return "there is no build to look at"
    known = {os.path.realpath(os.path.join(c["directory"], c["file"])) for c in json.loads(commands.read_text())}
    names = [n for n in names if os.path.realpath(SOURCE / n) in known]

    def look(name):
        code, text = run("clang-tidy", "-p", str(BUILD), "--quiet", "--extra-arg=-Wno-unknown-warning-option", name)
        # The path that leads to a finding takes a screen each: for that, run clang-tidy on the one file.
        lines = [line[line.find("src/" if "src/" in name else "ui/"):] for line in text.splitlines()
                 if ": error: " in line or ": warning: " in line]
        return "\n".join(lines or [text]) if code else ""

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return "\n".join(filter(None, pool.map(look, names)))


def shell(names):
    if not shutil.which("shellcheck"):
        return "shellcheck is not here"
    return run("shellcheck", *names)[1].strip()


def python(names):
    faults = []
    for name in names:
        try:
            compile((SOURCE / name).read_text(encoding="utf-8"), name, "exec")
        except SyntaxError as error:
            faults.append(f"{name}:{error.lineno}: {error.msg}")
    return "\n".join(faults)


def messages(names):
    return "\n".join(text for code, text in (run("msgfmt", "--check", "-o", "/dev/null", n) for n in names) if code)


def main():
    fix = "--fix" in sys.argv
    names = tracked()
    sources = [n for n in names if n.endswith(".c")]
    scripts = [n for n in names if "corpus" not in n and "." not in pathlib.Path(n).name or n.endswith((".sh", ".py"))]
    shells = [n for n in scripts if first_line(n).startswith("#!") and "sh" in first_line(n).split("/")[-1]]
    pythons = [n for n in scripts if n.endswith(".py") or "python3" in first_line(n)]
    parts = [
        ("layout", lambda: layout(sources, fix)),
        ("shell", lambda: shell(shells)),
        ("python", lambda: python(pythons)),
        ("messages", lambda: messages([n for n in names if n.startswith("po/") and n.count("/") == 1 and n.endswith(".po")])),
        ("mistakes in C", lambda: tidy([n for n in sources if n.startswith(("src/", "ui/"))])),
    ]
    failed = False
    for title, part in parts:
        text = part()
        failed |= bool(text)
        print(f"{title}: {'see below' if text else 'nothing found'}", flush=True)
        if text:
            print(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
