import ConfigText

/// What became of a case.
package struct CaseResult: Sendable {
  package var name: String
  package var place: Place
  /// What is wrong, each in a line; differences are not among them.
  package var problems: [String] = []
  /// Between what was expected and what came, if that is not the same.
  package var difference: [CaseDifference.Line] = []

  init(_ spec: CaseSpec) {
    name = spec.name
    place = spec.place
  }

  package var hasPassed: Bool { problems.isEmpty && difference.isEmpty }
}
