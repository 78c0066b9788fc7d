#if Network
  import CleaveRegistry
  import CleaveStorage

  extension BundlePush.Outcome {
    func text(_ reference: RegistryReference) -> String {
      let there = files - uploadedFiles - mountedFiles
      var lines = [
        "\(reference): \(files) files, \(bytes.formattedBytes); uploaded \(uploadedFiles),"
          + " \(uploadedBytes.formattedBytes); there already \(there)"
          + (mountedFiles > 0 ? "; from other repositories \(mountedFiles)" : "")
      ]
      if signature != nil { lines.append("the signature is attached") }
      return (lines + ["digest sha256:\(digest.sha256)"]).joined(separator: "\n")
    }

    func json(_ reference: RegistryReference) -> JSON {
      [
        "reference": .string(reference.description),
        "digest": .string("sha256:\(digest.sha256)"),
        "files": .integer(Int64(files)), "bytes": .integer(Int64(bytes)),
        "uploaded_files": .integer(Int64(uploadedFiles)),
        "uploaded_bytes": .integer(Int64(uploadedBytes)),
        "mounted_files": .integer(Int64(mountedFiles)),
        "signature": signature.map { .string("sha256:\($0.sha256)") } ?? .null,
      ]
    }
  }

  extension BundlePull.Outcome {
    func text(_ reference: RegistryReference, _ target: String) -> String {
      var lines = [
        "\(target): \(manifest.summary)",
        "from \(reference), digest sha256:\(digest.sha256)",
        "\(files) files, \(bytes.formattedBytes), of which \(fetchedBytes.formattedBytes) were fetched; "
          + (isSigned ? "signed" : "not signed"),
      ]
      if let lastExit {
        lines.append(
          "up to exit \(lastExit), without \(missing.count) files: cleave run \(target) --exits \(lastExit)"
        )
      }
      return lines.joined(separator: "\n")
    }

    func json(_ reference: RegistryReference, _ target: String) -> JSON {
      [
        "path": .string(target), "reference": .string(reference.description),
        "digest": .string("sha256:\(digest.sha256)"),
        "files": .integer(Int64(files)), "bytes": .integer(Int64(bytes)),
        "fetched_bytes": .integer(Int64(fetchedBytes)), "signed": .bool(isSigned),
        "last_exit": lastExit.map { .integer(Int64($0)) } ?? .null,
        "missing": .array(missing.map { .string($0) }),
      ]
    }
  }
#endif
