import Delivery
import NIOCore
import Streams
import Testing

struct PollPageTests {
  private func log(_ batches: [[String]]) -> StreamLog {
    let log = StreamLog(history: History(messages: 100_000, size: 1 << 30), holdLimit: 1 << 30)
    for batch in batches { log.append(Batch(texts: batch)) }
    return log
  }

  private func pages(_ log: StreamLog, from start: Int = 1) -> [PollPage] {
    var cursor = log.resume(
      after: ResumeToken(epoch: log.epoch, last: Offset(UInt64(start - 1))),
      within: History(messages: 100_000, size: 1 << 30)
    ).cursor
    var pages: [PollPage] = []
    while true {
      let page = PollPage(log, from: cursor)
      guard page.count > 0 else { return pages }
      pages.append(page)
      cursor = page.next
    }
  }

  @Test func `a page starts and ends at any message, across chunks`() {
    let log = log([["a", "b", "c"], ["d"], ["e", ""]])
    let page = pages(log, from: 2)
    #expect(page.map { String(buffer: $0.bytes) } == ["b\nc\nd\ne\n\n"])
    #expect(page[0].next == log.end)
    #expect(!page[0].isLast)
  }

  @Test(arguments: [1, 7, 999, 1000, 1001, 2500])
  func `a page has at most a thousand messages, and the next goes on behind it`(step: Int) {
    let lines = (0..<2500).map { "\($0)" }
    let batches = stride(from: 0, to: lines.count, by: step).map { Array(lines[$0..<min($0 + step, lines.count)]) }
    let all = pages(log(batches))
    #expect(all.map(\.count) == [1000, 1000, 500])
    #expect(all.map { String(buffer: $0.bytes) }.joined() == lines.map { $0 + "\n" }.joined())
  }

  @Test func `a page has at most a mebibyte, but for a message that is longer`() {
    let half = String(repeating: "h", count: 1 << 19)
    let long = String(repeating: "l", count: 3 << 20)
    let all = pages(log([[half, half, "x"], [long], ["y", long, "z"]]))
    #expect(all.map(\.count) == [2, 1, 1, 1, 1, 1])
    #expect(all.map { $0.bytes.readableBytes }.reduce(0, +) == 2 * (1 << 19) + 2 * (3 << 20) + 3 + 7)
  }

  @Test func `the last page of a log that is finished says so`() {
    let log = log([["a"]])
    log.finish()
    #expect(pages(log).map(\.isLast) == [true])
    #expect(PollPage(log, from: log.end).isLast)
  }
}
