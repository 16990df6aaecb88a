import NIOCore
import Testing

@testable import Delivery

/// How long a peer may take to the end.
struct FarewellTests {
  /// The first second in which it is over for a peer for which the system holds so many bytes in each second, from 0 on.
  private func end(holding held: [Int]) -> Int? {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var farewell = Farewell(at: start, held: held[0])
    for (second, held) in held.enumerated().dropFirst()
    where farewell.isOver(at: start + .seconds(Int64(second)), held: held) {
      return second
    }
    return nil
  }

  @Test func `who takes nothing has five seconds`() {
    #expect(end(holding: [1000, 1000, 1000, 1000, 1000, 1000]) == 5)
  }

  @Test func `who takes something has them anew, and five more when it has all`() {
    #expect(end(holding: [1000, 1000, 1000, 1000, 400, 400, 400, 400, 0, 0, 0, 0, 0, 0]) == 13)
  }

  @Test func `that the channel hands more to the system is progress too`() {
    #expect(end(holding: [1000, 1000, 1000, 1000, 1500, 1500, 1500, 1500]) == nil)
  }

  @Test func `little by little it has a minute`() {
    #expect(end(holding: (0..<100).map { 1000 - $0 }) == 60)
  }
}
