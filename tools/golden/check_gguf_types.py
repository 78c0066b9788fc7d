"""Has llama.cpp quantize a model to every type it knows, and compares what the two say with each.

    python tools/golden/check_gguf_types.py CLEAVE SOURCE.gguf TEXT DIRECTORY [--windows 4] [--types Q2_K ...] [--exact]

For each type the file DIRECTORY/TYPE.gguf is made by llama.cpp (or by the `gguf` package where llama.cpp
makes no such file of a dense model), imported to DIRECTORY/TYPE, and its perplexity on the first windows
of the text is computed by both, as check_eval.py does. Matrices whose rows are not whole blocks of 256 get
another type from llama.cpp; the table says which types a file holds. Exit code 1 when a perplexity is
more than 0.2 % off. Not run by `make test`.

With `--exact` neither rounds what weights are multiplied with: cleave computes in float32 with a float32
KV cache, and llama.cpp reads the same weights from a file in F32, DIRECTORY/TYPE.f32.gguf, which the `gguf`
package makes and this removes. What differs then is what the two read from the blocks.

`IQ1` and `IQ2` need an importance matrix; one of equal weights is given, which is no good choice, and none
is needed to compare two readers of the same file.

Made with llama-cpp-python 0.3.36, gguf 0.19, numpy.
"""

import argparse
import ctypes
import json
import pathlib
import subprocess
import sys

import gguf
import llama_cpp as llama
import numpy as np

from check_eval import log_softmax, load, windows

LENGTH = 512
LIMIT = 0.002
# llama_ftype by name; those that no `llama_ftype` makes of a dense model are rewritten by the gguf package.
FTYPES = {
    "Q4_0": 2, "Q4_1": 3, "Q5_0": 8, "Q5_1": 9, "Q8_0": 7, "Q2_K": 10, "Q3_K": 12, "Q4_K": 15,
    "Q5_K": 17, "Q6_K": 18, "IQ2_XXS": 19, "IQ2_XS": 20, "IQ3_XXS": 23, "IQ1_S": 24, "IQ4_NL": 25,
    "IQ3_S": 26, "IQ2_S": 28, "IQ4_XS": 30, "IQ1_M": 31, "TQ1_0": 36, "TQ2_0": 37,
}
REWRITTEN = ["MXFP4"]


def matrices(path):
    return [(tensor.name, int(tensor.shape[0]), int(np.prod(tensor.shape[2:])))
            for tensor in gguf.GGUFReader(path).tensors if len(tensor.shape) > 1]


def equal_weights(path):
    """An importance matrix of ones, and what keeps it alive."""
    rows = [(name, np.ones(columns * experts, np.float32))
            for name, columns, experts in matrices(path)]
    array = (llama.llama_model_imatrix_data * (len(rows) + 1))()
    for entry, (name, ones) in zip(array, rows):
        entry.name, entry.size = name.encode(), ones.size
        entry.data = ones.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    return array, rows


def quantize(source, target, ftype):
    settings = llama.llama_model_quantize_default_params()
    settings.nthread, settings.ftype, settings.allow_requantize = 1, ftype, True
    importance, kept = equal_weights(source)
    settings.imatrix = importance
    result = llama.llama_model_quantize(
        str(source).encode(), str(target).encode(), ctypes.byref(settings))
    del kept
    if result != 0:
        raise RuntimeError(f"llama_model_quantize to {target}: {result}")


def rewrite(source, target, name):
    """The source with its matrices in blocks, or floats, that the gguf package makes."""
    kind = gguf.GGMLQuantizationType[name]
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.get_field("general.architecture").contents())
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        sub = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=sub)
    for tensor in reader.tensors:
        values = gguf.dequantize(tensor.data, tensor.tensor_type)
        if len(tensor.shape) > 1:
            blocks = values if name == "F32" else gguf.quantize(values, kind)
            writer.add_tensor(tensor.name, blocks, raw_dtype=kind)
        else:
            writer.add_tensor(tensor.name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def made(source, directory, name):
    path = directory / f"{name}.gguf"
    if not path.exists():
        if name in REWRITTEN:
            rewrite(source, path, name)
        else:
            quantize(source, path, FTYPES[name])
    return path


def theirs(path, text, count):
    model, losses = load(str(path)), []
    for window in windows(model, text, count):
        came = np.array(window[LENGTH // 2 + 1:])
        losses.append(-log_softmax(model, window)[np.arange(LENGTH // 2 - 1), came].mean())
    return float(np.exp(np.mean(losses)))


def ours(options, path):
    artifact = path.with_suffix("")
    subprocess.run([options.cleave, "import", path, "-o", artifact, "--force", "--quiet"],
                   check=True, stdout=subprocess.DEVNULL)
    report = subprocess.run(
        [options.cleave, "eval", artifact, "--data", options.text, "--json", "--quiet",
         "--windows", str(options.windows), "--threads", "1",
         *(["--activations", "float32", "--kv-cache", "f32"] if options.exact else [])],
        check=True, capture_output=True)
    return json.loads(report.stdout)["model"]["perplexity"]["value"]


def types_in(path):
    found = {tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors}
    return " ".join(sorted(found - {"F32"}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["cleave", "source", "text", "directory"]:
        parser.add_argument(name)
    parser.add_argument("--windows", type=int, default=4)
    parser.add_argument("--types", nargs="+", default=[*FTYPES, *REWRITTEN])
    parser.add_argument("--exact", action="store_true")
    options = parser.parse_args()
    directory = pathlib.Path(options.directory)
    directory.mkdir(parents=True, exist_ok=True)
    text = pathlib.Path(options.text).read_bytes()
    passed = True
    for name in options.types:
        path = made(options.source, directory, name)
        mine, judge = ours(options, path), path
        if options.exact:
            judge = directory / f"{name}.f32.gguf"
            rewrite(path, judge, "F32")
        judged = theirs(judge, text, options.windows)
        if options.exact:
            judge.unlink()
        off = mine / judged - 1
        passed = passed and abs(off) <= LIMIT
        print(f"{name:8} cleave {mine:12.4f}  llama.cpp {judged:12.4f}  {100 * off:+.3f} %  "
              f"{'ok' if abs(off) <= LIMIT else 'FAIL'}  ({types_in(path)})", flush=True)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
