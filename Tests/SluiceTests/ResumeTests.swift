import TestSupport
import Testing

/// Within history nothing is lost and nothing comes twice, however often the connection breaks.
struct ResumeTests {
  private let total = 3000

  private func line(_ number: Int) -> String { "message \(number) " + String(repeating: "-", count: number % 97) }

  /// A server whose feed goes on while clients are cut off, behind a proxy that cuts.
  private func rig() async throws -> (sluice: SluiceProcess, proxy: CuttingProxy, feed: Task<Void, any Error>) {
    let sluice = try await SluiceProcess.pipe("/x", ["--history", "100000"])
    let proxy = try await CuttingProxy(to: sluice.port, bytes: 500...20_000)
    let feed = Task { [total] in
      for start in stride(from: 0, to: total, by: 20) {
        try sluice.write((start..<start + 20).map { line($0) + "\n" }.joined())
        try await Task.sleep(for: .milliseconds(2))
      }
    }
    return (sluice, proxy, feed)
  }

  private func check(_ received: [String]) {
    #expect(received.count == total)
    #expect(received == (0..<total).map(line))
  }

  /// Connects again and again, behind what it has, until it has all.
  private func collect(
    _ connect: (Int) async throws -> TestClient, _ read: (Response) -> [String]
  ) async throws -> (messages: [String], connections: Int) {
    var received: [String] = []
    var connections = 0
    while received.count < total {
      connections += 1
      let client = try await connect(received.count)
      try await eventually("the connection to break or all to come") {
        client.isClosed || received.count + (client.response.map(read)?.count ?? 0) >= total
      }
      received += client.response.map(read) ?? []
      await client.close()
    }
    return (received, connections)
  }

  @Test func `an EventSource resumes by its last event id`() async throws {
    let (sluice, proxy, feed) = try await rig()
    var last: String?
    var received: [String] = []
    var connections = 0
    while received.count < total {
      connections += 1
      let client = try await TestClient.events("/x", port: proxy.port, lastID: last)
      try await eventually("the connection to break or all to come") {
        client.isClosed || received.count + (client.response?.events.count ?? 0) >= total
      }
      let events = client.response?.events ?? []
      #expect(events.allSatisfy { $0.name == "message" })
      received += events.map(\.data)
      last = events.last?.id ?? last
      await client.close()
    }
    check(received)
    #expect(connections > 10)
    try await feed.value
    try await proxy.stop()
    try await sluice.stop()
  }

  @Test func `a stream resumes by 'after', counting from the position it was told`() async throws {
    let (sluice, proxy, feed) = try await rig()
    let head = try await TestClient.get("/x", port: sluice.port).wait(for: "a head") { _ in true }
    let epoch = try #require(head.headers["sluice-position"]?.split(separator: "-").first)
    let (messages, connections) = try await collect(
      { try await TestClient.get("/x?after=\(epoch)-\($0)", port: proxy.port) }, { $0.lines })
    check(messages)
    #expect(connections > 10)
    try await feed.value
    try await proxy.stop()
    try await sluice.stop()
  }

  @Test func `a WebSocket client resumes by 'after', counting from the position it was told`() async throws {
    let (sluice, proxy, feed) = try await rig()
    let first = try await TestClient.webSocket("/x?after=", port: sluice.port)
    let told = try await first.wait(for: "its position") { !$0.messages.isEmpty }.messages[0]
    let epoch = try #require(told.firstMatch(of: #/^\{"sluice":"position","after":"([0-9a-z]+)-0"\}$/#)).1
    let (messages, connections) = try await collect(
      { try await TestClient.webSocket("/x?after=\(epoch)-\($0)", port: proxy.port) },
      { $0.messages.filter { !$0.hasPrefix("{\"sluice\"") } })
    check(messages)
    #expect(connections > 10)
    try await feed.value
    try await proxy.stop()
    try await sluice.stop()
  }

  @Test func `what history no longer holds is told`() async throws {
    let sluice = try await SluiceProcess.pipe("/x", ["--history", "3"])
    let first = try await TestClient.events("/x", port: sluice.port)
    try await first.wait(for: "a head") { _ in true }
    for number in 1...10 {
      try sluice.write("\(number)\n")
      try await first.wait(for: "message \(number)") { $0.events.count == number }
    }
    let ids = try #require(first.response?.events.map(\.id))
    let events = try await TestClient.events("/x", port: sluice.port, lastID: ids[1])
      .wait(for: "the rest") { $0.events.last?.data == "10" }.events
    #expect(events.map(\.name) == ["sluice.gap", "message", "message", "message"])
    #expect(events[0].data == "{\"missed\":5,\"after\":\"\(ids[6])\"}")
    #expect(events[0].id == ids[6])
    #expect(events[1].id == ids[7])

    let socket = try await TestClient.webSocket("/x?after=\(ids[1])", port: sluice.port)
      .wait(for: "the rest") { $0.messages.last == "10" }
    #expect(socket.messages == ["{\"sluice\":\"gap\",\"missed\":5,\"after\":\"\(ids[6])\"}", "8", "9", "10"])

    let foreign = try await TestClient.events("/x", port: sluice.port, lastID: "zz-1")
      .wait(for: "the rest") { $0.events.last?.data == "10" }.events
    #expect(foreign[0].name == "sluice.gap")
    #expect(foreign[0].data.hasPrefix("{\"missed\":null,"))
    try await sluice.stop()
  }
}
