// The reference of products of floats.
#pragma once

#include "products/product.h"
#include "vectors/vectors_scalar.inc.h"

static void multiply(const ck_product *p) {
  for (size_t column = 0; column < p->columns; column++) {
    for (size_t row = 0; row < p->rows; row++) {
      p->y[column * p->ldy + row] = dot(p->w + row * p->ldw, p->x + column * p->ldx, p->k);
    }
  }
}
