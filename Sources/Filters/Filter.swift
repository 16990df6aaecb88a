import Expressions
import Logging
import Streams

/// What a spec makes: it takes message after message, and may keep state between them.
///
/// Owned by one pipeline. It has no clock: the run says what time it is.
package protocol Filter: Sendable {
  /// Takes a message, which it may change; what else it has to say it emits, before it.
  ///
  /// - Returns: whether the message goes on.
  /// - Throws: `FilterFailure` when this message cannot be dealt with; the message must be as it was.
  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool

  /// When it has something to do without a message, in nanoseconds of `Moment.uptime`.
  var deadline: Int64? { get }

  /// Its deadline has come: it emits what is due.
  mutating func tick(_ run: inout Run)

  /// No message will come: it emits what it holds.
  mutating func finish(_ run: inout Run)

  /// How many keys it had to forget because there were too many.
  var evictions: Int { get }
}

extension Filter {
  package var deadline: Int64? { nil }
  package mutating func tick(_ run: inout Run) {}
  package mutating func finish(_ run: inout Run) {}
  package var evictions: Int { 0 }
}

/// A moment on both clocks, in nanoseconds.
package struct Moment: Sendable, Equatable {
  /// A clock that never goes back: for periods and deadlines.
  package var uptime: Int64
  /// Since 1970-01-01T00:00:00Z: for what people read.
  package var wall: Int64

  package init(uptime: Int64, wall: Int64) {
    self.uptime = uptime
    self.wall = wall
  }

  package func advanced(by nanoseconds: Int64) -> Moment {
    Moment(uptime: uptime + nanoseconds, wall: wall + nanoseconds)
  }

  /// As expressions see it.
  package var timestamp: Timestamp { Timestamp(wall: wall) }
}

/// What filters share while messages run through them: the time, the values of expressions, what was emitted and said.
package struct Run: Sendable {
  package internal(set) var moment: Moment
  /// How many messages the pipeline was given.
  var given: Int64 = 0
  /// The number of the message that runs, from 1, among those: of one that a filter has held, that of its coming.
  package internal(set) var seq: Int64 = 0 {
    didSet { if seq != oldValue { context.values[FilterVariable.seq.rawValue] = .int(seq) } }
  }
  var context: EvaluationContext
  /// Emitted by the filter that runs, not yet taken by the next.
  var emitted: [Emitted] = []
  /// What filters have to say, until the pipeline's owner takes it.
  var log: [PipelineLogLine] = []

  /// What the filter that runs could not make of what it held.
  var failures: [FilterFailure] = []

  struct Emitted: Sendable {
    var bytes: [UInt8]
    var isText: Bool
    var label: Label
    /// The number of the message that it is; `nil`: it is made of several.
    var seq: Int64?
  }

  /// A message that goes to the next filter.
  package mutating func emit(_ bytes: [UInt8], isText: Bool = true, label: Label = Label()) {
    emitted.append(Emitted(bytes: bytes, isText: isText, label: label))
  }

  /// Something that a filter held goes to the next.
  mutating func emit(_ held: Emitted) { emitted.append(held) }

  /// Tells of a failure that is no message's: when a window closes, say. It is counted, and nothing else comes of it.
  mutating func fail(_ failure: FilterFailure) { failures.append(failure) }

  /// A line for the server's log. A filter bounds how often it says something.
  package mutating func tell(_ text: String, level: Logger.Level) {
    guard log.count < Self.mostLines else { return }
    log.append(PipelineLogLine(level: level, text: text))
  }

  /// The most lines that wait for a pipeline's owner; more are not kept.
  static let mostLines = 1000
}

/// What a filter has to say to who operates the server, on one line.
package struct PipelineLogLine: Sendable, Equatable {
  package let level: Logger.Level
  package let text: String
}

extension Run.Emitted {
  /// A copy of a message, to be emitted later.
  init(_ message: Message, seq: Int64) {
    self.init(bytes: message.bytes.copy, isText: message.isText, label: message.label, seq: seq)
  }

  /// Takes another message's place.
  mutating func replace(by message: Message, seq: Int64) {
    bytes.take(message.bytes)
    self.seq = seq
    isText = message.isText
    label = message.label
  }
}

extension [UInt8] {
  /// The bytes in a buffer that is no larger than they are: a message's own may once have held a far longer one.
  var copy: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Takes a copy of other bytes, into the same buffer unless that is far too large for them.
  mutating func take(_ bytes: [UInt8]) {
    guard capacity <= 4 * bytes.count + 256 else { return self = bytes.copy }
    removeAll(keepingCapacity: true)
    append(contentsOf: bytes)
  }
}
