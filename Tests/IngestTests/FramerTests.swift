import Streams
import Testing

@testable import Ingest

/// What a framer makes of bytes that come in these pieces.
private struct Framed: Equatable {
  var messages: [[UInt8]] = []
  /// The names of the messages' events.
  var names: [String?] = []
  var drops = FramerDrops()
  var failure: SourceFailure?

  init(_ framing: Framing, _ pieces: [[UInt8]], maxMessage: Int = 1000) {
    var framer = framing.makeFramer(maxMessage: maxMessage)
    var batch = Batch()
    do {
      for piece in pieces { try piece.withUnsafeBytes { try framer.cut($0, into: &batch) } }
      framer.finish(into: &batch)
    } catch {
      failure = error as? SourceFailure
    }
    messages = (0..<batch.count).map { batch[$0] }
    names = (0..<batch.count).map { batch.label($0).event }
    drops = framer.drops
  }

  var texts: [String] { messages.map { String(decoding: $0, as: UTF8.self) } }
}

/// Frames a text split at every position, at every two, and byte by byte; all must agree.
private func frame(
  _ framing: Framing, _ text: String, maxMessage: Int = 1000, _ location: SourceLocation = #_sourceLocation
) -> Framed {
  frame(framing, Array(text.utf8), maxMessage: maxMessage, location)
}

private func frame(
  _ framing: Framing, _ bytes: [UInt8], maxMessage: Int = 1000, _ location: SourceLocation = #_sourceLocation
) -> Framed {
  let whole = Framed(framing, [bytes], maxMessage: maxMessage)
  for first in 0...bytes.count {
    for second in first...bytes.count {
      let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
      let split = Framed(framing, pieces, maxMessage: maxMessage)
      #expect(split == whole, "split at \(first) and \(second)", sourceLocation: location)
    }
  }
  let single = Framed(framing, bytes.map { [$0] }, maxMessage: maxMessage)
  #expect(single == whole, "byte by byte", sourceLocation: location)
  return whole
}

struct LineFramerTests {
  @Test func `lines end with a line feed, with or without a carriage return`() {
    #expect(frame(.lines, "one\ntwo\r\nthree\n").texts == ["one", "two", "three"])
  }

  @Test func `an empty line is an empty message`() {
    #expect(frame(.lines, "\n\r\na\n\n").texts == ["", "", "a", ""])
  }

  @Test func `an unterminated last line is a message, nothing is none`() {
    #expect(frame(.lines, "one\ntwo").texts == ["one", "two"])
    #expect(frame(.lines, "").texts == [])
    #expect(frame(.lines, "one\n").texts == ["one"])
  }

  @Test func `a carriage return within a line stays`() {
    #expect(frame(.lines, "a\rb\n\r\r\n").texts == ["a\rb", "\r"])
  }

  @Test func `a line that is too long is dropped and counted, the next is read`() {
    let framed = frame(.lines, "1234\n12345\n\n1234\r\n12345\r\n123456789012\nok\n", maxMessage: 4)
    #expect(framed.texts == ["1234", "", "1234", "ok"])
    #expect(framed.drops == FramerDrops(tooLong: 3))
  }

  @Test func `a last line that is too long is dropped`() {
    #expect(frame(.lines, "ok\n1234567890", maxMessage: 4).texts == ["ok"])
    #expect(frame(.lines, "ok\n12345", maxMessage: 4).drops == FramerDrops(tooLong: 1))
  }

  @Test func `a line that never ends is not kept`() {
    var framer = DelimiterFramer.lines(maxMessage: 100)
    var batch = Batch()
    let piece = [UInt8](repeating: 120, count: 1000)
    for _ in 0..<100 { piece.withUnsafeBytes { framer.cut($0, into: &batch) } }
    #expect(framer.drops.tooLong == 1)
    Array("\nok\n".utf8).withUnsafeBytes { framer.cut($0, into: &batch) }
    #expect(batch.count == 1)
    #expect(framer.drops.tooLong == 1)
  }

  @Test func `valid UTF-8 is text, all else is binary`() {
    var framer = Framing.lines.makeFramer(maxMessage: 100)
    var batch = Batch()
    #expect(throws: Never.self) {
      try (Array("häuser\n".utf8) + [0xFF, 0x0A]).withUnsafeBytes { try framer.cut($0, into: &batch) }
    }
    #expect(batch.marks.map(\.isText) == [true, false])
  }
}

struct DelimiterFramerTests {
  @Test func `a zero byte separates messages`() {
    #expect(frame(.delimiter([0]), "one\0two\0\0three").texts == ["one", "two", "", "three"])
  }

  @Test func `a delimiter may have several bytes and start several times`() {
    #expect(frame(.delimiter(Array("--x".utf8)), "a--xb---x---y--x").texts == ["a", "b-", "---y"])
    #expect(frame(.delimiter(Array("aa".utf8)), "aaaaab").texts == ["", "", "ab"])
    #expect(frame(.delimiter(Array("aab".utf8)), "aaab1aab2").texts == ["a", "1", "2"])
  }

  @Test func `a message that is too long is passed over to its delimiter`() {
    let framed = frame(.delimiter(Array("<>".utf8)), "123<>1234<>12<34<>1234567890<>x", maxMessage: 3)
    #expect(framed.texts == ["123", "x"])
    #expect(framed.drops == FramerDrops(tooLong: 3))
  }
}

struct LengthPrefixFramerTests {
  @Test func `a message follows its length, in either order and of any size`() {
    func prefixed(_ bytes: Int, _ endian: LengthPrefix.Endian) -> Framing {
      .lengthPrefixed(LengthPrefix(bytes: bytes, endian: endian))
    }
    #expect(frame(prefixed(1, .big), [2, 97, 98, 0, 1, 99]).texts == ["ab", "", "c"])
    #expect(frame(prefixed(2, .big), [0, 2, 97, 98, 0, 0]).texts == ["ab", ""])
    #expect(frame(prefixed(2, .little), [2, 0, 97, 98]).texts == ["ab"])
    #expect(frame(prefixed(4, .big), [0, 0, 0, 1, 97]).texts == ["a"])
    #expect(frame(prefixed(8, .little), [1, 0, 0, 0, 0, 0, 0, 0, 97]).texts == ["a"])
  }

  @Test func `a message that is too long is passed over`() {
    let framed = frame(.lengthPrefixed(LengthPrefix(bytes: 1, endian: .big)), [5, 1, 2, 3, 4, 5, 1, 97], maxMessage: 4)
    #expect(framed.texts == ["a"])
    #expect(framed.drops == FramerDrops(tooLong: 1))
  }

  @Test func `what breaks off is no message`() {
    let framed = frame(.lengthPrefixed(LengthPrefix(bytes: 2, endian: .big)), [0, 1, 97, 0, 3, 98, 99])
    #expect(framed.texts == ["a"])
    #expect(framed.drops == FramerDrops(incomplete: 1))
  }

  @Test func `a length that cannot be meant ends the connection`() {
    let framed = frame(
      .lengthPrefixed(LengthPrefix(bytes: 8, endian: .big)), [0, 0, 0, 0, 0, 0, 0, 0] + Array("HTTP/1.1".utf8))
    #expect(framed.texts == [""])
    #expect(framed.failure?.reason.contains("cannot be meant") == true)
  }
}

struct NetstringFramerTests {
  @Test func `netstrings are read one after another`() {
    #expect(frame(.netstring, "5:hello,0:,12:hello world!,").texts == ["hello", "", "hello world!"])
  }

  @Test func `a message that is too long is passed over`() {
    let framed = frame(.netstring, "5:hello,3:abc,", maxMessage: 3)
    #expect(framed.texts == ["abc"])
    #expect(framed.drops == FramerDrops(tooLong: 1))
  }

  @Test func `what breaks off is no message`() {
    #expect(frame(.netstring, "1:a,5:hel").drops == FramerDrops(incomplete: 1))
    #expect(frame(.netstring, "1:a,5:hel").texts == ["a"])
  }

  @Test(arguments: ["hello", ":a,", "1:ab", "01:a,", "-1:a,", "12345678901:a,", "1 :a,"])
  func `malformed netstrings end the connection`(text: String) {
    #expect(frame(.netstring, text).failure != nil)
  }
}

struct ChunkFramerTests {
  @Test func `each read is a binary message, of no more than the longest`() {
    let framed = Framed(.chunks, [Array("abc".utf8), [], Array("defgh".utf8)], maxMessage: 4)
    #expect(framed.texts == ["abc", "defg", "h"])
    var framer = ChunkFramer(maxMessage: 10)
    var batch = Batch()
    Array("text".utf8).withUnsafeBytes { framer.cut($0, into: &batch) }
    #expect(batch.marks.map(\.isText) == [false])
  }
}

struct EventStreamFramerTests {
  @Test func `the data of an event is a message, its lines joined`() {
    #expect(frame(.sse, "data: one\n\ndata:two\ndata: lines\n\n").texts == ["one", "two\nlines"])
  }

  @Test func `lines end in three ways`() {
    #expect(frame(.sse, "data: a\r\rdata: b\r\n\r\ndata: c\n\n").texts == ["a", "b", "c"])
  }

  @Test func `comments, ids and retry are passed over`() {
    let text = ": hello\nevent: price\nid: 7\nretry: 10\ndata: x\n\n: ping\n\nevent: none\n\ndatabase: y\n\n"
    #expect(frame(.sse, text).texts == ["x"])
  }

  @Test func `a message keeps its event's name, but not that of another server's own events`() {
    let text =
      "event: price\ndata: a\n\ndata: b\n\ndata: c\nevent:x\nevent: y\n\nevent: none\n\ndata: d\n\nevent\ndata: e\n\n"
    #expect(frame(.sse, text).names == ["price", nil, "y", nil, nil])
    #expect(frame(.sse, "event: sluice.gap\ndata: {}\n\neventual: x\ndata: y\n\n").names == [nil, nil])
    #expect(frame(.sse, "event: \(String(repeating: "x", count: 257))\ndata: y\n\n").names == [nil])
  }

  @Test func `only one space is taken from a value, and a field without a value is an empty line`() {
    #expect(frame(.sse, "data:  x\n\ndata\n\ndata\ndata\n\ndata:\n\n").texts == [" x", "", "\n", ""])
  }

  @Test func `a byte order mark at the start is not part of the field`() {
    #expect(frame(.sse, [0xEF, 0xBB, 0xBF] + Array("data: x\n\n".utf8)).texts == ["x"])
  }

  @Test func `an event that is too long is dropped whole`() {
    let framed = frame(
      .sse, "data: 123456\n\ndata: 123\ndata: 123\n\ndata: 12345\n\ndata: 1234567890123456\n\n", maxMessage: 5)
    #expect(framed.texts == ["12345"])
    #expect(framed.drops == FramerDrops(tooLong: 3))
  }

  @Test func `an event that breaks off is none`() {
    #expect(frame(.sse, "data: a\n\ndata: b\n").texts == ["a"])
    #expect(frame(.sse, "data: a\n\ndata: b\n").drops == FramerDrops(incomplete: 1))
  }
}
