"""transformers' float32 model over the texts of a store, keeping what a store keeps."""

import json
import time
from pathlib import Path

import numpy
import torch

from torch_store import Store, block, configuration, unembedding, weights

BLOCK = {
    "attention_norm": "input_layernorm", "attention.query": "self_attn.q_proj",
    "attention.key": "self_attn.k_proj", "attention.value": "self_attn.v_proj",
    "attention.output": "self_attn.o_proj", "feed_forward_norm": "post_attention_layernorm",
    "feed_forward.gate": "mlp.gate_proj", "feed_forward.up": "mlp.up_proj",
    "feed_forward.down": "mlp.down_proj"}


def model_of(artifact):
    from transformers import LlamaConfig, LlamaForCausalLM

    made = configuration(artifact)
    assert made["rope"]["scaling"]["kind"] == "none", "this peer knows plain RoPE alone"
    model = LlamaForCausalLM(LlamaConfig(
        hidden_size=made["hidden_size"], num_hidden_layers=made["block_count"],
        num_attention_heads=made["head_count"], num_key_value_heads=made["kv_head_count"],
        head_dim=made["head_dimension"], intermediate_size=made["intermediate_size"],
        vocab_size=made["vocabulary_size"], max_position_embeddings=made["context_length"],
        rms_norm_eps=made["norm_epsilon"], tie_word_embeddings=made["tied_embeddings"],
        rope_parameters={"rope_type": "default", "rope_theta": made["rope"]["theta"]}))
    state = {
        "model.embed_tokens.weight": weights(artifact, "embedding")["token_embedding.weight"],
        "model.norm.weight": weights(artifact, "head")["final_norm.weight"],
        "lm_head.weight": unembedding(artifact)}
    for index in range(made["block_count"]):
        for name, tensor in block(artifact, index).items():
            state[f"model.layers.{index}.{BLOCK[name.removesuffix('.weight')]}.weight"] = tensor
    model.load_state_dict(state, strict=True)
    return model.eval()


@torch.inference_mode()
def passes(model, store, depth, out):
    """(seconds, tokens, share of positions where the store has the same answer, distance of states)"""
    kept = {}
    layer = model.model.layers[depth - 1]
    layer.register_forward_hook(lambda _module, _inputs, output: kept.update(states=(
        output[0] if isinstance(output, tuple) else output)))
    texts = [torch.from_numpy(store.tokens(i).astype(numpy.int64))[None]
             for i in range(len(store.lengths))]
    model(input_ids=texts[0], use_cache=False)  # what a first call sets up is not timed
    same, apart, whole, seconds = 0, 0.0, 0.0, 0.0
    with open(out, "wb") as file:
        for index, text in enumerate(texts):
            start = time.perf_counter()
            logits = model(input_ids=text, use_cache=False).logits[0]
            states = kept["states"].reshape(-1, store.hidden)
            best = logits.topk(store.k)
            for part in (states.half(), best.indices.int(), best.values, logits.logsumexp(-1)):
                file.write(part.numpy().tobytes())
            seconds += time.perf_counter() - start
            same += int((best.indices[:, 0] == store.teacher(index)[0][:, 0]).sum())
            theirs = store.states(index, depth)
            apart += float((theirs - states).square().sum())
            whole += float(states.square().sum())
    tokens = sum(text.shape[1] for text in texts)
    return seconds, tokens, same / tokens, (apart / whole) ** 0.5


def capture(options):
    store = Store(options.store)
    seconds, tokens, same, distance = passes(
        model_of(options.artifact), store, options.depth, Path(options.out))
    print(json.dumps({"seconds": seconds, "tokens": tokens, "same_answers": same,
                      "distance": distance}))
