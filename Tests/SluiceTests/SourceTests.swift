import Foundation
import NIOCore
import TestSupport
import Testing

/// Sources as an operator uses them, through the built binary.
struct SourceTests {
  /// A program that counts, one line each few milliseconds, and says its process id first.
  private let counter = """
    #!/bin/sh
    echo "pid $$"
    n=0
    while :; do n=$((n + 1)); echo "n $n"; sleep 0.02; done
    """

  @Test func `after kill -9 of the feed subscribers stay, are told, and go on`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("feed", counter, isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed]}, health: true, history: {messages: 100000}}}", folder: folder)
    let client = try await TestClient.events("/x", port: sluice.port)
    let before = try await client.wait(for: "messages") { $0.events.count > 5 }.events
    let pid = try #require(
      before.compactMap { $0.data.firstMatch(of: /^pid ([0-9]+)$/)?.1 }.first.flatMap { Int32($0) })
    kill(pid, SIGKILL)
    let after = try await client.wait(for: "the new feed") { response in
      response.events.filter { $0.data.hasPrefix("pid ") }.count == 2
        && response.events.last?.data.hasPrefix("n ") == true
    }.events
    let health = after.filter { $0.name == "sluice.health" }.map(\.data)
    #expect(health.contains("{\"source\":\"/x\",\"state\":\"starting\"}"))
    #expect(health.last == "{\"source\":\"/x\",\"state\":\"running\"}")
    #expect(!client.isClosed)
    let sequence = after.filter { $0.name == "message" }.compactMap { Int($0.id.split(separator: "-")[1]) }
    #expect(sequence == Array(sequence[0]..<(sequence[0] + sequence.count)))
    #expect(sluice.log.contains("SIGKILL") || sluice.log.contains("signal 9"))
    try await sluice.stop()
  }

  @Test func `stopping the server ends the feed`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("feed", counter, isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed]}, replay: all, history: {messages: 100000}}}", folder: folder)
    let client = try await TestClient.get("/x", port: sluice.port)
    let lines = try await client.wait(for: "the pid") { !$0.lines.isEmpty }.lines
    let pid = try #require(Int32(lines[0].dropFirst(4)))
    #expect(try await sluice.stop() == 0)
    #expect(kill(pid, 0) == -1)
  }

  @Test func `a feed that falls silent is told as stalled and then as running`() async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {tcp_listen: \"127.0.0.1:0\", stale_after: 100ms}, health: true}}")
    try await eventually("the feed's port") { sluice.log.contains("listens on 127.0.0.1:") }
    let port = try #require(sluice.log.firstMatch(of: #/listens on 127\.0\.0\.1:([0-9]+)/#).flatMap { Int($0.1) })
    let client = try await TestClient.webSocket("/x", port: sluice.port)
    try await client.wait(for: "the stall") {
      $0.messages.contains("{\"sluice\":\"health\",\"source\":\"/x\",\"state\":\"stalled\"}")
    }
    let feeder = try await TestClient.connect(port: port)
    try await feeder.send("hello\n")
    try await client.wait(for: "the news") {
      $0.messages.contains("{\"sluice\":\"health\",\"source\":\"/x\",\"state\":\"running\"}")
    }
    try await client.wait(for: "the message") { $0.messages.contains("hello") }
    try await sluice.stop()
  }

  @Test func `a source on demand runs only while somebody listens`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("feed", "#!/bin/sh\necho $$ >> starts\necho hello\nexec sleep 60\n", isProgram: true)
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {exec: [./feed], on_demand: {linger: 50ms}}}}", folder: folder)
    #expect(!FileManager.default.fileExists(atPath: folder("starts")))
    let client = try await TestClient.get("/x", port: sluice.port)
    try await client.wait(for: "the first line") { $0.lines == ["hello"] }
    let pid = try #require(Int32(try String(contentsOfFile: folder("starts"), encoding: .utf8).dropLast()))
    await client.close()
    try await eventually("the feed to be stopped") { kill(pid, 0) == -1 }
    try await sluice.stop()
  }

  @Test func `several sources merge, and a message of each arrives`() async throws {
    let sluice = try await SluiceProcess.serve(
      "sources: {a: {interval: 10ms, text: A}}\nroutes: {/x: {from: [a, {interval: 15ms, text: B}]}}")
    let client = try await TestClient.get("/x", port: sluice.port)
    try await client.wait(for: "both") { $0.lines.contains("A") && $0.lines.contains("B") }
    try await sluice.stop()
  }

  @Test func `a source and a route publish to groups, and a route reads the one its path names`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources:
        blue: {interval: 10ms, text: blue, into: room.blue}
      routes:
        /red: {from: {interval: 10ms, text: red}, into: room.red}
        /rooms/{room}: {from: {group: "room.{room}"}}
      """)
    let red = try await TestClient.get("/rooms/red", port: sluice.port)
    let blue = try await TestClient.get("/rooms/blue", port: sluice.port)
    let none = try await TestClient.get("/rooms/none", port: sluice.port)
    #expect(try await red.wait(for: "red") { $0.lines.count > 2 }.lines.allSatisfy { $0 == "red" })
    #expect(try await blue.wait(for: "blue") { $0.lines.count > 2 }.lines.allSatisfy { $0 == "blue" })
    try await none.wait(for: "a head") { _ in true }
    #expect(none.response?.lines == [])
    try await sluice.stop()
  }

  @Test func `each subscriber gets the whole file, byte for byte, with its media type`() async throws {
    let folder = try TemporaryFolder()
    let page = "<!doctype html>\n<p>grün\r\nno newline at the end"
    try folder.write("page.html", page)
    let sluice = try await SluiceProcess.serve(
      "routes: {/: {from: {file: page.html, mode: each, framing: chunks}, protocols: [stream], content_type: text/html}}",
      folder: folder)
    for _ in 0..<3 {
      let client = try await TestClient.get("/", port: sluice.port, headers: ["Accept": "text/html"])
      try await client.waitForClose()
      #expect(client.response?.text == page)
      #expect(client.response?.isComplete == true)
      #expect(client.response?.headers["content-type"] == "text/html")
    }
    try FileManager.default.removeItem(atPath: folder("page.html"))
    let gone = try await TestClient.get("/", port: sluice.port)
    try await gone.wait(for: "an answer") { $0.status == 404 && $0.isComplete }
    let again = try await TestClient.get("/", port: sluice.port)
    try await again.wait(for: "an answer") { $0.status == 404 && $0.isComplete }
    #expect(sluice.log.matches(of: /cannot open/).count == 1)
    try await sluice.stop()
  }

  @Test func `a file for each is resumed behind what the subscriber has`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("lines.txt", (1...100).map { "line \($0)\n" }.joined())
    let sluice = try await SluiceProcess.serve("routes: {/f: {from: {file: lines.txt, mode: each}}}", folder: folder)
    let first = try await TestClient.events("/f", port: sluice.port)
    try await first.waitForClose()
    let events = try #require(first.response?.events)
    #expect(events.map(\.data) == (1...100).map { "line \($0)" })
    let second = try await TestClient.events("/f", port: sluice.port, lastID: events[89].id)
    try await second.waitForClose()
    #expect(second.response?.events.map(\.data) == (91...100).map { "line \($0)" })
    try await sluice.stop()
  }

  @Test func `subscribers of a file who leave in its middle leave nothing open`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("big.txt", String(repeating: String(repeating: "x", count: 99) + "\n", count: 200_000))
    let sluice = try await SluiceProcess.serve("routes: {/f: {from: {file: big.txt, mode: each}}}", folder: folder)
    func opened() -> Int {
      let folder = "/proc/\(sluice.pid)/fd"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.count {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?.hasSuffix("big.txt") == true
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for number in 0..<60 {
        tasks.addTask {
          let client = try await TestClient.get("/f", port: sluice.port)
          try await eventually("some of it") { client.bytes.readableBytes > number * 2000 }
          // A reset, so that the server learns of it in the middle of a send.
          let options = client.channel as? any SocketOptionProvider
          try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
          await client.close()
        }
      }
      try await tasks.waitForAll()
    }
    try await eventually("the file to be closed") { opened() == 0 }
    try await sluice.stop()
  }
}
