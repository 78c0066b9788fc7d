// The gradients for any processor, compiled without further instruction sets.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "gradients/gradients.h"

#include "gradients/layers.inc.h"
#include "gradients/loss_and_optimizer.inc.h"

const ck_gradients ck_scalar_gradients = CK_GRADIENTS;
