import NIOCore
import Testing

@testable import Streams

/// The newest message of each key, against a model that keeps everything.
@Suite struct LatestByKeyTests {
  private struct Said {
    var key: String?
    var text: String
  }

  private func batch(_ said: [Said]) -> Batch {
    var batch = Batch()
    for one in said {
      Array(one.text.utf8).withUnsafeBytes { batch.append($0, isText: true, label: Label(key: one.key)) }
    }
    return batch
  }

  /// Offsets of the newest message of each key, at most `limit`, oldest first.
  private func latest(_ all: [Said], limit: Int) -> [Int] {
    var newest: [String: Int] = [:]
    for (index, one) in all.enumerated() {
      if let key = one.key { newest[key] = index + 1 }
    }
    return Array(newest.values.sorted().suffix(limit))
  }

  @Test(arguments: [1, 2, 3, 4]) func `a snapshot from any offset is what a model says`(seed: UInt64) throws {
    var dice = seed &* 0x9E37_79B9_7F4A_7C15
    func roll(_ sides: Int) -> Int {
      dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(dice >> 33) % sides
    }
    let limit = 12
    let history = History(messages: 5, size: 1 << 20, keys: limit)
    let log = StreamLog(history: history, holdLimit: 0)
    var all: [Said] = []
    for _ in 0..<300 {
      let said = (0...roll(6)).map { index -> Said in
        let key = roll(10) == 0 ? nil : "k\(roll(20))"
        return Said(key: key, text: "\(all.count + index + 1)")
      }
      all += said
      log.append(batch(said))
      let kept = latest(all, limit: limit)
      for from in [1, all.count / 2 + 1, all.count, all.count + 1, roll(all.count) + 1] {
        let found = try #require(log.snapshot(from: Offset(UInt64(from))))
        let expected = kept.filter { $0 >= from }
        let offsets = found.chunk.map { chunk in (0..<chunk.count).map { Int(chunk.offset($0).value) } } ?? []
        #expect(offsets == expected)
        let texts = found.chunk.map { chunk in
          (0..<chunk.count).map { String(decoding: chunk.batch[$0], as: UTF8.self) }
        }
        #expect(texts ?? [] == expected.map { "\($0)" })
        #expect(found.end.next == Offset(UInt64(all.count + 1)))
        #expect(found.missed == all.count + 1 - from - expected.count)
      }
      // What a stream of this one begins with: the newest of each key that history has not, then history.
      let past = log.kept(within: history, before: log.end.next).flatMap { kept in
        (0..<kept.batch.count).map { Int(String(decoding: kept.batch[$0], as: UTF8.self)) ?? 0 }
      }
      let first = max(all.count - 5, 0)
      #expect(past == kept.filter { $0 <= first } + Array(first + 1...all.count))
    }
  }

  @Test func `what is older than the age is in no snapshot`() throws {
    let log = StreamLog(history: History(messages: 10, age: .seconds(10), size: 1 << 20, keys: 10), holdLimit: 0)
    let start = NIODeadline.now()
    log.append(batch([Said(key: "a", text: "1"), Said(key: "b", text: "2")]), at: start)
    log.append(batch([Said(key: "a", text: "3")]), at: start + .seconds(8))
    let found = try #require(log.snapshot(from: .first, now: start + .seconds(12)))
    #expect(found.chunk?.count == 1)
    #expect(found.chunk?.offset(0) == Offset(3))
    #expect(found.missed == 2)
  }
}
