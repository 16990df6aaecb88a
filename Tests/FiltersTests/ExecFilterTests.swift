import Delivery
import Logging
import NIOCore
import NIOPosix
import Processes
import Streams
import Synchronization
import Testing

@testable import Filters

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Co-processes, with real processes.
@Suite(.serialized) struct ExecFilterTests {
  /// A pipeline in front of a group.
  private final class Rig: Sendable {
    let group = Group(name: "test", log: StreamLog(history: .init(messages: 100_000, size: 1 << 30), holdLimit: 0))
    let running: RunningPipeline

    init(_ chain: String) throws {
      signal(SIGPIPE, SIG_IGN)
      let pipeline = Pipeline(try Self.steps(chain))
      running = RunningPipeline(
        name: "test", pipeline, into: [group], timers: MultiThreadedEventLoopGroup.singleton.next(),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func steps(_ chain: String) throws -> [FilterStep] {
      let (decoded, problems) = Bench.decode(chain)
      guard let decoded, problems.isEmpty else { throw Bench.Wrong(problems: problems) }
      return NamedChains().steps(of: decoded)
    }

    func give(_ texts: String...) { running.publish(Batch(texts: texts)) }

    var batches: [Batch] {
      let log = group.log
      let start = log.start(.all, within: .init(messages: 100_000, size: 1 << 30))
      return log.read(from: start, maxBytes: .max).chunks.map(\.batch)
    }

    var messages: [String] { batches.flatMap(\.texts) }
    var failures: [String] { running.failures.counts.map { "\($0.key.reason) × \($0.value.messages)" }.sorted() }

    func until(_ what: String, _ holds: () -> Bool) async throws {
      let end = NIODeadline.now() + .seconds(120)
      while !holds() {
        guard .now() < end else { throw Late(what: "\(what): \(messages.suffix(5)) \(failures)") }
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    struct Late: Error { var what: String }
  }

  @Test func `a program that is missing is found before anything is started`() throws {
    let chain = try #require(Bench.decode("- exec: [sh]\n- exec: [no-such-program]\n- where: true").0)
    let specs = NamedChains().steps(of: chain).map(\.spec)
    try specs[0].checkSystem()
    let failure = #expect(throws: ProcessFailure.self) { try specs[1].checkSystem() }
    #expect(failure?.reason.hasPrefix("no-such-program cannot be started: there is no program ") == true)
    try specs[2].checkSystem()
  }

  @Test func `each message is answered in order, and goes on with what was beside it`() async throws {
    let rig = try Rig("- id: text\n- exec: [sed, -u, 's/^/x/']")
    rig.give("1", "2")
    for number in 3...2000 {
      rig.give("\(number)")
      while rig.running.mustWait(limit: 1 << 20) { try await Task.sleep(for: .milliseconds(1)) }
    }
    try await rig.until("all") { rig.messages.count == 2000 }
    #expect(rig.messages == (1...2000).map { "x\($0)" })
    let batches = rig.batches
    #expect(batches.flatMap { batch in (0..<batch.count).map { batch.label($0).id } } == (1...2000).map { "\($0)" })
    #expect(rig.failures == [])
  }

  @Test func `filters behind it get what it answers`() async throws {
    let rig = try Rig("- exec: 'while read -r line; do echo \"{\\\"n\\\":$line}\"; done'\n- where: msg.n > 1")
    rig.give("1", "2", "3")
    try await rig.until("two") { rig.messages == [#"{"n":2}"#, #"{"n":3}"#] }
  }

  @Test func `with any answers a process answers when it likes, also at its end`() async throws {
    let rig = try Rig("- exec: {command: [sort], answers: any}")
    rig.give("c", "a", "b")
    rig.running.finish()
    try await rig.until("all") { rig.messages == ["a", "b", "c"] }
  }

  @Test func `what a process has not answered when it ends is dropped, and it is started again`() async throws {
    let rig = try Rig("- exec: 'read a; echo $a; read b; read c; exit 3'")
    rig.give("1", "2", "3")
    try await rig.until("two lost") { rig.failures == ["the co-process ended before it answered × 2"] }
    rig.give("4")
    try await rig.until("the next process") { rig.messages == ["1", "4"] }
  }

  @Test func `a process that misses a deadline is killed, with all it has not answered`() async throws {
    let rig = try Rig(
      "- exec: {command: 'read a; echo $a; trap \"\" TERM; while :; do sleep 1; done', deadline: 200ms}")
    rig.give("1")
    try await rig.until("one") { rig.messages == ["1"] }
    rig.give("2", "3")
    try await rig.until("two lost") { rig.failures == ["the co-process gave no answer in time × 2"] }
    rig.give("4")
    try await rig.until("the next process") { rig.messages == ["1", "4"] }
  }

  @Test func `more than may be pending are dropped, and sources wait before that`() async throws {
    let rig = try Rig("- exec: {command: [/no/such/program], pending: 4}")
    rig.give("1", "2")
    #expect(!rig.running.mustWait(limit: 1 << 20))
    rig.give("3", "4", "5", "6")
    #expect(rig.running.mustWait(limit: 1 << 20))
    #expect(rig.failures == ["the co-process is too far behind × 2"])
  }

  @Test func `a process that runs gets a batch of any length, and answers in time as long as it answers`() async throws
  {
    let rig = try Rig("- exec: {command: 'while read -r x; do sleep 0.1; echo $x; done', pending: 4, deadline: 1s}")
    rig.give("0")
    try await rig.until("it runs") { rig.messages == ["0"] }
    let texts = (1...20).map { "\($0)" }
    rig.running.publish(Batch(texts: texts))
    try await rig.until("all") { rig.messages == ["0"] + texts }
    #expect(rig.failures == [])
  }

  @Test func `an answer has the number of its message`() async throws {
    let rig = try Rig("- exec: [cat]\n- set: {n: seq}")
    rig.give("{}", "{}", "{}")
    try await rig.until("three") { rig.messages == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"] }
  }

  @Test func `a message with a line break cannot be given`() async throws {
    let rig = try Rig("- exec: [cat]")
    rig.give("a\nb", "c")
    try await rig.until("one") { rig.messages == ["c"] }
    #expect(rig.failures == ["the message has a line break, and a co-process reads lines × 1"])
  }

  @Test func `the process ends with its pipeline`() async throws {
    var rig: Rig? = try Rig("- exec: 'read -r line; echo $$$$; exec cat'")
    rig?.give("x")
    try await rig?.until("its number") { rig?.messages.isEmpty == false }
    let id = try #require(rig?.messages.first.flatMap { pid_t($0) })
    #expect(kill(id, 0) == 0)
    rig = nil
    let end = NIODeadline.now() + .seconds(120)
    while kill(id, 0) == 0, .now() < end { try await Task.sleep(for: .milliseconds(5)) }
    #expect(kill(id, 0) != 0)
  }

  @Test func `a pipeline that continues another keeps its process`() async throws {
    let rig = try Rig("- exec: 'while read -r line; do echo $$$$; done'")
    rig.give("x")
    try await rig.until("one") { rig.messages.count == 1 }
    rig.running.replace(try Rig.steps("- exec: 'while read -r line; do echo $$$$; done'"))
    rig.give("y")
    try await rig.until("two") { rig.messages.count == 2 }
    #expect(rig.messages[0] == rig.messages[1])
  }

  @Test func `what a process has not answered when another chain takes over passes the rest of the old one, first`()
    async throws
  {
    let rig = try Rig("- exec: 'while read -r line; do sleep 0.05; echo $line; done'\n- text: 'old {.}'")
    rig.give("1", "2", "3")
    rig.running.replace(try Rig.steps("- text: 'new {.}'"))
    rig.give("4")
    try await rig.until("all") { rig.messages.count == 4 }
    #expect(rig.messages == ["old 1", "old 2", "old 3", "new 4"])
    #expect(rig.failures == [])
  }

  @Test func `mistakes in exec are told with their places`() {
    let (_, problems) = Bench.decode(
      """
      - exec: {command: [jq], answers: two, deadline: 0, pending: 0, env: {"a=b": c}}
      - exec: []
      - exec: {answers: any}
      """)
    #expect(
      problems == [
        "1:34: expected one of one, any; got 'two'", "1:49: 'deadline' must be longer than 0",
        "1:61: 'pending' is from 1 to 1000000", "1:70: 'a=b' cannot be the name of a variable",
        "2:9: 'exec' needs a program", "3:9: exec needs 'command'",
      ])
  }
}
