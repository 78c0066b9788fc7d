import CleaveStorage
import TestSupport
import Testing

/// `cleave inspect --cuts`.
@Suite struct InspectCutsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func textAndJSON() throws {
    _ = try TinyModel.sharded.withExits([2], into: scratch)
    let text = try Command("inspect", scratch("exits"), "--cuts")
    #expect(text.status == 0)
    for part in [
      "upload of a hidden state, bytes per token: f32 256, f16 128, int8 ",
      "upload of tokens, to a cloud of all blocks: 4",
      "the cloud also needs: final norm and head, embedding table, which is the head too",
      "no cut after 0 blocks: no block is left for the edge",
      "no cut after 6 blocks: no block is left for the cloud",
    ] { #expect(text.output.contains(part), "\(part) in \(text.output)") }
    let json = try Command("inspect", scratch("exits"), "--cuts", "--json").json()
    let cuts = try json.required("cuts").elements()
    #expect(cuts.count == 7)
    #expect(try cuts[2].required("exit").bool() && cuts[2].required("legal").bool())
    #expect(try json.required("upload_bytes_per_token").required("f32").int() == 256)
  }

  @Test func whatHasNoCutsIsRefused() throws {
    _ = try TinyModel.llama3.bundles(exits: [2], into: scratch)
    let edge = try Command("inspect", scratch("edge"), "--cuts")
    #expect(edge.status == 2 && edge.errors.contains("role: found edge; expected model"))
    let checkpoint = try Command("inspect", Golden.path("tiny-llama3-f32"), "--cuts")
    #expect(checkpoint.status == 2 && checkpoint.errors.contains("cleave import"))
    let both = try Command("inspect", scratch("exits"), "--cuts", "--tensors")
    #expect(both.status == 64 || both.status == 2)
    #expect(both.errors.contains("--tensors"))
  }
}
