import Foundation
import TestSupport
import Testing

/// What asks for reloads and tells of them.
struct ReloadCommandTests {
  private func text(_ word: String, server: String = "") -> String {
    """
    server: {listen: "127.0.0.1:0"\(server)}
    routes: {/x: {from: {interval: 1h}}, /\(word): {from: {interval: 1h}}}

    """
  }

  @Test func `many signals, commands and changed files at once end in the last content, and each command is answered`()
    async throws
  {
    let rig = try await ReloadRig.serve(text("start", server: ", watch: true"))
    let texts = (1...10).map { text("n\($0)", server: ", watch: true") }
    let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
      for text in texts {
        // Renamed, so that nobody sees half a file.
        try rig.folder.write("next", text)
        rename(rig.folder("next"), rig.folder("routes.yaml"))
        rig.sluice.signal(SIGHUP)
        tasks.addTask { try await rig.ask("reload").status }
      }
      return try await tasks.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 0, count: 10))
    let report = try await rig.report()
    #expect(report.routes.map(\.path) == ["/n10", "/x"])
    #expect(report.generation <= 11)
    #expect(try await rig.status(of: "/n10") == 200)
    // Reloads that are still to come find nothing to do.
    _ = try await rig.ask("reload")
    #expect(try await rig.report().generation == report.generation)
    try await rig.stop()
  }

  @Test func `a command tells of what the files held when it was given`() async throws {
    let rig = try await ReloadRig.serve(text("start"))
    for number in 1...10 {
      rig.sluice.signal(SIGHUP)
      try await rig.change(text("n\(number)"))
      #expect(try await rig.status(of: "/n\(number)") == 200)
    }
    try await rig.stop()
  }

  @Test func `plan tells what the reload then does, in text and JSON, and changes nothing`() async throws {
    let rig = try await ReloadRig.serve(text("a"))
    try rig.folder.write("routes.yaml", text("b", server: ", limits: {connections: 10}"))
    try rig.folder.write("other.yaml", text("c"))
    let before = rig.descriptors
    let own = try await rig.sluice.run(["plan"])
    #expect(
      own.output == """
        routes +1 -1 =1, server ~1
        + route /b
        - route /a
        ~ server (limits.connections)
        server: limits.connections holds for new connections

        """)
    let other = try await rig.sluice.run(["plan", "other.yaml"])
    #expect(other.output == "routes +1 -1 =1\n+ route /c\n- route /a\n")
    let json = try await rig.sluice.run(["plan", "--json"]).output
    #expect(try await rig.report().generation == 1)
    #expect(try await rig.report().lastReload == nil)
    #expect(try await rig.status(of: "/a") == 200)
    try await eventually("nothing more to be open") { rig.descriptors <= before }
    #expect(try await rig.sluice.run(["reload"]).output.hasSuffix(own.output.drop { $0 != "\n" }))
    let plan = try JSONDecoder().decode(ServerReport.Plan.self, from: Data(json.utf8))
    #expect(try await rig.report().lastReload?.plan == plan)
    try await rig.stop()
  }

  @Test func `sources that end for good or cannot start are states, and neither ends the server nor refuses a reload`()
    async throws
  {
    func text(_ more: String) -> String {
      """
      server: {listen: "127.0.0.1:0"}
      sources:
        once: {exec: [./once], restart: never, into: g}
        missing: {exec: [./missing], into: g}
        away: {pipe: away.pipe, into: g}
        \(more)
      routes: {/x: {from: {interval: 1h}}}

      """
    }
    let rig = try await ReloadRig.serve(text("#"))
    func states() async throws -> [String: String] {
      Dictionary(uniqueKeysWithValues: try await rig.report().sources.map { ($0.name, $0.state) })
    }
    let wanted = ["/x": "running", "once": "stopped", "missing": "starting", "away": "starting"]
    try await eventually("the states") { try await states() == wanted }
    try await rig.reload(
      text("more: {interval: 1h, into: g}"),
      says: "reload 2 took effect: routes =1, sources +1 =3; 0 connections kept, 0 moved, 0 closed\n+ source more\n")
    try await eventually("the states") { try await states() == wanted.merging(["more": "running"]) { $1 } }
    let once = try #require(try await rig.report().sources.first { $0.name == "once" })
    #expect(once.reason.contains("status 3"), "\(once.reason)")
    #expect(once.messages == 1)
    try await rig.stop()
  }
}
