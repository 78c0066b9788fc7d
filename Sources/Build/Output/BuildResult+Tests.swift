extension BuildResult {
  /// The checks as JUnit's XML, one test case for each and one for each stage that failed, for what shows tests in CI.
  package var junit: String {
    let failed = checks.count { $0.passed == false }
    let skipped = checks.count { $0.passed == nil }
    let seconds = stages.reduce(0) { $0 + $1.entry.seconds }
    let cases = stages.flatMap { stage in
      stage.entry.checks.map { Self.testCase($0, stage: stage.name) }
    }
    let errors = failures.map {
      "<testcase classname=\"cleave.\($0.stage.xml)\" name=\"runs\" time=\"0\">"
        + "<error message=\"\($0.reason.xml)\"/></testcase>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
      <testsuite name="\(recipe.name.xml)" tests="\(checks.count + errors.count)" failures="\(failed)" \
      skipped="\(skipped)" errors="\(errors.count)" time="\(seconds.milli)">
      \((cases + errors).joined(separator: "\n"))
      </testsuite>
      </testsuites>

      """
  }

  private static func testCase(_ check: BuildCheck, stage: String) -> String {
    let head = "<testcase classname=\"cleave.\(stage.xml)\" name=\"\(check.name.xml)\" time=\"0\">"
    let detail = check.detail.xml
    let body =
      switch check.passed {
      case true: "<system-out>\(detail)</system-out>"
      case false: "<failure message=\"\(detail)\"/>"
      default: "<skipped message=\"\(detail)\"/>"
      }
    return "\(head)\(body)</testcase>"
  }
}

extension String {
  /// The text as XML holds it; what XML cannot hold is left out.
  var xml: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\n", "\t": text += " "
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Double {
  /// The number with three digits after the point.
  var milli: String {
    let thousandths = Int((Swift.min(magnitude, 1e12) * 1000).rounded())
    let digits = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
