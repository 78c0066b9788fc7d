import CleaveGenerate
import CleaveRuntime
import CleaveStorage

extension APIError {
  /// The name of the chat template in errors.
  static let templateName = "chat template"

  /// Puts an error of the toolchain in the form of the interface. What the request caused has a status of 4xx, what
  /// the cloud or this server caused one of 5xx.
  package init(cause: any Error) {
    switch cause {
    case let error as APIError: self = error
    case let error as ContextLimitError:
      self.init(400, error.description, code: "context_length_exceeded")
    case let error as SettingError: self.init(400, error.description)
    case let error as InputError where error.file == RequestBody.name:
      self.init(
        400, error.description, parameter: error.location.isEmpty ? nil : error.location)
    case let error as InputError where error.file == APIError.templateName:
      self.init(400, error.description, parameter: "messages")
    case let error as any ExitStatusError where error.exitStatus == .cloudFailed:
      self.init(502, error.description, type: "server_error", code: "cloud_failed")
    case let error as any ExitStatusError:
      self.init(500, error.description, type: "server_error")
    case is CancellationError:
      self.init(499, "the client has left", code: "cancelled")
    default: self.init(500, "\(cause)", type: "server_error")
    }
  }
}
