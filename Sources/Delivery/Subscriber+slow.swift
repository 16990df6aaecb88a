import NIOCore
import Streams

/// What becomes of a subscriber that does not take what there is.
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
  func skip(to target: Cursor) {
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
