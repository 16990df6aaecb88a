import Foundation
import TestSupport
import Testing

/// Configurations that mean the same as the one in force.
struct ReloadIdentityTests {
  private static let plain = """
    server: {listen: ["127.0.0.1:0", "unix:own.sock"]}
    sources:
      ticks: {exec: [./quiet]}
      pipe: {pipe: in.pipe, create: true, into: g}
    groups: {g: {history: {messages: 10}}}
    filters: {first: [{where: "true"}, {distinct: text}]}
    routes:
      /x: {from: ticks, filters: [first], history: {age: 1m}, replay: all}
      /g: {from: {group: g}, retry: 3s}

    """

  private static let disguises = [
    "# comment\n" + plain + "\n\n# end\n",
    // Another order, other quotes, other forms of the same values, defaults spelled out.
    """
    routes:
      "/g":
        retry: 3000ms
        from: {group: g}
      '/x':
        replay: all
        history:
          age: 60s
        filters:
          - first
        from: [ticks]
    filters:
      first:
        - {where: "true"}
        - distinct: "text"
    groups:
      g:
        history: {messages: 10}
    sources:
      pipe: {create: true, into: g, pipe: ./in.pipe}
      ticks: {restart: always, exec: ["./quiet"], max_message: 1MiB}
    server:
      listen:
        - unix:./own.sock
        - 127.0.0.1:0

    """,
    // Anchors and aliases.
    plain.replacing("{age: 1m}", with: "&h {age: 1m}"),
    plain.replacing("[./quiet]", with: "!!seq [!!str ./quiet]"),
    // Other spellings of a path.
    plain.replacing("pipe: in.pipe", with: "pipe: .//./in.pipe").replacing("unix:own.sock", with: "unix:././own.sock"),
    "%YAML 1.1\n---\n" + plain + "...\n",
    plain.replacing("\n", with: "\r\n"),
  ]

  @Test func `a configuration that means the same changes nothing at all`() async throws {
    let rig = try await ReloadRig.serve(Self.plain)
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    let first = try await client.wait(for: "the process") { !$0.lines.isEmpty }.lines
    let before = (rig.children, rig.inode("own.sock"), rig.inode("in.pipe"), rig.descriptors)
    for text in Self.disguises {
      let result = try await rig.reload(text)
      #expect(
        result.output == "nothing has changed; generation 1 stays in force\n",
        "\(text)\n\(result.output)\(result.errors)")
    }
    #expect((rig.children, rig.inode("own.sock"), rig.inode("in.pipe")) == (before.0, before.1, before.2))
    try await eventually("no more to be open") { rig.descriptors <= before.3 }
    let report = try await rig.report()
    #expect(report.generation == 1)
    #expect(report.lastReload == nil)
    #expect(client.response?.lines == first)
    #expect(!client.isClosed)
    try await rig.stop()
  }

  @Test func `the same in other files of the folder changes nothing`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("routes"), withIntermediateDirectories: true)
    try folder.write(
      "routes/a.yaml",
      "server: {listen: \"127.0.0.1:0\"}\nsources: {s: {interval: 1h}}\nroutes: {/x: {from: s}, /y: {from: s}}\n")
    let rig = ReloadRig(sluice: try await SluiceProcess.serve(["routes"], in: folder))
    try folder.write("routes/a.yaml", "routes: {/y: {from: s}}\n")
    try folder.write(
      "routes/b.yaml", "sources: {s: {interval: 60m}}\nserver: {listen: \"127.0.0.1:0\"}\nroutes: {/x: {from: s}}\n")
    #expect(try await rig.sluice.run(["reload"]).output == "nothing has changed; generation 1 stays in force\n")
    try await rig.stop()
  }

  @Test func `what filters keep stays theirs when a chain is named or written in place`() async throws {
    func text(_ filters: String, _ chains: String = "{}") -> String {
      """
      server: {listen: "127.0.0.1:0"}
      filters: \(chains)
      routes: {/x: {from: {pipe: "-"}, filters: \(filters)}}

      """
    }
    let rig = try await ReloadRig.serve(text("[{distinct: text}]"))
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    try rig.sluice.write("a\n")
    try await client.wait(for: "a message") { $0.lines == ["a"] }
    try await rig.reload(
      text("[c]", "{c: [{distinct: text}]}"),
      says: "reload 2 took effect: routes =1, filters +1; 1 connection kept, 0 moved, 0 closed\n+ chain c\n")
    try rig.sluice.write("a\nb\n")
    try await client.wait(for: "the next message") { $0.lines == ["a", "b"] }
    try await rig.stop()
  }

  @Test func `a comment that is edited while files are watched says nothing at info`() async throws {
    let text = """
      server: {listen: "127.0.0.1:0", watch: true, log: {level: debug}}
      routes: {/x: {from: {interval: 1h}}}

      """
    let rig = try await ReloadRig.serve(text)
    for number in 1...3 {
      try rig.folder.write("routes.yaml", "# \(number)\n" + text)
      try await eventually("reload \(number)") {
        rig.sluice.log.matches(of: #/debug: reload by changed files: nothing has changed/#).count >= number
      }
    }
    #expect(!rig.sluice.log.contains("info: reload"))
    #expect(try await rig.report().generation == 1)
    try await rig.stop()
  }
}
