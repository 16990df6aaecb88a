import Streams

/// Collects the bytes of a message whose length is known before it; one that is too long is passed over.
struct BodyCollector: Sendable {
  /// Of messages that begin from now on.
  var maxMessage: Int
  private var missing = 0
  private var isSkipping = false
  private var partial: [UInt8] = []
  private(set) var tooLong = 0

  init(maxMessage: Int) { self.maxMessage = maxMessage }

  /// A message of `length` bytes comes next.
  mutating func begin(_ length: Int) {
    missing = length
    isSkipping = length > maxMessage
    if isSkipping { tooLong += 1 }
  }

  /// Takes what belongs to the message from `index` on; true when that is all of it.
  mutating func take(_ bytes: UnsafeRawBufferPointer, _ index: inout Int, into batch: inout Batch) -> Bool {
    let count = min(missing, bytes.count - index)
    let part = UnsafeRawBufferPointer(rebasing: bytes[index..<(index + count)])
    index += count
    missing -= count
    if isSkipping { return missing == 0 }
    if missing == 0, partial.isEmpty {
      batch.append(classifying: part)
      return true
    }
    partial.append(contentsOf: part)
    guard missing == 0 else { return false }
    partial.withUnsafeBytes { batch.append(classifying: $0) }
    partial = []
    return true
  }
}
