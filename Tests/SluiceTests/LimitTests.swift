import TestSupport
import Testing

/// `server.limits` and what comes when they are reached, through the built binary and real sockets.
struct LimitTests {
  private let routes = "routes: {/x: {from: {interval: 20ms, text: tick}, protocols: [stream]}}"

  /// Asks; the server may have closed before.
  private func request(_ port: Int, headers: [String: String] = [:]) async throws -> TestClient {
    let extra = headers.map { "\($0): \($1)\r\n" }.joined()
    return try await TestClient.connect(port: port, sending: "GET /x HTTP/1.1\r\nHost: a\r\n\(extra)\r\n")
  }

  /// The status of a new request; the connection is closed afterwards.
  private func status(_ port: Int, headers: [String: String] = [:]) async throws -> Int {
    let client = try await request(port, headers: headers)
    let response = try await client.wait(for: "an answer") { _ in true }
    await client.close()
    return response.status
  }

  private func open(_ count: Int, _ port: Int) async throws -> [TestClient] {
    var clients: [TestClient] = []
    for _ in 0..<count {
      let client = try await TestClient.get("/x", port: port)
      #expect(try await client.wait(for: "a line") { !$0.lines.isEmpty || $0.status != 200 }.status == 200)
      clients.append(client)
    }
    return clients
  }

  // RFC 9110 section 15.6.4
  @Test func `beyond the connections there may be, 503 with Retry-After, until one has left`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  limits: {connections: 3}")
    let clients = try await open(3, sluice.port)
    let refused = try await request(sluice.port)
    let answer = try await refused.wait(for: "an answer") { $0.isComplete }
    #expect(answer.status == 503)
    #expect(answer.headers["retry-after"] == "5")
    #expect(answer.headers["connection"] == "close")
    try await refused.waitForClose()
    for _ in 0..<3 { #expect(try await status(sluice.port) == 503) }
    await clients[0].close()
    try await eventually("room") { try await status(sluice.port) == 200 }
    #expect(sluice.log.matches(of: #/limits.connections was hit/#).count == 1)
    try await sluice.stop()
  }

  // RFC 6585 section 4
  @Test func `new connections beyond their rate are answered 429`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  limits: {new_connections: 4/h}")
    for _ in 0..<4 { #expect(try await status(sluice.port) == 200) }
    let refused = try await request(sluice.port)
    let answer = try await refused.wait(for: "an answer") { $0.isComplete }
    #expect(answer.status == 429)
    #expect(answer.headers["retry-after"] == "5")
    try await sluice.stop()
  }

  @Test func `an address has its own limit, counted when it connects`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  limits: {connections_per_address: 2}")
    let clients = try await open(2, sluice.port)
    // Whoever is not trusted cannot talk itself out of it.
    #expect(try await status(sluice.port, headers: ["X-Forwarded-For": "192.0.2.7"]) == 429)
    await clients[0].close()
    try await eventually("room") { try await status(sluice.port) == 200 }
    try await sluice.stop()
  }

  // RFC 7239 section 4
  @Test func `behind a trusted proxy the client that it names is counted`() async throws {
    let sluice = try await SluiceProcess.serve(
      routes, server: "  limits: {connections_per_address: 1}\n  trusted_proxies: [127.0.0.0/8, 10.0.0.0/8]")
    let one = try await TestClient.get("/x", port: sluice.port, headers: ["X-Forwarded-For": "198.51.100.1, 10.1.1.1"])
    #expect(try await one.wait(for: "an answer") { _ in true }.status == 200)
    #expect(try await status(sluice.port, headers: ["X-Forwarded-For": "203.0.113.9, 198.51.100.1"]) == 429)
    #expect(try await status(sluice.port, headers: ["Forwarded": "for=\"198.51.100.1:80\";proto=https"]) == 429)
    #expect(try await status(sluice.port, headers: ["X-Forwarded-For": "198.51.100.1, 203.0.113.9"]) == 200)
    #expect(try await status(sluice.port) == 200)
    await one.close()
    try await eventually("room") {
      try await status(sluice.port, headers: ["X-Forwarded-For": "198.51.100.1"]) == 200
    }
    try await sluice.stop()
  }

  @Test func `a client whose stream cannot be opened is not counted`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {file: missing, mode: each}}}",
      server: "  limits: {connections_per_address: 1}\n  trusted_proxies: 127.0.0.1")
    let request = "GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    let proxy = try await TestClient.connect(port: sluice.port, sending: request + request + request)
    try await proxy.wait("three answers") { $0.matches(of: #/HTTP/1.1 404 /#).count == 3 }
    try await sluice.stop()
  }

  // RFC 9110 sections 15.5.9 and 15.5.15, RFC 6585 section 5
  @Test func `headers are bounded in bytes, number and time`() async throws {
    let sluice = try await SluiceProcess.serve(
      routes, server: "  limits: {header_bytes: 1KiB, header_count: 3}")
    let hasty = try await SluiceProcess.serve(
      routes, server: "  limits: {header_bytes: 1KiB, header_count: 3, header_time: 1s}")
    func answer(_ text: String, from server: SluiceProcess? = nil) async throws -> Int? {
      // It may be closed before all is sent.
      let client = try await TestClient.connect(port: (server ?? sluice).port, sending: text)
      try await client.waitForClose()
      return client.response?.status
    }
    let line = "GET /y HTTP/1.1\r\nHost: a\r\n"
    #expect(try await answer(line + "A: \(String(repeating: "x", count: 2000))") == 431)
    #expect(try await answer(line + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n") == 431)
    #expect(try await answer("GET /\(String(repeating: "y", count: 1500))") == 414)
    // Slow: a header, a body, and one that says nothing at all, which is closed without a word.
    // On a busy machine a client may say its first word too late.
    try await eventually("408 for a header") { try await answer(line, from: hasty) == 408 }
    let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
    try await eventually("408 for a body") { try await answer(post, from: hasty) == 408 }
    #expect(try await answer("", from: hasty) == nil)
    // A header that trickles has no more time than one that stops.
    let slow = try await TestClient.connect(port: hasty.port)
    try await eventually("an end") {
      if !slow.isClosed { try? await slow.send("G") }
      return slow.isClosed
    }
    #expect([408, 414, nil].contains(slow.response?.status))
    try await hasty.stop()
    try await sluice.stop()
  }

  @Test func `a client's messages have the server's limit where the route has none`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {interval: 1h}, publish: {to: reply}}}", server: "  limits: {message: 4}")
    let client = try await TestClient.webSocket("/x", port: sluice.port)
    try await client.wait(for: "a head") { $0.status == 101 }
    try await client.send(opcode: 1, "1234")
    try await client.wait(for: "a reply") { $0.messages == ["1234"] }
    try await client.send(opcode: 1, "12345")
    #expect(try await client.wait(for: "a close") { $0.closeCode != nil }.closeCode == 1009)
    try await sluice.stop()
  }

  @Test func `when descriptors are few, the server keeps some back and refuses in good order`() async throws {
    let sluice = try await SluiceProcess.serve(routes, descriptors: 100)
    let clients = try await open(20, sluice.port)
    var answers: [Int] = []
    for _ in 0..<200 { answers.append(try await status(sluice.port)) }
    #expect(Set(answers).isSubset(of: [200, 503]))
    let before = clients[0].response?.lines.count ?? 0
    try await clients[0].wait(for: "more") { $0.lines.count > before + 3 }
    try await sluice.stop()
  }

  @Test func `however many connections are allowed, descriptors do not run out, and later ones get in`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  limits: {connections: 1000}", descriptors: 64)
    let early = try await open(4, sluice.port)
    var others: [TestClient] = []
    for _ in 0..<200 {
      // One that is closed before it has asked is as good.
      if let client = try? await TestClient.get("/x", port: sluice.port) { others.append(client) }
    }
    let before = early[0].response?.lines.count ?? 0
    try await early[0].wait(for: "messages meanwhile") { $0.lines.count > before + 50 }
    for client in others { await client.close() }
    try await eventually("room") { (try? await status(sluice.port)) == 200 }
    #expect(!sluice.log.contains("limit of descriptors was hit"), "\(sluice.log)")
    #expect(early.allSatisfy { !$0.isClosed })
    try await sluice.stop()
  }
}
