import CleaveStorage

extension Report {
  /// The HTML page.
  package var html: String {
    let name = FileSystem.name(of: artifact.path)
    return Page(title: "\(name) · cleave calibration report", sections: sections).markup.html
  }

  private var sections: [Markup] {
    [
      PromiseSection(report: self).markup, RiskSection(report: self).markup,
      AnswersSection(report: self).markup, ReliabilitySection(report: self).markup,
      TrafficSection(report: self).markup, SamplesSection(report: self).markup,
      DetailsSection(report: self).markup,
    ]
  }
}
