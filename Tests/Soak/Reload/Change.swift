import Glibc
import TestSupport

/// Makes changes one after the other, and compares each receipt with what the files say.
final class Change {
  let stage: Stage
  /// Subscribers of what is added and removed.
  let guests: Crowd
  let report: Report
  /// How many guests a stream has.
  let guestCount = 6
  /// Connections there are, but for those of the stage.
  private var present = 0
  /// Guests that the server has closed, and those of them that were told 1001.
  private var (closed, closings) = (0, 0)

  init(stage: Stage, guests: Crowd, report: Report) {
    self.stage = stage
    self.guests = guests
    self.report = report
  }

  /// A reload to a changed file. `changed`: what the receipt says of things that keep their names. `closed`: the
  /// connections that it ends.
  func make(
    _ what: String, closed: Int = 0, _ edit: (inout RouteFile) -> Void,
    changed: (inout ServerReport.Plan) -> Void = { _ in }
  ) async throws {
    var next = stage.file
    edit(&next)
    let wanted = next.plan(from: stage.file, changed: changed)
    // Probes and guests that have left are let go late.
    let connections = stage.subscribers + present
    try? await eventually("\(connections) connections", within: .seconds(5)) {
      try stage.status().connections == connections
    }
    let generation = try stage.status().generation
    let answer = try stage.reload(next)
    report.expect("\(what): generation", Stage.generation(answer), is: generation + 1)
    let status = try stage.status()
    report.expect("\(what): generation of status", status.generation, is: generation + 1)
    guard let receipt = status.lastReload, receipt.generation == generation + 1 else {
      return report.expect("\(what): receipt", false, answer.text)
    }
    report.expect("\(what): receipt", receipt.plan, is: wanted)
    present -= closed
    report.expect(
      "\(what): connections", receipt.connections, is: .init(kept: stage.subscribers + present, closed: closed))
    await stage.expectAllWell(report)
  }

  /// A reload to a file that is written otherwise and means the same.
  func rewrite(_ what: String, _ edit: (inout RouteFile) -> Void) throws {
    var next = stage.file
    edit(&next)
    let before = try stage.status()
    let answer = try stage.reload(next)
    report.expect("\(what): nothing has changed", answer.text.hasPrefix("nothing has changed"), answer.text)
    let after = try stage.status()
    report.expect("\(what): generation", after.generation, is: before.generation)
    report.expect("\(what): the last receipt stays", after.lastReload, is: before.lastReload)
  }

  // MARK: - Guests

  func invite(_ path: String, _ rules: StreamRules, port: Int? = nil) async throws -> Crowd.Stream {
    let stream = guests.stream(path, port: port ?? stage.server.port, rules)
    try await guests.join(stream, webSockets: guestCount - 2, events: 2)
    present += guestCount
    try await expectWell(stream)
    return stream
  }

  /// They leave by themselves.
  func dismiss(_ stream: Crowd.Stream) async throws {
    guests.leave(stream)
    present -= guestCount
  }

  /// They go on without a fault.
  func expectWell(_ stream: Crowd.Stream) async throws {
    do {
      try await guests.catchUp(stream, within: .seconds(10))
    } catch {
      report.expect("guests go on", false, "\(error)")
    }
    report.expect("guests that read", guests.progress(stream).reading, is: guestCount)
    expectNoFault()
  }

  /// All of them were closed, WebSockets with 1001.
  func expectGone(_ stream: Crowd.Stream) async throws {
    try? await eventually("guests to be closed", within: .seconds(10)) {
      guests.progress(stream).gone == guestCount
    }
    let progress = guests.progress(stream)
    report.expect("guests whose route has gone", progress.gone, is: guestCount)
    closings += guestCount - 2
    report.expect("close codes", progress.closeCodes, is: [1001: closings])
    closed += guestCount
    expectNoFault()
  }

  /// Their source has one new process, and nobody else's has.
  func expectRestart(_ stream: Crowd.Stream, _ old: [Int32]) async throws {
    try? await eventually("guests to see the new source", within: .seconds(10)) {
      guests.progress(stream).restarts >= guestCount
    }
    report.expect("guests that see a new source", guests.progress(stream).restarts, is: guestCount)
    let new = ProcessFacts.children(of: stage.server.pid)
    report.expect(
      "one process was changed", new.count == old.count && Set(new).intersection(old).count == old.count - 1,
      "\(old) became \(new)")
    try await expectWell(stream)
  }

  private func expectNoFault() {
    var faults = guests.progress().faults
    // Those that were to be closed.
    if faults[.closed] == closed { faults[.closed] = nil }
    report.expect("no guest sees a fault", faults.isEmpty, "\(faults) \(guests.progress().examples)")
  }

  /// What comes now passes the pipeline of this letter.
  func expectMark(_ letter: Character) async throws {
    let mark = letter.asciiValue
    try? await eventually("mark \(letter)", within: .seconds(5)) { stage.crowd.newestMark(stage.feed) == mark }
    report.expect("the newest mark is \(letter)", stage.crowd.newestMark(stage.feed) == mark)
  }

  /// A port that nobody has.
  static func freePort() -> Int {
    let descriptor = Sockets.listen()
    defer { close(descriptor) }
    return Int(Sockets.port(of: descriptor))
  }
}
