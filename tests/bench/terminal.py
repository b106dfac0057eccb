# SPDX-License-Identifier: MulanPSL-2.0
# A full-screen program on a pseudo-terminal, timed from outside: when its first picture stands, how long a key takes
# until the last byte it draws, what it holds of memory. Never looks inside, so any two programs can be held together.
# Not a terminal emulator: text is found in what was sent, escapes removed.
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time

KEYS = {
    "Enter": "\r", "Tab": "\t", "Esc": "\x1b", "BS": "\x7f", "Up": "\x1bOA", "Down": "\x1bOB", "Right": "\x1bOC",
    "Left": "\x1bOD", "PgUp": "\x1b[5~", "PgDn": "\x1b[6~", "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS",
    "F5": "\x1b[15~", "F6": "\x1b[17~", "F7": "\x1b[18~", "F8": "\x1b[19~", "F9": "\x1b[20~", "F10": "\x1b[21~",
    "F11": "\x1b[23~", "F12": "\x1b[24~", "C-x": "\x18", "C-q": "\x11",
}
# What a real terminal answers when it is asked who it is and where the cursor stands.
ANSWERS = [(re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"), (re.compile(rb"\x1b\[>0?c"), b"\x1b[>41;377;0c"),
           (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R")]
ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78DEHM])|[\x0e\x0f]")


class Died(Exception):
    pass


class Terminal:
    def __init__(self, argv, env=None, columns=80, rows=24, cwd=None):
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        name = os.ttyname(slave)
        full = dict(os.environ, TERM="xterm-256color", COLUMNS=str(columns), LINES=str(rows))
        full.pop("COLUMNS"), full.pop("LINES")
        full.update(env or {})
        # A session of its own; the first terminal it opens becomes its controlling one.
        actions = [(os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2),
                   (os.POSIX_SPAWN_CLOSE, self.master), (os.POSIX_SPAWN_CLOSE, slave)]
        here = os.getcwd()
        if cwd:
            os.chdir(cwd)
        self.began = time.perf_counter()
        self.pid = os.posix_spawnp(argv[0], argv, full, file_actions=actions, setsid=True)
        os.chdir(here)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.poll = select.poll()
        self.poll.register(self.master, select.POLLIN)
        self.name, self.text, self.tail, self.over = argv[0], b"", b"", False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- reading --

    def read(self, seconds):
        """The time at which bytes came, or None after so many seconds of nothing."""
        if self.over or not self.poll.poll(max(0, seconds) * 1000):
            return None
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        now = time.perf_counter()
        if not data:
            self.over = True
            return None
        self.text = (self.text + data)[-400000:]
        asked = self.tail + data
        for question, answer in ANSWERS:
            for found in question.finditer(asked):
                if found.end() > len(self.tail):
                    self.write(answer)
        self.tail = asked[-16:]
        return now

    def settle(self, silence=0.025, limit=5.0):
        """Read until so long a silence: when the last byte came, None when none did."""
        last, end = None, time.perf_counter() + limit
        while time.perf_counter() < end:
            now = self.read(silence)
            if now is None:
                break
            last = now
        return last

    def plain(self):
        return ESCAPES.sub(b"", self.text).decode("utf-8", "replace")

    def wait(self, *words, limit=30.0):
        """Until one of the words was drawn since the last forget()."""
        end = time.perf_counter() + limit
        while True:
            plain = self.plain()
            for word in words:
                if word in plain:
                    return word
            if self.over or time.perf_counter() > end:
                raise Died(f"{os.path.basename(self.name)} never showed {' or '.join(words)}; last: {plain[-600:]!r}")
            self.read(0.05)

    def forget(self):
        self.text = b""

    def ready(self):
        """Milliseconds from start to the last byte of the first picture."""
        now = self.read(20)
        while now is not None:
            last, now = now, self.read(0.12)
        if self.over:
            raise Died(f"{self.name} ended at once: {self.plain()[-600:]!r}")
        return (last - self.began) * 1000

    # -- writing --

    def write(self, data):
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                select.select([], [self.master], [], 0.05)
                self.read(0)

    def press(self, *keys):
        for key in keys:
            self.write(KEYS.get(key, key).encode())

    def key(self, key, silence=0.02, beside=None):
        """Milliseconds from a key to the last byte of what it drew; None when it drew nothing. What beside matches is
        drawn by the program for itself, at any time, and is not waited for."""
        while self.read(0) is not None:
            pass
        self.forget()
        began = time.perf_counter()
        self.write(KEYS.get(key, key).encode())
        drawn, last, end = b"", None, began + 0.5
        while (now := self.read(end - time.perf_counter())) is not None:
            own = beside.sub(b"", self.text) if beside else self.text
            if own != drawn:
                drawn, last, end = own, now, now + silence
        if self.over:
            raise Died(f"{self.name} ended at the key {key!r}")
        return (last - began) * 1000 if last else None

    def flood(self, data):
        """All keys at once, as a scanner gives them; seconds until the last byte of what they drew."""
        began = last = time.perf_counter()
        while data or last is not None:
            if data:
                try:
                    data = data[os.write(self.master, data[:240]):]
                except BlockingIOError:
                    pass
            now = self.read(0 if data else 0.3)
            if now is not None:
                last = now
            elif not data:
                return last - began

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # -- the process --

    def peak_kb(self, pid=None):
        with open(f"/proc/{pid or self.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))

    def cpu_ms(self):
        with open(f"/proc/{self.pid}/schedstat", encoding="ascii") as f:
            return int(f.read().split()[0]) / 1e6

    def idle(self, limit=60.0):
        """Until it has done nothing for a moment."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end:
            before = self.cpu_ms()
            self.settle(0.3, 0.3)
            if self.cpu_ms() - before < 3:
                return

    def close(self):
        if self.pid:
            # Its own session: only what it started itself.
            for sign in (signal.SIGTERM, signal.SIGKILL):
                end = time.perf_counter() + 2
                try:
                    os.kill(self.pid, sign)
                except ProcessLookupError:
                    pass
                while self.pid and time.perf_counter() < end:
                    if os.waitpid(self.pid, os.WNOHANG)[0]:
                        self.pid = 0
                        break
                    if self.read(0.01) is None:
                        time.sleep(0.005)
                if not self.pid:
                    break
            os.close(self.master)
