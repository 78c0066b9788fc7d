// The gradients for AVX2.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <math.h>
#include <string.h>

#include "gradients/gradients.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "gradients/layers.inc.h"
#include "gradients/loss_and_optimizer.inc.h"
#pragma clang attribute pop

const ck_gradients ck_avx2_gradients = CK_GRADIENTS;
#endif
