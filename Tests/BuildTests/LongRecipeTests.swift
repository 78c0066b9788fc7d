import CleaveBuild
import CleaveStorage
import Testing

/// Recipes of long texts, which once took minutes or gigabytes.
@Suite(.timeLimit(.minutes(20))) struct LongRecipeTests {
  private static let spaces = String(repeating: " ", count: 200_000)

  private static func loss(_ program: String) -> String {
    Recipes.small
      + "calibrate: {prompts: [{file: a, field: b}], loss: \"command:\(program)\"}\n"
  }

  @Test func textOfSpacesIsEmpty() throws {
    let fault = try Recipes.fault(
      Recipes.small + "quantize: {recipe: q8_0, tensors: [\"\(Self.spaces)\"]}\n")
    #expect(fault.contains("line 6, column 36: quantize.tensors[0]: "), "\(fault)")
    #expect(fault.contains("expected a text that is not empty"), "\(fault)")
    let loss = try Recipes.fault(Self.loss(Self.spaces))
    #expect(loss.contains("calibrate.loss: "), "\(loss)")
    #expect(loss.contains("accuracy-drop or command:PROGRAM"), "\(loss)")
  }

  @Test func longTextIsNotEmpty() throws {
    for program in [Self.spaces + "x", String(repeating: "a ", count: 100_000)] {
      let fault = try Recipes.fault(Self.loss(program))
      #expect(!fault.contains("calibrate.loss"), "\(fault)")
    }
  }

  /// A key stands in the path of every value under it.
  @Test func keyThatIsTooLong() throws {
    let key = String(repeating: "k", count: 100_000)
    let list = "[" + String(repeating: "1, ", count: 9_000) + "1]"
    let fault = try Recipes.fault(Recipes.small + "? \(key)\n: \(list)\n")
    #expect(
      fault.hasPrefix(
        "r.yaml: line 6, column 3: found a key of 100000 bytes; expected at most 256"),
      "\(fault)")
    let inner = String(repeating: "k", count: 257)
    let second = try Recipes.fault(Recipes.small + "train: {\(inner): 1}\n")
    #expect(
      second.hasPrefix("r.yaml: line 6, column 9: train: found a key of 257 bytes"), "\(second)")
    let longest = try Recipes.fault(Recipes.small + "\(inner.dropLast()): 1\n")
    #expect(longest.contains("found the unknown key \"kkk"), "\(longest)")
  }
}
