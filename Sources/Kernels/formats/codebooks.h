// The grids of the IQ formats: points of 8 or 4 weights that a code names as a whole.
#pragma once

#include <stdint.h>

// A point's bytes in the order of its weights, the first lowest. The coordinates of IQ2 and IQ3 are
// magnitudes, stored with 64 added; those of IQ1 are -1, 0 or 1, stored as 16 + 8 * coordinate.
extern const uint64_t ck_grid_iq2_xxs[256], ck_grid_iq2_xs[512], ck_grid_iq2_s[1024];
extern const uint32_t ck_grid_iq3_xxs[256], ck_grid_iq3_s[512];
extern const uint64_t ck_grid_iq1[2048];

// Signs of eight weights, a one in the byte of each negative one: of 8 stored bits, and of 7, whose eighth
// makes the number of set ones even.
extern const uint64_t ck_signs[256], ck_even_signs[128];

/// What the 4-bit codes of IQ4_NL and IQ4_XS stand for, with 128 added.
#define CK_IQ4_CODEBOOK \
  {1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241}

/// What the 4-bit codes of MXFP4 and NVFP4 (E2M1 floats, doubled) stand for, with 16 added.
#define CK_FP4_CODEBOOK {16, 17, 18, 19, 20, 22, 24, 28, 16, 15, 14, 13, 12, 10, 8, 4}
