import ConfigText
import Foundation
import Routing
import Testing

/// What only looks different is equal in everything.
struct ReloadEqualityTests {
  private static let text = """
    server:
      listen: [":8080", "unix:run/s.sock"]
      limits: {connections: 100, header_bytes: 8KiB}
      trusted_proxies: [10.0.0.0/8, unix]
    sources:
      ticks:
        exec: [./feed, --fast]
        env: {A: "1", B: "2"}
        filters:
          - clean
          - rename: {px: price, vol: volume}
        into: stocks
        on_demand: {linger: 1m}
      log: {file: log/app.log, framing: {delimiter: ";"}}
    groups:
      "stocks.*": {history: {messages: 5, age: 1m}}
    filters:
      clean:
        - where: 'msg.price > 0'
        - set: {at: now, total: msg.price * 2}
          on_error: pass
        - window: {every: 1m, key: msg.symbol, set: {high: max(msg.price)}}
        - regex: {match: '(?P<user>\\w+)'}
        - exec: [./enrich]
    routes:
      /stocks:
        from: ticks
        filters: [{throttle: {every: 100ms, key: msg.symbol}}, clean]
        protocols: [sse, websocket]
        history: {messages: 10, latest_by: msg.symbol}
        slow: {lag: 1MiB}
        origins: ["https://a.example", "https://b.example"]
        on_removal: drain
      /log: {from: [log, {pipe: in.pipe, filters: [clean]}]}
      "/one/{symbol}": {from: {group: "stocks.{symbol}"}}
    """

  /// In another order, style and quoting, with anchors and comments.
  private static let other = """
    # The same.
    x-window: &window {"key": "msg.symbol", every: 60s, set: {high: max(msg.price)}}
    routes:
      '/one/{symbol}':
        from:
          group: 'stocks.{symbol}'
      "/log":
        from:
          - log
          - filters: ["clean"]
            pipe: ./in.pipe
      /stocks:
        on_removal: {drain: 30s}
        origins: [https://b.example, https://a.example:443]
        slow: {lag: 1024KiB, then: skip}
        history:
          latest_by: "msg.symbol"
          messages: 10   # not many
        protocols: [websocket, sse, sse]
        filters:
        - throttle:
            key: >-
              msg.symbol
            every: 0.1s
        - clean
        from: "ticks"
        health: false
    filters:
      clean:
      - {where: "msg.price > 0"}
      - {on_error: pass, set: {at: now, total: msg.price * 2}}
      - window:
          <<: *window
      - regex: {match: "(?P<user>\\\\w+)"}
      - exec: {command: ["./enrich"]}
    groups: {'stocks.*': {history: {age: 60s, messages: 5}}}
    sources:
      log:
        framing: {delimiter: ';'}
        file: .//log/app.log
      ticks:
        on_demand: {linger: 60s}
        into: 'stocks'
        filters: [clean, {rename: {vol: volume, px: price}}]
        env:
          B: '2'
          A: '1'
        exec: ['./feed', '--fast']
    server:
      trusted_proxies: [unix, 10.0.0.0/8]
      limits: {header_bytes: 8192, connections: 100, header_count: 100}
      listen: ["unix:./run/s.sock", 8080]
    """

  private func expectEqual(_ one: RouteSet, _ other: RouteSet, _ comment: Comment) {
    let plan = ReloadPlan(from: one, to: other)
    #expect(plan.isEmpty && plan.notes == [], "\(comment): \(plan.text)")
    let isEqual = one == other
    #expect(isEqual, comment)
  }

  @Test func `a configuration that was reordered, reformatted and quoted anew is equal`() throws {
    try expectEqual(routeSet(Self.text), routeSet(Self.other), "other")
    try expectEqual(routeSet(Self.other), routeSet(Self.text), "back")
  }

  @Test func `what is not changed is counted`() throws {
    let plan = try plan(Self.text, Self.other)
    #expect(plan.text == "routes =3, sources =2, groups =1, filters =1\n")
    #expect(plan.changes[.listeners]?.kept == 2)
  }

  @Test func `a file of another name, or further down in it, is equal`() throws {
    try expectEqual(routeSet(Self.text), routeSet("\n\n# x\n" + Self.text, file: "b.yaml"), "b.yaml")
  }

  @Test func `a folder is the same by its relative and its absolute path`() throws {
    let here = ConfigPath(".").absolute
    let one = try routeSet(Self.text, file: "routes/a.yaml")
    for file in ["./routes/a.yaml", "\(here)/routes/a.yaml", "\(here)//./routes/b.yaml"] {
      try expectEqual(one, routeSet(Self.text, file: file), "\(file)")
    }
    let other = try ReloadPlan(from: one, to: routeSet(Self.text, file: "other/a.yaml"))
    #expect(other.summary == "routes ~2 =1, sources ~2, groups =1, filters ~1, listeners +1 -1 =1")
  }

  @Test func `split over files of the same folder it is equal`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func load(_ texts: [String]) throws -> RouteSet {
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (index, text) in texts.enumerated() {
        try text.write(to: folder.appendingPathComponent("\(index).yaml"), atomically: false, encoding: .utf8)
      }
      return try RouteSet.load(paths: [folder.path], environment: [:]).usable
    }
    let whole = try load([Self.text])
    let lines = Self.text.split(separator: "\n")
    let starts = lines.indices.filter { !lines[$0].hasPrefix(" ") } + [lines.endIndex]
    let parts = zip(starts, starts.dropFirst()).map { lines[$0..<$1].joined(separator: "\n") + "\n" }
    try expectEqual(whole, load(parts.reversed()), "parts")
  }

  @Test func `what says the default is equal to what says nothing`() throws {
    let pairs = [
      ("history: {messages: 1000, size: 1MiB}", "filters: []"), ("slow: {}", "keepalive: 25s"),
      ("content_type: text/plain; charset=utf-8", "protocols: [stream, sse, websocket]"),
      ("compression: shared", "compression: {mode: shared, level: 6, threshold: 32}"),
      ("compression: {threshold: 32B}", "health: false"),
      ("publish: {to: reply, limit: {message: 64KiB}}", "publish: {to: reply}"),
    ]
    for (one, other) in pairs { #expect(try keys(ofRoute: one, other) == [], "\(one) | \(other)") }
    #expect(try keys(ofServer: "listen: 8080, log: {}", "limits: {message: 64KiB}") == [])
  }

  @Test func `a chain that is written in place changes no route that used it by name`() throws {
    let plan = try plan(
      "filters: {big: [{where: msg.p > 1}]}\nroutes: {/x: {from: {exec: a, filters: [big]}, filters: [big]}}",
      "routes: {/x: {from: {exec: a, filters: [{where: msg.p > 1}]}, filters: [{where: msg.p > 1}]}}")
    #expect(plan.text == "routes =1, filters -1\n- chain big\n")
  }
}
