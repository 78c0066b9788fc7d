"""Writes directory-tokens.json: tokens that the files beside a tokenizer state, as transformers reads them.

    python tools/golden/directory_tokens.py Tests/Golden

Each case is a set of files beside tiny-llama3-f32/tokenizer.json (320 tokens) or tokenizer/sentencepiece.model,
with the ids of some texts, what they decode to without special tokens, and the named special tokens:

    {"cases": [{"name", "tokenizer", "vocabulary", "files": {name: JSON}, "ids": [[...]], "decoded": [...],
                "named": {...}}], "texts": [...]}

Made with transformers 5.24.
"""

import json
import pathlib
import random
import shutil
import sys
import tempfile

from transformers import AutoTokenizer

TEXTS = [
    "a<|tool|>b<think>c", "x <|tool|> y  <think>\n z", "one<|tool|><|tool|> <think>two", "<|im_end|> it <|im_end|>",
    "athe the_the the", "<|user|>\tq<|user|>", "<img> and < img >", "aTHINKa THINK",
]
NAMES = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
CLASS = {"tokenizer_class": "PreTrainedTokenizerFast"}


def token(content, **flags):
    keys = ["lstrip", "normalized", "rstrip", "single_word", "special"]
    return {"content": content, **{key: flags.get(key, False) for key in keys}}


def typed(content, **flags):
    return {"__type": "AddedToken", **token(content, **flags)}


def cases():
    def settings(**more):
        return {"tokenizer_config.json": {**CLASS, **NAMES, **more}}

    tool, think = token("<|tool|>", special=True), token("<think>")
    yield "nothing", settings()
    yield "decoder", settings(added_tokens_decoder={"320": tool, "321": think})
    yield "decoder-unordered", settings(added_tokens_decoder={"321": think, "320": tool})
    yield "decoder-strips", settings(added_tokens_decoder={
        "320": token("<|tool|>", special=True, lstrip=True), "321": token("<think>", rstrip=True)})
    yield "decoder-both-strips", settings(added_tokens_decoder={
        "320": token("<|tool|>", special=True, rstrip=True), "321": token("<think>", rstrip=True, lstrip=True)})
    yield "decoder-single-word", settings(added_tokens_decoder={
        "320": token("the", single_word=True), "321": token("THINK", single_word=True, special=True)})
    yield "decoder-normalized", settings(added_tokens_decoder={
        "320": token("<|tool|>", normalized=True), "321": token("<think>", normalized=True, special=True)})
    yield "decoder-changes-flags", settings(added_tokens_decoder={
        "2": token("<|im_end|>", special=True, lstrip=True, rstrip=True)})
    yield "decoder-unmarks-special", settings(added_tokens_decoder={"2": token("<|im_end|>", normalized=True)})
    yield "decoder-names-special", settings(
        cls_token="<|tool|>", added_tokens_decoder={"320": token("<|tool|>"), "321": think})
    yield "decoder-hides-other-files", {
        **settings(added_tokens_decoder={"320": tool}), "added_tokens.json": {"<think>": 320},
        "special_tokens_map.json": {"mask_token": "<think>"}}
    yield "added", {**settings(), "added_tokens.json": {"<|tool|>": 320, "<think>": 321}}
    yield "added-and-special", {
        **settings(extra_special_tokens=["<think>"]), "added_tokens.json": {"<think>": 321, "<|tool|>": 320}}
    yield "added-and-map", {
        **settings(), "added_tokens.json": {"<|tool|>": 320, "<think>": 321},
        "special_tokens_map.json": {"additional_special_tokens": ["<|tool|>"], "eos_token": "<|endoftext|>"}}
    yield "additional", settings(additional_special_tokens=["<|tool|>", "<think>"])
    yield "additional-objects", settings(
        additional_special_tokens=[typed("<|tool|>", special=True, rstrip=True), typed("<think>", lstrip=True)])
    yield "extra", settings(extra_special_tokens=["<|tool|>", "<think>"])
    yield "extra-goes-before-additional", settings(
        extra_special_tokens=["<|tool|>"], additional_special_tokens=["<think>"])
    yield "extra-empty", settings(extra_special_tokens=[], additional_special_tokens=["<think>"])
    yield "extra-by-role", settings(extra_special_tokens={"tool_token": "<|tool|>", "think_token": "<think>"})
    yield "extra-twice", settings(extra_special_tokens=["<think>", "<|tool|>", "<think>"])
    yield "roles", settings(sep_token="<|tool|>", mask_token=typed("<think>", lstrip=True, special=True))
    yield "roles-of-its-own", settings(image_token="<img>", think_token="<think>", sep_token="<|tool|>")
    yield "role-of-the-vocabulary", settings(sep_token="the")
    yield "map", {**settings(), "special_tokens_map.json": {
        "sep_token": "<|tool|>", "mask_token": {"content": "<think>", "lstrip": True, "normalized": False,
                                                "rstrip": True, "single_word": False}}}
    yield "map-goes-first", {**settings(eos_token="<|endoftext|>", sep_token="<think>"), "special_tokens_map.json": {
        "eos_token": "<|im_end|>", "sep_token": "<|tool|>"}}
    yield "map-extra", {**settings(extra_special_tokens=["<think>"]), "special_tokens_map.json": {
        "extra_special_tokens": ["<|tool|>", "<think>"]}}
    yield "map-additional", {**settings(), "special_tokens_map.json": {
        "additional_special_tokens": ["<think>", "<|tool|>"]}}
    yield "map-additional-unread", {**settings(extra_special_tokens=["<think>"]), "special_tokens_map.json": {
        "additional_special_tokens": ["<|tool|>"]}}
    yield "flags-that-are-no-tokens", settings(add_bos_token=True, add_eos_token=True, sep_token=None)
    pick = random.Random(7)
    for number in range(12):
        flags = lambda: {key: pick.random() < 0.5 for key in ["lstrip", "rstrip", "normalized", "special", "single_word"]}
        yield f"random-{number}", settings(added_tokens_decoder={
            "2": token("<|im_end|>", **flags()), "320": token("<|tool|>", **flags()),
            "321": token("<think>", **flags()), "322": token("THINK", **flags()),
            "323": token("<|user|>", **flags())})


def sentencepiece_cases(count):
    settings = {"tokenizer_class": "LlamaTokenizer", "legacy": False, "bos_token": "<s>", "eos_token": "</s>",
                "unk_token": "<unk>"}
    tool, think = token("<|tool|>", special=True), token("<think>")
    yield "model-decoder", {"tokenizer_config.json": {
        **settings, "added_tokens_decoder": {
            "0": token("<unk>", special=True), "1": token("<s>", special=True), "2": token("</s>", special=True),
            str(count): tool, str(count + 1): think}}}
    yield "model-added", {"tokenizer_config.json": settings, "added_tokens.json": {
        "<|tool|>": count, "<think>": count + 1}}
    yield "model-extra", {"tokenizer_config.json": {**settings, "additional_special_tokens": ["<|tool|>"]}}


def judged(name, base, vocabulary, files):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        shutil.copy(base, folder / ("tokenizer.model" if base.suffix == ".model" else "tokenizer.json"))
        (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
        for file, content in files.items():
            (folder / file).write_text(json.dumps(content))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        ids = [tokenizer(text, add_special_tokens=False).input_ids for text in TEXTS]
        return {
            "name": name, "tokenizer": f"{base.parent.name}/{base.name}", "vocabulary": vocabulary, "files": files,
            "ids": ids, "decoded": [tokenizer.decode(line, skip_special_tokens=True) for line in ids],
            "named": {key: str(value) for key, value in tokenizer.special_tokens_map.items()}}


def main():
    golden = pathlib.Path(sys.argv[1])
    base = golden / "tiny-llama3-f32" / "tokenizer.json"
    found = [judged(name, base, 336, files) for name, files in cases()]
    model = golden / "tokenizer" / "sentencepiece.model"
    count = len(AutoTokenizer.from_pretrained(temporary_model(model)))
    found += [judged(name, model, count + 16, files) for name, files in sentencepiece_cases(count)]
    text = json.dumps({"texts": TEXTS, "cases": found}, indent=1, ensure_ascii=False)
    (golden / "directory-tokens.json").write_text(text + "\n")


def temporary_model(model):
    folder = pathlib.Path(tempfile.mkdtemp())
    shutil.copy(model, folder / "tokenizer.model")
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "LlamaTokenizer"}))
    return folder


main()
