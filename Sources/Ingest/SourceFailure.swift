import Descriptors

/// The world failed a source: it is logged, counted and tried again with backoff.
package struct SourceFailure: Error, Equatable {
  /// What happened, in words for the operator: "feed exited with status 1".
  package var reason: String

  /// What the source reads does not exist, rather than that it cannot be read.
  package var isMissing: Bool

  /// A failure for a reason.
  package init(_ reason: String, isMissing: Bool = false) {
    self.reason = reason
    self.isMissing = isMissing
  }
}

extension SourceFailure {
  /// A socket or pipe that cannot be had.
  init(_ failure: OpenFailure) { self.init(failure.message) }
}

extension SourceFailure: CustomStringConvertible {
  /// The reason.
  package var description: String { reason }
}
