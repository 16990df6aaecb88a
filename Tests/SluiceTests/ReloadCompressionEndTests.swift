import Foundation
import NIOCore
import TestSupport
import Testing

/// How compressed streams end, or go on, where a reload leads to a stream that ends or is none.
struct ReloadCompressionEndTests {
  private func routes(_ route: String) -> String {
    "sources: {in: {pipe: in, create: true}}\n"
      + "routes: {/other: {from: in}, /x: {protocols: [websocket, sse, stream], \(route)}}"
  }

  private typealias Member = (form: CompressedForm, client: InflatingClient)

  private func start(_ route: String) async throws -> (sluice: SluiceProcess, feed: Feed, members: [Member]) {
    let sluice = try await SluiceProcess.serve(routes(route))
    try sluice.folder.write("file", Tick.texts(1...2000, of: "file").map { $0 + "\n" }.joined())
    let feed = try await Feed(sluice.folder("in"))
    let members = try await CompressedForm.allCases.asyncMap { ($0, try await $0.open("/x", sluice)) }
    try feed.write(Tick.texts(1...100).joined(separator: "\n"))
    for (_, client) in members { try await client.waitForTick(100) }
    return (sluice, feed, members)
  }

  @Test func `from a live stream to a file for each, which ends in good order`() async throws {
    let (sluice, _, members) = try await start("from: in")
    #expect(try await sluice.reload(routes("from: {file: file, mode: each}")).contains("4 moved"))
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1000 : end.isComplete, "\(form)")
      let items = form.items(end)
      #expect(Array(items.prefix(100)) == Tick.texts(1...100) && Tick.number(items[100]) == nil)
      #expect(Array(items.dropFirst(101)) == Tick.texts(1...2000, of: "file"), "\(form)")
    }
    try await sluice.stop()
  }

  @Test func `where there is no stream to go over to, the end is in good order too`() async throws {
    let (sluice, _, members) = try await start("from: in")
    try await sluice.reload(routes("from: {file: missing, mode: each}"))
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1001 : end.isComplete, "\(form)")
      #expect(form.items(end) == Tick.texts(1...100), "\(form)")
    }
    try await sluice.stop()
  }

  @Test func `a stream of bytes that cannot tell a gap is cut, and its gzip file is not ended as if it were whole`()
    async throws
  {
    let (sluice, _, members) = try await start("from: in, content_type: application/octet-stream")
    try await sluice.reload(routes("from: {interval: 1h}, content_type: application/octet-stream"))
    let lines = try #require(members.last)
    let end = try await lines.client.waitForClose()
    #expect(end.failure == nil && !end.isComplete && lines.form.items(end) == Tick.texts(1...100))
    for (_, client) in members.dropLast() { try await client.wait(for: "the gap") { $0.tail.contains("missed") } }
    try await sluice.stop()
  }

  @Test func `a server that ends completes what is half sent`() async throws {
    let sluice = try await SluiceProcess.serve(
      routes("from: in, history: {messages: 100000, size: 64MiB}, slow: {lag: 64MiB, then: close, wait: 0s}"),
      server: "  shutdown_grace: 2m")
    let feed = try await Feed(sluice.folder("in"))
    let members = try await CompressedForm.allCases.asyncMap { form in
      (form, try await form.open("/x", sluice, receiveBuffer: 2048, reads: false))
    }
    try await eventually("them to join") { try await sluice.status().route("/x")?.subscribers == members.count }
    let leader = try await CompressedForm.webSocket.open("/x", sluice)
    let texts = Noise.texts(1...6000)
    for start in stride(from: 0, to: 6000, by: 200) {
      try feed.write(texts[start..<start + 200].joined(separator: "\n"))
    }
    try await leader.wait(for: "the last") { $0.tail.hasSuffix(texts[5999].suffix(100)) }
    sluice.signal(SIGTERM)
    // From now on they have five seconds.
    for (_, client) in members { client.startReading() }
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1001 : end.isComplete, "\(form)")
      let items = form.items(end)
      #expect(items == Array(texts.prefix(items.count)), "\(form)")
    }
    try await sluice.waitForExit()
  }
}
