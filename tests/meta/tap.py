# SPDX-License-Identifier: MulanPSL-2.0
# Test points, the files of the tree and the folders, for the scripts beside it. Not a framework.
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("YIMEN_SOURCE") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("YIMEN_BUILD") or SOURCE / "build" / "test")

_points, _failed = 0, 0


def point(title, faults=()):
    """One test point; each fault is a line that says where and what."""
    global _points, _failed
    _points += 1
    faults = list(faults)
    print(f"{'not ' if faults else ''}ok {_points} - {title}")
    for fault in faults[:40]:
        print(f"# {fault}")
    if len(faults) > 40:
        print(f"# and {len(faults) - 40} more")
    _failed += bool(faults)


def skip(title, reason):
    global _points
    _points += 1
    print(f"ok {_points} - {title} # SKIP {reason}")


def end():
    print(f"1..{_points}")
    sys.exit(1 if _failed or not _points else 0)


def files(*patterns):
    """Files that git tracks or would, by glob of the whole path; without git, all but the build folders."""
    done = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=SOURCE,
                          capture_output=True, text=True)
    if done.returncode == 0:
        names = done.stdout.split("\0")
    else:
        names = [p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*")
                 if p.is_file() and not p.relative_to(SOURCE).parts[0].startswith((".git", "build"))]
    paths = [pathlib.PurePosixPath(n) for n in sorted(set(names)) if n and (SOURCE / n).is_file()]
    return [p for p in paths if not patterns or any(p.match(pattern) for pattern in patterns)]


def read(path):
    return (SOURCE / path).read_text(encoding="utf-8", errors="surrogateescape")
