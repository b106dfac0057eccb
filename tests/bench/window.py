# SPDX-License-Identifier: MulanPSL-2.0
# The workstation on a pseudo-terminal at a bench desk: signed in, a person's dialog open, keys timed one by one.
import re
import time

from desks import ACCOUNT, PASSWORD, YIMEN
from terminal import Died, Terminal

ENV = {"LANGUAGE": "en", "LC_ALL": "C.UTF-8"}


def workstation(desk, rows_=24):
    return Terminal([str(YIMEN), "--dir", str(desk)], ENV, rows=rows_)


def sign_in(t):
    """Milliseconds from Enter on the password to the queue."""
    t.ready()
    t.press(ACCOUNT, "Enter")
    t.settle(0.05)
    # One by one, each after the last one's echo: in one piece with Enter it would be a scanner's.
    for key in PASSWORD:
        t.key(key, 0.04)
    t.forget()
    began = time.perf_counter()
    t.press("Enter")
    t.wait("longest")
    last = t.settle(0.03) or time.perf_counter()
    return (last - began) * 1000


def open_visit(t):
    t.press("F2")
    t.settle(0.1)
    t.forget()


def open_person(t):
    """A visit, and the dialog in which a person's document is typed; the caret in the name."""
    sign_in(t)
    open_visit(t)
    t.press("t")
    t.wait("Date of birth", limit=5)
    t.settle(0.1)
    t.press("Tab")
    t.settle(0.1)


# The first row: clock, lamp and count of the sync change there by themselves.
FIRST_ROW = re.compile(rb"\x1b\[1;\d+H.*?(?:\x1b\[(?!1;)\d+;\d+H|\Z)", re.S)


def typed(t, keys, beside=None):
    taken = [ms for ms in (t.key(k, beside=beside) for k in keys) if ms is not None]
    if len(taken) < len(keys) * 0.9:
        raise Died(f"{t.name}: {len(keys) - len(taken)} of {len(keys)} keys drew nothing")
    return taken
