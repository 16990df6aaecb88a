/// The world failed a source: it is logged, counted and tried again with backoff.
package struct SourceFailure: Error, Equatable {
  /// What happened, in words for the operator: "feed exited with status 1".
  package var reason: String

  /// A failure for a reason.
  package init(_ reason: String) { self.reason = reason }
}

extension SourceFailure: CustomStringConvertible {
  /// The reason.
  package var description: String { reason }
}
