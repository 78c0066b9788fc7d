"""Makes Tests/Golden/quantized: matrices in the layouts of packages that quantize, and what these
packages make of them.

    PYTHONPATH=SITE:GPTQMODEL:AUTOAWQ python tools/golden/quantized.py Tests/Golden

writes base.safetensors and config.json (a Llama of one block in BF16), NAME.safetensors for each
variant (the parts of its quantized modules) and quantized.json: for each variant its
quantization_config, who judged it, and for each weight its shape and the SHA-256 of its float32
values, row-major and little-endian, with +0 for -0. A test puts a variant's parts in the place of
the base's weights.

The judges are the packages' own code, run in float32: compressed-tensors 0.20.1, bitsandbytes
0.50.2, mlx 0.32.4 (mlx-cpu), torchao 0.18.0, gptqmodel 7.7.0 (its TorchLinear), autoawq 0.2.9
(awq/utils/packing_utils.py) and transformers' integrations. SITE holds those installed with
`pip install --no-deps --target`; GPTQMODEL and AUTOAWQ are unpacked source archives. modelopt cannot
be installed here: its formula (weight_scale * weight_scale_2 * code) is written below. Codes, scales
and zero points are random: what is judged is how they are read.

Deterministic: a second run writes the same bytes.
"""

import hashlib
import importlib.util
import json
import re
import sys
from pathlib import Path

import golden_common as common  # first: it sets up torch and transformers
import numpy as np
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig

HIDDEN, INTERMEDIATE, VOCABULARY = 64, 160, 320
LAYER = "model.layers.0."
SHAPES = {
    LAYER + "self_attn.q_proj": (64, 64), LAYER + "self_attn.k_proj": (32, 64),
    LAYER + "self_attn.v_proj": (32, 64), LAYER + "self_attn.o_proj": (64, 64),
    LAYER + "mlp.gate_proj": (160, 64), LAYER + "mlp.up_proj": (160, 64),
    LAYER + "mlp.down_proj": (64, 160),
}
ALL = list(SHAPES)
TWO = [LAYER + "self_attn.q_proj", LAYER + "mlp.down_proj"]
EMBEDDING = "model.embed_tokens"
VARIANTS = {}


def variant(name, config, judge, modules=TWO, key="quantization_config"):
    """Registers a function from (module, shape, generator) to (parts, weight)."""
    def register(make):
        VARIANTS[name] = dict(config=config, judge=judge, modules=modules, make=make, key=key)
        return make
    return register


def normal(shape, g, std=0.08):
    return torch.randn(shape, generator=g) * std


def integers(low, high, shape, g):
    return torch.randint(low, high, shape, generator=g)


def positive(shape, g, dtype=torch.float32):
    return (torch.rand(shape, generator=g) * 0.02 + 0.002).to(dtype)


# ---- FP8 ----------------------------------------------------------------------------------------

def fp8(shape, g, dtype=torch.float8_e4m3fn):
    bits = integers(0, 256, shape, g).to(torch.uint8)
    if dtype == torch.float8_e4m3fn:
        bits[(bits & 0x7F) == 0x7F] = 0x7E
    else:
        bits[(bits & 0x7C) == 0x7C] = 0x7B
    return bits.view(dtype)


def transformers_fp8(weight, scale):
    """Fp8Dequantize asks for blocks that divide the matrix: it is padded to whole ones."""
    from transformers.integrations.finegrained_fp8 import Fp8Dequantize

    rows, columns = weight.shape
    block = [-(-n // s) if s == 1 else 128 for n, s in zip(weight.shape, scale.shape)]
    padded = torch.zeros([b * s for b, s in zip(block, scale.shape)], dtype=torch.uint8)
    padded[:rows, :columns] = weight.view(torch.uint8)
    out = Fp8Dequantize(None)._dequantize_one(padded.view(weight.dtype), scale, torch.float32)
    return out[:rows, :columns].contiguous()


FP8_BLOCKS = dict(quant_method="fp8", activation_scheme="dynamic", fmt="e4m3", weight_block_size=[128, 128])


def fp8_blocks(scale_of):
    def make(module, shape, g):
        grid = [-(-n // 128) for n in shape]
        weight, scale = fp8(shape, g), scale_of(grid, g)
        return {"weight": weight, "weight_scale_inv": scale}, transformers_fp8(weight, scale)
    return make


variant("fp8-blocks", FP8_BLOCKS, "transformers", ALL)(fp8_blocks(positive))
variant("fp8-ue8m0", dict(FP8_BLOCKS, scale_fmt="ue8m0"), "transformers")(fp8_blocks(
    lambda grid, g: integers(115, 125, grid, g).to(torch.uint8).view(torch.float8_e8m0fnu)))


@variant("fp8-tensor", dict(quant_method="fp8", activation_scheme="static"), "transformers")
def fp8_tensor(module, shape, g):
    weight, scale = fp8(shape, g), positive((1, 1), g)
    parts = {"weight": weight, "weight_scale": scale.reshape(()), "input_scale": torch.ones(())}
    return parts, transformers_fp8(weight, scale)


@variant("fp8-rows-e5m2", dict(quant_method="fp8", fmt="e5m2"), "torch: weight.float() * scale")
def fp8_rows(module, shape, g):
    weight, scale = fp8(shape, g, torch.float8_e5m2), positive((shape[0], 1), g, torch.bfloat16)
    return {"weight": weight, "weight_scale": scale}, weight.float() * scale.float()


@variant("fbgemm-fp8", dict(quant_method="fbgemm_fp8", activation_scale_ub=1200.0),
         "torch: weight.float() * scale")
def fbgemm_fp8(module, shape, g):
    weight, scale = fp8(shape, g), positive((shape[0], 1), g)
    return {"weight": weight, "weight_scale": scale}, weight.float() * scale


# ---- GPTQ ---------------------------------------------------------------------------------------

def pack_bits(codes, bits, axis):
    """Codes as a dense stream of bits in 32-bit words along an axis, the lowest bits first."""
    codes = np.moveaxis(codes.numpy().astype(np.uint64), axis, 0)
    words = np.zeros((-(-codes.shape[0] * bits // 32) + 1,) + codes.shape[1:], dtype=np.uint64)
    for index, row in enumerate(codes):
        word, offset = index * bits // 32, index * bits % 32
        words[word] |= row << np.uint64(offset) & np.uint64(0xFFFFFFFF)
        words[word + 1] |= row >> np.uint64(32 - offset)
    words = np.moveaxis(words[:-1], 0, axis).astype(np.uint32).view(np.int32)
    return torch.from_numpy(np.ascontiguousarray(words))


def gptqmodel_weight(parts, bits, group, shape, v1):
    """TorchLinear's dequantization, of version 2 as gptqmodel converts version 1."""
    from gptqmodel.nn_modules.qlinear.torch import TorchLinear
    from gptqmodel.utils.model import convert_gptq_v1_to_v2_format_module

    layer = TorchLinear(
        bits=bits, group_size=group, sym=False, desc_act=True, in_features=shape[1],
        out_features=shape[0], bias=False, pack_dtype=torch.int32, register_buffers=True)
    for name, value in parts.items():
        setattr(layer, name, value.clone())
    layer.scales = layer.scales.float()
    if v1:
        convert_gptq_v1_to_v2_format_module(layer, bits=bits, pack_dtype=torch.int32)
    layer.dequant_dtype = torch.int16 if bits == 8 else torch.int8
    layer.post_init()
    layer.scales = layer.scales.float()
    return layer.dequantize_weight().T.contiguous().float()


def gptq(bits, sym=True, v1=True, order=False, group=32):
    def make(module, shape, g):
        rows, columns = shape
        size = columns if group == -1 else group
        groups = columns // size
        codes = integers(0, 2**bits, (columns, rows), g)
        middle = 2 ** (bits - 1)
        zeros = torch.full((groups, rows), middle) if sym else integers(1, 2**bits, (groups, rows), g)
        index = torch.arange(columns) // size
        if order:
            index = index[torch.randperm(columns, generator=g)]
        parts = {
            "qweight": pack_bits(codes, bits, 0), "qzeros": pack_bits(zeros - int(v1), bits, 1),
            "scales": positive((groups, rows), g, torch.float16), "g_idx": index.to(torch.int32),
        }
        weight = gptqmodel_weight(parts, bits, size, shape, v1)
        formula = (parts["scales"].float()[index] * (codes - zeros[index])).T
        assert torch.equal(weight, formula), module
        return parts, weight
    return make


def gptq_config(bits, **more):
    return dict(quant_method="gptq", bits=bits, group_size=32, sym=True, desc_act=False, **more)


GPTQ = "gptqmodel"
variant("gptq-4bit", gptq_config(4), GPTQ, ALL)(gptq(4))
variant("gptq-2bit", gptq_config(2), GPTQ)(gptq(2))
variant("gptq-3bit", gptq_config(3), GPTQ)(gptq(3))
variant("gptq-8bit", gptq_config(8), GPTQ)(gptq(8))
variant("gptq-3bit-asym", dict(gptq_config(3), sym=False), GPTQ)(gptq(3, sym=False))
variant("gptq-asym", dict(gptq_config(4), sym=False), GPTQ)(gptq(4, sym=False))
variant("gptq-v2", dict(gptq_config(4), sym=False, checkpoint_format="gptq_v2"), GPTQ)(
    gptq(4, sym=False, v1=False))
variant("gptq-act-order", dict(gptq_config(4), desc_act=True), GPTQ)(gptq(4, order=True))
variant("gptq-rows", dict(gptq_config(4), group_size=-1), GPTQ)(gptq(4, group=-1))


# ---- AWQ ----------------------------------------------------------------------------------------

def awq_pack(codes):
    order = torch.tensor([0, 2, 4, 6, 1, 3, 5, 7])
    grouped = codes.reshape(codes.shape[0], -1, 8)[:, :, order]
    return pack_bits(grouped.reshape(codes.shape[0], -1), 4, 1)


def autoawq_weight(parts, group):
    path = next(Path(p) / "awq/utils/packing_utils.py" for p in sys.path
                if (Path(p) / "awq/utils/packing_utils.py").exists())
    spec = importlib.util.spec_from_file_location("packing_utils", path)
    packing = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(packing)
    return packing.dequantize_gemm(
        parts["qweight"], parts["qzeros"], parts["scales"].float(), 4, group).T.contiguous()


AWQ = dict(quant_method="awq", bits=4, group_size=32, zero_point=True, version="gemm")


def awq(symmetric):
    def make(module, shape, g):
        rows, columns = shape
        zeros = integers(0, 16, (columns // 32, rows), g)
        parts = {
            "qweight": awq_pack(integers(0, 16, (columns, rows), g)),
            "qzeros": awq_pack(torch.full_like(zeros, 8) if symmetric else zeros),
            "scales": positive((columns // 32, rows), g, torch.float16),
        }
        return parts, autoawq_weight(parts, 32)
    return make


variant("awq", AWQ, "autoawq", ALL)(awq(False))
variant("awq-sym", dict(AWQ, modules_to_not_convert=["lm_head"]), "autoawq")(awq(True))


# ---- compressed-tensors ---------------------------------------------------------------------------

def ct_arguments(**arguments):
    return dict(dict(num_bits=4, type="int", symmetric=True, strategy="group", group_size=32,
                     dynamic=False), **arguments)


def ct_config(format, groups, ignore=("lm_head",)):
    return dict(
        quant_method="compressed-tensors", format=format, quantization_status="compressed",
        global_compression_ratio=None, kv_cache_scheme=None, ignore=list(ignore),
        config_groups={
            f"group_{index}": dict(targets=targets, weights=weights, input_activations=None,
                                   output_activations=None, **more)
            for index, (targets, weights, *rest) in enumerate(groups)
            for more in [rest[0] if rest else {}]})


def ct_weight(format, arguments, parts):
    """The package's decompression with scales widened to float32."""
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
    from compressed_tensors.quantization.lifecycle.forward import dequantize
    from compressed_tensors.compressors.nvfp4.helpers import unpack_fp4_from_uint8

    scheme = QuantizationScheme(targets=["Linear"], weights=QuantizationArgs(**arguments))
    if format in ("nvfp4-pack-quantized", "mxfp4-pack-quantized"):
        # Its decompress() works in bfloat16; this is the same in float32.
        rows, half = parts["weight_packed"].shape
        codes = unpack_fp4_from_uint8(parts["weight_packed"], rows, half * 2, torch.float32)
        compressor = BaseCompressor.get_value_from_registry(format)
        scale = compressor._decompress_scale(parts["weight_scale"], torch.float32)
        return dequantize(codes, scale, args=scheme.weights, dtype=torch.float32,
                          global_scale=parts.get("weight_global_scale"))
    state = {name: value.clone() for name, value in parts.items()}
    if state["weight_scale"].dtype != torch.uint8:
        state["weight_scale"] = state["weight_scale"].float()
    compressor = BaseCompressor.get_value_from_registry(format)
    if format == "mxfp8-quantized":
        scale = compressor._decompress_scale(state["weight_scale"]).float()
        return dequantize(state["weight"], scale, args=scheme.weights, dtype=torch.float32)
    return compressor.decompress(state, scheme)["weight"].float()


def ct(format, arguments, dtype=torch.bfloat16):
    def make(module, shape, g):
        rows, columns = shape
        bits, low = arguments["num_bits"], -(2 ** (arguments["num_bits"] - 1))
        strategy, group = arguments["strategy"], arguments.get("group_size")
        grid = {"tensor": (1,), "channel": (rows, 1), "group": (rows, columns // (group or 1)),
                "tensor_group": (rows, columns // (group or 1))}.get(strategy)
        if strategy == "block":
            grid = [-(-n // b) for n, b in zip(shape, arguments["block_structure"])]
        parts = {"weight_scale": positive(grid, g, dtype)}
        if format.endswith("fp4-pack-quantized"):
            parts["weight_packed"] = integers(0, 256, (rows, columns // 2), g).to(torch.uint8)
            if format.startswith("nv"):
                parts["weight_scale"] = fp8(grid, g).view(torch.uint8).clamp(max=0x7E).view(
                    torch.float8_e4m3fn)
                parts["weight_global_scale"] = torch.tensor([1234.5])
            else:
                parts["weight_scale"] = integers(115, 125, grid, g).to(torch.uint8)
        elif arguments["type"] == "float":
            parts["weight"] = fp8(shape, g)
            if format == "mxfp8-quantized":
                parts["weight_scale"] = integers(115, 125, grid, g).to(torch.uint8)
        elif format == "pack-quantized":
            from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32

            codes = integers(low, -low, shape, g).to(torch.int8)
            parts["weight_packed"] = pack_to_int32(codes, bits)
            parts["weight_shape"] = torch.tensor(shape)
            if not arguments["symmetric"]:
                zeros = integers(low, -low, grid, g).to(torch.int8)
                parts["weight_zero_point"] = pack_to_int32(zeros, bits, packed_dim=0)
        else:
            parts["weight"] = integers(low, -low, shape, g).to(torch.int8)
            if not arguments["symmetric"]:
                parts["weight_zero_point"] = integers(low, -low, grid, g).to(torch.int8)
        return parts, ct_weight(format, arguments, parts)
    return make


def ct_variant(name, format, arguments, modules=TWO, dtype=torch.bfloat16):
    variant(name, ct_config(format, [(["Linear"], arguments)]), "compressed-tensors", modules)(
        ct(format, arguments, dtype))


ct_variant("ct-int4", "pack-quantized", ct_arguments(), ALL)
ct_variant("ct-int4-asym", "pack-quantized", ct_arguments(symmetric=False))
ct_variant("ct-int8-packed", "pack-quantized",
           ct_arguments(num_bits=8, strategy="channel", group_size=None), dtype=torch.float16)
ct_variant("ct-int8", "int-quantized", ct_arguments(num_bits=8, strategy="channel", group_size=None))
ct_variant("ct-int8-asym", "int-quantized",
           ct_arguments(num_bits=8, strategy="channel", group_size=None, symmetric=False))
ct_variant("ct-naive", "naive-quantized", ct_arguments(num_bits=8))
ct_variant("ct-fp8", "float-quantized",
           ct_arguments(num_bits=8, type="float", strategy="channel", group_size=None))
ct_variant("ct-fp8-tensor", "float-quantized",
           ct_arguments(num_bits=8, type="float", strategy="tensor", group_size=None))
ct_variant("ct-fp8-blocks", "float-quantized", ct_arguments(
    num_bits=8, type="float", strategy="block", group_size=None, block_structure=[128, 128]))
ct_variant("ct-nvfp4", "nvfp4-pack-quantized",
           ct_arguments(type="float", strategy="tensor_group", group_size=16))
ct_variant("ct-mxfp4", "mxfp4-pack-quantized", ct_arguments(type="float"))
ct_variant("ct-mxfp8", "mxfp8-quantized",
           ct_arguments(num_bits=8, type="float", scale_dtype="torch.uint8"))

CT_INT4 = ct_arguments(group_size=64)
CT_INT8 = ct_arguments(num_bits=8, strategy="channel", group_size=None)


@variant("ct-groups", ct_config("mixed-precision", [
    (["re:.*self_attn\\.(q|k)_proj$"], CT_INT4, dict(format="pack-quantized")),
    (["Linear"], CT_INT8, dict(format="int-quantized")),
]), "compressed-tensors")
def ct_groups(module, shape, g):
    if module.endswith("q_proj"):
        return ct("pack-quantized", CT_INT4)(module, shape, g)
    return ct("int-quantized", CT_INT8)(module, shape, g)


# ---- bitsandbytes -------------------------------------------------------------------------------

def bnb_4bit(kind, nested):
    def make(module, shape, g):
        import bitsandbytes.functional as F

        packed, state = F.quantize_4bit(
            normal(shape, g), blocksize=64, quant_type=kind, compress_statistics=nested)
        state.dtype = torch.float32
        parts = {"weight": packed}
        parts |= {f"weight.{name}": value for name, value in state.as_dict(packed=True).items()}
        return parts, F.dequantize_4bit(packed, state)
    return make


def bnb_config(kind, nested):
    return dict(
        quant_method="bitsandbytes", load_in_4bit=True, load_in_8bit=False, _load_in_4bit=True,
        _load_in_8bit=False, bnb_4bit_quant_type=kind, bnb_4bit_use_double_quant=nested,
        bnb_4bit_compute_dtype="bfloat16", bnb_4bit_quant_storage="uint8", llm_int8_threshold=6.0,
        llm_int8_skip_modules=None, llm_int8_enable_fp32_cpu_offload=False,
        llm_int8_has_fp16_weight=False)


BNB = "bitsandbytes"
variant("bnb-nf4", bnb_config("nf4", True), BNB, ALL)(bnb_4bit("nf4", True))
variant("bnb-nf4-plain", bnb_config("nf4", False), BNB)(bnb_4bit("nf4", False))
variant("bnb-fp4", bnb_config("fp4", False), BNB)(bnb_4bit("fp4", False))


@variant("bnb-int8", dict(bnb_config("fp4", False), load_in_4bit=False, load_in_8bit=True,
                          _load_in_4bit=False, _load_in_8bit=True), BNB)
def bnb_int8(module, shape, g):
    import bitsandbytes  # noqa: F401

    weight, scale = integers(-127, 128, shape, g).to(torch.int8), positive((shape[0],), g) * 50
    parts = {"weight": weight, "SCB": scale, "weight_format": torch.tensor(0, dtype=torch.uint8)}
    return parts, torch.ops.bitsandbytes.int8_vectorwise_dequant(weight, scale)


# ---- MLX ----------------------------------------------------------------------------------------

def to_torch(array):
    return torch.from_numpy(np.array(array).copy())


def mlx(bits, group, dtype):
    def make(module, shape, g):
        import mlx.core as mx

        weight = mx.array(normal(shape, g).numpy()).astype(dtype and getattr(mx, dtype))
        packed, scales, biases = mx.quantize(weight, group_size=group, bits=bits)
        wide = mx.dequantize(packed, scales.astype(mx.float32), biases.astype(mx.float32),
                             group_size=group, bits=bits)
        narrow = getattr(torch, dtype)
        parts = {
            "weight": to_torch(packed).view(torch.uint32),
            "scales": to_torch(scales.astype(mx.float32)).to(narrow),
            "biases": to_torch(biases.astype(mx.float32)).to(narrow),
        }
        codes = to_torch(mx.dequantize(packed, mx.ones(scales.shape), mx.zeros(scales.shape),
                                       group_size=group, bits=bits))
        # MLX fuses multiplication and addition on some machines; both roundings are the formula.
        exact = (codes * parts["scales"].float().repeat_interleave(group, 1)
                 + parts["biases"].float().repeat_interleave(group, 1))
        assert torch.allclose(exact, to_torch(wide), rtol=1e-6, atol=1e-7)
        return parts, exact
    return make


def mlx_variant(name, bits, group, dtype, modules=TWO):
    variant(name, dict(group_size=group, bits=bits, mode="affine"), "mlx", modules,
            key="quantization")(mlx(bits, group, dtype))


mlx_variant("mlx-4bit", 4, 32, "float16", ALL + [EMBEDDING])
mlx_variant("mlx-4bit-bf16", 4, 32, "bfloat16")
mlx_variant("mlx-8bit", 8, 32, "float16")
mlx_variant("mlx-3bit", 3, 32, "float16")
mlx_variant("mlx-6bit", 6, 32, "bfloat16")


# ---- modelopt and torchao -------------------------------------------------------------------------

@variant("modelopt-nvfp4", dict(
    quant_method="modelopt", quant_algo="NVFP4", ignore=["lm_head"], producer=dict(name="modelopt"),
    config_groups=dict(group_0=dict(
        targets=["Linear"], weights=dict(dynamic=False, num_bits=4, type="float", group_size=16),
        input_activations=dict(dynamic=False, num_bits=4, type="float", group_size=16)))),
    "the formula: code * (weight_scale * weight_scale_2)")
def modelopt_nvfp4(module, shape, g):
    from compressed_tensors.compressors.nvfp4.helpers import unpack_fp4_from_uint8

    rows, columns = shape
    packed = integers(0, 256, (rows, columns // 2), g).to(torch.uint8)
    scale = fp8((rows, columns // 16), g).view(torch.uint8).clamp(max=0x7E).view(torch.float8_e4m3fn)
    second = torch.tensor(0.00031)
    codes = unpack_fp4_from_uint8(packed, rows, columns, torch.float32)
    weight = codes * (scale.float() * second).repeat_interleave(16, 1)
    return {"weight": packed, "weight_scale": scale, "weight_scale_2": second,
            "input_scale": torch.ones(())}, weight


@variant("modelopt-fp8", dict(quant_method="modelopt", quant_algo="FP8", ignore=["lm_head"]),
         "torch: weight.float() * scale")
def modelopt_fp8(module, shape, g):
    weight, scale = fp8(shape, g), positive((), g)
    return {"weight": weight, "weight_scale": scale, "input_scale": torch.ones(())}, (
        weight.float() * scale)


# torchao's classes of the variant's weights, for the file's metadata.
METADATA = {}


def torchao(make_config):
    def make(module, shape, g):
        from torchao.prototype.safetensors.safetensors_support import flatten_tensor_state_dict
        from torchao.quantization import quantize_

        layer = torch.nn.Sequential(torch.nn.Linear(shape[1], shape[0], bias=False))
        layer[0].weight.data = normal(shape, g)
        quantize_(layer, make_config())
        parts, metadata = flatten_tensor_state_dict(layer.state_dict())
        known = json.loads(metadata["0.weight"])
        known["_tensor_data_names"].sort()
        METADATA[f"{module}.weight"] = json.dumps(known)
        return {name[2:]: value for name, value in parts.items()}, layer[0].weight.dequantize()
    return make


def torchao_config(kind):
    import torchao.quantization as ao

    return {
        "int8": lambda: ao.Int8WeightOnlyConfig(), "fp8": lambda: ao.Float8WeightOnlyConfig(),
        "int4": lambda: ao.IntxWeightOnlyConfig(
            weight_dtype=torch.int4, granularity=ao.PerGroup(32)),
    }[kind]()


for kind in ["int8", "int4", "fp8"]:
    variant(f"torchao-{kind}", dict(quant_method="torchao", quant_type={}), "torchao")(
        torchao(lambda kind=kind: torchao_config(kind)))


# ---- Writing ------------------------------------------------------------------------------------

def digest(weight):
    values = (weight.float() + 0.0).contiguous().numpy().astype("<f4")
    assert np.isfinite(values).all()
    return dict(shape=list(weight.shape), sha256=hashlib.sha256(values.tobytes()).hexdigest())


def base(out):
    g = torch.Generator().manual_seed(21)
    tensors = {EMBEDDING + ".weight": normal((VOCABULARY, HIDDEN), g, 1.0)}
    tensors |= {module + ".weight": normal(shape, g) for module, shape in SHAPES.items()}
    for name in [LAYER + "input_layernorm", LAYER + "post_attention_layernorm", "model.norm"]:
        tensors[name + ".weight"] = 1 + normal((HIDDEN,), g)
    save_file({name: value.bfloat16() for name, value in tensors.items()}, out / "base.safetensors")
    config = LlamaConfig(
        vocab_size=VOCABULARY, bos_token_id=1, eos_token_id=2, pad_token_id=0, hidden_size=HIDDEN,
        intermediate_size=INTERMEDIATE, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=True)
    config.architectures = ["LlamaForCausalLM"]
    config.to_json_file(out / "config.json")


def sort_metadata(path):
    """save_file writes metadata in an order of chance."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length:])


def write(out, name, spec):
    g = torch.Generator().manual_seed(int(hashlib.sha256(name.encode()).hexdigest()[:8], 16))
    tensors, weights = {}, {}
    METADATA.clear()
    for module in spec["modules"]:
        shape = SHAPES.get(module, (VOCABULARY, HIDDEN))
        parts, weight = spec["make"](module, shape, g)
        assert tuple(weight.shape) == shape, (name, module, weight.shape)
        tensors |= {f"{module}.{part}": value.contiguous() for part, value in parts.items()}
        weights[module + ".weight"] = digest(weight)
    save_file(tensors, out / f"{name}.safetensors", metadata=METADATA or None)
    if METADATA:
        sort_metadata(out / f"{name}.safetensors")
    return dict(name=name, judge=spec["judge"], key=spec["key"], config=spec["config"], weights=weights)


def main():
    out = Path(sys.argv[1]) / "quantized"
    out.mkdir(parents=True, exist_ok=True)
    pattern = re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    base(out)
    rows = [write(out, name, spec) for name, spec in VARIANTS.items() if pattern.search(name)]
    common.write_json(out / "quantized.json", {"versions": versions()}, "variants", rows)


def versions():
    from importlib.metadata import version

    names = ["compressed-tensors", "bitsandbytes", "mlx", "torch", "transformers"]
    return {name: version(name).split("+")[0] for name in names}


if __name__ == "__main__":
    main()
