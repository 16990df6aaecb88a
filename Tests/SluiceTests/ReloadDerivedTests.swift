import TestSupport
import Testing

/// What a reload does to routes with a stream for each value of a request.
struct ReloadDerivedTests {
  private func lines(_ numbers: ClosedRange<Int>) -> String {
    numbers.map { "{\"s\":\"\($0 % 2 == 0 ? "A" : "B")\",\"n\":\($0)}\n" }.joined()
  }

  private func routes(_ version: Int, _ condition: String, more: String = "") -> String {
    "routes: {\"/s/{s}\": {from: {pipe: \"-\"}, replay: all, history: {messages: 100000, size: 64MiB}, "
      + "filters: [{set: {u: \"\(version)\"}}, {where: '\(condition)'}, {set: {v: \"\(version)\"}}]\(more)}}"
  }

  /// The numbers, if every message has passed the same version of both parts of the chain.
  private func numbers(_ messages: [String]) -> [Int] {
    messages.map { message in
      guard let match = message.wholeMatch(of: /\{"s":"[AB]","n":([0-9]+),"u":([0-9]+),"v":([0-9]+)\}/),
        match.2 == match.3
      else { return -1 }
      return Int(match.1) ?? -1
    }
  }

  @Test(arguments: [
    ["msg.s == params.s"], ["msg.s.startsWith(params.s)"], ["msg.s == params.s", "msg.s.startsWith(params.s)"],
  ])
  func `while the chain changes each message passes one chain, in streams that are there and that are born`(
    conditions: [String]
  ) async throws {
    func routes(_ version: Int) -> String { self.routes(version, conditions[version % conditions.count]) }
    let sluice = try await SluiceProcess.serve(routes(0))
    let first = try await TestClient.events("/s/A", port: sluice.port)
    try await first.wait(for: "a head") { _ in true }
    let total = 2000
    let feed = Task {
      for start in stride(from: 1, to: total, by: 10) {
        try sluice.write(lines(start...start + 9))
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    var born: [TestClient] = []
    for version in 1...4 {
      try sluice.write(routes: routes(version))
      async let receipt = sluice.reload()
      born.append(try await TestClient.events("/s/\(version % 2 == 0 ? "A" : "B")", port: sluice.port))
      #expect(try await receipt.contains("0 moved, 0 closed"))
    }
    try await feed.value
    func check(_ client: TestClient, _ last: Int, isWhole: Bool) async throws {
      let events = try await client.wait(for: "all") { $0.events.last?.data.contains("\"n\":\(last),") == true }.events
      let got = numbers(events.map(\.data))
      let first = got.first ?? 0
      #expect(!isWhole || first <= 2)
      #expect(got == Array(stride(from: first, through: last, by: 2)))
      let ids = events.compactMap { $0.id.split(separator: "-").last.flatMap { Int($0) } }
      #expect(ids == Array((ids.first ?? 0)..<(ids.first ?? 0) + ids.count))
    }
    try await check(first, total, isWhole: true)
    for (index, client) in born.enumerated() {
      try await check(client, index % 2 == 1 ? total : total - 1, isWhole: index % 2 == 1)
    }
    try await sluice.stop()
  }

  @Test func `what a stream that is born later gets of history has not passed parts of two chains`() async throws {
    func routes(_ filters: String) -> String {
      "routes: {\"/s/{s}\": {from: {pipe: \"-\"}, replay: all, filters: [\(filters)]}}"
    }
    let own = "{where: msg.s == params.s}"
    let sluice = try await SluiceProcess.serve(routes("\(own), {drop: [secret]}"))
    let first = try await TestClient.get("/s/A", port: sluice.port)
    try await first.wait(for: "a head") { _ in true }
    try sluice.write("{\"s\":\"B\",\"n\":1,\"secret\":1}\n{\"s\":\"A\",\"n\":1,\"secret\":1}\n")
    try await first.wait(for: "one") { $0.lines.count == 1 }
    try await sluice.reload(routes("{drop: [secret]}, \(own)"))
    try sluice.write("{\"s\":\"B\",\"n\":2,\"secret\":1}\n{\"s\":\"A\",\"n\":2,\"secret\":1}\n")
    try await first.wait(for: "two") { $0.lines == ["{\"s\":\"A\",\"n\":1}", "{\"s\":\"A\",\"n\":2}"] }
    let second = try await TestClient.get("/s/B", port: sluice.port)
    try await second.wait(for: "history") { $0.lines.last == "{\"s\":\"B\",\"n\":2}" }
    #expect(second.response?.text.contains("secret") == false)
    try await sluice.stop()
  }

  @Test func `filters that use something else of a request move subscribers, who are told a gap`() async throws {
    let sluice = try await SluiceProcess.serve(routes(1, "msg.s == params.s"))
    let events = try await TestClient.events("/s/A?n=5", port: sluice.port)
    try await events.wait(for: "a head") { _ in true }
    try sluice.write(lines(1...2))
    let before = try await events.wait(for: "one") { $0.events.count == 1 }.events[0]
    let receipt = try await sluice.reload(routes(2, "msg.s == params.s && msg.n > int(query.n)"))
    #expect(receipt.contains("1 moved, 0 closed"))
    let gap = try await events.wait(for: "the gap") { $0.events.count == 2 }.events[1]
    #expect(gap.name == "sluice.gap")
    #expect(gap.data.hasPrefix("{\"missed\":null,"))
    try sluice.write(lines(3...8))
    let after = try await events.wait(for: "two more") { $0.events.count == 4 }.events
    #expect(after[2...].map { $0.data.contains("\"n\":6") || $0.data.contains("\"n\":8") } == [true, true])
    #expect(after[3].id.split(separator: "-")[0] != before.id.split(separator: "-")[0])
    // And to no use of a request at all: one stream for all.
    try await sluice.reload(routes(3, "msg.n > 8"))
    try await events.wait(for: "another gap") { $0.events.last?.name == "sluice.gap" && $0.events.count == 5 }
    try sluice.write(lines(9...9))
    try await events.wait(for: "a message") { $0.events.last?.data.contains("\"n\":9") == true }
    try await sluice.stop()
  }

  @Test func `streams filtered from named groups change in place, and go with the route`() async throws {
    func routes(_ version: Int) -> String {
      """
      sources: {in: {pipe: "-", into: "g.{.s}"}}
      routes: {"/g/{s}": {from: {group: "g.{s}"}, filters: [{set: {v: "\(version)"}}]}}
      """
    }
    let sluice = try await SluiceProcess.serve(routes(1))
    let clients = try await ["A", "B"].asyncMap { try await TestClient.events("/g/\($0)", port: sluice.port) }
    for client in clients { try await client.wait(for: "a head") { _ in true } }
    for version in 1...3 {
      if version > 1 {
        #expect(try await sluice.reload(routes(version)).contains("0 moved, 0 closed"))
      }
      try sluice.write(lines(version * 2...version * 2 + 1))
      for client in clients {
        try await client.wait(for: "\(version) messages") { $0.events.count == version }
        #expect(client.response?.events.last?.data.contains("\"v\":\(version)") == true)
      }
    }
    try await sluice.reload("routes: {/y: {from: {interval: 1h}}}")
    for client in clients { try await client.waitForClose() }
    // What a stream lingers for is over some time after its last subscriber has left.
    try await eventually("the groups to go") { try await sluice.status().groups.isEmpty }
    try await sluice.stop()
  }
}
