// The instruction set in use.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum { CK_LANES = 16 };  ///< independent sums of every dot product, on all instruction sets

/// Chooses the variant for the whole process: "scalar", "avx2", "avx512", "neon", or NULL for the
/// best that this processor has. Returns 0, or -1 when the name is unknown or the processor lacks it
/// (nothing changes then). Call it before any kernel runs; the first kernel call without it picks
/// the best.
int ck_select_isa(const char *name);
/// The name of the variant in use.
const char *ck_isa_name(void);

#ifdef __cplusplus
}
#endif
