/// Collects diagnostics while values are decoded, so that one run reports them all.
package struct ConfigReader: Sendable {
  /// What has been reported so far, in no order.
  package var diagnostics: [Diagnostic] = []

  /// A reader that has nothing to report.
  package init() {}

  /// Whether an error has been reported.
  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// Reports an error: the configuration will be refused.
  package mutating func error(
    _ message: String, at place: Place, suggestion: String? = nil, notes: [Diagnostic.Note] = []
  ) {
    diagnostics.append(Diagnostic(message, at: place, suggestion: suggestion, notes: notes))
  }

  /// Reports something odd that works.
  package mutating func warning(
    _ message: String, at place: Place, suggestion: String? = nil, notes: [Diagnostic.Note] = []
  ) {
    diagnostics.append(Diagnostic(message, at: place, severity: .warning, suggestion: suggestion, notes: notes))
  }

  /// Reports that a node is not what was expected: "expected a duration such as 10s, got 'abc'".
  ///
  /// `reason` is added in brackets. Nothing is reported for a node whose error is known already.
  package mutating func mismatch(
    _ node: ConfigNode, expected: String, reason: String? = nil, suggestion: String? = nil
  ) {
    if node.isBroken { return }
    let tail = reason.map { " (\($0))" } ?? ""
    error("expected \(expected), got \(node.kindName)\(tail)", at: node.place, suggestion: suggestion)
  }
}
