"""Writes Tests/Golden/tokenizer/patterns.json: how the pre-tokenizers of today's models split texts.

    python tools/golden/tokenizer_patterns.py Tests/Golden/tokenizer

For every rule that a name of `tokenizer.ggml.pre` stands for, and for steps that no name has, its steps and
a digest of its pieces for each 30 lines of the corpus and for random texts; then small random
expressions with texts and all their pieces. Made with tokenizers 0.23.3; nothing needs this script to
build or test.
"""

import json
import pathlib
import random
import sys

from tokenizers import Regex, pre_tokenizers

from tokenizer_corpus import lines

ENGLISH = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
SPACES = r"\s+(?!\S)|\s+"
WORD = r"[^\r\n\p{L}\p{N}]?\p{L}+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CAMEL = rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+%s|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*%s"
LINES = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|"
CJK = "[一-龥\u3040-ゟ゠-ヿ]+"
DEEPSEEK = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"""


def llama(digits, english=ENGLISH + "|"):
    return rf"{english}{WORD}|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|" + SPACES


O200K = CAMEL % (ENGLISH + "?", ENGLISH + "?") + r"|\p{N}{1,3}|" + LINES + SPACES
HAN = r"&&[^\p{Han}]]"
KIMI = (r"[\p{Han}]+|" + (CAMEL % (ENGLISH + "?", ENGLISH + "?")).replace(r"\p{M}]", r"\p{M}" + HAN)
        + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|" + SPACES)
BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+"
JAIS2 = (rf"{ENGLISH}|{WORD}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|"
         + "|".join(rf"\s{{{n}}}(?!\S)" for n in (512, 256, 128, 64, 32, 16, 8, 4))
         + r"|\s{1,2}(?!\S)|\s{1}")
# Names of one rule, then the expressions that split one after another.
RULES = [
    ("gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert mpt olmo jais "
     "trillion granite-docling exaone4 jina-v1-en jina-v2-code roberta-bpe", [GPT2]),
    ("starcoder refact command-r codeshell exaone minerva-7b mellum2", [r"\p{N}", GPT2]),
    ("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx smaug-bpe glm4 "
     "chatglm-bpe", [llama(r"\p{N}{1,3}")]),
    ("qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2", [llama(r"\p{N}")]),
    ("qwen35", [rf"{ENGLISH}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*"
                r"|\s*[\r\n]+|" + SPACES]),
    ("gpt-4o llama4 kanana2 talkie minimax-m2 granite-embed-multi-97m", [O200K]),
    ("tekken", [CAMEL % ("", "") + r"|\p{N}|" + LINES + SPACES]),
    ("deepseek-v3 hunyuan-dense joyai-llm hy_v4",
     [r"\p{N}{1,3}", CJK, DEEPSEEK + r"[\r\n]*|\s*[\r\n]+|" + SPACES]),
    ("spark2_5", [r"\p{N}{1,3}", CJK, DEEPSEEK + r"|[\r\n]|" + SPACES, r"\p{N}"]),
    ("deepseek-coder", [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", r"\p{N}"]),
    ("kimi-k2", [KIMI]),
    ("falcon", [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, "[0-9][0-9][0-9]"]),
    ("default", [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"]),
    ("poro-chat bloom gpt3-finnish", [BLOOM]),
    ("viking", [BLOOM, r"\p{N}"]),
    ("jais-2", [JAIS2]),
    ("youtu", ["[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥\u3040-ゟ゠-ヿ]+",
               CAMEL % (ENGLISH + "?", ENGLISH + "?") + r"|\p{N}|" + LINES + SPACES]),
    ("tiny_aya cohere2moe", [r"\d{1,3}(?=(?:\d{3})*\b)", O200K]),
    ("superbpe", [r"\p{N}+", r"(?=(\d{3})+(?!\d))"]),
    ("bailingmoe bailingmoe2 llada-moe",
     [rf"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{{L}}\p{{N}}]?+\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]++[\r\n]*|\s*[\r\n]|"
      + SPACES]),
    ("seed-coder", [rf"{ENGLISH}|{WORD}|\p{{N}}{{1}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|\s*[\r\n]+|" + SPACES]),
    ("ufakzeka", [llama(r"\p{N}", english="")]),
    ("laguna", [r"[^\n]+|[\n]+", llama(r"\p{N}")]),
    ("exaone-moe", [rf"{ENGLISH}|[^\r\n\p{{L}}\p{{N}}]?(?:\p{{L}}\p{{M}}*(?: \p{{L}}\p{{M}}*)*)+|\p{{N}}|"
                    r" ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|" + SPACES]),
    ("minicpm5", [r"\p{N}{1,3}", llama(r"\p{N}+")]),
    ("chameleon", ["<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )", r"\p{N}",
                   r"[\p{P}!-/:-@\[-`{-~]", GPT2]),
]
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
ALPHABET = list("aAbBsStTdDmMrReEvVlL''' \n\r\t01239_-./(<$+") + list("éÉſK漢字か한ß२😀\u00a0ǅσς²。،\u0301\u200d")


def digest(pieces_of_lines):
    """FNV-1a over the pieces, each with a byte 255 behind it, and 254 behind each line."""
    value = 0xCBF29CE484222325
    for pieces in pieces_of_lines:
        for byte in b"".join(piece.encode() + b"\xff" for piece in pieces) + b"\xfe":
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def step(expression, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(expression), behavior, invert)


def pieces(made, text):
    return [piece for piece, _ in made.pre_tokenize_str(text)] if text else []


def rule(names, steps, made, texts):
    parts = [[pieces(made, text) for text in texts[start:start + 30]]
             for start in range(0, len(texts), 30)]
    return {"names": names, "steps": steps, "digests": [digest(part) for part in parts]}


def rules(texts):
    found = []
    for names, expressions in RULES:
        made = pre_tokenizers.Sequence([step(expression) for expression in expressions])
        found.append(rule(names.split(), json.loads(made.__getstate__())["pretokenizers"], made, texts))
    for behavior in BEHAVIORS:
        for invert in (False, True):
            for pattern in (Regex(r"\s+|(?=\d)"), "a", "'"):
                made = pre_tokenizers.Split(pattern, behavior, invert)
                found.append(rule([], [json.loads(made.__getstate__())], made, texts[::8]))
    return found


class Expressions:
    """Small random expressions: what they do with one another is what matters."""

    sets = r"\p{L} \p{Lu} \p{M} \p{N} \p{P} \s \S \d \D \w \W \h \p{Han} \P{L} \p{^N} .".split()
    members = r"a-c A-Z 0-9 \n \s \p{L} \p{N} \w a b ' é \- [ab] [^a] [:alpha:] [:^digit:] _ s k".split()
    repeats = "* + ? *? +? ?? *+ ++ ?+ {1,3} {2} {0,2} {1,} {2,} {,2} {1,2}? {2,}?".split()

    def __init__(self, seed):
        self.random = random.Random(seed)

    def bracket(self):
        def some():
            return "".join(self.random.choice(self.members) for _ in range(self.random.randint(1, 3)))
        both = "&&" + some() if self.random.random() < 0.15 else ""
        return "[" + self.random.choice(["", "", "^"]) + some() + both + "]"

    def literal(self):
        scalar = self.random.choice(ALPHABET)
        return "\\" + scalar if scalar in ".-/($+" else scalar

    def atom(self, depth):
        kind = self.random.random()
        if kind < 0.4 or depth == 0 and kind > 0.7:
            return self.literal()
        if kind < 0.55:
            return self.random.choice(self.sets)
        if kind < 0.7:
            return self.bracket()
        if kind < 0.84:
            return self.random.choice(["(?:", "(", "(?i:"]) + self.choice(depth - 1) + ")"
        if kind < 0.91:
            return self.random.choice(["(?=", "(?!"]) + self.choice(depth - 1) + ")"
        if kind < 0.94:
            return self.random.choice(["(?<=", "(?<!"]) + self.literal() + self.random.choice(self.sets) + ")"
        if kind < 0.97:
            return "(?>" + self.choice(depth - 1) + ")"
        return self.random.choice([r"\b", r"\B", "^", "$", r"\A", r"\z", r"\Z"])

    def sequence(self, depth):
        text = ""
        for _ in range(self.random.randint(1, 4)):
            atom = self.atom(depth)
            isPlace = atom.startswith(("(?=", "(?!", "(?<")) or atom in (r"\b", r"\B", "^", "$", r"\A", r"\z", r"\Z")
            text += atom + (self.random.choice(self.repeats) if self.random.random() < 0.4 and not isPlace else "")
        return text

    def choice(self, depth):
        return "|".join(self.sequence(depth) for _ in range(self.random.choice([1, 1, 2, 3])))


def random_text(generator):
    pool = generator.sample(ALPHABET, generator.randint(2, 9))
    return "".join(generator.choice(pool) for _ in range(generator.randint(1, 24)))


def expressions(count):
    made, found = Expressions(7), []
    while len(found) < count:
        expression = made.choice(2)
        try:
            split = step(expression)
        except Exception:
            continue
        texts = [random_text(made.random) for _ in range(3)]
        found.append([expression, [[len(piece.encode()) for piece in pieces(split, text)] for text in texts], texts])
    return found


def main():
    generator = random.Random(11)
    texts = [random_text(generator) for _ in range(480)]
    value = {"texts": texts, "rules": rules(lines() + texts), "expressions": expressions(500)}
    path = pathlib.Path(sys.argv[1]) / "patterns.json"
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
