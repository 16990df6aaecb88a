import Foundation
import TestSupport
import Testing

/// What a reload does to those who read a route that is no more.
struct ReloadRemovalTests {
  private let none = "routes: {/other: {from: {interval: 1h}}}"

  private func routes(_ more: String = "", source: String = "{pipe: in, create: true}") -> String {
    "sources: {in: \(source), other: {interval: 1h}}\n"
      + "routes: {/other: {from: other}, /x: {from: in, protocols: [websocket, sse, stream, poll]\(more)}}"
  }

  private let without =
    "sources: {in: {pipe: in, create: true}, other: {interval: 1h}}\nroutes: {/other: {from: other}}"

  @Test func `connections of a removed route end in the order of their protocol, and new requests find nothing`()
    async throws
  {
    let sluice = try await SluiceProcess.serve(routes())
    let feed = try await Feed(sluice.folder("in"))
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    let events = try await TestClient.events("/x", port: sluice.port)
    let stream = try await TestClient.get("/x", port: sluice.port)
    let clients = [socket, events, stream]
    for client in clients { try await client.wait(for: "a head") { _ in true } }
    try feed.write("one")
    let id = try await events.wait(for: "one") { $0.events.count == 1 }.events[0].id
    let poll = try await TestClient.get("/x?after=\(id)", port: sluice.port, headers: ["Prefer": "wait=100"])
    try await eventually("the poll to wait") { try await sluice.status().routes.last?.subscribers == 4 }
    let receipt = try await sluice.reload(without)
    #expect(receipt.contains("- route /x"))
    #expect(receipt.contains("0 moved, 3 closed"))
    for client in clients { try await client.waitForClose() }
    #expect(socket.response?.closeCode == 1001)
    #expect(events.response?.isComplete == true)
    #expect(events.response?.eventStream.retries.count == 2)
    #expect(stream.response?.isComplete == true)
    #expect(stream.response?.lines == ["one"])
    let page = try await poll.wait(for: "an answer") { $0.isComplete }
    #expect(page.status == 204 || page.lines.isEmpty)
    try await poll.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    try await poll.wait("404") { $0.contains("404") }
    let late = try await TestClient.events("/x", port: sluice.port, lastID: id)
    try await late.wait(for: "404") { $0.status == 404 }
    #expect(try await sluice.status().source("in") == nil)
    try await sluice.stop()
  }

  @Test func `a poll that waits is answered also when its route changed before it was removed`() async throws {
    let sluice = try await SluiceProcess.serve(routes())
    let poll = try await TestClient.get("/x", port: sluice.port, headers: ["Prefer": "wait=100"])
    try await eventually("the poll to wait") { try await sluice.status().routes.last?.subscribers == 1 }
    try await sluice.reload(routes(", keepalive: 24s"))
    try await sluice.reload(routes(", keepalive: 23s"))
    try await sluice.reload(without)
    try await poll.wait(for: "an answer") { $0.isComplete }
    try await sluice.stop()
  }

  @Test func `a request whose end comes after the reload is answered as the route was, and goes where it has gone`()
    async throws
  {
    let sluice = try await SluiceProcess.serve(routes())
    let socket = try await TestClient.connect(port: sluice.port)
    let poll = try await TestClient.connect(port: sluice.port)
    let moved = try await TestClient.connect(port: sluice.port)
    for (client, extra) in [(socket, ""), (poll, "Prefer: wait=100\r\n")] {
      try await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\(extra)Content-Length: 1\r\n\r\n")
    }
    try await moved.send("GET /other HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Length: 1\r\n\r\n")
    // When each head has been read is not told: one that was sent behind them is answered on each event loop.
    for _ in 1...4 {
      let probe = try await TestClient.get("/none", port: sluice.port)
      try await probe.wait(for: "404") { $0.isComplete }
    }
    try await sluice.reload("routes: {/other: {from: {interval: 20ms, text: tick}}}")
    for client in [socket, poll, moved] { try await client.send("x") }
    try await socket.waitForClose()
    try await poll.wait(for: "an answer") { $0.isComplete }
    try await moved.wait(for: "the new stream") { $0.events.last?.data == "tick" }
    try await sluice.stop()
  }

  @Test func `connections of a route that drains go on, end one by one, and then the source ends`() async throws {
    let run = "{exec: \"echo $$$$ > pid; i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done\"}"
    let sluice = try await SluiceProcess.serve(routes(", on_removal: {drain: 8s}", source: run))
    var clients: [TestClient] = []
    for _ in 1...24 { clients.append(try await TestClient.webSocket("/x", port: sluice.port)) }
    for client in clients { try await client.wait(for: "a message") { !$0.messages.isEmpty } }
    let began = ContinuousClock.now
    let receipt = try await sluice.reload(none)
    #expect(receipt.contains("24 closed"))
    let counts = clients.map { $0.response?.messages.count ?? 0 }
    let late = try await TestClient.webSocket("/x", port: sluice.port)
    try await late.wait(for: "404") { $0.status == 404 }
    let pid = try #require(sluice.number(in: "pid"))
    #expect(kill(pid, 0) == 0)
    // Equal configuration, and one that changes something else, leave it alone.
    try await sluice.reload()
    try await sluice.reload("routes: {/other: {from: {interval: 2h}}}")
    try await eventually("all to end") { clients.allSatisfy(\.isClosed) }
    let ends = clients.compactMap { $0.closed.map { $0 - began } }
    #expect(clients.allSatisfy { $0.response?.closeCode == 1001 })
    // They did not all end in one moment, and some got more than they had.
    #expect(Set(ends.map { $0 / .milliseconds(100) }.map(Int.init)).count > 3)
    let after = clients.map { $0.response?.messages.count ?? 0 }
    #expect(zip(counts, after).contains { $1 > $0 + 5 })
    for client in clients {
      let numbers = (client.response?.messages ?? []).compactMap { Int($0) }
      #expect(numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + numbers.count))
    }
    try await eventually("the source to end") { kill(pid, 0) != 0 }
    #expect(try await sluice.status().sources.count == 1)
    try await sluice.stop()
  }

  @Test func `a route that comes back while it drains has the same source`() async throws {
    func routes(_ name: String) -> String {
      "routes: {/other: {from: {interval: 1h}}, "
        + "\(name): {from: {exec: \"echo $$$$ >> pids; exec cat in\"}, on_removal: {drain: 15s}}}"
    }
    let folder = try TemporaryFolder()
    mkfifo(folder("in"), 0o600)
    let sluice = try await SluiceProcess.serve(routes("/x"), folder: folder)
    let feed = try await Feed(folder("in"))
    let old = try await TestClient.events("/x", port: sluice.port)
    try await old.wait(for: "a head") { _ in true }
    try feed.write("one")
    try await old.wait(for: "one") { $0.events.map(\.data) == ["one"] }
    try await sluice.reload(none)
    try await sluice.reload(routes("/x"))
    let new = try await TestClient.events("/x", port: sluice.port)
    try await new.wait(for: "a head") { _ in true }
    try feed.write("two")
    try await new.wait(for: "two") { $0.events.map(\.data) == ["two"] }
    try await old.waitForClose()
    try feed.write("three")
    try await new.wait(for: "three") { $0.events.map(\.data) == ["two", "three"] }
    try await sluice.reload(routes("/x").replacingOccurrences(of: "15s", with: "16s"))
    #expect(try String(contentsOfFile: folder("pids"), encoding: .utf8).split(separator: "\n").count == 1)
    try await sluice.stop()
  }

  @Test func `what a route leads to besides ends with the route, while its connections drain`() async throws {
    func routes(_ route: String) -> String {
      "sources: {in: {pipe: \"-\"}}\ngroups: {g: {}}\nroutes: {/g: {from: {group: g}}, /y: {from: in}\(route)}"
    }
    let route = ", /x: {from: in, into: g, on_removal: {drain: 1h}}"
    let sluice = try await SluiceProcess.serve(routes(route))
    let clients = try await ["/g", "/x", "/y"].asyncMap { try await TestClient.get($0, port: sluice.port) }
    for client in clients { try await client.wait(for: "a head") { _ in true } }
    func send(_ text: String, inGroup: [String]) async throws {
      try sluice.write(text + "\n")
      for client in clients[1...] { try await client.wait(for: text) { $0.lines.last == text } }
      try await clients[0].wait(for: text) { $0.lines == inGroup }
    }
    try await send("1", inGroup: ["1"])
    try await sluice.reload(routes(""))
    try await send("2", inGroup: ["1"])
    try await sluice.reload(routes(route))
    try await send("3", inGroup: ["1", "3"])
    try await sluice.reload(routes(""))
    try await sluice.reload(routes(route))
    try await send("4", inGroup: ["1", "3", "4"])
    try await sluice.stop()
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `a server that ends ends what drains`(signal: Int32) async throws {
    let run = "{exec: \"echo $$$$ > pid; exec sleep 1000\"}"
    let sluice = try await SluiceProcess.serve(routes(", on_removal: {drain: 1h}", source: run))
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    try await socket.wait(for: "a head") { _ in true }
    try await eventually("the source to run") { sluice.number(in: "pid") != nil }
    try await sluice.reload(none)
    #expect(!socket.isClosed)
    sluice.signal(signal)
    #expect(try await sluice.waitForExit() == 0)
    #expect(socket.response?.closeCode == 1001)
    let pid = try #require(sluice.number(in: "pid"))
    #expect(kill(pid, 0) != 0)
  }

  @Test func `a server that ends in the middle of reloads leaves no process`() async throws {
    func routes(_ number: Int) -> String {
      "routes: {/x: {from: {exec: \"echo $$$$ >> pids; exec sleep 1000.\(number)\"}}, "
        + "/y\(number): {from: {exec: \"echo $$$$ >> pids; exec sleep 2000.\(number)\"}}}"
    }
    let sluice = try await SluiceProcess.serve(routes(0))
    for number in 1...8 {
      try sluice.write(routes: routes(number))
      sluice.signal(SIGHUP)
      try await eventually("a reload to be seen") { sluice.log.contains("+ route /y\(number)") || number > 4 }
    }
    sluice.signal(SIGTERM)
    #expect(try await sluice.waitForExit() == 0)
    let pids = try String(contentsOfFile: sluice.folder("pids"), encoding: .utf8).split(separator: "\n")
    for pid in pids.compactMap({ Int32($0) }) { #expect(kill(pid, 0) != 0, "\(pid)") }
  }
}
