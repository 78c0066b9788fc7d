"""Runs stages of the tool whose outputs go to a file system of their own, and checks how they end."""

import os
import random
import resource
import subprocess

from stages import digest, remove, staged


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

    def mounted_with_quota(self):
        """Mounts a part of a file system with quotas, which has none yet, in place of the outputs' directory."""
        self.unmounted()
        image, whole = self.work / "quota.img", self.work / "quota"
        remove(image)
        with open(image, "wb") as file:
            file.truncate(512 << 20)
        whole.mkdir(exist_ok=True)
        for command in [["mkfs.btrfs", "--quiet", image], ["mount", "-o", "loop", image, whole],
                        ["btrfs", "quota", "enable", whole], ["btrfs", "subvolume", "create", whole / "part"],
                        ["mount", "--bind", whole / "part", self.out]]:
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                raise Failure(f"{command[0]}: {done.stderr.strip()}")

    def limit_quota(self, size):
        """Lets the outputs have so many bytes; any number if None."""
        whole = self.work / "quota"
        subprocess.run(["btrfs", "filesystem", "sync", whole], check=True, stdout=subprocess.DEVNULL)
        # By the whole's path: that of a part that is full may not even change its limit.
        part = subprocess.run(["btrfs", "inspect-internal", "rootid", whole / "part"], check=True, capture_output=True,
                              text=True).stdout.strip()
        subprocess.run(["btrfs", "qgroup", "limit", "none" if size is None else str(size), f"0/{part}", whole], check=True,
                       stdout=subprocess.DEVNULL)

    def unmounted(self):
        for place in [self.out, self.work / "quota"]:
            while subprocess.run(["mountpoint", "-q", place]).returncode == 0:
                subprocess.run(["umount", place], check=True)
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
