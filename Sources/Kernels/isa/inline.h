// Functions and loops that disappear when they are compiled.
#pragma once

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// Arrays of vectors are kept in registers only when the loops over them are unrolled.
#define UNROLL _Pragma("clang loop unroll(full)")
