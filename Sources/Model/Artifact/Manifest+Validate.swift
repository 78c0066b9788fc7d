import CleaveStorage

extension Manifest {
  /// Whether it is a model or a tier that texts come to, and not one that takes what the tier before has computed.
  package var readsText: Bool { role == .model || role == .edge }

  /// The files an artifact of this role holds, with the tensors of each. Nothing more, nothing less:
  /// a path that is not here is never opened, so no manifest can point outside its directory.
  package var expectedFiles: [(path: String, tensors: [(name: String, shape: [Int])])] {
    func weights(_ names: [WeightName]) -> [(name: String, shape: [Int])] {
      names.map { ($0.text, $0.shape(in: configuration)) }
    }
    var expected: [(path: String, tensors: [(name: String, shape: [Int])])] = []
    if readsText {
      expected.append((ArtifactLayout.tokenizer, []))
      // Artifacts of before have none.
      if file(ArtifactLayout.compiledTokenizer) != nil {
        expected.append((ArtifactLayout.compiledTokenizer, []))
      }
    }
    if role == .model, file(ArtifactLayout.trainingData) != nil {
      expected.append((ArtifactLayout.trainingData, []))
    }
    if readsText, calibration != nil { expected.append((ArtifactLayout.calibration, [])) }
    // A tier that takes hidden states needs the embedding only as the head it is tied to.
    if readsText || takesTokens || configuration.tiedEmbeddings {
      expected.append(
        (ArtifactLayout.embedding, weights(WeightName.embeddingFile(in: configuration))))
    }
    for index in blocks {
      expected.append(
        (ArtifactLayout.block(index), weights(WeightName.block(index, in: configuration))))
    }
    if role == .model || role == .cloud || exitsNeedHead {
      expected.append((ArtifactLayout.head, weights(WeightName.headFile(in: configuration))))
    }
    for exit in exits {
      let tensors = exit.weights(in: configuration).map {
        (exit.name(of: $0), $0.shape(in: configuration))
      }
      expected.append((exit.path, tensors))
    }
    if let exitVocabulary {
      expected.append((ArtifactLayout.exitVocabularyTokens, []))
      expected.append((ArtifactLayout.exitVocabulary, exitVocabulary.tensors(in: configuration)))
    }
    return expected
  }

  /// - Parameter file: the manifest's path, for errors.
  func validate(file: String) throws {
    try validateExits(file: file)
    try validateExitVocabulary(file: file)
    try validateBlocks(file: file)
    try validateMiddle(file: file)
    try validateCalibration(file: file)
    let expected = expectedFiles
    let records = Dictionary(grouping: files, by: \.path)
    for (path, tensors) in expected {
      let records = records[path] ?? []
      guard records.count == 1 else {
        throw InputError(
          file: file, location: "files", found: "\(path) \(records.count) times",
          expected: "the file once, in an artifact of role \(role.rawValue)")
      }
      try validateTensors(of: records[0], expected: tensors, file: file)
    }
    let known = Set(expected.map(\.path))
    if let stray = files.first(where: { !known.contains($0.path) }) {
      throw InputError(
        file: file, location: "files", found: "\"\(stray.path)\"",
        expected: "only the files of an artifact of role \(role.rawValue)")
    }
    try validateOrder(file: file)
    try validateIdentity(file: file)
  }

  /// Checks that the files are in path order, so that the same artifact has one manifest.
  private func validateOrder(file: String) throws {
    for (first, second) in zip(files, files.dropFirst()) {
      guard FileRecord.inPathOrder(first, second) else {
        throw InputError(
          file: file, location: "files", found: "\"\(first.path)\" before \"\(second.path)\"",
          expected: "the files in the order of their paths' bytes")
      }
    }
  }

  /// Checks the model id of a whole model, which alone holds what the id is made of; its parts carry it.
  private func validateIdentity(file: String) throws {
    guard role == .model else { return }
    let id = ModelIdentity.id(configuration: configuration, files: files)
    guard modelID == id else {
      throw InputError(
        file: file, location: "model_id", found: modelID,
        expected: "\(id), which the configuration and the files make")
    }
  }

  private func validateTensors(
    of record: FileRecord, expected: [(name: String, shape: [Int])], file: String
  ) throws {
    func refuse(_ found: String, _ wanted: String) -> InputError {
      InputError(file: file, location: "files \(record.path)", found: found, expected: wanted)
    }
    let names = record.tensors.map(\.name).sorted()
    guard names == expected.map(\.name).sorted() else {
      throw refuse("tensors \(names)", "\(expected.map(\.name).sorted())")
    }
    let tensors = Dictionary(record.tensors.map { ($0.name, $0) }) { first, _ in first }
    for (name, shape) in expected {
      guard let tensor = tensors[name] else { continue }
      guard tensor.shape == shape else {
        throw refuse("\(name) of shape \(tensor.shape)", "\(shape) by the configuration")
      }
      guard shape.count > 1 || !tensor.type.isQuantized else {
        throw refuse("\(name) as \(tensor.type.rawValue)", "a float type for a vector")
      }
    }
  }
}
