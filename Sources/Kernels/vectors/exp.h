// Constants of exp and both forms of GELU, the same in all variants.
#pragma once

// exp(x) = 2^n * e^r, n = round(x / ln 2), e^r = 1 + r + r^2 * P(r) with P fitted to the least
// relative error on |r| <= ln(2)/2. ln 2 is split so that n * CK_LN2_HIGH is exact, and adding
// CK_EXP_MAGIC = 1.5 * 2^23 rounds to an integer that can be read from the low bits, without a
// conversion instruction, whose result out of range would differ between processors.
#define CK_LOG2_E 0x1.715476p+0f
#define CK_EXP_MAGIC 0x1.8p+23f
#define CK_LN2_HIGH 0x1.62e4p-1f
#define CK_LN2_LOW 0x1.7f7d1cp-20f
#define CK_EXP_P0 0x1p-1f
#define CK_EXP_P1 0x1.555554p-3f
#define CK_EXP_P2 0x1.55548cp-5f
#define CK_EXP_P3 0x1.111274p-7f
#define CK_EXP_P4 0x1.6d8e6ep-10f
#define CK_EXP_P5 0x1.9f0778p-13f
#define CK_EXP_ZERO_BELOW -87.4f
#define CK_EXP_INFINITE_ABOVE 88.8f

// 2 sqrt(2 / pi) and that times 0.044715, of the tanh form of GELU (Hendrycks & Gimpel 2016, arXiv
// 1606.08415).
#define CK_GELU_LINEAR 0x1.988454p+0f
#define CK_GELU_CUBIC 0x1.2444f2p-4f

// erfc(z) = t (a1 + t (a2 + t (a3 + t (a4 + t a5)))) exp(-z^2), t = 1 / (1 + p z), for z >= 0: within 1.5e-7
// (Abramowitz & Stegun 1964, 7.1.26).
#define CK_ERFC_P 0.3275911f
#define CK_ERFC_A1 0.254829592f
#define CK_ERFC_A2 (-0.284496736f)
#define CK_ERFC_A3 1.421413741f
#define CK_ERFC_A4 (-1.453152027f)
#define CK_ERFC_A5 1.061405429f
#define CK_SQRT_HALF 0x1.6a09e6p-1f
