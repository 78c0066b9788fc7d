import TestSupport

/// The test cases of a JUnit file, counted by hand: what must close does.
struct XMLDocumentCheck {
  let cases: Int

  init(path: String) throws {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    cases = text.split(separator: "<testcase ").count - 1
    let closed = text.split(separator: "</testcase>").count - 1
    precondition(cases == closed && text.contains("</testsuites>"))
  }
}
