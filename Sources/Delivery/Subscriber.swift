import DequeModule
import NIOCore
import Streams
import Wire

/// One connection that reads a group: a cursor, a wire format and a socket. `pump` is the only place that writes stream data.
///
/// Owned by its channel's event loop.
/// ```
///             in step: cursor == the fan-out's cursor            a send that the socket did not take whole
///   join ───▶ waves are sent as they come          ───────────▶ waiting: the cut message's rest is with the channel,
///        ◀─── when the log's end is reached again  ◀───────────  the cursor rests behind it; the write completes
/// ```
package final class Subscriber {
  package let channel: any Channel
  package let format: WireFormat
  package internal(set) var wantsHealth: Bool
  /// The stream cannot carry a note: a gap ends it, unfinished, rather than being hidden.
  var closesOnGap: Bool
  var slow: SlowConsumerPolicy

  let socket: DirectSocket
  package internal(set) var coding: ConnectionCoding
  /// It has all that the shared compressor has made since the last key frame.
  var isInStep = false
  var cursor: Cursor
  /// A write of ours is with the channel: nothing may be sent around it.
  package internal(set) var isWaiting = false
  /// Grows with everything that the socket has taken.
  package internal(set) var sentCount = 0
  /// No more stream data: the end has been sent, or the connection is gone.
  var isDone = false
  /// It is in no fan-out's list any more, or soon will not be.
  private(set) var hasLeft = false
  /// Called when nothing of it is half sent: it leaves for another group.
  var onDetached: ((Deque<ByteBuffer>) -> Void)?
  /// Its index in the fan-out's list.
  var slot = 0

  /// Payload bytes it may be behind beyond `slow.lag`: what it was behind when it joined, until it has caught up once.
  var allowance = 0
  /// Since when sources have been held back for it.
  var heldSince: NIODeadline?
  /// It was waited for in vain, and is not again before it has caught up.
  var isGivenUp = false
  /// Notes that stand before the next message, with the gap that is still growing last.
  var notes: [Note]
  var gap: Gap?
  /// What stands behind the notes and before the next message of the log: the newest message of each key.
  var snapshot: Chunk?
  /// The newest health of each source that is to be told, sent at the end of the log.
  var healths: [Health] = []
  /// What goes to this connection alone, between two messages, in order: control frames and replies.
  var outbox: Deque<ByteBuffer> = []
  var outboxBytes = 0
  /// Called when the outbox has been sent after it was full.
  package var onRoom: (() -> Void)?
  var isFull = false
  unowned var fanOut: FanOut!

  /// `nil` when the channel has no socket. `notes` are told first, then it gets the snapshot.
  package init?(
    channel: any Channel, format: WireFormat, slow: SlowConsumerPolicy, wantsHealth: Bool, closesOnGap: Bool,
    start: Cursor, notes: [Note], snapshot: Chunk? = nil, coding: ConnectionCoding = .none
  ) {
    guard let socket = DirectSocket(channel) else { return nil }
    self.channel = channel
    self.format = format
    self.slow = slow
    self.wantsHealth = wantsHealth
    self.closesOnGap = closesOnGap
    self.socket = socket
    self.coding = coding
    cursor = start
    self.notes = notes
    self.snapshot = snapshot
  }

  /// Bytes for one connection alone that may wait for its socket before its peer is not read any more.
  static let outboxLimit = 64 << 10
  /// The most payload bytes a subscriber that catches up takes in one loop turn; then others have theirs.
  static let turnBytes = 1 << 20
  /// The most payload bytes joined for one `send`.
  static let sendBytes = 256 << 10
}

// MARK: - Joining and leaving

extension Subscriber {
  func joined(_ fanOut: FanOut) {
    self.fanOut = fanOut
    let end = fanOut.log.end
    allowance = Int(end.position - min(end.position, cursor.position))
  }

  /// The connection is gone.
  func left() {
    isDone = true
    hasLeft = true
    onRoom = nil
    onDetached = nil
  }

  /// The stream goes on with other settings.
  func apply(slow: SlowConsumerPolicy, wantsHealth: Bool, closesOnGap: Bool) {
    self.slow = slow
    self.wantsHealth = wantsHealth
    self.closesOnGap = closesOnGap
  }

  /// What it has received last; of a gap that it has not been told yet it knows nothing.
  package var position: ResumeToken {
    let untold = UInt64(gap?.missed ?? 0)
    return ResumeToken(epoch: fanOut.log.epoch, last: Offset(cursor.next.value - 1 - untold))
  }

  /// Sends no more of this stream; calls `body` as soon as nothing is half sent, perhaps at once, with what is left for
  /// this connection alone. It is still to leave its group then.
  package func detach(_ body: @escaping (_ outbox: Deque<ByteBuffer>) -> Void) {
    guard !isDone else { return }
    onDetached = body
    if !isWaiting { finishDetaching() }
  }

  func finishDetaching() {
    guard let body = onDetached else { return }
    onDetached = nil
    isDone = true
    body(outbox)
  }

  /// Sends whole frames, or whole content of a body, as soon as no message is half sent, in the order of the calls.
  ///
  /// False when more is waiting now than `outboxLimit`: nothing more should be asked for before `onRoom` is called.
  @discardableResult
  package func send(own bytes: ByteBuffer) -> Bool {
    guard !isDone else { return true }
    outbox.append(bytes)
    outboxBytes += bytes.readableBytes
    if !isWaiting, onDetached == nil { pump(nil) }
    isFull = outboxBytes > Self.outboxLimit
    return !isFull
  }

  /// Tells a source's health, after the messages that came before it.
  func tell(_ health: Health) {
    guard wantsHealth, !isDone else { return }
    healths.removeAll { $0.source == health.source }
    healths.append(health)
    if !isWaiting, onDetached == nil { pump(nil) }
  }

  /// Ends the stream in good order; what the channel still holds goes out first, what the log holds does not.
  /// `last`: content for this connection alone that stands before the end.
  package func end(_ reason: EndReason, after last: ByteBuffer = ByteBuffer()) {
    finish { $0.end(reason, format, after: last) }
  }

  /// Sends a last frame and closes, in good order.
  package func finish(with frame: ByteBuffer) { finish { $0.own(frame) } }

  private func finish(_ last: (inout ConnectionCoding) -> ByteBuffer) {
    guard !isDone else { return }
    isDone = true
    onDetached = nil
    while let own = outbox.popFirst() { channel.write(coding.own(own), promise: nil) }
    channel.write(last(&coding), promise: nil)
    Farewell.say(on: channel)
  }
}
