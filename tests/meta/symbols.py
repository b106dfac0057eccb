#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Global symbols of the libraries: prefix, home, and no curses in the engine. Reads the built archives with nm.
import re
import subprocess

import tap

CURSES = re.compile(r"^(initscr|newterm|endwin|doupdate|w?getch|w?add_?n?w?str|wnoutrefresh|setupterm|tigetstr|stdscr)$")


def nm(archive, *options):
    out = subprocess.run(["nm", "-A", *options, str(archive)], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        where, _, rest = line.rpartition(": ") if ": " in line else line.rpartition(":")
        match = re.search(r"([A-Za-z]) (\S+)$", rest or line)
        member = re.search(r"([^/:]+)\.c\.o", where or line)
        if match and member:
            # meson flattens a path to src_base_error.c.o or error.c.o: the last word is enough.
            yield member.group(1).split("_._")[-1], match.group(1), match.group(2)


def main():
    archives = sorted([*(tap.BUILD / "src").glob("libym_*.a"), *(tap.BUILD / "ui").glob("lib*.a")])
    if not archives:
        tap.point("the libraries of the build were found", [f"no archive in {tap.BUILD.name}/src"])
        tap.end()
    stems = {}
    for path in tap.files("*.c", "*.h"):
        if path.parts[0] in ("src", "ui"):
            layer = "ui" if path.parts[0] == "ui" else path.parts[1]
            stems.setdefault(layer, set()).add(path.stem.replace("-", "_"))
    headers = "\n".join(tap.read(p) for p in tap.files("*.h") if p.parts[0] in ("src", "ui"))
    declared = set(re.findall(r"\w+", headers))
    prefix, undeclared, strange, drawn = [], [], [], []
    for archive in archives:
        is_ui = archive.parent.name == "ui"
        layer = "ui" if is_ui else archive.stem.replace("libym_", "")
        for member, _, name in nm(archive, "-g", "--defined-only"):
            if name.startswith(("__", "_GLOBAL")) or "." in name:
                continue
            if not name.startswith(("ui_", "w_", "s_") if is_ui else ("ym_",)):
                prefix.append(f"{layer}/{member}.c: {name}")
            if name not in declared:
                undeclared.append(f"{layer}/{member}.c: {name}")
            home = [owner for owner in stems if owner not in ("include", "helpers", "ui", "cli") and any(
                name.startswith(f"ym_{stem}_") for stem in stems[owner] if len(stem) > 3)]
            if home and layer not in home and layer in stems and not is_ui and not name.startswith(f"ym_{layer}_"):
                strange.append(f"{layer}/{member}.c: {name} looks like a symbol of {', '.join(home)}")
        if not is_ui:
            drawn += [f"{layer}/{member}.c: {name}" for member, kind, name in nm(archive, "-u") if CURSES.match(name)]
    tap.point("global symbols begin with ym_, in the screens with ui_, w_ or s_", prefix)
    tap.point("what no header declares is static", undeclared)
    tap.point("no symbol bears the name of another layer's file", strange)
    tap.point("the engine calls no curses", drawn)
    tap.end()


main()
