@testable import Delivery
import NIOCore
import Streams
import Testing
import Wire

/// The deflate stream that all subscribers of a group share: whatever happens, an ordinary inflater for each connection
/// reads what it should have (RFC 7692 section 7.2.2).
struct SharedCompressionTests {
  /// Numbers from a seed, so that a schedule that fails can be run again.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11 ^ state << 31
    }
    mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &self) }
  }

  /// A subscriber without a socket: takes as much of each wave as the dice say.
  private struct Reader {
    var cursor: Cursor
    var isInStep = false
    var bytes = ByteBuffer()
    var expected: [[UInt8]] = []

    /// One turn: a wave that starts at the cursor, of which the socket takes `share` of a hundred.
    mutating func take(_ waves: Waves, share: Int) {
      let wave = waves.wave(.webSocketDeflate, isInStep: isInStep)
      guard wave.count > 0 else { return }
      var (taken, next, count) = (wave.bytes.readableBytes, wave.to, wave.count)
      if share < 100 {
        let sent = wave.bytes.readableBytes * share / 100
        let cut = wave.cut(after: min(sent, wave.bytes.readableBytes - 1))
        (taken, next, count) = (min(sent, wave.bytes.readableBytes - 1) + cut.rest.readableBytes, cut.next, cut.count)
      }
      bytes.writeImmutableBuffer(wave.bytes.getSlice(at: wave.bytes.readerIndex, length: taken)!)
      isInStep = wave.isInStep(after: count)
      for chunk in waves.reading.chunks {
        for index in 0..<chunk.count where chunk.first + index >= cursor.next && chunk.first + index < next.next {
          expected.append(Array(chunk.batch.bytes[chunk.batch.range(index)]))
        }
      }
      cursor.advance(to: next)
    }

    mutating func skip(to target: Cursor) {
      guard target.next > cursor.next else { return }
      cursor.advance(to: target)
      isInStep = false
    }

    private static func inflate(_ payload: [UInt8], _ inflater: RawInflater) throws(InflateFailure) -> [UInt8] {
      var out = ByteBuffer()
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: payload.count, alignment: 1)
      defer { bytes.deallocate() }
      bytes.copyBytes(from: payload)
      try inflater.inflate(UnsafeRawBufferPointer(bytes), into: &out, limit: 1 << 26)
      return Array(out.readableBytesView)
    }

    /// What an ordinary client reads of it; and how many messages came compressed.
    func read() throws -> (messages: [[UInt8]], compressed: Int) {
      var bytes = bytes
      var messages: [[UInt8]] = []
      var compressed = 0
      let inflater = RawInflater()
      while let first = bytes.readInteger(as: UInt8.self) {
        let short = Int(bytes.readInteger(as: UInt8.self) ?? 0)
        let length =
          short < 126
          ? short : short == 126 ? Int(bytes.readInteger(as: UInt16.self)!) : Int(bytes.readInteger(as: UInt64.self)!)
        var payload = bytes.readBytes(length: length) ?? []
        if first & 0x40 != 0 {
          compressed += 1
          payload = try Self.inflate(payload + RawDeflater.tail, inflater)
        }
        messages.append(payload)
      }
      return (messages, compressed)
    }
  }

  private func message(_ number: Int, _ dice: inout Dice) -> [UInt8] {
    switch dice.roll(20) {
    case 0: return []
    case 1: return (0..<dice.roll(3000)).map { _ in UInt8(dice.roll(256)) }
    case 2: return Array(String(repeating: "a", count: dice.roll(5000)).utf8)
    case 3: return Array("tick \(number)".utf8)
    default:
      let symbol = ["AAPL", "IBM", "MSFT", "AMZN"][dice.roll(4)]
      return Array(
        "{\"symbol\":\"\(symbol)\",\"price\":\(dice.roll(100_000)),\"time\":\"2026-01-01T00:00:\(number % 60)Z\",\"n\":\(number)}"
          .utf8)
    }
  }

  /// Random joins (also in the middle of history), skips, partial sends and pauses on two event loops.
  private func run(seed: UInt64, turns: Int) throws -> (messages: Int, compressed: Int) {
    var dice = Dice(state: seed)
    let log = StreamLog(history: History(messages: 200, size: 64 << 10), holdLimit: 1 << 30)
    let compressor = SharedCompressor()
    compressor.enter(Compression(threshold: [0, 32][dice.roll(2)]), CompressionBudget(limit: 1 << 20))
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    var readers: [Reader] = []
    var number = 0
    for _ in 0..<turns {
      now = now + .milliseconds(Int64(dice.roll(300)))
      var batch = Batch()
      for _ in 0..<dice.roll(30) {
        number += 1
        message(number, &dice).withUnsafeBytes { batch.append(classifying: $0) }
      }
      log.append(batch, at: now)
      if readers.count < 8, dice.roll(5) == 0 {
        readers.append(Reader(cursor: log.start(.last(dice.roll(150)), within: History(messages: 200, size: 64 << 10))))
      }
      for index in readers.indices where dice.roll(4) > 0 {
        if dice.roll(40) == 0 { readers[index].skip(to: log.cursor(within: dice.roll(4000))) }
        let reading = log.read(from: readers[index].cursor, maxBytes: [1000, 1 << 20][dice.roll(2)])
        if reading.from.next > readers[index].cursor.next { readers[index].skip(to: reading.from) }
        readers[index].take(Waves(reading, compressor, at: now), share: dice.roll(3) == 0 ? dice.roll(100) : 100)
      }
    }
    var total = (messages: 0, compressed: 0)
    for reader in readers {
      let (messages, compressed) = try reader.read()
      try #require(messages == reader.expected, "seed \(seed)")
      total = (total.messages + messages.count, total.compressed + compressed)
    }
    return total
  }

  @Test func `whatever joins, skips and pauses, an ordinary inflater reads every message`() throws {
    var total = (messages: 0, compressed: 0)
    for seed in 1...1500 {
      let run = try run(seed: UInt64(seed), turns: 40)
      total = (total.messages + run.messages, total.compressed + run.compressed)
    }
    // Most of them compressed: else it would be easy.
    #expect(total.compressed * 2 > total.messages)
  }

  @Test func `ticks take a quarter of their bytes, and who joins is soon in step`() throws {
    var dice = Dice(state: 7)
    let log = StreamLog(history: .none, holdLimit: 1 << 30)
    let compressor = SharedCompressor()
    compressor.enter(Compression(), CompressionBudget(limit: 1 << 20))
    var readers = [Reader(cursor: log.end)]
    var plain = 0
    for number in 1...4000 {
      let text =
        "{\"symbol\":\"\(["AAPL", "IBM", "MSFT"][dice.roll(3)])\",\"price\":\(100 + dice.roll(50)).\(dice.roll(100)),"
        + "\"volume\":\(dice.roll(5000)),\"time\":\"2026-01-01T00:\(number / 60 % 60):\(number % 60)Z\","
        + "\"exchange\":\"XNAS\",\"bid\":\(100 + dice.roll(50)).1,\"ask\":\(100 + dice.roll(50)).2,\"currency\":\"USD\"}"
      plain += text.utf8.count
      log.append(Batch(texts: [text]))
      if number == 1000 { readers.append(Reader(cursor: log.end)) }
      for index in readers.indices {
        readers[index].take(Waves(log.read(from: readers[index].cursor, maxBytes: 1 << 20), compressor), share: 100)
      }
    }
    #expect(readers[0].bytes.readableBytes * 100 < plain * 33)
    let (messages, compressed) = try readers[1].read()
    #expect(messages.count == 3000)
    #expect(compressed >= 3000 - SharedCompressor.shortestSegment)
  }

  @Test func `without memory for it all is plain, and nothing is lost`() throws {
    let log = StreamLog(history: .none, holdLimit: 1 << 30)
    let (compressor, budget) = (SharedCompressor(), CompressionBudget(limit: 1000))
    compressor.enter(Compression(), budget)
    var reader = Reader(cursor: log.end)
    let text = String(repeating: "x", count: 1000)
    for _ in 0..<100 { log.append(Batch(texts: [text])) }
    reader.take(Waves(log.read(from: reader.cursor, maxBytes: 1 << 20), compressor), share: 100)
    let (messages, compressed) = try reader.read()
    #expect(messages.count == 100 && compressed == 0)
    #expect(budget.used == 0)
  }

  @Test func `the memory is given back with the last who reads it compressed`() {
    let log = StreamLog(history: .none, holdLimit: 1 << 30)
    let (compressor, budget) = (SharedCompressor(), CompressionBudget(limit: 1 << 20))
    compressor.enter(Compression(), budget)
    compressor.enter(Compression(), budget)
    let start = log.end
    log.append(Batch(texts: [String(repeating: "x", count: 100)]))
    _ = Waves(log.read(from: start, maxBytes: 1 << 20), compressor).wave(.webSocketDeflate, isInStep: false)
    #expect(budget.used > 0)
    compressor.leave()
    #expect(budget.used > 0)
    compressor.leave()
    #expect(budget.used == 0)
  }
}
