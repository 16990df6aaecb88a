import Delivery
import NIOCore
import Streams
import Wire

/// The response to a poll: a page with its length, the position behind it, and where to go on.
struct PollResponse {
  let subscription: Subscription
  let body: ByteBuffer
  let position: ResumeToken
  let gap: Gap?
  /// `nil`: the stream has ended.
  let next: String?

  init(_ subscription: Subscription, _ start: Start, _ page: PollPage, epoch: Epoch, target: String) {
    self.subscription = subscription
    position = ResumeToken(epoch: epoch, last: Offset(page.next.next.value - 1))
    gap = Self.gap(start, page, epoch)
    next = page.isLast ? nil : NextLink.target(of: target, after: position)
    var body = ByteBuffer()
    if let gap, !subscription.hasNoNotes { body = WireFormat.stream.encode(.gap(gap)) }
    if let snapshot = start.snapshot {
      body.writeImmutableBuffer(snapshot.encoded(.stream, with: WireFormat.stream.encode).bytes)
    }
    body.writeImmutableBuffer(page.bytes)
    self.body = body
  }

  /// The gap at the start, and what has left the log since.
  private static func gap(_ start: Start, _ page: PollPage, _ epoch: Epoch) -> Gap? {
    let lost = page.from.next - start.cursor.next
    guard lost > 0 else { return start.gap }
    let missed = start.gap.map { $0.missed.map { $0 + lost } } ?? lost
    return Gap(missed: missed, resumed: ResumeToken(epoch: epoch, last: Offset(page.from.next.value - 1)))
  }

  func encoded(keepAlive: Bool, date: String) -> ByteBuffer {
    var head = HeadWriter(.ok, date: date)
    ResponseHead.addPoll(subscription, keepAlive: keepAlive, &head)
    head.add("Sluice-Position", position.description)
    if let gap { head.add("Sluice-Gap", "missed=\(gap.missed.map(String.init) ?? "unknown")") }
    if let next { head.add("Link", "<\(next)>; rel=\"next\"") }
    head.add("Content-Length", String(body.readableBytes))
    var bytes = head.finish()
    bytes.writeImmutableBuffer(body)
    return bytes
  }
}

extension ResponseHead {
  /// What the head of a poll's answer says whatever the page is; `HEAD` gets no more (RFC 9110 section 9.3.2).
  static func addPoll(_ subscription: Subscription, keepAlive: Bool, _ head: inout HeadWriter) {
    head.add("Cache-Control", "no-store")
    for (name, value) in subscription.access.headers { head.add(name, value) }
    head.add("Content-Type", subscription.settings.contentType)
    head.add("X-Content-Type-Options", "nosniff")
    head.add("Vary", "Accept, Prefer")
    if case .poll(let wait?) = subscription.chosen { head.add("Preference-Applied", "wait=\(wait)") }
    head.add("Connection", keepAlive ? "keep-alive" : "close")
  }

  static func describePoll(_ subscription: Subscription, keepAlive: Bool, date: String) -> ByteBuffer {
    var head = HeadWriter(.ok, date: date)
    addPoll(subscription, keepAlive: keepAlive, &head)
    return head.finish()
  }
}
