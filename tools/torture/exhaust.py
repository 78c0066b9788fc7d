#!/usr/bin/env python3
"""Takes away what every stage needs, and checks what it says and leaves; `make exhaust` runs it.

usage: exhaust.py CLEAVE [--stage NAME] [--refusal NAME] [--verbose]

The disk fills up at different moments, files run out, the target is read-only or belongs to somebody else, the source
cannot be read or is on another file system, or is cut short or overwritten while it is used, descriptors run out, files or the
address space are limited, standard output cannot be written. Each time the stage must succeed, or end with a message and a documented
exit status; an older target must stand as it was; nothing that was staged may be left; and where the resource comes back, the same command
must succeed. Needs Linux, and root or user namespaces for the small file systems, which are mounted where nobody else sees them.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stages import Registry, digest, prepare, remove, staged, stages

INSIDE = "CLEAVE_EXHAUST_INSIDE"
NOBODY = 65534
FRACTIONS = [0, 0.2, 0.5, 0.8, 0.95]


class Failure(Exception):
    """What a refusal showed to be wrong."""


class Exhaust:
    """Runs stages whose sources are in one directory and whose outputs go to another, which is a file system of its own."""

    def __init__(self, cleave, work, seed, verbose):
        self.cleave, self.work, self.verbose = cleave, work, verbose
        self.sources, self.out = work / "sources", work / "out"
        self.random, self.said = random.Random(seed), set()
        self.sources.mkdir()
        self.out.mkdir()

    def starts(self, limits):
        """Whether the executable starts at all within limits of the process."""
        return subprocess.run([self.cleave, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: limit_process(limits)).returncode == 0

    def run(self, stage, force=False, source=None, out=None, limits=(), user=None, stdout=subprocess.DEVNULL,
            meanwhile=None):
        """Runs a stage; returns its exit status and what it said."""
        command = [self.cleave, *stage.command(out or self.out, source or self.sources, force)]

        def prepare_process():
            limit_process(limits)
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)

        process = subprocess.Popen(command, cwd=self.work, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                   text=True, preexec_fn=prepare_process)
        if meanwhile:
            meanwhile(process)
        try:
            message = process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise Failure("did not end within a minute") from error
        return process.returncode, message

    def mounted(self, options):
        """Mounts a new, empty file system in place of the outputs' directory."""
        self.unmounted()
        mount("-t", "tmpfs", "-o", options, "cleave-exhaust", self.out)

    def unmounted(self):
        while subprocess.run(["mountpoint", "-q", self.out]).returncode == 0:
            subprocess.run(["umount", self.out], check=True)
        for path in self.out.iterdir():
            remove(path)

    def clear(self, stage):
        for name in [*stage.outputs, *(f"{name}.train" for name in stage.outputs), "cache"]:
            remove(self.out / name)

    def digests(self, stage):
        return [digest(self.out / name) for name in stage.outputs]

    def check(self, stage, status, message, before):
        """Whether a run that was refused something ended as it should."""
        last = message.strip().splitlines()[-1] if message.strip() else ""
        if self.verbose and (status, last) not in self.said:
            self.said.add((status, last))
            print(f"    {status}: {last.replace(str(self.work), '')[:300]}", flush=True)
        if status in stage.statuses:
            return
        if status not in (2, 3, 4):
            raise Failure(f"status {status}: {message[-500:]}")
        if not any(line.startswith("cleave: ") or line.startswith("Error: ") for line in message.splitlines()):
            raise Failure(f"status {status} without a message: {message[-300:]}")
        if self.digests(stage) != before and "is whole; for its report" not in last:
            raise Failure(f"status {status}, and the outputs are not what they were: {last}")
        if left := staged(self.out):
            raise Failure(f"status {status}, {left} left behind: {last}")

    def succeed(self, stage, **options):
        status, message = self.run(stage, **options)
        if status not in stage.statuses:
            raise Failure(f"the same command failed afterwards: status {status}: {message[-500:]}")
        if left := staged(self.out):
            raise Failure(f"{left} left behind after the next run")


def limit_process(limits):
    for name, value in limits:
        resource.setrlimit(name, (value, value))


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def used(directory):
    """The bytes and files that a file system of its own holds."""
    status = os.statvfs(directory)
    return (status.f_blocks - status.f_bfree) * status.f_frsize, status.f_files - status.f_ffree


# Refusals. Each takes what runs stages, and a stage; it raises Failure where something is wrong.

def full(exhaust, stage):
    """The disk is full: at once, or when some of the output is written."""
    fill(exhaust, stage, lambda size, files, fraction: f"size={4096 + int(size * fraction)}", "size=1g")


def inodes(exhaust, stage):
    """The file system has no room for another file."""
    fill(exhaust, stage, lambda size, files, fraction: f"nr_inodes={2 + int(files * fraction)}", "nr_inodes=10000")


def fill(exhaust, stage, small, large):
    exhaust.mounted("size=1g,nr_inodes=10000")
    exhaust.succeed(stage)
    size, files = used(exhaust.out)
    for fraction in FRACTIONS:
        exhaust.mounted(small(size, files, fraction))
        status, message = exhaust.run(stage)
        exhaust.check(stage, status, message, [None] * len(stage.outputs))
        mount("-o", f"remount,{large}", exhaust.out)
        # What is whole may stand although the run failed: only its report could not be written.
        exhaust.succeed(stage, force=any(exhaust.digests(stage)))
        if not stage.forced:
            continue
        # Over an older output, which leaves no room for a second one.
        room = used(exhaust.out)
        mount("-o", f"remount,size=1g,nr_inodes=10000,{small(room[0] + size * fraction, room[1] + files * fraction, 1)}", exhaust.out)
        before = exhaust.digests(stage)
        status, message = exhaust.run(stage, force=True)
        exhaust.check(stage, status, message, before)


def read_only(exhaust, stage):
    """The target's file system is read-only."""
    exhaust.mounted("size=1g")
    mount("-o", "remount,ro", exhaust.out)
    refused(exhaust, stage)
    mount("-o", "remount,rw", exhaust.out)
    exhaust.succeed(stage)


def foreign(exhaust, stage):
    """The target's directory belongs to somebody else."""
    exhaust.unmounted()
    refused(exhaust, stage, user=NOBODY)
    # A build writes its lock beside the recipe.
    for directory in [exhaust.out, exhaust.sources]:
        directory.chmod(0o777)
    exhaust.succeed(stage, user=NOBODY)
    exhaust.unmounted()
    for directory in [exhaust.out, exhaust.sources]:
        directory.chmod(0o755)


def unreadable(exhaust, stage):
    """The source may not be read."""
    exhaust.unmounted()
    exhaust.out.chmod(0o777)
    for name in stage.sources:
        files = [file for file in (exhaust.sources / name).rglob("*") if file.is_file()]
        for file in exhaust.random.sample(files, min(3, len(files))):
            mode = file.stat().st_mode
            file.chmod(0)
            status, message = exhaust.run(stage, user=NOBODY)
            exhaust.check(stage, status, message, [None] * len(stage.outputs))
            file.chmod(mode)
            exhaust.clear(stage)
    exhaust.out.chmod(0o755)


def refused(exhaust, stage, **options):
    status, message = exhaust.run(stage, **options)
    exhaust.check(stage, status, message, [None] * len(stage.outputs))
    if status in stage.statuses:
        raise Failure("it succeeded where it cannot write")


def elsewhere(exhaust, stage):
    """The target is on another file system than the source, where no hard link reaches: the same output comes of it."""
    exhaust.unmounted()
    exhaust.succeed(stage)
    here = exhaust.digests(stage)
    exhaust.mounted("size=1g")
    exhaust.succeed(stage)
    if stage.repeatable and exhaust.digests(stage) != here:
        raise Failure("the outputs are not those of one file system")


def descriptors(exhaust, stage):
    """No more files may be opened."""
    limited(exhaust, stage, resource.RLIMIT_NOFILE, [*range(5, 24), 28, 32, 48])


def file_size(exhaust, stage):
    """No file may be larger (SIGXFSZ)."""
    limited(exhaust, stage, resource.RLIMIT_FSIZE, [0, 100, 1000, 5000, 20000, 100_000])


def memory(exhaust, stage):
    """No more memory may be reserved, as where the kernel does not overcommit."""
    least = smallest(lambda bytes: exhaust.starts([(resource.RLIMIT_AS, bytes)]))

    def is_enough(bytes):
        exhaust.unmounted()
        return exhaust.run(stage, limits=[(resource.RLIMIT_AS, bytes)])[0] in stage.statuses

    enough = smallest(is_enough)
    values = [least + int((enough - least) * part) for part in [0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98]]
    limited(exhaust, stage, resource.RLIMIT_AS, values)


def smallest(is_enough):
    """The smallest number of bytes, to a megabyte, with which something works."""
    low, high = 0, 1 << 35
    while high - low > 1 << 20:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def limited(exhaust, stage, limit, values):
    problems = []
    for value in values:
        exhaust.unmounted()
        status, message = exhaust.run(stage, limits=[(limit, value)])
        try:
            exhaust.check(stage, status, message, [None] * len(stage.outputs))
            exhaust.succeed(stage, force=status in stage.statuses)
        except Failure as failure:
            problems.append(f"{value}: {failure}")
    if problems:
        raise Failure("; ".join(problems[:4]))


def truncated(exhaust, stage):
    """A file of the source is cut short while it is used, again and again at random moments."""
    damaged(exhaust, stage, lambda file: os.truncate(file, exhaust.random.choice([0, file.stat().st_size // 3])))


def overwritten(exhaust, stage):
    """A file of the source is written again while it is used."""
    def overwrite(file):
        with open(file, "r+b") as opened:
            opened.write(bytes(file.stat().st_size))
    damaged(exhaust, stage, overwrite)


def damaged(exhaust, stage, damage):
    # On a file system of their own, outputs share no file with the sources.
    exhaust.mounted("size=1g")
    start = time.monotonic()
    exhaust.succeed(stage)
    takes = time.monotonic() - start
    for name in stage.sources:
        for _ in range(12):
            exhaust.clear(stage)
            copy = exhaust.work / "copy"
            remove(copy)
            shutil.copytree(exhaust.sources, copy)
            largest = max((file for file in (copy / name).rglob("*") if file.is_file()),
                          key=lambda file: file.stat().st_size)

            def meanwhile(process):
                time.sleep(exhaust.random.uniform(0, takes))
                largest.chmod(0o644)
                damage(largest)

            status, message = exhaust.run(stage, source=copy, meanwhile=meanwhile)
            exhaust.check(stage, status, message, [None] * len(stage.outputs))


def standard_output(exhaust, stage):
    """What the stage prints cannot be written."""
    exhaust.unmounted()
    with open("/dev/full", "w") as output:
        status, message = exhaust.run(stage, stdout=output)
    if status not in (*stage.statuses, 3):
        raise Failure(f"status {status}: {message[-500:]}")


REFUSALS = [full, inodes, read_only, foreign, unreadable, elsewhere, descriptors, file_size, memory, truncated,
            overwritten, standard_output]


def enter_namespace():
    """Goes on in a mount namespace of its own, so that nobody else sees what is mounted."""
    if os.environ.get(INSIDE):
        return
    how = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    if subprocess.run([*how, "true"]).returncode != 0:
        raise SystemExit("exhaust: needs root, or a kernel that lets users have mount namespaces")
    os.execvpe(how[0], [*how, sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})


def skipped(refusal):
    """Why a refusal is not tried here; None where it is."""
    if refusal not in (foreign, unreadable):
        return None
    with open("/proc/self/uid_map") as users:
        mapped = sum(int(line.split()[2]) for line in users)
    return None if mapped > NOBODY else "needs root, to become another user"


def campaign(exhaust, options, registry):
    failed = False
    for stage in stages(registry):
        for refusal in REFUSALS:
            name = refusal.__name__.replace("_", "-")
            if options.stage not in (None, stage.name) or options.refusal not in (None, name):
                continue
            result = skipped(refusal)
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
    parser.add_argument("--stage")
    parser.add_argument("--refusal")
    parser.add_argument("--seed", type=int, default=26)
    parser.add_argument("--verbose", action="store_true", help="show every message once")
    options = parser.parse_args()
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
