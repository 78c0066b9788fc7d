/// The two modes of an edge.
enum Mode: String, CaseIterable {
  case collaborative, standalone

  var title: String {
    switch self {
    case .collaborative: "With the cloud"
    case .standalone: "Standalone, without a cloud"
    }
  }
}
