@testable import Serving
import Testing

struct RetryDelayTests {
  @Test(arguments: [(0.0, 6), (0.5, 8), (1.0, 10)])
  func `a delay is a quarter less to a quarter more`(chance: Double, seconds: Int) {
    #expect(RetryDelay.jittered(.seconds(8), chance: chance) == .seconds(seconds))
  }

  @Test func `no delay stays none`() { #expect(RetryDelay.random(around: .zero) == .zero) }
}
