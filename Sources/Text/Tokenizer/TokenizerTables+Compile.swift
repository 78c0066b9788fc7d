import CleaveStorage
import Glibc

extension TokenizerTables {
  /// Compiles a tokenizer.json whose settings have been checked. The digest in the header stays
  /// empty, because the file's bytes are not known here.
  init(compiling node: JSONNode) throws {
    let modelNode = try node.required("model")
    let added = try node.optional("added_tokens")?.elements() ?? []
    let isUnigram = try UnigramModel.isUnigram(modelNode)
    let vocab = try modelNode.required("vocab")
    let own = isUnigram ? try vocab.elements().count : try vocab.object().members.count
    guard own <= Vocabulary.largestCount else {
      throw vocab.refuse(expected: "at most \(Vocabulary.largestCount) tokens")
    }
    var vocabulary = Vocabulary(own: own, added: added.count)
    let isByteLevel = try PreTokenizer(node.optional("pre_tokenizer")).isByteLevel
    let model =
      isUnigram
      ? try BytePairModel(unigram: modelNode, vocabulary: &vocabulary)
      : try BytePairModel(modelNode, isByteLevel: isByteLevel, vocabulary: &vocabulary)
    _ = try AddedTokens(added) { try vocabulary.resolve($0, $1) }
    let settings = Array(Self.settings(of: node).text(pretty: false).utf8)
    let compiler = TablesCompiler(vocabulary: vocabulary, model: model, settings: settings)
    self.init(checked: .bytes(compiler.bytes()), layout: compiler.layout)
  }

  /// The file's contents, with the digest of the tokenizer.json from which it was made.
  func file(madeFrom digest: FileDigest) -> [UInt8] {
    var bytes = storage.withBytes { Array($0) }
    bytes.replaceSubrange(
      TokenizerLayout.digestStart..<TokenizerLayout.headerBytes, with: digest.bytesOfSHA256)
    return bytes
  }

  /// The tokenizer.json without the members that the tables replace.
  private static func settings(of node: JSONNode) -> JSON {
    guard case .object(var root) = node.value, case .object(var model) = root["model"] else {
      return node.value
    }
    for name in BytePairModel.compiledMembers { model[name] = nil }
    root["model"] = .object(model)
    return .object(root)
  }
}

/// Writes the tables one after another.
private struct TablesCompiler {
  let vocabulary: Vocabulary
  let model: BytePairModel
  let settings: [UInt8]
  let layout: TokenizerLayout

  init(vocabulary: Vocabulary, model: BytePairModel, settings: [UInt8]) {
    self.vocabulary = vocabulary
    self.model = model
    self.settings = settings
    layout = TokenizerLayout(
      tokens: vocabulary.count, modelTokens: model.tokens.count, merges: model.merges.count,
      textBytes: vocabulary.spelled.textBytes, settingsBytes: settings.count)
  }

  func bytes() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(layout.end)
    func append(_ numbers: some Sequence<UInt32>) {
      for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    }
    bytes += TokenizerLayout.magic
    append([TokenizerLayout.version])
    append(layout.counts.map { UInt32($0) })
    bytes += repeatElement(0, count: TokenizerLayout.headerBytes - bytes.count)
    append(model.byteIDs.map { $0 ?? TokenizerLayout.none })
    append(textStarts())
    append(order())
    append(mergeStarts())
    append(model.merges.lazy.map(\.right))
    append(model.merges.lazy.map(\.rank))
    append(model.merges.lazy.map(\.result))
    for id in 0..<vocabulary.count { bytes += vocabulary.spelled[id] ?? [] }
    bytes += settings
    precondition(bytes.count == layout.end, "a table of another length than its layout says")
    return bytes
  }

  private func textStarts() -> [UInt32] {
    var end: UInt32 = 0
    var starts: [UInt32] = []
    for id in 0..<vocabulary.count {
      let token = vocabulary.spelled[id]
      starts.append(token == nil ? end | TokenizerLayout.absent : end)
      end += UInt32(token?.count ?? 0)
    }
    return starts + [end]
  }

  /// The model's tokens sorted by the bytes of their spelling.
  private func order() -> [UInt32] {
    vocabulary.spelled.withSpellings { spelling in
      model.tokens.sorted { ByteOrder.compare(spelling(Int($0)), spelling(Int($1))) < 0 }
    }
  }

  private func mergeStarts() -> [UInt32] {
    var starts = [UInt32](repeating: 0, count: vocabulary.count + 1)
    for merge in model.merges { starts[Int(merge.left) + 1] += 1 }
    for id in 0..<vocabulary.count { starts[id + 1] += starts[id] }
    return starts
  }
}
