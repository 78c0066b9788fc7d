import CleaveStorage
import Foundation
import TestSupport
import Testing

/// Three tiers as a person makes, verifies and runs them.
@Suite(.timeLimit(.minutes(3))) struct TierCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try Command.prepare(scratch)
    let partition = try Command(
      "partition", scratch("exits"), "--tiers", "device:0..2,gateway:2..4,cloud:4..6", "--out",
      try scratch.makeDirectory("tiers"))
    #expect(partition.status == 0, "\(partition.errors)")
  }

  private func verify(_ tiers: String...) throws -> Command {
    try Command(
      ["verify"] + tiers.map { scratch("tiers/\($0)") }
        + [
          "--model", scratch("exits"), "--max-tokens", "4", "-q", "--prompts",
          try scratch.write("The small dog\n", to: "prompts"),
        ])
  }

  @Test func bundlesOfTiersAreVerified() throws {
    let command = try verify("device", "gateway", "cloud")
    #expect(command.status == 0, "\(command.output) \(command.errors)")
    #expect(command.output.contains("the tiers hold blocks 0..<2, 2..<4, 4..<6"))
    #expect(command.errors.isEmpty, "\(command.errors)")
    #expect(try verify("gateway", "device", "cloud").status == 2)
    let path = "tiers/gateway/exits/exit-0004.safetensors"
    var bytes = try readFile(scratch(path))
    bytes[bytes.count - 1] ^= 1
    _ = try scratch.write(bytes, to: path)
    let changed = try verify("device", "gateway", "cloud")
    #expect(changed.status == 1 && changed.output.contains("exit-0004.safetensors has changed"))
  }

  @Test func tiersThatDoNotFitAreRefused() throws {
    let none = try scratch.makeDirectory("none")
    for tiers in ["a:0..3,b:3..6", "a:0..2,b:3..6", "a:0..2,a:2..4,c:4..6", "a:0..2", "a"] {
      let command = try Command("partition", scratch("exits"), "--tiers", tiers, "--out", none)
      #expect(
        command.status == 2 && command.errors.contains("tiers"), "\(tiers): \(command.errors)")
    }
    #expect(try FileSystem.entries(of: none).isEmpty)
  }

  #if Network
    private func run(_ bundle: String, _ more: [String]) throws -> Command {
      try Command(
        ["run", bundle, "-p", "hello there", "--max-tokens", "8", "--json", "--threads", "1"] + more
      )
    }

    private func ids(_ command: Command) throws -> [Int] {
      try command.json().required("tokens").elements().map { try $0.required("id").int() }
    }

    /// With the gateway's exits off the text is the whole model's; with them on they answer, which /metrics of the gateway
    /// counts. Nothing but the summary is said.
    @Test(arguments: ["2", "0"]) func threeProcessesGenerate(_ threshold: String) throws {
      let (cloud, atCloud) = try Command.serve(scratch("tiers/cloud"))
      defer { cloud.terminate() }
      let (gateway, atGateway) = try Command.serve(
        scratch("tiers/gateway"),
        [
          "--cloud", "127.0.0.1:\(try atCloud.required("port").int())", "--threshold", threshold,
          "--metrics", "127.0.0.1:0",
        ])
      defer { gateway.terminate() }
      let command = try run(
        scratch("tiers/device"),
        [
          "--cloud", "127.0.0.1:\(try atGateway.required("port").int())", "--threshold", "2",
        ])
      #expect(command.status == 0 && command.errors.isEmpty, "\(command.errors)")
      let metrics = try Command.get(
        "/metrics", try atGateway.required("metrics").string())
      if threshold == "2" {
        #expect(try ids(command) == ids(try run(scratch("model"), [])))
        #expect(metrics.contains("cleave_exit_answers_total{exit=\"4\"} 0\n"))
      } else {
        let sources = try command.json().required("tokens").elements().map {
          try $0.required("source").string()
        }
        #expect(sources.allSatisfy { $0.contains("4") }, "\(sources)")
        #expect(!metrics.contains("cleave_exit_answers_total{exit=\"4\"} 0\n"))
        #expect(metrics.contains("cleave_exit_answers_total{exit=\"4\"} "))
      }
    }

    @Test func aMiddleWithoutItsCloudIsRefused() throws {
      let alone = try Command("serve", scratch("tiers/gateway"))
      #expect(alone.status == 2 && alone.errors.contains("--cloud HOST:PORT"), "\(alone.errors)")
      let cloud = try Command("serve", scratch("tiers/cloud"), "--cloud", "127.0.0.1:1")
      #expect(cloud.status == 2 && cloud.errors.contains("middle"), "\(cloud.errors)")
    }
  #endif
}
