"""A model that nobody has, for `cleave plan`: the manifest of a model with exits, in the dimensions of a larger one.

    python3 tools/bench/hypothetical.py MODEL-WITH-EXITS OUTPUT [--size 8b] TRACE...

OUTPUT gets a manifest with the same exits at the same shares of the depth, and files of the right sizes that hold
nothing (they take no room on the disk). Beside it the traces are written again for it. A plan of such a model says
what exits would save that agreed as often as those of MODEL do; nothing of it was measured.
"""
import argparse
import hashlib
import json
import os
import pathlib

# hidden, intermediate, queries, keys and values, vocabulary, blocks, heads, heads of keys, head dimension
SIZES = {"1b": (2048, 8192, 2048, 512, 128256, 16, 32, 8, 64),
         "3b": (3072, 8192, 3072, 1024, 128256, 28, 24, 8, 128),
         "8b": (4096, 14336, 4096, 1024, 128256, 32, 32, 8, 128)}
BLOCK_BYTES = {"F32": (4, 1), "F16": (2, 1), "BF16": (2, 1), "Q4_0": (18, 32), "Q4_1": (20, 32), "Q8_0": (34, 32),
               "Q4_K": (144, 256), "Q6_K": (210, 256)}


def size_of(tensors):
    total = 0
    for tensor in tensors:
        count = 1
        for length in tensor["shape"]:
            count *= length
        size, elements = BLOCK_BYTES[tensor["type"]]
        total += count // elements * size
    return total


def widened(tensors, lengths):
    return [{**tensor, "shape": [lengths.get(length, length) for length in tensor["shape"]]} for tensor in tensors]


def depth_of(depth, old, new):
    return max(1, round(depth * new / old))


def files_of(manifest, lengths, blocks, depths):
    """The files of the larger model: its blocks are like the first, its exits as they are but at other depths."""
    found = []
    for record in manifest["files"]:
        path, tensors = record["path"], widened(record.get("tensors", []), lengths)
        if path.startswith("weights/block-"):
            if not path.endswith("-0000.safetensors"):
                continue
            for block in range(blocks):
                found.append((f"weights/block-{block:04}.safetensors",
                              [{**t, "name": t["name"].replace("blocks.0.", f"blocks.{block}.")} for t in tensors]))
            continue
        for old, new in depths.items():
            if path == f"exits/exit-{old:04}.safetensors":
                path = f"exits/exit-{new:04}.safetensors"
                tensors = [{**t, "name": t["name"].replace(f"exits.{old}.", f"exits.{new}.")} for t in tensors]
                break
        if path not in ("calibration.json", "training-data.json"):
            found.append((path, tensors or record["bytes"]))
    return found


def model_id(manifest):
    """As specs/artifact.md defines it."""
    text = json.dumps(manifest["configuration"], separators=(",", ":")) + "\n"
    for record in sorted(manifest["files"], key=lambda record: record["path"].encode()):
        if not record["path"].startswith("exits/") and record["path"] != "tokenizer.bin":
            text += f"{record['path']} {record['sha256']}\n"
    return hashlib.sha256(text.encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("output")
    parser.add_argument("traces", nargs="+")
    parser.add_argument("--size", choices=SIZES, default="8b")
    options = parser.parse_args()
    manifest = json.loads(pathlib.Path(options.model, "manifest.json").read_text())
    old = manifest["configuration"]
    hidden, inner, queries, keys, vocabulary, blocks, heads, kv_heads, dimension = SIZES[options.size]
    lengths = {old["hidden_size"]: hidden, old["intermediate_size"]: inner,
               old["head_count"] * old["head_dimension"]: queries,
               old["kv_head_count"] * old["head_dimension"]: keys, old["vocabulary_size"]: vocabulary}
    depths = {exit["depth"]: depth_of(exit["depth"], old["block_count"], blocks) for exit in manifest["exits"]}
    output = pathlib.Path(options.output)
    records = []
    for path, contents in files_of(manifest, lengths, blocks, depths):
        size = contents if isinstance(contents, int) else size_of(contents)
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        with open(output / path, "wb") as file:
            os.truncate(file.fileno(), size)
        record = {"path": path, "bytes": size, "sha256": hashlib.sha256(path.encode()).hexdigest()}
        if not isinstance(contents, int):
            record["tensors"] = contents
        records.append(record)
    manifest["files"] = sorted(records, key=lambda record: record["path"])
    manifest["configuration"] = {
        **old, "hidden_size": hidden, "block_count": blocks, "head_count": heads, "kv_head_count": kv_heads,
        "head_dimension": dimension, "intermediate_size": inner, "vocabulary_size": vocabulary}
    manifest["blocks"] = {"first": 0, "count": blocks}
    manifest["kv_cache"]["bytes_per_token"] = blocks * 2 * keys * 4
    manifest.pop("calibration", None)
    for exit in manifest["exits"]:
        exit["depth"] = depths[exit["depth"]]
        exit["calibrated"] = False
        tail = exit["body"].get("blocks", 0)
        for holder, name in [(exit, "copies"), (exit.get("feedback", {}), "depth")]:
            if name in holder:
                holder[name] = min(blocks - tail, depth_of(holder[name], old["block_count"], blocks))
    manifest["model_id"] = model_id(manifest)
    (output / "manifest.json").write_text(json.dumps(manifest))
    digests = {record["path"]: record["sha256"] for record in records}
    for path in options.traces:
        trace = json.loads(pathlib.Path(path).read_text())
        trace["model_id"] = manifest["model_id"]
        for exit in trace["exits"]:
            exit["depth"] = depths[exit["depth"]]
            exit["sha256"] = digests[f"exits/exit-{exit['depth']:04}.safetensors"]
        output.with_suffix("." + pathlib.Path(path).name).write_text(json.dumps(trace))
        print(output.with_suffix("." + pathlib.Path(path).name))


main()
