import NIOCore

/// The end of a connection in good order: our side is closed behind what the channel still holds, and the whole when the
/// peer has taken it and closed its own.
///
/// ```
///  our end is said ── the peer takes ── it has all ── it closes ▶ gone
///                    └─ nothing for `patience`, or not all in `limit` ▶ closed
/// ```
/// Owned by the channel's event loop.
package struct Farewell {
  /// The longest a peer may take nothing, or keep its side open when it has taken all.
  package static let patience = TimeAmount.seconds(5)
  /// The longest it may take in all, however it takes little by little.
  package static let limit = TimeAmount.seconds(60)
  private static let interval = TimeAmount.seconds(1)

  private let channel: any Channel
  private let socket: DirectSocket?
  private let deadline: NIODeadline
  /// When the peer took something last, and what the system held then.
  private var since: NIODeadline
  private var held: Int

  /// Flushes what has been written to `channel`, and closes it. Call on its event loop.
  package static func say(on channel: any Channel) {
    channel.flush()
    channel.close(mode: .output, promise: nil)
    Farewell(channel, now: .now()).watch()
  }

  private init(_ channel: any Channel, now: NIODeadline) {
    self.channel = channel
    socket = DirectSocket(channel)
    deadline = now + Self.limit
    since = now
    held = socket?.held ?? 0
  }

  private func watch() {
    guard channel.isActive else { return }
    channel.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.look(at: .now()) }
  }

  private func look(at now: NIODeadline) {
    guard channel.isActive else { return }
    var next = self
    next.held = socket?.held ?? 0
    if next.held != held { next.since = now }
    guard now - next.since < Self.patience, now < deadline else { return channel.close(promise: nil) }
    next.watch()
  }
}
