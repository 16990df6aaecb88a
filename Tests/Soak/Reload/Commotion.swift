import Glibc
import TestSupport

/// Scenario 4: reloads while connections come and go, during reloads, and while the server ends.
struct Commotion {
  let plan: SoakPlan

  func run(_ report: Report) async throws {
    report.begin("4 reloads in a commotion")
    try await Stage.with(plan, .feed(rate: plan.rate), report) { stage in
      let before = VitalSigns(stage.server)
      try await comeAndGo(stage, report)
      for round in 0..<5 { try await allAtOnce(stage, Character(UnicodeScalar(UInt8(0x43 + round))), report) }
      try await oneAfterTheOther(stage, report)
      await stage.expectAllWell(report)
      await stage.expectSame(before, report)
    }
    for milliseconds in [0, 1, 2, 5, 10, 30] { try await end(after: milliseconds, report) }
    report.end()
  }

  /// Those that come and go check what they get as well.
  private func comeAndGo(_ stage: Stage, _ report: Report) async throws {
    let throughput = Throughput(stage)
    let start = try stage.status().generation
    stage.crowd.beginPassage(stage.feed, perSecond: plan.passing, atOnce: max(1, plan.passing / 4))
    for index in 1...plan.busyReloads {
      let answer = try stage.reload(.feed(rate: plan.rate, mark: index % 2 == 1 ? "b" : "a"))
      report.expect("a reload while some come and go", Stage.generation(answer), is: start + index)
      try await Task.sleep(for: .milliseconds(30))
    }
    stage.crowd.endPassage()
    report.say("  \(stage.crowd.progress().passed) came and went; " + throughput.text(stage))
    await stage.expectAllWell(report)
    try? await eventually("connections to be as before", within: .seconds(5)) {
      try stage.status().connections == plan.subscribers
    }
    report.expect("connections", try stage.status().connections, is: plan.subscribers)
  }

  /// Ten signals and ten commands for one file: all are answered, and it takes effect.
  private func allAtOnce(_ stage: Stage, _ mark: Character, _ report: Report) async throws {
    let before = try stage.status().generation
    try stage.put(RouteFile.feed(rate: plan.rate, mark: mark).text)
    let calls = (0..<10).map { _ in
      stage.server.signal(SIGHUP)
      return stage.control.begin("reload")
    }
    let answers = calls.map { $0?.answer() }
    for answer in answers { report.expect("ten at once: exit status", answer?.status ?? -1, is: 0) }
    try? await eventually("the generation", within: .seconds(5)) { try stage.status().generation > before }
    report.expect("ten at once: generation", try stage.status().generation, is: before + 1)
    try await expectInForce(mark, stage, report)
  }

  /// Ten files, each with a signal and a command that is not waited for: the last one wins.
  private func oneAfterTheOther(_ stage: Stage, _ report: Report) async throws {
    var calls: [ServerControl.Call?] = []
    let marks = "klmnopqrst"
    for mark in marks {
      try stage.put(RouteFile.feed(rate: plan.rate, mark: mark).text)
      stage.server.signal(SIGHUP)
      calls.append(stage.control.begin("reload"))
    }
    for call in calls { report.expect("one after the other: exit status", call?.answer()?.status ?? -1, is: 0) }
    try await expectInForce("t", stage, report)
  }

  private func expectInForce(_ mark: Character, _ stage: Stage, _ report: Report) async throws {
    try? await eventually("the mark", within: .seconds(5)) {
      stage.crowd.newestMark(stage.feed) == mark.asciiValue
    }
    report.expect(
      "the file with mark \(mark) is in force", stage.crowd.newestMark(stage.feed) == mark.asciiValue,
      "\(stage.crowd.newestMark(stage.feed).map { Character(UnicodeScalar($0)) } ?? "?")")
  }

  /// A reload that has just begun, SIGTERM, and more reloads: the server ends in good order.
  private func end(after milliseconds: Int, _ report: Report) async throws {
    var small = plan
    (small.webSockets, small.events) = (min(200, plan.webSockets), min(50, plan.events))
    try await Stage.with(small, .feed(rate: plan.rate), report) { stage in
      stage.crowd.allowClosing()
      try stage.put(RouteFile.feed(rate: plan.rate, mark: "b").text)
      let first = stage.control.begin("reload")
      try await Task.sleep(for: .milliseconds(milliseconds))
      stage.server.signal(SIGTERM)
      try stage.put(RouteFile.feed(rate: plan.rate, mark: "c").text)
      stage.server.signal(SIGHUP)
      let second = stage.control.begin("reload")
      let answers = [first?.answer(), second?.answer()].map { $0.map { "exit status \($0.status)" } ?? "no answer" }
      let began = ContinuousClock.now
      let status = try await stage.server.waitForExit(within: .seconds(15))
      report.expect("ends \(milliseconds) ms after a reload", status, is: 0)
      report.say(
        "  ended \(milliseconds) ms into a reload within \((ContinuousClock.now - began).tenths) s; "
          + "its commands: \(answers.joined(separator: ", "))")
      let progress = stage.crowd.progress()
      report.expect("no fault at the end", progress.faults.isEmpty, "\(progress.faults) \(progress.examples)")
      report.expect("WebSockets are told 1001", progress.closeCodes, is: [1001: small.webSockets])
    }
  }
}
