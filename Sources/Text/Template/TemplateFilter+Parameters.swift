extension TemplateFilter {
  /// The parameters that are read, with Jinja's names and in its order
  /// (https://github.com/pallets/jinja/blob/main/src/jinja2/filters.py); those of `tojson` are transformers'.
  ///
  /// The filters that go on to other filters or to tests take arguments of theirs, and have none here.
  var parameters: [String] {
    switch self {
    case .trim: ["chars"]
    case .join: ["d", "attribute"]
    case .default, .d: ["default_value", "boolean"]
    case .replace: ["old", "new", "count"]
    case .int, .float: ["default"]
    case .dictsort: ["case_sensitive", "by", "reverse"]
    case .tojson: ["ensure_ascii", "indent", "separators", "sort_keys"]
    case .unique, .min, .max: ["case_sensitive", "attribute"]
    case .sort: ["reverse", "case_sensitive", "attribute"]
    case .round: ["precision", "method"]
    case .sum: ["attribute", "start"]
    case .indent: ["width", "first", "blank"]
    case .upper, .lower, .title, .capitalize, .length, .count, .first, .last, .string, .list,
      .items, .reverse, .abs, .safe, .map, .selectattr, .rejectattr, .select, .reject:
      []
    }
  }

  /// How errors name it.
  var callee: String { "the filter \(rawValue)" }

  /// Whether its arguments are the names and the arguments of another filter or of a test.
  var goesOn: Bool { [.map, .selectattr, .rejectattr, .select, .reject].contains(self) }
}
