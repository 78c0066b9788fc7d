#!/usr/bin/env python3
"""Kills every stage at random moments, and checks what is left; `make torture` runs it.

usage: kill.py CLEAVE [--kills N] [--stage NAME] [--seed N]

A stage writes a target that is there already (--force) or not, by turns. It is killed (SIGKILL) after a time drawn
at random from what it takes, N times. Then the target must be the old one, byte for byte, or a whole new one; the
same command must succeed; and nothing that was staged may be left beside it.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stages import Registry, digest, prepare, remove, staged, stages

# Outputs that `cleave inspect` does not read.
OTHER_FORMATS = {"export", "export-hf", "build"}


class Torture:
    def __init__(self, cleave, work, seed):
        self.cleave, self.work, self.random = cleave, work, random.Random(seed)

    def run(self, arguments, statuses=(0,)):
        done = subprocess.run([self.cleave, *arguments], cwd=self.work, capture_output=True, text=True)
        if done.returncode not in statuses:
            raise SystemExit(f"torture: cleave {' '.join(arguments)}: status {done.returncode}: {done.stderr[-600:]}")

    def remove(self, stage):
        for name in stage.outputs:
            remove(self.work / name)
            remove(self.work / f"{name}.train")

    def torture(self, stage, kills):
        """Kills the stage so often; says how many kills came before it ended, and what is wrong."""
        self.remove(stage)
        start = time.monotonic()
        self.run(stage.command(), stage.statuses)
        takes = time.monotonic() - start
        wrong, killed = [], 0
        for number in range(kills):
            force = number % 2 == 0 and bool(stage.forced)
            if not force:
                self.remove(stage)
                if stage.name == "build":
                    remove(self.work / "cache")
            before = self.digests(stage)
            process = subprocess.Popen([self.cleave, *stage.command(force=force)], cwd=self.work,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, 1.1 * takes))
            process.kill()
            killed += process.wait() < 0
            wrong += self.problems(stage, number, before)
        return killed, wrong

    def digests(self, stage):
        return [digest(self.work / name) for name in stage.outputs]

    def problems(self, stage, number, before):
        found = []
        for name, old, new in zip(stage.outputs, before, self.digests(stage)):
            if new not in (old, None) and stage.name not in OTHER_FORMATS:
                done = subprocess.run([self.cleave, "inspect", str(self.work / name)], capture_output=True, text=True)
                if done.returncode != 0:
                    found.append(f"{stage.name}, kill {number}: {name} is not whole: {done.stderr.strip()}")
            if old is not None and new is None and stage.name != "build":
                found.append(f"{stage.name}, kill {number}: the old {name} is gone")
        self.run(stage.command(force=True), stage.statuses)
        if left := staged(self.work):
            found.append(f"{stage.name}, kill {number}: {left} left behind")
            for name in left:
                remove(self.work / name)
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cleave")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stage")
    parser.add_argument("--seed", type=int, default=26)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="cleave-torture-") as folder:
        work, cleave = Path(folder), Path(options.cleave).resolve()
        torture = Torture(cleave, work, options.seed)
        prepare(cleave, work)
        registry = Registry(work)
        try:
            if registry.address:
                torture.run(["push", "exits", f"{registry.address}/models/edge:old", "--plain-http"])
            for stage in stages(registry.address):
                if options.stage in (None, stage.name):
                    killed, wrong = torture.torture(stage, options.kills)
                    print(f"{stage.name:10} {options.kills} kills, {killed} before it ended, {len(wrong)} wrong",
                          flush=True)
                    print("".join(f"  {message}\n" for message in wrong[:10]), end="", flush=True)
                    failed |= bool(wrong)
        finally:
            registry.stop()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
