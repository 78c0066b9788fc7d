import ArgumentParser
import CleaveNetwork
import CleaveRuntime
import CleaveStorage
import Glibc

/// What a command says to the shell.
enum ExitStatus: Int32 {
  case done = 0
  case checkFailed = 1
  case badInput = 2
  case cannotWrite = 3
  case cloudFailed = 4

  init(_ error: any Error) {
    switch error {
    case is InputError, is ContextLimitError, is UnsupportedChat: self = .badInput
    case is OutputError: self = .cannotWrite
    case is CloudRefusal, is LinkClosed, is GivenUp, is DeadlineExceeded, is MessageError,
      is RemoteRefused:
      self = .cloudFailed
    case is NetworkMissing, is ServeError: self = .badInput
    default: self = Cleave.exitCode(for: error) == .success ? .done : .badInput
    }
  }

  /// Prints what there is to say and exits.
  func leave(after error: any Error) -> Never {
    switch error {
    case let code as ExitCode: exit(code.rawValue)
    case is NetworkMissing, is RemoteRefused, is ServeError: printError("cleave: \(error)")
    case is InputError, is ContextLimitError, is OutputError, is CloudRefusal, is LinkClosed,
      is GivenUp, is DeadlineExceeded,
      is MessageError, is UnsupportedChat:
      printError("cleave: \(error)")
    default:
      let message = Cleave.fullMessage(for: error)
      if self == .done { print(message) } else { printError(message) }
    }
    exit(rawValue)
  }
}

/// A bundle without a chat template, or with one this tool cannot run.
struct UnsupportedChat: Error, CustomStringConvertible {
  let description: String
}
