// The formats of weights: one row for each, from which everything else about a format follows.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- The table ---------------------------------------------------------------------------------
//
// To add a block format, add a row. The compiler then names the functions that are missing: each
// row NAME needs decode_NAME (formats/decode_*.inc.h), codes_NAME
// (products/block_codes.inc.h), unpack_NAME (products/unpack_*.inc.h), pack_NAME
// (quantizers/pack.inc.h) and, in CK_SUPER_FORMATS, scales_NAME (formats/scales_k.inc.h). A row of
// CK_CODEBOOK_FORMATS needs codes_NAME (formats/codebook_codes.inc.h), scales_NAME
// (formats/scales_codebook.inc.h) and unpack_NAME (products/unpack_codebook.inc.h). Both kinds have a
// line in part_scales (products/part_scales.inc.h): EACH_ROW, or scales of many rows at once.
// Sources/Storage/Tensors/TensorType.swift repeats name, id, elements and bytes for modules without
// kernels; FormatTableTests.swift compares the two.
//
// The layouts and ids are those of GGML (ggml-common.h, ggml.h); specs/quantization.md describes
// every byte. Weight = scale * code + offset. Columns:
//   name      of the format, as ck_type, GGUF and the artifacts spell it
//   id        GGML's number of the type
//   elements  weights in a block
//   bytes     of a block
//   group     weights that share a scale: 16 or 32
//   zero      a power of two (or 0) that is added to codes so that they are not negative
//   codes     lowest and highest
//   scales    lowest and highest code of a group's scale (and of its offset, from 0); 1 without them
//   d, m      where in the block the float16 scale and the float16 unit of the offsets are;
//             m is 0 for formats without offsets

/// Formats of single floats, in which a block is one element.
#define CK_FLOAT_FORMATS(ROW) \
  /*  name  id  elements bytes  group zero      codes     scales      d    m */ \
  ROW(F32,   0,       1,    4,     0,   0,    0,    0,    0,   0,    0,   0) \
  ROW(F16,   1,       1,    2,     0,   0,    0,    0,    0,   0,    0,   0) \
  ROW(BF16, 30,       1,    2,     0,   0,    0,    0,    0,   0,    0,   0)

/// Formats whose blocks are one group. The lowest code of Q8_0 could be -128; -127 makes the negative
/// of every code a code.
#define CK_SIMPLE_FORMATS(ROW) \
  /*  name  id  elements bytes  group zero      codes     scales      d    m */ \
  ROW(Q4_0,  2,      32,   18,    32,   8,   -8,    7,    1,   1,    0,   0) \
  ROW(Q4_1,  3,      32,   20,    32,   0,    0,   15,    1,   1,    0,   2) \
  ROW(Q5_0,  6,      32,   22,    32,  16,  -16,   15,    1,   1,    0,   0) \
  ROW(Q5_1,  7,      32,   24,    32,   0,    0,   31,    1,   1,    0,   2) \
  ROW(Q8_0,  8,      32,   34,    32, 128, -127,  127,    1,   1,    0,   0)

/// Formats whose blocks (super-blocks) are several groups, with codes for the scales of these.
#define CK_SUPER_FORMATS(ROW) \
  /*  name  id  elements bytes  group zero      codes     scales      d    m */ \
  ROW(Q2_K, 10,     256,   84,    16,   0,    0,    3,    0,  15,   80,  82) \
  ROW(Q3_K, 11,     256,  110,    16,   4,   -4,    3,  -32,  31,  108,   0) \
  ROW(Q4_K, 12,     256,  144,    32,   0,    0,   15,    0,  63,    0,   2) \
  ROW(Q5_K, 13,     256,  176,    32,   0,    0,   31,    0,  63,    0,   2) \
  ROW(Q6_K, 14,     256,  210,    16,  32,  -32,   31, -128, 127,  208,   0)

/// Formats whose codes are looked up in a codebook, for one weight, 4 or 8, or are digits of a packed
/// number. They are read, never written: there is no quantizer for them. Here `codes` are the lowest
/// and highest of the integers that codes stand for; scales and d are what each format's scales_NAME
/// reads.
#define CK_CODEBOOK_FORMATS(ROW) \
  /*  name     id  elements bytes  group zero      codes     scales      d    m */ \
  ROW(Q8_K,    15,     256,  292,    32, 128, -128,  127,    0,   0,    0,   0) \
  ROW(IQ2_XXS, 16,     256,   66,    32,  64,  -43,   43,    0,   0,    0,   0) \
  ROW(IQ2_XS,  17,     256,   74,    16,  64,  -43,   43,    0,   0,    0,   0) \
  ROW(IQ3_XXS, 18,     256,   98,    32,  64,  -62,   62,    0,   0,    0,   0) \
  ROW(IQ1_S,   19,     256,   50,    32,  16,   -9,    9,    0,   0,    0,   0) \
  ROW(IQ4_NL,  20,      32,   18,    32, 128, -127,  113,    0,   0,    0,   0) \
  ROW(IQ3_S,   21,     256,  110,    32,  64,  -15,   15,    0,   0,    0,   0) \
  ROW(IQ2_S,   22,     256,   82,    16,  64,  -43,   43,    0,   0,    0,   0) \
  ROW(IQ4_XS,  23,     256,  136,    32, 128, -127,  113,    0,   0,    0,   0) \
  ROW(IQ1_M,   29,     256,   56,    16,  16,   -9,    9,    0,   0,    0,   0) \
  ROW(TQ1_0,   34,     256,   54,    32,   1,   -1,    1,    0,   0,    0,   0) \
  ROW(TQ2_0,   35,     256,   66,    32,   1,   -1,    2,    0,   0,    0,   0) \
  ROW(MXFP4,   39,      32,   17,    32,  16,  -12,   12,    0,   0,    0,   0) \
  ROW(NVFP4,   40,      64,   36,    16,  16,  -12,   12,    0,   0,    0,   0)

/// Formats that the quantizers write.
#define CK_WRITTEN_FORMATS(ROW) CK_SIMPLE_FORMATS(ROW) CK_SUPER_FORMATS(ROW)
#define CK_BLOCK_FORMATS(ROW) CK_WRITTEN_FORMATS(ROW) CK_CODEBOOK_FORMATS(ROW)
#define CK_FORMATS(ROW) CK_FLOAT_FORMATS(ROW) CK_BLOCK_FORMATS(ROW)

enum {
  CK_LARGEST_BLOCK = 256,  ///< the most elements of a block
  CK_LARGEST_SUBS = 16     ///< the most groups of a block
};

/// The formats by GGML's type ids: CK_F32, CK_Q4_0 and so on.
typedef enum ck_type {
#define CK_ENUMERATOR(NAME, id, ...) CK_##NAME = id,
  CK_FORMATS(CK_ENUMERATOR)
#undef CK_ENUMERATOR
} ck_type;

/// A row of the table. In formats of floats the members from `group` on are 0.
typedef struct ck_format {
  const char *name;
  ck_type type;
  size_t elements, bytes;            ///< of a block
  int group;                         ///< elements that share a scale
  int zero;                          ///< added to codes so that they are not negative
  int lowest, highest;               ///< codes
  int lowest_scale, highest_scale;   ///< codes of the scales of groups; 1 without them; 0 if never written
  int scale_at, offset_at;           ///< where the float16 numbers are; offset_at is 0 without offsets
} ck_format;

// ---- Functions ---------------------------------------------------------------------------------

/// The number of formats, and the row at an index below it.
size_t ck_format_count(void);
const ck_format *ck_format_at(size_t index);

/// Elements and bytes of one block; 0 for a type that is not in the table.
size_t ck_block_elements(ck_type type);
size_t ck_block_bytes(ck_type type);

/// Weights as float32, bit for bit as the `gguf` package dequantizes them.
/// blocks: whole blocks, at any address; out: [elements]; elements: a multiple of the block's.
void ck_dequantize(ck_type type, const void *blocks, float *out, size_t elements);

/// float32 to float16, to the nearest, ties to even; infinite beyond float16's range. x, out: [n]
void ck_narrow(const float *x, uint16_t *out, size_t n);

#ifdef __cplusplus
}
#endif
