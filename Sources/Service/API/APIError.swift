import CleaveStorage

/// An error of a request, in the form in which OpenAI's interface reports errors.
package struct APIError: Error, Equatable, Sendable {
  /// The status of the HTTP response.
  package let status: Int
  package let message: String
  /// The kind of error that clients tell apart: `invalid_request_error`, `server_error` and others.
  package let type: String
  /// The field of the request that is wrong.
  package let parameter: String?
  package let code: String?
  /// Seconds after which a client may try again.
  package let retryAfter: Int?

  package init(
    _ status: Int, _ message: String, type: String = "invalid_request_error",
    parameter: String? = nil, code: String? = nil, retryAfter: Int? = nil
  ) {
    self.status = status
    self.message = message
    self.type = type
    self.parameter = parameter
    self.code = code
    self.retryAfter = retryAfter
  }

  package var json: JSON {
    [
      "error": [
        "message": .string(message), "type": .string(type),
        "param": parameter.map { .string($0) } ?? .null, "code": code.map { .string($0) } ?? .null,
      ]
    ]
  }
}

extension APIError {
  /// A field that would change the answer and is not supported.
  static func unsupported(_ field: String, _ advice: String? = nil) -> APIError {
    APIError(
      400, "\(field.shown(limit: 80)) is not supported" + (advice.map { ": \($0)" } ?? ""),
      parameter: String(field.shown(limit: 80)), code: "unsupported_parameter")
  }

  /// More requests wait than the queue holds.
  static let busy = APIError(
    429, "too many requests are waiting; try again later", type: "rate_limit_exceeded",
    code: "rate_limit_exceeded", retryAfter: 1)
  /// The server is about to end.
  static let stopping = APIError(
    503, "this server is shutting down", type: "server_error", code: "shutting_down",
    retryAfter: 5)
}
