import Foundation
import TestSupport
import Testing

/// Sockets and pipes that an old and a new configuration both ask for.
struct ReloadResourceTests {
  // MARK: - Pipes

  /// Writes numbered lines to a named pipe, a piece of a line at a time, until it is cancelled. Returns how many.
  private func write(to pipe: String) -> Task<Int, any Error> {
    signal(SIGPIPE, SIG_IGN)
    return Task {
      let file = open(pipe, O_WRONLY | O_CLOEXEC)
      defer { close(file) }
      var line = 0
      while !Task.isCancelled {
        line += 1
        for piece in ["line ", "\(line)\n"] {
          guard Foundation.write(file, piece, piece.utf8.count) == piece.utf8.count else {
            throw TimedOut(description: "line \(line) cannot be written: \(errno)")
          }
          try? await Task.sleep(for: .milliseconds(1))
        }
      }
      return line
    }
  }

  @Test func `a writer to a named pipe loses no line and tears none while its source is changed, renamed and moved`()
    async throws
  {
    func text(_ sources: String, _ from: String = "{group: g}") -> String {
      """
      server: {listen: "127.0.0.1:0"}
      groups: {g: {history: {messages: 1000000}}}
      sources: {\(sources)}
      routes: {/g: {from: {group: g}}, /p: {from: \(from)}}

      """
    }
    let pipe = "pipe: in.pipe, into: g"
    let texts = [
      text("a: {\(pipe), create: true}"), text("a: {\(pipe), max_message: 1MiB}"),
      text("a: {\(pipe), stale_after: 1h}"), text("b: {\(pipe), stale_after: 1h}"), text("", "{\(pipe)}"),
      text("c: {\(pipe), filters: [{where: \"true\"}]}"), text("c: {\(pipe)}"),
    ]
    let rig = try await ReloadRig.serve(texts[0])
    let client = try await TestClient.get("/g", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    let inode = try #require(rig.inode("in.pipe"))
    let writing = write(to: rig.folder("in.pipe"))
    for _ in 1...5 { for text in texts.dropFirst() + texts.prefix(1) { try await rig.change(text) } }
    writing.cancel()
    let count = try await writing.value
    try await client.wait(for: "the last line") { $0.lines.last == "line \(count)" }
    let lines = client.response?.lines ?? []
    let wanted = (1...count).map { "line \($0)" }
    let first = zip(lines, wanted).first { $0 != $1 }
    #expect(lines == wanted, "\(lines.count) of \(count); \(first.map { "\($0)" } ?? "")")
    #expect(rig.inode("in.pipe") == inode)
    try await rig.stop()
  }

  @Test func `standard input goes from one source to the next, and nothing of it is lost`() async throws {
    func text(_ sources: String) -> String {
      """
      server: {listen: "127.0.0.1:0"}
      groups: {g: {history: {messages: 1000}}}
      sources: {\(sources)}
      routes: {/g: {from: {group: g}}}

      """
    }
    let texts = [
      "a: {pipe: \"-\", into: g}", "a: {pipe: \"-\", stale_after: 1h, into: g}", "b: {pipe: \"-\", into: g}",
    ].map(text)
    let rig = try await ReloadRig.serve(texts[0])
    let client = try await TestClient.get("/g", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    for line in 1...30 {
      try rig.sluice.write("line ")
      try await rig.change(texts[line % 3])
      try rig.sluice.write("\(line)\n")
    }
    try await client.wait(for: "the last line") { $0.lines.last == "line 30" }
    #expect(client.response?.lines == (1...30).map { "line \($0)" })
    try await rig.stop()
  }

  // MARK: - Sockets

  /// Asks on new connections again and again until it is cancelled, and returns how often it was answered.
  private func ask(_ connect: @escaping @Sendable (String) async throws -> TestClient) -> Task<Int, any Error> {
    Task {
      var count = 0
      while !Task.isCancelled {
        // One that has begun is seen to its end.
        try await Task {
          let client = try await connect("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
          try await client.wait(for: "an answer") { $0.status == 200 }
          await client.close()
        }.value
        count += 1
        try? await Task.sleep(for: .milliseconds(2))
      }
      return count
    }
  }

  @Test func `who connects at any moment of fifty reloads is served, and sockets that stay are the same`()
    async throws
  {
    func text(_ number: Int) -> String {
      let host = number % 2 == 0 ? "" : ", \"unix:\(number).sock\""
      return """
        server: {listen: ["127.0.0.1:0", "unix:own.sock"\(host)]}
        sources: {s: {exec: [./quiet], env: {A: "\(number)"}, into: g}}
        routes: {/x: {from: {interval: 1h}}, "/\(number)": {from: {interval: "\(number + 1)s"}}}

        """
    }
    let rig = try await ReloadRig.serve(text(0))
    let port = rig.sluice.port
    let inode = try #require(rig.inode("own.sock"))
    let asking = [
      ask { try await TestClient.connect(port: port, sending: $0) },
      ask { [folder = rig.folder] in try await TestClient.connect(path: folder("own.sock"), sending: $0) },
    ]
    for number in 1...50 { try await rig.change(text(number)) }
    for task in asking {
      task.cancel()
      #expect(try await task.value > 0)
    }
    #expect(rig.inode("own.sock") == inode)
    #expect(try await rig.report().listeners == ["127.0.0.1:\(port)", "unix:own.sock"])
    #expect(rig.files.filter { $0.hasSuffix(".sock") } == ["own.sock"])
    try await rig.stop()
  }

  @Test func `an address goes from the server to a source and back, and nobody who connects is refused`() async throws {
    let host = OwnAddress.host()
    let routes = "groups: {g: {history: {messages: 1000}}}\nroutes: {/x: {from: {group: g}}}\n"
    let served = "server: {listen: [\"127.0.0.1:0\", \"\(host):9104\"]}\n\(routes)"
    let fed = """
      server: {listen: ["127.0.0.1:0"]}
      sources: {s: {tcp_listen: "\(host):9104", into: g}}
      \(routes)
      """
    let rig = try await ReloadRig.serve(served)
    let client = try await TestClient.get("/x", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    let knocking = Task {
      while !Task.isCancelled {
        await (try TestClient.connect(host: host, port: 9104)).close()
        try? await Task.sleep(for: .milliseconds(2))
      }
    }
    // When a reload has ended, who connects reaches the one that it says.
    for round in 1...10 {
      try await rig.change(fed)
      let feeder = try await TestClient.connect(host: host, port: 9104, sending: "line \(round)\n")
      try await client.wait(for: "line \(round)") { $0.lines.last == "line \(round)" }
      try await rig.change(served)
      let asking = try await TestClient.connect(
        host: host, port: 9104, sending: "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
      try await asking.wait(for: "an answer") { $0.status == 404 }
      try await feeder.waitForClose()
      await asking.close()
    }
    knocking.cancel()
    try await knocking.value
    #expect(client.response?.lines == (1...10).map { "line \($0)" })
    try await rig.stop()
  }

  @Test func `what cannot be handed over takes two reloads, and the first is refused until then`() async throws {
    let port = 9106
    let host = OwnAddress.host()
    func text(_ listen: String, _ sources: String = "") -> String {
      """
      server: {listen: ["127.0.0.1:0"\(listen)]}
      sources: {\(sources)}
      routes: {/x: {from: {interval: 1h}}}

      """
    }
    let rig = try await ReloadRig.serve(text(", \"\(host):\(port)\", \"unix:own.sock\""))
    for (other, reason) in [
      (text(", \"[::ffff:\(host)]:\(port)\""), "Address already in use"),
      (text("", "s: {unix_listen: own.sock, into: g}"), "it is in use for others to connect to"),
    ] {
      let refused = try await rig.reload(other)
      #expect(refused.status == 1)
      #expect(refused.errors.contains(reason), "\(refused.errors)")
      for text in [text(""), other, text("")] { try await rig.change(text) }
      try await rig.change(text(", \"\(host):\(port)\", \"unix:own.sock\""))
    }
    try await rig.stop()
  }

  @Test(arguments: ["tcp_listen: \"ADDRESS\"", "unix_listen: in.sock"])
  func `a source that listens keeps its socket when it is changed, renamed and moved`(listen: String) async throws {
    let host = OwnAddress.host()
    let listen = listen.replacing("ADDRESS", with: "\(host):9105")
    func text(_ sources: String, _ from: String = "{group: g}") -> String {
      """
      server: {listen: "127.0.0.1:0"}
      groups: {g: {history: {messages: 1000}}}
      sources: {\(sources)}
      routes: {/g: {from: {group: g}}, /p: {from: \(from)}}

      """
    }
    let texts = [
      text("a: {\(listen), into: g}"), text("a: {\(listen), connections: 7, into: g}"),
      text("b: {\(listen), max_message: 1KiB, into: g}"), text("", "{\(listen), into: g}"),
    ]
    @Sendable func connect(_ folder: TemporaryFolder) async throws -> TestClient {
      listen.hasPrefix("unix")
        ? try await TestClient.connect(path: folder("in.sock")) : try await TestClient.connect(host: host, port: 9105)
    }
    let rig = try await ReloadRig.serve(texts[0])
    let client = try await TestClient.get("/g", port: rig.sluice.port)
    try await client.wait(for: "an answer") { $0.status == 200 }
    try await eventually("the source to listen") { try await rig.report().sources[0].state == "running" }
    let inode = rig.inode("in.sock")
    let knocking = Task { [folder = rig.folder] in
      while !Task.isCancelled {
        await (try connect(folder)).close()
        try? await Task.sleep(for: .milliseconds(2))
      }
    }
    for round in 1...20 {
      try await rig.change(texts[round % texts.count])
      let feeder = try await connect(rig.folder)
      try await feeder.send("line \(round)\n")
      try await client.wait(for: "line \(round)") { $0.lines.last == "line \(round)" }
      await feeder.close()
    }
    knocking.cancel()
    try await knocking.value
    #expect(rig.inode("in.sock") == inode)
    try await rig.stop()
  }
}
