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
    let format: WireFormat
    var cursor: Cursor
    var isInStep = false
    var coding = ConnectionCoding.none
    var bytes = ByteBuffer()
    /// What an ordinary client is to make of it: messages, or the content of the body.
    var expected: [[UInt8]] = []
    var compressed = 0

    init(_ format: WireFormat, _ cursor: Cursor) {
      self.format = format
      self.cursor = cursor
      guard format.isGzip else { return }
      let retry = ByteBuffer(string: format == .sseGzip ? "retry: 1000\n\n" : "")
      (coding, bytes) = ConnectionCoding.beginGzip(retry)
      expected.append(Array(retry.readableBytesView))
    }

    /// One turn: a wave that starts at the cursor, of which the socket takes `share` of a hundred.
    mutating func take(_ waves: Waves, share: Int) {
      let wave = waves.wave(format, isInStep: isInStep)
      guard wave.count > 0 else { return }
      var (taken, next, count) = (wave.bytes.readableBytes, wave.to, wave.count)
      if share < 100 {
        let sent = min(wave.bytes.readableBytes * share / 100, wave.bytes.readableBytes - 1)
        let cut = wave.cut(after: sent)
        (taken, next, count) = (sent + cut.rest.readableBytes, cut.next, cut.count)
      }
      bytes.writeImmutableBuffer(wave.bytes.getSlice(at: wave.bytes.readerIndex, length: taken)!)
      if isInStep { compressed += count }
      isInStep = wave.isInStep(after: count)
      coding.gzip?.add(waves.check(format, first: count))
      for chunk in waves.reading.chunks {
        for index in 0..<chunk.count where chunk.first + index >= cursor.next && chunk.first + index < next.next {
          expected.append(plain(chunk, index))
        }
      }
      cursor.advance(to: next)
    }

    private func plain(_ chunk: Chunk, _ index: Int) -> [UInt8] {
      guard let content = format.content(of: chunk) else { return Array(chunk.batch.bytes[chunk.batch.range(index)]) }
      return Array(content.bytes.readableBytesView[content.start(index)..<Int(content.ends[index])])
    }

    /// A note, as the subscriber does it.
    mutating func tell(_ note: Note) {
      let content = format.encode(note)
      if coding.gzip != nil { isInStep = false }
      bytes.writeImmutableBuffer(coding.own(content))
      expected.append(format.isGzip ? Array(content.readableBytesView) : Array(note.json.utf8))
    }

    mutating func skip(to target: Cursor) {
      guard target.next > cursor.next else { return }
      cursor.advance(to: target)
      isInStep = false
    }

    /// Goes over to another group, as a reload has it.
    mutating func move(to cursor: Cursor) {
      self.cursor = cursor
      isInStep = false
    }

    /// Whether an ordinary client reads what it should have.
    func isRight() throws -> Bool {
      guard format.isGzip else { return try Self.messages(bytes) == expected }
      var body = bytes
      var (coding, format) = (coding, format)
      body.writeImmutableBuffer(coding.end(.endOfStream, format, after: ByteBuffer()))
      return try GunzipReader.read(Self.unchunked(body)) == expected.flatMap { $0 }
    }

    private static func messages(_ all: ByteBuffer) throws -> [[UInt8]] {
      var bytes = all
      var messages: [[UInt8]] = []
      let inflater = RawInflater()
      while let first = bytes.readInteger(as: UInt8.self) {
        let short = Int(bytes.readInteger(as: UInt8.self) ?? 0)
        let length =
          short < 126
          ? short : short == 126 ? Int(bytes.readInteger(as: UInt16.self)!) : Int(bytes.readInteger(as: UInt64.self)!)
        var payload = bytes.readSlice(length: length) ?? ByteBuffer()
        if first & 0x40 != 0 {
          payload.writeBytes(RawDeflater.tail)
          payload = try inflate(payload, inflater)
        }
        messages.append(Array(payload.readableBytesView))
      }
      return messages
    }

    private static func inflate(_ payload: ByteBuffer, _ inflater: RawInflater) throws(InflateFailure) -> ByteBuffer {
      var output = ByteBuffer()
      try payload.withUnsafeReadableBytes { raw throws(InflateFailure) in
        try inflater.inflate(raw, into: &output, limit: 1 << 26)
      }
      return output
    }

    private static func unchunked(_ body: ByteBuffer) -> [UInt8] {
      var (body, content) = (body, [UInt8]())
      while let end = body.readableBytesView.firstIndex(of: 13) {
        let digits = body.readString(length: end - body.readerIndex) ?? ""
        body.moveReaderIndex(forwardBy: 2)
        guard let length = Int(digits, radix: 16), length > 0 else { break }
        content += body.readBytes(length: length) ?? []
        body.moveReaderIndex(forwardBy: 2)
      }
      return content
    }
  }

  private func message(_ number: Int, _ dice: inout Dice) -> [UInt8] {
    switch dice.roll(20) {
    case 0: return []
    case 1: return (0..<dice.roll(dice.roll(30) == 0 ? 3000 : 60)).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    case 2: return Array(String(repeating: "a", count: dice.roll(5000)).utf8)
    case 3: return Array("tick \(number)".utf8)
    default:
      let symbol = ["AAPL", "IBM", "MSFT", "AMZN"][dice.roll(4)]
      return Array(
        "{\"symbol\":\"\(symbol)\",\"price\":\(dice.roll(100_000)),\"time\":\"2026-01-01T00:00:\(number % 60)Z\",\"n\":\(number)}"
          .utf8)
    }
  }

  /// A group as its subscribers see it.
  private struct Stream {
    let log: StreamLog
    let compressors = SharedCompressors()
    static let budget = CompressionBudget(limit: 1 << 40)

    init(
      _ compression: Compression, _ history: History = History(messages: 1 << 20, size: 1 << 30),
      for budget: CompressionBudget = Self.budget
    ) {
      log = StreamLog(history: history, holdLimit: 1 << 30)
      for format in WireFormat.shared { compressors.of(format)?.enter(compression, budget) }
    }
  }

  private static let history = History(messages: 200, size: 64 << 10)

  /// Random joins (also in the middle of history), skips, notes, partial sends, pauses, and reloads that move subscribers
  /// to another group or change the settings.
  private func run(seed: UInt64, turns: Int) throws -> (messages: Int, compressed: Int) {
    var dice = Dice(state: seed)
    var compression = Compression(level: 1 + dice.roll(9), threshold: [0, 32][dice.roll(2)])
    var stream = Stream(compression, Self.history)
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    var readers: [Reader] = []
    var number = 0
    for _ in 0..<turns {
      now = now + .milliseconds(Int64(dice.roll(300)))
      var batch = Batch()
      for _ in 0..<dice.roll(16) {
        number += 1
        message(number, &dice).withUnsafeBytes { batch.append(classifying: $0) }
      }
      stream.log.append(batch, at: now)
      if readers.count < 8, dice.roll(5) == 0 {
        let format = WireFormat.shared[dice.roll(WireFormat.shared.count)]
        readers.append(Reader(format, stream.log.start(.last(dice.roll(150)), within: Self.history)))
      }
      if dice.roll(25) == 0 {
        compression.level = 1 + dice.roll(9)
        if dice.roll(2) == 0 { stream = Stream(compression, Self.history) }
        for format in WireFormat.shared {
          if dice.roll(2) == 0 { stream.compressors.of(format)?.leave() }
          stream.compressors.of(format)?.enter(compression, Stream.budget)
        }
        for index in readers.indices { readers[index].move(to: stream.log.end) }
      }
      for index in readers.indices where dice.roll(4) > 0 { turn(&readers[index], stream, now, &dice) }
    }
    var total = (messages: 0, compressed: 0)
    for reader in readers {
      #expect(try reader.isRight(), "seed \(seed), \(reader.format)")
      total = (total.messages + reader.expected.count, total.compressed + reader.compressed)
    }
    return total
  }

  private func turn(_ reader: inout Reader, _ stream: Stream, _ now: NIODeadline, _ dice: inout Dice) {
    if dice.roll(40) == 0 { reader.skip(to: stream.log.cursor(within: dice.roll(4000))) }
    let reading = stream.log.read(from: reader.cursor, maxBytes: [1000, 1 << 20][dice.roll(2)])
    if reading.from.next > reader.cursor.next {
      let missed = Gap(
        missed: reading.from.next - reader.cursor.next, resumed: ResumeToken(epoch: stream.log.epoch, last: .zero))
      reader.skip(to: reading.from)
      reader.tell(.gap(missed))
    }
    reader.take(
      Waves(reading, of: stream.log, stream.compressors, at: now), share: dice.roll(3) == 0 ? dice.roll(100) : 100)
  }

  @Test(arguments: [1...700, 701...1400, 1401...2100])
  func `whatever joins, skips, moves and pauses, an ordinary inflater reads every message`(
    seeds: ClosedRange<Int>
  ) async throws {
    var total = (messages: 0, compressed: 0)
    for seed in seeds {
      let run = try run(seed: UInt64(seed), turns: 16)
      total = (total.messages + run.messages, total.compressed + run.compressed)
      // Tests share few threads, and a server closes a client that says nothing for long.
      await Task.yield()
    }
    // Most of them compressed: else it would be easy.
    #expect(total.compressed * 2 > total.messages)
  }

  @Test(arguments: WireFormat.shared)
  func `ticks take a fraction of their bytes, and who joins is soon in step`(format: WireFormat) throws {
    var dice = Dice(state: 7)
    let stream = Stream(Compression())
    var readers = [Reader(format, stream.log.end)]
    var plain = 0
    for number in 1...4000 {
      let text =
        "{\"symbol\":\"\(["AAPL", "IBM", "MSFT"][dice.roll(3)])\",\"price\":\(100 + dice.roll(50)).\(dice.roll(100)),"
        + "\"volume\":\(dice.roll(5000)),\"time\":\"2026-01-01T00:\(number / 60 % 60):\(number % 60)Z\","
        + "\"exchange\":\"XNAS\",\"bid\":\(100 + dice.roll(50)).1,\"ask\":\(100 + dice.roll(50)).2,\"currency\":\"USD\"}"
      plain += text.utf8.count
      stream.log.append(Batch(texts: [text]))
      if number == 1000 { readers.append(Reader(format, stream.log.end)) }
      for index in readers.indices {
        let reading = stream.log.read(from: readers[index].cursor, maxBytes: 1 << 20)
        readers[index].take(Waves(reading, of: stream.log, stream.compressors), share: 100)
      }
    }
    #expect(readers[0].bytes.readableBytes * 100 < plain * 40)
    #expect(try readers[0].isRight())
    #expect(try readers[1].isRight())
    #expect(readers[1].compressed >= 3000 - SharedCompressor.shortestSegment)
  }

  @Test func `without memory for it all is plain, and nothing is lost`() throws {
    let log = StreamLog(history: History(messages: 1000, size: 1 << 20), holdLimit: 1 << 30)
    let (compressors, budget) = (SharedCompressors(), CompressionBudget(limit: 1000))
    compressors.of(.webSocketDeflate)?.enter(Compression(), budget)
    var reader = Reader(.webSocketDeflate, log.end)
    let text = String(repeating: "x", count: 1000)
    for _ in 0..<100 { log.append(Batch(texts: [text])) }
    reader.take(Waves(log.read(from: reader.cursor, maxBytes: 1 << 20), of: log, compressors), share: 100)
    #expect(try reader.isRight())
    #expect(reader.compressed == 0 && reader.bytes.readableBytes > 100_000)
    #expect(budget.used == 0)
  }

  @Test func `the memory is given back with the last who reads it compressed`() throws {
    let log = StreamLog(history: History(messages: 1000, size: 1 << 20), holdLimit: 1 << 30)
    let (compressors, budget) = (SharedCompressors(), CompressionBudget(limit: 1 << 20))
    let compressor = try #require(compressors.of(.webSocketDeflate))
    compressor.enter(Compression(), budget)
    compressor.enter(Compression(), budget)
    let start = log.end
    log.append(Batch(texts: [String(repeating: "x", count: 100)]))
    _ = Waves(log.read(from: start, maxBytes: 1 << 20), of: log, compressors).wave(.webSocketDeflate, isInStep: false)
    #expect(budget.used > 0)
    compressor.leave()
    #expect(budget.used > 0)
    compressor.leave()
    #expect(budget.used == 0)
  }

  @Test(arguments: WireFormat.shared)
  func `who is ahead, on another event loop or new, makes nobody lose step`(format: WireFormat) throws {
    let stream = Stream(Compression())
    func append(_ numbers: ClosedRange<Int>) {
      for number in numbers {
        stream.log.append(Batch(texts: ["{\"number\":\(number),\"symbol\":\"IBM\",\"currency\":\"USD\"}"]))
      }
    }
    func take(_ reader: inout Reader) {
      let reading = stream.log.read(from: reader.cursor, maxBytes: 1 << 20)
      reader.take(Waves(reading, of: stream.log, stream.compressors), share: 100)
    }
    var behind = Reader(format, stream.log.end)
    append(1...10)
    take(&behind)
    #expect(behind.isInStep)
    append(11...20)
    var ahead = Reader(format, stream.log.end)
    append(21...22)
    take(&ahead)
    take(&behind)
    #expect(behind.isInStep && behind.compressed == 12)
    #expect(try ahead.isRight())
    #expect(try behind.isRight())
  }

  @Test(arguments: WireFormat.shared)
  func `who comes when all have gone can read history, of which only the end has been kept compressed`(
    format: WireFormat
  ) throws {
    let stream = Stream(Compression())
    let compressor = try #require(stream.compressors.of(format))
    let (start, count) = (stream.log.end, 1000)
    var (first, dice) = (Reader(format, start), Dice(state: 5))
    for number in 1...count {
      let noise = (0..<8).map { _ in String(dice.next(), radix: 36) }.joined()
      let filler = String(repeating: noise, count: StreamLog.hotBytes / count / 64)
      stream.log.append(Batch(texts: ["{\"number\":\(number),\"symbol\":\"IBM\",\"filler\":\"\(filler)\"}"]))
      let reading = stream.log.read(from: first.cursor, maxBytes: 1 << 20)
      first.take(Waves(reading, of: stream.log, stream.compressors), share: 100)
    }
    let chunks = stream.log.read(from: start, maxBytes: 1 << 30).chunks
    let kept = try #require(chunks.firstIndex { $0.compressed(format) != nil })
    #expect(kept > 3, "not all is kept")
    compressor.leave()
    compressor.enter(Compression(), Stream.budget)
    let before = chunks[kept - 3]
    var second = Reader(format, Cursor(next: before.first, position: before.position))
    while second.cursor.next < stream.log.end.next {
      let reading = stream.log.read(from: second.cursor, maxBytes: 1)
      second.take(Waves(reading, of: stream.log, stream.compressors), share: 100)
    }
    #expect(try first.isRight())
    #expect(try second.isRight())
  }

  @Test func `a compressor that rests gives its memory to another, and who is in step with it stays so`() throws {
    let budget = CompressionBudget(limit: RawDeflater.memory())
    let streams = [Stream(Compression(), for: budget), Stream(Compression(), for: budget)]
    var readers = streams.map { Reader(.webSocketDeflate, $0.log.end) }
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    func send(to index: Int) -> Bool {
      let before = readers[index].compressed
      streams[index].log.append(Batch(texts: [String(repeating: "tick ", count: 20)]), at: now)
      let reading = streams[index].log.read(from: readers[index].cursor, maxBytes: 1 << 20)
      readers[index].take(Waves(reading, of: streams[index].log, streams[index].compressors, at: now), share: 100)
      return readers[index].compressed > before
    }
    _ = send(to: 0)
    #expect(send(to: 0))
    #expect(!budget.isShort(at: now))
    #expect(!send(to: 1) && !send(to: 1))
    #expect(budget.isShort(at: now))
    streams[0].compressors.yield(at: now)
    #expect(!send(to: 1), "it does not rest yet")
    now = now + SharedCompressor.restTime
    streams[0].compressors.yield(at: now)
    _ = send(to: 1)
    #expect(send(to: 1))
    // The first has none now, and has it again when the second rests.
    _ = send(to: 0)
    #expect(!readers[0].isInStep)
    now = now + SharedCompressor.restTime
    streams[1].compressors.yield(at: now)
    _ = send(to: 0)
    #expect(send(to: 0))
    for reader in readers { #expect(try reader.isRight()) }
  }

  @Test func `bytes that nothing can compress grow by no more than stored blocks cost`() async throws {
    var dice = Dice(state: 3)
    let stream = Stream(Compression())
    let sizes = [0, 1, 100, 65_535, 65_536, 1 << 20, 16 << 20]
    for format in WireFormat.shared {
      var reader = Reader(format, stream.log.end)
      // An event's base64 is slow to make in a build for tests.
      for size in sizes where format != .sseGzip || size < 1 << 20 {
        let message = (0..<size / 8 + 1).flatMap { _ in withUnsafeBytes(of: dice.next(), Array.init) }.prefix(size)
        var batch = Batch()
        Array(message).withUnsafeBytes { batch.append($0, isText: false) }
        stream.log.append(batch)
        let before = reader.bytes.readableBytes
        let reading = stream.log.read(from: reader.cursor, maxBytes: 1 << 26)
        let content = reading.chunks[0].encoded(format.content ?? format, with: (format.content ?? format).encode)
        reader.take(Waves(reading, of: stream.log, stream.compressors), share: 100)
        // deflateBound: 5 bytes for 16 KB; a flush, a frame's header or a chunk's length.
        let bound = content.bytes.readableBytes + (size >> 14 + 1) * 5 + 48
        #expect(reader.bytes.readableBytes - before <= bound, "\(format), \(size)")
        await Task.yield()
      }
      #expect(try reader.isRight())
    }
  }
}
