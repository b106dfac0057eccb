#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# Who may include whom: the table below is the architecture. Looks at src/ and ui/; no include cycles anywhere.
import collections
import re

import tap

# Lowest first. A layer may include itself, what is named here, and the public headers of those layers.
LAYERS = {
    "base": [],
    "loop": ["base"],
    "crypt": ["base"],
    "store": ["base", "crypt"],
    "catalog": ["base", "crypt", "store"],
    "cases": ["base", "crypt", "store", "catalog"],
    "paper": ["base", "catalog", "cases"],
    "device": ["base", "loop"],
    "sync": ["base", "loop", "crypt", "store"],
    "central": ["base", "loop", "crypt", "store", "catalog", "cases"],
}
LAYERS["station"] = list(LAYERS)
# Practice opens a whole station and stands at its far ends, so it comes after it; station knows nothing of practice.
LAYERS["practice"] = list(LAYERS)
# Programs of their own: they link what they need. The screens and the subcommands see the public face only.
LAYERS["helpers"] = [*LAYERS]
LAYERS["ui"] = []
LAYERS["cli"] = ["ui"]  # main() starts the screens

# System headers that only some may see, and in how many files at most (0: no limit).
LIBRARIES = [
    (r"sqlite3\.h", ["store"], 0),
    (r"jansson\.h", ["base"], 2),
    (r"libudev\.h", ["device"], 1),
    (r"openssl/", ["crypt"], 0),
    (r"zlib\.h", ["store", "catalog"], 0),
    (r"qrencode\.h", ["paper", "helpers"], 0),
    (r"(n?curses(w/.*)?|term|panel|form|menu)\.h", ["ui"], 0),
    (r"libintl\.h", ["ui", "cli", "helpers"], 0),
    (r"curl/", ["helpers", "sync"], 1),
    (r"microhttpd\.h", ["central", "helpers"], 1),
    (r"libpq-fe\.h", ["central"], 1),
    (r"(pango|cairo|cups|glib|gio|libusb|hidapi|libfprint|winscard|p11-kit)", ["helpers"], 0),
    (r"(pthread|threads)\.h", ["helpers", "central"], 0),
    (r"(sys/socket|sys/un|netdb|netinet/.*)\.h", ["loop", "sync", "central", "practice", "station", "cli", "helpers"], 0),
    (r"(termios|pty|linux/.*|scsi/.*)\.h", ["device", "practice", "ui", "cli", "helpers"], 0),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def layer_of(path):
    parts = path.parts
    if parts[0] == "ui":
        return "ui"
    return "public" if parts[1] == "include" else parts[1]


def owner_of(header, sources):
    """The layer that answers for a public header: named like it, or with a file of its stem."""
    if header.stem in LAYERS:
        return header.stem
    owners = {layer_of(p) for p in sources if p.stem == header.stem and layer_of(p) in LAYERS}
    return owners.pop() if len(owners) == 1 else None


def resolve(path, name, known):
    for folder in (path.parent.as_posix(), "src", "src/include", "ui"):
        candidate = f"{folder}/{name}"
        if candidate in known:
            return known[candidate]
    return None


def find_cycle(graph):
    done, stack = set(), []

    def visit(node):
        if node in stack:
            return stack[stack.index(node):] + [node]
        if node in done:
            return None
        stack.append(node)
        for following in graph[node]:
            cycle = visit(following)
            if cycle:
                return cycle
        stack.pop()
        done.add(node)
        return None

    for node in list(graph):
        cycle = visit(node)
        if cycle:
            return cycle
    return None


def main():
    sources = [p for p in tap.files("*.c", "*.h") if p.parts[0] in ("src", "ui") and len(p.parts) > 1]
    known = {p.as_posix(): p for p in sources}
    graph = collections.defaultdict(list)
    layer_faults = collections.defaultdict(list)
    library_faults, users = [], collections.defaultdict(set)
    for path in sources:
        layer = layer_of(path)
        for bracket, name in INCLUDE.findall(tap.read(path)):
            target = resolve(path, name, known) if bracket == '"' else None
            if target:
                graph[path].append(target)
                theirs = layer_of(target)
                if theirs == "public":
                    theirs = owner_of(target, sources)
                    allowed = theirs is None or layer in ("cli", "ui", "public") or theirs == layer or theirs in LAYERS[layer]
                elif layer == "public":
                    allowed = False
                else:
                    allowed = theirs == layer or theirs in LAYERS.get(layer, [])
                if not allowed:
                    layer_faults[layer].append(f"{path} includes {name} of {theirs}")
                continue
            for i, (pattern, layers, _) in enumerate(LIBRARIES):
                if re.match(pattern, name):
                    users[i].add(path.as_posix())
                    if layer not in layers:
                        library_faults.append(f"{path} includes <{name}>, which is for {', '.join(layers)}")
    unknown = sorted({layer_of(p) for p in sources} - set(LAYERS) - {"public"})
    tap.point("every folder under src is a layer of the table", [f"src/{name}" for name in unknown])
    for layer in [*LAYERS, "public"]:
        tap.point(f"{layer} includes only what it may", layer_faults[layer])
    tap.point("libraries stay in the layers they are for", library_faults)
    tap.point("libraries that have one place have one", [
        f"{LIBRARIES[i][0]} is included by {', '.join(sorted(paths))}"
        for i, paths in users.items() if LIBRARIES[i][2] and len(paths) > LIBRARIES[i][2]])
    cycle = find_cycle(graph)
    tap.point("no include cycle", [" -> ".join(map(str, cycle))] if cycle else [])
    tap.end()


main()
