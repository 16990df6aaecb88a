import TestSupport
import Testing

/// What stands before and between the messages of a body inside gzip: gaps, snapshots, comments.
struct GzipResumeTests {
  private func serve(_ more: String) async throws -> SluiceProcess {
    try await SluiceProcess.serve("routes: {/x: {from: {pipe: \"-\"}, protocols: [sse, stream], \(more)}}")
  }

  @Test func `who comes back goes on behind what it has, or is told the gap`() async throws {
    let sluice = try await serve("history: {messages: 50}")
    let first = try await CompressedForm.events.open("/x", sluice)
    for start in stride(from: 1, through: 200, by: 10) {
      try sluice.write(lines: Tick.texts(start...start + 9))
      try await first.waitForTick(start + 9)
    }
    let events = first.reading.eventStream.events
    #expect(events.map(\.data) == Tick.texts(1...200))
    let near = try await InflatingClient.events("/x", port: sluice.port, lastID: events[169].id)
    let far = try await InflatingClient.events("/x", port: sluice.port, lastID: events[99].id)
    for client in [near, far] { try await client.waitForTick(200) }
    for start in stride(from: 201, through: 400, by: 10) {
      try sluice.write(lines: Tick.texts(start...start + 9))
      for client in [near, far] { try await client.waitForTick(start + 9) }
    }
    #expect(near.reading.eventStream.events.map(\.data) == Tick.texts(171...400))
    let told = far.reading.eventStream.events
    #expect(told[0].name == "sluice.gap" && told[0].data == "{\"missed\":50,\"after\":\"\(events[149].id)\"}")
    #expect(told.dropFirst().map(\.data) == Tick.texts(151...400))
    try await sluice.stop()
    for client in [first, near, far] {
      let end = try await client.waitForClose()
      #expect(end.failure == nil && end.isComplete)
    }
  }

  @Test func `a comment keeps a quiet stream alive, and it goes on compressed`() async throws {
    let sluice = try await serve("keepalive: 1s")
    let client = try await CompressedForm.events.open("/x", sluice)
    try sluice.write(lines: Tick.texts(1...10))
    try await client.waitForTick(10)
    try await client.wait(for: "a comment") { !$0.eventStream.comments.isEmpty }
    var last = 10
    let before = CompressedForm.events.compressed(client.reading)
    try await eventually("it to come compressed again") {
      last += 1
      try sluice.write(lines: [Tick.text(last)])
      return CompressedForm.events.compressed(try await client.waitForTick(last)) > before
    }
    #expect(client.reading.eventStream.events.map(\.data) == Tick.texts(1...last))
    try await sluice.stop()
    let end = try await client.waitForClose()
    #expect(end.failure == nil && end.isComplete)
  }

  private func keyed(_ numbers: ClosedRange<Int>) -> [String] {
    numbers.map { "{\"k\":\($0 % 5),\"n\":\($0),\"venue\":\"XNAS\"}" }
  }

  @Test(arguments: CompressedForm.allCases)
  func `the last message of each key comes first, then what is new, compressed`(form: CompressedForm) async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [sse, stream, websocket], compression: {threshold: 0}, "
        + "history: {messages: 2, latest_by: msg.k}}}")
    let first = try await form.open("/x", sluice)
    try sluice.write(lines: keyed(1...100))
    try await first.wait(for: "all") { $0.tail.contains("\"n\":100,") }
    #expect(form.items(first.reading) == keyed(1...100))
    let late = try await form.open("/x", sluice)
    try await late.wait(for: "the snapshot") { $0.tail.contains("\"n\":100,") }
    #expect(form.items(late.reading) == keyed(96...100))
    #expect(form.compressed(late.reading) == 0)
    for start in stride(from: 101, through: 400, by: 20) {
      try sluice.write(lines: keyed(start...start + 19))
      for client in [first, late] { try await client.wait(for: "all") { $0.tail.contains("\"n\":\(start + 19),") } }
    }
    #expect(form.items(late.reading) == keyed(96...400))
    #expect(form.compressed(late.reading) > 100)
    #expect(form.items(first.reading) == keyed(1...400))
    try await sluice.stop()
    for client in [first, late] {
      let end = try await client.waitForClose()
      #expect(end.failure == nil && (form.isWebSocket || end.isComplete))
    }
  }

  @Test(arguments: CompressedForm.allCases)
  func `who is slow in a keyed stream gets the last of each key, and its body stays right`(
    form: CompressedForm
  ) async throws {
    let sluice = try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\"}, protocols: [sse, stream, websocket], "
        + "history: {messages: 2, latest_by: msg.k}, slow: {lag: 64KiB, then: latest, wait: 0s}}}")
    let slow = try await form.open("/x", sluice, receiveBuffer: 4096, reads: false)
    try await eventually("it to join") { try await sluice.status().route("/x")?.subscribers == 1 }
    let texts = Noise.texts(1...8000)
    let total = texts.count
    for start in stride(from: 0, to: total, by: 500) { try sluice.write(lines: Array(texts[start..<start + 500])) }
    slow.startReading()
    try await slow.wait(for: "the last") { form.items($0).last?.contains("\"n\":\(total),") == true }
    let items = form.items(slow.reading)
    let numbers = items.compactMap(Tick.number)
    let missed = items.compactMap(Tick.missed)
    #expect(!missed.isEmpty)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(numbers.suffix(7) == Array(total - 6...total)[...])
    #expect(numbers.count + missed.reduce(0, +) == total)
    let before = form.compressed(slow.reading)
    var last = total
    try await eventually("it to come compressed again") {
      last += 1
      try sluice.write(lines: [Tick.text(last)])
      return form.compressed(try await slow.waitForTick(last)) > before
    }
    #expect(form.items(slow.reading).suffix(last - total) == Tick.texts(total + 1...last)[...])
    try await sluice.stop()
    let end = try await slow.waitForClose()
    #expect(end.failure == nil && (form.isWebSocket || end.isComplete))
  }
}
