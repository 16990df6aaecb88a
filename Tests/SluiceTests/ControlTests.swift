import Foundation
import TestSupport
import Testing

/// The control socket and the commands that use it.
struct ControlTests {
  private let routes = "sources: {ticks: {interval: 1h}}\nroutes: {/x: {from: ticks}}"
  private let broken = "server: {listen: \"127.0.0.1:0\"}\nroutes:\n  /x: {form: ticks}\n"

  @Test func `reload says that nothing has changed, and exits 0`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    let result = try await sluice.run(["reload"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("nothing has changed; generation 1 stays in force"))
    try await sluice.stop()
  }

  @Test
  func `a reload that is refused exits 1 with the diagnostics, also when the server cannot be found in the files`()
    async throws
  {
    let sluice = try await SluiceProcess.serve(routes)
    try sluice.folder.write("routes.yaml", broken)
    let result = try await sluice.run(["reload", "routes.yaml"])
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("routes.yaml:3:8: error: unknown key 'form'"))
    let status = try await sluice.run(["status"])
    #expect(status.output.contains("the last reload was refused:"))
    #expect(status.output.contains("unknown key 'form'"))
    try await sluice.stop()
  }

  @Test func `plan says what a reload would do, and does nothing`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    try sluice.folder.write(
      "next.yaml", "server: {listen: \"127.0.0.1:0\"}\nroutes: {/x: {from: {interval: 1h}}, /y: {from: {interval: 1h}}}"
    )
    let result = try await sluice.run(["plan", "next.yaml"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("/y"))
    let json = try await sluice.run(["plan", "--json", "next.yaml"]).output
    #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    #expect(try await sluice.run(["plan"]).status == 0)
    try sluice.folder.write("next.yaml", broken)
    let refused = try await sluice.run(["plan", "next.yaml"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("unknown key 'form'"))
    try await sluice.stop()
  }

  @Test func `status tells of the process, the files and what runs`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    let text = try await sluice.run(["status"]).output
    #expect(text.contains("process      \(sluice.pid)\n"))
    #expect(text.contains("generation   1\n"))
    #expect(text.contains("listening    127.0.0.1:\(sluice.port)\n"))
    #expect(text.contains("SOURCE"))
    #expect(text.contains("ROUTE  SUBSCRIBERS\n/x     0\n"))
    let json = try await sluice.run(["status", "--json"]).output
    let status = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(status["process"] as? Int32 == sluice.pid)
    #expect(status["generation"] as? Int == 1)
    #expect((status["paths"] as? [String])?.first?.hasSuffix("/routes.yaml") == true)
    #expect((status["sources"] as? [[String: Any]])?.first?["kind"] as? String == "interval")
    #expect((status["routes"] as? [[String: Any]])?.first?["path"] as? String == "/x")
    #expect(status["last_reload"] is NSNull)
    try await sluice.stop()
  }

  @Test func `the socket stands where server control says, for its user alone, and goes with the server`() async throws
  {
    let sluice = try await SluiceProcess.serve(routes, server: "  control: own.sock")
    let attributes = try FileManager.default.attributesOfItem(atPath: sluice.folder("own.sock"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    for arguments in [["status", "routes.yaml"], ["status", "--control", "own.sock"]] {
      #expect(try await sluice.run(arguments).status == 0)
    }
    #expect(try await sluice.run(["status"]).status == 69)
    try await sluice.stop()
    #expect(!FileManager.default.fileExists(atPath: sluice.folder("own.sock")))
  }

  @Test func `a socket that a killed server has left is replaced`() async throws {
    let first = try await SluiceProcess.serve(routes)
    first.kill()
    _ = try await first.waitForExit()
    #expect(try await first.run(["status"]).status == 69)
    let second = try await SluiceProcess.serve(routes, folder: first.folder)
    #expect(try await first.run(["status"]).output.contains("\(second.pid)"))
    try await second.stop()
  }

  @Test func `a second server at the usual place goes without, and one at a place it names does not start`()
    async throws
  {
    let first = try await SluiceProcess.serve(routes)
    let second = try await SluiceProcess.serve(routes, folder: first.folder)
    #expect(second.log.contains("warning: there is no control socket: cannot listen on "))
    try await second.stop()
    #expect(try await first.run(["status"]).output.contains("\(first.pid)"))
    try first.folder.write("named.yaml", "server: {listen: \"127.0.0.1:0\", control: control}\n\(routes)\n")
    let third = try await first.run(["serve", "named.yaml"])
    #expect(third.status == 69)
    #expect(third.errors.contains("control: "))
    try await first.stop()
  }

  @Test func `there is no socket when control is off`() async throws {
    let sluice = try await SluiceProcess.serve(routes, server: "  control: off")
    #expect(!FileManager.default.fileExists(atPath: sluice.folder("control")))
    let result = try await sluice.run(["reload", "routes.yaml"])
    #expect(result.status == 69)
    #expect(result.errors == "sluice: server.control is off in the route files\n")
    try await sluice.stop()
  }

  @Test(arguments: ["reload", "plan", "status"])
  func `without a server the commands say so and exit 69`(command: String) async throws {
    let folder = try TemporaryFolder()
    let result = try await SluiceProcess.run([command], folder: folder)
    #expect(result.status == 69)
    #expect(result.errors == "sluice: no server answers at \(folder.path)/control: No such file or directory\n")
  }

  @Test func `a server that does not start leaves no socket`() async throws {
    let sluice = try await SluiceProcess.serve(routes)
    let folder = try TemporaryFolder()
    try folder.write("routes.yaml", "server: {listen: \"127.0.0.1:\(sluice.port)\"}\n\(routes)\n")
    #expect(try await SluiceProcess.run(["serve", "routes.yaml"], folder: folder).status == 69)
    #expect(!FileManager.default.fileExists(atPath: folder("control")))
    try await sluice.stop()
  }
}
