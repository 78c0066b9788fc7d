"""Makes GGUF files from the tiny checkpoints, laid out as llama.cpp's converter does for `llama`.

    python tools/golden/tiny_gguf.py Tests/Golden

reads the directories tiny_llama.py wrote and writes into them
    tiny-llama3-f32/tiny-llama3.f32.gguf               (expected.json holds for it too)
    tiny-f16-linear/tiny-linear.f16.gguf               (expected.json holds for it too)
    tiny-tied-bf16-sharded/tiny-tied.q8_0.gguf         and expected-q8_0.json
    tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf         and expected-q4_1.json

Blocks are made and undone by the `gguf` package (gguf.quants), never by code of this project;
the quantized expectations are `transformers` in float32 over the dequantized weights.

Made with gguf 0.19, torch 2.15.0, transformers 5.23, accelerate 1.15 (which transformers asks for
when it reads GGUF), numpy. Deterministic.
"""

import argparse
import copy
import json
import math
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import gguf
import numpy as np
import tiny_llama
import torch
from gguf import GGMLQuantizationType as Kind
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

FILES = [
    # checkpoint, file, matrices, embedding, general.file_type, expectation of its own
    ("tiny-llama3-f32", "tiny-llama3.f32.gguf", Kind.F32, Kind.F32, gguf.LlamaFileType.ALL_F32, None),
    ("tiny-f16-linear", "tiny-linear.f16.gguf", Kind.F16, Kind.F16, gguf.LlamaFileType.MOSTLY_F16, None),
    ("tiny-tied-bf16-sharded", "tiny-tied.q8_0.gguf", Kind.Q8_0, Kind.Q8_0,
     gguf.LlamaFileType.MOSTLY_Q8_0, "expected-q8_0.json"),
    # As in the published SmolLM2 file: a tied embedding, being the head too, is kept in Q8_0.
    ("tiny-tied-bf16-sharded", "tiny-tied.q4_1.gguf", Kind.Q4_1, Kind.Q8_0,
     gguf.LlamaFileType.MOSTLY_Q4_1, "expected-q4_1.json"),
]


def heads_of(config, name):
    """How many heads share out the rows of a Q or K matrix; None for every other tensor."""
    if ".q_proj." in name:
        return config.num_attention_heads
    if ".k_proj." in name:
        return config.num_key_value_heads
    return None


def permute(rows, heads):
    """Rotary halves of each head to neighbouring pairs, as GGUF's llama stores them."""
    return rows.reshape(heads, 2, -1, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def unpermute(rows, heads):
    return rows.reshape(heads, -1, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def rope_factors(config):
    """What each rotary frequency is divided by under llama3 scaling (`rope_freqs.weight`).

    The converter looks for original_max_position_embeddings beside the rope settings and takes
    8192 where it finds none; here the checkpoint's own value is used.
    """
    rope = config.rope_parameters
    factor, context = rope["factor"], rope["original_max_position_embeddings"]
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    steps = torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim
    factors = []
    for frequency in 1.0 / rope["rope_theta"] ** steps:
        turns = context * float(frequency) / (2 * math.pi)
        if turns > high:
            factors.append(1.0)
        elif turns < low:
            factors.append(factor)
        else:
            smooth = (turns - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    assert len(set(factors)) >= 3, "all three ranges should be present"
    scaled = ROPE_INIT_FUNCTIONS["llama3"](config, torch.device("cpu"))[0]
    judged = 1.0 / rope["rope_theta"] ** steps / scaled
    assert np.allclose(factors, judged, rtol=1e-5), (factors, judged)
    return np.array(factors, dtype=np.float32)


def write_metadata(writer, name, config, tokenizer, file_type):
    writer.add_name(name)
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_rope_dimension_count(config.head_dim)
    if config.head_dim * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    if config.rope_parameters["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(config.rope_parameters["factor"])

    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    control = set(tokenizer.all_special_tokens)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([
        gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL for token in tokens
    ])
    writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
    writer.add_bos_token_id(tokenizer.bos_token_id)
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_unk_token_id(tokenizer.unk_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_add_bos_token(False)
    writer.add_chat_template(tokenizer.chat_template)


def tensor_kind(name, array, matrices, embedding):
    if array.ndim == 1:
        return Kind.F32  # norms
    kind = embedding if "embed_tokens" in name or "lm_head" in name else matrices
    if kind not in (Kind.F32, Kind.F16):
        assert array.shape[1] % gguf.GGML_QUANT_SIZES[kind][0] == 0
    return kind


def weights_of(model, config):
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        yield name, tensor.float().numpy()


def write_gguf(path, name, model, config, tokenizer, matrices, embedding, file_type):
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    writer = gguf.GGUFWriter(path, "llama")
    write_metadata(writer, name, config, tokenizer, file_type)
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_factors(config))
    for hf_name, array in weights_of(model, config):
        if heads := heads_of(config, hf_name):
            array = permute(array, heads)
        kind = tensor_kind(hf_name, array, matrices, embedding)
        gguf_name = names.get_name(hf_name, try_suffixes=(".weight",))
        data = gguf.quants.quantize(np.ascontiguousarray(array), kind)
        writer.add_tensor(gguf_name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_back(path, model, config):
    """The file's weights in float32, by Hugging Face name, rows in Hugging Face order."""
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    stored = {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}
    state = {}
    for hf_name, array in weights_of(model, config):
        tensor = stored.pop(names.get_name(hf_name, try_suffixes=(".weight",)))
        value = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        assert value.shape == array.shape, hf_name
        if heads := heads_of(config, hf_name):
            value = unpermute(value, heads)
        state[hf_name] = torch.from_numpy(np.ascontiguousarray(value))
    assert set(stored) <= {"rope_freqs.weight"}, set(stored)
    return state


def loaded_with(model, state):
    """A copy of the model with other weights."""
    other = copy.deepcopy(model)
    missing = other.load_state_dict(state, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"lm_head.weight"}
    other.tie_weights()
    return other


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("golden", type=Path, help="directory that holds the tiny-* directories")
    options = parser.parse_args()
    for checkpoint, file, matrices, embedding, file_type, expected in FILES:
        directory = options.golden / checkpoint
        model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        model = tiny_llama.in_float32(model)
        config, tokenizer = model.config, AutoTokenizer.from_pretrained(directory)
        path = directory / file
        write_gguf(path, checkpoint, model, config, tokenizer, matrices, embedding, file_type)
        state = read_back(path, model, config)
        original = dict(weights_of(model, config))
        worst = max(float((state[name] - torch.from_numpy(original[name])).abs().max()) for name in state)
        print(file, "largest weight error", worst)
        if expected is None:
            assert worst == 0.0, "this file must hold the checkpoint's weights exactly"
            continue
        quantized = loaded_with(model, state)
        # transformers has its own reader of GGUF, with its own row order: it must agree.
        judge = AutoModelForCausalLM.from_pretrained(directory, gguf_file=file, dtype=torch.float32)
        others = judge.state_dict()
        apart = max(float((others[name] - state[name]).abs().max()) for name in state)
        print(file, "difference to transformers' own reader", apart)
        assert apart == 0.0
        rows = tiny_llama.expectations(quantized, tokenizer)
        common.check_rows(rows)
        head = {"model": file, "arithmetic": "float32", "versions": common.versions()}
        common.write_json(directory / expected, head, "prompts", rows)


if __name__ == "__main__":
    main()
