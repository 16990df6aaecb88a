/// A regular expression that tells where it matches, and its groups: RE2's syntax, and of all matches the one a
/// backtracking engine would find first (leftmost, then by the order of the pattern).
package struct CapturingExpression: Sendable {
  let program: [RegularExpression.Instruction]
  /// The names of the groups: that of group 1 first; nil: it has none.
  package let groupNames: [String?]
  /// A match can only start at the text's start.
  let isAnchored: Bool

  /// How many groups a pattern may have: each is kept for every way through the program.
  package static let mostGroups = 100

  /// - Throws: `RegularExpression.Mistake` for what is no pattern, or one that becomes too large.
  package init(_ pattern: String) throws(RegularExpression.Mistake) {
    var parser = PatternParser(pattern)
    var emitter = PatternEmitter(captures: true)
    try emitter.emit(try parser.parse())
    emitter.program.append(.match)
    program = emitter.program
    groupNames = parser.groupNames
    guard groupNames.count <= Self.mostGroups else {
      throw RegularExpression.Mistake(message: "it has more than \(Self.mostGroups) groups", offset: 0)
    }
    let first = program.first { if case .save = $0 { false } else { true } }
    isAnchored = if case .assert(.textStart) = first { true } else { false }
  }

  /// The number of a group by its name.
  package func group(named name: String) -> Int? { groupNames.firstIndex(of: name).map { $0 + 1 } }
}
