import TestSupport

/// Scenario 5: how long a reload takes that concerns ten thousand connections. A benchmark: it fails only when that is
/// far too long.
struct IdleConnections {
  let plan: SoakPlan

  /// What is aimed at, and what is too long, in milliseconds.
  private static let (aim, limit) = (100.0, 1000.0)
  /// Descriptors that client and server keep for other things.
  private static let spare = 2000

  func run(_ report: Report) async throws {
    let idle = min(plan.idle, Sockets.raiseLimit() - Self.spare)
    report.begin("5 \(idle) idle connections\(idle < plan.idle ? ", as many as descriptors allow" : "")")
    var small = plan
    (small.webSockets, small.events) = (8, 2)
    var file = RouteFile.feed(rate: plan.rate)
    file.sources["quiet"] = "{interval: 1h}"
    setIdle(&file, "{from: quiet}")
    try await Stage.with(small, file, report) { stage in
      let crowd = Crowd()
      let stream = crowd.stream("/idle", port: stage.server.port)
      try await crowd.join(stream, webSockets: idle * 4 / 5, events: idle - idle * 4 / 5)
      report.say("  memory \(stage.server.memory() / 1024) MiB")
      try measure("settings of their route", "{from: quiet, keepalive: 20s, slow: {lag: 2MiB}}", stage, idle, report)
      try measure(
        "the filters", "{from: quiet, keepalive: 20s, filters: [{where: size(text) > 0}]}", stage, idle, report)
      try measure(
        "the filters again", "{from: quiet, keepalive: 20s, filters: [{where: size(text) > 1}]}", stage, idle, report)
      try measure("one setting again", "{from: quiet, filters: [{where: size(text) > 1}]}", stage, idle, report)
      let progress = crowd.progress(stream)
      report.expect("idle connections stay", progress.reading, is: idle)
      report.expect(
        "no idle connection sees a fault", progress.faults.isEmpty, "\(progress.faults) \(progress.examples)")
      await stage.expectAllWell(report)
      crowd.end()
    }
    report.end()
  }

  private func setIdle(_ file: inout RouteFile, _ route: String) { file.routes["/idle"] = route }

  private func measure(
    _ what: String, _ route: String, _ stage: Stage, _ idle: Int, _ report: Report
  ) throws {
    var file = stage.file
    setIdle(&file, route)
    let generation = try stage.status().generation
    let began = ContinuousClock.now
    let answer = try stage.reload(file)
    let took = (ContinuousClock.now - began).seconds * 1000
    guard let receipt = try stage.status().lastReload, receipt.generation == generation + 1 else {
      return report.expect("\(what): a receipt", false, answer.text)
    }
    let verdict = receipt.milliseconds <= Self.aim ? "within" : "beyond"
    report.say(
      "  \(what): \(receipt.milliseconds) ms by the receipt, \(Int(took)) ms to the answer; "
        + "\(verdict) the \(Int(Self.aim)) ms that are aimed at")
    report.expect("\(what): milliseconds", receipt.milliseconds <= Self.limit, "\(receipt.milliseconds)")
    report.expect("\(what): connections", receipt.connections, is: .init(kept: idle + 10))
  }
}
