// Packing and the tile of ck_gemm_bf16 with AVX512-BF16: Cooper Lake, Sapphire Rapids, Zen 4 and
// later.
#if defined(__x86_64__)
#include <immintrin.h>

#include "gemm/gemm.h"
#include "isa/inline.h"

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))), apply_to = function)

// Which of the 16 elements from `first` on are below `count`.
static __mmask16 mask_from(size_t first, size_t count) {
  const size_t left = count > first ? count - first : 0;
  return left < 16 ? (__mmask16)((1u << left) - 1) : 0xffff;
}

// x[i] becomes element i of every row.
static void transpose(__m512i x[16]) {
  __m512i y[16];
  UNROLL for (int i = 0; i < 16; i += 4) {
    const __m512i a = _mm512_unpacklo_epi32(x[i], x[i + 1]);
    const __m512i b = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    const __m512i c = _mm512_unpacklo_epi32(x[i + 2], x[i + 3]);
    const __m512i d = _mm512_unpackhi_epi32(x[i + 2], x[i + 3]);
    y[i] = _mm512_unpacklo_epi64(a, c);
    y[i + 1] = _mm512_unpackhi_epi64(a, c);
    y[i + 2] = _mm512_unpacklo_epi64(b, d);
    y[i + 3] = _mm512_unpackhi_epi64(b, d);
  }
  // Now quarter q of y[4 j + i] holds element 4 q + i of the rows 4 j ..< 4 j + 4.
  UNROLL for (int i = 0; i < 4; i++) {
    const __m512i a = _mm512_shuffle_i32x4(y[i], y[i + 4], 0x88);
    const __m512i b = _mm512_shuffle_i32x4(y[i], y[i + 4], 0xdd);
    const __m512i c = _mm512_shuffle_i32x4(y[i + 8], y[i + 12], 0x88);
    const __m512i d = _mm512_shuffle_i32x4(y[i + 8], y[i + 12], 0xdd);
    x[i] = _mm512_shuffle_i32x4(a, c, 0x88);
    x[i + 4] = _mm512_shuffle_i32x4(b, d, 0x88);
    x[i + 8] = _mm512_shuffle_i32x4(a, c, 0xdd);
    x[i + 12] = _mm512_shuffle_i32x4(b, d, 0xdd);
  }
}

// Packs 16 lanes whose k is contiguous, 32 of k at a time, transposed in registers.
static void pack_rows(const float *x, size_t ld, size_t lanes, size_t k, uint32_t *out,
                      size_t stride) {
  for (size_t first = 0; first < k; first += 32) {
    const __mmask16 low = mask_from(first, k), high = mask_from(first + 16, k);
    __m512i pairs[16];
    UNROLL for (size_t lane = 0; lane < 16; lane++) {
      const int is_there = lane < lanes;
      const float *at = x + (is_there ? lane : 0) * ld + first;
      // The processor does not prefetch this many rows by itself.
      _mm_prefetch((const char *)(at + 64), _MM_HINT_T0);
      _mm_prefetch((const char *)(at + 80), _MM_HINT_T0);
      pairs[lane] = (__m512i)_mm512_cvtne2ps_pbh(
        _mm512_maskz_loadu_ps(is_there ? high : 0, at + (high ? 16 : 0)),
        _mm512_maskz_loadu_ps(is_there ? low : 0, at));
    }
    transpose(pairs);
    const size_t left = (k - first + 1) / 2;
    UNROLL for (size_t pair = 0; pair < 16; pair++) {
      if (pair < left) _mm512_store_si512(out + (first / 2 + pair) * stride, pairs[pair]);
    }
  }
}

// Pairs of two neighbouring rows of k, 16 lanes of each.
static __m512i weave(const float *even, const float *odd, __mmask16 lanes, __mmask16 odd_lanes) {
  const __m512i order = _mm512_set_epi16(
    31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,
    23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const __m512bh both = _mm512_cvtne2ps_pbh(
    _mm512_maskz_loadu_ps(odd_lanes, odd), _mm512_maskz_loadu_ps(lanes, even));
  return _mm512_permutexvar_epi16(order, (__m512i)both);
}

// Packs rows of k whose lanes are contiguous. A few rows go to all panels before the next few: panels
// end in the middle of a cache line, which is then still in the cache for the next panel.
static void pack_columns(ck_lanes from, size_t lanes, size_t k, ck_panels to) {
  enum { TOGETHER = 8 };
  const size_t stride = to.groups * CK_GROUP, pairs = (k + 1) / 2;
  for (size_t first = 0; first < k; first += TOGETHER) {
    const size_t end = k - first < TOGETHER ? k : first + TOGETHER;
    uint32_t *panel = to.pairs;
    for (size_t lane = 0; lane < lanes; lane += to.width, panel += pairs * stride) {
      const size_t width = lanes - lane < to.width ? lanes - lane : to.width;
      for (size_t i = first; i < end; i += 2) {
        const float *even = from.x + i * from.ld + lane;
        const float *odd = i + 1 < k ? even + from.ld : even;
        for (size_t g = 0; g < to.groups; g++) {
          const __mmask16 mask = mask_from(g * CK_GROUP, width);
          const size_t at = mask ? g * CK_GROUP : 0;
          // The rows are too far apart for the processor to prefetch them by itself.
          _mm_prefetch((const char *)(even + at + TOGETHER * from.ld), _MM_HINT_T0);
          _mm_prefetch((const char *)(odd + at + TOGETHER * from.ld), _MM_HINT_T0);
          const __m512i woven = weave(even + at, odd + at, mask, i + 1 < k ? mask : 0);
          _mm512_store_si512(panel + i / 2 * stride + g * CK_GROUP, woven);
        }
      }
    }
  }
}

void ck_pack_bf16(ck_lanes from, size_t lanes, size_t k, ck_panels to) {
  if (from.k_outer) {
    pack_columns(from, lanes, k, to);
    return;
  }
  const size_t stride = to.groups * CK_GROUP;
  for (size_t lane = 0; lane < lanes; lane += to.width) {
    uint32_t *panel = to.pairs + lane / to.width * ((k + 1) / 2) * stride;
    const size_t width = lanes - lane < to.width ? lanes - lane : to.width;
    for (size_t g = 0; g < to.groups; g++) {
      const size_t at = g * CK_GROUP, left = width > at ? width - at : 0;
      const float *x = from.x + (lane + (left ? at : 0)) * from.ld;
      pack_rows(x, from.ld, left, k, panel + at, stride);
    }
  }
}

// Stores 16 sums, or adds them to c.
static void put(float *c, __mmask16 columns, __m512 sum, int accumulate) {
  if (accumulate) sum = _mm512_add_ps(_mm512_maskz_loadu_ps(columns, c), sum);
  _mm512_mask_storeu_ps(c, columns, sum);
}

// Prefetches the tile of c, which is read only after all of k, when there is no other work to hide the
// latency behind.
static void fetch_tile(const ck_tile *tile) {
  for (size_t r = 0; r < tile->rows; r++) {
    const float *c = tile->c + r * tile->ldc;
    __builtin_prefetch(c, 1);
    if (tile->columns > CK_GROUP) __builtin_prefetch(c + CK_GROUP, 1);
    __builtin_prefetch(c + tile->columns - 1, 1);
  }
}

void ck_multiply_tile_bf16(const ck_tile *tile) {
  __m512 left[CK_TILE_ROWS], right[CK_TILE_ROWS];
  UNROLL for (int r = 0; r < CK_TILE_ROWS; r++) left[r] = right[r] = _mm512_setzero_ps();
  fetch_tile(tile);
  const uint32_t *a = tile->a, *b = tile->b, *soon = tile->soon;
  for (size_t pair = 0; pair < tile->pairs; pair++, a += CK_GROUP, b += CK_TILE_COLUMNS) {
    _mm_prefetch((const char *)(soon + pair * CK_GROUP), _MM_HINT_T1);
    const __m512bh b0 = (__m512bh)_mm512_load_si512(b);
    const __m512bh b1 = (__m512bh)_mm512_load_si512(b + CK_GROUP);
    UNROLL for (int r = 0; r < CK_TILE_ROWS; r++) {
      const __m512bh x = (__m512bh)_mm512_set1_epi32((int)a[r]);
      left[r] = _mm512_dpbf16_ps(left[r], x, b0);
      right[r] = _mm512_dpbf16_ps(right[r], x, b1);
    }
  }
  const __mmask16 some = mask_from(0, tile->columns), more = mask_from(CK_GROUP, tile->columns);
  UNROLL for (size_t r = 0; r < CK_TILE_ROWS; r++) {
    if (r >= tile->rows) continue;
    float *c = tile->c + r * tile->ldc;
    put(c, some, left[r], tile->accumulate);
    if (more) put(c + CK_GROUP, more, right[r], tile->accumulate);
  }
}
#pragma clang attribute pop
#endif
