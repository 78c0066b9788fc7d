import CleaveStorage
import CleaveTrain
import Testing

/// The curve is a drawing that any program reads.
@Suite struct LearningCurveTests {
  private func history() throws -> [TrainingRecord] {
    let json = try JSON.parse(Array(TrainingStateTests.text.utf8), file: "state")
    let record = try #require(
      try TrainingState(JSONNode(json, file: "state"), exits: 2).history.first)
    return (0..<4).map { index in
      var record = record
      record.tokens = index * 500_000
      for exit in 0..<2 { record.scores[exit].agreement = 0.25 * Double(index) }
      return record
    }
  }

  /// Tags that open are closed, in order, and attributes are quoted.
  private func elements(_ svg: String) throws -> [(name: String, attributes: [String: String])] {
    var open: [String] = []
    var elements: [(name: String, attributes: [String: String])] = []
    let tag = /<(\/?)([a-z]+)((?: [a-zA-Z0-9-]+="[^"<&]*")*)(\/?)>/
    var matched = 0
    for match in svg.matches(of: tag) {
      matched += 1
      let name = String(match.2)
      if !match.1.isEmpty {
        #expect(open.popLast() == name)
        continue
      }
      let attributes = match.3.matches(of: /([a-zA-Z0-9-]+)="([^"]*)"/)
        .map { (String($0.1), String($0.2)) }
      elements.append((name, Dictionary(uniqueKeysWithValues: attributes)))
      if match.4.isEmpty { open.append(name) }
    }
    #expect(open.isEmpty, "\(open)")
    #expect(svg.count { $0 == "<" } == matched, "every < begins a tag")
    #expect(!svg.contains("&"))
    return elements
  }

  private func points(_ text: String) throws -> [(x: Double, y: Double)] {
    try text.split(separator: " ").map { point in
      let parts = point.split(separator: ",")
      #expect(parts.count == 2)
      return (try #require(Double(parts[0])), try #require(Double(parts[1])))
    }
  }

  @Test func everyExitHasItsLines() throws {
    let svg = LearningCurve(depths: [10, 20], history: try history()).svg
    let elements = try elements(svg)
    #expect(elements[0].name == "svg" && elements[0].attributes["viewBox"] == "0 0 640 400")
    let lines = elements.filter { $0.name == "polyline" }
    #expect(lines.count == 4)
    #expect(Set(lines.compactMap { $0.attributes["stroke"] }).count == 2, "a colour for each exit")
    let dashed = lines.filter { $0.attributes["stroke-dasharray"] != nil }
    #expect(dashed.count == 2)
    for line in lines where line.attributes["stroke-dasharray"] == nil {
      let points = try points(try #require(line.attributes["points"]))
      #expect(points.count == 4)
      // As many tokens and as much agreement each time: a straight line to the right and up.
      for (one, next) in zip(points, points.dropFirst()) {
        #expect(abs(next.x - one.x - (points[3].x - points[0].x) / 3) < 0.2)
        #expect(abs(next.y - one.y - (points[3].y - points[0].y) / 3) < 0.2)
        #expect(next.x > one.x && next.y < one.y)
      }
      #expect(points.allSatisfy { (0...640).contains($0.x) && (0...400).contains($0.y) })
    }
    for text in ["exit 10: 75 %", "exit 20: 75 %", "at 95 %: 25 %", "1.5 M", "tokens trained on"] {
      #expect(svg.contains(text), "\(text)")
    }
  }

  @Test func beforeAnythingIsKnownItIsEmpty() throws {
    let svg = LearningCurve(depths: [3], history: []).svg
    let lines = try elements(svg).filter { $0.name == "polyline" }
    #expect(lines.count == 2 && lines.allSatisfy { $0.attributes["points"] == "" })
  }
}
