import Streams

/// Cuts one connection's bytes into messages. A value with the state of one connection: never shared.
package protocol Framer: Sendable {
  /// Takes the next bytes, however the connection has split them, and appends each message that is complete.
  ///
  /// - Throws: `SourceFailure` when the bytes are not of this framing; the connection must be given up then.
  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) throws(SourceFailure)

  /// The connection has ended: what is a message without its end is appended.
  mutating func finish(into batch: inout Batch)

  /// The most bytes of a message, of those to come.
  var maxMessage: Int { get set }

  /// What has been dropped since the framer was made.
  var drops: FramerDrops { get }
}

/// Messages that a framer could not pass on.
package struct FramerDrops: Equatable, Sendable {
  /// Longer than `max_message`.
  package var tooLong = 0
  /// The connection ended within them.
  package var incomplete = 0

  package init(tooLong: Int = 0, incomplete: Int = 0) {
    self.tooLong = tooLong
    self.incomplete = incomplete
  }

  static func - (left: FramerDrops, right: FramerDrops) -> FramerDrops {
    FramerDrops(tooLong: left.tooLong - right.tooLong, incomplete: left.incomplete - right.incomplete)
  }
}
