import TestSupport
import Testing

extension Command {
  /// import, exits add, partition into `scratch`.
  static func prepare(_ scratch: Scratch, threshold: String = "0.9") throws {
    #expect(
      try Command("import", Golden.path("tiny-llama3-f32"), "-o", scratch("model"), "-q").status
        == 0)
    #expect(
      try Command(
        "exits", "add", scratch("model"), "--at", "2,4", "--threshold", threshold, "-o",
        scratch("exits")
      ).status == 0)
    let partition = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.status == 0)
    #expect(partition.output.contains("All 6 blocks are held; both hold 2 of them, 2..<4"))
  }
}
