import CleaveConvert
import CleaveModel
import CleaveStorage

extension TinyModel {
  /// The sharded model with 352 rows of embedding, of which tokens name 320.
  package static func widerVocabulary(into scratch: Scratch) throws -> Artifact {
    _ = try scratch.copy(directory: Golden.path(sharded.checkpoint), to: "wider")
    try scratch.edit("wider/config.json", "\"vocab_size\": 320", "\"vocab_size\": 352")
    let name = "model.embed_tokens.weight"
    let index = try FileSystem.readJSON(scratch("wider/model.safetensors.index.json"))
    let file = try index.required("weight_map").required(name).string()
    let source = try SafetensorsFile(path: scratch("wider/\(file)"))
    var builder = SafetensorsBuilder()
    for entry in source.entries {
      var bytes = source.file.withBytes(entry.range) { Array($0) }
      var shape = entry.shape
      if entry.name == name {
        bytes += bytes.prefix(32 * bytes.count / 320)
        shape[0] = 352
      }
      builder.tensors.append(.init(entry.name, entry.dtype.rawValue, shape, bytes))
    }
    try scratch.write(builder.bytes, to: "wider/\(file)")
    _ = try Importer(source: scratch("wider"), target: scratch("wider-model")).run()
    return try Artifact(opening: scratch("wider-model"))
  }
}
