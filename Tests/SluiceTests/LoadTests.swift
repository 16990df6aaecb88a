import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

/// Much at once: these run one after the other.
@Suite(.serialized) struct LoadTests {
  @Test(arguments: ["stream", "sse", "websocket"])
  func `a million lines as fast as they come arrive complete and in order`(protocol: String) async throws {
    let script = SluiceProcess.checkout + "/Tests/Clients/million.py"
    let result = try await Command.run(["python3", script, SluiceProcess.binary, `protocol`, "1000000"])
    #expect(result.status == 0, "\(result.output)")
    let peak = try #require(result.output.firstMatch(of: /ok 1000000, peak memory ([0-9]+) KiB/).flatMap { Int($0.1) })
    // 101 MB have gone through.
    #expect(peak < 80 << 10)
  }

  /// Compares what comes with what must come, without keeping it.
  private final class Checker: Sendable {
    private let expected: ByteBuffer
    private let state = Mutex(State())

    private struct State {
      var head = ByteBuffer()
      var isHeadRead = false
      var offset = 0
      var isRight = true
    }

    init(_ expected: ByteBuffer) { self.expected = expected }

    var isComplete: Bool { state.withLock { $0.isRight && $0.offset == expected.readableBytes } }
    var isRight: Bool { state.withLock { $0.isRight } }
    var hasHead: Bool { state.withLock { $0.isHeadRead } }

    func take(_ bytes: ByteBuffer) {
      state.withLock { state in
        var bytes = bytes
        if !state.isHeadRead {
          state.head.writeBuffer(&bytes)
          guard let end = String(buffer: state.head).range(of: "\r\n\r\n") else { return }
          state.isHeadRead = true
          state.head.moveReaderIndex(forwardBy: String(buffer: state.head)[..<end.upperBound].utf8.count)
          bytes = state.head
        }
        let wanted = expected.getSlice(at: state.offset, length: bytes.readableBytes)
        if wanted != bytes { state.isRight = false }
        state.offset += bytes.readableBytes
      }
    }
  }

  @Test func `five thousand subscribers get every message in order while five hundred read nothing`() async throws {
    try #require(Self.allowDescriptors(12_000), "12,000 descriptors are needed")
    // No pings between the messages that all are compared with.
    let sluice = try await SluiceProcess.serve("routes: {/x: {from: {pipe: \"-\"}, keepalive: 1h}}")
    let lines = (0..<300).map { "\($0) " + String(repeating: "x", count: 500) }
    var frames = ByteBuffer()
    for line in lines {
      frames.writeBytes([0x81, 126])
      frames.writeInteger(UInt16(line.utf8.count))
      frames.writeString(line)
    }
    let checkers = (0..<4500).map { _ in Checker(frames) }
    var readers: [TestClient] = []
    for checker in checkers {
      readers.append(try await TestClient.webSocket("/x", port: sluice.port) { checker.take($0) })
    }
    var stuck: [TestClient] = []
    for _ in 0..<500 {
      stuck.append(try await TestClient.get("/x", port: sluice.port, receiveBuffer: 4096, reads: false))
    }
    try await eventually("everybody to be answered") { checkers.allSatisfy(\.hasHead) }
    for start in stride(from: 0, to: lines.count, by: 10) {
      try sluice.write(lines[start..<start + 10].map { $0 + "\n" }.joined())
      try await Task.sleep(for: .milliseconds(5))
    }
    try await eventually("all to have all") {
      checkers.allSatisfy(\.isComplete) || !checkers.allSatisfy(\.isRight)
    }
    #expect(checkers.count { !$0.isRight } == 0)
    for client in readers + stuck { client.channel.close(promise: nil) }
    try await sluice.stop()
  }

  /// Raises the limit of this process; its children inherit it.
  private static func allowDescriptors(_ count: rlim_t) -> Bool {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0 else { return false }
    limit.rlim_cur = max(limit.rlim_cur, min(count, limit.rlim_max))
    return setrlimit(resource, &limit) == 0 && limit.rlim_cur >= count
  }
}
