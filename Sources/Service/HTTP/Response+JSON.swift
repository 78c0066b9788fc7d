#if Network
  import CleaveStorage
  import Hummingbird

  extension Response {
    static func json(
      _ json: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
      var all = headers
      all[.contentType] = "application/json"
      return Response(
        status: status, headers: all,
        body: ResponseBody(byteBuffer: ByteBuffer(string: json.text(pretty: false) + "\n")))
    }

    static func error(_ error: APIError) -> Response {
      var headers: HTTPFields = [:]
      if let seconds = error.retryAfter { headers[.retryAfter] = "\(seconds)" }
      // What is left of a body that was refused is not read.
      if error.status != 404 { headers[.connection] = "close" }
      return json(error.json, status: .init(code: error.status), headers: headers)
    }
  }
#endif
