import TestSupport
import Testing

/// The crowd that watches over reloads: it must see what goes wrong.
struct CrowdTests {
  private func message(_ text: String) -> NumberedMessage? { Array(text.utf8).withUnsafeBytes { NumberedMessage($0) } }

  @Test func `a numbered message is read with its marks`() {
    let plain = NumberedMessage.text(7, at: 1200, pad: "xv\\\"via")
    let marked = plain.dropLast() + ",\"via\":\"a\"}"
    #expect(message(plain)?.number == 7)
    #expect(message(plain)?.writtenAt == 1200)
    #expect(message(plain)?.marks == NumberedMessage.Marks.none)
    #expect(message(String(marked))?.marks == .one(UInt8(ascii: "a")))
    #expect(message(marked.dropLast() + ",\"via\":\"b\"}")?.marks == .several)
    #expect(message("{\"n\":7}") == nil)
    #expect(message(plain + " ") == nil)
  }

  @Test(arguments: [true, false])
  func `each subscriber of a crowd sees what was lost, repeated, passed by or marked twice`(isWebSocket: Bool)
    async throws
  {
    let lines = [(1, "a"), (2, "a"), (4, "a"), (4, "a"), (5, ""), (6, "b\",\"via\":\"a")].map { number, mark in
      NumberedMessage.text(number, at: 0, pad: "x").dropLast() + (mark.isEmpty ? "}" : ",\"via\":\"\(mark)\"}")
    }
    let sluice = try await SluiceProcess.pipe("/x")
    let crowd = Crowd()
    let stream = crowd.stream("/x", port: sluice.port)
    try await crowd.join(stream, webSockets: isWebSocket ? 2 : 0, events: isWebSocket ? 0 : 2)
    try sluice.write(lines.joined(separator: "\n") + "\n")
    try await eventually("the messages") { crowd.progress(stream).slowest == 6 }
    #expect(crowd.progress(stream).faults == [.lost: 2, .repeated: 2, .unmarked: 2, .markedTwice: 2])
    try await sluice.stop()
    try await eventually("the end") { crowd.progress(stream).gone == 2 }
    #expect(crowd.progress(stream).faults[.closed] == 2)
    #expect(crowd.progress(stream).closeCodes == (isWebSocket ? [1001: 2] : [:]))
    crowd.end()
  }

  @Test func `a feed that restarts is a fault, unless it may`() async throws {
    let sluice = try await SluiceProcess.pipe("/x")
    let crowd = Crowd()
    let strict = crowd.stream("/x", port: sluice.port, StreamRules(isMarked: false))
    try await crowd.join(strict, webSockets: 1, events: 0)
    let lax = crowd.stream("/x", port: sluice.port, StreamRules(isMarked: false, mayRestart: true))
    try await crowd.join(lax, webSockets: 3, events: 0)
    for number in [1, 2, 1, 2] { try sluice.write(NumberedMessage.text(number, at: 0, pad: "") + "\n") }
    try await eventually("the messages") { crowd.progress().delivered == 16 }
    #expect(crowd.progress(lax).restarts == 3)
    #expect(crowd.progress().faults == [.repeated: 1])
    crowd.end()
    try await sluice.stop()
  }
}
