// The arithmetic of the engine in C: weights in block formats, vectors, attention, mixers with a state,
// logits, quantizers and the gradients of training. This header includes all others.
//
// Contract of numbers. Every result is a pure function of its own inputs: it does not depend
// on how many columns or rows are computed together, on the number of threads, nor on the
// instruction set. All variants (scalar, AVX2, AVX-512, NEON) agree bit for bit, the scalar one
// being the reference; only which NaN a NaN is may differ. Exceptions say so (CleaveGEMM.h).
//   - In float arithmetic, weights are first dequantized to float32 exactly as the `gguf` package
//     does. A dot product runs along k in CK_LANES = 16 independent lanes: lane i sums the elements
//     k with k % 16 == i in rising order with fused multiply-add, and the lanes are then added as a
//     fixed tree (i with i+8, then i+4, i+2, i+1).
//   - In integer arithmetic, the products of a group of weights (32, or 16 where the format scales
//     16) with its activations are summed in exact integers, and the groups are added in rising
//     order, each with one fused multiply-add (see ck_project).
//   - exp is the polynomial of this library, never libm's.
// This is what makes an early exit exact: a hidden state computed late, in a batch, on another
// machine, has the same bits as if it had been computed at its own time.
//
// Conventions. Arrays are row-major; [a, b] is an array of a rows of b elements. Weights may be at
// any byte address (of a mapped file); float pointers are aligned to 4 bytes. Inputs and outputs do
// not overlap unless a comment says that they may be the same. Arguments are not checked here but
// by the Swift callers: sizes, types or addresses other than those described are undefined
// behaviour. A NULL pool runs the work on the calling thread. There are no errors but those that a
// function returns; when memory for scratch space runs out, the process ends with a message.
#pragma once

#include "CleaveActivations.h"
#include "CleaveAttention.h"
#include "CleaveFormats.h"
#include "CleaveGEMM.h"
#include "CleaveGradients.h"
#include "CleaveISA.h"
#include "CleaveLogits.h"
#include "CleavePool.h"
#include "CleaveProducts.h"
#include "CleaveQuantizers.h"
#include "CleaveRecurrence.h"
#include "CleaveVectors.h"
