import Streams

/// Netstrings: the length in decimal digits, a colon, the message, a comma.
struct NetstringFramer: Framer {
  private enum State {
    case length(Int, digits: Int)
    case body
    case comma
  }

  private var state = State.length(0, digits: 0)
  private var body: BodyCollector
  private var incomplete = 0

  /// No length has more digits: 9,999,999,999.
  static let mostDigits = 10

  init(maxMessage: Int) { body = BodyCollector(maxMessage: maxMessage) }

  var maxMessage: Int {
    get { body.maxMessage }
    set { body.maxMessage = newValue }
  }

  var drops: FramerDrops { FramerDrops(tooLong: body.tooLong, incomplete: incomplete) }

  /// A message counts once its comma has come, but is appended as soon as it is whole.
  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) throws(SourceFailure) {
    var index = 0
    while true {
      switch state {
      case .body:
        guard body.take(bytes, &index, into: &batch) else { return }
        state = .comma
      case .comma:
        guard index < bytes.count else { return }
        guard bytes[index] == UInt8(ascii: ",") else { throw SourceFailure("a netstring does not end with a comma") }
        index += 1
        state = .length(0, digits: 0)
      case .length(let length, let digits):
        guard index < bytes.count else { return }
        state = try next(bytes[index], length, digits)
        index += 1
      }
    }
  }

  mutating func finish(into batch: inout Batch) {
    if case .length(_, digits: 0) = state { return }
    incomplete += 1
    state = .length(0, digits: 0)
  }

  private mutating func next(_ byte: UInt8, _ length: Int, _ digits: Int) throws(SourceFailure) -> State {
    switch byte {
    case UInt8(ascii: ":") where digits > 0:
      body.begin(length)
      return .body
    case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < Self.mostDigits && (digits == 0 || length > 0):
      return .length(length * 10 + Int(byte - UInt8(ascii: "0")), digits: digits + 1)
    default:
      throw SourceFailure("a netstring does not start with its length; is the framing right?")
    }
  }
}
