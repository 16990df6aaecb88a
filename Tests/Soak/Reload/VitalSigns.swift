import TestSupport

/// What must be the same before and after, as the system sees the server.
struct VitalSigns {
  /// The processes of sources.
  var children: [Int32]
  var descriptors: Int

  init(_ server: SluiceProcess) {
    children = ProcessFacts.children(of: server.pid)
    descriptors = ProcessFacts.descriptors(of: server.pid)
  }
}

extension Stage {
  /// Waits until the server has as many descriptors as before: those of its control socket's clients are closed late.
  func expectSame(_ before: VitalSigns, _ report: Report) async {
    try? await eventually("the same descriptors", within: .seconds(5)) {
      VitalSigns(server).descriptors == before.descriptors
    }
    let now = VitalSigns(server)
    report.expect("processes of sources", now.children, is: before.children)
    report.expect("descriptors of the server", now.descriptors, is: before.descriptors)
  }

  /// Every subscriber gets what is written now, and has got all that came before, once, in order, by one pipeline.
  func expectAllWell(_ report: Report) async {
    do {
      try await crowd.catchUp(feed)
    } catch {
      report.expect("subscribers go on", false, "\(error)")
    }
    let progress = crowd.progress(feed)
    report.expect("subscribers that read", progress.reading, is: subscribers)
    for (fault, count) in progress.faults {
      report.expect("no subscriber sees a fault", false, "\(count) × \(fault.rawValue)")
    }
    for example in progress.examples { report.say("    \(example)") }
    if progress.faults.isEmpty { report.expect("no subscriber sees a fault", true) }
  }
}

/// What the server and the crowd did in some time.
struct Throughput {
  private let began = ContinuousClock.now
  private let ticks: Int
  private let delivered: Int
  private let reads: Int

  init(_ stage: Stage) {
    ticks = stage.server.ticks
    let progress = stage.crowd.progress()
    delivered = progress.delivered
    reads = progress.reads
    _ = stage.crowd.takeLongestLag()
  }

  func text(_ stage: Stage) -> String {
    let seconds = (ContinuousClock.now - began).seconds
    let progress = stage.crowd.progress()
    let count = progress.delivered - delivered
    let each = Double(count) / Double(max(1, progress.reads - reads))
    let cpu = Double(stage.server.ticks - ticks) / seconds
    return "\(Int(Double(count) / seconds)) deliveries/s (\(Int(each * 10)) in ten reads), server CPU \(Int(cpu)) %, "
      + "longest lag \(stage.crowd.takeLongestLag() / 1000) ms, memory \(stage.server.memory() / 1024) MiB"
  }
}
