import Dispatch

/// The executor of an actor that computes for milliseconds at a time. Its jobs run on a thread of their own, in
/// their order: on Swift's shared threads, of which there are as many as cores, a pass would keep every message that has
/// arrived from being read until it ends, and each message takes several turns on such a thread.
final class PassExecutor: SerialExecutor {
  // A serial queue gets a thread whether or not others are busy.
  private let queue = DispatchQueue(label: "cleave.passes")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
