#if Network
  import FoundationEssentials

  /// The addresses that a registry sends clients to.
  enum WebAddress {
    /// The part of an address that says who answers: scheme, host and port. Nil for what is no address of HTTP.
    static func origin(of address: String) -> String? {
      guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
        scheme == "http" || scheme == "https", let host = url.host(percentEncoded: true)
      else { return nil }
      return "\(scheme)://\(host.lowercased()):\(url.port ?? (scheme == "https" ? 443 : 80))"
    }

    /// The address that a header `Location` names, which may be relative.
    ///
    /// - Returns: nil for one that leads out of HTTP, or from HTTPS to HTTP.
    static func resolve(_ location: String, from address: String) -> String? {
      guard let base = URL(string: address),
        let url = URL(string: location, relativeTo: base)?.absoluteURL, url.user() == nil
      else { return nil }
      let target = url.absoluteString
      guard let origin = origin(of: target) else { return nil }
      return address.hasPrefix("https://") && !origin.hasPrefix("https://") ? nil : target
    }

    /// An address with more in its query.
    static func adding(_ items: [(name: String, value: String)], to address: String) -> String? {
      guard var parts = URLComponents(string: address) else { return nil }
      let added = items.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
      let query = parts.percentEncodedQuery.map { $0.isEmpty ? added : "\($0)&\(added)" } ?? added
      parts.percentEncodedQuery = query
      return parts.string
    }

    /// A text with everything escaped but the characters that no address gives a meaning.
    private static func escaped(_ text: String) -> String {
      var result = ""
      for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "_"), UInt8(ascii: "~"):
          result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
          let digits = String(byte, radix: 16, uppercase: true)
          result += "%" + (digits.count == 1 ? "0" : "") + digits
        }
      }
      return result
    }
  }
#endif
