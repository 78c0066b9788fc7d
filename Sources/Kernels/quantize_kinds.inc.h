// What tells the block types apart, as constants that the compiler sees at every use.

typedef struct {
  int subs, parts;      // sub-groups, and registers of 16 weights in each
  int lowest, highest;  // codes
  int lowest_scale, highest_scale;  // K types: codes of the scales (and of the minimums)
  int has_offset;
} kind;

INLINE kind kind_of(ck_type type) {
  switch (type) {
    case CK_Q4_0: return (kind){1, 2, -8, 7, 1, 1, 0};
    case CK_Q4_1: return (kind){1, 2, 0, 15, 1, 1, 1};
    case CK_Q5_0: return (kind){1, 2, -16, 15, 1, 1, 0};
    case CK_Q5_1: return (kind){1, 2, 0, 31, 1, 1, 1};
    // -128 would fit; -127 keeps the negative of every code a code, on which products may build.
    case CK_Q8_0: return (kind){1, 2, -127, 127, 1, 1, 0};
    case CK_Q2_K: return (kind){16, 1, 0, 3, 0, 15, 1};
    case CK_Q3_K: return (kind){16, 1, -4, 3, -32, 31, 0};
    case CK_Q4_K: return (kind){8, 2, 0, 15, 0, 63, 1};
    case CK_Q5_K: return (kind){8, 2, 0, 31, 0, 63, 1};
    case CK_Q6_K: return (kind){16, 1, -32, 31, -128, 127, 0};
    case CK_F32: case CK_F16: case CK_BF16: break;
  }
  return (kind){0};
}
