import Foundation
import TestSupport
import Testing

/// Clients of the control socket that are not the commands.
struct ControlClientTests {
  private let routes = "routes: {/x: {from: {interval: 1h}}}"

  @Test func `a line is a request, its answer a status, a length and a text`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    #expect(try await answer(to: "reload", sluice) == "0 49\nnothing has changed; generation 1 stays in force\n")
    try await sluice.stop()
  }

  @Test(arguments: ["nonsense", "reload now", "plan relative", "plan %zz", ""])
  func `what is not understood is answered with 64`(line: String) async throws {
    let sluice = try await SluiceProcess.serve(routes)
    #expect(try await answer(to: line, sluice).hasPrefix("64 "))
    try await sluice.stop()
  }

  @Test func `a client that says too much is closed without an answer`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    let client = try await TestClient.connect(path: sluice.folder("control"))
    try? await client.send(String(repeating: "x", count: 100_000))
    try await client.waitForClose()
    #expect(client.text.isEmpty)
    #expect(try await sluice.run(["status"]).status == 0)
    try await sluice.stop()
  }

  @Test func `clients that say nothing are many at most, and leave room again`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    var silent: [TestClient] = []
    // They have ten seconds for a line, and on a busy machine a command may take as long.
    try await eventually("the server to say that it is full") {
      silent.removeAll(where: \.isClosed)
      while silent.count < 16 { silent.append(try await TestClient.connect(path: sluice.folder("control"))) }
      return try await sluice.run(["status"]).errors == "the server has too many clients at its control socket\n"
    }
    for client in silent { try await client.waitForClose() }
    try await eventually("room") { try await answer(to: "status", sluice).hasPrefix("0 ") }
    try await sluice.stop()
  }

  private func answer(to line: String, _ sluice: SluiceProcess) async throws -> String {
    let client = try await TestClient.connect(path: sluice.folder("control"))
    try? await client.send(line + "\n")
    try await client.waitForClose()
    return client.text
  }
}
