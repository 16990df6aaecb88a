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
  package private(set) var wantsHealth: Bool
  /// The stream cannot carry a note: a gap ends it, unfinished, rather than being hidden.
  private(set) var closesOnGap: Bool
  private(set) var slow: SlowConsumerPolicy

  private let socket: DirectSocket
  /// It has all that the shared compressor has made since the last key frame.
  private var isInStep = false
  /// How its stream is compressed for all, if its format is of that kind.
  let compression: (Compression, CompressionBudget)?
  /// Compresses for it alone.
  private let ownCompressor: OwnCompressor?
  private(set) var cursor: Cursor
  /// A write of ours is with the channel: nothing may be sent around it.
  package private(set) var isWaiting = false
  /// Grows with everything that the socket has taken.
  package private(set) var sentCount = 0
  /// No more stream data: the end has been sent, or the connection is gone.
  private(set) var isDone = false
  /// It is in no fan-out's list any more, or soon will not be.
  private(set) var hasLeft = false
  /// Called when nothing of it is half sent: it leaves for another group.
  private var onDetached: ((Deque<ByteBuffer>) -> Void)?
  /// Its index in the fan-out's list.
  var slot = 0

  /// Payload bytes it may be behind beyond `slow.lag`: what it was behind when it joined, until it has caught up once.
  private var allowance = 0
  /// Since when sources have been held back for it.
  private var heldSince: NIODeadline?
  /// It was waited for in vain, and is not again before it has caught up.
  private var isGivenUp = false
  /// Notes that stand before the next message, with the gap that is still growing last.
  private var notes: [Note]
  private var gap: Gap?
  /// What stands behind the notes and before the next message of the log: the newest message of each key.
  private var snapshot: Chunk?
  /// The newest health of each source that is to be told, sent at the end of the log.
  private var healths: [Health] = []
  /// What goes to this connection alone, between two messages, in order: control frames and replies.
  private var outbox: Deque<ByteBuffer> = []
  private var outboxBytes = 0
  /// Called when the outbox has been sent after it was full.
  package var onRoom: (() -> Void)?
  private var isFull = false
  private unowned var fanOut: FanOut!

  /// `nil` when the channel has no socket. `notes` are told first, then it gets the snapshot.
  package init?(
    channel: any Channel, format: WireFormat, slow: SlowConsumerPolicy, wantsHealth: Bool, closesOnGap: Bool,
    start: Cursor, notes: [Note], snapshot: Chunk? = nil, compression: (Compression, CompressionBudget)? = nil,
    compressor: OwnCompressor? = nil
  ) {
    guard let socket = DirectSocket(channel) else { return nil }
    self.channel = channel
    self.format = format
    self.slow = slow
    self.wantsHealth = wantsHealth
    self.closesOnGap = closesOnGap
    self.socket = socket
    self.compression = compression
    ownCompressor = compressor
    cursor = start
    self.notes = notes
    self.snapshot = snapshot
  }

  /// The longest a subscriber that was told the end may take to close its side.
  package static let closeTimeout = TimeAmount.seconds(5)
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

  private func finishDetaching() {
    guard let body = onDetached else { return }
    onDetached = nil
    isDone = true
    body(outbox)
  }

  /// Sends whole frames as soon as no message is half sent, in the order of the calls.
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
  package func end(_ reason: EndReason) { finish(with: format.encodeEnd(reason)) }

  /// Sends last bytes and closes: our side at once, the whole when the peer closes its own or after `closeTimeout`.
  package func finish(with bytes: ByteBuffer) {
    guard !isDone else { return }
    isDone = true
    onDetached = nil
    while let own = outbox.popFirst() { channel.write(own, promise: nil) }
    channel.write(bytes, promise: nil)
    channel.flush()
    channel.close(mode: .output, promise: nil)
    let channel = channel
    channel.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
  }
}

// MARK: - Pumping

extension Subscriber {
  /// Brings the subscriber to the fan-out's cursor, as far as the socket takes it.
  func pump(_ waves: Waves?) {
    guard !isWaiting, !isDone, onDetached == nil, sendNotes() else { return }
    if let waves, waves.reading.from.next == cursor.next {
      guard send(waves) else { return }
    } else {
      guard catchUp() else { return }
    }
    guard cursor.next >= fanOut.cursor.next else { return }
    allowance = 0
    heldSince = nil
    isGivenUp = false
    sendHealth()
  }

  /// Sends a reading that starts at the cursor; false when the socket is full or gone.
  private func send(_ waves: Waves) -> Bool {
    let wave = ownCompressor?.wave(waves.reading) ?? waves.wave(format, isInStep: isInStep)
    guard wave.count > 0 else { return true }
    let outcome = wave.bytes.withUnsafeReadableBytes { socket.send($0) }
    switch outcome {
    case .sent(let count) where count == wave.bytes.readableBytes:
      sentCount += 1
      cursor.advance(to: wave.to)
      isInStep = wave.isInStep(after: wave.count)
      fanOut.delivered += wave.count
      return true
    case .sent(let count):
      let cut = wave.cut(after: count)
      cursor.advance(to: cut.next)
      isInStep = wave.isInStep(after: cut.count)
      fanOut.delivered += cut.count
      hand(over: cut.rest)
      return false
    case .failed:
      fail()
      return false
    }
  }

  /// Reads the log on its own, for one that is not in step: it has just joined, or its socket was full.
  private func catchUp() -> Bool {
    var budget = Self.turnBytes
    while cursor.next < fanOut.cursor.next {
      guard budget > 0 else {
        fanOut.pumpLater(self)
        return false
      }
      guard obeyPolicy(), sendNotes() else { return false }
      let reading = fanOut.log.read(from: cursor, to: fanOut.cursor.next, maxBytes: Self.sendBytes)
      if reading.from.next > cursor.next {
        skip(to: reading.from)
        guard !isDone else { return false }
        continue
      }
      guard !reading.chunks.isEmpty else { return true }
      budget -= Int(reading.to.position - reading.from.position)
      guard send(Waves(reading, fanOut.compressor)) else { return false }
    }
    return true
  }

  /// Hands bytes to the channel; nothing else is sent until it has written them.
  private func hand(over bytes: ByteBuffer) {
    isWaiting = true
    fanOut.beginWaiting(at: cursor)
    channel.writeAndFlush(bytes).assumeIsolated().whenComplete { result in
      self.isWaiting = false
      self.fanOut?.endWaiting()
      switch result {
      case .success:
        self.sentCount += 1
        if self.onDetached != nil { self.finishDetaching() } else { self.pump(nil) }
      case .failure: self.fail()
      }
    }
  }

  /// Sends bytes that are not stream data, whole or through the channel; false when that has to be waited for.
  private func transmit(_ bytes: ByteBuffer) -> Bool {
    switch bytes.withUnsafeReadableBytes({ socket.send($0) }) {
    case .sent(let count) where count == bytes.readableBytes:
      return true
    case .sent(let count):
      hand(over: bytes.getSlice(at: bytes.readerIndex + count, length: bytes.readableBytes - count) ?? ByteBuffer())
    case .failed:
      fail()
    }
    return false
  }

  /// What is for this connection alone, then what stands before the next message.
  private func sendNotes() -> Bool {
    while let own = outbox.popFirst() {
      outboxBytes -= own.readableBytes
      guard transmit(own) else { return false }
    }
    if isFull {
      isFull = false
      onRoom?()
    }
    while !notes.isEmpty {
      guard transmit(format.encode(notes.removeFirst())) else { return false }
    }
    if let told = gap {
      gap = nil
      guard transmit(format.encode(.gap(told))) else { return false }
    }
    if let chunk = snapshot {
      snapshot = nil
      sentCount += 1
      fanOut.delivered += chunk.count
      return transmit(chunk.encoded(format, with: format.encode).bytes)
    }
    return true
  }

  private func sendHealth() {
    while !healths.isEmpty, !isWaiting, !isDone {
      _ = transmit(format.encode(.health(healths.removeFirst())))
    }
  }

  private func fail() {
    guard !isDone else { return }
    isDone = true
    channel.close(promise: nil)
  }
}

// MARK: - Slowness

extension Subscriber {
  /// Whether sources are to wait for it now: it is far behind, and has not been waited for too long.
  func holdsSources(at now: NIODeadline, end: Cursor) -> Bool {
    guard slow.wait > .zero, !isDone, !isGivenUp else { return false }
    let lag = Int(end.position - min(end.position, cursor.position)) - allowance
    guard lag > (heldSince == nil ? slow.holdLag.from : slow.holdLag.until) else {
      heldSince = nil
      return false
    }
    let since = heldSince ?? now
    heldSince = since
    isGivenUp = now - since > TimeAmount(slow.wait)
    if isGivenUp { heldSince = nil }
    return !isGivenUp
  }

  /// Applies the slow policy; false when that closed the connection.
  @discardableResult
  func obeyPolicy() -> Bool {
    switch slow.judge(cursor, in: fanOut.log, allowance: allowance) {
    case .fine: return true
    case .skip(let target):
      skip(to: target)
      return !isDone
    case .conflate:
      conflate()
      return !isDone
    case .close:
      fanOut.counters.countClosedSlow()
      end(.tooSlow)
      return false
    }
  }

  /// Sets the cursor forward; what lies between is one gap with what was skipped before and not told yet.
  private func skip(to target: Cursor) {
    guard target.next > cursor.next else { return }
    let missed = target.next - cursor.next
    fanOut.counters.countSkipped(missed)
    guard !closesOnGap else { return fail() }
    allowance = 0
    isInStep = false
    let last = ResumeToken(epoch: fanOut.log.epoch, last: Offset(target.next.value - 1))
    gap = Gap(missed: (gap?.missed ?? 0) + missed, resumed: last)
    cursor.advance(to: target)
  }

  /// Sets the cursor to the end; of what lies between it gets the newest message of each key.
  private func conflate() {
    // Of a snapshot that it has not got yet the newer one holds all keys.
    let from = min(snapshot?.first ?? cursor.next, cursor.next)
    guard let newer = fanOut.log.snapshot(from: from) else { return skip(to: fanOut.log.latest()) }
    let toldBefore = (cursor.next - from) - (snapshot?.count ?? 0)
    let missed = newer.missed - toldBefore
    fanOut.counters.countSkipped(missed)
    guard missed == 0 || !closesOnGap else { return fail() }
    allowance = 0
    isInStep = false
    snapshot = newer.chunk
    // Who comes back before it has got the snapshot goes on from before it.
    let last = ResumeToken(epoch: fanOut.log.epoch, last: Offset(from.value - 1))
    if missed > 0 { gap = Gap(missed: (gap?.missed ?? 0) + missed, resumed: last) }
    cursor.advance(to: newer.end)
  }
}
