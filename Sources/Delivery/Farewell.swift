import NIOCore

/// The end of a connection in good order: our side is closed behind what the channel still holds, and the whole when the
/// peer has taken it and closed its own. Decides how long that may take: pure, time is a parameter.
///
/// ```
///  our end is said ── the peer takes ── it has all ── it closes ▶ gone
///                    └─ nothing for `patience`, or not all in `limit` ▶ closed
/// ```
package struct Farewell {
  /// The longest a peer may take nothing, or keep its side open when it has taken all.
  static let patience = TimeAmount.seconds(5)
  /// The longest it may take in all, however it takes little by little.
  static let limit = TimeAmount.seconds(60)
  /// How often it is looked at.
  private static let interval = TimeAmount.seconds(1)

  private let deadline: NIODeadline
  /// When the peer took something last, and how many bytes the system held then.
  private var since: NIODeadline
  private var held: Int

  init(at now: NIODeadline, held: Int) {
    deadline = now + Self.limit
    since = now
    self.held = held
  }

  /// Whether it is over. `held`: bytes that the system holds for the peer.
  mutating func isOver(at now: NIODeadline, held: Int) -> Bool {
    if held != self.held {
      self.held = held
      since = now
    }
    return now - since >= Self.patience || now >= deadline
  }
}

extension Farewell {
  /// Flushes what has been written to a channel, and closes it. Call on its event loop.
  package static func say(on channel: any Channel) {
    channel.flush()
    channel.close(mode: .output, promise: nil)
    let socket = DirectSocket(channel)
    Farewell(at: .now(), held: socket?.held ?? 0).watch(channel, socket)
  }

  private func watch(_ channel: any Channel, _ socket: DirectSocket?) {
    guard channel.isActive else { return }
    channel.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
      guard channel.isActive else { return }
      var next = self
      guard !next.isOver(at: .now(), held: socket?.held ?? 0) else { return channel.close(promise: nil) }
      next.watch(channel, socket)
    }
  }
}
