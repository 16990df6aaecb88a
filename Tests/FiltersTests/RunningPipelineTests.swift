import ConfigText
import Delivery
import Filters
import Logging
import NIOCore
import NIOPosix
import Streams
import Testing

/// A pipeline that runs in front of groups.
@Suite struct RunningPipelineTests {
  private static let roomy = History(messages: 1_000_000, size: 1 << 30)

  private func group(_ name: String) -> Group {
    Group(name: name, log: StreamLog(history: Self.roomy, holdLimit: 1 << 30))
  }

  private func steps(_ chain: String) throws -> [FilterStep] {
    let (decoded, problems) = Bench.decode(chain)
    try #require(problems.isEmpty, "\(problems)")
    return NamedChains().steps(of: try #require(decoded))
  }

  private func running(_ chain: String, into groups: [Group]) throws -> RunningPipeline {
    RunningPipeline(
      name: "test", Pipeline(try steps(chain)), into: groups, timers: MultiThreadedEventLoopGroup.singleton.next(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func texts(_ group: Group) -> [String] {
    let start = group.log.start(.all, within: Self.roomy)
    return group.log.read(from: start, maxBytes: .max).chunks.flatMap { $0.batch.texts }
  }

  @Test func `messages of several threads each stay in their order, and none is lost`() async throws {
    let out = group("out")
    let pipeline = try running("- set: {seen: true}", into: [out])
    let each = 5000
    await withTaskGroup(of: Void.self) { tasks in
      for feeder in 0..<4 {
        tasks.addTask {
          for number in 0..<each { pipeline.publish(Batch(texts: ["{\"f\":\(feeder),\"n\":\(number)}"])) }
        }
      }
    }
    while out.log.end.next.value <= UInt64(4 * each) { try await Task.sleep(for: .milliseconds(1)) }
    let got = texts(out)
    for feeder in 0..<4 {
      let own = got.filter { $0.hasPrefix("{\"f\":\(feeder),") }
      #expect(own == (0..<each).map { "{\"f\":\(feeder),\"n\":\($0),\"seen\":true}" })
    }
  }

  @Test func `a pipeline is replaced between two batches: each message passes one of them`() async throws {
    let out = group("out")
    let pipeline = try running("- set: {by: '0'}", into: [out])
    let total = 10_000
    async let feed: Void = {
      for number in 0..<total {
        pipeline.publish(Batch(texts: ["{\"n\":\(number)}"]))
        if number % 100 == 0 { await Task.yield() }
      }
    }()
    for round in 1...200 {
      let next = try steps("- set: {by: '\(round)'}")
      pipeline.replace(next)
      await Task.yield()
    }
    await feed
    while out.log.end.next.value <= UInt64(total) { try await Task.sleep(for: .milliseconds(1)) }
    let got = texts(out)
    #expect(got.count == total)
    var last = 0
    for (number, text) in got.enumerated() {
      let parts = text.split(separator: "\"by\":")
      #expect(parts[0] == "{\"n\":\(number),")
      let by = Int(parts[1].dropLast()) ?? -1
      #expect(by >= last)
      last = by
    }
  }

  @Test func `what is due comes by itself, through the filters behind`() async throws {
    let out = group("out")
    let pipeline = try running("- batch: {messages: 10, every: 20ms}\n- wrap: items", into: [out])
    pipeline.publish(Batch(texts: ["1", "2"]))
    while out.log.end.next.value < 2 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(texts(out) == ["{\"items\":[1,2]}"])
    pipeline.publish(Batch(texts: ["3"]))
    while out.log.end.next.value < 3 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(texts(out).last == "{\"items\":[3]}")
  }

  @Test func `a filter that stays keeps its state when another is put before it`() throws {
    var bench = try Bench("- distinct: msg.a")
    _ = bench.give("{\"a\":1}")
    bench.succeed(by: try Bench("- where: has(msg.a)\n- distinct: msg.a"))
    #expect(bench.give("{\"a\":1}", "{\"a\":2}") == ["{\"a\":2}"])
    bench.succeed(by: try Bench("- distinct: msg.b"))
    #expect(bench.give("{\"b\":1}") == ["{\"b\":1}"])
  }

  @Test func `what a filter holds passes one of two chains, never parts of both`() throws {
    let throttle = "- throttle: 1s\n"
    // All behind it is equal: what it holds has passed the old chain, also when it comes out later.
    var bench = try Bench("- set: {a: 1}\n" + throttle + "- set: {z: 0}")
    #expect(bench.give("{}", "{}") == [#"{"a":1,"z":0}"#])
    #expect(bench.succeed(by: try Bench("- set: {a: 2}\n" + throttle + "- set: {z: 0}")) == [])
    #expect(bench.wait(1000) == [#"{"a":1,"z":0}"#])
    // All before it is equal: it passes the new chain.
    #expect(bench.give("{}") == [])
    #expect(bench.succeed(by: try Bench("- set: {a: 2}\n" + throttle + "- set: {z: 1}")) == [])
    #expect(bench.wait(1000) == [#"{"a":2,"z":1}"#])
    // Neither is: it passes the old chain at once.
    #expect(bench.give("{}") == [])
    #expect(bench.succeed(by: try Bench("- set: {a: 3}\n" + throttle + "- set: {z: 2}")) == [#"{"a":2,"z":1}"#])
    #expect(bench.wait(1000) == [])
    #expect(bench.give("{}") == [#"{"a":3,"z":2}"#])
    // It goes: so does what it holds.
    #expect(bench.give("{}") == [])
    #expect(bench.succeed(by: try Bench("- set: {a: 4}")) == [#"{"a":3,"z":2}"#])
  }
}
