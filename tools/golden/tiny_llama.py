"""Makes the tiny random Llama checkpoints and what they give, in Hugging Face's own format.

    python tools/golden/tiny_llama.py Tests/Golden

writes Tests/Golden/tiny-llama3-f32, tiny-tied-bf16-sharded and tiny-f16-linear, each with
config.json, generation_config.json, weights, tokenizer and expected.json. Everything is made by
`transformers` (save_pretrained) and `tokenizers`; the expectations are `transformers` in float32.

Made with torch 2.15.0, transformers 5.23, tokenizers 0.23, safetensors, numpy (exact versions are
in each expected.json). Deterministic: a second run writes the same bytes.
"""

import argparse
import json
import random
import shutil
import tempfile
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
VOCABULARY = 320

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

LONG = (
    "In the year 1995 the old keeper of the lighthouse wrote 12 letters to the small town, and "
    "every one of them told the same story: the sea rose over the stones, the lamp burned all "
    "night, and a boat with 7 men came home in the morning, cold but alive."
)

PROMPTS = [
    ("one-token", " the"),
    ("sentence", "The small dog reads 42 books."),
    ("chat", "<|im_start|>user\nWhere is the café?<|im_end|>\n<|im_start|>assistant\n"),
    ("long", LONG),
]


def sentences(count=400):
    """English-looking training text for the tokenizer, the same each time."""
    pick = random.Random(11).choice
    who = ["the dog", "a small cat", "the keeper", "my sister", "the old man", "every child",
           "the lighthouse", "a boat", "the town", "no one", "the reader", "their teacher"]
    does = ["reads", "carries", "sees", "opens", "remembers", "tells", "follows", "burns",
            "writes", "finds", "brings", "leaves"]
    what = ["books", "the lamp", "a letter", "the same story", "12 stones", "the sea", "an answer",
            "the morning paper", "a red door", "7 apples", "the river", "nothing"]
    when = ["at night", "in the morning", "every day", "before noon", "in 1995", "again",
            "over the hills", "with the others", "when it rains", "after the storm"]
    for _ in range(count):
        line = f"{pick(who)} {pick(does)} {pick(what)} {pick(when)}{pick('.!?')}"
        yield line[0].upper() + line[1:]


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(list(sentences()), trainer)
    assert tokenizer.get_vocab_size() == VOCABULARY
    assert [tokenizer.token_to_id(token) for token in SPECIAL] == [0, 1, 2]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        unk_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        model_max_length=512,
        chat_template=CHAT_TEMPLATE,
    )


# `seed` is chosen so that no greedy step and no exit is a near tie and no text collapses:
# common.check_rows refuses the others.
VARIANTS = {
    "tiny-llama3-f32": dict(
        seed=4,
        dtype=torch.float32,
        config=dict(
            hidden_size=48, num_attention_heads=4, num_key_value_heads=2, intermediate_size=56,
            num_hidden_layers=6, tie_word_embeddings=False, rms_norm_eps=1e-5,
            max_position_embeddings=512, eos_token_id=[0, 2],
            rope_parameters=dict(
                rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0,
                high_freq_factor=4.0, original_max_position_embeddings=64,
            ),
        ),
        # How transformers 4 wrote the same: theta at the top, the rest in `rope_scaling`.
        v4=dict(
            rope_theta=500000.0,
            rope_scaling=dict(
                factor=8.0, high_freq_factor=4.0, low_freq_factor=1.0,
                original_max_position_embeddings=64, rope_type="llama3",
            ),
        ),
        jinja=True,
    ),
    "tiny-tied-bf16-sharded": dict(
        seed=57,
        dtype=torch.bfloat16,
        config=dict(
            hidden_size=64, num_attention_heads=4, num_key_value_heads=1, intermediate_size=96,
            num_hidden_layers=6, tie_word_embeddings=True, rms_norm_eps=1e-6,
            max_position_embeddings=512, eos_token_id=2,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0),
        ),
        max_shard_size="120KB",
        jinja=False,
    ),
    "tiny-f16-linear": dict(
        seed=1,
        dtype=torch.float16,
        config=dict(
            hidden_size=32, num_attention_heads=4, num_key_value_heads=4, head_dim=32,
            intermediate_size=64, num_hidden_layers=5, tie_word_embeddings=True,
            rms_norm_eps=1e-5, max_position_embeddings=512, eos_token_id=2,
            rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=2.0),
        ),
        # The oldest spelling: `type` rather than `rope_type`.
        v4=dict(rope_theta=10000.0, rope_scaling=dict(factor=2.0, type="linear")),
        jinja=True,
    ),
}


def make_model(variant, seed=None):
    """Random weights wide enough that attention is not flat and logits are well apart."""
    config = LlamaConfig(vocab_size=VOCABULARY, bos_token_id=1, pad_token_id=0, **variant["config"])
    model = LlamaForCausalLM(config)
    generator = torch.Generator().manual_seed(variant["seed"] if seed is None else seed)

    def normal(tensor, std, mean=0.0):
        return torch.randn(tensor.shape, generator=generator) * std + mean

    for name, tensor in sorted(model.state_dict().items()):
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        fan_in = tensor.shape[-1]
        if "norm" in name:
            value = normal(tensor, 0.2, 1.0).clamp(min=0.3)
        elif "embed_tokens" in name:
            value = normal(tensor, 0.4)
        elif "lm_head" in name:
            value = normal(tensor, 0.5)
        elif "q_proj" in name or "k_proj" in name:
            value = normal(tensor, 1.4 * fan_in**-0.5)
        else:
            value = normal(tensor, 1.6 * fan_in**-0.5)
        tensor.copy_(value)
    model.tie_weights()
    # Not model.to(dtype): that would round the table of rotary frequencies too.
    for parameter in model.parameters():
        parameter.data = parameter.data.to(variant["dtype"])
    return model.eval()


def in_float32(model):
    """The same weights (already rounded to the checkpoint's type), computed with in float32."""
    model = model.float()
    model.set_attn_implementation("eager")
    return model


def expectations(model, tokenizer):
    rows = []
    for name, text in PROMPTS:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text
        rows.append(common.expect(model, name, text, ids))
    assert len(rows[0]["ids"]) == 1 and len(rows[-1]["ids"]) > 100
    return rows


def write_v4_config(directory, variant):
    config = json.loads((directory / "config.json").read_text())
    config.pop("rope_parameters")
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.43.0"
    config.update(variant["v4"])
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (directory / "config-v4.json").write_text(text)
    with tempfile.TemporaryDirectory() as scratch:  # transformers must read it as the same model
        (Path(scratch) / "config.json").write_text(text)
        old, new = AutoConfig.from_pretrained(scratch), AutoConfig.from_pretrained(directory)
        keep = lambda rope: {key: value for key, value in rope.items() if key != "type"}
        assert keep(old.rope_parameters) == keep(new.rope_parameters), old.rope_parameters
        assert old.head_dim == new.head_dim and old.dtype == new.dtype


def build(name, variant, directory):
    shutil.rmtree(directory, ignore_errors=True)
    model = make_model(variant)
    model.generation_config = GenerationConfig(
        bos_token_id=1, eos_token_id=variant["config"]["eos_token_id"], pad_token_id=0
    )
    model.save_pretrained(directory, max_shard_size=variant.get("max_shard_size", "50GB"))
    make_tokenizer().save_pretrained(directory, save_jinja_files=variant["jinja"])
    if "v4" in variant:
        write_v4_config(directory, variant)

    # What is expected is read back from the files, not taken from memory.
    loaded = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(directory)
    rows = expectations(in_float32(loaded), tokenizer)
    common.check_rows(rows)
    head = {"model": name, "arithmetic": "float32", "versions": common.versions()}
    common.write_json(directory / "expected.json", head, "prompts", rows)

    loaded.set_attn_implementation("sdpa")
    noise = 0.0
    for row in rows:
        logits, _ = common.block_outputs(loaded, row["ids"], ())
        noise = max(noise, float((logits[-1] - torch.tensor(row["last_logits"])).abs().max()))
    print(name, "smallest gap", min(row["greedy_min_gap"] for row in rows),
          "eager/sdpa difference", noise)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="directory that gets the tiny-* directories")
    options = parser.parse_args()
    for name, variant in VARIANTS.items():
        build(name, variant, options.out / name)


if __name__ == "__main__":
    main()
