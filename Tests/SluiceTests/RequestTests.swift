import NIOCore
import TestSupport
import Testing

/// HTTP/1.1 at its edges, through the built binary and real sockets.
struct RequestTests {
  private func statuses(_ text: String) -> [String] { text.matches(of: #/HTTP/1\.1 ([0-9]+) /#).map { String($0.1) } }

  /// What one connection is answered until the server closes it.
  private func answers(_ request: String, _ sluice: SluiceProcess) async throws -> [String] {
    let client = try await TestClient.connect(port: sluice.port, sending: request)
    try await client.waitForClose()
    return statuses(client.text)
  }

  // RFC 9112 sections 2.2, 3, 3.2, 5.1, 5.2, 6.1, 6.3, 7.1
  @Test func `a request that two servers could read in two ways is answered 400 and closed`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let get = "GET /x HTTP/1.1\r\n"
    let post = "POST /x HTTP/1.1\r\nHost: a\r\n"
    let chunked = post + "Transfer-Encoding: chunked\r\n"
    let bad = [
      chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n",
      post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding:\r\nContent-Length: 0\r\n\r\n",
      chunked + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n", get + "Host: a\r\nA: b\r\n c\r\n\r\n",
      get + "Host: a\r\n\tb\r\n\r\n", get + " A: b\r\nHost: a\r\n\r\n", "GET /x HTTP/1.1\nHost: a\r\n\r\n",
      get + "Host: a\nA: b\r\n\r\n", get + "Host: a\r\n\n", get + "Host: a\rA: b\r\n\r\n", get + "Host : a\r\n\r\n",
      post + "Content-Length : 3\r\n\r\nabc", get + "\r\n", get + "Host: a\r\nHost: a\r\n\r\n",
      get + "Host: a\r\nhost: b\r\n\r\n", get + "Host: a, b\r\n\r\n", get + "Host: a/b\r\n\r\n",
      get + "Host: u@a\r\n\r\n", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      post + "Content-Length: 3, 4\r\n\r\nabc", post + "Content-Length: +3\r\n\r\nabc",
      post + "Content-Length: -3\r\n\r\nabc", post + "Content-Length: 0x3\r\n\r\nabc",
      post + "Content-Length: 99999999999999999999\r\n\r\nabc", post + "Content-Length:\r\n\r\n",
      chunked + "\r\nzz\r\n\r\n", chunked + "\r\n0x3\r\nabc\r\n0\r\n\r\n", chunked + "\r\n+3\r\nabc\r\n0\r\n\r\n",
      chunked + "\r\n-1\r\nabc\r\n0\r\n\r\n", chunked + "\r\nfffffffffffffffff\r\nabc\r\n",
      chunked + "\r\n\r\nabc\r\n", chunked + "\r\n3\nabc\r\n0\r\n\r\n", chunked + "\r\n3\r\nabc\n0\r\n\r\n",
      chunked + "\r\n3\r\nabcd\r\n0\r\n\r\n", chunked + "\r\n3;a\nb\r\nabc\r\n0\r\n\r\n",
      chunked + "\r\n3\r\nabc\r\n0\r\n\n", get + "Host: a\r\nA: b\0c\r\n\r\n", get + "Host: a\r\n: b\r\n\r\n",
      get + "Host: a\r\nabc\r\n\r\n", "GET  /x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x  HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET\t/x\tHTTP/1.1\r\nHost: a\r\n\r\n", "GET /x\r\n\r\n",
    ]
    for request in bad {
      // What was smuggled in behind it is not answered.
      let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
      #expect(try await answers(request + smuggled, sluice) == ["400"], "\(request.debugDescription)")
    }
    #expect(try await answers(post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", sluice) == ["501"])
    #expect(try await answers("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n", sluice) == ["501"])
    #expect(try await answers("GET /x HTTP/2.0\r\nHost: a\r\n\r\n", sluice) == ["505"])
    try await sluice.stop()
  }

  @Test func `requests are understood the same wherever they are cut`() async throws {
    let sluice = try await SluiceProcess.serve("routes: {/x: {from: {pipe: \"-\"}}}")
    let text =
      "GET /y HTTP/1.1\r\nHost: a\r\n\r\nPOST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\na\nb\r\n"
      + "0\r\nT: u\r\n\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\r\nDELETE /x HTTP/1.1\r\nHost: a\r\n"
      + "Connection: close\r\n\r\n"
    let bytes = Array(text.utf8)
    try await withThrowingTaskGroup(of: [String].self) { tasks in
      for cut in 1..<bytes.count {
        tasks.addTask {
          let client = try await TestClient.connect(
            port: sluice.port, sending: String(decoding: bytes[..<cut], as: UTF8.self))
          try await client.send(ByteBuffer(bytes: bytes[cut...]))
          try await client.waitForClose()
          return self.statuses(client.text)
        }
      }
      for try await found in tasks { #expect(found == ["404", "405", "204", "405"]) }
    }
    try await sluice.stop()
  }

  // RFC 9110 section 10.1.1
  @Test func `a client that waits to be told to go on is answered at once`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let expects = "Host: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    #expect(try await answers("POST /x HTTP/1.1\r\n" + expects, sluice) == ["405"])
    #expect(try await answers("GET /x HTTP/1.1\r\nHost: a\r\nExpect: coffee\r\n\r\n", sluice) == ["417"])
    let reader = try await TestClient.connect(port: sluice.port, sending: "GET /x HTTP/1.1\r\n" + expects)
    try await reader.wait("100") { $0 == "HTTP/1.1 100 Continue\r\n\r\n" }
    try await reader.send("abc")
    try await reader.wait("the stream") { $0.contains("HTTP/1.1 200 OK\r\n") }
    try await sluice.stop()
  }

  // RFC 9112 section 9.3
  @Test func `a connection stays open as its version and its header say`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let next = "GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    #expect(try await answers("GET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + next, sluice) == ["404"])
    #expect(try await answers("GET /y HTTP/1.0\r\n\r\n" + next, sluice) == ["404"])
    #expect(try await answers("GET /y HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + next, sluice) == ["404", "404"])
    // After a refused upgrade nobody knows what protocol comes.
    let upgrade = "GET /y HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    #expect(try await answers(upgrade + next, sluice) == ["404"])
    #expect(try await answers("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" + next, sluice) == ["400"])
    try await sluice.stop()
  }

  // RFC 9112 section 3.2, RFC 3986 sections 2.4 and 6.2.2.3
  @Test func `path parameters are decoded once, and dots mean nothing`() async throws {
    let folder = try TemporaryFolder()
    let sluice = try await SluiceProcess.serve(
      """
      sources:
        a: {interval: 20ms, text: one, into: room.a/b}
        b: {interval: 20ms, text: two, into: 'room.%2F'}
        c: {interval: 20ms, text: dots, into: room...}
      routes: {'/r/{room}': {from: {group: 'room.{room}'}, protocols: [stream]}}
      """, folder: folder)
    for (target, text) in [
      ("/r/a%2Fb", "one"), ("/r/%61%2fb?q", "one"), ("/r/%252F", "two"), ("/r/..", "dots"), ("/r/%2e%2E", "dots"),
      ("http://other.example/r/a%2Fb", "one"), ("HTTP://other.example:80/r/..", "dots"),
    ] {
      let client = try await TestClient.get(target, port: sluice.port)
      try await client.wait(for: "a line of \(target)") { $0.lines.first == text }
    }
    for target in ["/r/a/b", "/r/../r/a", "/r", "/r/", "//r/a", "/../etc/passwd"] {
      let client = try await TestClient.get(target, port: sluice.port)
      #expect(try await client.wait(for: target) { _ in true }.status == 404, "\(target)")
    }
    for target in ["/r/%", "/r/%zz", "/r/%ff", "*", "r/a", "http:///r/a"] {
      let client = try await TestClient.get(target, port: sluice.port)
      #expect(try await client.wait(for: target) { _ in true }.status == 400, "\(target)")
    }
    try await sluice.stop()
  }

  // RFC 9112 section 9.6
  @Test func `a body nobody wants is dropped up to 64 KiB, beyond that it ends the connection`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let post = "POST /x HTTP/1.1\r\nHost: a\r\n"
    let next = "GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    let small = String(repeating: "x", count: 64 << 10)
    #expect(
      try await answers(post + "Content-Length: \(small.count)\r\n\r\n" + small + next, sluice) == ["405", "404"])
    let large = small + "y"
    #expect(try await answers(post + "Content-Length: \(large.count)\r\n\r\n" + large + next, sluice) == ["405"])
    #expect(
      try await answers(post + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + large + "\r\n0\r\n\r\n" + next, sluice)
        == ["413"])
    #expect(
      try await answers("GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n" + large, sluice) == ["413"])
    try await sluice.stop()
  }

  @Test func `a peer that pipelines and never reads its answers takes no memory`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let client = try await TestClient.connect(port: sluice.port, receiveBuffer: 4096, reads: false)
    let requests = ByteBuffer(
      string: String(repeating: "GET /y HTTP/1.1\r\nHost: a\r\n\r\n", count: 20_000))
    let before = sluice.memory()
    for _ in 0..<10 { client.channel.write(requests, promise: nil) }
    client.channel.flush()
    try await eventually("the server to rest") {
      let ticks = sluice.ticks
      try await Task.sleep(for: .milliseconds(200))
      return sluice.ticks - ticks < 3
    }
    let other = try await TestClient.get("/x", port: sluice.port)
    try sluice.write("hello\n")
    try await other.wait(for: "the line") { $0.lines == ["hello"] }
    #expect(sluice.memory() - before < 20_000)
    try await sluice.stop()
  }
}
