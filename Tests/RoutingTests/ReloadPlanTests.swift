import Routing
import Testing

struct ReloadPlanTests {
  // MARK: - What is there

  @Test func `things that come and go are named, each kind by itself`() throws {
    let plan = try plan(
      """
      sources: {old: {exec: a}, both: {exec: b}}
      groups: {g1: {}}
      filters: {f1: []}
      routes: {/old: {from: old}, /b: {from: both}}
      """,
      """
      server: {listen: [8080, 8081]}
      sources: {both: {exec: b}, new: {exec: c}}
      groups: {g2: {}}
      filters: {f2: []}
      routes: {/new: {from: new}, /b: {from: both}}
      """)
    #expect(
      plan.text == """
        routes +1 -1 =1, sources +1 -1 =1, groups +1 -1, filters +1 -1, listeners +1 =1
        + route /new
        - route /old
        + source new
        - source old
        + group g2
        - group g1
        + chain f2
        - chain f1
        + listener :8081

        """)
  }

  @Test func `from nothing to the same again everything is kept`() throws {
    let text = "routes: {/x: {from: {exec: a}}, /y: {from: {exec: b}}}"
    let plan = try plan(text, text)
    #expect(plan.isEmpty)
    #expect(plan.summary == "routes =2")
  }

  @Test func `listeners are compared by address, not by order`() throws {
    func text(_ listen: String) -> String { "server: {listen: \(listen)}\nroutes: {/x: {from: {exec: a}}}" }
    #expect(try plan(text("[8080, 8081]"), text("[8081, 8080]")).isEmpty)
    let plan = try plan(text("[8080, 8081]"), text("['127.0.0.1:8080', 8081]"))
    #expect(plan.text == "routes =1, listeners +1 -1 =1\n+ listener 127.0.0.1:8080\n- listener :8080\n")
    #expect(plan.server == [])
  }

  @Test func `each port that the system chooses counts`() throws {
    func text(_ listen: String) -> String { "server: {listen: \(listen)}\nroutes: {/x: {from: {exec: a}}}" }
    #expect(try plan(text("[0, 0]"), text("[0, 0]")).isEmpty)
    #expect(try plan(text("[0, 0]"), text("[0]")).summary == "routes =1, listeners -1 =1")
  }

  // MARK: - Sources

  @Test(arguments: [
    ("exec: a", "exec: b", ["exec"]), ("exec: a", "pipe: a", ["exec", "pipe"]),
    ("exec: a", "exec: a, env: {A: b}, restart: never", ["restart", "env"]),
    ("exec: a", "exec: a, on_error: pass, cwd: /x, filters: [{json: any}]", ["cwd", "filters", "on_error"]),
    ("exec: a", "exec: a, on_demand: true", ["on_demand"]), ("exec: a, on_demand: true", "exec: a", ["on_demand"]),
    ("exec: a, on_demand: true", "exec: a, on_demand: {linger: 1s}", ["on_demand.linger"]),
    (
      "exec: a", "exec: a, framing: chunks, max_message: 1KiB, stale_after: 1s",
      ["framing", "max_message", "stale_after"]
    ),
    ("exec: a, into: x", "exec: a, into: 'x.{.y}'", ["into"]), ("pipe: a", "pipe: '-'", ["pipe"]),
    ("file: a, mode: replay, rate: 1/s", "file: a, mode: replay, rate: 2/s, loop: true", ["rate", "loop"]),
    (
      "file: a, mode: replay, speed: {field: t}", "file: a, mode: replay, speed: {field: t, factor: 2}",
      ["speed.factor"]
    ),
    ("tcp: 'a:1'", "tcp: 'a:2'", ["tcp"]), ("tcp: 'a:1'", "tcp_listen: 'a:1'", ["tcp", "tcp_listen"]),
    ("unix: a", "unix: ./a", []), ("interval: 1s", "interval: 1s, text: x", ["text"]),
    ("group: a", "group: b", ["group"]),
  ])
  func `the keys of a source that differ are named`(_ old: String, _ new: String, _ expected: [String]) throws {
    #expect(try keys(ofSource: old, new) == expected)
  }

  // MARK: - Chains

  private static func chains(_ where: String) -> String {
    """
    sources: {a: {exec: x, filters: [outer]}, b: {exec: y}}
    filters: {inner: [{where: \(`where`)}], outer: [{json: any}, inner], other: [{json: any}]}
    routes:
      /a: {from: a}
      /b: {from: b, filters: [outer]}
      /c: {from: b, filters: [other]}
      /in-place: {from: {exec: z, filters: [inner]}}
    """
  }

  @Test func `a chain that changes changes all that use it, by other chains too`() throws {
    let plan = try plan(Self.chains("msg.p > 1"), Self.chains("msg.p > 2"))
    #expect(
      plan.text == """
        routes ~2 =2, sources ~1 =1, filters ~1 =2
        ~ route /b (filters)
        ~ route /in-place (from)
        ~ source a (filters)
        ~ chain inner

        """)
  }

  // MARK: - Routes

  @Test(arguments: [
    ("from: a", "from: b", ["from"]), ("from: a", "from: [a, b]", ["from"]),
    ("from: [a, b, {exec: z}]", "from: [b, a, {exec: z}]", []), ("from: [a, b]", "from: [a, a]", ["from"]),
    ("from: [{exec: y}, {exec: z}]", "from: [{exec: z}, {exec: y}]", ["from"]),
    ("from: a", "from: {exec: x}", ["from"]), ("from: {exec: x}", "from: {exec: z}", ["from"]),
    ("from: {exec: x}", "from: {exec: x, into: g}", ["from"]), ("from: {group: a}", "from: {group: b}", ["from"]),
    ("health: false", "filters: [{json: any}], on_error: pass", ["filters", "on_error"]),
    ("slow: {lag: 1MiB}", "slow: {lag: 2MiB, then: close}", ["slow.lag", "slow.then"]),
    ("history: {messages: 5}", "history: {messages: 6}", ["history.messages"]),
    ("history: {latest_by: msg.a}", "history: {latest_by: msg.b}", ["history.latest_by"]),
    ("health: false", "history: {age: 1s}", ["history.age"]),
    ("filters: [{where: 'msg.a == \"\u{E9}\"'}]", "filters: [{where: 'msg.a == \"e\u{301}\"'}]", ["filters"]),
    ("publish: {to: reply}", "publish: {to: reply, limit: {message: 1}}", ["publish.limit.message"]),
    ("publish: {to: reply}", "health: false", ["publish"]),
    ("health: false", "compression: off", ["compression.mode"]), ("compression: shared", "compression: {}", []),
    (
      "compression: {level: 9, threshold: 0}", "compression: per_connection",
      ["compression.mode", "compression.level", "compression.threshold"]
    ),
    ("replay: last", "replay: 1, keepalive: 0s, retry: 1s, into: g", ["replay", "keepalive", "retry", "into"]),
    ("on_removal: close", "on_removal: {drain: 1s}, health: true", ["health", "on_removal"]),
    ("subprotocols: [a, b]", "subprotocols: [b, a]", []),
    ("subprotocols: [a]", "subprotocols: [b], origins: '*'", ["subprotocols", "origins"]),
    ("protocols: [sse]", "protocols: [poll], content_type: a/b", ["protocols", "content_type"]),
    ("filters: [{pick: [a, b]}, {drop: [c, d]}]", "filters: [{pick: [b, a]}, {drop: [d, c]}]", []),
    ("from: a", "from: {exec: x, framing: chunks}", ["from", "content_type"]),
  ])
  func `the keys of a route that differ are named`(_ old: String, _ new: String, _ expected: [String]) throws {
    #expect(try keys(ofRoute: old, new) == expected)
  }

  @Test func `the history of a group changes the routes that have none of their own`() throws {
    func text(_ history: String) -> String {
      """
      groups: {"chat.*": {history: \(history)}}
      routes:
        /all: {from: {group: chat.all}}
        /own: {from: {group: chat.own}, history: {messages: 3}}
        "/room/{room}": {from: {group: "chat.{room}"}}
      """
    }
    #expect(
      try plan(text("{messages: 5}"), text("{messages: 6}")).text == """
        routes ~2 =1, groups ~1
        ~ route /all (history.messages)
        ~ route /room/{room} (history.messages)
        ~ group chat.* (history.messages)

        """)
  }

  @Test func `the longest message of the server changes the routes that have none of their own`() throws {
    func text(_ size: String) -> String {
      """
      server: {limits: {message: \(size)}}
      routes:
        /default: {from: {exec: a}, publish: {to: reply}}
        /own: {from: {exec: b}, publish: {to: reply, limit: {message: 1KiB}}}
      """
    }
    #expect(
      try plan(text("1KiB"), text("2KiB")).text == """
        routes ~1 =1, server ~1
        ~ route /default (publish)
        ~ server (limits.message)

        """)
  }

  @Test func `the compression of the server changes the routes that have none of their own`() throws {
    func text(_ compression: String) -> String {
      """
      server: {compression: \(compression)}
      routes:
        /default: {from: {exec: a}}
        /own: {from: {exec: b}, compression: shared}
      """
    }
    let plan = try plan(text("{level: 1}"), text("off"))
    #expect(
      plan.text == """
        routes ~1 =1, server ~2
        ~ route /default (compression.mode, compression.level)
        ~ server (compression.mode, compression.level)
        route '/default': compression.mode holds for new connections
        route '/default': compression.level holds for new connections
        server: compression.mode holds for new connections
        server: compression.level holds for new connections

        """)
  }

  @Test func `the framing of a source changes a route as far as its subscribers see it`() throws {
    func text(_ framing: String) -> String {
      """
      sources: {a: {exec: a, framing: \(framing)}}
      routes: {/plain: {from: a}, /typed: {from: a, content_type: image/png}}
      """
    }
    #expect(try plan(text("lines"), text("sse")).changes[.routes]?.changed == [])
    #expect(
      try plan(text("lines"), text("chunks")).changes[.routes]?.changed
        == [ReloadPlan.Change(name: "/plain", keys: ["content_type"])])
  }

  @Test func `a source that stands for another group, or is a file for each, gives its route another stream`() throws {
    func keys(_ old: String, _ new: String) throws -> [String] {
      func text(_ source: String) -> String { "sources: {a: {\(source)}}\nroutes: {/x: {from: a}}" }
      return try plan(text(old), text(new)).changes[.routes]?.changed.flatMap(\.keys) ?? []
    }
    #expect(try keys("group: a", "group: b") == ["from"])
    #expect(try keys("group: a", "exec: b") == ["from"])
    #expect(try keys("file: a", "file: a, mode: each") == ["from"])
    #expect(try keys("file: a, mode: each", "file: b, mode: each") == ["from"])
    #expect(try keys("file: a, mode: each", "file: a, mode: each, filters: [{json: any}]") == ["from"])
    #expect(try keys("file: a", "file: b") == [])
  }

  // MARK: - Groups and server

  @Test func `a group whose history comes or goes is changed by it`() throws {
    func text(_ group: String) -> String { "groups: {g: \(group)}\nroutes: {/x: {from: {exec: a}}}" }
    #expect(
      try plan(text("{}"), text("{history: {age: 1m}}")).changes[.groups]?.changed
        == [ReloadPlan.Change(name: "g", keys: ["history"])])
  }

  @Test(arguments: [
    ("loops: 1", "loops: 2", ["loops"]),
    ("log: {level: info}", "log: {level: debug}, shutdown_grace: 1s", ["log.level", "shutdown_grace"]),
    ("listen: 1", "listen: 2, limits: {connections: 5, streams: 9}", ["limits.connections", "limits.streams"]),
    ("trusted_proxies: unix", "trusted_proxies: [unix, 10.0.0.0/8]", ["trusted_proxies"]),
    ("trusted_proxies: [unix, 10.0.0.0/8]", "trusted_proxies: [10.0.0.0/8, unix]", []),
  ])
  func `the keys of the server that differ are named, but for its addresses`(
    _ old: String, _ new: String, _ expected: [String]
  ) throws {
    #expect(try keys(ofServer: old, new) == expected)
  }
}
