import NIOCore
import Synchronization
import TestSupport
import Testing

/// Clients that come and go, on all event loops, while a compressed stream flows.
struct CompressionChurnTests {
  private func routes(_ compression: String) -> String {
    "routes: {/x: {from: {pipe: in, create: true}, protocols: [websocket, sse, stream], replay: 40, "
      + "history: {messages: 1000}, slow: {lag: 64MiB}, compression: \(compression)}}"
  }

  private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)
    var isSet: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
  }

  /// One client after the other, each of which reads some hundred messages.
  private func visit(_ sluice: SluiceProcess, _ visitor: Int, until done: Flag) async throws -> Int {
    var compressed = 0
    var round = visitor
    while !done.isSet {
      round += 1
      let form = CompressedForm.allCases[round % CompressedForm.allCases.count]
      let client = try await form.open("/x", sluice, receiveBuffer: round % 3 == 0 ? 2048 : nil)
      let wanted = 50 + round * 37 % 300
      let reading = try await client.wait(for: "\(wanted) messages") { reading in
        done.isSet || (form.isWebSocket ? reading.frames.count : reading.chunks.count) > wanted
      }
      let items = form.items(reading)
      let numbers = items.compactMap(Tick.number)
      #expect(numbers.count == items.count)
      if let first = numbers.first { #expect(items == Tick.texts(first...first + items.count - 1), "\(form)") }
      compressed += form.compressed(reading)
      await client.close()
    }
    return compressed
  }

  @Test func `each who comes and goes reads an unbroken part of the stream, whatever others do`() async throws {
    let sluice = try await SluiceProcess.serve(routes("shared"))
    let feed = try await Feed(sluice.folder("in"))
    let done = Flag()
    let leader = try await CompressedForm.webSocket.open("/x", sluice)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for visitor in 0..<6 {
        group.addTask { try await visit(sluice, visitor, until: done) }
      }
      defer { done.set() }
      for start in stride(from: 1, through: 6000, by: 20) {
        try feed.write(Tick.texts(start...start + 19).joined(separator: "\n"))
        try await leader.waitForTick(start + 19)
        if start % 1500 == 1 { try await sluice.reload(routes("{mode: shared, level: \(start % 9 + 1)}")) }
      }
      done.set()
      let compressed = try await group.reduce(0, +)
      #expect(compressed > 100)
    }
    #expect(leader.reading.texts == Tick.texts(1...6000))
    try await sluice.stop()
  }
}
