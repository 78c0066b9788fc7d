"""Seeds that are made of checkpoints: whole directories, and what cleave writes about tiny models."""

import json
import subprocess
import tempfile
from pathlib import Path

NAMES = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json",
    "model.safetensors", "model.safetensors.index.json", "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
]


def directories(paths):
    """Each directory as one input: a line `=== NAME` before each file."""
    for path in paths:
        yield "checkpoint-directory", path.name, b"\n".join(
            f"=== {name}\n".encode() + (path / name).read_bytes() for name in NAMES if (path / name).exists())


def written(golden, cleave):
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)

        def run(*arguments, statuses=(0,)):
            done = subprocess.run([cleave, *map(str, arguments)], cwd=work, capture_output=True, text=True)
            if done.returncode not in statuses:
                raise SystemExit(f"cleave {arguments}: {done.stderr}")
            return done.stdout

        prompts = [json.dumps({"question": f"What is {n} and {n * 7 % 31}?"}) for n in range(48)]
        (work / "prompts.jsonl").write_text("\n".join(prompts[:24]))
        (work / "train.jsonl").write_text("\n".join(prompts[24:]))
        asked = ("--prompts", "prompts.jsonl:question", "--max-tokens", 8)
        run("import", golden / "tiny-tied-bf16-sharded", "-o", "tied")
        run("import", golden / "families" / "qwen3", "-o", "model")
        run("import", golden / "families" / "gemma3", "-o", "windows")
        run("exits", "add", "windows", "--at", "2,4", "--body", "tail:1,mlp", "-o", "windows-exits")
        run("exits", "add", "model", "--at", "2,4", "--body", "affine+tail:1,norm", "-o", "added")
        run("train", "model", "--at", "2,4", "--body", "tail:1", "--replace", "--prompts", "train.jsonl:question",
            "--self-generate", 8, "--held-out-one-in", 4, "--steps", 2, "--exit-vocabulary", 64, "-o", "trained")
        run("calibrate", "trained", *asked, "--risk", 0.2, "--delta", 0.2, "-o", "calibrated", statuses=(0, 1))
        for name in ["added", "calibrated"]:
            run("partition", name, "--edge", f"{name}-edge", "--cloud", f"{name}-cloud")
        run("exits", "eval", "trained", *asked, "--record", "trace.json")
        for path in sorted(work.glob("*/manifest.json")):
            yield "manifest", path.parent.name, compact(path)
        for target, pattern in [
            ("calibration-evidence", "calibrated/calibration.json"), ("training-data", "*/training-data.json"),
            ("exit-trace", "trace.json"),
        ]:
            for path in sorted(work.glob(pattern)):
                yield target, path.parent.name, compact(path)
        for path in sorted(work.glob("*/tokenizer.bin")):
            yield "tokenizer-bin", path.parent.name, path.read_bytes()


def compact(path):
    return json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":"))
