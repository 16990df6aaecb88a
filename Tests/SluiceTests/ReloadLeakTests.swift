import Foundation
import TestSupport
import Testing

/// Reloads that come again and again.
struct ReloadLeakTests {
  private static func text(_ extra: Bool) -> String {
    """
    server: {listen: ["127.0.0.1:0"\(extra ? ", \"127.0.0.1:0\", \"unix:extra.sock\"" : "")], watch: \(extra)}
    sources:
      ticks: {interval: 1h}
      \(extra ? "feed: {exec: [./quiet], into: fed}" : "#")
      \(extra ? "pipe: {pipe: in.pipe, create: true, filters: [{exec: [./pass]}], into: piped}" : "#")
    routes:
      /x: {from: ticks}
      \(extra ? "/extra: {from: feed, filters: [{exec: [./pass]}]}" : "#")
      \(extra ? "/group: {from: {group: extra}, filters: [{distinct: text}]}" : "#")

    """
  }

  @Test func `two hundred reloads that add and remove all kinds leave nothing behind`() async throws {
    let rig = try await ReloadRig.serve(Self.text(false))
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    func turn() async throws {
      try await rig.change(Self.text(true))
      let reader = try await TestClient.get("/group", port: rig.sluice.port)
      try await reader.wait(for: "an answer") { $0.status == 200 }
      try await rig.change(Self.text(false))
      try await reader.waitForClose()
    }
    /// The first turns make what stays: pools, caches, threads.
    for _ in 1...20 { try await turn() }
    try await eventually("the first processes to be gone") { rig.children.isEmpty }
    let before = (descriptors: rig.descriptors, memory: rig.sluice.memory())
    for _ in 1...80 { try await turn() }
    try await eventually("all processes to be gone") { rig.children.isEmpty }
    try await eventually("all files to be closed") { rig.descriptors <= before.descriptors }
    let report = try await rig.report()
    #expect(report.generation == 201)
    #expect(report.groups.isEmpty, "\(report.groups)")
    #expect(report.sources.map(\.name) == ["ticks"])
    #expect(report.connections == 1)
    #expect(rig.files == ["control", "feed", "in.pipe", "once", "pass", "quiet", "routes.yaml"])
    #expect(rig.sluice.memory() - before.memory < 8 << 10, "KiB after 80 more turns")
    #expect(!client.isClosed)
    try await rig.stop()
  }
}
