import NIOCore
import Streams

/// One connection's bytes, cut into messages and published. Owned by the task that reads the connection.
package struct FramedFeed: Sendable {
  private var framer: any Framer
  private let outlet: Outlet
  private let framing: Framing
  private let maxMessage: Int
  private var told = FramerDrops()
  /// Whether what is read is published without waiting.
  var hurries: @Sendable () -> Bool = { Task.isCancelled }

  /// A message that has begun, with the framer that has its bytes: for whoever reads on.
  struct Rest: Sendable {
    fileprivate var framing: Framing
    fileprivate var framer: any Framer
  }

  /// A feed with a framer of its own; the outlet is the source's.
  package init(_ settings: SourceSettings, into outlet: Outlet) {
    maxMessage = settings.maxMessage.bytes
    framing = settings.framing
    framer = settings.framing.makeFramer(maxMessage: maxMessage)
    self.outlet = outlet
  }

  /// A feed that goes on where another has stopped; a framing of another kind cannot.
  init(_ settings: SourceSettings, into outlet: Outlet, after rest: (any Sendable)?) {
    self.init(settings, into: outlet)
    guard let rest = rest as? Rest, rest.framing == framing else { return }
    framer = rest.framer
    framer.maxMessage = maxMessage
    told = framer.drops
  }

  /// What another goes on with.
  var rest: Rest { Rest(framing: framing, framer: framer) }

  /// Publishes the messages that bytes complete; waits as `Outlet.publish` does.
  ///
  /// - Throws: `SourceFailure` when the bytes are not of the configured framing, after what came before that.
  package mutating func receive(_ bytes: ByteBuffer) async throws {
    try await publish(bytes.withUnsafeReadableBytes { cut($0) })
  }

  /// The same, for bytes in an array.
  package mutating func receive(_ bytes: [UInt8]) async throws {
    try await publish(bytes.withUnsafeBytes { cut($0) })
  }

  private func publish(_ cut: Cut) async throws {
    await outlet.publish(cut.batch, unless: hurries)
    if let failure = cut.failure { throw failure }
  }

  /// What bytes complete, and why the rest cannot be read.
  struct Cut {
    var batch = Batch()
    var failure: SourceFailure?
  }

  /// The messages that bytes complete, not published.
  mutating func cut(_ bytes: UnsafeRawBufferPointer) -> Cut {
    var cut = Cut()
    cut.batch.reserve(bytes: bytes.count)
    do {
      try framer.cut(bytes, into: &cut.batch)
    } catch {
      cut.failure = error
    }
    countDrops()
    return cut
  }

  /// The connection has ended: an unterminated last line is a message.
  package mutating func finish() async { await outlet.publish(end()) }

  /// What is left at the end, not published.
  mutating func end() -> Batch {
    var batch = Batch()
    framer.finish(into: &batch)
    countDrops()
    return batch
  }

  private mutating func countDrops() {
    let drops = framer.drops
    guard drops != told else { return }
    outlet.countDropped(drops - told, maxMessage: maxMessage)
    told = drops
  }
}
