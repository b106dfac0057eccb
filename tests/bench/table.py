# SPDX-License-Identifier: MulanPSL-2.0
# Rows of the bench: what was measured beside its yardstick, printed as it comes. Ratios are medians of pairs.
import statistics

import desks

PAIRS = 2 if desks.QUICK else 8
rows = []
skipped = []


def pick(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


def pairs(a, b, n=PAIRS):
    """[(a, b), ...]: one of each in turn, so that neither always runs behind the other."""
    taken = []
    for i in range(n):
        first, second = (a, b) if i % 2 == 0 else (b, a)
        x = first()
        y = second()
        taken.append((x, y) if i % 2 == 0 else (y, x))
    return taken


def report(name, what, taken, budget, unit="ms"):
    """A row of ratios. The figures beside are medians."""
    ratios = [x / y for x, y in taken]
    middle = statistics.median(ratios)
    mine, yard = (statistics.median(side) for side in zip(*taken))
    row(name, what, f"{middle:.2f} x", f"{min(ratios):.2f} - {max(ratios):.2f}", f"{mine:.2f} / {yard:.2f} {unit}", len(taken),
        f"<= {budget:g} x", middle <= budget)


def skip(name, what, why):
    skipped.append(name)
    print_row((name, what, "skipped", why, "", "", "", ""))


def row(name, what, value, spread, figures, n, budget, ok):
    rows.append((name, what, value, spread, figures, str(n), budget, "ok" if ok else "MISSED"))
    print_row(rows[-1])


def print_row(cells):
    widths = (7, 56, 11, 17, 24, 6, 11, 0)
    print(" ".join(f"{cell:<{w}}" for cell, w in zip(cells, widths)).rstrip(), flush=True)
