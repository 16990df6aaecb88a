import NIOCore
import TestSupport
import Testing

/// What reloads do to those who read a stream that is compressed once for all.
struct ReloadCompressionTests {
  private func configuration(_ route: String) -> String {
    """
    sources:
      a: {pipe: a, create: true, into: ga}
      b: {pipe: b, create: true, into: gb}
    groups: {ga: {}, gb: {}}
    routes: {/other: {from: {group: ga}}, \(route)}
    """
  }

  private func x(_ more: String) -> String { configuration("/x: {protocols: [websocket, sse, stream], \(more)}") }

  private typealias Member = (form: CompressedForm, client: InflatingClient)

  private func start(_ more: String, each: Int) async throws -> (sluice: SluiceProcess, members: [Member]) {
    let sluice = try await SluiceProcess.serve(x(more))
    var members: [Member] = []
    for _ in 0..<each {
      for form in CompressedForm.allCases { members.append((form, try await form.open("/x", sluice))) }
    }
    return (sluice, members)
  }

  /// Writes ticks in small bursts, each when one has the burst before.
  private func feed(
    _ numbers: ClosedRange<Int>, of name: String, to feed: Feed, _ leader: InflatingClient? = nil
  ) async throws {
    for start in stride(from: numbers.lowerBound, through: numbers.upperBound, by: 10) {
      let end = min(start + 9, numbers.upperBound)
      try feed.write(Tick.texts(start...end, of: name).joined(separator: "\n"))
      if let leader { try await leader.wait(for: "a burst") { $0.tail.contains("\"n\":\(end)}") } }
    }
  }

  private func end(_ sluice: SluiceProcess, _ members: [Member]) async throws {
    try await sluice.stop()
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1001 : end.isComplete)
    }
  }

  @Test func `pipelines and compression change under many subscribers, and each reads every number once`() async throws
  {
    let (sluice, members) = try await start("from: a, filters: [{wrap: v0}]", each: 8)
    let a = try await Feed(sluice.folder("a"))
    let changes = [
      "filters: [{wrap: v1}]", "filters: [{wrap: v2}, {where: msg.v2.n > 0}]",
      "filters: [{wrap: v2}], compression: off",
      "filters: [{wrap: v3}], compression: {mode: shared, level: 9, threshold: 0}",
      "filters: [{wrap: v3}], compression: {mode: shared, level: 1, threshold: 1MiB}",
      "filters: [{wrap: v4}], compression: per_connection", "filters: [{wrap: v4}]",
    ]
    var last = 0
    for change in changes {
      async let receipt = sluice.reload(x("from: a, \(change)"))
      try await feed(last + 1...last + 100, of: "a", to: a, members[0].client)
      let said = try await receipt
      #expect(said.contains("\(members.count) connections kept, 0 moved, 0 closed"), "\(said)")
      try await feed(last + 101...last + 150, of: "a", to: a, members[1].client)
      last += 150
    }
    for (form, client) in members {
      let reading = try await client.wait(for: "the last") { $0.tail.contains("\"n\":\(last)}") }
      #expect(form.items(reading).map { Tick.number($0) } == Array(1...last), "\(form)")
      #expect(form.compressed(reading) > 0)
    }
    // Who comes now gets what is in force now.
    try await sluice.reload(x("from: a, filters: [{wrap: v4}], compression: off"))
    for form in CompressedForm.allCases {
      let head = try await form.open("/x", sluice).reading.headers
      #expect(head["sec-websocket-extensions"] == nil && head["content-encoding"] == nil)
    }
    try await end(sluice, members)
  }

  @Test func `a route goes from one source to another and back under load: each stream is one, a gap, the other`()
    async throws
  {
    let (sluice, members) = try await start("from: a", each: 6)
    let feeds = ["a": try await Feed(sluice.folder("a")), "b": try await Feed(sluice.folder("b"))]
    var last = 0
    var order = ["a"]
    for (next, more) in [("b", ""), ("a", ", compression: {level: 9}"), ("b", ", compression: off")] {
      // Also while it is between the two.
      async let receipt = sluice.reload(x("from: \(next)\(more)"))
      for _ in 1...20 {
        for name in ["a", "b"] { try await feed(last + 1...last + 10, of: name, to: try #require(feeds[name])) }
        last += 10
      }
      let said = try await receipt
      #expect(said.contains("\(members.count) moved, 0 closed"), "\(said)")
      for name in ["a", "b"] { try await feed(last + 1...last + 100, of: name, to: try #require(feeds[name])) }
      last += 100
      for (_, client) in members { try await client.waitForTick(last, of: next) }
      order.append(next)
    }
    for (form, client) in members {
      let parts = form.items(client.reading).split(omittingEmptySubsequences: false) { Tick.number($0) == nil }
      #expect(parts.count == order.count, "\(form)")
      for (part, name) in zip(parts, order) {
        let numbers = part.compactMap { Tick.number($0) }
        guard let first = numbers.first, let end = numbers.last else { continue }
        #expect(Array(part) == Tick.texts(first...end, of: name), "\(form)")
      }
      #expect(parts[0].first == Tick.text(1) && parts[order.count - 1].last == Tick.text(last, of: "b"))
      #expect(form.compressed(client.reading) > 0)
    }
    try await end(sluice, members)
  }

  @Test func `a removed route ends each in the order of its protocol, with all that it was sent right`() async throws {
    let (sluice, members) = try await start("from: a", each: 6)
    let a = try await Feed(sluice.folder("a"))
    try await feed(1...300, of: "a", to: a, members[0].client)
    async let receipt = sluice.reload(configuration("/y: {from: {interval: 1h}}"))
    try await feed(301...500, of: "a", to: a)
    let said = try await receipt
    #expect(said.contains("\(members.count) closed"), "\(said)")
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1001 : end.isComplete)
      let items = form.items(end)
      #expect(items.count >= 300 && items == Tick.texts(1...items.count))
    }
    try await sluice.stop()
  }

  @Test(arguments: ["/y: {from: {interval: 1h}}", "/x: {from: b, protocols: [websocket, sse, stream]}"])
  func `a message that is half sent is completed before the end, or before another stream`(route: String) async throws {
    let lag = "from: a, history: {messages: 100000, size: 64MiB}, slow: {lag: 64MiB, then: close, wait: 0s}"
    let sluice = try await SluiceProcess.serve(x(lag))
    let a = try await Feed(sluice.folder("a"))
    var members: [Member] = []
    for form in CompressedForm.allCases {
      members.append((form, try await form.open("/x", sluice, receiveBuffer: 2048, reads: false)))
    }
    try await eventually("them to join") { try await sluice.status().route("/x")?.subscribers == members.count }
    let leader = try await CompressedForm.webSocket.open("/x", sluice)
    let texts = Noise.texts(1...6000)
    for start in stride(from: 0, to: 6000, by: 200) { try a.write(texts[start..<start + 200].joined(separator: "\n")) }
    try await leader.wait(for: "the last") { $0.tail.hasSuffix(texts[5999].suffix(100)) }
    async let receipt = sluice.reload(configuration(route))
    for (_, client) in members { client.startReading() }
    _ = try await receipt
    let isMoved = route.hasPrefix("/x")
    let b = try await Feed(sluice.folder("b"))
    if isMoved {
      for (_, client) in members { try await client.wait(for: "the gap") { $0.tail.contains("missed") } }
      try b.write(Tick.texts(1...200, of: "b").joined(separator: "\n"))
      for (_, client) in members { try await client.waitForTick(200, of: "b") }
      try await sluice.stop()
    }
    for (form, client) in members {
      let end = try await client.waitForClose()
      #expect(end.failure == nil)
      #expect(form.isWebSocket ? end.closeCode == 1001 : end.isComplete, "\(form)")
      let items = form.items(end)
      let first = items.prefix { $0.contains("noise") }
      #expect(Array(first) == Array(texts.prefix(first.count)))
      let rest = items.dropFirst(first.count)
      #expect(isMoved ? Array(rest.dropFirst()) == Tick.texts(1...200, of: "b") : rest.isEmpty, "\(form)")
    }
    if !isMoved { try await sluice.stop() }
  }
}
