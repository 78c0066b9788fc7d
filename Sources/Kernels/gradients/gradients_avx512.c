// The gradients for AVX-512.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "gradients/gradients.h"

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2"))), apply_to = function)
#include "gradients/layers.inc.h"
#include "gradients/loss_and_optimizer.inc.h"
#pragma clang attribute pop

const ck_gradients ck_avx512_gradients = CK_GRADIENTS;
#endif
