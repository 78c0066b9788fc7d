"""Rows of training exits: capturing what they learn from, and learning, beside PyTorch in float32."""

import json
import shutil

from child import Failure, run_once
from rows import Row
from setting import alternate

DEPTH = 12
# Of few texts a fair part is held out.
HELD_OUT_ONE_IN = "6"


def ours(setting, threads, *words):
    """What `cleave train --json` says; the work directory stays, the model that it makes does not."""
    out = setting.scratch / "trained"
    try:
        output, _, _ = run_once([
            setting.cleave, "train", setting.inputs.artifact("q4_1"), "--at", str(DEPTH),
            "--work", str(work(setting)), "-o", str(out), "--threads", str(threads), "--json",
            "--patience", "0", "--quiet", *words])
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return json.loads(output)


def work(setting):
    return setting.scratch / "training"


def peer(setting, threads, command, *words):
    output, _, _ = run_once([
        *setting.torch, command, setting.inputs.artifact("f32"), *words, "--threads", str(threads)])
    return json.loads(output)


def captured(setting, threads, files):
    """A store of these files' texts, and what ours says of its capture."""
    shutil.rmtree(work(setting), ignore_errors=True)
    data = [word for file in files for word in ("--data", str(file))]
    result = ours(
        setting, threads, *data, "--held-out-one-in", HELD_OUT_ONE_IN, "--body", "norm", "--steps",
        "1", "--evaluations", "1")
    return work(setting) / "capture", result["capture"]


def capture_rows(setting, threads, pairs):
    """Ours is from the first batch to the store on the disk; the peer's its passes and their writing."""
    row = Row(f"capture, states of depth {DEPTH}", "tok/s")
    texts = setting.scratch / "texts"
    store, _ = captured(setting, threads, [setting.text])
    shutil.rmtree(texts, ignore_errors=True)
    store.rename(texts)
    sides = [
        ("ours", lambda: captured(setting, threads, [setting.text])[1]),
        ("peer", lambda: peer(
            setting, threads, "capture", str(texts), str(setting.scratch / "captured.bin"),
            "--depth", str(DEPTH))),
    ]
    for results in alternate(sides, pairs):
        for side, result in results.items():
            getattr(row, side).append(result["tokens"] / result["seconds"])
    if results["ours"]["tokens"] != results["peer"]["tokens"]:
        raise Failure(f"capture: other tokens: {results}")
    setting.notes.append(
        f"capture: of {results['peer']['tokens']} positions {results['peer']['same_answers']:.1%} "
        f"have the same answer, states are {results['peer']['distance']:.2%} apart")
    return [row]


def store_of(setting, threads):
    """What both learn from: the store given, or one of the documents, captured once."""
    if setting.store:
        return setting.store
    kept = setting.scratch / "documents"
    if not kept.exists():
        store, _ = captured(setting, threads, setting.documents)
        store.rename(kept)
    return kept


def training_rows(setting, body, threads, steps, pairs):
    """Both take the same steps, from the same start, on the same batches."""
    label = f"train {body}, depth {DEPTH}"
    rate = Row(label, "tok/s")
    agreement = Row(f"{label}, held-out agreement", "%")
    memory = Row(f"{label}, peak memory", "MB", more=False, digits=0)
    store, every = str(store_of(setting, threads)), max(1, steps // 3)
    # As `cleave train` chooses them: after each third, and at the end.
    evaluated = [step for step in range(1, steps + 1)
                 if step % every == 0 and steps - step >= every // 2 or step == steps]

    def our_run():
        shutil.rmtree(work(setting), ignore_errors=True)
        result = ours(
            setting, threads, "--capture", store, "--body", body, "--steps", str(steps),
            "--evaluations", str(min(3, steps)))
        return result["steps"] | {
            "peak_bytes": result["peak_bytes"],
            "history": [our_record(record) for record in result["history"]]}

    sides = [("ours", our_run), ("peer", lambda: peer(
        setting, threads, "train", store, "--exit", str(DEPTH), "--body", body, "--steps",
        str(steps), "--evaluate", ",".join(map(str, evaluated))))]
    for results in alternate(sides, pairs):
        check(label, results)
        for side, result in results.items():
            getattr(rate, side).append(result["tokens"] / result["seconds"])
            getattr(agreement, side).append(100 * result["history"][-1]["held_out"][1])
            getattr(memory, side).append(result["peak_bytes"] / 1e6)
    setting.notes += [f"{label}: {line}" for line in progress(results)]
    return [rate, agreement, memory]


def our_record(record):
    [score], [loss] = record["held_out"], record["training_loss"]
    return {"step": record["step"], "held_out": [score["loss"], score["agreement"]],
            "training_loss": loss}


def check(label, results):
    """Both went through the same texts and looked at the same steps."""
    ours, peer = ([r["tokens"], [h["step"] for h in r["history"]]] for r in results.values())
    if ours != peer:
        raise Failure(f"{label}: the sides did other work: {ours}, {peer}")


def progress(results):
    """A line for each evaluation: ours / the peer's."""
    for ours, peer in zip(results["ours"]["history"], results["peer"]["history"]):
        pair = lambda get, form: f"{get(ours):{form}} / {get(peer):{form}}"
        trained = f"training loss {pair(lambda r: r['training_loss'], '.3f')}, " * (ours["step"] > 0)
        yield (f"step {ours['step']}: {trained}"
               f"held-out loss {pair(lambda r: r['held_out'][0], '.3f')}, "
               f"agreement {pair(lambda r: r['held_out'][1], '.1%')}")
