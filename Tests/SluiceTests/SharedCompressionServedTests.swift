import NIOCore
import TestSupport
import Testing

/// A stream that is compressed once for all, to ordinary clients of the built binary.
struct SharedCompressionServedTests {
  private func serve(_ more: String = "", server: String = "") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [websocket, sse, stream]\(more)}}", server: server)
  }

  @Test(arguments: CompressedForm.allCases)
  func `who joins in the middle is soon compressed too, and each reads all that is its own`(
    form: CompressedForm
  ) async throws {
    let sluice = try await serve(", replay: none")
    var clients: [InflatingClient] = []
    for joined in 0..<6 {
      clients.append(try await form.open("/x", sluice))
      let first = joined * 50 + 1
      try sluice.write(lines: Tick.texts(first...first + 49))
      try await clients[0].waitForTick(first + 49)
    }
    // 64 messages behind the last key frame there is another for who waits.
    for start in stride(from: 301, through: 600, by: 10) {
      try sluice.write(lines: Tick.texts(start...start + 9))
      try await clients[5].waitForTick(start + 9)
    }
    for (joined, client) in clients.enumerated() {
      let reading = try await client.waitForTick(600)
      #expect(form.items(reading) == Tick.texts(joined * 50 + 1...600), "\(joined)")
      #expect(form.compressed(reading) > 100)
    }
    #expect(form.compressed(clients[0].reading) == 600)
    try await sluice.stop()
  }

  @Test(arguments: CompressedForm.allCases)
  func `history is replayed from its middle, with what is new behind it`(form: CompressedForm) async throws {
    let sluice = try await serve(", replay: 37, history: {messages: 5000}")
    let first = try await form.open("/x", sluice)
    for start in stride(from: 1, through: 1000, by: 100) {
      try sluice.write(lines: Tick.texts(start...start + 99))
      try await first.waitForTick(start + 99)
      let next = try await form.open("/x", sluice)
      let reading = try await next.waitForTick(start + 99)
      #expect(form.items(reading) == Tick.texts(start + 63...start + 99))
      await next.close()
    }
    let last = try await form.open("/x", sluice)
    try await last.waitForTick(1000)
    try sluice.write(lines: Tick.texts(1001...1200))
    let reading = try await last.waitForTick(1200)
    #expect(form.items(reading) == Tick.texts(964...1200))
    #expect(form.compressed(reading) > 0)
    try await sluice.stop()
  }

  @Test(arguments: CompressedForm.allCases)
  func `who was too slow is told the gap, and reads on compressed`(form: CompressedForm) async throws {
    let sluice = try await serve(", slow: {lag: 64KiB, then: skip, wait: 0s}")
    let slow = try await form.open("/x", sluice, receiveBuffer: 4096, reads: false)
    try await eventually("it to join") { try await sluice.status().route("/x")?.subscribers == 1 }
    let texts = Noise.texts(1...9000)
    var last = texts.count
    for start in stride(from: 0, to: last, by: 300) { try sluice.write(lines: Array(texts[start..<start + 300])) }
    // Another reads the same meanwhile.
    let fast = try await form.open("/x", sluice)
    slow.startReading()
    try await slow.wait(for: "the last") { $0.tail.contains(texts[8999].suffix(200)) }
    let skipped = form.compressed(slow.reading)
    try await eventually("it to come compressed again") {
      last += 1
      try sluice.write(lines: [Tick.text(last)])
      return form.compressed(try await slow.waitForTick(last)) > skipped
    }
    let items = form.items(try await slow.waitForTick(last))
    let numbers = items.compactMap(Tick.number)
    let missed = items.compactMap(Tick.missed)
    #expect(!missed.isEmpty)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(numbers.count + missed.reduce(0, +) == last)
    try await fast.waitForTick(last)
    try await sluice.stop()
  }

  @Test func `replies, health, pings and pongs stand between compressed messages, and disturb none`() async throws {
    let sluice = try await SluiceProcess.serve(
      """
      sources: {in: {pipe: "-"}, other: {pipe: other, create: true, stale_after: 1s}}
      routes:
        /x: {from: [in, other], health: true, publish: {to: reply}, keepalive: 5s, compression: {threshold: 0}}
      """)
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    let feed = try await Feed(sluice.folder("other"))
    var last = 0
    try await eventually("a ping and a stalled source") {
      last += 1
      try await client.send(ClientFrame.encode(ClientFrame.final | 1, Array("reply \(last)".utf8)))
      try await client.send(ClientFrame.encode(ClientFrame.final | 9, Array("\(last)".utf8)))
      try await client.wait(for: "the pong") { $0.frames.contains { $0.opcode == 10 && $0.text == "\(last)" } }
      try sluice.write(lines: [Tick.text(last)])
      try await client.waitForTick(last)
      return client.reading.texts.contains { $0.contains("stalled") }
    }
    // Quiet, until it is asked whether it is there.
    try await client.wait(for: "a ping") { $0.frames.contains { $0.opcode == 9 } }
    try feed.write("back")
    try await client.wait(for: "the source to run") { $0.texts.contains("back") }
    for number in last + 1...last + 20 {
      try await client.send(ClientFrame.encode(ClientFrame.final | 1, Array("reply \(number)".utf8)))
      try sluice.write(lines: [Tick.text(number)])
      try await client.wait(for: "both") {
        $0.texts.contains(Tick.text(number)) && $0.texts.contains("reply \(number)")
      }
    }
    last += 20
    let frames = client.reading.messages
    #expect(frames.map(\.text).filter { $0.contains("\"n\":") } == Tick.texts(1...last))
    #expect(frames.map(\.text).filter { $0.hasPrefix("reply") } == (1...last).map { "reply \($0)" })
    // What all get is compressed from the first message on; what is for this one alone never.
    for frame in frames {
      #expect(frame.isCompressed == (frame.text == "back" || frame.text.contains("\"n\":")), "\(frame.text)")
    }
    try await sluice.stop()
  }
}
