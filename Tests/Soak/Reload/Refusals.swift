import TestSupport

/// Scenario 3: whatever is wrong with a configuration, the server stays as it was.
struct Refusals {
  let plan: SoakPlan

  func run(_ report: Report) async throws {
    let obstacles = try Obstacles()
    defer { obstacles.end() }
    let cases = Self.cases(obstacles)
    report.begin("3 \(cases.count + 1) kinds of refused reloads")
    try await Stage.with(plan, .feed(rate: plan.rate), report) { stage in
      // With a reload behind it, the receipt in `status` is one to keep.
      _ = try stage.reload(.feed(rate: plan.rate, mark: "b"))
      let throughput = Throughput(stage)
      let before = VitalSigns(stage.server)
      for refusal in cases { try await refuse(refusal, stage, before, report) }
      report.say("  " + throughput.text(stage))
      try await recover(stage, report)
      await stage.expectSame(before, report)
    }
    try await exhaust(report)
    report.end()
  }

  private func refuse(
    _ refusal: Refusal, _ stage: Stage, _ signs: VitalSigns, _ report: Report
  ) async throws {
    let before = try stage.status()
    try refusal.spoil(stage, stage.file)
    let answer = try stage.reload()
    try refusal.undo(stage)
    let name = refusal.name
    report.expect("\(name): exit status", answer.status, is: 1)
    for word in refusal.words {
      report.expect("\(name): the diagnostics tell of '\(word)'", answer.text.contains(word), answer.text)
    }
    let after = try stage.status()
    report.expect("\(name): generation", after.generation, is: before.generation)
    report.expect("\(name): listeners", after.listeners, is: before.listeners)
    report.expect("\(name): names of sources", after.sources.map(\.name), is: before.sources.map(\.name))
    report.expect("\(name): the receipt", after.lastReload, is: before.lastReload)
    report.expect("\(name): status tells why", after.lastRefusal == answer.text, after.lastRefusal ?? "nothing")
    report.expect("\(name): processes", ProcessFacts.children(of: stage.server.pid), is: signs.children)
    await stage.expectAllWell(report)
    try stage.put(stage.file.text)
  }

  /// After all of them a right configuration is taken.
  private func recover(_ stage: Stage, _ report: Report) async throws {
    let before = try stage.status()
    let answer = try stage.reload(.feed(rate: plan.rate, mark: "c"))
    report.expect("a right file after refusals", Stage.generation(answer), is: before.generation + 1)
    report.expect("no refusal is left", try stage.status().lastRefusal, is: nil)
    await stage.expectAllWell(report)
  }

  /// Descriptors that are allowed to the server, and addresses that they do not suffice for.
  private static let (descriptors, addresses) = (256, 300)

  /// More addresses than the server may have descriptors.
  private func exhaust(_ report: Report) async throws {
    var small = plan
    (small.webSockets, small.events) = (16, 4)
    let file = RouteFile.feed(rate: plan.rate)
    try await Stage.with(small, file, descriptors: Self.descriptors, report) { stage in
      let before = VitalSigns(stage.server)
      let refusal = Refusal.edit("descriptors run out", "listen") {
        $0.listen += (0..<Self.addresses).map { _ in "127.0.0.1:0" }
      }
      try await refuse(refusal, stage, before, report)
      await stage.expectSame(before, report)
    }
  }
}
