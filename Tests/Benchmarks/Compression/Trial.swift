import Foundation
import TestSupport

/// One measurement of one way to serve the feed, with a server of its own.
struct Trial {
  struct Result {
    /// On the wire, for each delivered message: what a client's socket gives, without the headers of TCP and IP.
    var bytes: Double
    /// Of the messages themselves.
    var messageBytes: Double
    /// Microseconds of processor time, user and system, for each delivered message.
    var cost: Double
    /// How many messages the server has sent at a time: several on a busy machine, which costs less.
    var together: Double
    /// What each further subscriber adds to the server's memory.
    var memory: Double
    /// What the server with the first few has more than one that nobody has asked anything.
    var base: Int

    var isSteady: Bool { together < 1.05 }
  }

  let plan: Plan
  let kind: Case
  let ticks: Ticks

  /// They have the server get ready what all share, so that it is not counted as theirs who come later.
  private static let pioneers = 20
  /// Of those who join at a time.
  private static let samples = 2
  /// More than the 32 KiB that a compressor looks back.
  private static let warmUp = 250
  /// For more than a second: then all who have joined are in step with the shared compressor.
  private static let warmUpRate = 180

  func run() async throws -> Result {
    let server = try await SluiceProcess.serve(kind.route, server: Case.serverSettings)
    Interruption.set(server)
    defer {
      server.kill()
      Interruption.set(nil)
    }
    let result = try measure(server)
    server.kill()
    try await server.waitForExit()
    return result
  }

  private func measure(_ server: SluiceProcess) throws -> Result {
    let (rate, messages) = (max(1, plan.rate / kind.slowness), max(1, plan.messages / kind.slowness))
    let crowd = Crowd(kind, port: server.port)
    let idle = server.anonymousBytes
    try crowd.join(Self.pioneers, samples: Self.samples, ticks, first: 0)
    var sent = 0
    try feed(server, crowd, &sent, 2 * Self.warmUp, rate: 1000)
    try drain(crowd, sent)
    let before = server.anonymousBytes
    try crowd.join(plan.subscribers, samples: Self.samples, ticks, first: sent)
    try feed(server, crowd, &sent, Self.warmUp, rate: Self.warmUpRate)
    try drain(crowd, sent)

    let start = sent
    let (ticksBefore, compressedBefore, packetsBefore) = (server.ticks, crowd.compressed, crowd.packets)
    crowd.resetCounts()
    try feed(server, crowd, &sent, messages, rate: rate)
    try drain(crowd, sent)
    let compressed = kind.mode == "off" ? 0 : crowd.samples.count * messages
    guard crowd.compressed - compressedBefore == compressed else {
      throw Crowd.Failure(description: "\(kind.name): other messages are compressed than should be")
    }
    let spent = (server.ticks - ticksBefore) * 1_000_000 / sysconf(Int32(_SC_CLK_TCK))
    let deliveries = (plan.subscribers + Self.pioneers) * messages
    return Result(
      bytes: Double(crowd.bytesEach) / Double(messages),
      messageBytes: Double(ticks.byteCount(start..<sent)) / Double(messages),
      cost: Double(spent) / Double(deliveries),
      together: Double(messages * crowd.samples.count) / Double(crowd.packets - packetsBefore),
      memory: Double(server.anonymousBytes - before) / Double(plan.subscribers), base: before - idle)
  }

  /// Writes messages at the rate, and reads meanwhile.
  private func feed(_ server: SluiceProcess, _ crowd: Crowd, _ sent: inout Int, _ count: Int, rate: Int) throws {
    let start = ContinuousClock.now
    for number in 0..<count {
      if kind.hasNewcomers, number % rate == 0 { try crowd.replaceNewcomer() }
      try server.write(ticks[sent] + "\n")
      sent += 1
      let next = start + .seconds(1) * (number + 1) / rate
      while .now < next { try crowd.read(for: max(1, Int((next - .now) / .milliseconds(1)))) }
    }
  }

  private func drain(_ crowd: Crowd, _ sent: Int) throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !crowd.hasAll(before: sent) {
      guard .now < deadline else {
        throw Crowd.Failure(description: "not all subscribers got all messages: \(kind.name)")
      }
      try crowd.read(for: 10)
    }
  }
}

extension SluiceProcess {
  /// Memory that it has written to, to the page: `/proc/PID/status` is some hundred pages late.
  fileprivate var anonymousBytes: Int {
    let rollup = (try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)) ?? ""
    let line = rollup.split(separator: "\n").first { $0.hasPrefix("Anonymous:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
  }
}
