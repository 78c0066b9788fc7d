import CleaveService
import CleaveStorage

extension FuzzTarget {
  /// The body of a request to `cleave serve --api`, as a chat and as a completion.
  static let apiRequest = FuzzTarget(
    "api-request", refuses: { (400..<500).contains(APIError(cause: $0).status) }
  ) { input in
    let chat = Result { try TextRequest.chat(input) }
    let completion = Result { try TextRequest.completion(input) }
    if case .failure = chat { return _ = try completion.get() }
    guard case .failure(let error) = completion else {
      throw FuzzFault("taken for a chat and for a completion")
    }
    try require(
      (400..<500).contains(APIError(cause: error).status), "a refusal is the client's fault")
  }
}
