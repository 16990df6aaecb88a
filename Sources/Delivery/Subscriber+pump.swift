import NIOCore
import Streams
import Wire

/// The only place that writes stream data.
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
    let wave = coding.compressor?.wave(waves.reading) ?? waves.wave(format, isInStep: isInStep)
    guard wave.count > 0 else { return true }
    let outcome = wave.bytes.withUnsafeReadableBytes { socket.send($0) }
    switch outcome {
    case .sent(let count) where count == wave.bytes.readableBytes:
      sentCount += 1
      take(wave.count, of: wave, to: wave.to, waves)
      return true
    case .sent(let count):
      let cut = wave.cut(after: count)
      take(cut.count, of: wave, to: cut.next, waves)
      hand(over: cut.rest)
      return false
    case .failed:
      fail()
      return false
    }
  }

  /// So many messages of a wave are sent, or will be before anything else.
  private func take(_ count: Int, of wave: Wave, to next: Cursor, _ waves: Waves) {
    cursor.advance(to: next)
    isInStep = wave.isInStep(after: count)
    if coding.gzip != nil { coding.gzip?.add(waves.check(format, first: count)) }
    fanOut.delivered += count
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
      guard send(Waves(reading, of: fanOut.log, fanOut.compressors)) else { return false }
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

  /// Sends what is for this connection alone. Inside gzip it shifts what shared blocks refer to, so that nothing of them may
  /// follow before a key frame; a frame of its own leaves the peer's inflater alone.
  private func transmit(own content: ByteBuffer) -> Bool {
    if coding.gzip != nil { isInStep = false }
    return transmit(coding.own(content))
  }

  /// Sends bytes whole, or through the channel; false when that has to be waited for.
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
      guard transmit(own: own) else { return false }
    }
    if isFull {
      isFull = false
      onRoom?()
    }
    while !notes.isEmpty {
      guard transmit(own: format.encode(notes.removeFirst())) else { return false }
    }
    if let told = gap {
      gap = nil
      guard transmit(own: format.encode(.gap(told))) else { return false }
    }
    if let chunk = snapshot {
      snapshot = nil
      sentCount += 1
      fanOut.delivered += chunk.count
      return transmit(snapshot: chunk)
    }
    return true
  }

  /// Its messages may be others than all get at this place, so it is for this connection alone.
  private func transmit(snapshot chunk: Chunk) -> Bool {
    guard let content = format.content(of: chunk) else {
      return transmit(chunk.encoded(format, with: format.encode).bytes)
    }
    return transmit(own: content.bytes)
  }

  private func sendHealth() {
    while !healths.isEmpty, !isWaiting, !isDone {
      _ = transmit(own: format.encode(.health(healths.removeFirst())))
    }
  }

  func fail() {
    guard !isDone else { return }
    isDone = true
    channel.close(promise: nil)
  }
}
