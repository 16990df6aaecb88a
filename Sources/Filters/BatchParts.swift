import Streams

/// A batch cut into parts by key: each has its messages in order, and the parts are in the order of their first messages.
struct BatchParts<Key: Hashable> {
  private(set) var all: [(key: Key, part: Batch)] = []
  private var places: [Key: Int] = [:]

  /// Adds message `index` of a batch, whose bytes are `text`, to the part of a key.
  mutating func add(_ index: Int, of batch: Batch, _ text: UnsafeRawBufferPointer, to key: Key) {
    let place = places[key, default: all.count]
    if place == all.count {
      places[key] = place
      all.append((key, Batch()))
    }
    all[place].part.append(text, isText: batch.marks[index].isText, label: batch.label(index))
  }
}

extension Batch {
  /// Calls for each message with its index, its text and the message itself, which is used again for the next.
  func forEachMessage(_ body: (Int, UnsafeRawBufferPointer, inout Message) -> Void) {
    var message = MessagePool.shared.take()
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let text = UnsafeRawBufferPointer(rebasing: bytes[range(index)])
        message.load(text, isText: marks[index].isText)
        body(index, text, &message)
      }
    }
    MessagePool.shared.putBack(message)
  }
}
