import CleaveStorage

/// A reader of what strangers send, in the form in which a fuzzer runs it: it takes any bytes, refuses
/// what is wrong with the errors that it documents, and keeps its promises about the rest.
package struct FuzzTarget: Sendable {
  /// What an input came to.
  package enum Outcome: Sendable, Equatable {
    /// It was taken; the text is what came of it, where a target says so.
    case taken(String)
    /// It was refused, with this message.
    case refused(String)

    package var isTaken: Bool { if case .taken = self { true } else { false } }
  }

  /// The name of the target, and of its folder in Tests/Corpus.
  package let name: String
  private let body: @Sendable ([UInt8]) throws -> String
  private let refuses: @Sendable (any Error) -> Bool

  /// - Parameters:
  ///   - refuses: whether an error is one that the reader documents.
  ///   - body: reads the input and checks what the reader promises about it, with `require`.
  package init(
    _ name: String,
    refuses: @escaping @Sendable (any Error) -> Bool = { $0 is any ExitStatusError },
    _ body: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.refuses = refuses
    self.body = { input in
      try body(input)
      return ""
    }
  }

  private init(name: String, body: @escaping @Sendable ([UInt8]) throws -> String) {
    self.name = name
    self.refuses = { $0 is any ExitStatusError }
    self.body = body
  }

  /// A target whose `body` also gives what came of the input: a text that another implementation gives too.
  package static func giving(
    _ name: String, _ body: @escaping @Sendable ([UInt8]) throws -> String
  ) -> FuzzTarget {
    FuzzTarget(name: name, body: body)
  }

  /// Runs one input. What is worse than a wrong result, a trap or a loop without end, does not return.
  ///
  /// - Throws: `FuzzFault` for a broken promise, and for an error that the reader does not document.
  @discardableResult
  package func run(_ input: [UInt8]) throws(FuzzFault) -> Outcome {
    do {
      return .taken(try body(input))
    } catch let fault as FuzzFault {
      throw fault
    } catch {
      guard refuses(error) else { throw FuzzFault("the undocumented error \(error)") }
      return .refused("\(error)")
    }
  }
}

/// A promise that a reader has broken.
package struct FuzzFault: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// - Throws: `FuzzFault` where a promise does not hold.
package func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws(FuzzFault) {
  guard holds else { throw FuzzFault("broken: \(promise())") }
}
