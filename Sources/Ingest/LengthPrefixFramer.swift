import Streams

/// Messages that each follow their length.
struct LengthPrefixFramer: Framer {
  private let prefix: LengthPrefix
  private var header: [UInt8] = []
  private var isInBody = false
  private var body: BodyCollector
  private var incomplete = 0

  /// A longer message cannot be meant: 4 GiB.
  static let absurdLength: UInt64 = 1 << 32

  init(prefix: LengthPrefix, maxMessage: Int) {
    self.prefix = prefix
    body = BodyCollector(maxMessage: maxMessage)
  }

  var maxMessage: Int {
    get { body.maxMessage }
    set { body.maxMessage = newValue }
  }

  var drops: FramerDrops { FramerDrops(tooLong: body.tooLong, incomplete: incomplete) }

  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) throws(SourceFailure) {
    var index = 0
    while index < bytes.count || isInBody {
      if isInBody {
        guard body.take(bytes, &index, into: &batch) else { return }
        isInBody = false
      } else {
        header.append(bytes[index])
        index += 1
        guard header.count == prefix.bytes else { continue }
        body.begin(try length())
        header.removeAll(keepingCapacity: true)
        isInBody = true
      }
    }
  }

  mutating func finish(into batch: inout Batch) {
    if isInBody || !header.isEmpty { incomplete += 1 }
    isInBody = false
    header = []
  }

  private func length() throws(SourceFailure) -> Int {
    let ordered = prefix.endian == .big ? header : header.reversed()
    let length = ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.absurdLength else {
      throw SourceFailure("a length of \(length) bytes cannot be meant; is the framing right?")
    }
    return Int(length)
  }
}
