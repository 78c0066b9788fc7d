extension Report {
  /// The HTML page.
  package var html: String { Page(self).markup.html }
}
