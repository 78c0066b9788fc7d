// The table of formats for other modules, and the entries to the codecs.
#include "formats/formats.h"

#include "isa/kernels.h"

static const ck_format rows[] = {
#define ROW(NAME, id, ...) {#NAME, CK_##NAME, __VA_ARGS__},
  CK_FORMATS(ROW)
#undef ROW
};

// Checks of each row; a row that lacks a column does not compile.
#define ROW(NAME, id, elements, bytes, group, zero, lowest, highest, lowest_scale, highest_scale, \
            scale_at, offset_at)                                                                  \
  _Static_assert(elements % 32 == 0 && elements <= CK_LARGEST_BLOCK, #NAME ": elements");         \
  _Static_assert(group == 16 || group == 32, #NAME ": group");                                    \
  _Static_assert(elements / group <= CK_LARGEST_SUBS, #NAME ": groups");                          \
  _Static_assert((zero & (zero - 1)) == 0 && lowest + zero >= 0 && highest + zero < 256,          \
                 #NAME ": codes");                                                                \
  _Static_assert(lowest_scale >= -128 && highest_scale <= 127, #NAME ": codes of scales");        \
  _Static_assert(scale_at + 2 <= bytes && offset_at + 2 <= bytes, #NAME ": float16 numbers");     \
  _Static_assert(offset_at == 0 || zero == 0, #NAME ": either a zero point or offsets");
CK_BLOCK_FORMATS(ROW)
#undef ROW

size_t ck_format_count(void) { return sizeof rows / sizeof *rows; }

const ck_format *ck_format_at(size_t index) { return &rows[index]; }

size_t ck_block_elements(ck_type type) { return format_elements(type); }

size_t ck_block_bytes(ck_type type) { return format_bytes(type); }

void ck_dequantize(ck_type type, const void *blocks, float *out, size_t elements) {
  ck_current()->dequantize(type, blocks, out, elements);
}

void ck_narrow(const float *x, uint16_t *out, size_t n) { ck_current()->narrow(x, out, n); }
