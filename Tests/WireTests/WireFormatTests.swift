import NIOCore
import Streams
import Testing
import Wire

struct WireFormatTests {
  private func chunk(_ messages: [(String, Bool)]) -> Chunk {
    var batch = Batch()
    for (text, isText) in messages {
      Array(text.utf8).withUnsafeBytes { batch.append($0, isText: isText) }
    }
    return Chunk(epoch: Epoch(35), first: Offset(41), position: 0, appended: .now(), batch: batch)
  }

  private func encode(_ format: WireFormat, _ messages: [(String, Bool)]) -> [String] {
    let encoded = format.encode(chunk(messages))
    return (0..<encoded.ends.count).map { index in
      let start = encoded.start(index)
      return encoded.bytes.getString(at: start, length: Int(encoded.ends[index]) - start) ?? "?"
    }
  }

  @Test func `a stream is a line a message, binary as it is`() {
    #expect(encode(.stream, [("a", true), ("", true), ("bin", false)]) == ["a\n", "\n", "bin"])
  }

  // RFC 9112 section 7.1
  @Test func `a chunked stream has a chunk a message, and none for an empty binary one`() {
    let long = String(repeating: "x", count: 300)
    #expect(
      encode(.streamChunked, [("abc", true), ("", false), (long, false)])
        == ["4\r\nabc\n\r\n", "", "12c\r\n\(long)\r\n"])
  }

  // WHATWG HTML 9.2.6: lines end with CR LF, LF or CR
  @Test func `an event has an id, and a data line for each line of the message`() {
    #expect(
      encode(.sse, [("one", true), ("a\nb\r\nc\rd", true), ("", true), ("end\n", true)]) == [
        "id: z-41\ndata: one\n\n", "id: z-42\ndata: a\ndata: b\ndata: c\ndata: d\n\n", "id: z-43\ndata: \n\n",
        "id: z-44\ndata: end\ndata: \n\n",
      ])
  }

  // RFC 4648 section 10
  @Test(arguments: [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("", "")])
  func `a binary message is a base64 event`(text: String, base64: String) {
    #expect(encode(.sse, [(text, false)]) == ["id: z-41\nevent: binary\ndata: \(base64)\n\n"])
  }

  @Test func `a label gives an event another name and id`() {
    var batch = Batch()
    for (text, label) in [
      ("a", Label(event: "trade", id: "x 1")), ("b", Label()), ("c", Label(event: "ü")), ("d", Label(id: "z-41")),
      ("e", Label(id: "Z-7")), ("f", Label(id: "zz-7")),
    ] {
      Array(text.utf8).withUnsafeBytes { batch.append($0, isText: true, label: label) }
    }
    Array("f".utf8).withUnsafeBytes { batch.append($0, isText: false, label: Label(event: "file")) }
    let chunk = Chunk(epoch: Epoch(35), first: Offset(41), position: 0, appended: .now(), batch: batch)
    // An id that could be the server's own in this log would resume at another message.
    #expect(
      String(buffer: WireFormat.sse.encode(chunk).bytes)
        == "id: x 1\nevent: trade\ndata: a\n\nid: z-42\ndata: b\n\nid: z-43\nevent: ü\ndata: c\n\n"
        + "id: z-44\ndata: d\n\nid: z-45\ndata: e\n\nid: zz-7\ndata: f\n\nid: z-47\nevent: file\ndata: Zg==\n\n")
  }

  // RFC 6455 section 5.2: 7, 7+16 and 7+64 bits of length
  @Test(arguments: [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)])
  func `a frame has the shortest header`(length: Int, header: Int) {
    let encoded = WireFormat.webSocket.encode(chunk([(String(repeating: "x", count: length), true)]))
    #expect(encoded.bytes.readableBytes == header + length)
    #expect(encoded.bytes.getInteger(at: 0, as: UInt8.self) == 0x81)
    let second = encoded.bytes.getInteger(at: 1, as: UInt8.self)
    #expect(second == (header == 2 ? UInt8(length) : header == 4 ? 126 : 127))
    if header == 4 { #expect(encoded.bytes.getInteger(at: 2, as: UInt16.self) == UInt16(length)) }
    if header == 10 { #expect(encoded.bytes.getInteger(at: 2, as: UInt64.self) == UInt64(length)) }
  }

  @Test func `a binary message is a binary frame`() {
    let encoded = WireFormat.webSocket.encode(chunk([("x", false)]))
    #expect(encoded.bytes.getInteger(at: 0, as: UInt8.self) == 0x82)
  }

  @Test func `notes are marked in every format`() {
    let gap = Note.gap(Gap(missed: 3, resumed: ResumeToken(epoch: Epoch(35), last: Offset(9))))
    #expect(String(buffer: WireFormat.stream.encode(gap)) == "{\"sluice\":\"gap\",\"missed\":3,\"after\":\"z-9\"}\n")
    #expect(
      String(buffer: WireFormat.sse.encode(gap))
        == ": gap: 3 messages missed\nid: z-9\nevent: sluice.gap\ndata: {\"missed\":3,\"after\":\"z-9\"}\n\n")
    let health = Note.health(Health(source: "a\"b", state: .stalled))
    #expect(
      String(buffer: WireFormat.sse.encode(health))
        == "event: sluice.health\ndata: {\"source\":\"a\\\"b\",\"state\":\"stalled\"}\n\n")
  }

  @Test func `a close reason is cut at a character to what a control frame holds`() {
    let frame = WebSocketFrame.encode(close: 1008, reason: String(repeating: "é", count: 100))
    #expect(frame.readableBytes == 2 + 2 + 122)
    #expect(frame.getInteger(at: 1, as: UInt8.self) == 124)
  }
}
