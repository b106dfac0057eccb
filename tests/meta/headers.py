#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Every header compiles alone: whoever includes it needs to include nothing before it.
import concurrent.futures
import os
import shlex
import subprocess

import tap


def cflags():
    out = subprocess.run(["pkg-config", "--cflags", "ncursesw", "sqlite3", "jansson", "libudev", "libcrypto", "zlib",
                          "libcurl", "libmicrohttpd", "pangocairo", "vterm"], capture_output=True, text=True)
    return shlex.split(out.stdout)


def main():
    headers = [p for p in tap.files("*.h") if p.parts[0] in ("src", "ui")]
    compiler = shlex.split(os.environ.get("CC", "cc"))
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
             "-include", str(tap.BUILD / "config.h"), "-Isrc", "-Isrc/include", "-I.", "-Iui", "-fsyntax-only", "-x", "c"]
    flags += cflags()

    def compile_one(path):
        # Through standard input, so that "#pragma once in main file" is no warning.
        done = subprocess.run([*compiler, *flags, "-"], input=f'#include "{path}"\n', cwd=tap.SOURCE,
                              capture_output=True, text=True)
        return done.stderr.splitlines()[:4] if done.returncode else []

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, faults in zip(headers, pool.map(compile_one, headers)):
            tap.point(f"{path} compiles alone", faults)
    tap.end()


main()
