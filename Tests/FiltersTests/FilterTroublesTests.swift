import Filters
import Logging
import NIOCore
import NIOPosix
import Streams
import Synchronization
import Testing

/// What the log is told of messages that filters could not deal with.
@Suite struct FilterTroublesTests {
  /// Keeps what is logged.
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
      let lines: Lines
      var metadata: Logger.Metadata = [:]
      var logLevel = Logger.Level.trace

      subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
      }

      func log(event: LogEvent) { lines.lines.withLock { $0.append("\(event.message)") } }
    }
  }

  @Test func `the first of each kind is told at once, later ones are summed up`() async throws {
    let lines = Lines()
    let troubles = FilterTroubles(
      name: "route '/x'", logger: lines.logger, timers: MultiThreadedEventLoopGroup.singleton.next(),
      interval: .milliseconds(20))
    var bench = try Bench("- where: msg.a > 1\n- set: {b: msg.b + 1}")
    func tell(_ messages: String...) {
      _ = bench.give(messages)
      troubles.tell(bench.pipeline.takeFailures())
    }
    tell("{}", "{}", "nothing")
    let first = lines.all.sorted()
    #expect(first.count == 2, "\(first)")
    #expect(first.contains { $0.hasPrefix("route '/x': filter 1 'where': no such field: a") })
    #expect(first.contains { $0.hasPrefix("route '/x': filter 1 'where': the message is no JSON") })
    tell("{}", "{\"a\":2}")
    tell("{}")
    let end = NIODeadline.now() + .seconds(60)
    while lines.all.count < 4, .now() < end { try await Task.sleep(for: .milliseconds(5)) }
    let rest = lines.all.dropFirst(2)
    #expect(rest.contains { $0.hasPrefix("route '/x': filter 2 'set': no such field: b") })
    #expect(rest.contains { $0.contains("filter 1 'where': 2 more messages in the last minute: no such field: a") })
    #expect(troubles.ledger.total == 6)
  }
}
