// The gradients for any processor, as the compiler finds them without asking for more.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "gradients.h"

#include "gradients_lanes.inc.h"
#include "gradients_layers.inc.h"
#include "gradients_update.inc.h"

const ck_gradients ck_scalar_gradients = CK_GRADIENTS;
