import Foundation
import TestSupport
import Testing

/// Long polling (RFC 7240 section 4.3) through the built binary and real sockets.
struct PollTests {
  /// One connection that is polled again and again.
  private struct Poller {
    let client: TestClient
    private var asked = 0

    init(_ client: TestClient) { self.client = client }

    init(port: Int) async throws { self.init(try await TestClient.connect(port: port)) }

    mutating func ask(_ target: String, wait: Int = 0, _ extra: String = "", method: String = "GET") async throws {
      asked += 1
      try await client.send("\(method) \(target) HTTP/1.1\r\nHost: a\r\nPrefer: wait=\(wait)\r\n\(extra)\r\n")
    }

    /// The answer to the last question.
    func answer() async throws -> Response {
      try await client.wait("answer \(asked)") { _ in Response.all(client.bytes).count >= asked }
      return Response.all(client.bytes)[asked - 1]
    }

    mutating func poll(_ target: String, wait: Int = 0, _ extra: String = "") async throws -> Response {
      try await ask(target, wait: wait, extra)
      return try await answer()
    }
  }

  private func next(_ response: Response) throws -> String {
    try String(#require(response.headers["link"]?.firstMatch(of: #/^<([^>]*)>; rel="next"$/#)).1)
  }

  /// A server that takes lines from its standard input.
  private func serve(_ settings: String = "", from: String = "{pipe: \"-\"}") async throws -> SluiceProcess {
    try await SluiceProcess.serve("routes: {/x: {from: \(from), protocols: [stream, sse, poll]\(settings)}}")
  }

  @Test func `a poll gets what is new at once, and its link goes on behind it`() async throws {
    let sluice = try await serve()
    try sluice.write("one\ntwo\n")
    var poller = try await Poller(port: sluice.port)
    let first = try await poller.poll("/x?k=v", wait: 30)
    #expect(first.status == 200)
    #expect(first.lines == ["one", "two"])
    #expect(first.headers["sluice-position"]?.hasSuffix("-2") == true)
    #expect(first.headers["content-type"] == "text/plain; charset=utf-8")
    #expect(first.headers["preference-applied"] == "wait=30")
    #expect(first.headers["connection"] == "keep-alive")
    #expect(first.headers["cache-control"] == "no-store")
    #expect(first.headers["transfer-encoding"] == nil)
    let position = try #require(first.headers["sluice-position"])
    #expect(try next(first) == "/x?k=v&after=\(position)")
    let second = try await poller.poll(try next(first))
    #expect(second.status == 200)
    #expect(second.headers["content-length"] == "0")
    #expect(second.headers["sluice-position"] == position)
    try sluice.write("three\n")
    #expect(try await poller.poll(try next(second), wait: 30).lines == ["three"])
    #expect(try await poller.poll("/x", "Last-Event-ID: \(position)\r\n").lines == ["three"])
    try await sluice.stop()
  }

  @Test func `a poll waits for what comes, and many polls get the same`() async throws {
    let sluice = try await serve(", replay: none")
    var pollers: [Poller] = []
    var targets: [String] = []
    for _ in 0..<20 {
      var poller = try await Poller(port: sluice.port)
      targets.append(try next(try await poller.poll("/x")))
      pollers.append(poller)
    }
    for index in pollers.indices { try await pollers[index].ask(targets[index], wait: 60) }
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    try sluice.write("now\n")
    for poller in pollers { #expect(try await poller.answer().lines == ["now"]) }
    try await stream.wait(for: "the line") { $0.lines == ["now"] }
    try await sluice.stop()
  }

  @Test func `a poll for which nothing comes is answered with nothing when its time is up`() async throws {
    let sluice = try await serve()
    var poller = try await Poller(port: sluice.port)
    let clock = ContinuousClock()
    let start = clock.now
    let response = try await poller.poll("/x", wait: 1)
    #expect(clock.now - start >= .milliseconds(900))
    #expect(response.status == 200)
    #expect(response.body.readableBytes == 0)
    #expect(response.headers["sluice-position"]?.hasSuffix("-0") == true)
    try sluice.write("x\n")
    #expect(try await poller.poll(try next(response), wait: 60).lines == ["x"])
    try await sluice.stop()
  }

  @Test func `over a chain of polls under a running feed nothing is lost and nothing comes twice`() async throws {
    let total = 20_000
    let sluice = try await serve(", history: {messages: 100000, size: 64MiB}, replay: all")
    let feed = Task {
      for start in stride(from: 0, to: total, by: 50) {
        try sluice.write((start..<start + 50).map { "line \($0)\n" }.joined())
        if start % 1000 == 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
    }
    var target = "/x"
    var received: [String] = []
    var polls = 0
    var poller = try await Poller(port: sluice.port)
    while received.count < total {
      polls += 1
      if polls % 5 == 0 {
        await poller.client.close()
        poller = try await Poller(port: sluice.port)
      }
      let response = try await poller.poll(target, wait: 20)
      #expect(response.headers["sluice-gap"] == nil)
      #expect(response.lines.count <= 1000)
      received += response.lines
      target = try next(response)
    }
    #expect(received == (0..<total).map { "line \($0)" })
    #expect(polls >= 20)
    try await feed.value
    try await sluice.stop()
  }

  // RFC 9112 section 9.3.2
  @Test func `requests behind a waiting poll are answered after it, in order`() async throws {
    let sluice = try await serve(", replay: none")
    var text = "GET /x HTTP/1.1\r\nHost: a\r\nPrefer: wait=60\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in 0..<200 { text += "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" }
    let client = try await TestClient.connect(
      port: sluice.port, sending: text + "GET /x HTTP/1.1\r\nHost: a\r\nPrefer: wait=60\r\n\r\n")
    let other = try await TestClient.get("/x", port: sluice.port)
    try await other.wait(for: "a head") { _ in true }
    #expect(client.bytes.readableBytes == 0)
    try sluice.write("first\n")
    try await client.wait("the refusals") { _ in Response.all(client.bytes).count == 202 }
    try sluice.write("second\n")
    try await client.wait("the last") { $0.contains("second") }
    let responses = Response.all(client.bytes)
    #expect(responses.count == 203)
    #expect(responses[0].lines == ["first"])
    #expect(responses[1].status == 404)
    #expect(responses[2..<202].allSatisfy { $0.status == 405 })
    #expect(responses[202].lines == ["second"])
    try await sluice.stop()
  }

  // RFC 9112 section 9.3
  @Test func `a connection is closed behind a poll that asks for it, and over HTTP 1.0`() async throws {
    let sluice = try await serve()
    for request in [
      "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nPrefer: wait=0\r\n\r\n",
      "GET /x HTTP/1.0\r\nPrefer: wait=0\r\n\r\n",
    ] {
      let client = try await TestClient.connect(port: sluice.port, sending: request)
      try await client.waitForClose()
      #expect(client.response?.status == 200)
      #expect(client.response?.headers["connection"] == "close")
      #expect(client.response?.isComplete == true)
    }
    let old = try await TestClient.connect(port: sluice.port)
    for count in 1...2 {
      try await old.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\nPrefer: wait=0\r\n\r\n")
      try await old.wait("answer \(count)") { _ in Response.all(old.bytes).count == count }
    }
    #expect(old.response?.headers["connection"] == "keep-alive")
    try await sluice.stop()
  }

  @Test func `what history no longer holds is told in a header and a marked line, at once`() async throws {
    let sluice = try await serve(", history: {messages: 3}, replay: all")
    let reader = try await TestClient.get("/x", port: sluice.port)
    for number in 1...10 {
      try sluice.write("\(number)\n")
      try await reader.wait(for: "\(number)") { $0.lines.count == number }
    }
    let epoch = try #require(reader.response?.headers["sluice-position"]?.split(separator: "-").first)
    var poller = try await Poller(port: sluice.port)
    let known = try await poller.poll("/x?after=\(epoch)-2", wait: 60)
    #expect(known.headers["sluice-gap"] == "missed=5")
    #expect(known.lines == ["{\"sluice\":\"gap\",\"missed\":5,\"after\":\"\(epoch)-7\"}", "8", "9", "10"])
    let other = try await poller.poll("/x?after=zz-5", wait: 60)
    #expect(other.headers["sluice-gap"] == "missed=unknown")
    #expect(other.lines.dropFirst() == ["8", "9", "10"])
    #expect(try await poller.poll(try next(other)).headers["sluice-gap"] == nil)
    try await sluice.stop()
  }

  @Test func `a gap is told at once, also when there is nothing new`() async throws {
    let sluice = try await serve()
    var poller = try await Poller(port: sluice.port)
    let response = try await poller.poll("/x?after=zz-5", wait: 60)
    #expect(response.headers["sluice-gap"] == "missed=unknown")
    #expect(response.lines.count == 1)
    try await sluice.stop()
  }

  @Test func `polls keep a source on demand running, and a peer that goes is noticed`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "feed.sh",
      "#!/bin/sh\necho started >> starts\ntrap 'echo ended >> ends; exit' TERM\necho hello\n"
        + "while :; do sleep 0.05; done\n", isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed.sh], on_demand: {linger: 5s}}, protocols: [poll]}}", folder: folder)
    var poller = try await Poller(port: sluice.port)
    let first = try await poller.poll("/x", wait: 60)
    #expect(first.lines == ["hello"])
    try await poller.ask(try next(first), wait: 60)
    await poller.client.close()
    try await eventually("the source to end") { (try? String(contentsOfFile: folder("ends"), encoding: .utf8)) != nil }
    #expect(try String(contentsOfFile: folder("starts"), encoding: .utf8) == "started\n")
    try await sluice.stop()
  }

  @Test func `a file for each is read by polls to its end, which has no next`() async throws {
    let folder = try TemporaryFolder()
    let lines = (0..<30_000).map { "line \($0)" }
    try folder.write("data.txt", lines.joined(separator: "\n") + "\n")
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {file: data.txt, mode: each}, protocols: [poll]}}", folder: folder)
    var poller = try await Poller(port: sluice.port)
    var received: [String] = []
    var target: String? = "/x"
    while let asked = target {
      let response = try await poller.poll(asked)
      received += response.lines
      target = response.headers["link"] == nil ? nil : try next(response)
    }
    #expect(received == lines)
    try await sluice.stop()
  }

  @Test func `when the server ends, a waiting poll is answered and its connection closed`() async throws {
    let sluice = try await serve()
    var poller = try await Poller(port: sluice.port)
    _ = try await poller.poll("/x")
    try await poller.ask("/x", wait: 60)
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    #expect(try await sluice.stop() == 0)
    let last = try await poller.answer()
    #expect(last.headers["connection"] == "close")
    try await poller.client.waitForClose()
  }

  @Test func `which requests are polls`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources: {beat: {interval: 10ms, text: beat}}
      routes:
        /all: {from: beat, protocols: [stream, sse, poll]}
        /poll: {from: beat, protocols: [poll]}
        /usual: {from: beat}
      """)
    func head(_ path: String, _ headers: [String: String]) async throws -> [String: String] {
      let client = try await TestClient.get(path, port: sluice.port, headers: headers)
      let response = try await client.wait(for: "a head") { _ in true }
      await client.close()
      return response.headers
    }
    #expect(try await head("/all", [:])["transfer-encoding"] == "chunked")
    #expect(try await head("/all", [:])["vary"] == "Accept, Prefer, Accept-Encoding")
    #expect(try await head("/all", ["Prefer": "wait=5"])["content-length"] != nil)
    #expect(try await head("/all", ["Prefer": "wait=5", "Accept": "text/event-stream"])["content-length"] == nil)
    #expect(try await head("/poll", [:])["content-length"] != nil)
    #expect(try await head("/usual", ["Prefer": "wait=5"])["transfer-encoding"] == "chunked")
    var poller = try await Poller(port: sluice.port)
    try await poller.ask("/poll", wait: 5, method: "HEAD")
    let text = try await poller.client.wait("a head") { $0.hasSuffix("\r\n\r\n") }
    #expect(text.contains("Connection: keep-alive"))
    #expect(!text.contains("Transfer-Encoding"))
    try await sluice.stop()
  }
}
