import NIOCore
import TestSupport
import Testing

/// Clients that stop reading again and again in a compressed stream, whatever else comes between.
struct CompressionPauseTests {
  private func routes(_ more: String) -> String {
    "sources: {a: {pipe: a, create: true}, b: {pipe: b, create: true, stale_after: 1s}}\n"
      + "routes: {/x: {from: [a, b], health: true, protocols: [websocket, sse, stream], \(more)}}"
  }

  /// What the client has must be all there was, but for what it was told to have missed. `others`: so many messages of
  /// `b` came between, of which it may have missed some too.
  private func check(_ items: [String], _ texts: [String], others: Int, _ form: CompressedForm) {
    var (next, known, isBehindGap) = (1, 0, false)
    for item in items {
      if let number = Tick.number(item) {
        let isNext = number == next || isBehindGap && number < next && number >= next - others
        guard isNext, item == texts[number - 1] else {
          Issue.record("\(form): \(item.prefix(100)) where \(next) should be")
          return
        }
        (next, known, isBehindGap) = (number + 1, known + 1, false)
      } else if let missed = Tick.missed(item) {
        (next, known, isBehindGap) = (next + missed, known + missed, true)
      } else if item == "b" {
        known += 1
      } else {
        #expect(item.contains("\"state\":"), "\(form)")
      }
    }
    #expect(known == texts.count + others, "\(form)")
  }

  @Test(arguments: ["slow: {lag: 64KiB, then: skip, wait: 0s}", "slow: {lag: 64MiB, wait: 0s}, history: {size: 64MiB}"])
  func `a client that pauses reads on right, in step or not, with notes between`(slow: String) async throws {
    let sluice = try await SluiceProcess.serve(routes(slow))
    let (a, b) = (try await Feed(sluice.folder("a")), try await Feed(sluice.folder("b")))
    var members: [(form: CompressedForm, client: InflatingClient)] = []
    for form in CompressedForm.allCases + CompressedForm.allCases {
      members.append((form, try await form.open("/x", sluice, receiveBuffer: members.count < 4 ? 2048 : 16384)))
    }
    // Big ones fill what sockets hold, small ones go by.
    var noise = Noise(21)
    var texts: [String] = []
    for round in 0..<6 {
      for (index, member) in members.enumerated() where (index + round) % 3 > 0 {
        try await member.client.stopReading()
      }
      for burst in 0..<20 {
        let numbers = texts.count + 1...texts.count + 40
        let burst = numbers.map {
          burst % 5 == 0 ? Tick.text($0) : noise.text($0) + String(repeating: " ", count: burst)
        }
        try a.write(burst.joined(separator: "\n"))
        texts += burst
      }
      if round % 2 == 0 { try b.write("b") }
      if round % 3 == 2 { try await sluice.reload(routes("\(slow), compression: {level: \(round + 1)}")) }
      for (_, client) in members { client.startReading() }
      let end = texts[texts.count - 1].suffix(100)
      for (_, client) in members {
        try await client.wait(for: "round \(round)") { $0.tail.contains(end) }
      }
    }
    try await sluice.stop()
    for (form, client) in members {
      let reading = try await client.waitForClose()
      #expect(reading.failure == nil)
      #expect(form.isWebSocket ? reading.closeCode == 1001 : reading.isComplete, "\(form)")
      #expect(form.compressed(reading) > 0)
      check(form.items(reading), texts, others: 3, form)
    }
  }
}
