import Delivery
import NIOCore
import Streams
import TestSupport
import Testing
import Wire

struct SubscriberTests {
  private let patient = SlowConsumerPolicy(lag: 1 << 30, then: .skip)

  private func group(history: History = .none, hold: Int = 1 << 30) -> Group {
    Group(name: "test", log: StreamLog(history: history, holdLimit: hold))
  }

  /// Numbered lines of changing length, so that a lost, doubled or reordered byte shows.
  private func line(_ number: Int) -> String { "\(number) " + String(repeating: "x", count: number * 37 % 211) }

  private func publish(_ numbers: Range<Int>, to group: Group, by step: Int = 7) {
    for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: step) {
      group.publish(Batch(texts: (start..<min(start + step, numbers.upperBound)).map(line)))
    }
  }

  private func expected(_ numbers: Range<Int>) -> String { numbers.map { line($0) + "\n" }.joined() }

  @Test func `with tiny socket buffers no byte is lost, doubled or out of order`() async throws {
    let group = group()
    let rig = try await Rig(group, slow: patient, sendBuffer: 2048)
    let clients = [
      try await rig.connect(receiveBuffer: 1024), try await rig.connect(), try await rig.connect(reads: false),
    ]
    publish(0..<5000, to: group)
    clients[2].startReading()
    let whole = expected(0..<5000)
    for client in clients { #expect(try await client.wait("all lines") { $0.utf8.count >= whole.utf8.count } == whole) }
    #expect(group.counters.values.skipped == 0)
    for client in clients { await client.close() }
    try await eventually("everybody to leave") { group.subscribers == 0 }
    try await rig.stop()
  }

  @Test func `a frame that the socket cuts is finished before anything else`() async throws {
    let group = group()
    let rig = try await Rig(group, format: .webSocket, slow: patient, sendBuffer: 2048, loops: 1)
    let client = try await rig.connect(reads: false, receiveBuffer: 1024)
    let big = String(repeating: "a", count: 300_000)
    group.publish(Batch(texts: [big, "b"]))
    client.startReading()
    try await eventually("both frames") { client.bytes.readableBytes >= 300_010 + 3 }
    #expect(client.bytes.readableBytes == 300_010 + 3)
    #expect(client.bytes.getString(at: 300_010 + 2, length: 1) == "b")
    await client.close()
    try await rig.stop()
  }

  @Test func `a stuck subscriber is skipped and told, and what it got and missed is everything`() async throws {
    let group = group(hold: 64 << 10)
    let rig = try await Rig(group, slow: SlowConsumerPolicy(lag: 64 << 10, then: .skip), sendBuffer: 4096, loops: 1)
    let stuck = try await rig.connect(reads: false, receiveBuffer: 4096)
    let quick = try await rig.connect()
    for start in stride(from: 0, to: 20_000, by: 500) {
      publish(start..<start + 500, to: group)
      try await quick.wait("the quick one") { $0.contains("\n\(start + 499) ") }
    }
    #expect(quick.text == expected(0..<20_000))
    #expect(group.log.retainedBytes <= 80 << 10)
    stuck.startReading()
    let text = try await stuck.wait("the last line") { $0.hasSuffix("\n" + line(19_999) + "\n") }
    var next = 0
    var gaps = 0
    for row in text.split(separator: "\n") {
      if let missed = row.firstMatch(of: /^\{"sluice":"gap","missed":([0-9]+),"after":"[0-9a-z]+-([0-9]+)"\}$/) {
        next += Int(missed.1)!
        #expect(Int(missed.2) == next)
        gaps += 1
      } else {
        #expect(row == line(next))
        next += 1
      }
    }
    #expect(next == 20_000)
    #expect(gaps >= 1)
    #expect(group.counters.values.skipped > 0)
    await stuck.close()
    await quick.close()
    try await rig.stop()
  }

  @Test func `'latest' sets a slow subscriber down at the newest message`() async throws {
    let group = group(hold: 16 << 10)
    let rig = try await Rig(group, slow: SlowConsumerPolicy(lag: 16 << 10, then: .latest), sendBuffer: 4096, loops: 1)
    let stuck = try await rig.connect(reads: false, receiveBuffer: 4096)
    publish(0..<5000, to: group)
    stuck.startReading()
    let text = try await stuck.wait("the last line") { $0.hasSuffix("\n" + line(4999) + "\n") }
    // Behind the last gap is nothing but the newest message of its time, and what came after.
    let rows = text.split(separator: "\n")
    let gap = try #require(rows.lastIndex { $0.hasPrefix("{\"sluice\":\"gap\"") })
    #expect(gap < rows.count - 1)
    #expect(rows[(gap + 1)...].elementsEqual((5000 - (rows.count - 1 - gap)..<5000).map { line($0)[...] }))
    await stuck.close()
    try await rig.stop()
  }

  @Test func `'close' closes a slow subscriber also while it reads nothing`() async throws {
    let group = group(hold: 16 << 10)
    let rig = try await Rig(group, slow: SlowConsumerPolicy(lag: 16 << 10, then: .close), sendBuffer: 4096, loops: 1)
    let stuck = try await rig.connect(reads: false, receiveBuffer: 4096)
    publish(0..<5000, to: group)
    try await eventually("the subscriber to be closed") { group.subscribers == 0 }
    #expect(group.counters.values.closedSlow == 1)
    await stuck.close()
    try await rig.stop()
  }

  @Test func `history that is longer than the allowed lag is no lag`() async throws {
    let history = History(messages: 10_000, size: 8 << 20)
    let group = group(history: history, hold: 1024)
    publish(0..<5000, to: group)
    let rig = try await Rig(
      group, slow: SlowConsumerPolicy(lag: 1024, then: .close), replay: .all, history: history, sendBuffer: 4096)
    let client = try await rig.connect()
    #expect(try await client.wait("history") { $0.hasSuffix(line(4999) + "\n") } == expected(0..<5000))
    await client.close()
    try await rig.stop()
  }

  @Test func `those who join while messages come get every later one exactly once`() async throws {
    let group = group()
    let rig = try await Rig(group, slow: patient)
    let feed = Task {
      for number in 0..<3000 {
        group.publish(Batch(texts: ["\(number)"]))
        if number % 50 == 0 { try await Task.sleep(for: .milliseconds(1)) }
      }
    }
    var clients: [TestClient] = []
    for _ in 0..<20 { clients.append(try await rig.connect()) }
    try await feed.value
    group.publish(Batch(texts: ["end"]))
    for client in clients {
      let rows = try await client.wait("the end") { $0.hasSuffix("end\n") }.split(separator: "\n").dropLast()
      let numbers = rows.compactMap { Int($0) }
      #expect(numbers == Array((numbers.first ?? 3000)..<3000))
    }
    for client in clients { await client.close() }
    try await rig.stop()
  }

  @Test func `a finished stream ends its subscribers after the last message`() async throws {
    let group = group()
    let rig = try await Rig(group, format: .streamChunked, slow: patient, sendBuffer: 2048)
    let client = try await rig.connect()
    group.publish(Batch(texts: [String(repeating: "y", count: 100_000)]))
    group.finish()
    try await client.waitForClose()
    #expect(client.text.hasSuffix("y\n\r\n0\r\n\r\n"))
    try await rig.stop()
  }

  @Test func `health is told after the messages before it, and to those who join later`() async throws {
    let group = group()
    let rig = try await Rig(group, slow: patient, wantsHealth: true)
    let client = try await rig.connect()
    group.publish(Batch(texts: ["one"]))
    group.announce(Health(source: "feed", state: .stalled))
    try await client.wait("the health") {
      $0 == "one\n{\"sluice\":\"health\",\"source\":\"feed\",\"state\":\"stalled\"}\n"
    }
    let late = try await rig.connect()
    try await late.wait("the health") { $0 == "{\"sluice\":\"health\",\"source\":\"feed\",\"state\":\"stalled\"}\n" }
    for client in [client, late] { await client.close() }
    try await rig.stop()
  }
}
