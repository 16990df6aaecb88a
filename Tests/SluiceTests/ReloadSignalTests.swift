import Foundation
import TestSupport
import Testing

/// SIGHUP, and the signals that end the server beside it.
struct ReloadSignalTests {
  private let routes = "routes: {/x: {from: {interval: 1h}}}"

  @Test func `SIGHUP reloads, and the log tells the outcome`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    sluice.signal(SIGHUP)
    try await eventually("a reload") { sluice.log.contains("info: reload by SIGHUP: nothing has changed") }
    try sluice.folder.write("routes.yaml", "routes:\n  /x: {form: y}\n")
    sluice.signal(SIGHUP)
    try await eventually("a refusal") { sluice.log.contains("error: reload by SIGHUP is refused") }
    try await eventually("the reason") { sluice.log.contains("routes.yaml:2:8: error: unknown key 'form'") }
    #expect(!sluice.log.contains("\\n"))
    #expect(try await sluice.stop() == 0)
  }

  @Test func `many SIGHUPs at once end in a reload that saw the last state of the files`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    for number in 1...50 {
      try sluice.folder.write("routes.yaml", "routes: {/x: {from: {interval: 1h}, wrong\(number): 1}}\n")
      sluice.signal(SIGHUP)
    }
    try await eventually("the last state") { sluice.log.contains("unknown key 'wrong50'") }
    try await eventually("status to tell it") {
      try await sluice.run(["status"]).output.contains("wrong50")
    }
    #expect(try await sluice.stop() == 0)
  }

  @Test func `the level of the log follows the configuration`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  log: {level: info}")
    try sluice.folder.write("routes.yaml", "server: {listen: \"127.0.0.1:0\", log: {level: debug}}\n\(routes)\n")
    #expect(try await sluice.run(["reload"]).status == 0)
    #expect(!sluice.log.contains("debug: "))
    // To watch is worth a line at that level.
    try sluice.folder.write(
      "routes.yaml", "server: {listen: \"127.0.0.1:0\", watch: true, log: {level: debug}}\n\(routes)\n")
    #expect(try await sluice.run(["reload"]).status == 0)
    try await eventually("a line that was not logged before") { sluice.log.contains("debug: watching") }
    #expect(try await sluice.stop() == 0)
  }

  @Test func `signals of all kinds together end the server`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    for _ in 1...20 { sluice.signal(SIGHUP) }
    sluice.signal(SIGTERM)
    #expect(try await sluice.waitForExit() == 0)
    #expect(!FileManager.default.fileExists(atPath: sluice.folder("control")))
  }
}
