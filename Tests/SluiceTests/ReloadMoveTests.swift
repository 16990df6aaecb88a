import Foundation
import TestSupport
import Testing

/// What a reload does to those who read a route that leads elsewhere afterwards.
struct ReloadMoveTests {
  private func rig(
    _ route: String, _ sources: String = ""
  ) async throws -> (sluice: SluiceProcess, a: Feed, b: Feed) {
    let sluice = try await SluiceProcess.serve(configuration(route, sources))
    return (sluice, try await Feed(sluice.folder("a")), try await Feed(sluice.folder("b")))
  }

  private func configuration(_ route: String, _ sources: String = "") -> String {
    """
    sources:
      a: {pipe: a, create: true, into: ga}
      b: {pipe: b, create: true, into: gb}
    \(sources)
    groups: {ga: {}, gb: {}}
    routes: {/x: {protocols: [websocket, sse, stream, poll], \(route)}, "/g/{n}": {from: {group: "{n}"}}}
    """
  }

  @Test func `subscribers of a route that reads another source go over, and each is told the gap in its way`()
    async throws
  {
    let (sluice, a, b) = try await rig("from: a")
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    let events = try await TestClient.events("/x", port: sluice.port)
    let stream = try await TestClient.get("/x", port: sluice.port)
    for client in [socket, events, stream] { try await client.wait(for: "a head") { _ in true } }
    try a.write("one")
    let id = try await events.wait(for: "one") { $0.events.count == 1 }.events[0].id
    let poll = try await TestClient.get("/x?after=\(id)", port: sluice.port, headers: ["Prefer": "wait=100"])
    try await eventually("the poll to wait") { try await sluice.status().route("/x")?.subscribers == 4 }
    let receipt = try await sluice.reload(configuration("from: b"))
    #expect(receipt.contains("3 moved, 0 closed"), "\(receipt)")
    #expect(try await poll.wait(for: "an answer") { $0.isComplete }.lines == [])
    try a.write("not for them")
    try b.write("two")
    let told = try await events.wait(for: "two") { $0.events.last?.data == "two" }.events
    #expect(told.map(\.name) == ["message", "sluice.gap", "message"])
    let epochs = told.map { $0.id.split(separator: "-")[0] }
    #expect(epochs[0] != epochs[1] && epochs[1] == epochs[2])
    let frames = try await socket.wait(for: "two") { $0.messages.last == "two" }.messages
    #expect(frames.count == 3 && frames[0] == "one" && frames[1].hasPrefix("{\"sluice\":\"gap\",\"missed\":null,"))
    let lines = try await stream.wait(for: "two") { $0.lines.last == "two" }.lines
    #expect(lines.count == 3 && lines[1].hasPrefix("{\"sluice\":\"gap\""))
    // Who comes back with an id of before is told the gap too, and who has one of after is not.
    let old = try await TestClient.events("/x", port: sluice.port, lastID: id)
    #expect(try await old.wait(for: "the gap") { !$0.events.isEmpty }.events[0].name == "sluice.gap")
    let new = try await TestClient.events("/x", port: sluice.port, lastID: told[1].id)
    #expect(try await new.wait(for: "two") { !$0.events.isEmpty }.events.map(\.data) == ["two"])
    try await sluice.stop()
  }

  @Test func `a stream that cannot carry notes is closed when its route leads elsewhere`() async throws {
    let (sluice, a, _) = try await rig("from: a, content_type: application/octet-stream")
    let stream = try await TestClient.get("/x", port: sluice.port)
    let socket = try await TestClient.webSocket("/x", port: sluice.port)
    for client in [socket, stream] { try await client.wait(for: "a head") { _ in true } }
    try a.write("one")
    try await stream.wait(for: "one") { $0.lines == ["one"] }
    try await sluice.reload(configuration("from: b, content_type: application/octet-stream"))
    try await stream.waitForClose()
    // It is not ended as if it were whole.
    #expect(stream.response?.isComplete == false)
    try await socket.wait(for: "a gap") { $0.messages.count == 2 }
    try await sluice.stop()
  }

  @Test func `a stream of lines that becomes one of bytes gets no note`() async throws {
    let (sluice, a, _) = try await rig("from: a")
    let stream = try await TestClient.get("/x", port: sluice.port)
    try await stream.wait(for: "a head") { _ in true }
    try a.write("one")
    try await stream.wait(for: "one") { $0.lines == ["one"] }
    try await sluice.reload(configuration("from: b, content_type: application/octet-stream"))
    try await stream.waitForClose()
    #expect(stream.response?.lines == ["one"])
    try await sluice.stop()
  }

  @Test func `from one source to two the stream goes on, and from one group to two`() async throws {
    let (sluice, a, b) = try await rig("from: a, health: true")
    let events = try await TestClient.events("/x", port: sluice.port)
    try await events.wait(for: "a head") { _ in true }
    try a.write("one")
    try await events.wait(for: "one") { $0.events.last?.data == "one" }
    // Named twice it is still one.
    #expect(try await sluice.reload(configuration("from: [a, a, b], health: true")).contains("0 moved, 0 closed"))
    try a.write("two")
    try await events.wait(for: "two") { $0.events.last?.data == "two" }
    #expect(try await sluice.reload(configuration("from: [a, b], health: true")).contains("0 moved, 0 closed"))
    try b.write("three")
    try await events.wait(for: "three") { $0.events.last?.data == "three" }
    #expect(try await sluice.reload(configuration("from: b, health: true")).contains("0 moved, 0 closed"))
    try a.write("no")
    try b.write("four")
    let got = try await events.wait(for: "four") { $0.events.last?.data == "four" }.events
    #expect(got.filter { $0.name == "message" }.map(\.data) == ["one", "two", "three", "four"])
    #expect(got.filter { $0.name == "message" }.map { $0.id.split(separator: "-")[1] } == ["1", "2", "3", "4"])
    #expect(!got.contains { $0.name == "sluice.gap" })
    // To other groups it is another stream, with filters one of its own.
    let merged = "from: [{group: ga}, {group: gb}]"
    #expect(try await sluice.reload(configuration(merged)).contains("1 moved"))
    try await events.wait(for: "the gap") { $0.events.last?.name == "sluice.gap" }
    try a.write("five")
    try await events.wait(for: "five") { $0.events.last?.data == "five" }
    #expect(try await sluice.reload(configuration("from: [{group: gb}], filters: [{wrap: w}]")).contains("0 moved"))
    try a.write("no")
    try b.write("6")
    try await events.wait(for: "six") { $0.events.last?.data == "{\"w\":6}" }
    try await sluice.stop()
  }

  @Test func `routes go from group to group, to a source, to a file for each and back`() async throws {
    let (sluice, a, b) = try await rig("from: {group: ga}")
    try sluice.folder.write("file", "f1\nf2\n")
    let events = try await TestClient.events("/x", port: sluice.port)
    try await events.wait(for: "a head") { _ in true }
    try a.write("one")
    try await events.wait(for: "one") { $0.events.last?.data == "one" }
    try await sluice.reload(configuration("from: {group: gb}"))
    try await events.wait(for: "the gap") { $0.events.last?.name == "sluice.gap" }
    try b.write("two")
    try await events.wait(for: "two") { $0.events.last?.data == "two" }
    try await sluice.reload(configuration("from: a"))
    try await events.wait(for: "the gap") { $0.events.last?.name == "sluice.gap" }
    try a.write("three")
    try await events.wait(for: "three") { $0.events.last?.data == "three" }
    #expect(try await sluice.reload(configuration("from: {file: file, mode: each}")).contains("1 moved"))
    // The file to its end, then the end.
    try await events.wait(for: "the file") { $0.events.last?.data == "f2" && $0.isComplete }
    #expect(events.response?.events.map(\.name).suffix(3) == ["sluice.gap", "message", "message"])
    // One that does not end before it leaves.
    let big = (1...200_000).map { "line \($0) of a file\n" }.joined()
    try sluice.folder.write("file", big)
    let reader = try await TestClient.get("/x", port: sluice.port, receiveBuffer: 4096, reads: false)
    try await eventually("it to begin") { try await sluice.status().route("/x")?.subscribers == 1 }
    #expect(try await sluice.reload(configuration("from: b")).contains("1 moved"))
    reader.startReading()
    try await reader.wait(for: "the gap") { $0.lines.last?.hasPrefix("{\"sluice\":\"gap\"") == true }
    try b.write("four")
    let lines = try await reader.wait(for: "four") { $0.lines.last == "four" }.lines
    #expect(lines.count > 2 && lines.count < 200_000)
    #expect(lines.dropLast(2) == (1...lines.count - 2).map { "line \($0) of a file" }[...])
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(sluice.pid)/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(sluice.pid)/fd/\($0)")
    }
    #expect(!open.contains { $0.hasSuffix("/file") })
    try await sluice.stop()
  }

  @Test(arguments: [1, 2, 3])
  func `one whose socket is full goes over when nothing is half sent, whatever reloads come meanwhile`(
    then: Int
  ) async throws {
    let slow = "slow: {lag: 64MiB, then: close, wait: 0s}, history: {messages: 0}"
    let (sluice, a, b) = try await rig("from: a, \(slow)")
    let socket = try await TestClient.webSocketThatRests("/x", port: sluice.port)
    let fast = try await TestClient.webSocket("/x", port: sluice.port)
    try await fast.wait(for: "a head") { _ in true }
    try await eventually("both to join") { try await sluice.status().route("/x")?.subscribers == 2 }
    let padding = String(repeating: "x", count: 60_000)
    let total = 200
    for number in 1...total { try a.write("\(number) \(padding)") }
    try await fast.wait(for: "all") { $0.messages.count == total }
    #expect(try await sluice.reload(configuration("from: b, \(slow)")).contains("2 moved"))
    switch then {
    case 2:
      try await sluice.reload(configuration("from: [a, b], keepalive: 24s, \(slow)"))
      try await sluice.reload(configuration("from: {group: gb}, \(slow)"))
    case 3: try await sluice.reload("routes: {/y: {from: {interval: 1h}}}")
    default: break
    }
    socket.startReading()
    if then == 3 {
      try await socket.waitForClose()
      let frames = try #require(socket.response?.frames)
      #expect(frames.last?.opcode == 8)
      #expect(socket.response?.closeCode == 1001)
      #expect(frames.dropLast().allSatisfy { $0.payload.readableBytes > 60_000 })
    } else {
      try await socket.wait(for: "the gap") { $0.messages.last?.hasPrefix("{\"sluice\":\"gap\"") == true }
      try b.write("after")
      let messages = try await socket.wait(for: "what comes") { $0.messages.last == "after" }.messages
      let before = messages.prefix { $0.hasSuffix(padding) }
      #expect(before.map { String($0.prefix { $0 != " " }) } == (1...before.count).map(String.init))
      #expect(before.count < total && messages.count == before.count + 2)
    }
    try await sluice.stop()
  }
}

extension TestClient {
  /// A WebSocket whose socket is small and is not read before it is told to.
  package static func webSocketThatRests(_ path: String, port: Int) async throws -> TestClient {
    try await get(
      path, port: port,
      headers: [
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ], receiveBuffer: 4096, reads: false)
  }
}
