import ConfigText
import Delivery
import Descriptors
import NIOCore
import Processes
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

extension Rig {
  /// A source of this rig that does not run yet.
  func source(_ kind: any SourceKind, settings: SourceSettings = SourceSettings()) -> RunningSource {
    RunningSource(name: "ticks", spec: SourceSpec(kind: kind, settings: settings), context: context)
  }

  /// A file that a test's processes write to, as lines.
  func lines(of name: String) -> [String] {
    guard let file = try? Descriptor(reading: path(name)), let bytes = try? file.read(1 << 16) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// Addresses of this machine that no other test and no other process has.
private enum OwnAddress {
  private static let next = Atomic<Int>(1)

  static func make() -> HostPort {
    let process = Int(getpid())
    let number = next.add(1, ordering: .relaxed).newValue & 255
    return HostPort(host: "127.\(10 + process >> 8 & 63).\(process & 255).\(number)", port: 4712)
  }
}

struct HandOverTests {
  private let rig = Rig()
  private let address = OwnAddress.make()

  private func settings(_ framing: Framing, linger: Duration? = nil) -> SourceSettings {
    var settings = SourceSettings()
    settings.framing = framing
    settings.onDemand = linger.map { OnDemand(linger: $0) }
    return settings
  }

  private func feed(_ text: String) async throws -> any Channel {
    let feeder = try await Peer.connect(host: address.host, port: address.port)
    try await Peer.say(text, on: feeder)
    return feeder
  }

  @Test func `who connects while one source follows another is served by the new one`() async throws {
    let old = rig.source(TCPListenSource(address))
    old.start(sinks: [rig.group])
    try await eventually("listening") { old.state == .running }
    try await feed("old\n").close()
    try await rig.untilMessages(["old"])
    let new = rig.source(TCPListenSource(address), settings: settings(.netstring))
    let holding = try new.prepare()
    await old.stop()
    let between = try await feed("3:new,")
    new.start(sinks: [rig.group], after: old, holding: holding)
    try await rig.untilMessages(["old", "new"])
    try await between.close()
    await new.stop()
  }

  @Test func `nobody is refused, however often a source is followed by another`() async throws {
    var current = rig.source(TCPListenSource(address))
    current.start(sinks: [rig.group])
    try await eventually("listening") { current.state == .running }
    let address = address
    let feeders = Task {
      while !Task.isCancelled {
        // It may be closed by the source that ends, but is never refused.
        let feeder = try await Peer.connect(host: address.host, port: address.port)
        try? await feeder.close()
      }
    }
    for connections in 1...20 {
      let next = rig.source(TCPListenSource(address, connections: connections))
      next.start(sinks: [rig.group], after: current, holding: try next.prepare())
      try await eventually("running") { next.state == .running }
      current = next
    }
    feeders.cancel()
    try await feeders.value
    await current.stop()
    await #expect(throws: (any Error).self) { try await Peer.connect(host: address.host, port: address.port) }
  }

  @Test func `a Unix socket's file stays while one source follows another`() async throws {
    let kind = UnixListenSource(ConfigPath(rig.path("s")))
    let old = rig.source(kind)
    old.start(sinks: [rig.group])
    try await eventually("listening") { old.state == .running }
    let before = try #require(try FileStatus(ofPath: rig.path("s")))
    let new = rig.source(kind, settings: settings(.netstring))
    new.start(sinks: [rig.group], after: old, holding: try new.prepare())
    try await eventually("listening") { new.state == .running }
    let feeder = try await Peer.connect(path: rig.path("s"))
    try await Peer.say("3:new,", on: feeder)
    try await rig.untilMessages(["new"])
    #expect(try FileStatus(ofPath: rig.path("s"))?.identity == before.identity)
    try await feeder.close()
    await new.stop()
    #expect(access(rig.path("s"), F_OK) != 0)
  }

  @Test func `a pipe's writer goes on while one source follows another`() async throws {
    let path = ConfigPath(rig.path("p"))
    var current = rig.source(PipeSource(.path(path), create: true))
    current.start(sinks: [rig.group], holding: try current.prepare())
    signal(SIGPIPE, SIG_IGN)
    let writer = open(rig.path("p"), O_WRONLY | O_NONBLOCK)
    defer { close(writer) }
    for round in 0..<5 {
      writeAll(Array("\(round)\n".utf8), to: writer)
      try await rig.untilMessages((0...round).map { "\($0)" })
      let next = rig.source(PipeSource(.path(path)))
      let holding = try next.prepare()
      await current.stop()
      next.start(sinks: [rig.group], after: current, holding: holding)
      current = next
    }
    await current.stop()
    // A process that another test starts has a copy for a moment.
    try await eventually("the end") { write(writer, "x", 1) == -1 && errno == EPIPE }
  }

  @Test func `a pipe that goes to a source of another name is read by one of them at a time`() async throws {
    let pipe = PipeSource(.path(ConfigPath(rig.path("p"))), create: true)
    let old = rig.source(pipe)
    old.start(sinks: [rig.group], holding: try old.prepare())
    let writer = open(rig.path("p"), O_WRONLY | O_NONBLOCK)
    defer { close(writer) }
    writeAll(Array("to the old\n".utf8), to: writer)
    try await rig.untilMessages(["to the old"])
    let new = rig.source(pipe)
    new.start(sinks: [rig.group], holding: try new.prepare())
    writeAll(Array("still to the old\n".utf8), to: writer)
    try await rig.untilMessages(["to the old", "still to the old"])
    #expect(new.state == .starting || new.state == .stopped)
    #expect(new.outlet.counters.messages == 0)
    await old.stop()
    writeAll(Array("to the new\n".utf8), to: writer)
    try await rig.untilMessages(["to the old", "still to the old", "to the new"])
    #expect(new.outlet.counters.messages == 1)
    await new.stop()
  }

  @Test func `a source starts when the one before it has ended`() async throws {
    let text = "trap 'sleep 0.2; echo old ends >> said; exit' TERM; echo ready; while :; do sleep 0.01; done"
    let old = rig.source(ExecSource(.shell(text), cwd: ConfigPath(rig.folder)))
    old.start(sinks: [rig.group])
    try await rig.untilMessages(["ready"])
    let new = rig.source(ExecSource(.shell("echo new starts >> said; exec sleep 100"), cwd: ConfigPath(rig.folder)))
    new.start(sinks: [rig.group], after: old)
    try await eventually("both") { rig.lines(of: "said").count == 2 }
    #expect(rig.lines(of: "said") == ["old ends", "new starts"])
    #expect(old.state == .stopped)
    await new.stop()
  }

  @Test func `a source that is stopped before its turn stops the one before it and never runs`() async throws {
    let text = "trap 'sleep 0.2; exit' TERM; echo $$; while :; do sleep 0.01; done"
    let old = rig.source(ExecSource(.shell(text), cwd: ConfigPath(rig.folder)))
    old.start(sinks: [rig.group])
    try await eventually("ready") { rig.messages.count == 1 }
    let new = rig.source(ExecSource(.shell("echo new >> said; exec sleep 100"), cwd: ConfigPath(rig.folder)))
    new.start(sinks: [rig.group], after: old)
    await new.stop()
    #expect(try !isAlive(#require(pid_t(rig.messages[0]))))
    #expect(rig.lines(of: "said").isEmpty)
    #expect(new.state == .stopped && new.outlet.health.reason == "stopped")
  }

  @Test func `what was prepared is let go when nobody wants the source`() async throws {
    let new = rig.source(TCPListenSource(address), settings: settings(.lines, linger: .seconds(60)))
    new.start(sinks: [rig.group], holding: try new.prepare())
    try await eventually("the port to be free") {
      guard let feeder = try? await Peer.connect(host: address.host, port: address.port) else { return true }
      try? await feeder.close()
      return false
    }
    await new.stop()
  }

  @Test func `what was prepared and not started is let go`() async throws {
    var holding: [Holding]? = try rig.source(TCPListenSource(address)).prepare()
    try await feed("x").close()
    #expect(holding?.count == 1)
    holding = nil
    await #expect(throws: (any Error).self) { try await feed("x") }
  }
}

struct PrepareTests {
  private let rig = Rig()

  private func refusal(_ kind: any SourceKind) -> String? {
    let failure = #expect(throws: SourceFailure.self) { _ = try rig.source(kind).prepare() }
    return failure?.reason
  }

  private func exec(_ program: ProcessCommand.Program, env: [String: String] = [:]) -> ExecSource {
    ExecSource(.program(program, []), cwd: ConfigPath(rig.folder), env: env)
  }

  @Test func `a program that is missing or cannot be executed is refused`() {
    let path = rig.path("feed")
    #expect(refusal(exec(.path(ConfigPath(path)))) == "feed cannot be started: \(path): No such file or directory")
    write("text", to: path)
    #expect(refusal(exec(.path(ConfigPath(path)))) == "feed cannot be started: \(path): Permission denied")
    let folder = rig.folder.split(separator: "/").last.map(String.init) ?? ""
    #expect(
      refusal(exec(.path(ConfigPath(rig.folder)))) == "\(folder) cannot be started: \(rig.folder) is a folder")
  }

  @Test func `a name is looked for in the PATH that the process has`() throws {
    _ = try rig.source(exec(.name("sh"))).prepare()
    #expect(
      refusal(exec(.name("sh"), env: ["PATH": rig.folder]))
        == "sh cannot be started: there is no program 'sh' in \(rig.folder)")
    write("#!/bin/sh\n", to: rig.path("own"))
    chmod(rig.path("own"), 0o755)
    _ = try rig.source(exec(.name("own"), env: ["PATH": "/nowhere:\(rig.folder)"])).prepare()
    #expect(refusal(exec(.name("own")))?.hasPrefix("own cannot be started: there is no program 'own' in ") == true)
  }

  @Test func `a folder that is missing or none is refused, also for a shell text`() {
    let missing = ExecSource(.shell("echo a"), cwd: ConfigPath(rig.path("gone")))
    #expect(refusal(missing) == "echo cannot be started: the folder \(rig.path("gone")) is missing")
    write("text", to: rig.path("f"))
    let file = ExecSource(.shell("echo a"), cwd: ConfigPath(rig.path("f")))
    #expect(refusal(file) == "echo cannot be started: \(rig.path("f")) is not a folder")
  }

  @Test func `a user who does not exist is refused`() {
    var source = ExecSource(.shell("echo a"), cwd: ConfigPath(rig.folder))
    source.user = "nobody-of-that-name"
    #expect(refusal(source) == "there is no user 'nobody-of-that-name'")
  }

  @Test func `a port that somebody else has is refused`() async throws {
    let server = try await Peer.server(saying: "").bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let source = TCPListenSource(HostPort(host: "127.0.0.1", port: port))
    #expect(refusal(source) == "cannot listen on 127.0.0.1:\(port): Address already in use")
    try await server.close()
  }

  @Test func `a pipe that is missing or none is refused`() {
    let pipe = PipeSource(.path(ConfigPath(rig.path("p"))))
    #expect(refusal(pipe) == "cannot open \(rig.path("p")): No such file or directory")
    write("text", to: rig.path("p"))
    #expect(refusal(pipe) == "cannot open \(rig.path("p")): it is not a named pipe")
  }

  @Test func `preparing makes a pipe, and disturbs no source that reads it`() async throws {
    try await rig.run(PipeSource(.path(ConfigPath(rig.path("p"))), create: true)) { source in
      try await eventually("running") { source.state == .running }
      for _ in 0..<3 { _ = try rig.source(PipeSource(.path(ConfigPath(rig.path("p"))))).prepare() }
      write("still here\n", to: rig.path("p"), append: true)
      try await rig.untilMessages(["still here"])
    }
  }
}

struct SinkHealthTests {
  /// Counts what it is told.
  private final class Told: Sink {
    let demand = DemandGauge()
    let count = Atomic<Int>(0)

    func publish(_ batch: Batch, first: Offset?) {}
    func announce(_ health: Health) { count.add(1, ordering: .relaxed) }
    func mustWait(limit: Int) -> Bool { false }

    var times: Int { count.load(ordering: .relaxed) }
  }

  @Test func `sinks that stay are told nothing twice, those that come are told`() {
    let outlet = Outlet(source: "s", logger: Rig().log.logger)
    let (first, second) = (Told(), Told())
    outlet.setSinks([first])
    #expect(first.times == 1)
    outlet.setSinks([second, first])
    #expect(first.times == 1 && second.times == 1)
    outlet.setSinks([second])
    outlet.setSinks([first, second])
    #expect(first.times == 2 && second.times == 1)
  }
}
