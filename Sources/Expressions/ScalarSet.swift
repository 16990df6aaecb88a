/// A class of a regular expression, such as `[a-z]`, `\d` or `.`.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  /// Unicode general categories by their first one or two letters, and whether they are meant or all others.
  var categories: [(name: String, isIn: Bool)] = []
  var negated = false
  /// Letters match in both cases.
  var folded = false

  static let all = ScalarSet(ranges: [0...0x10FFFF])
  static let noNewline = ScalarSet(ranges: [0...9, 11...0x10FFFF])
  static let digits = ScalarSet(ranges: [0x30...0x39])
  static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  static let spaces = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

  /// The classes of POSIX.
  static let named: [String: [ClosedRange<UInt32>]] = [
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "ascii": [0...0x7F],
    "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": [0x30...0x39],
    "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [0x09...0x0D, 0x20...0x20],
    "upper": [0x41...0x5A], "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
    "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let found = has(scalar) || (folded && Self.otherCases(scalar).contains(where: has))
    return found != negated
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    if ranges.count <= 8 ? ranges.contains(where: { $0.contains(scalar.value) }) : isInSorted(scalar.value) {
      return true
    }
    return categories.contains { scalar.properties.generalCategory.letters.hasPrefix($0.name) == $0.isIn }
  }

  /// Brackets keep their ranges sorted and apart, so that a long class is searched in a few steps.
  private func isInSorted(_ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }

  /// The same scalars, the ranges sorted and apart.
  var sorted: [ClosedRange<UInt32>] { ScalarSet(ranges: inverted).inverted }

  static func otherCases(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let mappings = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
    return mappings.compactMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first : nil }
  }

  /// The scalars of a class that is turned round, as ranges.
  var inverted: [ClosedRange<UInt32>] {
    var out: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { out.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { out.append(next...0x10FFFF) }
    return out
  }
}

extension Unicode.GeneralCategory {
  /// As Unicode abbreviates it.
  var letters: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
