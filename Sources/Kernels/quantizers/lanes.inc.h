// Vectors of 16 floats and integers for the quantizers. Every operation is element by element or a
// fixed tree, so that all variants agree; the compiler splits the lanes into the registers of the
// instruction set.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "isa/inline.h"

// Vectors wider than the registers are passed only to functions that are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef int32_t s32x16 __attribute__((ext_vector_type(16)));
typedef int32_t s32x8 __attribute__((ext_vector_type(8)));
typedef int32_t s32x4 __attribute__((ext_vector_type(4)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x8 __attribute__((ext_vector_type(8)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef int8_t s8x16 __attribute__((ext_vector_type(16)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));

ALWAYS_INLINE f32x16 load16(const float *from) {
  f32x16 value;
  memcpy(&value, from, sizeof value);
  return value;
}

ALWAYS_INLINE float sum16(f32x16 x) {
  const f32x8 eight = x.lo + x.hi;
  const f32x4 four = eight.lo + eight.hi;
  return (four.x + four.z) + (four.y + four.w);
}

ALWAYS_INLINE int32_t largest16(s32x16 x) {
  const s32x8 eight = x.lo > x.hi ? x.lo : x.hi;
  const s32x4 four = eight.lo > eight.hi ? eight.lo : eight.hi;
  const int32_t a = four.x > four.z ? four.x : four.z, b = four.y > four.w ? four.y : four.w;
  return a > b ? a : b;
}

ALWAYS_INLINE int32_t smallest16(s32x16 x) { return ~largest16(~x); }

ALWAYS_INLINE uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

ALWAYS_INLINE float float_from(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Rounds to the nearest integer, ties to even, for |x| < 2^22: the sum has no bits below one.
#define ROUNDING_MAGIC 0x1.8p+23f

ALWAYS_INLINE float nearest_integer(float x) {
  const float shifted = x + ROUNDING_MAGIC;
  return shifted - ROUNDING_MAGIC;
}

// ---- float16 -----------------------------------------------------------------------------------

#define HALF_INFINITY 0x7c00

// Rounds to the nearest float16, ties to even. x is not a NaN.
ALWAYS_INLINE uint16_t half_from(float x) {
  const uint32_t sign = bits_of(x) >> 16 & 0x8000, magnitude = bits_of(x) & 0x7fffffff;
  if (magnitude >= 0x47800000) return (uint16_t)(sign | HALF_INFINITY);
  // Below 2^-14 the unit is 2^-24, as it is of floats from 0.5 to 1.
  if (magnitude < 0x38800000) {
    return (uint16_t)(sign | (bits_of(float_from(magnitude) + 0.5f) - 0x3f000000));
  }
  return (uint16_t)(sign | (magnitude + 0xfff + (magnitude >> 13 & 1) - 0x38000000) >> 13);
}

// A finite float16 as a float.
ALWAYS_INLINE float float_of_half(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31;
  const uint32_t fraction = half & 1023;
  const float small = (float)fraction * 0x1p-24f;
  const uint32_t normal = (exponent + 112) << 23 | fraction << 13;
  return float_from(sign | (exponent == 0 ? bits_of(small) : normal));
}

ALWAYS_INLINE int is_finite_half(uint16_t half) { return (half & 0x7fff) < HALF_INFINITY; }

// half_from for 16 floats.
ALWAYS_INLINE u16x16 halves_from(f32x16 x) {
  const u32x16 bits = (u32x16)x, sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  const u32x16 small = (u32x16)((f32x16)magnitude + 0.5f) - 0x3f000000;
  const u32x16 normal = (magnitude + 0xfff + (magnitude >> 13 & 1) - 0x38000000) >> 13;
  u32x16 half = magnitude < 0x38800000 ? small : normal;
  half = magnitude >= 0x47800000 ? (u32x16)(HALF_INFINITY) : half;
  return __builtin_convertvector(sign | half, u16x16);
}

// ---- Extremes ----------------------------------------------------------------------------------

// The bits as integers in the order of the floats, negative zero below zero, NaNs outermost.
ALWAYS_INLINE s32x16 ordered(f32x16 x) {
  const s32x16 bits = (s32x16)x;
  return bits ^ (bits >> 31 & 0x7fffffff);
}

// The inverse of ordered().
ALWAYS_INLINE float float_of_ordered(int32_t order) {
  return float_from((uint32_t)(order ^ (order >> 31 & 0x7fffffff)));
}

enum { FIRST_NOT_FINITE = 0x7f800000 };

typedef struct {
  float least, largest;
  int finite;
} range_of_weights;

// The least and largest weight. w: [16 * parts]
ALWAYS_INLINE range_of_weights range_of(const float *w, const int parts) {
  s32x16 low = ordered(load16(w)), high = low;
  for (int p = 1; p < parts; p++) {
    const s32x16 next = ordered(load16(w + 16 * p));
    low = next < low ? next : low;
    high = next > high ? next : high;
  }
  const int32_t least = smallest16(low), largest = largest16(high);
  return (range_of_weights){
    .least = float_of_ordered(least), .largest = float_of_ordered(largest),
    .finite = largest < FIRST_NOT_FINITE && least > ~FIRST_NOT_FINITE};
}

typedef struct {
  float value;  // with its sign; of two that differ only in the sign, the first
  int finite;
} extreme_weight;

// The weight of largest magnitude. w: [16 * parts]
ALWAYS_INLINE extreme_weight extreme_of(const float *w, const int parts) {
  s32x16 magnitude[2];
  s32x16 high = (s32x16)(0);
  for (int p = 0; p < parts; p++) {
    magnitude[p] = (s32x16)load16(w + 16 * p) & 0x7fffffff;
    high = magnitude[p] > high ? magnitude[p] : high;
  }
  const int32_t largest = largest16(high);
  // Earlier lanes have larger keys; the lowest bit is the sign.
  const s32x16 order = {64, 62, 60, 58, 56, 54, 52, 50, 48, 46, 44, 42, 40, 38, 36, 34};
  s32x16 key = (s32x16)(0);
  for (int p = parts - 1; p >= 0; p--) {
    const s32x16 sign = (s32x16)((u32x16)load16(w + 16 * p) >> 31);
    const s32x16 here = (order + 32 * (parts - 1 - p)) | sign;
    key = magnitude[p] == largest ? (here > key ? here : key) : key;
  }
  const uint32_t sign = (uint32_t)largest16(key) << 31;
  return (extreme_weight){float_from((uint32_t)largest | sign), largest < FIRST_NOT_FINITE};
}
