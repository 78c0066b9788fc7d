"""Makes checkpoints of a few kilobytes, of some families, for the seeds of targets that read whole directories.

    python tools/fuzz/checkpoints.py OUT

Needs what tools/golden/families.py needs, of which it takes the configurations, made smaller.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

import families
import torch
from transformers import AutoModelForCausalLM

SMALL = dict(
    hidden_size=16, num_attention_heads=2, num_key_value_heads=1, intermediate_size=16, num_hidden_layers=2,
    max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
# Sizes of settings that must not be larger than those.
SETTINGS = dict(head_dim=8, moe_intermediate_size=8, shared_expert_intermediate_size=8, num_experts=2, num_local_experts=2,
                num_experts_per_tok=1, linear_num_key_heads=1, linear_num_value_heads=2, linear_key_head_dim=8,
                linear_value_head_dim=8)
NAMES = ["llama-yarn", "qwen3", "qwen2", "gemma3", "gemma2", "phi3-window", "glm4", "qwen3-moe", "mixtral", "olmo2", "lfm2",
         "granite", "ministral3", "smollm3"]


def main():
    out = Path(sys.argv[1])
    for name in NAMES:
        variant = families.VARIANTS[name]
        settings = {**families.COMMON, **variant["settings"], **SMALL}
        settings |= {key: value for key, value in SETTINGS.items() if key in variant["settings"]}
        if "layer_types" in settings:
            settings["layer_types"] = settings["layer_types"][1:3]
        model = AutoModelForCausalLM.from_config(variant["config"](**settings))
        for parameter in model.parameters():
            parameter.data = torch.zeros_like(parameter.data, dtype=torch.bfloat16)
        directory = out / name
        model.save_pretrained(directory)
        families.tiny_llama.make_tokenizer().save_pretrained(directory, save_jinja_files=False)
        if name == "qwen3":
            split(directory)


def split(directory):
    """Puts the tensors into two shards with an index, as large models have them."""
    import json

    from safetensors.torch import load_file, save_file

    tensors = load_file(directory / "model.safetensors")
    names = sorted(tensors)
    shards = {f"model-0000{n + 1}-of-00002.safetensors": names[n::2] for n in range(2)}
    for shard, held in shards.items():
        save_file({name: tensors[name] for name in held}, directory / shard, metadata={"format": "pt"})
    (directory / "model.safetensors").unlink()
    (directory / "model.safetensors.index.json").write_text(json.dumps(
        {"metadata": {}, "weight_map": {name: shard for shard, held in shards.items() for name in held}}))


if __name__ == "__main__":
    main()
