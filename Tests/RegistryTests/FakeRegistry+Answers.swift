#if Network
  import CleaveStorage
  import Hummingbird

  /// What a registry that behaves answers, by the OCI distribution specification.
  extension FakeRegistry {
    func answer(_ seen: Seen, _ request: Request, _ body: [UInt8]) -> Answer {
      let parts = seen.path.split(separator: "/").map(String.init)
      guard parts.first == "v2" else { return Answer(code: 404) }
      for kind in ["blobs", "manifests", "referrers"] {
        guard let place = parts.lastIndex(of: kind), place > 1 else { continue }
        let repository = parts[1..<place].joined(separator: "/")
        let rest = Array(parts[(place + 1)...])
        switch kind {
        case "blobs" where rest.first == "uploads":
          return upload(seen, repository, rest.dropFirst().first, body)
        case "blobs": return blob(seen, repository, rest.first ?? "")
        case "manifests":
          return manifest(
            seen, repository, rest.first ?? "", request.headers[.contentType] ?? "", body)
        default: return referrers(repository, rest.first ?? "")
        }
      }
      return Answer(code: 404)
    }

    private func blob(_ seen: Seen, _ repository: String, _ digest: String) -> Answer {
      guard let bytes = state.withLock({ $0.blobs[repository]?[digest] }) else {
        return Answer(code: 404)
      }
      guard let range = seen.range, range.hasPrefix("bytes="),
        let first = Int(range.dropFirst(6).prefix { $0 != "-" })
      else { return Answer(headers: ["docker-content-digest": digest], body: bytes) }
      guard first < bytes.count else { return Answer(code: 416) }
      return Answer(
        code: 206,
        headers: ["content-range": "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"],
        body: Array(bytes[first...]))
    }

    private func manifest(
      _ seen: Seen, _ repository: String, _ version: String, _ type: String, _ body: [UInt8]
    ) -> Answer {
      state.withLock { state in
        guard seen.method == "PUT" else {
          guard let manifest = state.manifests[repository]?[version] else {
            return Answer(code: 404)
          }
          return Answer(
            headers: [
              "content-type": manifest.type,
              "docker-content-digest": "sha256:\(FileDigest(of: manifest.bytes).sha256)",
            ], body: manifest.bytes)
        }
        let digest = "sha256:\(FileDigest(of: body).sha256)"
        for name in [digest, version] {
          state.manifests[repository, default: [:]][name] = Manifest(type: type, bytes: body)
        }
        let isReferrer = (try? Self.json(body).optional("subject")) != nil
        return Answer(
          code: 201,
          headers: isReferrer && state.hasReferrers ? ["oci-subject": "sha256:0"] : [:])
      }
    }

    private func referrers(_ repository: String, _ digest: String) -> Answer {
      state.withLock { state in
        guard state.hasReferrers else { return Answer(code: 404) }
        let found = (state.manifests[repository] ?? [:]).filter { name, manifest in
          guard name.hasPrefix("sha256:"),
            let subject = try? Self.json(manifest.bytes).optional("subject")
          else { return false }
          return (try? subject.required("digest").string()) == digest
        }
        let list = found.map { name, manifest -> JSON in
          [
            "mediaType": .string(manifest.type), "digest": .string(name),
            "size": .integer(Int64(manifest.bytes.count)),
            "artifactType": (try? Self.json(manifest.bytes).required("artifactType").value)
              ?? .null,
          ]
        }
        let index: JSON = [
          "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
          "manifests": .array(list),
        ]
        return Answer(body: Array(index.text(pretty: false).utf8))
      }
    }

    /// Puts another manifest in the place of a referrer, and into the list under its subject's tag.
    func replace(
      _ digest: FileDigest, in repository: String, _ change: (String) -> String
    ) throws {
      state.withLock { state in
        guard let old = state.manifests[repository]?["sha256:\(digest.sha256)"] else { return }
        let bytes = Array(change(String(decoding: old.bytes, as: UTF8.self)).utf8)
        let new = FileDigest(of: bytes)
        state.manifests[repository]?["sha256:\(new.sha256)"] = .init(type: old.type, bytes: bytes)
        for (name, list) in state.manifests[repository] ?? [:] where name.hasPrefix("sha256-") {
          let text = String(decoding: list.bytes, as: UTF8.self)
            .replacing(digest.sha256, with: new.sha256)
          state.manifests[repository]?[name] = .init(type: list.type, bytes: Array(text.utf8))
        }
      }
    }

    private func upload(_ seen: Seen, _ repository: String, _ id: String?, _ body: [UInt8])
      -> Answer
    {
      state.withLock { state in
        guard let id else { return Self.begin(&state, seen, repository) }
        guard let held = state.uploads[id] else { return Answer(code: 404) }
        switch seen.method {
        case "PATCH": state.uploads[id] = held + body
        case "PUT":
          let digest = Self.query(seen)["digest"] ?? ""
          guard digest == "sha256:\(FileDigest(of: held + body).sha256)" else {
            return Answer(code: 400)
          }
          state.uploads[id] = nil
          state.blobs[repository, default: [:]][digest] = held + body
          return Answer(code: 201)
        default: break
        }
        let count = state.uploads[id]?.count ?? 0
        return Answer(
          code: seen.method == "PATCH" ? 202 : 204,
          headers: [
            "location": "/v2/\(repository)/blobs/uploads/\(id)", "range": "0-\(max(0, count - 1))",
          ])
      }
    }

    private static func begin(_ state: inout State, _ seen: Seen, _ repository: String) -> Answer {
      let items = query(seen)
      if let digest = items["mount"], let from = items["from"],
        let bytes = state.blobs[from]?[digest]
      {
        state.blobs[repository, default: [:]][digest] = bytes
        return Answer(code: 201)
      }
      state.begun += 1
      let id = "u\(state.begun)"
      state.uploads[id] = []
      return Answer(code: 202, headers: ["location": "/v2/\(repository)/blobs/uploads/\(id)"])
    }

    private static func json(_ bytes: [UInt8]) throws -> JSONNode {
      try JSONNode(parsing: bytes, file: "manifest")
    }

    /// The items of a query, unescaped.
    static func query(_ seen: Seen) -> [String: String] {
      var items: [String: String] = [:]
      for item in seen.query.split(separator: "&") {
        let parts = item.split(separator: "=", maxSplits: 1).map {
          $0.replacing("%3A", with: ":").replacing("%2F", with: "/")
        }
        if parts.count == 2 { items[String(parts[0])] = String(parts[1]) }
      }
      return items
    }
  }
#endif
