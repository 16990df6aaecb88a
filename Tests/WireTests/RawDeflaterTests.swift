import NIOCore
import Testing
import Wire

struct RawDeflaterTests {
  // RFC 7692 sections 7.2.3.1 and 7.2.3.2
  @Test func `the window is kept from call to call, as in the RFC's example`() {
    let deflater = RawDeflater(level: 6)
    #expect(deflater.compress(bytes("Hello")) == [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF])
    #expect(deflater.message(bytes("Hello")) == [0xF2, 0x00, 0x11, 0x00, 0x00])
  }

  // RFC 7692 section 7.2.3.6
  @Test func `nothing is one byte and the tail, however often`() {
    let deflater = RawDeflater(level: 6)
    for _ in 0..<3 { #expect(deflater.compress([]) == [0x00, 0x00, 0x00, 0xFF, 0xFF]) }
    _ = deflater.compress(bytes("Hello"))
    #expect(deflater.compress([]) == [0x00, 0x00, 0x00, 0xFF, 0xFF])
    #expect(deflater.message(bytes("Hello")) == [0xF2, 0x00, 0x11, 0x00, 0x00])
    deflater.reset()
    #expect(deflater.compress([]) == [0x00, 0x00, 0x00, 0xFF, 0xFF])
  }

  @Test func `behind a reset the output is that of a new deflater`() {
    var random = SystemRandomNumberGenerator()
    for level in RawDeflater.levels {
      let deflater = RawDeflater(level: level)
      for _ in 0..<20 {
        for _ in 0..<3 { _ = deflater.compress(anyContent(&random)) }
        deflater.reset()
        let content = anyContent(&random)
        #expect(deflater.compress(content) == RawDeflater(level: level).compress(content))
      }
    }
  }

  @Test func `messages with resets between them are read by an inflater that knows nothing of resets`() throws {
    var random = SystemRandomNumberGenerator()
    for windowBits in RawDeflater.windowBits {
      for level in [1, 4, 6, 9] {
        let deflater = RawDeflater(level: level, windowBits: windowBits)
        let inflater = RawInflater(windowBits: windowBits)
        for _ in 0..<25 {
          if Int.random(in: 0..<8, using: &random) == 0 { deflater.reset() }
          let content = anyContent(&random)
          #expect(try inflater.inflate(deflater.compress(content)) == content)
          #expect(inflater.isAtBoundary)
        }
      }
    }
  }

  @Test func `a window of 2^8 is kept to`() throws {
    var random = SystemRandomNumberGenerator()
    for level in RawDeflater.levels {
      let deflater = RawDeflater(level: level, windowBits: 8)
      let inflater = RawInflater(windowBits: 8)
      for _ in 0..<20 {
        let content = anyContent(&random)
        // Byte by byte, as an inflater looks beyond its window in what it has just written.
        let output = try deflater.compress(content).flatMap { try inflater.inflate([$0]) }
        #expect(output == content)
      }
    }
  }

  @Test(arguments: [1, 2, 5, 100, 16_383, 16_384, 65_535, 65_536, 200_000])
  func `the output never passes its bound`(count: Int) {
    var random = SystemRandomNumberGenerator()
    let content = noise(count, &random)
    for windowBits in RawDeflater.windowBits {
      for level in RawDeflater.levels {
        // Room left is how a flush tells that it is complete.
        let deflater = RawDeflater(level: level, windowBits: windowBits)
        #expect(deflater.compress(content).count < deflater.bound(of: count))
        #expect(deflater.compress(content).count < deflater.bound(of: count))
      }
    }
  }

  @Test func `the memory of a deflater is what zconf.h says`() {
    #expect(RawDeflater.memory() == (128 + 128 + 6) << 10)
    #expect(RawDeflater.memory(windowBits: 9) == (2 + 128 + 6) << 10)
    #expect(RawDeflater.memory(windowBits: 8) == RawDeflater.memory(windowBits: 9))
  }
}
