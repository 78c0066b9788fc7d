"""Makes a tiny random checkpoint of every family but Llama, and what transformers gives for it.

    python tools/golden/families.py Tests/Golden [--only NAME] [--converter LLAMA_CPP]

writes Tests/Golden/families/NAME: config.json, weights, tokenizer, expected.json, and where llama.cpp
knows the family a GGUF file. Everything is made by `transformers` (save_pretrained); expectations are
`transformers` in float32, eager attention, without a cache. Windows are far shorter than the longest
prompt, and that prompt is in a variant without a window too.

--converter: a directory of llama.cpp with convert_hf_to_gguf.py; without it no GGUF file is made anew.

Made with torch 2.15.0, transformers 5.23, tokenizers 0.23, llama.cpp of llama-cpp-python 0.3.36.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import tiny_llama
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM, Cohere2Config, CohereConfig, Ernie4_5Config, Gemma2Config, Gemma3TextConfig, GenerationConfig, Glm4Config, GlmConfig, GPT2Config, GPTNeoXConfig, GptOssConfig, GraniteConfig, Lfm2Config, LlamaConfig,
    Ministral3Config, MistralConfig, MixtralConfig, Olmo2Config, Olmo3Config, OlmoeConfig, Phi3Config, PhiConfig, PreTrainedTokenizerFast, Qwen2Config, Qwen2MoeConfig, Qwen3Config, Qwen3MoeConfig,
    Qwen3_5TextConfig, SmolLM3Config, StableLmConfig, Starcoder2Config,
)

VOCABULARY = tiny_llama.VOCABULARY
COMMON = dict(
    hidden_size=48, num_attention_heads=4, num_key_value_heads=2, intermediate_size=64,
    num_hidden_layers=5, max_position_embeddings=512, vocab_size=VOCABULARY, bos_token_id=1,
    eos_token_id=2, pad_token_id=0, tie_word_embeddings=False,
)
THETA = dict(rope_type="default", rope_theta=10000.0)

# Greedy decoding must have no near ties: `seed` is searched from the one given here.
VARIANTS = {
    "llama-biases": dict(
        config=LlamaConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(attention_bias=True, rope_parameters=THETA, head_dim=16)),
    # The bounds of YaRN lie within the pairs; prompts and answers go beyond the original context.
    "llama-yarn": dict(
        config=LlamaConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(head_dim=16, rope_parameters=dict(
            rope_type="yarn", rope_theta=10000.0, factor=8.0,
            original_max_position_embeddings=64))),
    # As DeepSeek and Mistral spell it.
    "qwen3-yarn": dict(
        config=Qwen3Config, seed=1, dtype=torch.float32, gguf=False,
        settings=dict(head_dim=20, rope_parameters=dict(
            rope_type="yarn", rope_theta=1000.0, factor=4.0, beta_fast=16.0, beta_slow=2.0, mscale=1.0,
            mscale_all_dim=0.7, truncate=False, original_max_position_embeddings=128))),
    "mistral-window": dict(
        config=MistralConfig, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(sliding_window=24, head_dim=16, rope_parameters=THETA)),
    "mistral": dict(
        config=MistralConfig, seed=1, dtype=torch.float16, gguf=True,
        settings=dict(sliding_window=None, head_dim=12,
                      rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen2": dict(
        config=Qwen2Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(use_sliding_window=False, tie_word_embeddings=True, rope_parameters=THETA)),
    "qwen2-window": dict(
        config=Qwen2Config, seed=1, dtype=torch.float32, gguf=False,
        settings=dict(use_sliding_window=True, sliding_window=20, max_window_layers=2,
                      rope_parameters=THETA)),
    "qwen3": dict(
        config=Qwen3Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(head_dim=20, rope_parameters=THETA)),
    # Scores and logits reach their caps.
    "gemma2": dict(
        config=Gemma2Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            head_dim=16, sliding_window=24, tie_word_embeddings=True, query_pre_attn_scalar=16,
            attn_logit_softcapping=4.0, final_logit_softcapping=15.0, num_hidden_layers=7,
            rope_parameters=THETA)),
    # Without caps, and queries scaled otherwise than by the width of a head.
    "gemma2-plain": dict(
        config=Gemma2Config, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(
            head_dim=16, sliding_window=512, tie_word_embeddings=False, query_pre_attn_scalar=24,
            attn_logit_softcapping=None, final_logit_softcapping=None, num_hidden_layers=6,
            rope_parameters=THETA)),
    "gemma3": dict(
        config=Gemma3TextConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            head_dim=16, sliding_window=24, num_hidden_layers=7, tie_word_embeddings=True,
            query_pre_attn_scalar=16,
            rope_parameters=dict(
                full_attention=dict(rope_type="linear", rope_theta=1000000.0, factor=8.0),
                sliding_attention=dict(rope_type="default", rope_theta=10000.0)))),
    "gemma3-scalar": dict(
        config=Gemma3TextConfig, seed=1, dtype=torch.float32, gguf=False,
        settings=dict(
            head_dim=16, sliding_window=512, num_hidden_layers=7, tie_word_embeddings=False,
            query_pre_attn_scalar=24,
            rope_parameters=dict(
                full_attention=dict(rope_type="default", rope_theta=1000000.0),
                sliding_attention=dict(rope_type="default", rope_theta=10000.0)))),
    "phi3-window": dict(
        config=Phi3Config, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(sliding_window=24, rope_parameters=dict(THETA, partial_rotary_factor=1.0))),
    # Prompts and answers stay on one side of the original context: beyond it for the long factors.
    "phi3-long": dict(
        config=Phi3Config, seed=1, dtype=torch.float32, gguf=True, prompts=("long",),
        settings=dict(
            sliding_window=None, original_max_position_embeddings=64,
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=64,
                partial_rotary_factor=1.0, short_factor=[1.0, 1.1, 1.2, 1.3, 1.5, 1.9],
                long_factor=[1.0, 1.5, 2.5, 4.0, 7.0, 9.0]))),
    "phi3-short": dict(
        config=Phi3Config, seed=1, dtype=torch.float32, gguf=True,
        prompts=("one-token", "sentence"),
        settings=dict(
            sliding_window=None, original_max_position_embeddings=512,
            max_position_embeddings=512,
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=512,
                partial_rotary_factor=1.0, short_factor=[1.0, 1.1, 1.2, 1.3, 1.5, 1.9],
                long_factor=[1.0, 1.5, 2.5, 4.0, 7.0, 9.0]))),
    # As Phi-4-mini: RoPE on three quarters of each head.
    "phi3-partial": dict(
        config=Phi3Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            hidden_size=64, sliding_window=None, tie_word_embeddings=True,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0,
                                 partial_rotary_factor=0.75))),
    # As GLM-4: RoPE on half of each head, whose pairs are neighbours.
    "glm": dict(
        config=GlmConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(head_dim=12, attention_bias=True, rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    "glm4": dict(
        config=Glm4Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(head_dim=24, attention_bias=True, rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    # RoPE on whole heads, whose pairs are neighbours.
    "ernie4.5": dict(
        config=Ernie4_5Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(head_dim=20, tie_word_embeddings=True,
                      rope_parameters=dict(rope_type="default", rope_theta=500000.0))),
    # The shared expert is wider than the others.
    "qwen2-moe": dict(
        config=Qwen2MoeConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            num_experts=6, num_experts_per_tok=2, moe_intermediate_size=32,
            shared_expert_intermediate_size=80, norm_topk_prob=False, decoder_sparse_step=1,
            mlp_only_layers=[], num_hidden_layers=4, rope_parameters=THETA)),
    "qwen2-moe-window": dict(
        config=Qwen2MoeConfig, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(
            num_experts=5, num_experts_per_tok=3, moe_intermediate_size=32,
            shared_expert_intermediate_size=16, norm_topk_prob=True, decoder_sparse_step=1,
            mlp_only_layers=[], num_hidden_layers=4, qkv_bias=False, use_sliding_window=True,
            sliding_window=20, max_window_layers=3, rope_parameters=THETA)),
    "olmoe": dict(
        config=OlmoeConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            num_experts=6, num_experts_per_tok=2, intermediate_size=32, norm_topk_prob=False,
            num_key_value_heads=4, num_hidden_layers=4, rope_parameters=THETA)),
    "qwen3-moe": dict(
        config=Qwen3MoeConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            head_dim=16, num_experts=8, num_experts_per_tok=2, moe_intermediate_size=32,
            norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[],
            num_hidden_layers=4, rope_parameters=THETA)),
    "qwen3-moe-plain": dict(
        config=Qwen3MoeConfig, seed=1, dtype=torch.float32, gguf=False,
        settings=dict(
            head_dim=16, num_experts=6, num_experts_per_tok=3, moe_intermediate_size=32,
            norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[],
            num_hidden_layers=4, rope_parameters=THETA)),
    # Blocks without RoPE; the exits' tails copy some.
    "smollm3": dict(
        config=SmolLM3Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(tie_word_embeddings=False, num_hidden_layers=6,
                      rope_parameters=dict(rope_type="default", rope_theta=50000.0))),
    "smollm3-window": dict(
        config=SmolLM3Config, seed=1, dtype=torch.float32, gguf=False,
        settings=dict(no_rope_layers=[1, 1, 0, 1, 0], use_sliding_window=True, sliding_window=24,
                      tie_word_embeddings=False, rope_parameters=THETA)),
    "granite": dict(
        config=GraniteConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(embedding_multiplier=6.0, attention_multiplier=0.2, residual_multiplier=0.4,
                      logits_scaling=3.0, rope_parameters=THETA)),
    "olmo2": dict(
        config=Olmo2Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(rope_parameters=dict(rope_type="default", rope_theta=500000.0))),
    # The blocks that see everything have YaRN, those with a window have none.
    "olmo3": dict(
        config=Olmo3Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            sliding_window=24, num_hidden_layers=6,
            rope_parameters=dict(
                full_attention=dict(rope_type="yarn", rope_theta=50000.0, factor=4.0,
                                    original_max_position_embeddings=128),
                sliding_attention=dict(rope_type="default", rope_theta=50000.0)))),
    "mixtral": dict(
        config=MixtralConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(num_local_experts=6, num_experts_per_tok=2, num_hidden_layers=4,
                      intermediate_size=32, rope_parameters=THETA)),
    # Short convolutions, the first and the last block among them; the feed-forward width is adjusted to 48.
    "lfm2": dict(
        config=Lfm2Config, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(
            num_hidden_layers=6, tie_word_embeddings=True, block_multiple_of=16, conv_L_cache=3,
            layer_types=["conv", "conv", "full_attention", "conv", "full_attention", "conv"],
            rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    # Two value heads to a key head; RoPE on a quarter of each head of attention.
    "qwen3.5": dict(
        config=Qwen3_5TextConfig, seed=1, dtype=torch.bfloat16, gguf=False,
        settings=dict(
            head_dim=16, num_hidden_layers=6, linear_num_key_heads=2, linear_num_value_heads=4,
            linear_key_head_dim=8, linear_value_head_dim=16, linear_conv_kernel_dim=4,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0,
                                 partial_rotary_factor=0.25, mrope_section=[1, 1, 0],
                                 mrope_interleaved=True))),
    # LayerNorm; RoPE on half of each head.
    "stablelm": dict(
        config=StableLmConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    # Both parts of a block read one norm; biases of queries, keys and values.
    "stablelm-parallel": dict(
        config=StableLmConfig, seed=1, dtype=torch.float32, gguf=True,
        settings=dict(use_parallel_residual=True, use_qkv_bias=True, rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    # Both parts read what was there before the block, each through a norm of its own.
    "gpt-neox": dict(
        config=GPTNeoXConfig, seed=45, dtype=torch.float16, gguf=True,
        settings=dict(num_key_value_heads=4, rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    # One after another, as the 20B model's small relatives; without biases of attention, and the tanh form of GELU.
    "gpt-neox-serial": dict(
        config=GPTNeoXConfig, seed=47, dtype=torch.float32, gguf=False,
        settings=dict(num_key_value_heads=4, use_parallel_residual=False, attention_bias=False, hidden_act="gelu_new",
                      num_hidden_layers=4, rope_parameters=dict(
                          rope_type="default", rope_theta=500.0, partial_rotary_factor=1.0))),
    # Embeddings of positions; joined matrices that are stored transposed. Its class knows no other names.
    "gpt2": dict(
        config=GPT2Config, seed=19, dtype=torch.bfloat16, gguf=True,
        without=("num_key_value_heads", "intermediate_size"),
        settings=dict(tie_word_embeddings=True)),
    # Scores that are not divided by the root of a head's width, another width, the exact GELU, a head of its own.
    "gpt2-unscaled": dict(
        config=GPT2Config, seed=1, dtype=torch.float32, gguf=False,
        without=("num_key_value_heads", "intermediate_size"),
        settings=dict(scale_attn_weights=False, n_inner=80, activation_function="gelu",
                      num_hidden_layers=4)),
    # Both parts of a block read one norm; biases everywhere, of the unembedding too.
    "phi": dict(
        config=PhiConfig, seed=92, dtype=torch.float16, gguf=True,
        settings=dict(num_key_value_heads=4, intermediate_size=192, rope_parameters=dict(
            rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    # LayerNorm without biases, parallel parts, scaled logits.
    "cohere": dict(
        config=CohereConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(tie_word_embeddings=True, logit_scale=0.25, model_max_length=512,
                      rope_parameters=THETA)),
    # Windows in three blocks of four, RoPE in these alone.
    "cohere2": dict(
        config=Cohere2Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(tie_word_embeddings=True, logit_scale=0.3, sliding_window=24,
                      num_hidden_layers=6, rotary_pct=1.0, rope_parameters=THETA)),
    "starcoder2": dict(
        config=Starcoder2Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(sliding_window=24, rope_parameters=THETA)),
    # Gates reach their bound; the bounds of YaRN are not rounded; every other block has a window.
    "gpt-oss": dict(
        config=GptOssConfig, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            head_dim=16, num_local_experts=6, num_experts_per_tok=2, num_hidden_layers=4,
            intermediate_size=32, sliding_window=24, rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=4.0, beta_fast=32.0, beta_slow=1.0,
                truncate=False, original_max_position_embeddings=64))),
    # The experts in MXFP4, as it is published; other numbers of the bounded unit.
    "gpt-oss-mxfp4": dict(
        config=GptOssConfig, seed=1, dtype=torch.bfloat16, gguf=False, mxfp4=True,
        settings=dict(
            head_dim=16, hidden_size=64, num_local_experts=4, num_experts_per_tok=2,
            num_hidden_layers=4, intermediate_size=32, sliding_window=24, swiglu_limit=4.0,
            swiglu_alpha=1.5, rope_parameters=THETA)),
    # Queries grow from position 32 on.
    "ministral3": dict(
        config=Ministral3Config, seed=1, dtype=torch.bfloat16, gguf=True,
        settings=dict(
            head_dim=16, rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=16.0, beta_fast=32.0, beta_slow=1.0,
                mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.3,
                original_max_position_embeddings=32))),
}


def make_model(variant, seed):
    settings = {**COMMON, **variant["settings"]}
    for name in variant.get("without", ()):
        del settings[name]
    config = variant["config"](**settings)
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config)
    generator = torch.Generator().manual_seed(seed)
    gemma = config.model_type.startswith("gemma")
    less_one = gemma or config.model_type.startswith("qwen3_5")

    def normal(tensor, std, mean=0.0):
        return torch.randn(tensor.shape, generator=generator) * std + mean

    for name, tensor in sorted(model.state_dict().items()):
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        oss = config.model_type == "gpt_oss"
        gpt2 = config.model_type == "gpt2"
        # gpt-oss' experts and GPT-2's matrices are stored transposed.
        transposed = oss and "experts" in name and tensor.dim() > 2 or gpt2 and tensor.dim() > 1
        fan_in = tensor.shape[-2 if transposed else -1]
        if ("norm" in name or ".ln_" in name) and not name.endswith(".bias"):
            # Post norms say how much a part adds; too little, and a tied head repeats its input.
            mean = 2.0 if gemma and "post_" in name else 1.0
            if gemma and name == "model.norm.weight":
                mean = 6.0
            if gpt2 and ".ln_f." in name and config.tie_word_embeddings:
                mean = 5.0
            value = normal(tensor, 0.2, mean).clamp(min=0.3)
            value -= 1.0 if less_one and "linear_attn" not in name else 0.0
        elif name.endswith("sinks"):
            value = normal(tensor, 1.0, 1.0)
        elif oss and name.endswith("gate_up_proj"):
            value = normal(tensor, 4.0 * fan_in**-0.5)
        elif oss and name.endswith("down_proj"):
            value = normal(tensor, 0.4 * fan_in**-0.5)
        elif name.endswith("_bias") or name.endswith(".bias") or name.endswith("dt_bias") or name.endswith("A_log"):
            value = normal(tensor, 0.3)
        elif "embed_tokens" in name or "embed_in" in name or ".wte." in name or ".wpe." in name:
            value = normal(tensor, 0.1 if gemma or gpt2 and config.tie_word_embeddings else 0.4)
        elif "lm_head" in name or "embed_out" in name:
            value = normal(tensor, 0.5)
        elif "q_proj" in name or "k_proj" in name or "qkv_proj" in name:
            value = normal(tensor, 1.4 * fan_in**-0.5)
        elif name.endswith("mlp.gate.weight") or name.endswith("mlp.router.weight"):
            value = normal(tensor, 3.0 * fan_in**-0.5)
        else:
            value = normal(tensor, 1.6 * fan_in**-0.5)
        tensor.copy_(value)
    model.tie_weights()
    for parameter in model.parameters():
        parameter.data = parameter.data.to(variant["dtype"])
    return model.eval()


def expectations(model, tokenizer, names):
    rows = []
    for name, text in tiny_llama.PROMPTS:
        if names and name not in names:
            continue
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text
        rows.append(common.expect(model, name, text, ids))
    return rows


def put_in_mxfp4(directory):
    """The experts' matrices in blocks, as OpenAI stores them: [experts, outputs, blocks, 16], exponents beside them."""
    path = directory / "model.safetensors"
    tensors = load_file(path)
    grid = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6])
    for name in [name for name in tensors if name.endswith(("gate_up_proj", "down_proj"))]:
        rows = tensors.pop(name).float().transpose(1, 2)
        groups = rows.reshape(*rows.shape[:2], -1, 32)
        largest = groups.abs().amax(-1).clamp(min=2.0**-120)
        exponents = torch.floor(torch.log2(largest)) - 2
        scaled = groups / torch.exp2(exponents)[..., None]
        codes = (scaled.abs()[..., None] - grid).abs().argmin(-1) | (scaled < 0).int() << 3
        tensors[name + "_blocks"] = (codes[..., ::2] | codes[..., 1::2] << 4).to(torch.uint8).contiguous()
        tensors[name + "_scales"] = (exponents + 127).to(torch.uint8).contiguous()
    save_file(tensors, path, metadata={"format": "pt"})
    config = json.loads((directory / "config.json").read_text())
    config["quantization_config"] = {
        "quant_method": "mxfp4",
        "modules_to_not_convert": ["model.layers.*.self_attn", "model.layers.*.mlp.router",
                                   "model.embed_tokens", "lm_head"]}
    (directory / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def build(name, variant, directory):
    for seed in range(variant["seed"], variant["seed"] + 200):
        shutil.rmtree(directory, ignore_errors=True)
        model = make_model(variant, seed)
        model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0)
        model.save_pretrained(directory)
        tiny_llama.make_tokenizer().save_pretrained(directory, save_jinja_files=False)
        if variant.get("mxfp4"):
            put_in_mxfp4(directory)
        # What is expected is read back from the files, not taken from memory.
        loaded = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
        # AutoTokenizer would put the family's own pre-tokenizer in the place of the file's.
        tokenizer = PreTrainedTokenizerFast.from_pretrained(directory)
        rows = expectations(tiny_llama.in_float32(loaded), tokenizer, variant.get("prompts"))
        try:
            common.check_rows(rows)
        except AssertionError as fault:
            print(name, seed, fault, file=sys.stderr)
            continue
        head = {
            "model": name, "seed": seed, "arithmetic": "float32", "versions": common.versions(),
        }
        common.write_json(directory / "expected.json", head, "prompts", rows)
        size = sum(file.stat().st_size for file in directory.iterdir())
        print(name, "seed", seed, "bytes", size, "smallest gap",
              min(row["greedy_min_gap"] for row in rows), flush=True)
        return
    raise SystemExit(f"{name}: no seed without near ties")


def convert(name, directory, converter):
    """The checkpoint by llama.cpp's own converter, matrices in the type they have."""
    kind = {torch.float32: "f32", torch.bfloat16: "bf16", torch.float16: "f16"}
    kind = kind[VARIANTS[name]["dtype"]]
    target = directory / f"{name}.gguf"
    target.unlink(missing_ok=True)
    code = (
        "import sys; sys.path[:0] = [{0!r}, {0!r} + '/gguf-py']\n"
        "import conversion.base as base\n"
        # The tiny tokenizer is nobody's: its pre-tokenizer is GPT-2's.
        "base.TextModel.get_vocab_base_pre = lambda self, tokenizer: 'gpt-2'\n"
        # GPT-NeoX's share of a head and GPT-2's context have other names since transformers 5.
        "import json; old = base.ModelBase.load_hparams\n"
        "def load(*arguments):\n"
        "  hparams = old(*arguments)\n"
        "  rope = hparams.get('rope_parameters') or {{}}\n"
        "  hparams.setdefault('rotary_pct', rope.get('partial_rotary_factor', 1.0))\n"
        "  hparams.setdefault('n_ctx', hparams.get('n_positions'))\n"
        "  return hparams\n"
        "base.ModelBase.load_hparams = staticmethod(load)\n"
        "import conversion.phi as phi\n"
        "phi.Phi3MiniModel.set_vocab = lambda self: self._set_vocab_gpt2()\n"
        "import conversion.ernie as ernie\n"
        "ernie.Ernie4_5Model.set_vocab = lambda self: self._set_vocab_gpt2()\n"
        "sys.argv = ['convert', {1!r}, '--outtype', {3!r}, '--outfile', {2!r}]\n"
        "import runpy; runpy.run_path({0!r} + '/convert_hf_to_gguf.py', run_name='__main__')\n"
    ).format(str(converter), str(directory), str(target), kind)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode != 0 or not target.exists():
        print(name, "not converted:", done.stderr.strip().splitlines()[-3:])
    else:
        print(name, "GGUF bytes", target.stat().st_size, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="directory that gets families/")
    parser.add_argument("--only")
    parser.add_argument("--converter", type=Path)
    parser.add_argument("--convert-only", action="store_true")
    options = parser.parse_args()
    for name, variant in VARIANTS.items():
        if options.only and name != options.only:
            continue
        directory = options.out / "families" / name
        if not options.convert_only:
            build(name, variant, directory)
        if variant["gguf"] and options.converter:
            convert(name, directory, options.converter.resolve())


if __name__ == "__main__":
    main()
