import Foundation
import TestSupport
import Testing

/// What systemd hears, and what programs of sources do not.
struct ServiceManagerTests {
  private let routes = "routes: {/x: {from: {interval: 1h}}}"

  @Test(arguments: [false, true])
  func `the service manager hears of the start, of reloads and of the end`(isAbstract: Bool) async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifySocket(isAbstract ? "@sluice-\(UUID().uuidString)" : folder("notify"))
    let sluice = try await SluiceProcess.serve(
      routes, folder: folder, environment: ["NOTIFY_SOCKET": manager.address])
    #expect(try await manager.next()["READY"] == "1")

    #expect(try await sluice.run(["reload"]).status == 0)
    try await expectReload(manager) { $0.contains("nothing has changed") }
    try folder.write("routes.yaml", "routes: {/x: {form: y}}\n")
    #expect(try await sluice.run(["reload"]).status == 1)
    try await expectReload(manager) { $0.hasPrefix("Reload refused: ") && $0.contains("unknown key 'form'") }

    sluice.signal(SIGTERM)
    #expect(try await manager.next()["STOPPING"] == "1")
    #expect(try await sluice.waitForExit() == 0)
  }

  /// `RELOADING` with the time, then `READY` with a status.
  private func expectReload(_ manager: NotifySocket, status: (String) -> Bool) async throws {
    let begin = try await manager.next()
    #expect(begin["RELOADING"] == "1")
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    let told = try #require(begin["MONOTONIC_USEC"].flatMap { Int($0) })
    #expect(told <= microseconds && told > microseconds - 300_000_000)
    let end = try await manager.next()
    #expect(end["READY"] == "1")
    #expect(status(end["STATUS"] ?? ""), "\(end)")
  }

  @Test func `programs of sources do not get its address`() async throws {
    let folder = try TemporaryFolder()
    let manager = try NotifySocket(folder("notify"))
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: 'echo got:$$NOTIFY_SOCKET'}, history: {messages: 1}, replay: all}}", folder: folder,
      environment: ["NOTIFY_SOCKET": manager.address])
    let client = try await TestClient.get("/x", port: sluice.port)
    try await client.wait(for: "what the program says") { $0.lines.first == "got:" }
    try await sluice.stop()
  }
}
