#if Network
  import Hummingbird

  extension APIServer {
    /// The paths of the page on which a person tries the model; they are open to all.
    static let pagePaths: Set<String> = ["/", "/page.css", "/page.js"]

    func addPage(to router: Router<ServiceContext>) {
      router.get("/") { _, _ in Self.file(TryPage.html, "text/html; charset=utf-8") }
      router.get("page.css") { _, _ in Self.file(TryPage.style, "text/css; charset=utf-8") }
      router.get("page.js") { _, _ in Self.file(TryPage.script, "text/javascript; charset=utf-8") }
    }

    private static func file(_ text: String, _ type: String) -> Response {
      Response(
        status: .ok,
        headers: [
          .contentType: type, .contentSecurityPolicy: TryPage.policy, .cacheControl: "no-cache",
          .xContentTypeOptions: "nosniff",
        ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
  }
#endif
