import TestSupport
import Testing

/// Streams that keep the last message of each key, through the built binary.
struct KeyedStreamTests {
  private func tick(_ symbol: String, _ price: Int) -> String { "{\"symbol\":\"\(symbol)\",\"price\":\(price)}" }

  private func serve(_ settings: String = "") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [sse, stream, poll, websocket], "
        + "history: {messages: 2, latest_by: msg.symbol}\(settings)}}")
  }

  /// Writes ticks, and returns when the server has all of them.
  private func feed(_ ticks: [(String, Int)], to sluice: SluiceProcess, _ path: String = "/x") async throws {
    let probe = try await TestClient.get(path, port: sluice.port)
    try await probe.wait(for: "a head") { _ in true }
    for (symbol, price) in ticks { try sluice.write(tick(symbol, price) + "\n") }
    let last = ticks[ticks.count - 1]
    try await probe.wait(for: "the last tick") { $0.lines.last == tick(last.0, last.1) }
    await probe.close()
  }

  @Test func `a new subscriber gets the last message of each key in order, then what is new`() async throws {
    let sluice = try await serve()
    try await feed([("A", 1), ("B", 2), ("A", 3), ("C", 4), ("B", 5)], to: sluice)
    let stream = try await TestClient.get("/x", port: sluice.port)
    let snapshot = [tick("A", 3), tick("C", 4), tick("B", 5)]
    try await stream.wait(for: "the snapshot") { $0.lines == snapshot }
    let events = try await TestClient.events("/x", port: sluice.port)
    try await events.wait(for: "the snapshot") { $0.events.count == 3 }
    try sluice.write(tick("A", 6) + "\n")
    try await stream.wait(for: "the new one") { $0.lines == snapshot + [tick("A", 6)] }
    let got = try await events.wait(for: "the new one") { $0.events.count == 4 }.events
    #expect(got.map(\.data) == snapshot + [tick("A", 6)])
    #expect(got.map { $0.id.split(separator: "-")[1] } == ["3", "4", "5", "6"])
    try await sluice.stop()
  }

  @Test func `who comes back gets what history holds, else the last of each key since`() async throws {
    let sluice = try await serve()
    try await feed((1...10).map { (["A", "B", "C"][$0 % 3], $0) }, to: sluice)
    let first = try await TestClient.events("/x", port: sluice.port)
    let events = try await first.wait(for: "the snapshot") { $0.events.count == 3 }.events
    let epoch = events[0].id.split(separator: "-")[0]
    // History holds the last two.
    let near = try await TestClient.events("/x", port: sluice.port, lastID: "\(epoch)-8")
    #expect(
      try await near.wait(for: "two") { $0.events.count == 2 }.events.map(\.data) == [tick("A", 9), tick("B", 10)])
    let far = try await TestClient.events("/x", port: sluice.port, lastID: "\(epoch)-7")
    let got = try await far.wait(for: "three") { $0.events.count == 3 }.events
    #expect(got.map(\.data) == [tick("C", 8), tick("A", 9), tick("B", 10)])
    // Nothing was missed, so there is no gap; from further back there is.
    #expect(got.map(\.name) == ["message", "message", "message"])
    let gap = try await TestClient.events("/x", port: sluice.port, lastID: "\(epoch)-2")
    let told = try await gap.wait(for: "four") { $0.events.count == 4 }.events
    #expect(told[0].name == "sluice.gap")
    #expect(told[0].data == "{\"missed\":5,\"after\":\"\(epoch)-2\"}")
    #expect(told.dropFirst().map(\.data) == [tick("C", 8), tick("A", 9), tick("B", 10)])
    try await sluice.stop()
  }

  @Test func `a position that the stream has not come to is no position of it`() async throws {
    let sluice = try await serve()
    try await feed([("A", 1), ("B", 2), ("A", 3)], to: sluice)
    let first = try await TestClient.events("/x", port: sluice.port)
    let epoch = try await first.wait(for: "two") { $0.events.count == 2 }.events[0].id.split(separator: "-")[0]
    let odd = try await TestClient.events("/x", port: sluice.port, lastID: "\(epoch)-999")
    let got = try await odd.wait(for: "all") { $0.events.count == 3 }.events
    #expect(got.map(\.name) == ["sluice.gap", "message", "message"])
    #expect(got.dropFirst().map(\.data) == [tick("B", 2), tick("A", 3)])
    try await sluice.stop()
  }

  @Test func `a poll gets the snapshot, then what is new`() async throws {
    let sluice = try await serve()
    try await feed([("A", 1), ("B", 2), ("A", 3)], to: sluice)
    let reader = try await TestClient.get("/x", port: sluice.port)
    try await reader.wait(for: "the snapshot") { $0.lines.count == 2 }
    let poll = try await TestClient.get("/x", port: sluice.port, headers: ["Prefer": "wait=30"])
    let page = try await poll.wait(for: "a page") { $0.isComplete }
    #expect(page.lines == [tick("B", 2), tick("A", 3)])
    let position = try #require(page.headers["sluice-position"])
    try sluice.write(tick("B", 4) + "\n")
    let next = try await TestClient.get(
      "/x?after=\(position)", port: sluice.port, headers: ["Prefer": "wait=30"])
    #expect(try await next.wait(for: "a page") { $0.isComplete }.lines == [tick("B", 4)])
    try await sluice.stop()
  }

  @Test func `a slow subscriber of keys gets the last of each, and is told how many it missed`() async throws {
    let sluice = try await serve(", slow: {lag: 64KiB, then: latest, wait: 0s}")
    let slow = try await TestClient.get(
      "/x", port: sluice.port, headers: ["Accept": "text/event-stream"], receiveBuffer: 4096, reads: false)
    try await eventually("it to join") { try await sluice.status().route("/x")?.subscribers == 1 }
    let fast = try await TestClient.events("/x", port: sluice.port)
    try await fast.wait(for: "a head") { _ in true }
    let padding = String(repeating: "x", count: 1000)
    let total = 20_000
    for start in stride(from: 1, through: total, by: 500) {
      let lines = (start..<start + 500).map { "{\"symbol\":\"S\($0 % 7)\",\"n\":\($0),\"p\":\"\(padding)\"}\n" }
      try sluice.write(lines.joined())
    }
    slow.startReading()
    let events = try await slow.wait(for: "the last message") {
      $0.events.last?.data.contains("\"n\":\(total)") == true
    }
    .events
    let numbers = events.filter { $0.name == "message" }.compactMap { event in
      event.data.firstMatch(of: /"n":([0-9]+)/).flatMap { Int($0.1) }
    }
    let missed = events.filter { $0.name == "sluice.gap" }.compactMap { event in
      event.data.firstMatch(of: /"missed":([0-9]+)/).flatMap { Int($0.1) }
    }
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(!missed.isEmpty)
    // Of every key the last is there.
    let seen = Set(numbers)
    for number in total - 6...total { #expect(seen.contains(number)) }
    #expect(numbers.count + missed.reduce(0, +) == total)
    try await sluice.stop()
  }

  @Test func `a keyed group is the same for all who read it`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      groups: {prices: {history: {messages: 0, latest_by: msg.symbol}}}
      sources: {feed: {pipe: "-", into: prices}}
      routes:
        /a: {from: {group: prices}}
        /b: {from: {group: prices}}
      """)
    try await feed([("A", 1), ("B", 2), ("A", 3)], to: sluice, "/a")
    for path in ["/a", "/b", "/a"] {
      let client = try await TestClient.get(path, port: sluice.port)
      try await client.wait(for: "the snapshot") { $0.lines == [tick("B", 2), tick("A", 3)] }
    }
    try await sluice.stop()
  }
}
