// The grids of the IQ formats, unpacked by the compiler.
#include "formats/codebooks.h"

#include "formats/codebooks.inc.h"

// The byte of coordinate `at` of a packed point, by the level that it names.
#define PLACED(value, at) ((uint64_t)(value) << 8 * (at))
#define INDEX(point, bits, at) ((point) >> (bits) * (at) & ((1 << (bits)) - 1))

#define LEVEL_2(i) (64 + ((i) == 0 ? 8 : (i) == 1 ? 25 : 43))
#define LEVEL_1(i) (16 + 8 * ((i) - 1))
#define LEVEL_3_XXS(i) (64 + ((i) == 7 ? 62 : 4 + 8 * (i)))
#define LEVEL_3_S(i) (64 + 1 + 2 * (i))

#define COORDINATE(LEVEL, point, bits, at) PLACED(LEVEL(INDEX(point, bits, at)), at)
#define FOUR(LEVEL, point, bits, at)                                                  \
  (COORDINATE(LEVEL, point, bits, at) | COORDINATE(LEVEL, point, bits, (at) + 1) |    \
   COORDINATE(LEVEL, point, bits, (at) + 2) | COORDINATE(LEVEL, point, bits, (at) + 3))

#define POINT_2(point) FOUR(LEVEL_2, point, 2, 0) | FOUR(LEVEL_2, point, 2, 4),
#define POINT_1(point) FOUR(LEVEL_1, point, 2, 0) | FOUR(LEVEL_1, point, 2, 4),
#define POINT_3_XXS(point) (uint32_t)(FOUR(LEVEL_3_XXS, point, 3, 0)),
#define POINT_3_S(point) (uint32_t)(FOUR(LEVEL_3_S, point, 3, 0)),

const uint64_t ck_grid_iq2_xxs[256] = {IQ2_XXS_POINTS(POINT_2)};
const uint64_t ck_grid_iq2_xs[512] = {IQ2_XS_POINTS(POINT_2)};
const uint64_t ck_grid_iq2_s[1024] = {IQ2_S_POINTS(POINT_2)};
const uint32_t ck_grid_iq3_xxs[256] = {IQ3_XXS_POINTS(POINT_3_XXS)};
const uint32_t ck_grid_iq3_s[512] = {IQ3_S_POINTS(POINT_3_S)};
const uint64_t ck_grid_iq1[2048] = {IQ1_S_POINTS(POINT_1)};

#define BIT(bits, at) PLACED((bits) >> (at) & 1, at)
#define SIGNS(bits)                                                                   \
  (BIT(bits, 0) | BIT(bits, 1) | BIT(bits, 2) | BIT(bits, 3) | BIT(bits, 4) |         \
   BIT(bits, 5) | BIT(bits, 6) | BIT(bits, 7))
#define PARITY(bits) \
  (((bits) ^ (bits) >> 1 ^ (bits) >> 2 ^ (bits) >> 3 ^ (bits) >> 4 ^ (bits) >> 5 ^ (bits) >> 6) & 1)
#define EVEN_SIGNS(bits) SIGNS((bits) | PARITY(bits) << 7)

#define FOUR_OF(SIGNS, bits) SIGNS(bits), SIGNS((bits) + 1), SIGNS((bits) + 2), SIGNS((bits) + 3)
#define SIXTEEN_OF(SIGNS, bits)                                 \
  FOUR_OF(SIGNS, bits), FOUR_OF(SIGNS, (bits) + 4),             \
    FOUR_OF(SIGNS, (bits) + 8), FOUR_OF(SIGNS, (bits) + 12)
#define HALF_OF(SIGNS, bits)                                        \
  SIXTEEN_OF(SIGNS, bits), SIXTEEN_OF(SIGNS, (bits) + 16),          \
    SIXTEEN_OF(SIGNS, (bits) + 32), SIXTEEN_OF(SIGNS, (bits) + 48), \
    SIXTEEN_OF(SIGNS, (bits) + 64), SIXTEEN_OF(SIGNS, (bits) + 80), \
    SIXTEEN_OF(SIGNS, (bits) + 96), SIXTEEN_OF(SIGNS, (bits) + 112)

const uint64_t ck_signs[256] = {HALF_OF(SIGNS, 0), HALF_OF(SIGNS, 128)};
const uint64_t ck_even_signs[128] = {HALF_OF(EVEN_SIGNS, 0)};
