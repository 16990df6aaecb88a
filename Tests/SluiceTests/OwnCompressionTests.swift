import TestSupport
import Testing

/// Compressors of one connection alone, through the built binary.
struct OwnCompressionTests {
  /// Messages that come again at all distances up to 64 KiB, so that a window too large is noticed.
  private func texts() -> [String] {
    var noise = Noise(7)
    let words = noise.words(400)
    return (1...300).map { number in
      "{\"n\":\(number),\"words\":\"" + (0..<20).map { words[(number * 13 + $0) % 400] }.joined(separator: " ") + "\"}"
    }
  }

  // RFC 7692 section 7.1.2.1: the client needs a window no larger than it has asked for.
  @Test func `each window from 2^8 to 2^15 is kept to, with a context and without`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [websocket], compression: per_connection}}")
    var clients: [(bits: Int, client: InflatingClient)] = []
    for bits in 8...15 {
      for more in ["", "; server_no_context_takeover"] {
        let offer = "permessage-deflate; server_max_window_bits=\(bits)\(more)"
        let client = try await InflatingClient.webSocket("/x", port: sluice.port, offer: offer, windowBits: bits)
        try await client.waitForHead()
        clients.append((bits, client))
      }
    }
    let texts = texts()
    for start in stride(from: 0, to: 300, by: 50) { try sluice.write(lines: Array(texts[start..<start + 50])) }
    for (bits, client) in clients {
      let reading = try await client.wait(for: "all, with a window of 2^\(bits)") { $0.messages.count == 300 }
      #expect(reading.texts == texts, "\(bits)")
      #expect(reading.isAllCompressed)
    }
    // A window is used where there is one.
    let sizes = clients.map { $0.client.reading.messages.reduce(0) { $0 + $1.wire.readableBytes } }
    #expect(sizes[14] * 2 < sizes[0] && sizes[14] * 2 < sizes[15], "\(sizes)")
    try await sluice.stop()
  }

  private static let limit = "  limits: {compression_memory: 1MiB}"
  private static let route = "/x: {from: {pipe: \"-\"}, protocols: [websocket, sse, stream], compression: "

  /// One that cannot share.
  private func open(_ sluice: SluiceProcess, _ more: String = "") async throws -> InflatingClient {
    let client = try await InflatingClient.webSocket(
      "/x", port: sluice.port, offer: "permessage-deflate; server_no_context_takeover")
    try await client.waitForHead()
    return client
  }

  private func isAgreed(_ client: InflatingClient) -> Bool {
    client.reading.headers["sec-websocket-extensions"] != nil
  }

  @Test func `when the memory for compressors is used up a new connection is plain, until one leaves`() async throws {
    let sluice = try await SluiceProcess.serve("routes: {\(Self.route) per_connection}}", server: Self.limit)
    var clients: [InflatingClient] = []
    for _ in 1...4 { clients.append(try await open(sluice)) }
    #expect(clients.map(isAgreed) == [true, true, true, false])
    try sluice.write(lines: Tick.texts(1...100))
    for client in clients {
      let reading = try await client.wait(for: "ticks") { $0.messages.count == 100 }
      #expect(reading.texts == Tick.texts(1...100))
      let isAgreed = isAgreed(client)
      #expect(isAgreed ? reading.isAllCompressed : reading.isAllPlain)
    }
    // A reload may give more.
    try await sluice.reload(
      "routes: {\(Self.route) per_connection}}", server: Self.limit.replacing("1MiB", with: "1200KiB"))
    let fifth = try await open(sluice)
    #expect(isAgreed(fifth))
    await clients[1].close()
    var next = clients[3]
    try await eventually("a compressor for a new connection") {
      next = try await open(sluice)
      return isAgreed(next)
    }
    try sluice.write(lines: Tick.texts(101...110))
    let reading = try await next.waitForTick(110)
    #expect(reading.isAllCompressed)
    try await clients[0].waitForTick(110)
    #expect(clients[0].reading.texts == Tick.texts(1...110))
    try await sluice.stop()
  }

  @Test func `who shares gets it plain when no memory is left, inside gzip in stored blocks`() async throws {
    let sluice = try await SluiceProcess.serve(
      "sources: {in: {pipe: \"-\"}}\nroutes: {/x: {from: in, protocols: [websocket], compression: per_connection}, "
        + "/y: {from: in, protocols: [websocket, sse, stream]}}",
      server: Self.limit)
    var clients: [InflatingClient] = []
    for _ in 1...3 { clients.append(try await open(sluice)) }
    #expect(clients.map(isAgreed) == [true, true, true])
    for form in CompressedForm.shared { clients.append(try await form.open("/y", sluice)) }
    try sluice.write(lines: Tick.texts(1...200))
    for (form, client) in zip(CompressedForm.shared, clients.dropFirst(3)) {
      let reading = try await client.waitForTick(200)
      #expect(form.items(reading) == Tick.texts(1...200))
      #expect(form.compressed(reading) == 0)
    }
    for client in clients.prefix(3) { await client.close() }
    // With memory again they go on compressed, from a key frame on.
    var last = 200
    for (form, client) in zip(CompressedForm.shared, clients.dropFirst(3)) {
      try await eventually("\(form) to come compressed") {
        last += 1
        try sluice.write(lines: [Tick.text(last)])
        return form.compressed(try await client.waitForTick(last)) > 0
      }
    }
    try sluice.closeInput()
    for (form, client) in zip(CompressedForm.shared, clients.dropFirst(3)) {
      let reading = try await client.waitForTick(last)
      #expect(form.items(reading) == Tick.texts(1...last))
    }
    try await sluice.stop()
    for client in clients.suffix(2) { #expect(try await client.waitForClose().isComplete) }
  }
}
