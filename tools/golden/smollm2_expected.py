"""Records what `transformers` gives for SmolLM2-135M-Instruct in float32.

    python tools/golden/smollm2_expected.py HF_DIR Tests/Golden/smollm2

HF_DIR is what smollm2_hf.py wrote. Writes prompts.json (texts, chats and their token ids) and
expected.json (top-5 logits at some positions, 64 greedy tokens, the smallest margin on each greedy
path). Greedy decoding goes on past stop tokens: there are always 64. It uses the key-value cache;
one pass without it over the prompt and the 64 tokens must choose the same.

Made with torch 2.15.0, transformers 5.23, tokenizers 0.23, numpy. Takes about two minutes.
"""

import argparse
import time
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

STEPS = 64

LONG = (
    "A lighthouse is a tower that carries a lamp high above the water, so that sailors can tell at "
    "night where the land is. The first ones were little more than fires on hills. Later, people "
    "built them of stone, and a keeper lived inside with his family, trimmed the wicks, wound the "
    "clockwork that turned the lens, and wrote down the weather four times a day. In fog, when the "
    "light could not be seen, he rang a bell or sounded a horn.\n\n"
    "The lens was the clever part. In 1822 a French engineer, Augustin Fresnel, found that a lamp "
    "could be surrounded by rings of glass prisms, each bending the light a little, so that almost "
    "all of it left the tower in one flat beam. A lamp that had been seen from 8 miles away could "
    "now be seen from 20. Each lighthouse was also given its own rhythm: one flash every 10 "
    "seconds here, two quick flashes there, a long dark pause somewhere else. A sailor with a "
    "watch and a printed list could read a coast the way others read a page.\n\n"
    "Today most of the lamps are electric and nobody lives in the towers. Ships find their way "
    "with satellites. Still, many captains say that they look for the light before they trust "
    "the screen, because a light that flashes as the list says it should is a"
)

CODE = (
    "def binary_search(items, target):\n"
    '    """Return the index of target in the sorted list items, or -1."""\n'
    "    low, high = 0, len(items) - 1\n"
    "    while low <= high:\n"
    "        middle = (low + high) // 2\n"
    "        if items[middle] == target:\n"
)

LIST = "Things to pack for a week in the mountains:\n1. Warm socks\n2. A map\n3. Matches\n4."

FRENCH = "Le chat est assis sur la table de la cuisine et regarde la pluie tomber. Il pense que"

MIXED = "Temperatures in 2023: Paris 12.5°C, Tokyo (東京) 16.9°C, Nairobi 19.0°C – the warmest is"

TEXTS = [
    ("one-word", "The"),
    ("english", "The capital of France is"),
    ("long", LONG),
    ("code", CODE),
    ("list", LIST),
    ("french", FRENCH),
    ("mixed", MIXED),
]
GREEDY_TEXTS = ["english", "long", "code", "list", "french"]

CHATS = [
    ("chat-fact", [{"role": "user", "content": "What is the capital of Japan?"}]),
    ("chat-poem", [{"role": "user", "content": "Write a short poem about the sea."}]),
    ("chat-code", [
        {"role": "system", "content": "You are a careful programmer."},
        {"role": "user", "content": "Write a Python function that returns the larger of two numbers."},
    ]),
    ("chat-turns", [
        {"role": "user", "content": "My name is Ada and I like chess."},
        {"role": "assistant", "content": "Nice to meet you, Ada! Chess is a great game."},
        {"role": "user", "content": "What is my name, and what do I like?"},
    ]),
    ("chat-list", [{"role": "user", "content": "List three uses for an old newspaper."}]),
]


def positions(count):
    """First, some in the middle, last."""
    spread = [0, 1, count // 4, count // 2, 3 * count // 4, count - 2, count - 1]
    return sorted({p for p in spread if 0 <= p < count})


def greedy(model, ids):
    """Greedy tokens with the key-value cache, and each step's margin over the second best."""
    tokens, gaps, cache, feed = [], [], None, torch.tensor([ids])
    seconds = 0.0
    for _ in range(STEPS):
        start = time.perf_counter()
        out = model(input_ids=feed, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, logits = out.past_key_values, out.logits[0, -1]
        tokens.append(int(torch.argmax(logits)))
        if feed.shape[1] == 1:  # the prompt's own pass is not decoding
            seconds += time.perf_counter() - start
        gaps.append(common.gap(logits))
        feed = torch.tensor([[tokens[-1]]])
    return tokens, gaps, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    model.set_attn_implementation("eager")
    tokenizer = AutoTokenizer.from_pretrained(options.model)

    prompts = []
    for name, text in TEXTS:
        prompts.append({"name": name, "kind": "text", "text": text})
    for name, messages in CHATS:
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        prompts.append({"name": name, "kind": "chat", "messages": messages, "text": text})
    for prompt in prompts:
        prompt["ids"] = tokenizer(prompt["text"], add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(prompt["ids"]) == prompt["text"]

    rows, timed, steps, cache_noise = [], 0.0, 0, 0.0
    for prompt in prompts:
        ids = prompt["ids"]
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
        row = {
            "name": prompt["name"],
            "top5": [
                {"position": p, "top": common.top(logits[p]), "gap": common.f32(common.gap(logits[p]))}
                for p in positions(len(ids))
            ],
        }
        if prompt["kind"] == "chat" or prompt["name"] in GREEDY_TEXTS:
            tokens, gaps, seconds = greedy(model, ids)
            timed, steps = timed + seconds, steps + STEPS - 1
            # All 64 at once, without a cache: the same tokens must win.
            again = model(input_ids=torch.tensor([ids + tokens]), use_cache=False).logits[0]
            span = again[len(ids) - 1 : len(ids) - 1 + STEPS]
            assert torch.argmax(span, -1).tolist() == tokens, prompt["name"]
            for step, value in enumerate(gaps):
                cache_noise = max(cache_noise, abs(common.gap(span[step]) - value))
            row["greedy"] = tokens
            row["greedy_min_gap"] = common.f32(min(gaps))
            row["greedy_min_gap_step"] = gaps.index(min(gaps))
            row["greedy_text"] = tokenizer.decode(tokens)
        rows.append(row)
        print(prompt["name"], len(ids), row.get("greedy_min_gap"), repr(row.get("greedy_text", "")[:70]),
              flush=True)
    print(f"greedy {steps / timed:.1f} tokens/s with 2 threads; margins with and without the "
          f"cache differ by at most {cache_noise:.2g}")

    options.out.mkdir(parents=True, exist_ok=True)
    head = {"model": "SmolLM2-135M-Instruct.Q4_1.gguf", "arithmetic": "float32",
            "versions": common.versions()}
    common.write_json(options.out / "prompts.json", head, "prompts", prompts)
    common.write_json(options.out / "expected.json", dict(head, greedy_steps=STEPS), "prompts", rows)


if __name__ == "__main__":
    main()
