/// The seconds that have passed since `start` on the monotonic clock.
func seconds(since start: ContinuousClock.Instant) -> Double {
  (ContinuousClock.now - start) / .seconds(1)
}
