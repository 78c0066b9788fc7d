"""Compares the language models of tiny random multimodal checkpoints with transformers, by hand.

    python tools/golden/check_multimodal.py CLEAVE Tests/Golden

Makes Gemma 3, Mistral 3 and Qwen 2.5 VL with vision towers, imports them and compares 24 greedy tokens on a text,
in float32. Writes nothing. Made with transformers 5.24, torch 2.15.0.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from transformers import AutoTokenizer, Gemma3Config, Gemma3ForConditionalGeneration, Mistral3Config
from transformers import Mistral3ForConditionalGeneration, Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

TEXT = "Hello there, the cat sat on the mat and it was good"
SIZES = dict(
    vocab_size=320, hidden_size=64, intermediate_size=96, num_hidden_layers=4, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=512, bos_token_id=1, eos_token_id=2)
VISION = dict(
    hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=28, patch_size=14)


def gemma3():
    text = dict(SIZES, head_dim=16, sliding_window=8, query_pre_attn_scalar=16)
    return Gemma3ForConditionalGeneration(Gemma3Config(
        text_config=text, vision_config=VISION, image_token_index=300, boi_token_index=301, eoi_token_index=302,
        mm_tokens_per_image=4))


def mistral3():
    text = dict(SIZES, head_dim=16, model_type="mistral", sliding_window=None)
    return Mistral3ForConditionalGeneration(Mistral3Config(
        text_config=text, vision_config=dict(VISION, model_type="pixtral", head_dim=8), image_token_index=300,
        tie_word_embeddings=False))


def qwen2_5_vl():
    rope = dict(rope_type="default", mrope_section=[2, 3, 3], rope_theta=1e6)
    vision = dict(depth=1, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=64)
    return Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(
        text_config=dict(SIZES, rope_parameters=rope), vision_config=vision, image_token_id=300, video_token_id=301,
        vision_start_token_id=302, vision_end_token_id=303, bos_token_id=1, eos_token_id=2))


def fill(model, is_gemma):
    """Weights that give other tokens from step to step."""
    for name, weight in model.named_parameters():
        if weight.dim() == 1:
            weight.data.normal_(1 if "norm" in name and not is_gemma else 0, 0.1)
        elif is_gemma:
            weight.data.normal_(0, 0.03 if "embed_tokens" in name else 0.5)
        else:
            weight.data.normal_(0, 0.15)


def main():
    cleave, golden = sys.argv[1], pathlib.Path(sys.argv[2])
    torch.manual_seed(0)
    for make in [gemma3, mistral3, qwen2_5_vl]:
        model = make().eval()
        fill(model, make is gemma3)
        with tempfile.TemporaryDirectory() as folder:
            source, target = f"{folder}/source", f"{folder}/artifact"
            model.save_pretrained(source)
            for file in ["tokenizer.json", "tokenizer_config.json"]:
                shutil.copy(golden / "tiny-llama3-f32" / file, source)
            subprocess.run([cleave, "import", source, "-o", target, "--quiet"], check=True)
            ids = AutoTokenizer.from_pretrained(source)(TEXT).input_ids
            answer = model.generate(torch.tensor([ids]), max_new_tokens=24, do_sample=False, eos_token_id=None)
            run = subprocess.run(
                [cleave, "run", target, "--prompt", TEXT, "--max-tokens", "24", "--activations", "float32",
                 "--kv-cache", "f32", "--json"], check=True, capture_output=True, text=True)
            found = [token["id"] for token in json.loads(run.stdout)["tokens"]]
            expected = answer[0][len(ids):].tolist()[:len(found)]
            assert found and found == expected, f"{make.__name__}: {found}, expected {expected}"
            print(make.__name__, len(found), "tokens are the same")


main()
