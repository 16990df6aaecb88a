import Glibc
import TestSupport

/// A server with a crowd of subscribers at `/feed`, and the ways to reload it.
final class Stage {
  let server: SluiceProcess
  let folder: TemporaryFolder
  let control: ServerControl
  let crowd = Crowd()
  /// What the crowd reads.
  let feed: Crowd.Stream
  let subscribers: Int
  /// The configuration in force.
  private(set) var file: RouteFile

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// The server's file is in a folder of its own, beside another file that may be changed.
  static let name = "routes/routes.yaml"
  static let secondName = "more.yaml"

  /// Runs a scenario on a stage of its own, and ends the server in good order.
  static func with(
    _ plan: SoakPlan, _ file: RouteFile, descriptors: Int? = nil, _ report: Report,
    _ body: (Stage) async throws -> Void
  ) async throws {
    let stage = try await Stage(plan, file, descriptors: descriptors)
    do {
      try await body(stage)
    } catch {
      report.expect("no error", false, "\(error)")
    }
    stage.crowd.end()
    defer { Interruption.set(nil) }
    let status = stage.server.isRunning ? try await stage.server.stop() : stage.server.exitStatus
    report.expect("exit status of the server", status, is: 0)
    if status != 0 { report.say("  the end of its log:\n\(stage.server.log.suffix(2000))") }
  }

  private init(_ plan: SoakPlan, _ file: RouteFile, descriptors: Int?) async throws {
    folder = try TemporaryFolder()
    mkdir(folder("routes"), 0o755)
    try folder.write(Self.name, file.text)
    try folder.write(Self.secondName, "# Nothing yet.\n")
    server = try await SluiceProcess.serve(["routes", Self.secondName], in: folder, descriptors: descriptors)
    Interruption.set(server)
    control = ServerControl(path: folder("control"))
    self.file = file
    subscribers = plan.subscribers
    feed = crowd.stream("/feed", port: server.port)
    try await crowd.join(feed, webSockets: plan.webSockets, events: plan.events)
    try await crowd.catchUp(feed)
    _ = crowd.takeLongestLag()
  }

  // MARK: - Reloading

  /// Puts a file in the place of the server's, in one step.
  func put(_ text: String) throws {
    try folder.write("next", text)
    guard rename(folder("next"), folder(Self.name)) == 0 else { throw Failure(description: "the file stays") }
  }

  /// Puts a file in place and has the server reload it.
  func reload(_ file: RouteFile) throws -> ServerControl.Answer {
    try put(file.text)
    self.file = file
    return try reload()
  }

  /// Has the server reload what is there.
  func reload() throws -> ServerControl.Answer {
    guard let answer = control.ask("reload") else { throw Failure(description: "'reload' is not answered") }
    return answer
  }

  /// The same by signal; returns when the generation is there.
  func reloadBySignal(_ file: RouteFile, to generation: Int) async throws {
    try put(file.text)
    self.file = file
    server.signal(SIGHUP)
    try await eventually("generation \(generation)", within: .seconds(20)) { try status().generation >= generation }
  }

  func status() throws -> ServerReport {
    guard let answer = control.ask("status --json"), answer.status == 0 else {
      throw Failure(description: "'status' is not answered")
    }
    return try ServerReport(json: answer.text)
  }

  /// The generation that an answer to `reload` tells of; `nil`: it took no effect.
  static func generation(_ answer: ServerControl.Answer) -> Int? {
    guard answer.status == 0 else { return nil }
    return answer.text.firstMatch(of: /^reload ([0-9]+) took effect/).flatMap { Int($0.1) }
  }
}
