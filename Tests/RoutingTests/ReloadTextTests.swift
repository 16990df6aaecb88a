import Routing
import Testing

struct ReloadTextTests {
  private static let old = """
    server: {limits: {connections: 10}, loops: 1}
    sources: {ticks: {exec: a}, old: {exec: b}}
    routes: {/stocks: {from: ticks}, /old: {from: old}, /same: {from: ticks}}
    """
  private static let new = """
    server: {limits: {connections: 20}, loops: 2}
    sources: {ticks: {exec: a}}
    filters: {big: [{where: msg.p > 1}]}
    routes:
      /stocks: {from: ticks, filters: [big], slow: {lag: 1KiB}, content_type: a/b}
      /new: {from: ticks}
      /same: {from: ticks}
    """

  @Test func `a plan shows each thing that differs on a line, then what to know`() throws {
    #expect(
      try plan(Self.old, Self.new).text == """
        routes +1 ~1 -1 =1, sources -1 =1, filters +1, server ~2
        + route /new
        ~ route /stocks (filters, slow.lag, content_type)
        - route /old
        - source old
        + chain big
        ~ server (loops, limits.connections)
        route '/stocks': content_type holds for new connections
        server: loops takes a restart
        server: limits.connections holds for new connections

        """)
  }

  @Test func `a plan is JSON with all kinds in one order`() throws {
    #expect(
      try plan(Self.old, Self.new).json == """
        {"routes":{"added":["/new"],"changed":[{"name":"/stocks","keys":["filters","slow.lag","content_type"]}],\
        "removed":["/old"],"kept":1},\
        "sources":{"added":[],"changed":[],"removed":["old"],"kept":1},\
        "groups":{"added":[],"changed":[],"removed":[],"kept":0},\
        "filters":{"added":["big"],"changed":[],"removed":[],"kept":0},\
        "listeners":{"added":[],"changed":[],"removed":[],"kept":1},\
        "server":["loops","limits.connections"],\
        "notes":["route '/stocks': content_type holds for new connections",\
        "server: loops takes a restart","server: limits.connections holds for new connections"]}
        """)
  }

  @Test func `names cannot act on a terminal, nor break JSON`() throws {
    let name = #""a\u001b[2J\n\"b""#
    let plan = try plan(
      "routes: {/x: {from: {exec: a}}}", "sources: {\(name): {exec: a, into: g}}\nroutes: {/x: {from: {exec: a}}}")
    #expect(plan.text == "routes =1, sources +1\n+ source a\\u{1b}[2J\\n\"b\n")
    #expect(plan.json.contains(#""added":["a\u001b[2J\n\"b"]"#))
  }

  private static func receipt() throws -> Receipt {
    let plan = try plan(
      "sources: {s: {exec: a}}\nroutes: {/x: {from: s}, /y: {from: s}}",
      "sources: {s: {exec: a}}\nroutes: {/x: {from: s}, /y: {from: s, health: true}}")
    var receipt = Receipt(generation: 7, plan: plan, milliseconds: 12.34)
    receipt.connections.kept = 2500
    return receipt
  }

  @Test func `a receipt tells what was done, to whom, and how long it took`() throws {
    let receipt = try Self.receipt()
    #expect(
      receipt.text == """
        reload 7 took effect in 12.3 ms: routes ~1 =1, sources =1; 2500 connections kept, 0 moved, 0 closed
        ~ route /y (health)

        """)
    #expect(
      receipt.json == """
        {"generation":7,"milliseconds":12.3,"connections":{"kept":2500,"moved":0,"closed":0},"plan":\(receipt.plan.json)}
        """)
  }

  @Test(arguments: [(0.04, "0.0"), (0.05, "0.1"), (999.96, "1000.0"), (-1, "0.0"), (Double.nan, "0.0")])
  func `a time has one decimal`(_ milliseconds: Double, _ text: String) throws {
    var receipt = try Self.receipt()
    receipt.milliseconds = milliseconds
    receipt.connections.kept = 1
    #expect(receipt.summary.contains("took effect in \(text) ms: "))
    #expect(receipt.summary.hasSuffix("; 1 connection kept, 0 moved, 0 closed"))
  }

  @Test func `an outcome says whether anything was done`() throws {
    #expect(
      ReloadOutcome.unchanged(generation: 3).text == "nothing has changed; generation 3 stays in force\n")
    #expect(try ReloadOutcome.committed(Self.receipt()).text == Self.receipt().text)
    for report in ["a.yaml:1:1: error: no\n", "a.yaml:1:1: error: no"] {
      #expect(ReloadOutcome.refused(report: report).text == "a.yaml:1:1: error: no\n")
    }
  }
}
