import Streams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Messages that end with a delimiter: lines, or any bytes.
///
/// A message that lies whole in a read goes straight from it into the batch; only the tail of a read is copied.
/// Of a message that has become too long nothing is kept but what the start of its delimiter could be.
struct DelimiterFramer: Framer {
  private let delimiter: [UInt8]
  private let last: UInt8
  var maxMessage: Int
  /// Lines may end with `\r\n`, too.
  private let dropsCarriageReturn: Bool

  /// What has come since the last delimiter; while skipping, its last bytes only.
  private var partial: [UInt8] = []
  private var isSkipping = false
  private(set) var drops = FramerDrops()

  init(delimiter: [UInt8], maxMessage: Int, dropsCarriageReturn: Bool = false) {
    precondition(!delimiter.isEmpty, "a delimiter has at least one byte")
    self.delimiter = delimiter
    last = delimiter[delimiter.count - 1]
    self.maxMessage = maxMessage
    self.dropsCarriageReturn = dropsCarriageReturn
  }

  static func lines(maxMessage: Int) -> DelimiterFramer {
    DelimiterFramer(delimiter: [UInt8(ascii: "\n")], maxMessage: maxMessage, dropsCarriageReturn: true)
  }

  mutating func cut(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) {
    guard let base = bytes.baseAddress else { return }
    var start = 0
    var from = 0
    while from < bytes.count, let found = memchr(base + from, CInt(last), bytes.count - from) {
      let end = UnsafeRawPointer(found) - base + 1
      from = end
      let candidate = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard endsMessage(candidate) else { continue }
      take(candidate, into: &batch)
      start = end
    }
    keep(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }

  mutating func finish(into batch: inout Batch) {
    let rest = partial
    partial = []
    if isSkipping {
      isSkipping = false
    } else if !rest.isEmpty {
      rest.withUnsafeBytes { append($0, into: &batch) }
    }
  }

  /// Whether `partial` and `bytes`, which ends with the delimiter's last byte, end with all of it.
  private func endsMessage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard delimiter.count > 1 else { return true }
    guard partial.count + bytes.count >= delimiter.count else { return false }
    for back in 1...delimiter.count {
      let byte = back <= bytes.count ? bytes[bytes.count - back] : partial[partial.count - (back - bytes.count)]
      if byte != delimiter[delimiter.count - back] { return false }
    }
    return true
  }

  /// Ends a message: `bytes` is its rest with the delimiter.
  private mutating func take(_ bytes: UnsafeRawBufferPointer, into batch: inout Batch) {
    if isSkipping {
      isSkipping = false
      partial.removeAll(keepingCapacity: true)
    } else if partial.isEmpty {
      appendLine(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - delimiter.count)]), into: &batch)
    } else {
      var whole: [UInt8] = []
      swap(&whole, &partial)
      whole.append(contentsOf: bytes)
      whole.withUnsafeBytes {
        appendLine(UnsafeRawBufferPointer(rebasing: $0[..<($0.count - delimiter.count)]), into: &batch)
      }
      whole.removeAll(keepingCapacity: whole.capacity <= 64 << 10)
      swap(&whole, &partial)
    }
  }

  private mutating func appendLine(_ line: UnsafeRawBufferPointer, into batch: inout Batch) {
    if dropsCarriageReturn, line.last == UInt8(ascii: "\r") {
      append(UnsafeRawBufferPointer(rebasing: line.dropLast()), into: &batch)
    } else {
      append(line, into: &batch)
    }
  }

  private mutating func append(_ message: UnsafeRawBufferPointer, into batch: inout Batch) {
    if message.count <= maxMessage {
      batch.append(classifying: message)
    } else {
      drops.tooLong += 1
    }
  }

  /// Keeps the tail of a read for the next; with a `\r` and the start of a delimiter a message may still fit.
  private mutating func keep(_ tail: UnsafeRawBufferPointer) {
    let limit = maxMessage + delimiter.count + (dropsCarriageReturn ? 1 : 0)
    guard isSkipping || partial.count + tail.count > limit else {
      partial.append(contentsOf: tail)
      return
    }
    if !isSkipping {
      isSkipping = true
      drops.tooLong += 1
    }
    let kept = delimiter.count - 1
    if tail.count >= kept {
      partial = Array(tail.suffix(kept))
    } else {
      partial.append(contentsOf: tail)
      partial = Array(partial.suffix(kept))
    }
  }
}
