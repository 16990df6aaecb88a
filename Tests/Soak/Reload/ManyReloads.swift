import TestSupport

/// Scenario 1: reload follows reload, each to the other of two pipelines.
struct ManyReloads {
  let plan: SoakPlan

  /// The most that memory may grow after the first tenth, in KiB.
  private static let growth = 4096

  func run(_ report: Report) async throws {
    report.begin("1 \(plan.reloads) reloads in a row")
    try await Stage.with(plan, .feed(rate: plan.rate), report) { stage in
      let before = VitalSigns(stage.server)
      let throughput = Throughput(stage)
      let memory = try await reload(stage, report)
      report.say("  " + throughput.text(stage))
      report.expect(
        "memory is flat after the first tenth", memory.last <= memory.first + Self.growth,
        "\(memory.first) KiB became \(memory.last) KiB")
      report.say("  memory after a tenth \(memory.first) KiB, at the end \(memory.last) KiB")
      await stage.expectAllWell(report)
      await stage.expectSame(before, report)
      let marks = stage.crowd.marks(stage.feed)
      report.expect("both pipelines were passed", marks.count == 2, "\(marks)")
      report.expect("connections", try stage.status().connections, is: plan.subscribers)
    }
    report.end()
  }

  /// Returns the memory after a tenth of the reloads, and at the end.
  private func reload(_ stage: Stage, _ report: Report) async throws -> (first: Int, last: Int) {
    let start = try stage.status().generation
    let began = ContinuousClock.now
    var longest = Duration.zero
    var first = 0
    for index in 1...plan.reloads {
      let file = RouteFile.feed(rate: plan.rate, mark: index % 2 == 1 ? "b" : "a")
      let asked = ContinuousClock.now
      if index % 10 == 0 {
        try await stage.reloadBySignal(file, to: start + index)
      } else {
        let answer = try stage.reload(file)
        guard Stage.generation(answer) == start + index else {
          report.expect("reload \(index) makes generation \(start + index)", false, answer.text)
          break
        }
      }
      longest = max(longest, ContinuousClock.now - asked)
      if index == max(1, plan.reloads / 10) { first = stage.server.memory() }
      if (ContinuousClock.now - began) > .seconds(600) {
        throw Stage.Failure(description: "\(index) reloads have taken ten minutes")
      }
    }
    let each = (ContinuousClock.now - began) / plan.reloads
    report.say("  a reload takes \(Int(each.seconds * 1e6)) µs, the longest \(Int(longest.seconds * 1e6)) µs, in all")
    report.expect("generation", try stage.status().generation, is: start + plan.reloads)
    return (first, stage.server.memory())
  }
}
