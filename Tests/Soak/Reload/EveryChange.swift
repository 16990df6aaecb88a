import TestSupport

/// Scenario 2: each kind of change, alone and together, with its receipt to the letter.
struct EveryChange {
  let plan: SoakPlan

  func run(_ report: Report) async throws {
    report.begin("2 every kind of change")
    try await Stage.with(plan, .feed(rate: plan.rate), report) { stage in
      let before = VitalSigns(stage.server)
      let change = Change(stage: stage, guests: Crowd(), report: report)
      let throughput = Throughput(stage)
      try await changeRoute(change)
      try await changeSource(change)
      try await changeGroup(change)
      try await changeChain(change)
      try await changeListener(change)
      try await changeAll(change)
      report.say("  " + throughput.text(stage))
      change.guests.end()
      await stage.expectAllWell(report)
      await stage.expectSame(before, report)
    }
    report.end()
  }

  private func changeRoute(_ change: Change) async throws {
    let (stage, report) = (change.stage, change.report)
    let port = stage.server.port
    report.expect("a route that is not there", Probe.status("/extra", port: port), is: 404)
    try await change.make("a route is added") { $0.routes["/extra"] = "{from: feed}" }
    report.expect("a route that has come", Probe.status("/extra", port: port), is: 200)
    let guests = try await change.invite("/extra", StreamRules(isMarked: false))
    try await change.make("a route is changed") {
      $0.routes["/extra"] = "{from: feed, keepalive: 10s}"
    } changed: {
      $0.routes.changed = [.init("/extra", ["keepalive"])]
    }
    try await change.make("a route is changed for new connections") {
      $0.routes["/extra"] = "{from: feed, keepalive: 10s, protocols: [sse]}"
    } changed: {
      $0.routes.changed = [.init("/extra", ["protocols"])]
      $0.notes = ["route '/extra': protocols holds for new connections"]
    }
    try await change.expectWell(guests)
    try await change.make("a route is removed", closed: change.guestCount) { $0.routes["/extra"] = nil }
    try await change.expectGone(guests)
    report.expect("a route that has gone", Probe.status("/extra", port: port), is: 404)
  }

  private func changeSource(_ change: Change) async throws {
    try await change.make("a source and its route are added") {
      $0.sources["second"] = RouteFile.exec(rate: 50)
      $0.routes["/second"] = "{from: second}"
    }
    let guests = try await change.invite("/second", StreamRules(isMarked: false, mayRestart: true))
    let old = ProcessFacts.children(of: change.stage.server.pid)
    try await change.make("a source is changed") {
      $0.sources["second"] = RouteFile.exec(rate: 60)
    } changed: {
      $0.sources.changed = [.init("second", ["exec"])]
    }
    try await change.expectRestart(guests, old)
    let restarted = ProcessFacts.children(of: change.stage.server.pid)
    try await change.make("a source's filters are changed") {
      $0.sources["second"] = RouteFile.exec(rate: 60).dropLast() + ", filters: [{where: msg.n > 0}]}"
    } changed: {
      $0.sources.changed = [.init("second", ["filters"])]
    }
    try await change.expectWell(guests)
    change.report.expect(
      "processes after a change of filters", ProcessFacts.children(of: change.stage.server.pid), is: restarted)
    try await change.make("a source and its route are removed", closed: change.guestCount) {
      $0.sources["second"] = nil
      $0.routes["/second"] = nil
    }
    try await change.expectGone(guests)
  }

  private func changeGroup(_ change: Change) async throws {
    try await change.make("a group is added") { $0.groups["side.*"] = "{history: {messages: 10}}" }
    try await change.make("a group is changed") {
      $0.groups["side.*"] = "{history: {messages: 20}}"
    } changed: {
      $0.groups.changed = [.init("side.*", ["history.messages"])]
    }
    try await change.make("a group is removed") { $0.groups["side.*"] = nil }
  }

  private func changeChain(_ change: Change) async throws {
    let usesChain: (inout ServerReport.Plan) -> Void = { $0.routes.changed = [.init("/feed", ["filters"])] }
    try await change.make("a chain is added") { $0.filters["mark"] = RouteFile.marking("c") }
    try await change.make("a chain is used") {
      $0.setFilters("[mark]")
    } changed: {
      usesChain(&$0)
    }
    try await change.expectMark("c")
    try await change.make("a chain is changed") {
      $0.filters["mark"] = RouteFile.marking("d")
    } changed: {
      usesChain(&$0)
      $0.filters.changed = [.init("mark")]
    }
    try await change.expectMark("d")
    try change.rewrite("a chain is written in place") { $0.setMark("d") }
    try await change.make("a chain is removed") { $0.filters["mark"] = nil }
  }

  private func changeListener(_ change: Change) async throws {
    let port = Change.freePort()
    try await change.make("a listener is added") { $0.listen.append("127.0.0.1:\(port)") }
    change.report.expect("a new listener answers", Probe.status("/feed", port: port), is: 200)
    let guests = try await change.invite("/feed", StreamRules(), port: port)
    try await change.make("a listener is removed") { $0.listen.removeLast() }
    change.report.expect("a removed listener", Probe.status("/feed", port: port), is: nil)
    try await change.expectWell(guests)
    try await change.dismiss(guests)
  }

  private func changeAll(_ change: Change) async throws {
    let port = Change.freePort()
    try await change.make("all are added") {
      $0.routes["/third"] = "{from: third}"
      $0.sources["third"] = RouteFile.exec(rate: 20)
      $0.groups["side.*"] = "{history: {messages: 10}}"
      $0.filters["mark"] = RouteFile.marking("e")
      $0.listen.append("127.0.0.1:\(port)")
      $0.server["shutdown_grace"] = "6s"
    } changed: {
      $0.server = ["shutdown_grace"]
    }
    let guests = try await change.invite("/third", StreamRules(isMarked: false, mayRestart: true), port: port)
    let old = ProcessFacts.children(of: change.stage.server.pid)
    try await change.make("all are changed") {
      $0.routes["/third"] = "{from: third, keepalive: 5s}"
      $0.sources["third"] = RouteFile.exec(rate: 30)
      $0.groups["side.*"] = "{history: {messages: 20}}"
      $0.filters["mark"] = RouteFile.marking("f")
      $0.setFilters("[mark]")
    } changed: {
      $0.routes.changed = [.init("/feed", ["filters"]), .init("/third", ["keepalive"])]
      $0.sources.changed = [.init("third", ["exec"])]
      $0.groups.changed = [.init("side.*", ["history.messages"])]
      $0.filters.changed = [.init("mark")]
    }
    try await change.expectRestart(guests, old)
    try await change.expectMark("f")
    let rate = plan.rate
    try await change.make("all are removed", closed: change.guestCount) {
      $0 = .feed(rate: rate)
    } changed: {
      $0.routes.changed = [.init("/feed", ["filters"])]
      $0.server = ["shutdown_grace"]
    }
    try await change.expectGone(guests)
  }
}
