/// Tasks of which a limited number runs at a time.
enum BoundedTasks {
  /// Runs `body` for each element. The first error ends all.
  static func run<Element: Sendable>(
    _ elements: [Element], atOnce: Int, _ body: @escaping @Sendable (Element) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var rest = elements[...]
      for element in rest.prefix(atOnce) { group.addTask { try await body(element) } }
      rest = rest.dropFirst(atOnce)
      while try await group.next() != nil {
        if let element = rest.popFirst() { group.addTask { try await body(element) } }
      }
    }
  }
}
