import Foundation
import TestSupport
import Testing

/// What changed sources, groups and equal configurations do to streams and those who read them.
struct ReloadStreamTests {
  /// A process that says its id, and does not go at once when it is told to.
  private func slowToEnd(_ name: String) -> String {
    "{exec: \"trap 'sleep 0.3; echo end >> runs; exit' TERM; echo begin \(name) >> runs; echo \(name); "
      + "while :; do sleep 0.02; done\"}"
  }

  @Test func `a changed source has ended before it runs anew, and its subscribers wait for it`() async throws {
    func routes(_ name: String) -> String {
      "sources: {s: \(slowToEnd(name))}\n"
        + "routes: {/x: {from: s, health: true, replay: all}, /y: {from: s, replay: all, filters: [{wrap: w}]}}"
    }
    let sluice = try await SluiceProcess.serve(routes("1"))
    let events = try await TestClient.events("/x", port: sluice.port)
    try await events.wait(for: "the first") { $0.events.last?.data == "1" }
    #expect(try await sluice.reload(routes("2")).contains("0 moved, 0 closed"))
    let got = try await events.wait(for: "the second") { $0.events.last?.data == "2" }.events
    let messages = got.filter { $0.name == "message" }
    #expect(messages.map { $0.id.split(separator: "-")[1] } == ["1", "2"])
    let told = got.filter { $0.name == "sluice.health" && $0.data.contains("\"s\"") }.map(\.data)
    #expect(told.contains { $0.contains("stopped") } && told.last?.contains("running") == true, "\(told)")
    #expect(zip(told, told.dropFirst()).allSatisfy { $0 != $1 }, "\(told)")
    // By another name it is the same, and waits as well; who read it goes over.
    let renamed = routes("2").replacingOccurrences(of: "{s:", with: "{t:")
      .replacingOccurrences(of: "from: s", with: "from: t")
    try await sluice.reload(renamed)
    try await events.wait(for: "the gap") { $0.events.contains { $0.name == "sluice.gap" } }
    try await events.wait(for: "the third") { $0.events.last?.data == "2" }
    // And one that is taken out, and comes back before it has ended.
    try await sluice.reload("routes: {/z: {from: {interval: 1h}}}")
    try await sluice.reload(renamed)
    var runs: [String] = []
    try await eventually("it to run; \(runs), \(sluice.log)") {
      runs = try String(contentsOfFile: sluice.folder("runs"), encoding: .utf8).split(separator: "\n").map(String.init)
      return runs.count >= 7
    }
    #expect(runs == ["begin 1", "end", "begin 2", "end", "begin 2", "end", "begin 2"])
    try await sluice.stop()
  }

  @Test func `of two routes on one source one changes, and the other does not notice`() async throws {
    func routes(_ route: String) -> String {
      "sources: {s: {exec: \"echo $$$$ >> pids; exec cat in\", on_demand: {linger: 1h}}}\n"
        + "routes: {/a: {from: s}, \(route)}"
    }
    let folder = try TemporaryFolder()
    mkfifo(folder("in"), 0o600)
    let sluice = try await SluiceProcess.serve(routes("/b: {from: s}"), folder: folder)
    let a = try await TestClient.events("/a", port: sluice.port)
    let feed = try await Feed(folder("in"))
    for (number, route) in [
      "/b: {from: s}", "/b: {from: s, filters: [{wrap: w}]}", "/b: {from: {interval: 1h}}", "/b: {from: s, into: g}",
      "/c: {from: s}",
    ].enumerated() {
      try await sluice.reload(routes(route))
      try feed.write("\(number)")
      try await a.wait(for: "a message") { $0.events.count == number + 1 }
    }
    #expect(a.response?.events.map(\.data) == ["0", "1", "2", "3", "4"])
    #expect(try String(contentsOfFile: folder("pids"), encoding: .utf8).split(separator: "\n").count == 1)
    await a.close()
    try await sluice.stop()
  }

  @Test func `a source that nobody reads ends when its time is over, whatever reloads come`() async throws {
    func routes(_ more: String) -> String {
      "sources: {s: {exec: \"exec sleep 1000\", on_demand: {linger: 2s}}}\n"
        + "routes: {/a: {from: s}, /b: {from: {interval: 1h}\(more)}}"
    }
    let sluice = try await SluiceProcess.serve(routes(""))
    let a = try await TestClient.events("/a", port: sluice.port)
    try await eventually("it to run") { try await sluice.status().source("s")?.state == "running" }
    let began = ContinuousClock.now
    await a.close()
    var number = 0
    try await eventually("it to end") {
      number += 1
      try await sluice.reload(routes(", keepalive: \(20 + number % 2)s"))
      return try await sluice.status().source("s")?.state == "stopped"
    }
    #expect(ContinuousClock.now - began >= .seconds(1.5))
    try await sluice.stop()
  }

  @Test func `where a source and a route lead besides changes between two messages`() async throws {
    func routes(_ source: String, _ route: String) -> String {
      """
      sources: {in: {pipe: "-"\(source)}}
      groups: {"*": {history: {messages: 100}}}
      routes: {/x: {from: in\(route)}, "/g/{n}": {from: {group: "{n}"}, replay: all}}
      """
    }
    let sluice = try await SluiceProcess.serve(routes("", ""))
    let names = ["a", "s.1", "s.2", "r", "q.1"]
    let live = try await TestClient.get("/x", port: sluice.port)
    var clients: [String: TestClient] = [:]
    for name in names { clients[name] = try await TestClient.get("/g/\(name)", port: sluice.port) }
    for client in clients.values { try await client.wait(for: "a head") { _ in true } }
    try await live.wait(for: "a head") { _ in true }
    var expected: [String: [String]] = [:]
    for (number, (source, route, meant)) in [
      ("", "", []), (", into: a", "", ["a"]), (", into: \"s.{.k}\"", "", ["s.1"]),
      (", into: \"s.2\"", ", into: r", ["s.2", "r"]),
      ("", ", into: \"q.{.k}\"", ["q.1"]), ("", "", []),
    ].enumerated() {
      if number > 0 { #expect(try await sluice.reload(routes(source, route)).contains("0 moved, 0 closed")) }
      let message = "{\"k\":1,\"n\":\(number)}"
      try sluice.write(message + "\n")
      try await live.wait(for: "it") { $0.lines.count == number + 1 }
      for name in meant {
        expected[name, default: []].append(message)
        try await clients[name]?.wait(for: "it") { $0.lines == expected[name] }
      }
    }
    for name in names { #expect(clients[name]?.response?.lines == expected[name, default: []]) }
    for client in clients.values { await client.close() }
    // Groups that nothing leads to and nobody reads are gone.
    try await eventually("the groups to go") { try await sluice.status().groups.isEmpty }
    try await sluice.stop()
  }
}
