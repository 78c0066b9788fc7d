/// The source of a token, with its name and CSS class on the page.
enum Answerer {
  static let cloud = (name: "cloud", kind: "cloud")

  /// - Parameter index: the index of the exit; colours repeat after six exits.
  static func exit(_ depth: Int, index: Int) -> (name: String, kind: String) {
    ("exit \(depth)", "exit-\(index % 6)")
  }
}
