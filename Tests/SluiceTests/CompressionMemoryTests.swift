import TestSupport
import Testing

/// That compressors give their memory back, wherever their connections have gone meanwhile.
struct CompressionMemoryTests {
  private static let limit = "  limits: {compression_memory: 1MiB}"

  private func routes(_ source: String) -> String {
    "sources: {a: {pipe: a, create: true}, b: {pipe: b, create: true}}\n"
      + "routes: {/a: {from: a}, /b: {from: b}, /x: {from: \(source), protocols: [websocket, sse, stream]}}"
  }

  /// So many that cannot share, all with a compressor; nil: there is no memory for so many.
  private func open(_ count: Int, _ sluice: SluiceProcess) async throws -> [InflatingClient]? {
    var clients: [InflatingClient] = []
    for _ in 0..<count {
      clients.append(
        try await InflatingClient.webSocket(
          "/x", port: sluice.port, offer: "permessage-deflate; server_no_context_takeover"))
    }
    for client in clients { try await client.waitForHead() }
    if clients.allSatisfy({ $0.reading.headers["sec-websocket-extensions"] != nil }) { return clients }
    for client in clients { await client.close() }
    return nil
  }

  @Test func `after clients have come, moved and gone, there is as much as at first`() async throws {
    let sluice = try await SluiceProcess.serve(routes("a"), server: Self.limit)
    let feeds = ["a": try await Feed(sluice.folder("a")), "b": try await Feed(sluice.folder("b"))]
    for (now, next) in [("a", "b"), ("b", "a"), ("a", "b")] {
      // Three fit: one for all, and two of their own.
      var own: [InflatingClient]?
      try await eventually("memory for two") {
        own = try await open(2, sluice)
        return own != nil
      }
      let shared = try await CompressedForm.webSocket.open("/x", sluice)
      let clients = try #require(own) + [shared]
      for (name, last) in [(now, 50), (next, 100)] {
        if name == next { try await sluice.reload(routes(next), server: Self.limit) }
        try #require(feeds[name]).write(Tick.texts(last - 49...last, of: name).joined(separator: "\n"))
        for client in clients {
          let reading = try await client.waitForTick(last, of: name)
          #expect(reading.failure == nil)
          #expect(reading.messages.last?.isCompressed == true)
        }
      }
      for client in clients { await client.close() }
    }
    var own: [InflatingClient]?
    try await eventually("memory for three") {
      own = try await open(3, sluice)
      return own != nil
    }
    let none = try await open(1, sluice)
    #expect(none == nil)
    try await sluice.stop()
    #expect(own?.count == 3)
  }
}
