"""The stages of the tool on tiny models, for campaigns that kill them or take their resources away."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "Golden"
RECIPE = """cleave: 1
source: {{checkpoint: {checkpoint}}}
exits: {{at: [2, 4], body: ["tail:1", "tail:1"], replace: true}}
train: {{prompts: [{{file: train.jsonl, field: question}}], self_generate: 8, steps: 4, held_out_one_in: 4, threads: 1}}
evaluate: {{prompts: [{{file: prompts.jsonl, field: question}}], max_tokens: 4}}
"""
REGISTRY = """version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: "127.0.0.1:0"}}
"""


class Stage:
    """A command and what it writes. `{out}` in its arguments stands for the directory that is written to, `{in}` for
    the one with the sources."""

    def __init__(self, name, arguments, outputs, sources=(), forced=("--force",), statuses=(0,), repeatable=True):
        self.name, self.arguments, self.outputs, self.sources = name, arguments, outputs, sources
        self.forced, self.statuses, self.repeatable = forced, statuses, repeatable

    def command(self, out="", source="", force=False):
        places = {"out": f"{out}/" if out else "", "in": f"{source}/" if source else ""}
        filled = [re.sub(r"\{(out|in)\}", lambda found: places[found[1]], argument) for argument in self.arguments]
        return [*filled, *(self.forced if force else ())]


def stages(registry=None):
    """All stages; those that push and pull only where there is a registry."""
    asked = ["--prompts", "{in}prompts.jsonl:question", "--max-tokens", "4"]
    work = [
        Stage("import", ["import", "{in}checkpoint", "-o", "{out}imported"], ["imported"], ["checkpoint"]),
        Stage("quantize", ["quantize", "{in}model", "--recipe", "f16", "-o", "{out}quantized"], ["quantized"],
              ["model"]),
        Stage("exits", ["exits", "add", "{in}model", "--at", "2", "-o", "{out}added"], ["added"], ["model"]),
        Stage("train", ["train", "{in}model", "--at", "2,4", "--body", "tail:1", "--replace", "--prompts",
                        "{in}train.jsonl:question", "--self-generate", "8", "--held-out-one-in", "4", "--steps", "4",
                        "--threads", "1", "-o", "{out}trained"], ["trained"], ["model"]),
        Stage("calibrate", ["calibrate", "{in}exits", *asked, "--risk", "0.3", "--delta", "0.3", "-o",
                            "{out}calibrated"], ["calibrated"], ["exits"], statuses=(0, 1)),
        Stage("partition", ["partition", "{in}exits", "--edge", "{out}edge", "--cloud", "{out}cloud"],
              ["edge", "cloud"], ["exits"]),
        Stage("export", ["export", "gguf", "{in}model", "-o", "{out}model.gguf"], ["model.gguf"], ["model"]),
        Stage("export-hf", ["export", "hf", "{in}model", "-o", "{out}model-hf"], ["model-hf"], ["model"]),
        Stage("build", ["build", "{in}recipe.yaml", "--cache", "{out}cache", "--output", "{out}built"], ["built"],
              ["checkpoint"], forced=(), repeatable=False),
    ]
    if registry:
        reference = f"{registry}/models/edge"
        work += [
            Stage("push", ["push", "{in}exits", f"{reference}:new", "--plain-http", "--quiet"], [], ["exits"],
                  forced=()),
            Stage("pull", ["pull", f"{reference}:old", "{out}pulled", "--plain-http", "--quiet"], ["pulled"]),
        ]
    return work


def prepare(cleave, work):
    """Makes the sources of all stages in a directory."""
    for name, first in [("train", 0), ("prompts", 24)]:
        lines = [json.dumps({"question": f"What is {n} and {n * 7 % 31}?"}) for n in range(first, first + 24)]
        (work / f"{name}.jsonl").write_text("\n".join(lines))
    shutil.copytree(GOLDEN / "families" / "qwen3", work / "checkpoint")
    (work / "recipe.yaml").write_text(RECIPE.format(checkpoint="checkpoint"))
    for arguments in [["import", "checkpoint", "-o", "model"], ["exits", "add", "model", "--at", "2,4", "-o", "exits"]]:
        subprocess.run([cleave, *arguments], cwd=work, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


def digest(path):
    """A digest of a file, or of a directory's names and contents; None where nothing is."""
    if not path.exists():
        return None
    sums = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            sums.update(str(file.relative_to(path.parent)).encode() + hashlib.sha256(file.read_bytes()).digest())
    return sums.hexdigest()


def remove(path):
    """Removes a file or a directory, if one is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def staged(directory):
    """What is left in a directory of outputs that were being written."""
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*staging-*"))


class Registry:
    """Debian's docker-registry on a port of this machine, or nothing where it is not installed."""

    def __init__(self, work):
        self.process, self.address = None, None
        program = shutil.which("docker-registry")
        if not program:
            return
        (work / "registry.yml").write_text(REGISTRY.format(storage=work / "registry"))
        log = work / "registry.log"
        with open(log, "w") as output:
            self.process = subprocess.Popen([program, "serve", str(work / "registry.yml")], stdout=output,
                                            stderr=output, env={**os.environ, "OTEL_TRACES_EXPORTER": "none"})
        for _ in range(200):
            if ports := listening_ports(self.process.pid):
                self.address = f"127.0.0.1:{ports[0]}"
                return
            time.sleep(0.05)
        self.stop()
        raise SystemExit(f"docker-registry does not listen: {log.read_text()[-400:]}")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def listening_ports(process):
    """The TCP ports on which a process listens."""
    inodes = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            if found := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(link)):
                inodes.add(found[1])
        except OSError:
            continue
    ports = []
    for table in ["tcp", "tcp6"]:
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                ports.append(int(fields[1].rsplit(":", 1)[1], 16))
    return ports
