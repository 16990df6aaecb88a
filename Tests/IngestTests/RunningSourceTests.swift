import ConfigText
import Delivery
import NIOCore
import NIOPosix
import Streams
import Synchronization
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct IntervalTests {
  @Test func `ticks come at their times, without drift`() async throws {
    let rig = Rig()
    let began = ContinuousClock.now
    try await rig.run(IntervalSource(every: .milliseconds(10), text: "tick")) { _ in
      try await eventually("20 ticks") { rig.messages.count >= 20 }
      #expect(ContinuousClock.now - began >= .milliseconds(200))
      #expect(rig.messages.allSatisfy { $0 == "tick" })
    }
  }

  @Test func `without a text a tick says the time`() async throws {
    let rig = Rig()
    try await rig.run(IntervalSource(every: .milliseconds(1))) { _ in
      try await eventually("a tick") { !rig.messages.isEmpty }
      #expect(rig.messages[0].utf8.count == 20)
      #expect(UTCTime(rig.messages[0].utf8) != nil)
    }
  }
}

struct StaleTests {
  @Test func `a silent source is stalled until its next message`() async throws {
    let rig = Rig()
    var settings = SourceSettings()
    settings.staleAfter = .milliseconds(100)
    var follow = FileSource(ConfigPath(rig.path("f")), mode: .follow)
    follow.from = .start
    write("one\n", to: rig.path("f"))
    try await rig.run(follow, settings: settings) { source in
      try await rig.untilMessages(["one"])
      try await eventually("stalled") { source.state == .stalled }
      #expect(rig.log.lines.contains { $0.hasPrefix("warning: source 'ticks': nothing has come for ") })
      write("two\n", to: rig.path("f"), append: true)
      try await rig.untilLogged("messages come again")
      try await eventually("stalled again") { source.state == .stalled }
    }
  }
}

/// A subscriber that is a socket of this process.
private final class Listener: Sendable {
  private let channel: any Channel
  private let far: CInt

  private init(channel: any Channel, far: CInt) {
    self.channel = channel
    self.far = far
  }

  static func join(
    _ group: Group, on loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> Listener {
    var ends: [CInt] = [0, 0]
    #if canImport(Glibc)
      let made = socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends)
    #else
      let made = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends)
    #endif
    precondition(made == 0)
    let channel = try await ClientBootstrap(group: loops)
      .withConnectedSocket(ends[0]).get()
    try await channel.eventLoop.submit {
      let subscriber = group.join(on: channel.eventLoop) { log in
        Subscriber(
          channel: channel, format: .stream, slow: SlowConsumerPolicy(lag: 1 << 20, then: .skip), wantsHealth: false,
          closesOnGap: false, start: log.end, notes: [])
      }
      guard let subscriber else { preconditionFailure("no subscriber") }
      let bound = NIOLoopBound(subscriber, eventLoop: channel.eventLoop)
      channel.closeFuture.whenComplete { _ in group.leave(bound.value) }
    }.get()
    return Listener(channel: channel, far: ends[1])
  }

  func leave() async throws {
    try await channel.close()
    close(far)
  }
}

/// A thread waits here until another opens it.
private final class Gate: Sendable {
  private let ends: (CInt, CInt)

  init() {
    var ends: [CInt] = [0, 0]
    #if canImport(Glibc)
      _ = Glibc.pipe(&ends)
    #elseif canImport(Musl)
      _ = Musl.pipe(&ends)
    #else
      _ = Darwin.pipe(&ends)
    #endif
    self.ends = (ends[0], ends[1])
  }

  deinit {
    close(ends.0)
    close(ends.1)
  }

  func wait() {
    var byte: UInt8 = 0
    _ = read(ends.0, &byte, 1)
  }

  func open() { writeAll([1], to: ends.1) }
}

struct OnDemandTests {
  private func settings(linger: Duration) -> SourceSettings {
    var settings = SourceSettings()
    settings.onDemand = OnDemand(linger: linger)
    return settings
  }

  @Test func `a source starts with its first subscriber and stops after its last has left`() async throws {
    let rig = Rig()
    let exec = ExecSource(.shell("echo $$; exec sleep 100"), cwd: ConfigPath(rig.folder))
    try await rig.run(exec, settings: settings(linger: .milliseconds(50))) { source in
      try await rig.untilLogged("waits for a subscriber")
      #expect(source.state == .stopped)
      let first = try await Listener.join(rig.group)
      try await eventually("started") { rig.messages.count == 1 }
      let second = try await Listener.join(rig.group)
      try await first.leave()
      let process = try #require(pid_t(rig.messages[0]))
      try await second.leave()
      try await eventually("stopped") { source.state == .stopped }
      #expect(!isAlive(process))
      let third = try await Listener.join(rig.group)
      try await eventually("started again") { rig.messages.count == 2 }
      try await third.leave()
    }
  }

  @Test func `a subscriber that comes within the linger keeps the source running`() async throws {
    let rig = Rig()
    let exec = ExecSource(.shell("echo $$; exec sleep 100"), cwd: ConfigPath(rig.folder))
    try await rig.run(exec, settings: settings(linger: .seconds(60))) { source in
      let first = try await Listener.join(rig.group)
      try await eventually("started") { rig.messages.count == 1 }
      try await first.leave()
      try await eventually("nobody") { rig.group.subscribers == 0 }
      let second = try await Listener.join(rig.group)
      #expect(source.state == .running)
      try await second.leave()
      // Stopping does not wait for the linger.
      let began = ContinuousClock.now
      await source.stop()
      #expect(ContinuousClock.now - began < .seconds(30))
      #expect(rig.messages.count == 1)
    }
  }

  @Test func `the linger counts from the last that has left`() async throws {
    let rig = Rig()
    let exec = ExecSource(.shell("echo $$; exec sleep 100"), cwd: ConfigPath(rig.folder))
    try await rig.run(exec, settings: settings(linger: .seconds(4))) { source in
      let first = try await Listener.join(rig.group)
      try await eventually("started") { rig.messages.count == 1 }
      try await first.leave()
      try await eventually("nobody") { rig.group.subscribers == 0 }
      let second = try await Listener.join(rig.group)
      for _ in 0..<50 {
        try await Task.sleep(for: .milliseconds(100))
        #expect(source.state == .running)
      }
      try await second.leave()
      try await eventually("stopped") { source.state == .stopped }
      #expect(rig.messages.count == 1)
    }
  }

  @Test func `a source whose groups have subscribers already starts at once`() async throws {
    let rig = Rig()
    let listener = try await Listener.join(rig.group)
    try await rig.run(IntervalSource(every: .milliseconds(1), text: "t"), settings: settings(linger: .seconds(60))) {
      _ in
      try await eventually("a message") { !rig.messages.isEmpty }
    }
    try await listener.leave()
  }
}

struct OutletTests {
  @Test func `publishing waits while an event loop cannot keep up`() async throws {
    let rig = Rig()
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await Listener.join(rig.group, on: loops)
    // The loop is busy until the test says so.
    let gate = Gate()
    loops.next().execute { gate.wait() }
    let outlet = Outlet(source: "s", logger: rig.log.logger)
    outlet.setSinks([rig.group])
    let published = Atomic<Int>(0)
    let batch = Batch(texts: [String(repeating: "x", count: 1 << 20)])
    async let publishing: Void = {
      for _ in 0..<10 {
        await outlet.publish(batch)
        published.add(1, ordering: .relaxed)
      }
    }()
    try await eventually("the limit") { rig.group.backlog > Outlet.backlogLimit }
    for _ in 0..<20 {
      try await Task.sleep(for: .milliseconds(5))
      #expect(published.load(ordering: .relaxed) == Outlet.backlogLimit >> 20)
    }
    gate.open()
    await publishing
    #expect(published.load(ordering: .relaxed) == 10)
    try await listener.leave()
    try await loops.shutdownGracefully()
  }

  @Test func `groups that come later are fed and told`() async throws {
    let rig = Rig()
    let other = Rig()
    try await rig.run(IntervalSource(every: .milliseconds(1), text: "t")) { source in
      try await eventually("a message") { !rig.messages.isEmpty }
      source.setSinks([other.group])
      try await eventually("a message in the other") { !other.messages.isEmpty }
    }
  }

  @Test func `health is logged on change only`() {
    let rig = Rig()
    let outlet = Outlet(source: "s", logger: rig.log.logger)
    outlet.report(.running, "runs")
    outlet.report(.running, "runs")
    outlet.report(.starting, "failed")
    #expect(rig.log.lines == ["info: source 's': runs", "warning: source 's': failed"])
  }
}
