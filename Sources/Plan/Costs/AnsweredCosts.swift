import CleaveModel
import CleaveStorage

/// What the model's steps take on a server, from the times in which it has answered requests. A block of those that it
/// does not serve takes what one of those takes that it does; how long the context is makes no difference.
package struct AnsweredCosts: StepCosts {
  private let answers: [LinkProfile.ServerTime]
  private let heads: [LinkProfile.ServerTime]
  private let blockCount: Int

  /// - Parameters:
  ///   - file: the profile's, for errors.
  ///   - manifest: of the model that is planned.
  /// - Throws: `InputError` for a profile without the times of answers, and for those of another model.
  package init(_ profile: LinkProfile, file: String, of manifest: Manifest) throws {
    guard let server = profile.server, !profile.answers.isEmpty else {
      throw InputError(
        file: file, location: "answers", found: "no times of a server's answers",
        expected: "answers and server, as cleave profile --cloud measures them",
        advice: "Measure the server, or give the device profile of its machine.")
    }
    guard server.modelID == manifest.modelID else {
      throw InputError(
        file: file, location: "server.model_id", found: "answers of model \(server.modelID)",
        expected: "those of the model that is planned, \(manifest.modelID)",
        advice: "Measure a server of this model's cloud bundle.")
    }
    blockCount = manifest.configuration.blockCount - server.firstBlock
    guard blockCount > 0 else {
      throw InputError(
        file: file, location: "server.first_block", found: "\(server.firstBlock)",
        expected: "a block of the model, below \(manifest.configuration.blockCount)")
    }
    answers = profile.answers
    heads = server.head
  }

  package func blocks(_ range: Range<Int>, columns: Int, context: Int) -> Double {
    let seconds = Self.seconds(columns, answers) - head(rows: 1)
    return max(0, seconds) * Double(range.count) / Double(blockCount)
  }

  package func head(rows: Int) -> Double { Self.seconds(rows, heads) }

  package func exit(_ index: Int, columns: Int, context: Int) -> Double {
    preconditionFailure("a server runs no exits")
  }
  package func exitHead(_ index: Int, rows: Int) -> Double {
    preconditionFailure("a server runs no exits")
  }

  /// The seconds of so many columns: linear between those of the table, the first's below them, and in proportion to the
  /// columns beyond the last.
  private static func seconds(_ columns: Int, _ table: [LinkProfile.ServerTime]) -> Double {
    guard let next = table.firstIndex(where: { $0.columns >= columns }) else {
      guard let last = table.last else { return 0 }
      return last.seconds * Double(columns) / Double(last.columns)
    }
    guard next > 0 else { return table[next].seconds }
    let (low, high) = (table[next - 1], table[next])
    let share = Double(columns - low.columns) / Double(high.columns - low.columns)
    return low.seconds + share * (high.seconds - low.seconds)
  }
}
