"""Writes the golden files of the tokenizer tests (Tests/Golden/tokenizer).

Made with tokenizers 0.23.3 and gguf 0.19.0 on Python 3; nothing needs this script to build or test.

    python tools/golden/tokenizer.py OUTPUT_DIRECTORY SMOLLM2_GGUF

Files written:
  corpus.jsonl            one JSON string a line
  NAME.tokenizer.json     gpt2, smollm, llama3, odd: small vocabularies trained on the corpus
  NAME.expected.json      {"ids": one list a line with special tokens added,
                           "decoded": {line: text} where decoding the ids without these does not
                           give the line itself,
                           "skipped": {line: text} where skipping special tokens gives another text}
  smollm2-ids.json        {"ids": ...} likewise under SmolLM2's own vocabulary
  scalars.json            {"letter": [[first, last], ...], "number": ..., "space": ..., "digit": ...,
                          "word": ..., "strip": ...}: \\p{L}, \\p{N}, \\s, the Digits pre-tokenizer, and
                          around added tokens what single_word and lstrip take for words and space
"""

import json
import pathlib
import sys

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from tokenizers import trainers

from tokenizer_corpus import lines

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def train(tokenizer, corpus, size, specials, alphabet=None):
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if alphabet is None else alphabet)
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def gpt2(corpus):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    train(tokenizer, corpus, 2500, ["<|endoftext|>"])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in ("aa", "aaa", "<|im_start")])
    return tokenizer


def smollm(corpus):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return train(tokenizer, corpus, 2500, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])


def llama3(corpus):
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
         pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    train(tokenizer, corpus, 2500, [])
    # Words that no merges lead to: only looking pieces up before merging finds them.
    grown = json.loads(tokenizer.to_str())
    for word in ("Ġfamily", "ĠfamilyĠ", "biblioteca", "Ä°", "ĠÐ¼ÑıÐ³ÐºÐ¸Ñħ", "ĊĊĊ"):
        if word not in grown["model"]["vocab"]:
            grown["model"]["vocab"][word] = len(grown["model"]["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(grown))
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>"])
    tokenizer.add_tokens([
        AddedToken("<mask>", lstrip=True, special=True), AddedToken("[LEFT]", lstrip=True),
        AddedToken("[RIGHT]", rstrip=True, normalized=False),
        AddedToken("[BOTH]", lstrip=True, rstrip=True), AddedToken("word", single_word=True),
        AddedToken("café", single_word=True, normalized=False), AddedToken("\n\n", normalized=False),
        AddedToken("  two"), AddedToken("[SEP]", single_word=True, lstrip=True, rstrip=True)])
    begin = tokenizer.token_to_id("<|begin_of_text|>")
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        processors.TemplateProcessing(
            single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", begin)])])
    return tokenizer


def odd(corpus):
    """What is supported and the others lack: bytes without a token, an unknown token, a space put
    first, runs of digits, tokens after the text, merges as in older files, a model without type."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=False),
         pre_tokenizers.ByteLevel(add_prefix_space=True)])
    english = [line for line in corpus if line.isascii() and "Z" not in line]
    train(tokenizer, english, 400, ["<unk>", "<s>", "</s>"], alphabet=[])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s> </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    older = json.loads(tokenizer.to_str())
    older["model"]["merges"] = [" ".join(pair) for pair in older["model"]["merges"]]
    del older["model"]["type"]
    text = json.dumps(older, ensure_ascii=False, separators=(",", ":"))
    return Tokenizer.from_str(text), text


def smollm2(path):
    """SmolLM2's tokenizer, assembled from the metadata of the GGUF."""
    fields = gguf.GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({token: id for id, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True),
         pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [token for token, type in zip(tokens, types) if type == gguf.TokenType.CONTROL])
    return tokenizer


def expected(tokenizer, corpus):
    result = {"ids": [], "decoded": {}, "skipped": {}}
    for number, line in enumerate(corpus):
        ids = tokenizer.encode(line).ids
        plain = tokenizer.encode(line, add_special_tokens=False).ids
        decoded = tokenizer.decode(plain, skip_special_tokens=False)
        skipped = tokenizer.decode(ids, skip_special_tokens=True)
        result["ids"].append(ids)
        if decoded != line:
            result["decoded"][str(number)] = decoded
        if skipped != decoded:
            result["skipped"][str(number)] = skipped
    return result


def scalar_ranges():
    scalars = [chr(value) for value in range(0x110000) if not 0xD800 <= value < 0xE000]
    text = "".join(scalars)

    def ranges(pre_tokenizer):
        found = []
        for _, (start, end) in pre_tokenizer.pre_tokenize_str(text):
            first, last = ord(scalars[start]), ord(scalars[end - 1])
            if first < 0xD800 <= last:
                raise ValueError("a run across the surrogates")
            found.append([first, last])
        return found

    def matches(regex):
        return ranges(pre_tokenizers.Split(Regex(f"({regex})+"), "removed", invert=True))

    digits = ranges_of_digits(scalars, text)
    return {"letter": matches(r"\p{L}"), "number": matches(r"\p{N}"), "space": matches(r"\s"),
            "digit": digits, "word": word_ranges(scalars, single_word=True),
            "strip": word_ranges(scalars, lstrip=True)}


def word_ranges(scalars, **option):
    """The scalars before an added token that change how it matches."""
    tokenizer = Tokenizer(models.BPE({"x": 0}, []))
    tokenizer.add_tokens([AddedToken("[T]", **option)])
    token = tokenizer.token_to_id("[T]")
    found = []
    for scalar, encoding in zip(scalars, tokenizer.encode_batch([c + "[T]" for c in scalars])):
        if "lstrip" in option:
            changed = encoding.offsets[encoding.ids.index(token)][0] == 0
        else:
            changed = token not in encoding.ids
        if not changed:
            continue
        if found and found[-1][1] == ord(scalar) - 1:
            found[-1][1] += 1
        else:
            found.append([ord(scalar), ord(scalar)])
    return found


def ranges_of_digits(scalars, text):
    """Digits cuts runs of digits from runs of the rest, and the first run (of NUL) is no digits."""
    runs = pre_tokenizers.Digits(individual_digits=False).pre_tokenize_str(text)
    return [[ord(scalars[start]), ord(scalars[end - 1])] for _, (start, end) in runs[1::2]]


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def main():
    output, model = pathlib.Path(sys.argv[1]), sys.argv[2]
    output.mkdir(parents=True, exist_ok=True)
    corpus = lines()
    with open(output / "corpus.jsonl", "w", encoding="utf-8", newline="\n") as file:
        # Not escaped: json-c 0.16 reads escaped scalars from U+1D800 to U+1DFFF, and others whose
        # low 16 bits look like a surrogate, as U+FFFD.
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in corpus)
    for make in (gpt2, smollm, llama3, odd):
        made = make(corpus)
        tokenizer, text = made if isinstance(made, tuple) else (made, made.to_str())
        (output / f"{make.__name__}.tokenizer.json").write_text(text + "\n", "utf-8")
        write(output / f"{make.__name__}.expected.json", expected(tokenizer, corpus))
    write(output / "smollm2-ids.json", {"ids": expected(smollm2(model), corpus)["ids"]})
    write(output / "scalars.json", scalar_ranges())


if __name__ == "__main__":
    main()
