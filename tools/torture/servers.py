"""Servers of the tool under campaigns: what they listen on, and what they hold."""

import json
import os
import subprocess
from pathlib import Path


class Failure(Exception):
    """What a campaign showed to be wrong."""


class Server:
    """A `cleave serve` on a port of this machine."""

    def __init__(self, cleave, work, arguments, port=0, option="--listen", environment=None):
        self.log = open(work / "server.log", "ab")
        self.process = subprocess.Popen(
            [cleave, "serve", *arguments, option, f"127.0.0.1:{port}", "--json", "--log-level", "error"], cwd=work,
            stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **(environment or {})})
        line = self.process.stdout.readline()
        try:
            self.port = port_of(json.loads(line))
        except (ValueError, Failure) as error:
            self.kill()
            raise Failure(f"the server did not start, and said {line!r}: "
                          f"{(work / 'server.log').read_text()[-300:]}") from error

    def figures(self):
        """Resident memory in MB, and open descriptors."""
        if self.process.poll() is not None:
            raise Failure(f"the server ended with status {self.process.returncode}")
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
        return resident, len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def port_of(listening):
    """The port in what a server prints when it listens."""
    for value in listening.values():
        if isinstance(value, int) and value > 1024:
            return value
        if isinstance(value, str) and value.rsplit(":", 1)[-1].isdigit():
            return int(value.rsplit(":", 1)[-1])
    raise Failure(f"no port in {listening}")
