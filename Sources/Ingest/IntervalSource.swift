import ConfigText
import Streams

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `interval: 1s`: a heartbeat, one message a tick.
package struct IntervalSource: SourceKind {
  /// The time between two ticks; the first comes after one.
  package var interval = Duration.seconds(1)
  /// What each message says; `nil`: the time.
  package var text: String?

  /// A tick a second.
  package init() {}

  package init(every interval: Duration, text: String? = nil) {
    self.interval = interval
    self.text = text
  }

  package static let key = "interval"

  /// The shortest interval: 1 ms.
  package static let shortest = Duration.milliseconds(1)

  package static let fields = FieldTable<IntervalSource>([
    Field("interval", \.interval, "The time between two messages.", example: "5s", isRequired: true) {
      node, source, reader in
      guard let interval = Duration.decode(node, &reader) else { return }
      if interval >= shortest {
        source.interval = interval
      } else {
        reader.error("the shortest interval is 1ms", at: node.place)
      }
    },
    Field(
      "text", \.text, "What each message says.", default: "the time, such as 2026-01-31T12:00:00Z", example: "ping"),
  ])

  package var unusedSettings: [String] { ["framing", "max_message"] }

  /// Ticks for ever, against a schedule: what delays one tick does not delay the next. Ticks that are missed stay missed.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    outlet.report(.running, "ticks every \(interval.configText)")
    let clock = ContinuousClock()
    let start = clock.now
    var tick = 1
    while true {
      try await clock.sleep(until: start + interval * tick, tolerance: .zero)
      await outlet.publish(Batch(texts: [text ?? UTCTime.now.description]))
      tick = max(tick + 1, Int((clock.now - start) / interval) + 1)
    }
  }
}
