# SPDX-License-Identifier: MulanPSL-2.0
# Other systems beside which a drain is held, when they can be had: PouchDB and PostgreSQL. Nothing of ours.
import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

import desks

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def pouchdb():
    """A folder in which node finds PouchDB; None when it cannot be had. Kept beside the desks."""
    folder = desks.DESKS.parent / "pouchdb"
    try:
        folder.mkdir(exist_ok=True)
        if not (folder / "node_modules" / "pouchdb").exists():
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "pouchdb@9"], cwd=folder, check=True, timeout=240,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["node", HERE / "pouch.js", "10", "100"], cwd=folder, check=True, timeout=60, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        yield None
        return
    yield folder


@contextlib.contextmanager
def postgres():
    """A function that copies n documents of so many bytes into a server of its own and tells the milliseconds; None without one."""
    bins = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    as_user = []
    try:
        pwd.getpwnam("postgres")
        as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    except KeyError:
        bins = bins if os.getuid() else []
    if not bins:
        yield None
        return
    bin_ = bins[-1].parent
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yimen-pg-"))
    if as_user:
        shutil.chown(folder, "postgres")

    def server(*argv):
        subprocess.run([*as_user, *map(str, argv)], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    psql = [*as_user, bin_ / "psql", "-X", "-q", "-h", folder, "-d", "postgres"]

    def copy(n, each):
        text = "".join(f"{i}\t{'x' * each}\n" for i in range(n))
        subprocess.run([*psql, "-c", "SET client_min_messages = warning; DROP TABLE IF EXISTS doc; CREATE TABLE doc (id bigint PRIMARY KEY, body text)"], check=True, cwd=folder)
        began = time.perf_counter()
        subprocess.run([*psql, "-c", "COPY doc FROM STDIN"], input=text, text=True, check=True, cwd=folder)
        return (time.perf_counter() - began) * 1000
    try:
        server(bin_ / "initdb", "-D", folder / "data", "-A", "trust", "-N")
        server(bin_ / "pg_ctl", "-D", folder / "data", "-w", "-o", f"-k {folder} -c listen_addresses=''", "-l", folder / "log", "start")
        try:
            yield copy
        finally:
            server(bin_ / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
