import Streams

/// `text/event-stream` (HTML Living Standard, section 9.2.6): the data of each event is a message, which keeps the event's
/// name.
///
/// Comments, ids and `retry` are passed over; an event without data is none. Names of another sluice's own events are
/// passed over too: they tell of that server's stream, not of this one's.
struct EventStreamFramer: Framer {
  var maxMessage: Int
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var name: String?
  private var isFirstLine = true
  private var endedWithCarriageReturn = false
  /// The line in hand is too long to be of use; what it was is not known.
  private var isLineCut = false
  private var isSkipping = false
  private(set) var drops = FramerDrops()

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(maxMessage: Int) { self.maxMessage = maxMessage }

  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) {
    for byte in bytes {
      let follows = endedWithCarriageReturn
      endedWithCarriageReturn = byte == UInt8(ascii: "\r")
      switch byte {
      case UInt8(ascii: "\n") where follows: continue
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): endLine(into: &batch)
      default: extend(byte)
      }
    }
  }

  /// The standard discards an event that was not ended.
  mutating func finish(into batch: inout Batch) {
    if hasData || !line.isEmpty { drops.incomplete += 1 }
    self = EventStreamFramer(maxMessage: maxMessage, drops: drops)
  }

  private init(maxMessage: Int, drops: FramerDrops) {
    self.maxMessage = maxMessage
    self.drops = drops
  }

  /// A line that is useful has at most the field's name, `: `, and a message; a byte order mark may stand before.
  private mutating func extend(_ byte: UInt8) {
    guard line.count < maxMessage + 9 else {
      isLineCut = true
      return
    }
    line.append(byte)
  }

  private mutating func endLine(into batch: inout Batch) {
    defer {
      line.removeAll(keepingCapacity: true)
      isLineCut = false
    }
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: Self.byteOrderMark) { line.removeFirst(3) }
    }
    if line.isEmpty { return dispatch(into: &batch) }
    if let value = value(of: "data") {
      add(value)
    } else if !isLineCut, let value = value(of: "event") {
      rename(value)
    }
  }

  /// The value of the line's field, if that has this name.
  private func value(of field: StaticString) -> ArraySlice<UInt8>? {
    let count = field.utf8CodeUnitCount
    guard line.count >= count, (0..<count).allSatisfy({ line[$0] == field.utf8Start[$0] }) else { return nil }
    var value = line[count...]
    guard value.isEmpty || value.first == UInt8(ascii: ":") else { return nil }
    value = value.dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    return value
  }

  private mutating func rename(_ value: ArraySlice<UInt8>) {
    let text = String(decoding: value, as: UTF8.self)
    let isKept = !text.isEmpty && text.utf8.count <= Label.mostBytes && !text.hasPrefix(Label.reservedNames)
    name = isKept ? text : nil
  }

  private mutating func add(_ value: ArraySlice<UInt8>) {
    if isSkipping { return }
    let separator = hasData ? 1 : 0
    hasData = true
    guard !isLineCut, data.count + separator + value.count <= maxMessage else {
      isSkipping = true
      data = []
      return
    }
    if separator == 1 { data.append(UInt8(ascii: "\n")) }
    data.append(contentsOf: value)
  }

  private mutating func dispatch(into batch: inout Batch) {
    if isSkipping {
      drops.tooLong += 1
    } else if hasData {
      data.withUnsafeBytes { batch.append($0, isText: UTF8Text.isValid($0), label: Label(event: name)) }
    }
    data.removeAll(keepingCapacity: true)
    name = nil
    hasData = false
    isSkipping = false
  }
}
