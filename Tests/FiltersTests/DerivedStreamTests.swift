import ConfigText
import Delivery
import Filters
import Logging
import NIOCore
import NIOPosix
import Streams
import Synchronization
import Testing

/// Streams of a route's filters by what requests say.
@Suite struct DerivedStreamTests {
  private static let roomy = History(messages: 1_000_000, size: 1 << 30)

  private func streams(
    _ chain: String, of base: Group, history: History = roomy, keying: Keying? = nil, limit: Int = 1000,
    linger: Duration = .zero
  ) throws -> DerivedStreams {
    let (decoded, problems) = Bench.decode(chain)
    try #require(problems.isEmpty)
    var settings = DerivedStreams.Settings(
      name: "route", steps: NamedChains().steps(of: try #require(decoded)), onError: .drop,
      group: GroupPool.Settings(history: history, holdLimit: 1 << 30, keying: keying), limit: limit)
    settings.linger = linger
    let streams = DerivedStreams(
      settings, of: base, timers: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    base.forward(to: streams)
    return streams
  }

  private func base() -> Group { Group(name: "base", log: StreamLog(history: Self.roomy, holdLimit: 1 << 30)) }

  private func texts(_ group: Group) -> [String] {
    let start = group.log.start(.all, within: Self.roomy)
    return group.log.read(from: start, maxBytes: .max).chunks.flatMap { $0.batch.texts }
  }

  private func parameters(_ value: Int) -> FilterParameters { FilterParameters(path: ["k": "\(value)"], query: [:]) }

  /// With an index and without, whenever a stream is born: it has each message once, in order.
  @Test(arguments: [
    "- where: msg.k == params.k", "- where: msg.k == params.k && msg.n > 0",
    "- where: params.k == msg.k\n- set: {x: params.k}\n- drop: [x]", "- where: params.k.contains(msg.k)",
    "- where: msg.k == params.k\n- set: {s: seq}\n- drop: [s]",
  ]) func `a stream that is born while messages come has each of them once, in order`(chain: String) async throws {
    let base = base()
    let streams = try streams(chain, of: base)
    let total = 20_000
    let isDone = Atomic<Bool>(false)
    async let feed: Void = {
      for start in stride(from: 0, to: total, by: 10) {
        base.publish(Batch(texts: (start..<start + 10).map { "{\"k\":\"\($0 % 5)\",\"n\":\($0 + 1)}" }))
        if start % 1000 == 0 { await Task.yield() }
      }
      isDone.store(true, ordering: .releasing)
    }()
    var groups: [(Int, Group)] = []
    var value = 0
    while !isDone.load(ordering: .acquiring) || value < 5 {
      if value < 5 { groups.append((value, try streams.acquire(parameters(value)))) }
      value += 1
      try await Task.sleep(for: .milliseconds(2))
    }
    await feed
    for (value, group) in groups {
      let expected = stride(from: value, to: total, by: 5).map { "{\"k\":\"\(value)\",\"n\":\($0 + 1)}" }
      #expect(texts(group) == expected, "\(value)")
    }
  }

  /// Does something each time a batch comes.
  private final class Hook: Sink {
    let demand = DemandGauge()
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func publish(_ batch: Batch, first: Offset?) { action() }
    func announce(_ health: Health) {}
    func mustWait(limit: Int) -> Bool { false }
  }

  @Test(arguments: ["- where: msg.k == params.k", "- where: params.k.contains(msg.k)"])
  func `a stream that is born between a batch's place in history and its coming has it once`(chain: String) throws {
    let base = base()
    let hook = Mutex<(@Sendable () -> Void)?>(nil)
    // It is told before the streams are.
    base.forward(to: Hook { hook.withLock { $0 }?() })
    let streams = try streams(chain, of: base)
    let born = Mutex<Group?>(nil)
    let parameters = parameters(1)
    hook.withLock { $0 = { born.withLock { if $0 == nil { $0 = try? streams.acquire(parameters) } } } }
    for number in 1...3 { base.publish(Batch(texts: ["{\"k\":\"1\",\"n\":\(number)}"])) }
    let group = try #require(born.withLock { $0 })
    #expect(texts(group) == (1...3).map { "{\"k\":\"1\",\"n\":\($0)}" })
  }

  @Test(arguments: ["msg.k == params.k", "msg.k == params.k && msg.n > 0", "msg.k == params.k || false"])
  func `a message that the condition cannot deal with passes if that is wished`(condition: String) throws {
    let base = base()
    let streams = try streams("- {where: \(condition), on_error: pass}", of: base)
    base.publish(Batch(texts: ["early"]))
    let group = try streams.acquire(parameters(1))
    base.publish(Batch(texts: ["no JSON", "{\"k\":\"2\",\"n\":1}", "{\"k\":\"1\",\"n\":1}"]))
    #expect(texts(group) == ["early", "no JSON", "{\"k\":\"1\",\"n\":1}"])
  }

  @Test(arguments: [
    ("has(msg.k) && msg.k == params.k", 0), ("msg.n > 1 && msg.k == params.k", 1), ("msg.k == params.k", 2),
    ("has(msg.k) && msg.k.contains(params.k)", 0),
  ]) func `a message for which the condition is false anyway is no failure`(condition: String, failures: Int) throws {
    let base = base()
    let streams = try streams("- where: \(condition)", of: base)
    _ = try streams.acquire(parameters(1))
    base.publish(Batch(texts: ["{\"n\":1}", "{\"n\":2}", "{\"k\":\"1\",\"n\":3}"]))
    #expect(streams.failures.total == failures)
  }

  @Test func `a stream is told how the sources do when it is born`() throws {
    let base = base()
    let streams = try streams("- where: msg.k == params.k", of: base)
    let health = Health(source: "feed", state: .stopped, reason: "it is gone")
    base.announce(health)
    #expect(try streams.acquire(parameters(1)).health == [health])
  }

  @Test func `a stream of a keyed one begins with the last message of each key, however old`() throws {
    let history = History(messages: 2, size: 1 << 30, keys: 10)
    let keying = Keying(text: "by k") { batch in
      var out = Batch()
      for text in batch.texts {
        let label = Label(key: String(text.dropFirst(6).prefix(1)))
        Array(text.utf8).withUnsafeBytes { out.append($0, isText: true, label: label) }
      }
      return out
    }
    let base = Group(name: "base", log: StreamLog(history: history, holdLimit: 0), keying: keying)
    let streams = try streams("- where: params.k.contains(msg.k)", of: base, history: history, keying: keying)
    let all = ["a", "b", "c", "a", "d", "e", "d"].enumerated().map { "{\"k\":\"\($1)\",\"n\":\($0)}" }
    for text in all { base.publish(Batch(texts: [text])) }
    let group = try streams.acquire(FilterParameters(path: ["k": "abde"], query: [:]))
    let snapshot = try #require(group.log.snapshot(from: .first)?.chunk)
    #expect(snapshot.batch.texts == [all[1], all[3], all[5], all[6]])
  }

  @Test func `what history holds passes filters of time as it came`() async throws {
    let base = base()
    let streams = try streams("- where: msg.k == params.k\n- batch: {every: 30ms}", of: base)
    for text in ["{\"k\":\"1\",\"n\":1}", "{\"k\":\"1\",\"n\":2}"] {
      base.publish(Batch(texts: [text]))
      try await Task.sleep(for: .milliseconds(40))
    }
    // Both batches are over when the stream is born.
    let group = try streams.acquire(parameters(1))
    while group.log.end.next.value < 3 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(texts(group) == ["[{\"k\":\"1\",\"n\":1}]", "[{\"k\":\"1\",\"n\":2}]"])
  }

  @Test func `requests of one value share a stream, which goes after the last has left`() async throws {
    let base = base()
    let streams = try streams("- where: msg.k == params.k", of: base)
    let first = try streams.acquire(parameters(1))
    #expect(try streams.acquire(parameters(1)) === first)
    let other = try streams.acquire(parameters(2))
    #expect(other !== first)
    #expect(streams.count == 2)
    #expect(base.demand.isWanted)
    streams.release(parameters(1))
    streams.release(parameters(2))
    while streams.count > 1 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(try streams.acquire(parameters(1)) === first)
    streams.release(parameters(1))
    streams.release(parameters(1))
    while streams.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(!base.demand.isWanted)
    #expect(try streams.acquire(parameters(1)) !== first)
  }

  @Test func `beyond the limit a stream without subscribers gives way, one with subscribers does not`() throws {
    let streams = try streams("- where: msg.k == params.k", of: base(), limit: 2, linger: .seconds(3600))
    _ = try streams.acquire(parameters(1))
    _ = try streams.acquire(parameters(2))
    #expect(throws: DerivedStreams.LimitReached.self) { try streams.acquire(parameters(3)) }
    streams.release(parameters(1))
    _ = try streams.acquire(parameters(3))
    #expect(throws: DerivedStreams.LimitReached.self) { try streams.acquire(parameters(1)) }
    #expect(streams.count == 2)
  }

  @Test func `texts that look alike are not equal, with an index as without`() throws {
    let base = base()
    let streams = try streams("- where: msg.k == params.k", of: base)
    let composed = try streams.acquire(FilterParameters(path: ["k": "\u{E9}"], query: [:]))
    let decomposed = try streams.acquire(FilterParameters(path: ["k": "e\u{301}"], query: [:]))
    #expect(composed !== decomposed)
    base.publish(Batch(texts: ["{\"k\":\"\u{E9}\"}", "{\"k\":\"e\\u0301\"}", "{\"k\":1}"]))
    #expect(texts(composed).count == 1)
    #expect(texts(decomposed) == ["{\"k\":\"e\\u0301\"}"])
  }
}
