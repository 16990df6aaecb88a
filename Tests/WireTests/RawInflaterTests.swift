import NIOCore
import Testing
import Wire

struct RawInflaterTests {
  @Test func `what is read does not depend on how it is cut`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let content = anyContent(&random)
      let compressed = RawDeflater(level: Int.random(in: 1...9, using: &random)).compress(content)
      let inflater = RawInflater()
      var output: [UInt8] = []
      for piece in pieces(compressed, &random) { output += try inflater.inflate(piece) }
      #expect(output == content)
      #expect(inflater.isAtBoundary)
    }
  }

  // RFC 7692 section 7.2.3.4
  @Test func `behind a final block more blocks are read, with the same window`() throws {
    let inflater = RawInflater()
    let hello: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    #expect(try inflater.inflate(hello) == bytes("Hello"))
    #expect(inflater.isAtBoundary)
    #expect(try inflater.inflate([0xF2, 0x00, 0x11, 0x00, 0x00] + RawDeflater.tail) == bytes("Hello"))
    #expect(try inflater.inflate(hello + hello + [0x03, 0x00]) == bytes("HelloHello"))
  }

  @Test func `a block that is cut short is no boundary`() throws {
    for cut in 1..<11 {
      let whole: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF]
      let inflater = RawInflater()
      _ = try inflater.inflate(Array(whole[..<cut]))
      #expect(!inflater.isAtBoundary)
      _ = try inflater.inflate(Array(whole[cut...]))
      #expect(inflater.isAtBoundary)
    }
  }

  @Test(
    arguments: [
      ([0x07], "block type 3"), ([0x00, 0x05, 0x00, 0x00, 0x00], "a length that does not match its complement"),
      ([0xF2, 0x00, 0x11, 0x00, 0x00], "a reference to before the beginning"),
      ([0xFD, 0xFF, 0xFF], "too many codes"),
    ] as [([UInt8], String)])
  func `what is not DEFLATE is refused`(data: [UInt8], name: String) {
    #expect(throws: InflateFailure.invalidData, "\(name)") { try RawInflater().inflate(data) }
  }

  @Test func `the limit is kept to the byte, and what is below it is there`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let content = anyContent(&random)
      let compressed = RawDeflater(level: 6).compress(content)
      #expect(try RawInflater().inflate(compressed, limit: content.count) == content)
      guard !content.isEmpty else { continue }
      let limit = Int.random(in: 0..<content.count, using: &random)
      var output = ByteBuffer()
      #expect(throws: InflateFailure.overLimit) {
        try RawInflater().inflate(compressed, into: &output, limit: limit)
      }
      #expect(Array(output.readableBytesView) == Array(content[..<limit]))
    }
  }

  @Test func `noise never traps`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let inflater = RawInflater(windowBits: Int.random(in: 8...15, using: &random))
      for _ in 0..<3 {
        let data = noise(Int.random(in: 0...60, using: &random), &random)
        guard (try? inflater.inflate(data, limit: 1000)) != nil else { break }
      }
    }
  }
}
