import Foundation
import NIOCore
import TestSupport
import Testing

/// How connections end whose clients take their time.
struct SlowEndTests {
  private static let padding = String(repeating: "x", count: 200_000)

  /// A server with a stream whose client has a full socket, in the middle of a message.
  private func blocked() async throws -> (sluice: SluiceProcess, client: TestClient) {
    let sluice = try await SluiceProcess.serve(
      "routes: {/other: {from: {interval: 1h}}, /x: {from: {pipe: \"-\"}, history: {messages: 100, size: 64MiB}, "
        + "slow: {lag: 64MiB, then: close, wait: 0s}}}")
    let client = try await TestClient.get("/x", port: sluice.port, receiveBuffer: 65536, reads: false)
    try await eventually("it to join") { try await sluice.status().route("/x")?.subscribers == 1 }
    let fast = try await TestClient.get("/x", port: sluice.port)
    try await fast.wait(for: "a head") { _ in true }
    for number in 1...50 { try sluice.write("\(number) \(Self.padding)\n") }
    try await fast.wait(for: "all") { $0.lines.count == 50 }
    await fast.close()
    return (sluice, client)
  }

  private let without = "routes: {/other: {from: {interval: 1h}}}"

  @Test func `who goes on reading, however slowly, gets what is half sent and the end`() async throws {
    let (sluice, client) = try await blocked()
    try await sluice.reload(without)
    let began = ContinuousClock.now
    let reading = client.channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(500)) {
      [channel = client.channel] _ in channel.read()
    }
    // Longer than one that reads nothing is waited for.
    try await eventually("some time to pass") { ContinuousClock.now - began > .seconds(8) }
    #expect(!client.isClosed)
    reading.cancel()
    client.startReading()
    let end = try await client.wait(for: "the end") { $0.isComplete }
    #expect(end.lines.count > 1)
    #expect(end.lines == (1...end.lines.count).map { "\($0) \(Self.padding)" })
    try await sluice.stop()
  }

  @Test func `who reads nothing is waited for a while, then cut`() async throws {
    let (sluice, client) = try await blocked()
    try await sluice.reload(without)
    try await eventually("it to be cut") { try await sluice.status().connections == 0 }
    client.startReading()
    try await client.waitForClose()
    #expect(client.response?.isComplete == false)
    try await sluice.stop()
  }
}
