#!/usr/bin/env python3
"""Kills every stage at random moments, and checks what is left; `make torture` runs it.

usage: torture.py CLEAVE [--kills N] [--stage NAME] [--seed N]

A stage writes a target that is there already (--force) or not, by turns. It is killed (SIGKILL) after a time drawn
at random from what it takes, N times. Then the target must be the old one, byte for byte, or a whole new one; the
same command must succeed; and nothing that was staged may be left beside it.
"""

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[1] / "Tests" / "Golden"
RECIPE = """cleave: 1
source: {{checkpoint: {checkpoint}}}
exits: {{at: [2, 4], body: ["tail:1", "tail:1"], replace: true}}
train: {{prompts: [{{file: train.jsonl, field: question}}], self_generate: 8, steps: 4, held_out_one_in: 4, threads: 1}}
evaluate: {{prompts: [{{file: prompts.jsonl, field: question}}], max_tokens: 4}}
"""


class Stage:
    """A command and the target that it writes."""

    def __init__(self, name, arguments, target, forced=("--force",), statuses=(0,)):
        self.name, self.arguments, self.target = name, arguments, target
        self.forced, self.statuses = forced, statuses


def stages():
    asked = ["--prompts", "prompts.jsonl:question", "--max-tokens", "4"]
    checkpoint = str(GOLDEN / "tiny-tied-bf16-sharded")
    return [
        Stage("import", ["import", checkpoint, "-o", "imported"], "imported"),
        Stage("quantize", ["quantize", "model", "--recipe", "f16", "-o", "quantized"], "quantized"),
        Stage("exits", ["exits", "add", "model", "--at", "2", "-o", "added"], "added"),
        Stage("train", ["train", "model", "--at", "2,4", "--body", "tail:1", "--replace", "--prompts",
                        "train.jsonl:question", "--self-generate", "8", "--held-out-one-in", "4", "--steps", "4",
                        "--threads", "1", "-o", "trained"], "trained"),
        Stage("calibrate", ["calibrate", "exits", *asked, "--risk", "0.3", "--delta", "0.3", "-o", "calibrated"],
              "calibrated", statuses=(0, 1)),
        Stage("partition", ["partition", "exits", "--edge", "edge", "--cloud", "cloud"], "edge"),
        Stage("export", ["export", "gguf", "model", "-o", "model.gguf"], "model.gguf"),
        Stage("export-hf", ["export", "hf", "model", "-o", "model-hf"], "model-hf"),
        Stage("build", ["build", "recipe.yaml", "--cache", "cache", "--output", "built"], "built", forced=()),
    ]


def digest(path):
    """A digest of a file, or of a directory's names and contents; None where nothing is."""
    if not path.exists():
        return None
    sums = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            sums.update(str(file.relative_to(path.parent)).encode() + hashlib.sha256(file.read_bytes()).digest())
    return sums.hexdigest()


class Torture:
    def __init__(self, cleave, work, seed):
        self.cleave, self.work, self.random = cleave, work, random.Random(seed)

    def run(self, arguments, statuses=(0,)):
        done = subprocess.run([self.cleave, *arguments], cwd=self.work, capture_output=True, text=True)
        if done.returncode not in statuses:
            raise SystemExit(f"torture: cleave {' '.join(arguments)}: status {done.returncode}: {done.stderr[-600:]}")

    def prepare(self):
        for name, first in [("train", 0), ("prompts", 24)]:
            lines = [json.dumps({"question": f"What is {n} and {n * 7 % 31}?"}) for n in range(first, first + 24)]
            (self.work / f"{name}.jsonl").write_text("\n".join(lines))
        (self.work / "recipe.yaml").write_text(RECIPE.format(checkpoint=GOLDEN / "families" / "qwen3"))
        self.run(["import", str(GOLDEN / "families" / "qwen3"), "-o", "model"])
        self.run(["exits", "add", "model", "--at", "2,4", "-o", "exits"])

    def remove(self, stage):
        for name in {stage.target, "cloud" if stage.name == "partition" else stage.target, f"{stage.target}.train"}:
            path = self.work / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def staged(self):
        return sorted(str(path.relative_to(self.work)) for path in self.work.rglob("*staging-*"))

    def torture(self, stage, kills):
        """Kills the stage so often; says how many kills came before it ended, and what is wrong."""
        self.remove(stage)
        start = time.monotonic()
        self.run(stage.arguments, stage.statuses)
        takes = time.monotonic() - start
        wrong, killed = [], 0
        target = self.work / stage.target
        for number in range(kills):
            forced = number % 2 == 0 and stage.forced
            if not forced:
                self.remove(stage)
                if stage.name == "build":
                    shutil.rmtree(self.work / "cache", ignore_errors=True)
            before = digest(target)
            arguments = [*stage.arguments, *(stage.forced if forced else ())]
            process = subprocess.Popen([self.cleave, *arguments], cwd=self.work, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, 1.1 * takes))
            process.kill()
            killed += process.wait() < 0
            wrong += self.problems(stage, number, before)
        return killed, wrong

    def problems(self, stage, number, before):
        target, found = self.work / stage.target, []
        after = digest(target)
        if after not in (before, None) and stage.target.find(".") < 0 and stage.name not in ("export-hf", "build"):
            done = subprocess.run([self.cleave, "inspect", str(target)], capture_output=True, text=True)
            if done.returncode != 0:
                found.append(f"{stage.name}, kill {number}: what is there is not whole: {done.stderr.strip()}")
        if before is not None and after is None and stage.name != "build":
            found.append(f"{stage.name}, kill {number}: the old target is gone")
        self.run([*stage.arguments, *stage.forced], stage.statuses)
        if left := self.staged():
            found.append(f"{stage.name}, kill {number}: {left} left behind")
            for name in left:
                path = self.work / name
                shutil.rmtree(path) if path.is_dir() else path.unlink()
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
        torture = Torture(Path(options.cleave).resolve(), Path(folder), options.seed)
        torture.prepare()
        for stage in stages():
            if options.stage in (None, stage.name):
                killed, wrong = torture.torture(stage, options.kills)
                print(f"{stage.name:10} {options.kills} kills, {killed} before it ended, {len(wrong)} wrong", flush=True)
                print("".join(f"  {message}\n" for message in wrong[:10]), end="", flush=True)
                failed |= bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
