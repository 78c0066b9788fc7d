extension FileKind {
  /// The kind in words.
  package var text: String {
    switch self {
    case .gitLFSPointer: "a git-lfs pointer, which stands for a file that was not fetched"
    case .html: "a page of HTML, as a site answers that asks for a login or has no such file"
    case .xml: "XML, as a store answers instead of a file"
    case .pickle: "a pickle of Python"
    case .torchArchive: "a PyTorch checkpoint, a zip archive with a pickle"
    case .onnx: "an ONNX model"
    case .tfLite: "a TensorFlow Lite model"
    case .hdf5: "an HDF5 file, as Keras and TensorFlow write weights"
    case .numpy: "a NumPy array"
    case .oldGGML: "a GGML file from before GGUF"
    case .zip: "a zip archive"
    case .gzip: "a gzip archive"
    case .zstd: "a zstd archive"
    case .xz: "an xz archive"
    case .bzip2: "a bzip2 archive"
    case .sevenZip: "a 7z archive"
    case .tar: "a tar archive"
    case .parquet: "a Parquet file"
    case .safetensors: "a safetensors file"
    case .gguf: "a GGUF file"
    case .json: "JSON"
    case .zeros: "a file that begins with zeros only, as an interrupted download leaves it"
    }
  }

  /// What the person can do about it; nil if another file is all that helps.
  package var advice: String? {
    switch self {
    case .gitLFSPointer: "Fetch the file itself with `git lfs pull`."
    case .html, .xml, .zeros: "Download the file again."
    case .pickle, .torchArchive:
      "Convert it with transformers: from_pretrained(...).save_pretrained(DIR) writes safetensors."
    case .oldGGML: "Convert the original checkpoint with a current llama.cpp."
    case .zip, .gzip, .zstd, .xz, .bzip2, .sevenZip, .tar: "Unpack it."
    case .parquet: "Write its rows as lines of JSON, as with datasets: Dataset.to_json(FILE)."
    default: nil
    }
  }

  package func refusal(file: String, expected: String) -> InputError {
    InputError(file: file, found: text, expected: expected, advice: advice)
  }

  /// Runs a reader of a file. Where it refuses a file that is plainly of another kind, the error names that
  /// kind instead of the first detail that does not fit.
  package static func named<Result>(
    in file: MappedFile, as kind: FileKind, expected: String, _ read: () throws -> Result
  ) throws -> Result {
    do {
      return try read()
    } catch let error as InputError {
      guard let found = FileKind(of: file), found != kind else { throw error }
      throw found.refusal(file: file.path, expected: expected)
    }
  }
}
