#!/usr/bin/env python3
"""Takes away what every stage needs, and checks what it says and leaves; `make exhaust` runs it.

usage: exhaust.py CLEAVE [--stage NAME]... [--refusal NAME]... [--verbose]

The disk fills up at different moments, or a quota; files run out, the target is read-only or belongs to somebody else, the source
cannot be read or is on another file system, or is cut short or overwritten while it is used, descriptors run out, files or the
address space are limited, standard output cannot be written. Each time the stage must succeed, or end with a message and a documented
exit status; an older target must stand as it was; nothing that was staged may be left; and where the resource comes back, the same command
must succeed. Needs Linux, and root or user namespaces for the small file systems, which are mounted where nobody else sees them;
btrfs-progs and root for the quota. `--refusal overcommit`, which takes memory away from the whole machine, runs only where it is
named.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from exhaustion import Exhaust, Failure
from refusals import MOUNTING, NAMED_ONLY, NAMES, NOBODY, WRITING, foreign, quota, unreadable
from stages import Registry, prepare, stages

INSIDE = "CLEAVE_EXHAUST_INSIDE"


def enter_namespace():
    """Goes on in a mount namespace of its own, so that nobody else sees what is mounted."""
    if os.environ.get(INSIDE):
        return
    how = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*how, "true"]).returncode != 0:
        raise SystemExit("exhaust: needs root, or a kernel that lets users have mount namespaces")
    os.execvpe(how[0], [*how, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def skipped(refusal, stage):
    """Why a refusal is not tried here; None where it is."""
    if not stage.outputs and refusal in WRITING:
        return "writes nothing here"
    if refusal is quota and (os.geteuid() != 0 or not shutil.which("mkfs.btrfs")):
        return "needs root, and mkfs.btrfs (Debian's package btrfs-progs)"
    if refusal not in (foreign, unreadable):
        return None
    with open("/proc/self/uid_map") as users:
        mapped = sum(int(line.split()[2]) for line in users)
    return None if mapped > NOBODY else "needs root, to become another user"


def chosen(options):
    """The refusals to try, by their names."""
    return {name: refusal for name, refusal in NAMES.items()
            if (name in options.refusal if options.refusal else refusal not in NAMED_ONLY)}


def campaign(exhaust, options, registry):
    failed = False
    for stage in stages(registry):
        if options.stage and stage.name not in options.stage:
            continue
        for name, refusal in chosen(options).items():
            result = skipped(refusal, stage)
            if not result:
                try:
                    refusal(exhaust, stage)
                    result = "well"
                except Failure as failure:
                    result, failed = f"WRONG: {failure}", True
            print(f"{stage.name:10} {name:16} {result}", flush=True)
            exhaust.unmounted()
            exhaust.out.chmod(0o755)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave")
    parser.add_argument("--stage", action="append", help="only this one (again for more)")
    parser.add_argument("--refusal", action="append", choices=NAMES, help="only this one (again for more)")
    parser.add_argument("--seed", type=int, default=26)
    parser.add_argument("--verbose", action="store_true", help="show every message once")
    options = parser.parse_args()
    if any(refusal in MOUNTING for refusal in chosen(options).values()):
        enter_namespace()
    with tempfile.TemporaryDirectory(prefix="cleave-exhaust-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        exhaust = Exhaust(Path(options.cleave).resolve(), work, options.seed, options.verbose)
        prepare(exhaust.cleave, exhaust.sources)
        registry = Registry(work)
        try:
            if registry.address:
                subprocess.run([exhaust.cleave, "push", exhaust.sources / "exits", f"{registry.address}/models/edge:old",
                                "--plain-http", "--quiet"], check=True, stdout=subprocess.DEVNULL)
            failed = campaign(exhaust, options, registry.address)
        finally:
            registry.stop()
            exhaust.unmounted()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
