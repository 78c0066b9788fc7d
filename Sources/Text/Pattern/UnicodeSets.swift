/// The sets of scalars that have names in regular expressions.
enum UnicodeSets {
  static let word = derived("word") ?? .empty
  /// What `\w` is inside brackets: Oniguruma leaves out the superscripts and fractions of Latin-1 there.
  static let bracketWord = word.subtracting(
    ScalarSet(ranges: [0xB2..<0xB4, 0xB9..<0xBA, 0xBC..<0xBF]))
  static let space = derived("space") ?? .empty
  static let digit = table["Nd"] ?? .empty
  static let hexadecimal = ScalarSet(ranges: [0x30..<0x3A, 0x41..<0x47, 0x61..<0x67])
  static let newline = ScalarSet(0x0A)

  /// The set that `\p{name}` stands for; nil for an unknown name.
  static func property(_ name: String) -> ScalarSet? {
    let plain = name.lowercased().filter { !" -_".contains($0) }
    let short = longNames[plain] ?? plain
    if ["emoji", "emojipresentation", "extendedpictographic"].contains(short) || short.count > 2 {
      return table[short] ?? (["punct", "word"].contains(short) ? nil : posix(short))
    }
    let wanted = short.prefix(1).uppercased() + short.dropFirst()
    if let set = table[wanted] { return set }
    if wanted == "Lc" { return categories(["Lu", "Ll", "Lt"]) }
    return wanted.count == 1 ? groups[wanted] : nil
  }

  /// The set that `[:name:]` stands for; nil for an unknown name.
  static func posix(_ name: String) -> ScalarSet? {
    switch name {
    case "alpha", "lower", "upper", "punct", "space", "blank", "cntrl", "digit", "alnum":
      derived(name)
    case "xdigit": hexadecimal
    case "word": bracketWord
    case "ascii": ScalarSet(ranges: [0..<0x80])
    case "any": .all
    default: nil
    }
  }

  private static let longNames = [
    "letter": "l", "uppercaseletter": "lu", "lowercaseletter": "ll", "titlecaseletter": "lt",
    "casedletter": "lc", "modifierletter": "lm", "otherletter": "lo", "mark": "m",
    "nonspacingmark": "mn", "spacingmark": "mc", "enclosingmark": "me", "number": "n",
    "decimalnumber": "nd", "letternumber": "nl", "othernumber": "no", "punctuation": "p",
    "connectorpunctuation": "pc", "dashpunctuation": "pd", "openpunctuation": "ps",
    "closepunctuation": "pe", "initialpunctuation": "pi", "finalpunctuation": "pf",
    "otherpunctuation": "po", "symbol": "s", "mathsymbol": "sm", "currencysymbol": "sc",
    "modifiersymbol": "sk", "othersymbol": "so", "separator": "z", "spaceseparator": "zs",
    "lineseparator": "zl", "paragraphseparator": "zp", "control": "cc", "format": "cf",
    "privateuse": "co", "alphabetic": "alpha", "lowercase": "lower", "uppercase": "upper",
    "whitespace": "space",
  ]

  /// A set that a name stands for, from the table's. Each is made once: a pattern may name it thousands of times.
  private static func derived(_ name: String) -> ScalarSet? { derivedSets[name] }

  private static let derivedSets: [String: ScalarSet] = {
    func extra(_ name: String) -> ScalarSet { table[name] ?? .empty }
    let digit = categories(["Nd"])
    let alpha = categories { $0.hasPrefix("L") || $0 == "Nl" }.union(extra("alpha+"))
    let word = alpha.union(categories { $0.hasPrefix("M") || $0 == "Nd" || $0 == "Pc" })
    return [
      "alpha": alpha, "digit": digit, "alnum": alpha.union(digit),
      "word": word.union(extra("word+")).subtracting(extra("word-")),
      "lower": categories(["Ll"]).union(extra("lower+")),
      "upper": categories(["Lu"]).union(extra("upper+")),
      "space": categories { $0.hasPrefix("Z") }.union(ScalarSet([9, 10, 11, 12, 13, 0x85])),
      "blank": categories(["Zs"]).union(ScalarSet(9)), "cntrl": categories(["Cc"]),
      // Oniguruma's differs from \p{P}.
      "punct": categories { $0.hasPrefix("P") || $0.hasPrefix("S") },
    ]
  }()

  /// The general categories that share a first letter, by it.
  private static let groups: [String: ScalarSet] = {
    let names = Set(table.keys.filter(isCategory).map { String($0.prefix(1)) })
    return Dictionary(
      uniqueKeysWithValues: names.map { name in (name, categories { $0.hasPrefix(name) }) })
  }()

  private static func categories(_ names: Set<String>) -> ScalarSet {
    categories { names.contains($0) }
  }

  private static func categories(where isWanted: (String) -> Bool) -> ScalarSet {
    let wanted = table.filter { isCategory($0.key) && isWanted($0.key) }
    return ScalarSet(ranges: wanted.values.flatMap(\.ranges))
  }

  /// Whether a name of the table is a general category's: these begin with a capital letter, scripts and the like do not.
  private static func isCategory(_ name: String) -> Bool { name.first?.isUppercase == true }

  private static let table = PackedSets(UnicodeTables.sets).sets
}
