"""Rows of what runs once from start to end: opening a model, quantizing one."""

import json
import shutil
from pathlib import Path
from statistics import median

from child import run_once
from rows import Row
from setting import alternate

PROMPT = "The capital of France is"


def opening_rows(setting, model, threads, pairs):
    """Files are in the page cache, processes are new each time."""
    opened = Row("open, ready for the prompt", "ms", more=False)
    first = Row("open, first token out", "ms", more=False)
    tail = ["--prompt", PROMPT, "--threads", str(threads)]

    def seconds(command):
        result = json.loads(run_once(command)[0])
        ready = result["seconds_to_open"]
        # Ours says it stage by stage.
        ready = ready["total"] if isinstance(ready, dict) else ready
        return ready, ready + result["seconds_to_first_token"]

    sides = setting.sides(
        lambda: seconds([
            setting.cleave, "run", setting.inputs.artifact(model), *tail, "--max-tokens", "1",
            "--json"]),
        lambda: seconds([*setting.peer, "open", setting.inputs.gguf(model), *tail]))
    for _, body in sides:
        body()
    for results in alternate(sides, pairs):
        for side, (ready, answered) in results.items():
            getattr(opened, side).append(1e3 * ready)
            getattr(first, side).append(1e3 * answered)
    return [opened, first]


def quantize_rows(setting, recipe, threads, pairs):
    """Both read the F32 model and write the same blocks; what was written is removed each time."""
    label = f"quantize F32 to {recipe.upper()}"
    synced = Row(f"{label}, on the disk", "GB/s", digits=2)
    returned = Row(f"{label}, as it returns", "GB/s", digits=2)
    memory = Row(f"{label}, peak memory", "MB", more=False, digits=0)
    amount = Path(setting.inputs.gguf("f32")).stat().st_size / 1e9
    before = []
    sides = setting.sides(
        lambda: quantize_ours(setting, recipe, threads),
        lambda: quantize_peer(setting, recipe, threads, before))
    for results in alternate(sides, pairs):
        for side, (seconds, until_return, peak) in results.items():
            getattr(synced, side).append(amount / seconds)
            getattr(returned, side).append(amount / until_return)
            getattr(memory, side).append(peak / 1e6)
    if before:
        setting.notes.append(
            f"{label}: {median(before) / 1e6:.0f} MB of the peer's peak were Python's before it began")
    return [synced, returned, memory]


def quantize_ours(setting, recipe, threads):
    """(seconds, seconds until it returned, peak bytes): the whole process, which syncs its files."""
    target = setting.scratch / "artifact"
    _, seconds, peak = run_once([
        setting.cleave, "quantize", setting.inputs.artifact("f32"), "--recipe", recipe,
        # The recipe would give the embedding, which is the head, another type.
        "--tensor", f"embedding={recipe}", "--effort", "plain", "--output", str(target),
        "--threads", str(threads), "--quiet"])
    shutil.rmtree(target)
    return seconds, seconds, peak


def quantize_peer(setting, recipe, threads, before):
    """The same of the call of llama_model_quantize, without Python's start, and of a sync after it."""
    target = setting.scratch / "model.gguf"
    output, _, peak = run_once([
        *setting.peer, "quantize", setting.inputs.gguf("f32"), str(target), recipe,
        "--threads", str(threads)])
    target.unlink()
    result = json.loads(output)
    before.append(result["bytes_before"])
    return result["seconds"], result["seconds_to_return"], peak
