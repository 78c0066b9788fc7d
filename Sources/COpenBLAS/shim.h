#pragma once
#include <cblas.h>

// Debian's libopenblas holds LAPACK under its Fortran names, without a header of it.

/// Cholesky factor of a symmetric matrix, in place; column-major, uplo 'L' or 'U' says which triangle.
/// info: 0, or the order of the leading minor that is not positive.
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/// The inverse from a Cholesky factor, in place, the same triangle.
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);

/// Solves A X = B for a symmetric positive matrix A [n, n], in place: a becomes its Cholesky factor, b [n, nrhs] the
/// solution. Column-major, uplo says which triangle of A is given. info as in dpotrf_.
void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b, const int *ldb,
            int *info);
/// Eigenvalues w, rising, and with jobz 'V' the eigenvectors of a symmetric matrix, which replace it as columns;
/// column-major. work has lwork >= 1 + 6 n + 2 n^2 elements, iwork liwork >= 3 + 5 n.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
