import NIOCore
import Streams
import Testing

struct StreamLogTests {
  private let roomy = History(messages: 1000, size: 1 << 20)

  private func texts(_ log: StreamLog, from cursor: Cursor) -> [String] {
    var found: [String] = []
    for chunk in log.read(from: cursor, maxBytes: .max).chunks {
      for index in 0..<chunk.count where chunk.first + index >= cursor.next {
        found.append(String(decoding: chunk.batch[index], as: UTF8.self))
      }
    }
    return found
  }

  @Test func `offsets start at 1 and have no holes`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    #expect(log.append(Batch(texts: ["a", "b"]))?.first == Offset(1))
    #expect(log.append(Batch(texts: ["c"]))?.first == Offset(3))
    #expect(log.end.next == Offset(4))
    #expect(log.end.position == 3)
  }

  @Test func `an empty batch is nothing`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    #expect(log.append(Batch()) == nil)
    #expect(log.end.next == .first)
  }

  @Test func `history keeps the newest messages, exact to the message`() {
    let log = StreamLog(history: History(messages: 3, size: 1 << 20), holdLimit: 0)
    log.append(Batch(texts: ["a", "b", "c"]))
    log.append(Batch(texts: ["d", "e"]))
    let start = log.start(.all, within: History(messages: 3, size: 1 << 20))
    #expect(start.next == Offset(3))
    #expect(texts(log, from: start) == ["c", "d", "e"])
  }

  @Test func `history keeps at most so many bytes`() {
    let bounds = History(messages: 100, size: 10)
    let log = StreamLog(history: bounds, holdLimit: 0)
    for text in ["aaaa", "bbbb", "cccc", "dddd"] { log.append(Batch(texts: [text])) }
    #expect(texts(log, from: log.start(.all, within: bounds)) == ["cccc", "dddd"])
    #expect(log.retainedBytes <= 12)
  }

  @Test func `history keeps nothing that is too old`() {
    let bounds = History(messages: 100, age: .seconds(10), size: 1 << 20)
    let log = StreamLog(history: bounds, holdLimit: 0)
    let now = NIODeadline.now()
    log.append(Batch(texts: ["old"]), at: now)
    log.append(Batch(texts: ["new"]), at: now + .seconds(8))
    let start = log.start(.all, within: bounds, now: now + .seconds(12))
    #expect(texts(log, from: start) == ["new"])
    log.trim(now: now + .seconds(30))
    #expect(log.retainedBytes == 0)
  }

  @Test func `a reader's hold keeps what history does not, within the limit`() {
    let log = StreamLog(history: .none, holdLimit: 100)
    let reader = log.register()
    for _ in 0..<5 { log.append(Batch(texts: [String(repeating: "x", count: 20)])) }
    #expect(log.retainedBytes == 100)
    for _ in 0..<100 { log.append(Batch(texts: [String(repeating: "x", count: 20)])) }
    #expect(log.retainedBytes <= 120)
    log.hold(reader, from: log.end.next)
    #expect(log.retainedBytes == 0)
  }

  @Test func `a reader that registers early holds what it is to get before it reads`() {
    let log = StreamLog(history: History(messages: 2, size: 1 << 20), holdLimit: 1 << 20)
    log.append(Batch(texts: ["a"]))
    let reader = log.register(from: .zero)
    let start = log.start(.all, within: History(messages: 2, size: 1 << 20))
    log.hold(reader, from: start.next)
    for text in ["b", "c", "d", "e"] { log.append(Batch(texts: [text])) }
    #expect(texts(log, from: start) == ["a", "b", "c", "d", "e"])
    log.unregister(reader)
    #expect(log.read(from: start, maxBytes: .max).from.next == Offset(4))
  }

  @Test func `reading from what has left the log starts at what is there`() {
    let log = StreamLog(history: History(messages: 1, size: 100), holdLimit: 0)
    let start = log.end
    for text in ["a", "b", "c"] { log.append(Batch(texts: [text])) }
    let reading = log.read(from: start, maxBytes: .max)
    #expect(reading.from.next == Offset(3))
    #expect(reading.isAtEnd)
  }

  @Test func `a reading ends at whole chunks, at the byte limit or at the given bound`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    let start = log.end
    for _ in 0..<4 { log.append(Batch(texts: ["12345"])) }
    #expect(log.read(from: start, maxBytes: 6).chunks.count == 2)
    #expect(log.read(from: start, maxBytes: 1).chunks.count == 1)
    #expect(log.read(from: start, to: Offset(4), maxBytes: .max).chunks.count == 3)
  }

  @Test func `the first subscriber ever gets what was said before it, later ones do not`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    log.append(Batch(texts: ["a", "b"]))
    #expect(log.start(.unheard, within: roomy).next == Offset(1))
    #expect(log.start(.unheard, within: roomy).next == Offset(3))
  }

  @Test(arguments: [(0, 6), (1, 5), (2, 4), (9, 1)])
  func `replay gives the newest N messages`(count: Int, next: UInt64) {
    let log = StreamLog(history: roomy, holdLimit: 0)
    log.append(Batch(texts: ["a", "b", "c", "d", "e"]))
    #expect(log.start(.last(count), within: roomy).next == Offset(next))
  }

  @Test func `resuming within history has no gap`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    log.append(Batch(texts: ["a", "b", "c"]))
    let (cursor, gap) = log.resume(after: ResumeToken(epoch: log.epoch, last: Offset(1)), within: roomy)
    #expect(texts(log, from: cursor) == ["b", "c"])
    #expect(gap == nil)
    let atEnd = log.resume(after: ResumeToken(epoch: log.epoch, last: Offset(3)), within: roomy)
    #expect(atEnd.cursor == log.end)
    #expect(atEnd.gap == nil)
  }

  @Test func `resuming behind history tells how many are missed`() {
    let bounds = History(messages: 2, size: 1 << 20)
    let log = StreamLog(history: bounds, holdLimit: 0)
    for text in ["a", "b", "c", "d", "e"] { log.append(Batch(texts: [text])) }
    let (cursor, gap) = log.resume(after: ResumeToken(epoch: log.epoch, last: Offset(1)), within: bounds)
    #expect(cursor.next == Offset(4))
    #expect(gap == Gap(missed: 2, resumed: ResumeToken(epoch: log.epoch, last: Offset(3))))
  }

  @Test(arguments: [ResumeToken(epoch: Epoch(7), last: Offset(1)), ResumeToken(epoch: Epoch(8), last: Offset(99))])
  func `a token of another epoch or of the future is a gap of unknown size`(token: ResumeToken) {
    let log = StreamLog(epoch: Epoch(8), history: roomy, holdLimit: 0)
    log.append(Batch(texts: ["a"]))
    let (cursor, gap) = log.resume(after: token, within: roomy)
    #expect(cursor.next == Offset(1))
    #expect(gap == Gap(missed: nil, resumed: ResumeToken(epoch: Epoch(8), last: .zero)))
  }

  @Test func `a slow reader is set down so many bytes before the end`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    log.append(Batch(texts: ["1111", "2222", "3333"]))
    log.append(Batch(texts: ["4444"]))
    #expect(log.cursor(within: 0) == log.end)
    #expect(log.cursor(within: 4).next == Offset(4))
    #expect(log.cursor(within: 7).next == Offset(4))
    #expect(log.cursor(within: 8).next == Offset(3))
    #expect(log.cursor(within: 9).next == Offset(3))
    #expect(log.cursor(within: 1000).next == Offset(1))
    #expect(log.latest().next == Offset(4))
  }

  @Test func `a chunk is encoded once for each wire format`() {
    let log = StreamLog(history: roomy, holdLimit: 0)
    let chunk = log.append(Batch(texts: ["a"]))
    var made = 0
    for _ in 0..<3 {
      _ = chunk?.encoded(.stream) { _ in
        made += 1
        return EncodedChunk(bytes: ByteBuffer(string: "a\n"), ends: [2])
      }
    }
    #expect(made == 1)
  }

  @Test func `only the newest chunks keep their encodings`() {
    let log = StreamLog(history: History(messages: .max, size: .max), holdLimit: 0)
    let first = log.append(Batch(texts: ["first"]))
    let encoded = { (chunk: Chunk) in EncodedChunk(bytes: ByteBuffer(string: "x"), ends: [1]) }
    _ = first?.encoded(.stream, with: encoded)
    log.append(Batch(texts: [String(repeating: "x", count: StreamLog.hotBytes + 1)]))
    log.append(Batch(texts: ["last"]))
    var madeAgain = false
    _ = first?.encoded(.stream) { chunk in
      madeAgain = true
      return encoded(chunk)
    }
    #expect(madeAgain)
  }

  private func append(_ ids: [String?], to log: StreamLog) {
    var batch = Batch()
    for id in ids { Array((id ?? "-").utf8).withUnsafeBytes { batch.append($0, isText: true, label: Label(id: id)) } }
    log.append(batch)
  }

  @Test func `an id that a message has of its own resumes behind it, without a gap`() throws {
    let log = StreamLog(history: roomy, holdLimit: 0)
    append(["a", nil, "b"], to: log)
    append(["c"], to: log)
    let resumed = try #require(log.resume(afterID: "a", within: roomy))
    #expect(resumed.gap == nil)
    #expect(texts(log, from: resumed.cursor) == ["-", "b", "c"])
    #expect(log.resume(afterID: "c", within: roomy)?.cursor == log.end)
    #expect(log.resume(afterID: "d", within: roomy) == nil)
  }

  @Test func `of two messages with one id the newest counts`() throws {
    let log = StreamLog(history: roomy, holdLimit: 0)
    append(["a", "b"], to: log)
    append(["a", "c"], to: log)
    #expect(texts(log, from: try #require(log.resume(afterID: "a", within: roomy)).cursor) == ["c"])
  }

  @Test func `an id is found in a long log`() throws {
    let bounds = History(messages: 2000, size: 1 << 20)
    let log = StreamLog(history: bounds, holdLimit: 0)
    for number in 0..<1500 { append(["\(number)"], to: log) }
    #expect(log.resume(afterID: "3", within: bounds)?.cursor.next == Offset(5))
  }

  @Test func `an id that has left history is unknown, and one that a route's own history does not reach is a gap`()
    throws
  {
    let log = StreamLog(history: History(messages: 3, size: 1 << 20), holdLimit: 0)
    for id in ["a", "b", "c", "d"] { append([id], to: log) }
    #expect(log.resume(afterID: "a", within: roomy) == nil)
    let resumed = try #require(log.resume(afterID: "b", within: History(messages: 1, size: 1 << 20)))
    #expect(resumed.gap?.missed == 1)
    #expect(texts(log, from: resumed.cursor) == ["d"])
  }

  @Test func `an id of the form of this log's tokens is none`() {
    let log = StreamLog(epoch: Epoch(35), history: roomy, holdLimit: 0)
    append(["z-1", "y-1"], to: log)
    #expect(log.resume(afterID: "z-1", within: roomy) == nil)
    #expect(log.resume(afterID: "y-1", within: roomy)?.cursor == log.end)
  }

  @Test func `a batch keeps labels when it takes messages of another`() {
    var batch = Batch(texts: ["a"])
    var other = Batch(texts: ["b"])
    Array("c".utf8).withUnsafeBytes { other.append($0, isText: false, label: Label(event: "e")) }
    batch.append(1, of: other)
    batch.append(0, of: other)
    #expect((0..<3).map { batch.label($0).event } == [nil, "e", nil])
    #expect(batch.marks.map(\.isText) == [true, false, true])
  }
}
