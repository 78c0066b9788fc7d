"""A process that answers one line for each line it is asked."""

import os
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """What stops the bench: in words for whoever runs it."""


class Child:
    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        word, self.bytes = self.read().split()
        if word != "ready":
            raise Failure(f"{name}: expected \"ready\", found {word!r}")
        self.bytes = int(self.bytes)

    def ask(self, request):
        """The words of the answer."""
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # read says so
        return self.read().split()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"{self.name} ended with status {self.process.wait()}")
        return line

    def processor_seconds(self):
        """Of all its threads, so far: what it takes while it is not asked must be nothing."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def run_once(command):
    """Runs a command to its end: (its output, wall seconds, peak resident bytes).

    The peak is at least this process's own: imports of the driver stay few.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failure(f"{command[0]} ended with status {process.returncode}: {' '.join(command)}")
    return output, time.perf_counter() - start, usage.ru_maxrss * 1024
