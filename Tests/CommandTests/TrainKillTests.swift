import CleaveModel
import Foundation
import TestSupport
import Testing

/// A training that was killed goes on, to the bytes of one that was not.
@Suite struct TrainKillTests {
  private let data: TrainCommandData
  private var scratch: Scratch { data.scratch }

  init() throws { data = try TrainCommandData() }

  private func arguments(_ output: String, _ more: String...) -> [String] {
    data.train(output, ["--steps", "240"] + more)
  }

  /// Starts a training that writes snapshots all the time, and waits until it is well under way.
  private func start(_ output: String) throws -> Process {
    let process = try Command.start(arguments(output, "--snapshot-every", "0", "-q"))
    for _ in 0..<30_000 where process.isRunning {
      // A line for each evaluation: the second is that of step 60.
      let log = (try? readFile(scratch("\(output).train/log.jsonl"))) ?? []
      if log.count(where: { $0 == 10 }) >= 2 { break }
      usleep(2000)
    }
    #expect(process.isRunning, "it was over too soon")
    return process
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: scratch(name))
  }

  /// Goes on and compares every file that an uninterrupted training writes.
  private func expectTheSameBytes(_ output: String) throws {
    let again = try Command(arguments(output, "--snapshot-every", "0"))
    #expect(again.status == 0, "\(again.errors)")
    let resumed = again.errors.contains(/resumed at step [0-9]+\n/)
    #expect(resumed, "\(again.errors)")
    for file in ["manifest.json", "training-data.json"]
      + ["exits/exit-0002.safetensors", "exits/exit-0004.safetensors"]
    {
      #expect(
        try readFile(scratch("\(output)/\(file)")) == readFile(scratch("whole/\(file)")), "\(file)")
    }
    let left = Scratch.entries(scratch.path) + Scratch.entries(scratch("\(output).train"))
    #expect(left.allSatisfy { !$0.contains("staging") }, "\(left)")
  }

  @Test func whatWasStoppedGoesOnToTheSameBytes() throws {
    let whole = try Command(arguments("whole", "-q"))
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(try Artifact(opening: scratch("whole")).manifest.exits.count == 2)

    let killed = try start("killed")
    kill(killed.processIdentifier, SIGKILL)
    killed.waitUntilExit()
    #expect(killed.terminationReason == .uncaughtSignal)
    #expect(exists("killed.train/checkpoint.safetensors") && !exists("killed"))
    try expectTheSameBytes("killed")

    let interrupted = try start("interrupted")
    interrupted.interrupt()
    interrupted.waitUntilExit()
    #expect(interrupted.terminationReason == .exit && interrupted.terminationStatus == 130)
    #expect(exists("interrupted.train/checkpoint.safetensors") && !exists("interrupted"))
    let left = Scratch.entries(scratch.path)
    #expect(left.allSatisfy { !$0.contains("staging") }, "\(left)")
    try expectTheSameBytes("interrupted")
  }
}
