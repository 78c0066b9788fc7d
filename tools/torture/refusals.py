"""What a stage may be refused, one function for each: disk, files, permissions, descriptors, memory.

Each takes what runs stages, and a stage; it raises Failure where something is wrong."""

import os
import resource
import shutil
import time
from pathlib import Path

from exhaustion import Failure, mount, used
from stages import remove

NOBODY = 65534
FRACTIONS = [0, 0.2, 0.5, 0.8, 0.95]


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


def quota(exhaust, stage):
    """A quota is used up: EDQUOT, which may come as late as a file's end."""
    exhaust.mounted_with_quota()
    exhaust.succeed(stage)
    size = sum(512 * file.stat().st_blocks for file in exhaust.out.rglob("*"))
    for fraction in FRACTIONS:
        exhaust.clear(stage)
        # The least of an empty part, by which the quota cannot be met.
        exhaust.limit_quota((64 << 10) + int(size * fraction))
        status, message = exhaust.run(stage)
        exhaust.check(stage, status, message, [None] * len(stage.outputs))
        exhaust.limit_quota(None)
        exhaust.succeed(stage, force=any(exhaust.digests(stage)))


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


def overcommit(exhaust, stage):
    """The kernel promises no memory that it does not have, and has promised nearly all (vm.overcommit_memory=2)."""
    kernel = Path("/proc/sys/vm")
    before = {name: (kernel / name).read_text() for name in ["overcommit_kbytes", "overcommit_ratio", "overcommit_memory"]}
    problems = []
    try:
        for megabytes in [16, 32, 64, 96, 128, 192, 256, 512]:
            exhaust.unmounted()
            (kernel / "overcommit_kbytes").write_text(str(promised() + (megabytes << 10)))
            (kernel / "overcommit_memory").write_text("2")
            try:
                status, message = exhaust.run(stage)
                (kernel / "overcommit_memory").write_text(before["overcommit_memory"])
                # Where the loader got no memory, nothing of ours has run.
                if status != 127:
                    exhaust.check(stage, status, message, [None] * len(stage.outputs))
            except (Failure, OSError) as failure:
                problems.append(f"{megabytes} MB: {failure}")
            finally:
                (kernel / "overcommit_memory").write_text(before["overcommit_memory"])
            exhaust.succeed(stage, force=any(exhaust.digests(stage)))
    finally:
        # The ratio takes the place of the bytes, or the other way round.
        name = "overcommit_ratio" if before["overcommit_kbytes"].strip() == "0" else "overcommit_kbytes"
        (kernel / name).write_text(before[name])
    if problems:
        raise Failure("; ".join(problems[:4]))


def promised():
    """Kilobytes that the kernel has promised to all processes."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("Committed_AS:"):
            return int(line.split()[1])
    raise Failure("/proc/meminfo does not say what is promised")


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


REFUSALS = [full, inodes, quota, read_only, foreign, unreadable, elsewhere, descriptors, file_size, memory, truncated,
            overwritten, standard_output]
MOUNTING = [full, inodes, quota, read_only, elsewhere, truncated, overwritten]
WRITING = [full, inodes, quota, read_only, foreign, elsewhere]
NAMED_ONLY = [overcommit]
NAMES = {refusal.__name__.replace("_", "-"): refusal for refusal in [*REFUSALS, *NAMED_ONLY]}
