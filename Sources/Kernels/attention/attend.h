// The part of attention that variants compute: rows that share keys and values.
#pragma once

#include "CleaveAttention.h"

enum { CK_ATTEND_ROWS = 4 };

/// Rows (a query and a head each) that attend to the same key/value head.
typedef struct ck_attend {
  const ck_kv_cache *cache;
  size_t kv_head;
  size_t rows;                         // 1 ... CK_ATTEND_ROWS
  const float *q[CK_ATTEND_ROWS];      // [head_dim], scaled
  size_t starts[CK_ATTEND_ROWS];       // the first position that each attends to, rising by row
  size_t positions[CK_ATTEND_ROWS];    // one after the last, rising by row
  float *out[CK_ATTEND_ROWS];          // [head_dim]
  float cap;                           // of scores; 0 for none
  float max[CK_ATTEND_ROWS];           // of the softmax before the first position: a sink's score
  float sum[CK_ATTEND_ROWS];           // the same, in lane 0: 1 with a sink
} ck_attend;
