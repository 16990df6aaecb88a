import Synchronization

/// Messages to work with: a pipeline has one only while it works, so that ten thousand pipelines do not keep ten thousand
/// buffers, and the ones in use stay in the processor's cache.
final class MessagePool: Sendable {
  static let shared = MessagePool()

  private let free = Mutex<[Message]>([])

  /// The most that wait to be used again.
  private static let limit = 64

  func take() -> Message { free.withLock { $0.popLast() } ?? Message() }

  func putBack(_ message: consuming Message) {
    guard message.isSmall else { return }
    message.clear()
    var cleared: Message? = message
    free.withLock { free in
      if free.count < Self.limit, let cleared = cleared.take() { free.append(cleared) }
    }
  }
}
