"""Writes Tests/Golden/tokenizer/steps.json: what normalizers and pre-tokenizers make of texts.

    python tools/golden/tokenizer_steps.py Tests/Golden/tokenizer

For every step a digest of its pieces for each 30 texts: every fourth line of the corpus, texts of all scalars of the
planes' busy parts (`scalar_texts`, which tests make again), and random texts, which are in the file. The map of
`Precompiled` is that of family-xlmr.tokenizer.json, by tokenizer_families.py. Made with tokenizers 0.23.3; nothing
needs this script to build or test.
"""

import base64
import json
import pathlib
import random
import sys

from tokenizers import Regex, normalizers, pre_tokenizers

from tokenizer_patterns import digest

RANGES = [(0, 0x3400), (0x4DB0, 0x4E10), (0x9FA0, 0xD800), (0xE000, 0xE010), (0xF8F0, 0x12000), (0x16800, 0x17000),
          (0x1B000, 0x1B200), (0x1BC00, 0x1FC00), (0x2A6D0, 0x2A710), (0x2B810, 0x2B930), (0x2F800, 0x2FA30),
          (0xE0000, 0xE0200)]
ALPHABET = list("aAbB1 ,.-'´`\t\n\r\0_") + list("éÉßſİιΣςΩÅǅﬁﬀ①½²ªﷺ㌀ｱ゛か\u3099\u309aハ\uff9e가\u1100\u1161\u11a8漢")
ALPHABET += list("\u0301\u0323\u0345\u0300\u0327\u05b0\u0e33\u0f71\u0f72\u094d\u0915\u200d\u200b\ufeff\u00ad\u2028")
ALPHABET += list("\u1df6\u0c3c\u32ff\U00011938😀👍🏽\U0001f1e9\U0001f1ea\ufe0f\u0600\u2581\ufffd\u3000\u0085")


def scalar_texts():
    """Every scalar between letters, 64 to a text."""
    scalars = [chr(value) for first, end in RANGES for value in range(first, end)]
    return ["".join("a" + c + "b " for c in scalars[start:start + 64]) for start in range(0, len(scalars), 64)]


def random_texts():
    source = random.Random(23)
    return ["".join(source.choice(ALPHABET) for _ in range(source.randint(1, 24))) for _ in range(600)]


def bert(clean, chinese, accents, lowercase):
    return normalizers.BertNormalizer(
        clean_text=clean, handle_chinese_chars=chinese, strip_accents=accents, lowercase=lowercase)


def steps(charsmap):
    made = [normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Nmt(),
            normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip(True, True), charsmap,
            normalizers.Replace(Regex(r" {2,}|\d"), "▁"), normalizers.Replace(Regex(r"(?=a)|\s+"), "-"),
            bert(True, False, False, False), bert(False, True, False, False), bert(False, False, True, False),
            bert(True, True, None, True), bert(True, True, False, True)]
    made += [pre_tokenizers.Whitespace(), pre_tokenizers.WhitespaceSplit(), pre_tokenizers.BertPreTokenizer(),
             pre_tokenizers.CharDelimiterSplit("a"), pre_tokenizers.CharDelimiterSplit("漢")]
    for behavior in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"):
        made.append(pre_tokenizers.Punctuation(behavior))
    return made


def pieces(step, text):
    if isinstance(step, normalizers.Normalizer):
        return [piece for piece in [step.normalize_str(text)] if piece]
    return [piece for piece, _ in step.pre_tokenize_str(text)] if text else []


def main():
    directory = pathlib.Path(sys.argv[1])
    corpus = [json.loads(line) for line in open(directory / "corpus.jsonl", encoding="utf-8")]
    xlmr = json.load(open(directory / "family-xlmr.tokenizer.json", encoding="utf-8"))
    kind = next(step for step in xlmr["normalizer"]["normalizers"] if step["type"] == "Precompiled")
    charsmap = normalizers.Precompiled(base64.b64decode(kind["precompiled_charsmap"]))
    randoms = random_texts()
    texts = corpus[::4] + scalar_texts() + randoms
    found = []
    for step in steps(charsmap):
        said = json.loads(step.__getstate__())
        is_normalizer = isinstance(step, normalizers.Normalizer)
        if said["type"] == "Precompiled":
            del said["precompiled_charsmap"]
        digests = [digest([pieces(step, text) for text in texts[start:start + 30]])
                   for start in range(0, len(texts), 30)]
        found.append({"member": "normalizer" if is_normalizer else "pre_tokenizer", "step": said,
                      "digests": digests})
    with open(directory / "steps.json", "w", encoding="utf-8") as out:
        json.dump({"ranges": RANGES, "texts": randoms, "steps": found}, out, ensure_ascii=False,
                  separators=(",", ":"))
        out.write("\n")
    print(len(found), "steps,", len(texts), "texts")


if __name__ == "__main__":
    main()
