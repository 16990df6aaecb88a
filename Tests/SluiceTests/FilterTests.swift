import TestSupport
import Testing

/// Filters on routes and sources, through the built binary.
struct FilterTests {
  /// A server that is fed by its standard input.
  private func serve(_ routes: String, server: String = "") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "sources: {feed: {pipe: \"-\"}}\n\(routes)", server: server)
  }

  private func tick(_ symbol: String, _ price: Int) -> String { "{\"symbol\":\"\(symbol)\",\"price\":\(price)}" }

  @Test func `a route's filters shape what its subscribers get, and no other route`() async throws {
    let sluice = try await serve(
      """
      filters:
        big: [{where: msg.price > 100}]
      routes:
        /all: {from: feed}
        /big: {from: feed, filters: [big, {pick: [price]}]}
      """)
    try sluice.write("\(tick("A", 1))\n\(tick("B", 101))\n")
    let all = try await TestClient.get("/all", port: sluice.port)
    let big = try await TestClient.get("/big", port: sluice.port)
    try await all.wait(for: "all") { $0.lines == [tick("A", 1), tick("B", 101)] }
    try await big.wait(for: "the big one") { $0.lines == ["{\"price\":101}"] }
    try await sluice.stop()
  }

  @Test func `a source's filters come before everything that reads it`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources: {feed: {pipe: "-", filters: [{drop: [secret]}], into: news}}
      routes:
        /a: {from: feed}
        /b: {from: {group: news}}
      """)
    try sluice.write("{\"a\":1,\"secret\":2}\n")
    for path in ["/a", "/b"] {
      let client = try await TestClient.get(path, port: sluice.port)
      try await client.wait(for: path) { $0.lines == ["{\"a\":1}"] }
    }
    try await sluice.stop()
  }

  @Test func `a message that a filter cannot deal with is dropped, and told once a kind`() async throws {
    let sluice = try await serve("routes: {/x: {from: feed, filters: [{where: msg.price > 1}]}}")
    let client = try await TestClient.get("/x", port: sluice.port)
    for line in ["no JSON", "{\"other\":1}", "still no JSON", "{\"other\":2}", tick("A", 2)] {
      try sluice.write(line + "\n")
    }
    try await client.wait(for: "the good one") { $0.lines == [tick("A", 2)] }
    let told = sluice.log.split(separator: "\n").filter { $0.contains("warning: route '/x': filter 1 'where': ") }
    #expect(told.count == 2, "\(sluice.log)")
    #expect(told.contains { $0.contains("no such field: price") })
    try await sluice.stop()
  }

  @Test func `on_error pass lets a message go on as it was`() async throws {
    let sluice = try await serve("routes: {/x: {from: feed, on_error: pass, filters: [{set: {b: msg.a + 1}}]}}")
    let client = try await TestClient.get("/x", port: sluice.port)
    try sluice.write("no JSON\n{\"a\":1}\n")
    try await client.wait(for: "both") { $0.lines == ["no JSON", "{\"a\":1,\"b\":2}"] }
    try await sluice.stop()
  }

  @Test func `on_error close_source starts the source anew`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("feed", "#!/bin/sh\necho \"{\\\"pid\\\":$$}\"\necho oops\nsleep 60\n", isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed]}, on_error: close_source, filters: [{json: any}]}}".replacing(
        "{json: any}", with: "{where: msg.pid > 0}"), folder: folder)
    let client = try await TestClient.get("/x", port: sluice.port)
    let lines = try await client.wait(for: "two runs") { $0.lines.count >= 2 }.lines
    #expect(Set(lines).count == lines.count)
    #expect(sluice.log.contains("source '/x': filter 1 'where': the message is no JSON"))
    try await sluice.stop()
  }

  @Test func `filters that use a parameter make one stream for each of its values`() async throws {
    let sluice = try await serve(
      """
      routes:
        /s/{symbol}:
          from: feed
          filters: [{where: msg.symbol == params.symbol}, {set: {seen: seq}}]
      """)
    try sluice.write("\(tick("A", 1))\n\(tick("B", 2))\n")
    let first = try await TestClient.events("/s/A", port: sluice.port)
    try await first.wait(for: "history") { $0.events.count == 1 }
    let second = try await TestClient.events("/s/A", port: sluice.port)
    let other = try await TestClient.events("/s/B", port: sluice.port)
    try await second.wait(for: "a head") { _ in true }
    try await other.wait(for: "history") { $0.events.count == 1 }
    try sluice.write("\(tick("B", 3))\n\(tick("A", 4))\n")
    let a = try await first.wait(for: "the second") { $0.events.count == 2 }.events
    #expect(
      a.map(\.data) == ["{\"symbol\":\"A\",\"price\":1,\"seen\":1}", "{\"symbol\":\"A\",\"price\":4,\"seen\":4}"])
    // The same stream: the same ids.
    let again = try await second.wait(for: "the second") { !$0.events.isEmpty }.events
    #expect(again.last == a.last)
    let b = try await other.wait(for: "the second") { $0.events.count == 2 }.events
    #expect(
      b.map(\.data) == ["{\"symbol\":\"B\",\"price\":2,\"seen\":2}", "{\"symbol\":\"B\",\"price\":3,\"seen\":3}"])
    try await sluice.stop()
  }

  @Test func `a query parameter decides too, and what is absent is told from what is empty`() async throws {
    let sluice = try await serve(
      "routes: {/x: {from: feed, replay: all, filters: [{where: '!has(query.min) || msg.price >= int(query.min)'}]}}")
    try sluice.write((1...4).map { tick("A", $0) + "\n" }.joined())
    let all = try await TestClient.get("/x", port: sluice.port)
    try await all.wait(for: "all") { $0.lines.count == 4 }
    let some = try await TestClient.get("/x?min=3&other=1", port: sluice.port)
    try await some.wait(for: "some") { $0.lines == [tick("A", 3), tick("A", 4)] }
    try await sluice.stop()
  }

  @Test func `a subscriber that comes back goes on in its derived stream`() async throws {
    let sluice = try await serve(
      "routes: {\"/s/{symbol}\": {from: feed, filters: [{where: msg.symbol == params.symbol}]}}")
    let first = try await TestClient.events("/s/A", port: sluice.port)
    try await first.wait(for: "a head") { _ in true }
    try sluice.write("\(tick("A", 1))\n")
    let id = try await first.wait(for: "one") { $0.events.count == 1 }.events[0].id
    await first.close()
    try sluice.write("\(tick("B", 1))\n\(tick("A", 2))\n")
    let back = try await TestClient.events("/s/A", port: sluice.port, lastID: id)
    let events = try await back.wait(for: "what was missed") { !$0.events.isEmpty }.events
    #expect(events.map(\.data) == [tick("A", 2)])
    #expect(events.map(\.name) == ["message"])
    try await sluice.stop()
  }

  @Test func `a route has no more streams than its limit, and says so`() async throws {
    let sluice = try await serve(
      "routes: {\"/s/{symbol}\": {from: feed, filters: [{where: msg.symbol == params.symbol}]}}",
      server: "  limits: {streams: 2}")
    var clients: [TestClient] = []
    for symbol in ["A", "B"] { clients.append(try await TestClient.get("/s/\(symbol)", port: sluice.port)) }
    for client in clients { try await client.wait(for: "a head") { $0.status == 200 } }
    let third = try await TestClient.get("/s/C", port: sluice.port)
    try await third.wait(for: "a refusal") { $0.status == 503 }
    await clients[0].close()
    try await eventually("room") {
      let other = try await TestClient.get("/s/D", port: sluice.port)
      let status = try await other.wait(for: "an answer") { _ in true }.status
      await other.close()
      return status == 200
    }
    try await sluice.stop()
  }

  @Test func `messages name the group they go to`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources: {feed: {pipe: "-", into: "stocks.{.symbol}"}}
      routes:
        /s/{symbol}: {from: {group: "stocks.{symbol}"}, replay: last}
        /f/{symbol}: {from: {group: "stocks.{symbol}"}, replay: all, filters: [{where: msg.price > 1}]}
      """)
    let before = try await TestClient.get("/s/A", port: sluice.port)
    try await before.wait(for: "a head") { _ in true }
    try sluice.write("\(tick("A", 1))\n\(tick("B", 2))\n{}\n\(tick("A", 3))\n")
    try await before.wait(for: "its own") { $0.lines == [tick("A", 1), tick("A", 3)] }
    let after = try await TestClient.get("/s/B", port: sluice.port)
    try await after.wait(for: "the last") { $0.lines == [tick("B", 2)] }
    let filtered = try await TestClient.get("/f/A", port: sluice.port)
    try await filtered.wait(for: "what passes") { $0.lines == [tick("A", 3)] }
    #expect(sluice.log.contains("no such field: symbol"))
    try await sluice.stop()
  }

  @Test func `a file for each passes the filters with each subscriber's own parameters`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("data", (1...1000).map { tick($0 % 2 == 0 ? "A" : "B", $0) + "\n" }.joined())
    let sluice = try await SluiceProcess.serve(
      "routes: {\"/d/{s}\": {from: {file: data, mode: each}, filters: [{where: msg.symbol == params.s}, {pick: [price]}]}}",
      folder: folder)
    let client = try await TestClient.get("/d/A", port: sluice.port)
    let lines = try await client.wait(for: "the end") { $0.isComplete }.lines
    #expect(lines == (1...500).map { "{\"price\":\($0 * 2)}" })
    try await sluice.stop()
  }

  @Test func `what a filter holds goes out when the source ends`() async throws {
    let sluice = try await serve(
      """
      routes:
        /batches: {from: feed, filters: [{batch: 3}]}
        /windows: {from: feed, filters: [{window: {every: 1h, set: {n: count()}}}]}
      """)
    let batches = try await TestClient.get("/batches", port: sluice.port)
    let windows = try await TestClient.get("/windows", port: sluice.port)
    for client in [batches, windows] { try await client.wait(for: "a head") { _ in true } }
    try sluice.write("1\n2\n3\n4\n")
    try await batches.wait(for: "a full one") { $0.lines == ["[1,2,3]"] }
    try sluice.closeInput()
    try await batches.wait(for: "the rest") { $0.lines == ["[1,2,3]", "[4]"] }
    try await windows.wait(for: "the count") { $0.lines.count >= 1 }
    try await sluice.stop()
  }
}
