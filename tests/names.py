#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# names.py FOLDER PATTERN [EXCEPT...]: the names of matching files without the last suffix, one a line. Meson asks it,
# so that a new test is only a new file.
import pathlib
import sys

folder, pattern, *excluded = sys.argv[1:]
for path in sorted(pathlib.Path(folder).glob(pattern)):
    if path.name not in excluded:
        print(path.stem)
