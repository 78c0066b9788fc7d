import CleaveModel
import CleaveStorage

/// The safetensors files of an exported directory: one file, or several with an index.
struct HuggingFaceShards {
  private let shards: [[WeightSource]]

  init(_ tensors: [WeightSource], largest: Int) {
    var shards: [[WeightSource]] = [[]]
    var bytes = 0
    for tensor in tensors {
      if bytes > 0, bytes + tensor.byteCount > largest {
        shards.append([])
        bytes = 0
      }
      shards[shards.count - 1].append(tensor)
      bytes += tensor.byteCount
    }
    self.shards = shards
  }

  var count: Int { shards.reduce(0) { $0 + $1.count } }
  var bytes: Int { shards.joined().reduce(0) { $0 + $1.byteCount } }

  private var fileNames: [String] {
    guard shards.count > 1 else { return [SafetensorsSet.single] }
    func padded(_ number: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    return (1...shards.count).map { "model-\(padded($0))-of-\(padded(shards.count)).safetensors" }
  }

  var names: [String] { fileNames + (shards.count > 1 ? [SafetensorsSet.index] : []) }

  /// Writes the files.
  ///
  /// - Parameter progress: called after each file with its weights' size in bytes.
  func write(into directory: StagedOutput, progress: (Int) -> Void) throws {
    for (name, shard) in zip(fileNames, shards) {
      var sink = try directory.create(name)
      // transformers refuses a safetensors file without this entry.
      _ = try SafetensorsFile.write(shard, metadata: [("format", "pt")], into: &sink)
      _ = try sink.finish()
      progress(shard.reduce(0) { $0 + $1.byteCount })
    }
    guard shards.count > 1 else { return }
    let map = zip(fileNames, shards).flatMap { name, shard in shard.map { ($0.name, name) } }
    let index: JSON = [
      "metadata": ["total_size": .integer(Int64(bytes))],
      "weight_map": .object(JSONObject(map.map { ($0.0, .string($0.1)) })),
    ]
    var sink = try directory.create(SafetensorsSet.index)
    try sink.write(Array((index.text() + "\n").utf8))
    _ = try sink.finish()
  }
}
