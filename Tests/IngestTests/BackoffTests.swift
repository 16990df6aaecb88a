import NIOCore
import Processes
import Testing

@testable import Ingest

struct BackoffTests {
  /// The waits after so many failures, with the greatest chance there is.
  private func ceilings(_ count: Int) -> [Duration] {
    var backoff = Backoff()
    return (0..<count).map { _ in backoff.next(after: .zero, chance: 1) }
  }

  @Test func `waits double from 100 ms to 30 s`() {
    let expected = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]
    #expect(ceilings(11) == expected.map { .milliseconds($0) })
  }

  @Test func `chance decides how much of a wait is waited`() {
    var backoff = Backoff()
    #expect(backoff.next(after: .zero, chance: 0) == .zero)
    #expect(backoff.next(after: .zero, chance: 0.5) == .milliseconds(100))
    for _ in 0..<100 { #expect((.zero...Backoff.longest).contains(backoff.next(after: .zero))) }
  }

  @Test func `a good run makes the next failure the first`() {
    var backoff = Backoff()
    for _ in 0..<20 { _ = backoff.next(after: .seconds(9), chance: 1) }
    #expect(backoff.next(after: .seconds(9), chance: 1) == .seconds(30))
    #expect(backoff.next(after: .seconds(10), chance: 1) == .milliseconds(100))
    #expect(backoff.next(after: .zero, chance: 1) == .milliseconds(200))
  }

  @Test func `dropped messages are told of once, then once a minute together`() {
    var log = DroppedLog()
    let start = NIODeadline.now()
    #expect(log.add(1, at: start) == 1)
    #expect(log.add(2, at: start + .seconds(1)) == nil)
    #expect(log.add(3, at: start + .seconds(59)) == nil)
    #expect(log.add(1, at: start + .seconds(60)) == 6)
    #expect(log.add(1, at: start + .seconds(61)) == nil)
  }
}
