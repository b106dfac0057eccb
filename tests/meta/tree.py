#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Rules for every file of the tree: licence lines, opening comments, nothing of the machines and tools it was made
# with, no identity number of a person who could exist. Patterns are spelled so that they do not find themselves.
import datetime
import re
import subprocess

import tap

WORDS = [
    r"[C]laude", r"[A]nthropic", r"[C]hatGPT", r"[O]penAI", r"[C]opilot", r"[G]emini", r"\bA[I]-generated\b",
    r"\b[h]elper session", r"deb\.debian\.[o]rg", r"snapshot\.debian\.[o]rg", r"registry\.npmjs\.[o]rg",
    r"\bp[y]pi\.org", r"pythonhosted\.[o]rg", r"proxy\.golang\.[o]rg",
]
WORDS_IN_DOCS = [r"\b[t]his session\b", r"\b[i]n this conversation\b"]
PATHS = r"(?<![\w.~*}-])/(?:[w]ork|[r]oot|[h]ome)/"
DOCS = ("*.md", "man/*")
SPDX = "SPDX-License-Identifier: MulanPSL-2.0"
NEEDS_SPDX = ("*.c", "*.h", "*.py", "*.sh", "meson.build", "run", "merge")
# Printed in GB 11643-1999 itself.
PUBLISHED = {"11010519491231002X", "440524188001010014"}
ID = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{16}[\dXx])(?![0-9A-Za-z])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_text(path):
    with open(tap.SOURCE / path, "rb") as f:
        return b"\0" not in f.read(8192)


def has_birth_date(number):
    try:
        return 1850 <= datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year <= 2100
    except ValueError:
        return False


def has_check(number):
    rest = sum(int(d) * w for d, w in zip(number, WEIGHTS)) % 11
    return "10X98765432"[rest] == number[17].upper()


def assigned_counties():
    codes = set()
    for path in tap.files("data/tables/*division*", "data/tables/*2260*", "data/tables/*area*"):
        codes |= set(re.findall(r"(?<!\d)(\d{6})(?!\d)", tap.read(path)))
    return {c for c in codes if not c.endswith("00")}


def find(pattern, texts):
    for path, text in texts.items():
        for match in re.finditer(pattern, text):
            yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0)}"


def main():
    paths = [p for p in tap.files() if is_text(p)]
    texts = {p: tap.read(p) for p in paths}
    docs = {p: t for p, t in texts.items() if any(p.match(d) for d in DOCS)}
    licensed = [p for p in paths if any(p.match(n) for n in NEEDS_SPDX) and "corpus" not in p.parts]
    tap.point("sources carry the licence line at their top",
              [str(p) for p in licensed if SPDX not in "\n".join(texts[p].splitlines()[:3])])
    tap.point("C files open with a comment on what they are for", [
        str(p) for p in paths if p.suffix in (".c", ".h") and "corpus" not in p.parts
        and not re.match(r"/\* SPDX[^\n]*\n\s*/\*\s*\S", texts[p])])
    tap.point("no path of the machine it was made on", find(PATHS, texts))
    tap.point("no word of the tools it was made with", [*find("|".join(WORDS), texts), *find("|".join(WORDS_IN_DOCS), docs)])
    numbers = {}
    for path, text in texts.items():
        for match in ID.finditer(text):
            if has_birth_date(match.group(1)):
                numbers.setdefault(match.group(1).upper(), path)
    counties = assigned_counties()
    tap.point("no identity number that may belong to somebody", [
        f"{path}: {number[:6]}..." for number, path in numbers.items()
        if number[:6] in counties and has_check(number) and number not in PUBLISHED])
    # Tests need wrong numbers on purpose; data and documents do not.
    tap.point("identity numbers in data and documents have right check digits", [
        f"{path}: {number[:6]}... should end in {'10X98765432'[sum(int(d) * w for d, w in zip(number, WEIGHTS)) % 11]}"
        for number, path in numbers.items() if path.parts[0] in ("data", "man") and not has_check(number)])
    tap.point("files end with a newline and carry no blanks at line ends", [
        str(p) for p in paths if p.suffix in (".c", ".h", ".py", ".sh", ".build", ".sql")
        and (not texts[p].endswith("\n") or re.search(r"[ \t]+$", texts[p], re.M)) and texts[p]])
    # Two programs of tests had never been built by anybody. Some are built only where their library is.
    built = tap.read(tap.BUILD / "compile_commands.json")
    written = "\n".join(t for p, t in texts.items() if p.name == "meson.build" and p.parts[0] == "tests")
    tap.point("every file of tests is built", [
        str(p) for p in paths if p.parts[0] == "tests" and p.match("test_*.c")
        and str(p) not in built and p.name not in written])
    # An apostrophe in the list of packages has ended every command before.
    help_text = subprocess.run(["sh", str(tap.SOURCE / "run"), "help"], capture_output=True, text=True)
    tap.point("./run can be read by the shell", [] if help_text.stdout.startswith("./run practice") else help_text.stderr.splitlines()[:3])
    tap.point("the list of packages in ./run has no apostrophe", [
        line for line in texts[next(p for p in paths if str(p) == "run")].split("packages='", 1)[1].split("\n'", 1)[0].splitlines()
        if "'" in line or line.count("|") not in (0, 2)])
    tap.end()


main()
