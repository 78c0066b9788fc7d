"""Writes goldens of the tokenizer pipelines of further families (Tests/Golden/tokenizer).

    python tools/golden/tokenizer_families.py Tests/Golden/tokenizer

Small vocabularies trained on the corpus of tokenizer_corpus.py, in the pipelines of Llama 2, Mistral,
Gemma, Qwen2, Phi-3, XLM-R, ALBERT, Falcon and a few that are nobody's; NAME.tokenizer.json and NAME.expected.json as
tokenizer.py writes them. The character map of XLM-R and ALBERT is SentencePiece's `nmt_nfkc`. NAMEs behind the directory choose. Made
with tokenizers 0.23.3, sentencepiece 0.2.1; nothing needs this script to build or test.
"""

import io
import json
import pathlib
import sys

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers


BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
         r"\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA_DECODER = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]


def characters(corpus, size, specials, fallback=True, alphabet=200):
    """A vocabulary of characters and its merges, as SentencePiece's BPE has them."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=specials + (BYTES if fallback else []),
        limit_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(merge) for merge in model["merges"]]
    return Tokenizer(models.BPE(
        vocab=model["vocab"], merges=merges, unk_token="<unk>", fuse_unk=True,
        byte_fallback=fallback))


def around(tokenizer, begin):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A", special_tokens=[(begin, tokenizer.token_to_id(begin))])


def llama2(corpus):
    tokenizer = characters(corpus, 1200, ["<unk>", "<s>", "</s>"])
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER + [decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(
        [AddedToken(text, normalized=False) for text in ("<unk>", "<s>", "</s>")])
    around(tokenizer, "<s>")
    return tokenizer


def phi3(corpus):
    tokenizer = llama2(corpus)
    tokenizer.add_special_tokens([
        AddedToken("<|endoftext|>", normalized=False),
        AddedToken("<|im_start|>", normalized=False, rstrip=True),
        AddedToken("<|im_end|>", normalized=False, rstrip=True)])
    # As Llama's own files have it: matched in normalized text.
    tokenizer.add_tokens([AddedToken("family", normalized=True), AddedToken("é", normalized=True)])
    return tokenizer


def mistral(corpus):
    tokenizer = characters(corpus, 1200, ["<unk>", "<s>", "</s>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER + [decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "<|im_start|>"])
    around(tokenizer, "<s>")
    return tokenizer


def metaspace(corpus):
    tokenizer = characters(corpus, 900, ["<unk>", "<s>"], fallback=False, alphabet=60)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.Strip(True, True)])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=True)
    tokenizer.add_special_tokens(["<unk>", "<s>"])
    return tokenizer


def gemma(corpus):
    tokenizer = characters(corpus, 1200, ["<pad>", "<eos>", "<bos>", "<unk>"])
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER)
    tokenizer.add_special_tokens(["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>"])
    tokenizer.add_tokens(
        [AddedToken(text, normalized=False) for text in ("\n", "\n\n", "▁▁", "▁▁▁▁", "<|im_end|>")])
    around(tokenizer, "<bos>")
    return tokenizer


def qwen2(corpus):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(QWEN2), "isolated"),
         pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=1500, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    # Composed in the text, decomposed here, and found all the same.
    tokenizer.add_tokens([AddedToken("cafe\u0301", normalized=True)])
    return tokenizer


def unigram(corpus):
    """Unigram with byte fallback, as SentencePiece's with the identity normalization."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=900, special_tokens=["<unk>", "<s>", "</s>"] + BYTES, unk_token="<unk>",
        show_progress=False)
    tokenizer.train_from_iterator([line for line in corpus if line.isascii()], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    # Rounded: training on several threads moves the last digits.
    vocab = [(piece, round(score, 3)) for piece, score in model["vocab"]]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=0, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER + [decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>", "<|im_start|>"])
    around(tokenizer, "<s>")
    return tokenizer


def unknown(corpus):
    """The same without bytes: what it has not is unknown, a run of it one token."""
    tokenizer = unigram(corpus)
    model = json.loads(tokenizer.to_str())
    model["model"]["byte_fallback"] = False
    model["pre_tokenizer"] = {
        "type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
    model["normalizer"] = None
    return Tokenizer.from_str(json.dumps(model))


def charsmap():
    """SentencePiece's map `nmt_nfkc`, from a model that is trained for it."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c"]), model_writer=model, vocab_size=8, model_type="char",
        normalization_rule_name="nmt_nfkc", hard_vocab_limit=False, minloglevel=2)
    from sentencepiece import sentencepiece_model_pb2
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def xlmr(corpus):
    """Unigram without bytes behind a character map, as in XLM-R and T5."""
    tokenizer = unknown(corpus)
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap()), normalizers.Strip(False, True), normalizers.Replace(Regex(" {2,}"), "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def albert(corpus):
    tokenizer = unknown(corpus)
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(),
        normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Nmt(),
        normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def falcon(corpus):
    """Steps behind ByteLevel, which see the byte alphabet."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.Digits(individual_digits=False),
        pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), "isolated")])
    trainer = trainers.BpeTrainer(
        vocab_size=1200, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>", ">>TITLE<<"])
    return tokenizer


def bert(corpus):
    """BERT's steps before pieces of characters."""
    tokenizer = characters(corpus, 900, ["<unk>", "<s>"], alphabet=100)
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def words(corpus):
    """Pieces that begin at spaces, cut before a literal."""
    tokenizer = characters(corpus, 900, ["<unk>"], alphabet=100)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    tokenizer.decoder = decoders.Sequence(LLAMA_DECODER)
    return tokenizer


def write(directory, name, tokenizer, corpus):
    tokenizer.save(str(directory / f"{name}.tokenizer.json"))
    ids = [tokenizer.encode(line).ids for line in corpus]
    plain = [tokenizer.encode(line, add_special_tokens=False).ids for line in corpus]
    decoded = [tokenizer.decode(row, skip_special_tokens=False) for row in plain]
    skipped = [tokenizer.decode(row, skip_special_tokens=True) for row in ids]
    compact = dict(ensure_ascii=False, separators=(",", ":"))
    with open(directory / f"{name}.expected.json", "w", encoding="utf-8") as out:
        rows = ",\n".join(json.dumps(row, **compact) for row in ids)
        out.write('{"ids":[\n' + rows + '\n],\n"decoded":')
        json.dump({str(i): text for i, text in enumerate(decoded) if text != corpus[i]}, out, **compact)
        out.write(',\n"skipped":')
        json.dump({str(i): text for i, text in enumerate(skipped) if text != decoded[i]}, out, **compact)
        out.write("}\n")
    print(name, tokenizer.get_vocab_size(), "tokens,", sum(map(len, ids)), "ids")


def main():
    directory = pathlib.Path(sys.argv[1])
    # Every fourth line: the whole corpus in every pipeline would be megabytes.
    corpus = [json.loads(line) for line in open(directory / "corpus.jsonl", encoding="utf-8")]
    some = corpus[::4]
    chosen = sys.argv[2:]
    for make in (llama2, phi3, mistral, metaspace, gemma, qwen2, words, falcon, bert, unigram, unknown, xlmr, albert):
        if chosen and make.__name__ not in chosen:
            continue
        write(directory, f"family-{make.__name__}", make(corpus), some)


if __name__ == "__main__":
    main()
