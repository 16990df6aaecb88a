import Foundation
import TestSupport
import Testing

/// What a reload of filters does to those who read.
struct ReloadChainTests {
  private func lines(_ numbers: ClosedRange<Int>) -> String { numbers.map { "{\"n\":\($0)}\n" }.joined() }

  /// The number and the chain of each message; `nil` for one that is neither.
  private func parse(_ message: String) -> (n: Int, v: Int)? {
    guard let match = message.wholeMatch(of: /\{"n":([0-9]+),"v":([0-9]+)\}/) else { return nil }
    return (Int(match.1) ?? -1, Int(match.2) ?? -1)
  }

  /// Every number once and in order, and never an older chain behind a newer one.
  private func check(_ messages: [String], _ total: Int, chains: ClosedRange<Int>) {
    let parsed = messages.compactMap(parse)
    #expect(parsed.map(\.n) == Array(1...total))
    #expect(zip(parsed, parsed.dropFirst()).allSatisfy { $0.v <= $1.v })
    #expect(parsed.allSatisfy { chains.contains($0.v) })
  }

  @Test func `while filters are swapped every connection stays, and each message passes exactly one chain`()
    async throws
  {
    func routes(_ version: Int) -> String {
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [websocket, sse, stream, poll], replay: all, "
        + "history: {messages: 100000, size: 64MiB}, filters: [{set: {v: \"\(version)\"}}]}}"
    }
    let sluice = try await SluiceProcess.serve(routes(0))
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    let events = try await TestClient.events("/x", port: sluice.port)
    let stream = try await TestClient.get("/x", port: sluice.port)
    let poll = try await TestClient.get("/x", port: sluice.port, headers: ["Prefer": "wait=60"])
    for client in [socket, events, stream] { try await client.wait(for: "a head") { _ in true } }
    try sluice.write(lines(1...1))
    #expect(try await poll.wait(for: "a page") { $0.isComplete }.lines == ["{\"n\":1,\"v\":0}"])
    let total = 3000
    let feed = Task {
      for start in stride(from: 2, through: total - 98, by: 10) {
        try sluice.write(lines(start...start + 9))
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    for version in 1...6 {
      let receipt = try await sluice.reload(routes(version))
      #expect(receipt.contains("~ route /x (filters)"))
      #expect(receipt.contains("0 moved, 0 closed"))
    }
    try await feed.value
    let fed = 2 + 10 * ((total - 98 - 2) / 10 + 1) - 1
    try sluice.write(lines(fed + 1...total))
    let last = "{\"n\":\(total),\"v\":6}"
    check(try await socket.wait(for: "all") { $0.messages.last == last }.messages, total, chains: 0...6)
    check(try await stream.wait(for: "all") { $0.lines.last == last }.lines, total, chains: 0...6)
    let got = try await events.wait(for: "all") { $0.events.last?.data == last }.events
    check(got.map(\.data), total, chains: 0...6)
    #expect(got.map { $0.id.split(separator: "-").last.flatMap { Int($0) } } == Array(1...total))
    #expect(Set(got.map { $0.id.split(separator: "-")[0] }).count == 1)
    try await sluice.stop()
  }

  @Test func `filters of a source come, change and go, and each message passes one of the chains`() async throws {
    func routes(_ filters: String) -> String {
      "sources: {in: {pipe: \"-\"\(filters)}}\nroutes: {/x: {from: in, replay: all, health: true}, /y: {from: in}}"
    }
    let sluice = try await SluiceProcess.serve(routes(""))
    let stream = try await TestClient.events("/x", port: sluice.port)
    let other = try await TestClient.get("/y", port: sluice.port)
    for client in [stream, other] { try await client.wait(for: "a head") { _ in true } }
    let total = 2000
    let feed = Task {
      for start in stride(from: 1, to: total, by: 10) {
        try sluice.write(lines(start...start + 9))
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    for filters in ["{set: {v: \"1\"}}", "{set: {v: \"2\"}}", "", "{wrap: w}", ""] {
      let receipt = try await sluice.reload(routes(filters.isEmpty ? "" : ", filters: [\(filters)]"))
      #expect(receipt.contains("~ source in (filters)"))
      #expect(receipt.contains("0 moved, 0 closed"))
    }
    try await feed.value
    try sluice.write(lines(total + 1...total + 1))
    let last = "{\"n\":\(total + 1)}"
    try await other.wait(for: "all") { $0.lines.last == last }
    let events = try await stream.wait(for: "all") { $0.events.last?.data == last }.events
    let numbers = events.filter { $0.name == "message" }.compactMap { event in
      event.data.firstMatch(of: /"n":([0-9]+)/).flatMap { Int($0.1) }
    }
    #expect(numbers == Array(1...total + 1))
    #expect(other.response?.lines.count == total + 1)
    // The source went on: there is nothing to tell of it.
    #expect(events.filter { $0.name == "sluice.health" }.count <= 1, "\(events.filter { $0.name != "message" })")
    try await sluice.stop()
  }

  @Test func `a named chain changes wherever it is used`() async throws {
    func routes(_ version: Int) -> String {
      """
      filters: {mark: [{set: {v: "\(version)"}}], outer: [mark]}
      sources: {in: {pipe: "-"}, marked: {pipe: "marked", create: true, filters: [mark]}}
      routes: {/a: {from: in, filters: [mark]}, /b: {from: in, filters: [outer]}, /c: {from: marked}, /d: {from: in}}
      """
    }
    let sluice = try await SluiceProcess.serve(routes(1))
    let clients = try await ["/a", "/b", "/c", "/d"].asyncMap { try await TestClient.get($0, port: sluice.port) }
    for client in clients { try await client.wait(for: "a head") { _ in true } }
    let marked = try await Feed(sluice.folder("marked"))
    for version in 1...2 {
      if version == 2 {
        let receipt = try await sluice.reload(routes(2))
        for name in ["route /a", "route /b", "source marked"] { #expect(receipt.contains("~ \(name) (filters)")) }
        #expect(!receipt.contains("route /d"))
      }
      try sluice.write("{}\n")
      try marked.write("{}")
      for client in clients { try await client.wait(for: "\(version) messages") { $0.lines.count == version } }
    }
    for client in clients[0...2] { #expect(client.response?.lines == ["{\"v\":1}", "{\"v\":2}"]) }
    #expect(clients[3].response?.lines == ["{}", "{}"])
    try await sluice.stop()
  }

  @Test func `on_error changes between two messages`() async throws {
    func routes(_ policy: String) -> String {
      "routes: {/x: {from: {pipe: \"-\"}, on_error: \(policy), filters: [{json: object}]}}"
    }
    let sluice = try await SluiceProcess.serve(routes("drop"))
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    try sluice.write("no\n{}\n")
    try await stream.wait(for: "the object") { $0.lines == ["{}"] }
    #expect(try await sluice.reload(routes("pass")).contains("~ route /x (on_error)"))
    try sluice.write("yes\n")
    try await stream.wait(for: "what is no object") { $0.lines == ["{}", "yes"] }
    try await sluice.stop()
  }

  @Test func `a process that filters gives way to another when it has answered`() async throws {
    func routes(_ name: String) -> String {
      "routes: {/x: {from: {pipe: \"-\"}, replay: all, filters: ["
        + "{exec: {command: \"echo $$$$ > pid-\(name); exec sed -u 's/$/ \(name)/'\"}}]}}"
    }
    let sluice = try await SluiceProcess.serve(routes("a"))
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    let total = 1000
    let feed = Task {
      for start in stride(from: 1, to: total, by: 10) {
        try sluice.write((start...start + 9).map { "\($0)\n" }.joined())
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    try await stream.wait(for: "some") { $0.lines.count > 100 }
    try await sluice.reload(routes("b"))
    try await feed.value
    try sluice.write("\(total + 1)\n")
    let got = try await stream.wait(for: "all") { $0.lines.last == "\(total + 1) b" }.lines
    #expect(got.map { $0.split(separator: " ")[0] } == (1...total + 1).map { "\($0)" })
    let firstOfB = try #require(got.firstIndex { $0.hasSuffix(" b") })
    #expect(got[..<firstOfB].allSatisfy { $0.hasSuffix(" a") })
    #expect(got[firstOfB...].allSatisfy { $0.hasSuffix(" b") })
    for name in ["a", "b"] {
      let pid = try #require(sluice.number(in: "pid-\(name)"))
      if name == "b" { try await sluice.reload("routes: {/y: {from: {interval: 1h}}}") }
      try await eventually("the process of \(name) to end") { kill(pid, 0) != 0 }
    }
    try await sluice.stop()
  }
}
