#!/usr/bin/env python3
# SPDX-License-Identifier: MulanPSL-2.0
# An officer's token beside the password: a real PKCS#11 module (SoftHSM, RSA and EC), a real reader service with a virtual
# reader; a wrong PIN, a token that is not there, a module that is none, and the lock when the card is drawn.
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import time

import rig
from rig import Desk, Rig, points, story, tap, with_

rig.skip_all("tokens")
MODULES = [p for p in (pathlib.Path("/usr/lib/softhsm/libsofthsm2.so"), *pathlib.Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")) if p.exists()]
PIN = "246810"
town = Rig("token")
visit = with_(story("certificate"), papers="noted")
if not (rig.HELPERS / "yimen-token").exists() or not MODULES or not shutil.which("pkcs11-tool"):
    tap.skip("tokens", "no p11-kit at build time, or no softhsm2 and opensc here")
    tap.end()


def token(label, kind, identity):
    """A token with one key; its environment."""
    folder = town.dir / f"token-{label}"
    folder.mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}\n", encoding="utf-8")
    env = {"SOFTHSM2_CONF": str(folder / "conf")}
    full = os.environ | env
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN],
                   env=full, check=True, capture_output=True, timeout=60)
    subprocess.run(["pkcs11-tool", "--module", MODULES[0], "--login", "--pin", PIN, "--keypairgen", "--key-type", kind, "--id", identity,
                    "--label", "sign-in", *(["--usage-derive"] if kind.startswith("EC") else ["--usage-decrypt"])],
                   env=full, check=True, capture_output=True, timeout=120)
    return env


pin_file, wrong_pin = town.file("pin", PIN + "\n"), town.file("wrong-pin", "999999\n")
central = town.central().start()
desk = Desk(town, central, "22019999000003")


def with_token(env, pin, *args, **kw):
    os.environ.update(env)
    return town.run([rig.YIMEN, "--dir", desk.dir, "--account", desk.account, "--pin-file", pin, *args], **kw)


def refused(done, sentence):
    faults = [] if done.returncode == 1 else [f"status {done.returncode}"]
    return faults + ([] if sentence in done.stderr else [f"does not say “{sentence}” but {done.stderr.strip().splitlines()[-2:]}"])


for label, kind in (("rsa", "rsa:2048"), ("ec", "EC:prime256v1")):
    with points(f"a token with an {label.upper()} key opens the desk; a visit is decided with it") as faults:
        env = token(label, kind, "01")
        os.environ.update(env)
        desk.run("account", "token", desk.account, f"module={MODULES[0]}", f"pin-file={pin_file}")
        before = len(desk.cases())
        with_token(env, pin_file, "visit", "run", desk.visit_file(visit))
        if len(desk.cases()) != before + 1:
            faults.append("no case was made")

with points("on the screen: F2 turns to the PIN, and the lock asks for it again") as faults:
    keys = town.file("token.keys", f"wait:Account text:{desk.account} Down F2 wait:PIN text:999999 Enter wait:\"Wrong PIN\" "
                                   f"text:{PIN} Enter wait:\"Nobody is\" Ctrl+L wait:Locked wait:PIN text:{PIN} Enter wait:\"Nobody is\"\n")
    town.run([rig.YIMEN, "--dir", desk.dir, "--keys", keys, "--size", "80x24"], env=env)

with points("a wrong PIN is a sentence and opens nothing") as faults:
    faults += refused(with_token(env, wrong_pin, "case", "list", ok=None), "Wrong PIN")

with points("a token that is not there, and one that is another's") as faults:
    empty = town.dir / "token-none"
    empty.mkdir()
    (empty / "conf").write_text(f"directories.tokendir = {empty}\n", encoding="utf-8")
    faults += refused(with_token({"SOFTHSM2_CONF": str(empty / "conf")}, pin_file, "case", "list", ok=None), "The token is not plugged in")
    other = token("other", "EC:prime256v1", "01")
    faults += refused(with_token(other, pin_file, "case", "list", ok=None), "The token is not plugged in")

with points("a module that is none, an account without a token; the password still opens") as faults:
    done = desk.run("account", "token", desk.account, "module=/etc/hostname", f"pin-file={pin_file}", ok=None)
    faults += refused(done, "module cannot be used")
    desk.run("case", "list")
    os.environ.update(env)
    with_token(env, pin_file, "case", "list")

with points("neither the PIN nor the key of the slot stands on disk or in a log") as faults:
    for path in town.dir.rglob("*"):
        if path.is_file() and path.parent == desk.dir and PIN.encode() in path.read_bytes():
            faults.append(f"{path.name} holds the PIN")
    if "is whole" not in desk.verify():
        faults.append("the chain is broken")


class Card:
    """A virtual card: vpcd's protocol, two bytes of length, then a command or an APDU."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", 35963), timeout=20)

    def serve(self, seconds):
        end = time.monotonic() + seconds
        self.socket.settimeout(1)
        try:
            while time.monotonic() < end:
                head = self.socket.recv(2)
                if len(head) < 2:
                    return
                body = self.socket.recv(struct.unpack(">H", head)[0])
                if body == b"\x04":
                    self.say(b"\x3b\x80\x80\x01\x01")
                elif len(body) > 1:
                    self.say(b"\x6a\x82")
        except TimeoutError:
            pass

    def say(self, data):
        self.socket.sendall(struct.pack(">H", len(data)) + data)


def reader_service():
    """pcscd of our own, when none runs and we may; None otherwise."""
    if not shutil.which("pcscd") or os.geteuid() or pathlib.Path("/run/pcscd/pcscd.comm").exists():
        return None
    service = subprocess.Popen(["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # pylint: disable=consider-using-with
    end = time.time() + 20
    while time.time() < end:
        if pathlib.Path("/run/pcscd/pcscd.comm").exists():
            try:
                socket.create_connection(("127.0.0.1", 35963), timeout=1).close()
                return service
            except OSError:
                pass
        time.sleep(0.2)
    service.kill()
    return None


service = reader_service()
if not service:
    tap.skip("a card that is drawn is told at once", "no pcscd with a virtual reader (pcscd, vsmartcard-vpcd, root)")
else:
    with points("a card that comes and is drawn is told at once") as faults:
        time.sleep(1)
        watch = subprocess.Popen([rig.HELPERS / "yimen-token", "--watch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # pylint: disable=consider-using-with
        card = Card()
        card.serve(4)
        card.socket.close()
        time.sleep(2)
        watch.kill()
        said = watch.communicate(timeout=10)[0]
        if [m for m in said.replace(b"\0\0\0\0", b"").decode("ascii")] != ["i", "o"]:
            faults.append(f"told {said!r}")
    service.kill()
    service.wait()
    for leftover in ("/run/pcscd/pcscd.comm", "/run/pcscd/pcscd.pid"):
        pathlib.Path(leftover).unlink(missing_ok=True)

tap.end()
