import COpenBLAS

/// OpenBLAS computes each call on the thread that makes it: the work is split here, in pieces that do
/// not depend on the number of threads.
func openblas_single() { openblas_set_num_threads(1) }
