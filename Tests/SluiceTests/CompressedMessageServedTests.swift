import NIOCore
import TestSupport
import Testing

/// Messages of all kinds in a stream that is compressed once for all.
struct CompressedMessageServedTests {
  private func serve(_ more: String = "") async throws -> SluiceProcess {
    try await SluiceProcess.serve(
      "routes: {/x: {from: {pipe: \"-\", max_message: 32MiB}, protocols: [websocket, sse, stream]\(more)}}")
  }

  @Test func `empty and binary messages come as they are, compressed from the threshold on`() async throws {
    let sluice = try await serve(", compression: {threshold: 4}")
    let client = try await CompressedForm.webSocket.open("/x", sluice)
    let lines = try await CompressedForm.lines.open("/x", sluice)
    let messages: [[UInt8]] = [
      [], Array("abc".utf8), Array("abcd".utf8), [0xFF, 0, 0xC3], [0xFF, 0, 0xC3, 0x28],
      Array(repeating: 0xFE, count: 70_000),
      [], Array("grün".utf8), Array("end".utf8),
    ]
    for message in messages { try sluice.write(message + [10]) }
    let reading = try await client.wait(for: "all") { $0.texts.last == "end" }
    #expect(reading.messages.map { Array($0.payload.readableBytesView) } == messages)
    #expect(reading.messages.map(\.opcode) == [1, 1, 1, 2, 2, 2, 1, 1, 1])
    #expect(reading.messages.map(\.isCompressed) == messages.map { $0.count >= 4 })
    #expect(reading.messages[5].wire.readableBytes < 1000)
    let content = try await lines.wait(for: "all") { $0.tail.hasSuffix("end\n") }.content
    // A plain stream has binary messages as they are, with nothing between them.
    let isText = { (message: [UInt8]) in String(validating: message, as: UTF8.self) != nil }
    #expect(Array(content.readableBytesView) == messages.flatMap { isText($0) ? $0 + [10] : $0 })
    try await sluice.stop()
  }

  // RFC 7692 section 7.2.3.6: an empty message is one byte, 00.
  @Test func `without a threshold empty messages are compressed too, at any place`() async throws {
    let sluice = try await serve(", compression: {threshold: 0}")
    var clients: [InflatingClient] = []
    for form in CompressedForm.allCases { clients.append(try await form.open("/x", sluice)) }
    let texts = ["", "", "one", "", "two", "", ""] + Tick.texts(1...3)
    try sluice.write(lines: texts)
    for (form, client) in zip(CompressedForm.allCases, clients) {
      let reading = try await client.waitForTick(3)
      #expect(form.items(reading) == texts, "\(form)")
      #expect(reading.isAllCompressed)
    }
    #expect(clients[0].reading.messages[0].wire == ByteBuffer(bytes: [0]))
    try await sluice.stop()
  }

  @Test func `a message of 16 MB passes, and one that nothing can compress grows by next to nothing`() async throws {
    let sluice = try await serve(", slow: {lag: 64MiB}")
    let socket = try await CompressedForm.webSocket.open("/x", sluice)
    let lines = try await CompressedForm.lines.open("/x", sluice)
    let block = [UInt8](Tick.texts(1...2000).joined(separator: ",").utf8)
    var big: [UInt8] = []
    while big.count < 16_000_000 { big += block }
    var source = Noise(3)
    let noise = source.bytes(300_000)
    for message in [big, noise] { try sluice.write(message + [10]) }
    try sluice.write(lines: [Tick.text(1)])
    let reading = try await socket.waitForTick(1)
    #expect(reading.messages.count == 3)
    #expect(reading.isAllCompressed)
    #expect(reading.messages[0].payload == ByteBuffer(bytes: big))
    #expect(reading.messages[0].wire.readableBytes < big.count / 4)
    #expect(reading.messages[1].payload == ByteBuffer(bytes: noise))
    #expect(reading.messages[1].wire.readableBytes < noise.count + 300)
    let content = try await lines.waitForTick(1).content
    #expect(content.readableBytes == big.count + noise.count + 2 + Tick.text(1).utf8.count)
    #expect(content.getSlice(at: content.readerIndex, length: big.count) == ByteBuffer(bytes: big))
    try await sluice.stop()
  }

  /// What all get must not depend on what one gets alone, or that one's secrets could be guessed by its size.
  @Test func `what one connection alone receives never enters what is compressed for all`() async throws {
    var seen: [[ByteBuffer]] = []
    for replies in [false, true] {
      let sluice = try await SluiceProcess.serve("routes: {/x: {from: {pipe: \"-\"}, publish: {to: reply}}}")
      // Alone in step, so that nobody else's joining makes a key frame.
      let client = try await CompressedForm.webSocket.open("/x", sluice)
      for number in 1...200 {
        if replies {
          // What the next message says.
          let first = number % 2 == 0 ? ClientFrame.final | 1 : ClientFrame.final | ClientFrame.compressed | 1
          let text = Array(Tick.text(number).utf8)
          try await client.send(ClientFrame.encode(first, number % 2 == 0 ? text : Deflater.message(text)))
          try await client.wait(for: "the reply") { $0.messages.count == number * 2 - 1 }
        }
        try sluice.write(lines: [Tick.text(number)])
        try await client.wait(for: "the tick") { $0.messages.count == (replies ? number * 2 : number) }
      }
      let messages = client.reading.messages
      #expect(messages.filter { !$0.isCompressed }.map(\.text) == (replies ? Tick.texts(1...200) : []))
      seen.append(messages.filter(\.isCompressed).map(\.wire))
      try await sluice.stop()
    }
    #expect(seen[0].count == 200 && seen[0] == seen[1])
  }

  @Test func `two who share get the same bytes, whether or not one of them gets replies between them`() async throws {
    let sluice = try await SluiceProcess.serve("routes: {/x: {from: {pipe: \"-\"}, publish: {to: reply}}}")
    let quiet = try await CompressedForm.webSocket.open("/x", sluice)
    let asking = try await CompressedForm.webSocket.open("/x", sluice)
    for number in 1...100 {
      try await asking.send(ClientFrame.encode(ClientFrame.final | 1, Array("secret \(number)".utf8)))
      try sluice.write(lines: [Tick.text(number)])
      try await asking.wait(for: "both") { $0.messages.count == number * 2 }
    }
    let shared = try await quiet.waitForTick(100)
    #expect(shared.texts == Tick.texts(1...100))
    #expect(shared.isAllCompressed)
    #expect(asking.reading.messages.filter(\.isCompressed).map(\.wire) == shared.messages.map(\.wire))
    try await sluice.stop()
  }
}
