// Vectors of 16 floats, which the compiler splits into the registers of the instruction set.
#pragma once

typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t int_lanes __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16 };

// Vectors are passed between static functions only, so the calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

static inline lanes load(const float *x) {
  lanes v;
  memcpy(&v, x, sizeof v);
  return v;
}

static inline void store(float *x, lanes v) { memcpy(x, &v, sizeof v); }

static inline lanes all(float x) { return (lanes){0} + x; }

/// `count` floats, the other lanes filled with `rest`.
static inline lanes load_some(const float *x, size_t count, float rest) {
  lanes v = all(rest);
  memcpy(&v, x, count * sizeof *x);
  return v;
}

static inline void store_some(float *x, lanes v, size_t count) { memcpy(x, &v, count * sizeof *x); }

static inline lanes choose(int_lanes mask, lanes a, lanes b) {
  return (lanes)(((int_lanes)a & mask) | ((int_lanes)b & ~mask));
}

static inline lanes larger(lanes a, lanes b) { return choose(a > b, a, b); }

static inline float total(lanes v) {
  float x[LANES];
  memcpy(x, &v, sizeof x);
  for (int width = LANES / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) x[i] += x[i + width];
  }
  return x[0];
}

static inline float largest(lanes v) {
  float x[LANES];
  memcpy(x, &v, sizeof x);
  float best = x[0];
  for (int i = 1; i < LANES; i++) best = x[i] > best ? x[i] : best;
  return best;
}

/// exp with a relative error below 2e-7; 0 below -87, and exp(88) above 88. Adding 1.5 * 2^23 rounds to
/// an integer; ln 2 is split so that n * LN2_HIGH is exact (Cody & Waite 1980); the polynomial is
/// Taylor's.
static inline lanes exp_of(lanes x) {
  const float MAGIC = 0x1.8p+23f, LN2_HIGH = 0x1.63p-1f, LN2_LOW = -0x1.bd0106p-13f;
  const int_lanes vanishes = x < -87.0f;
  x = choose(x > 88.0f, all(88), choose(vanishes, all(-87), x));
  const lanes shifted = x * 0x1.715476p+0f + MAGIC;
  const lanes n = shifted - MAGIC;
  const lanes r = x - n * LN2_HIGH - n * LN2_LOW;
  lanes series = all(1.0f / 5040);
  series = series * r + 1.0f / 720;
  series = series * r + 1.0f / 120;
  series = series * r + 1.0f / 24;
  series = series * r + 1.0f / 6;
  series = series * r + 0.5f;
  series = series * r + 1.0f;
  series = series * r + 1.0f;
  const int_lanes exponent = ((int_lanes)shifted - (int_lanes)all(MAGIC) + 127) << 23;
  return choose(vanishes, all(0), series * (lanes)exponent);
}
