import CleaveRegistry
import CleaveStorage

extension BuildRecipe {
  /// A bundle of the output, and where it goes.
  package struct Publication: Equatable, Sendable {
    /// The bundle's directory in the output.
    package let bundle: String
    package let reference: RegistryReference
  }

  /// The bundles that a recipe makes, by their directories in the output.
  static let bundles = ["edge", "cloud"]

  /// What is pushed when the bundles are verified, in the order in which that is done.
  ///
  /// - Throws: `InputError` with line and column for a name that no registry has.
  package var publications: [Publication] {
    get throws {
      try Self.bundles.compactMap { bundle in
        guard let node = section("publish")[bundle], let text = node.scalar else { return nil }
        do { return Publication(bundle: bundle, reference: try RegistryReference(text)) } catch let
          error as SettingError
        {
          throw node.refuse(found: error.found, expected: error.expected)
        }
      }
    }
  }

  func checkPublication() throws {
    guard has("publish") else { return }
    guard try !publications.isEmpty else {
      throw section("publish").refuse(found: "neither edge nor cloud", expected: "one of them")
    }
  }
}
