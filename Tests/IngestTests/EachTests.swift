import ConfigText
import Delivery
import Streams
import Testing

@testable import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A subscriber that asks for more when it has everything, as a fan-out does.
private final class Puller {
  let group: Group
  private let reader: EachFileReader
  private let id: StreamLog.ReaderID
  private var cursor: Cursor
  /// The most payload bytes that were held for it at a time.
  private(set) var held = 0
  private(set) var count = 0
  private(set) var bytes = 0
  private(set) var first: String?
  private(set) var last: String?

  init(_ file: EachFile, after token: ResumeToken? = nil, _ rig: Rig) throws {
    (group, reader) = try file.reader(after: token, context: rig.context)
    id = group.log.register()
    cursor = group.log.end
  }

  /// Takes up to `limit` messages, or all to the end.
  func take(_ limit: Int = .max) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while count < limit {
      guard ContinuousClock.now < deadline else { throw TooLate(description: "not all was read") }
      let reading = group.log.read(from: cursor, maxBytes: 1 << 20, reader: id, holding: cursor.next)
      held = max(held, group.log.retainedBytes)
      cursor = reading.to
      for chunk in reading.chunks {
        count += chunk.count
        bytes += chunk.byteCount
        if first == nil { first = String(decoding: chunk.batch[0], as: UTF8.self) }
        last = String(decoding: chunk.batch[chunk.count - 1], as: UTF8.self)
      }
      group.log.hold(id, from: cursor.next)
      if reading.isFinished, reading.isAtEnd { return }
      guard reading.chunks.isEmpty else { continue }
      reader.readOn()
      reader.readOn()
      try await Task.sleep(for: .microseconds(100))
    }
  }

  var token: ResumeToken { ResumeToken(epoch: group.log.epoch, last: Offset(cursor.next.value - 1)) }
}

struct EachTests {
  private func file(_ rig: Rig) throws -> EachFile {
    try #require(EachFile(SourceSpec(kind: FileSource(ConfigPath(rig.path("f")), mode: .each)), name: "ticks"))
  }

  @Test func `a subscriber gets a large file whole, in bounded memory`() async throws {
    let rig = Rig()
    // 50 MB in 500,000 lines, the last without its end.
    let line = String(repeating: "x", count: 92)
    let output = open(rig.path("f"), O_WRONLY | O_CREAT, 0o600)
    for block in 0..<50 {
      var text = ""
      for number in 0..<10_000 { text += String(1_000_000 + block * 10_000 + number) + line + "\n" }
      writeAll(Array(text.utf8), to: output)
    }
    writeAll(Array("end".utf8), to: output)
    close(output)
    let puller = try Puller(file(rig), rig)
    try await puller.take()
    #expect(puller.count == 500_001)
    #expect(puller.bytes == 500_000 * 99 + 3)
    #expect(puller.first == "1000000" + line)
    #expect(puller.last == "end")
    #expect(puller.held < 4 * EachFileReader.readBytes)
  }

  @Test func `a token of the same file goes on behind its message`() async throws {
    let rig = Rig()
    write((1...20_000).map { "\($0)\n" }.joined(), to: rig.path("f"))
    let first = try Puller(file(rig), rig)
    try await first.take(1)
    let token = ResumeToken(epoch: first.token.epoch, last: Offset(12_345))
    let second = try Puller(file(rig), after: token, rig)
    try await second.take()
    #expect(second.first == "12346")
    #expect(second.last == "20000")
    #expect(second.count == 20_000 - 12_345)
    #expect(second.token == ResumeToken(epoch: token.epoch, last: Offset(20_000)))
  }

  @Test func `a token of the last message gets the end`() async throws {
    let rig = Rig()
    write("a\nb\n", to: rig.path("f"))
    let first = try Puller(file(rig), rig)
    try await first.take()
    let second = try Puller(file(rig), after: first.token, rig)
    try await second.take()
    #expect(second.count == 0)
  }

  @Test func `a token of another version starts from the beginning`() async throws {
    let rig = Rig()
    write("a\nb\n", to: rig.path("f"))
    let first = try Puller(file(rig), rig)
    try await first.take()
    write("c\nd\ne\n", to: rig.path("f"))
    let second = try Puller(file(rig), after: first.token, rig)
    try await second.take()
    #expect(second.first == "c")
    #expect(second.count == 3)
    #expect(second.group.log.epoch != first.group.log.epoch)
  }

  @Test func `nothing is read before it is asked for`() async throws {
    let rig = Rig()
    write("a\n", to: rig.path("f"))
    let puller = try Puller(file(rig), rig)
    #expect(puller.group.log.end.next == .first)
  }

  @Test func `the file is closed when its group goes`() async throws {
    let rig = Rig()
    write("a\n", to: rig.path("f"))
    let path = rig.path("f")
    var puller: Puller? = try Puller(file(rig), rig)
    #expect(openCount(of: path) == 1)
    puller = nil
    _ = puller
    try await eventually("closed") { openCount(of: path) == 0 }
  }

  @Test func `a missing file is a failure`() throws {
    let rig = Rig()
    let file = try file(rig)
    #expect(throws: SourceFailure("cannot open \(rig.path("f")): No such file or directory", isMissing: true)) {
      try file.open(after: nil, context: rig.context)
    }
  }

  /// How many descriptors of this process are of a file.
  private func openCount(of path: String) -> Int {
    (0..<1024).count { number in
      var buffer = [CChar](repeating: 0, count: 512)
      let length = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
      guard length > 0 else { return false }
      return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) == path
    }
  }
}
