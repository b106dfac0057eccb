#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# What a packager gets from "meson install": every installed program, every data file, man page and catalogue of
# messages is there, and an installed program starts without the source tree.
import json
import os
import pathlib
import subprocess
import tempfile

import tap

SKIP = {"meson.build", "README.md"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        done = subprocess.run(["meson", "install", "-C", str(tap.BUILD), "--no-rebuild", "--destdir", folder],
                              capture_output=True, text=True)
        tap.point("meson install succeeds", [] if done.returncode == 0 else done.stderr.splitlines()[-5:])
        names = {p.name: p for p in root.rglob("*") if p.is_file()}
        paths = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
        targets = json.loads(subprocess.run(["meson", "introspect", "--targets", str(tap.BUILD)], capture_output=True,
                                            text=True, check=True).stdout)
        programs = [t["name"] for t in targets if t["type"] == "executable" and t["installed"]]
        tap.point("installed programs are there", [n for n in programs if n not in names])
        shared = {p.removeprefix("usr/share/yimen/") for p in paths if p.startswith("usr/share/yimen/")}
        tables = [p.relative_to("data").as_posix() for p in tap.files()
                  if p.parts[0] == "data" and p.name not in SKIP
                  and (len(p.parts) == 2 or p.parts[1] not in ("udev", "systemd", "completions"))]
        tap.point("every data file is in the data folder", [n for n in tables if n not in shared])
        pages = [p.stem for p in tap.files("man/*.scd")]
        tap.point("every man page is installed", [
            n for n in pages if f"usr/share/man/man{n[-1]}/{n}" not in paths])
        tap.point("messages and licence are installed", [
            n for n in ("usr/share/locale/zh_CN/LC_MESSAGES/yimen.mo", "usr/share/doc/yimen/LICENSE") if n not in paths])
        if "yimen" in programs and "yimen" in names:
            env = {"PATH": "/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8",
                   "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
            done = subprocess.run([str(names["yimen"]), "--version"], capture_output=True, text=True, env=env, cwd="/")
            tap.point("the installed yimen tells its version", [] if done.returncode == 0 and done.stdout.strip() else
                      [f"exit {done.returncode}: {done.stderr.strip()[:200]}"])
    tap.end()


main()
