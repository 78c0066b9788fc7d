#if Network
  import Glibc

  /// The processor time that this process has used.
  enum ProcessTime {
    /// The time of all its threads, in seconds.
    static var seconds: Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }
#endif
