"""Writes SmolLM2-135M-Instruct as a float32 Hugging Face directory from its Q4_1 GGUF file.

    python tools/golden/smollm2_hf.py SmolLM2-135M-Instruct.Q4_1.gguf OUT [--shards N]

The weights are read by `transformers` (from_pretrained with gguf_file), which dequantizes and puts
the Q/K rows back in its own way; a second reading, by gguf.quants and this script's own row order,
is compared with it and the largest difference printed. (transformers undoes the blocks with
gguf.quants too; the order of the Q/K rows is what the two find independently.) The tokenizer is assembled with
`tokenizers` from the file's metadata. OUT (540 MB) stays outside the repository.

Made with torch 2.15.0, transformers 5.23, tokenizers 0.23, gguf 0.19, accelerate 1.15 (which
transformers asks for when it reads GGUF), safetensors, numpy. The file
has sha256 b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53.
"""

import argparse
import hashlib
import json
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import gguf
import tiny_gguf
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers import LlamaConfig, LlamaForCausalLM

SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def metadata(reader):
    return lambda key: reader.fields[key].contents()


def build_tokenizer(value):
    tokens = value("tokenizer.ggml.tokens")
    types = value("tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges")]
    assert value("tokenizer.ggml.model") == "gpt2" and value("tokenizer.ggml.pre") == "smollm"
    assert len(set(tokens)) == len(tokens) and all(len(pair) == 2 for pair in merges)
    tokenizer = Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    control = [t for t, kind in zip(tokens, types) if kind == gguf.TokenType.CONTROL]
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in control])
    assert tokenizer.get_vocab_size() == len(tokens)
    assert all(tokenizer.token_to_id(t) == tokens.index(t) for t in control)
    return tokenizer, control


def tokenizer_config(value, control):
    tokens = value("tokenizer.ggml.tokens")
    text = lambda key: tokens[value(f"tokenizer.ggml.{key}_token_id")]
    return {
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(tokens.index(token)): {
                "content": token, "lstrip": False, "normalized": False, "rstrip": False,
                "single_word": False, "special": True,
            }
            for token in control
        },
        "bos_token": text("bos"),
        "chat_template": value("tokenizer.chat_template"),
        "clean_up_tokenization_spaces": False,
        "eos_token": text("eos"),
        "model_max_length": value("llama.context_length"),
        "pad_token": text("padding"),
        # Not GPT2Tokenizer, which in transformers 5 rebuilds a plain GPT-2 pre-tokenizer and
        # drops the splitting of digits.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": text("unknown"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shards", type=int, default=1, help="about how many weight files")
    options = parser.parse_args()

    digest = hashlib.sha256(options.gguf.read_bytes()).hexdigest()
    assert digest == SHA256, f"another file: sha256 {digest}"
    reader = gguf.GGUFReader(options.gguf)
    value = metadata(reader)

    model = AutoModelForCausalLM.from_pretrained(
        options.gguf.parent, gguf_file=options.gguf.name, dtype=torch.float32
    )
    config = model.config
    assert config.rope_parameters["rope_theta"] == value("llama.rope.freq_base")
    assert config.tie_word_embeddings and config.hidden_size == value("llama.embedding_length")

    state = tiny_gguf.read_back(options.gguf, model, config)
    judged = model.state_dict()
    apart = {name: float((judged[name] - state[name]).abs().max()) for name in state}
    worst = max(apart, key=apart.get)
    print(f"{len(state)} tensors, largest difference to gguf.quants {apart[worst]} ({worst})")
    assert apart[worst] == 0.0

    ids = {key: value(f"tokenizer.ggml.{key}_token_id") for key in ("bos", "eos", "padding")}
    config.bos_token_id, config.eos_token_id = ids["bos"], ids["eos"]
    config.pad_token_id = ids["padding"]
    # transformers refuses to save a model that came from GGUF: a plain one takes its weights.
    settings = {key: v for key, v in config.to_dict().items() if key != "quantization_config"}
    settings.update(dtype="float32", architectures=["LlamaForCausalLM"])
    settings.pop("_model_name_or_path", None)
    model = LlamaForCausalLM(LlamaConfig(**settings))
    model.load_state_dict(judged)
    model.tie_weights()
    model.generation_config = GenerationConfig(
        bos_token_id=ids["bos"], eos_token_id=ids["eos"], pad_token_id=ids["padding"]
    )
    total = sum(tensor.numel() * 4 for tensor in state.values())
    size = "50GB" if options.shards == 1 else total // options.shards + 1
    options.out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(options.out, max_shard_size=size)

    tokenizer, control = build_tokenizer(value)
    tokenizer.save(str(options.out / "tokenizer.json"))
    written = json.dumps(tokenizer_config(value, control), indent=2, ensure_ascii=False)
    (options.out / "tokenizer_config.json").write_text(written + "\n", encoding="utf-8")

    # Read back: the same weights, and the tokenizer as transformers finds it.
    again = AutoModelForCausalLM.from_pretrained(options.out, dtype=torch.float32).state_dict()
    assert all(torch.equal(again[name], state[name]) for name in state)
    loaded = AutoTokenizer.from_pretrained(options.out)
    parts = [json.loads(t.to_str()) for t in (tokenizer, loaded.backend_tokenizer)]
    for part in ("normalizer", "pre_tokenizer", "post_processor", "decoder", "model"):
        assert parts[0][part] == parts[1][part], part
    sample = "In 2024, naïve café – 12+30 tests;\n\n\tdef f(x): return x\n東京 🙂"
    assert loaded(sample)["input_ids"] == tokenizer.encode(sample).ids
    assert loaded.decode(loaded(sample)["input_ids"]) == sample
    print(type(loaded).__name__, sorted(path.name for path in options.out.iterdir()))


if __name__ == "__main__":
    main()
