// Products of an unpacked panel, in register tiles of columns. Every y[c][r] is the same sequence
// of operations whatever the tile.

// `at`: 4 elements of a column.
ALWAYS_INLINE int32_t four_at(const int8_t *at) {
  int32_t four;
  memcpy(&four, at, sizeof four);
  return four;
}

// Sums of (q - zero) * x.q over `steps` fours of a group, for each column of the tile.
ALWAYS_INLINE void panel_group_sums(const ck_type type, const uint8_t *q,
                                    const ck_activations *const *x, size_t first, const int steps,
                                    const int columns, ivec sums[PANEL_COLUMNS]) {
  const int narrow = type != CK_Q8_0;
  UNROLL for (int c = 0; c < columns; c++) {
    int32_t sum = 0;
    if (!panel_has_minimum(type)) {
      sum = steps == 4 ? x[c]->sums[first / 4] : x[c]->sums[0] + x[c]->sums[1];
      sum = -(int32_t)((uint32_t)sum << panel_zero_shift(type));
    }
    sums[c] = (ivec)(sum);
  }
  UNROLL for (int s = 0; s < steps; s++) {
    bytes weights;
    memcpy(&weights, q + (size_t)s * 4 * CK_PANEL, sizeof weights);
    UNROLL for (int c = 0; c < columns; c++) {
      sums[c] = dot4(sums[c], weights, four_at(x[c]->q + 4 * (first + (size_t)s)), narrow);
    }
  }
}

ALWAYS_INLINE void panel_tile(const ck_type type, const ck_panel_product *p, const panel *w,
                              size_t column, int part, const int columns) {
  const size_t group = panel_group(type), blocks = p->k / CK_BLOCK;
  const ck_activations *x[PANEL_COLUMNS];
  UNROLL for (int c = 0; c < columns; c++) x[c] = p->x + (column + (size_t)c) * blocks;
  vec totals[PANEL_COLUMNS] = {0};
  const size_t lane = (size_t)(part * WIDTH);
  for (size_t k = 0; k < p->k; k += group) {
    const size_t first = group == 16 ? k % CK_BLOCK / 4 : 0;  // 0 or 4
    ivec sums[PANEL_COLUMNS];
    panel_group_sums(type, w->q + k * CK_PANEL + 4 * lane, x, first, (int)group / 4, columns, sums);
    const vec scale = load(w->scale + k / group * CK_PANEL + lane);
    vec minimum;
    if (panel_has_minimum(type)) minimum = load(w->minimum + k / group * CK_PANEL + lane);
    UNROLL for (int c = 0; c < columns; c++) {
      const vec sum = __builtin_convertvector(sums[c], vec);
      totals[c] = fma_lanes(sum, scale * (vec)(x[c]->scale), totals[c]);
      if (panel_has_minimum(type)) {
        const float offset = group == 32 ? x[c]->offset : x[c]->scale * (float)x[c]->sums[first / 4];
        totals[c] = fma_lanes(minimum, (vec)(offset), totals[c]);
      }
    }
    if (group == 32 || first == 4) {
      UNROLL for (int c = 0; c < columns; c++) x[c]++;
    }
  }
  UNROLL for (int c = 0; c < columns; c++) {
    store(totals[c], p->y + (column + (size_t)c) * CK_PANEL + lane);
  }
}

ALWAYS_INLINE void panel_columns(const ck_type type, const ck_panel_product *p, const panel *w) {
  UNROLL for (int part = 0; part < PARTS; part++) {
    size_t column = 0;
    for (; column + PANEL_COLUMNS <= p->columns; column += PANEL_COLUMNS) {
      panel_tile(type, p, w, column, part, PANEL_COLUMNS);
    }
    for (; column < p->columns; column++) panel_tile(type, p, w, column, part, 1);
  }
}

// One function for each type: everything about it is a constant inside.
#define EACH_PANEL_TYPE(X) \
  X(Q4_0) X(Q4_1) X(Q5_0) X(Q5_1) X(Q8_0) X(Q2_K) X(Q3_K) X(Q4_K) X(Q5_K) X(Q6_K)
#define PANEL_OF(name)                                          \
  static void panel_##name(const ck_panel_product *p) {         \
    const panel w = panel_in(p);                                \
    unpack_panel(CK_##name, p, &w);                             \
    panel_columns(CK_##name, p, &w);                            \
  }
EACH_PANEL_TYPE(PANEL_OF)

static void multiply_panel(const ck_panel_product *p) {
  switch (p->type) {
#define CASE(name) case CK_##name: panel_##name(p); return;
    EACH_PANEL_TYPE(CASE)
#undef CASE
    default: return;
  }
}
