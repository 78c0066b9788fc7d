import COpenBLAS

/// OpenBLAS computes each call on the thread that makes it: the work is split here, in pieces that do
/// not depend on the number of threads.
enum OpenBLAS {
  /// Touched by whoever calls OpenBLAS; set once in the life of the process.
  static let isSingleThreaded: Void = openblas_set_num_threads(1)
}
