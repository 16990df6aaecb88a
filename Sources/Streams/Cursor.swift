/// A subscriber's place in a log: the next message it is to receive.
///
/// Owned by the subscriber's event loop. `next` never decreases.
package struct Cursor: Equatable, Sendable {
  package private(set) var next: Offset
  /// Payload bytes of the log before `next`; the log's end less this is the subscriber's lag.
  package private(set) var position: UInt64

  package init(next: Offset, position: UInt64) {
    self.next = next
    self.position = position
  }

  package mutating func advance(to other: Cursor) {
    precondition(other.next >= next, "a cursor never goes back")
    self = other
  }
}

/// Messages that a subscriber will not receive, told to it in band.
package struct Gap: Equatable, Sendable {
  /// How many were missed; `nil` when it cannot be known (the token was of another epoch).
  package var missed: Int?
  /// The token of the last message before the first that will arrive.
  package var resumed: ResumeToken

  package init(missed: Int?, resumed: ResumeToken) {
    self.missed = missed
    self.resumed = resumed
  }
}
