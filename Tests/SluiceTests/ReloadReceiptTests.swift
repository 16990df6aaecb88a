import Foundation
import TestSupport
import Testing

/// What a reload says that it has done, and that it has done so.
struct ReloadReceiptTests {
  private func text(_ rest: String, listen: String = "\"127.0.0.1:0\"") -> String {
    "server: {listen: [\(listen)]}\nsources: {ticks: {interval: 1h}}\n\(rest)\n"
  }

  @Test func `a route that is added is answered, one that is changed behaves so, one that is removed is not found`()
    async throws
  {
    let rig = try await ReloadRig.serve(text("routes: {/a: {from: ticks}}"))
    #expect(try await rig.status(of: "/b") == 404)
    try await rig.reload(
      text("routes: {/a: {from: ticks}, /b: {from: ticks}}"),
      says: "reload 2 took effect: routes +1 =1, sources =1; 0 connections kept, 0 moved, 0 closed\n+ route /b\n")
    #expect(try await rig.status(of: "/b") == 200)
    try await rig.reload(
      text("routes: {/a: {from: ticks}, /b: {from: ticks, protocols: [websocket], health: true}}"),
      says: """
        reload 3 took effect: routes ~1 =1, sources =1; 0 connections kept, 0 moved, 0 closed
        ~ route /b (protocols, health)
        route '/b': protocols holds for new connections

        """)
    #expect(try await rig.status(of: "/b") == 426)
    try await rig.reload(
      text("routes: {/a: {from: ticks}}"),
      says: "reload 4 took effect: routes -1 =1, sources =1; 0 connections kept, 0 moved, 0 closed\n- route /b\n")
    #expect(try await rig.status(of: "/b") == 404)
    #expect(try await rig.status(of: "/a") == 200)
    try await rig.stop()
  }

  @Test func `a source that is added runs, one that is changed is another process, one that is removed has ended`()
    async throws
  {
    func text(_ sources: String) -> String {
      "server: {listen: \"127.0.0.1:0\"}\nsources: {\(sources)}\nroutes: {/a: {from: {interval: 1h}}}\n"
    }
    let rig = try await ReloadRig.serve(text(""))
    try await rig.reload(
      text("s: {exec: [./quiet], into: g}"),
      says: "reload 2 took effect: routes =1, sources +1; 0 connections kept, 0 moved, 0 closed\n+ source s\n")
    try await eventually("a process") { rig.children.count == 1 }
    let first = rig.children
    try await rig.reload(
      text("s: {exec: [./quiet], env: {A: b}, into: g}"),
      says: "reload 3 took effect: routes =1, sources ~1; 0 connections kept, 0 moved, 0 closed\n~ source s (env)\n")
    try await eventually("another process") { rig.children.count == 1 && rig.children != first }
    let second = rig.children
    try await rig.reload(
      text("s: {exec: [./quiet], env: {A: b}, filters: [{where: \"true\"}], into: h}"),
      says: "reload 4 took effect: routes =1, sources ~1; 0 connections kept, 0 moved, 0 closed\n"
        + "~ source s (filters, into)\n")
    #expect(rig.children == second)
    try await rig.reload(
      text(""),
      says: "reload 5 took effect: routes =1, sources -1; 0 connections kept, 0 moved, 0 closed\n- source s\n")
    try await eventually("no process") { rig.children.isEmpty }
    #expect(try await rig.report().sources.map(\.name) == ["/a"])
    try await rig.stop()
  }

  @Test func `groups and chains are told as they are added, changed and removed, with the routes that they change`()
    async throws
  {
    let route = "routes: {/g: {from: {group: g}}}"
    let rig = try await ReloadRig.serve(text(route))
    try await rig.reload(
      text("groups: {g: {history: {messages: 2}}}\n\(route)"),
      says: """
        reload 2 took effect: routes ~1, sources =1, groups +1; 0 connections kept, 0 moved, 0 closed
        ~ route /g (history.messages)
        + group g

        """)
    try await rig.reload(
      text("groups: {g: {history: {messages: 3}}}\n\(route)"),
      says: """
        reload 3 took effect: routes ~1, sources =1, groups ~1; 0 connections kept, 0 moved, 0 closed
        ~ route /g (history.messages)
        ~ group g (history.messages)

        """)
    try await rig.reload(
      text(route),
      says: """
        reload 4 took effect: routes ~1, sources =1, groups -1; 0 connections kept, 0 moved, 0 closed
        ~ route /g (history.messages)
        - group g

        """)
    let chained = "routes: {/g: {from: {group: g}}, /c: {from: ticks, filters: [c]}}"
    try await rig.reload(
      text("filters: {c: [{where: \"true\"}]}\n\(chained)"),
      says: """
        reload 5 took effect: routes +1 =1, sources =1, filters +1; 0 connections kept, 0 moved, 0 closed
        + route /c
        + chain c

        """)
    try await rig.reload(
      text("filters: {c: [{where: \"false\"}]}\n\(chained)"),
      says: """
        reload 6 took effect: routes ~1 =1, sources =1, filters ~1; 0 connections kept, 0 moved, 0 closed
        ~ route /c (filters)
        ~ chain c

        """)
    try await rig.reload(
      text("routes: {/g: {from: {group: g}}, /c: {from: ticks}}"),
      says: """
        reload 7 took effect: routes ~1 =1, sources =1, filters -1; 0 connections kept, 0 moved, 0 closed
        ~ route /c (filters)
        - chain c

        """)
    try await rig.stop()
  }

  @Test func `a listener that is added accepts, and one that is removed keeps its connections but takes no more`()
    async throws
  {
    let host = OwnAddress.host()
    let routes = "routes: {/a: {from: ticks}}"
    let rig = try await ReloadRig.serve(text(routes))
    let both = text(routes, listen: "\"127.0.0.1:0\", \"\(host):9100\", \"unix:own.sock\"")
    try await rig.reload(
      both,
      says: """
        reload 2 took effect: routes =1, sources =1, listeners +2 =1; 0 connections kept, 0 moved, 0 closed
        + listener \(host):9100
        + listener unix:\(rig.folder("own.sock"))

        """)
    #expect(rig.sluice.log.contains("listening on \(host):9100: http://\(host):9100/a"))
    let request = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"
    let client = try await TestClient.connect(host: host, port: 9100, sending: request)
    let local = try await TestClient.connect(path: rig.folder("own.sock"), sending: request)
    for client in [client, local] { try await client.wait(for: "an answer") { $0.status == 200 } }
    try await rig.reload(
      text(routes),
      says: """
        reload 3 took effect: routes =1, sources =1, listeners -2 =1; 2 connections kept, 0 moved, 0 closed
        - listener \(host):9100
        - listener unix:\(rig.folder("own.sock"))

        """)
    await #expect(throws: (any Error).self) { try await TestClient.connect(host: host, port: 9100) }
    #expect(rig.inode("own.sock") == nil)
    #expect(!client.isClosed && !local.isClosed)
    #expect(try await rig.report().connections == 2)
    #expect(try await rig.status(of: "/a") == 200)
    try await rig.stop()
  }

  @Test func `keys of the server are told with what they wait for`() async throws {
    let rig = try await ReloadRig.serve(text("routes: {/a: {from: ticks}}"))
    let server = "{listen: \"127.0.0.1:0\", loops: 3, control: off, shutdown_grace: 1s, limits: {connections: 7}}"
    try await rig.reload(
      "server: \(server)\nsources: {ticks: {interval: 1h}}\nroutes: {/a: {from: ticks}}\n",
      says: """
        reload 2 took effect: routes =1, sources =1, server ~4; 0 connections kept, 0 moved, 0 closed
        ~ server (loops, limits.connections, shutdown_grace, control)
        server: loops takes a restart
        server: limits.connections holds for new connections
        server: control takes a restart

        """)
    try await rig.stop()
  }

  @Test func `all kinds at once are one receipt, the same as text, in the log and as JSON`() async throws {
    let rig = try await ReloadRig.serve(
      """
      server: {listen: ["127.0.0.1:0"]}
      sources: {old: {interval: 1h}, kept: {interval: 1h}}
      groups: {gone: {history: {messages: 1}}}
      filters: {gone: [{where: "true"}]}
      routes: {/old: {from: old}, /kept: {from: kept}, /new: {from: kept}}
      """)
    let kept = try await TestClient.get("/kept", port: rig.sluice.port)
    let closed = try await TestClient.get("/old", port: rig.sluice.port)
    for client in [kept, closed] { try await client.wait(for: "an answer") { $0.status == 200 } }
    let host = OwnAddress.host()
    let receipt = try await rig.receipt(
      """
      server: {listen: ["127.0.0.1:0", "\(host):9101"]}
      sources: {new: {interval: 2h}, kept: {interval: 1h}}
      groups: {come: {history: {messages: 1}}}
      filters: {come: [{where: "true"}]}
      routes: {/new: {from: new}, /kept: {from: kept, filters: [come]}}
      """)
    #expect(
      receipt == """
        reload 2 took effect: routes ~2 -1, sources +1 -1 =1, groups +1 -1, filters +1 -1, listeners +1 =1; \
        1 connection kept, 0 moved, 1 closed
        ~ route /kept (filters)
        ~ route /new (from)
        - route /old
        + source new
        - source old
        + group come
        - group gone
        + chain come
        - chain gone
        + listener \(host):9101

        """)
    try await closed.waitForClose()
    for line in receipt.split(separator: "\n").dropFirst() { #expect(rig.sluice.log.contains("info:   \(line)\n")) }
    let last = try #require(try await rig.report().lastReload)
    #expect(last.generation == 2)
    #expect(last.connections == .init(kept: 1, closed: 1))
    #expect(last.plan.routes.changed.map(\.name) == ["/kept", "/new"])
    #expect(last.plan.listeners.added == ["\(host):9101"])
    #expect(!kept.isClosed)
    try await rig.stop()
  }
}
