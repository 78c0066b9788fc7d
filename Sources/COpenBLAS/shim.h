#pragma once
#include <cblas.h>

// Debian's libopenblas holds LAPACK under its Fortran names, without a header of it.

/// Cholesky factor of a symmetric matrix, in place; column-major, uplo 'L' or 'U' says which triangle.
/// info: 0, or the order of the leading minor that is not positive.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/// The inverse from a Cholesky factor, in place, the same triangle.
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
