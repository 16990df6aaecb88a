import Delivery
import Synchronization
import Testing

/// Demand, as it is handed on from gauge to gauge.
@Suite struct DemandGaugeTests {
  @Test func `a gauge is wanted as long as one that it follows is`() {
    let (source, target) = (DemandGauge(), DemandGauge())
    source.change(by: 1)
    let link = target.follow(source)
    #expect(target.isWanted)
    source.change(by: -1)
    #expect(!target.isWanted)
    source.change(by: 1)
    link.close()
    #expect(!target.isWanted)
    source.change(by: 1)
    #expect(!target.isWanted)
  }

  /// As when one subscriber leaves on one event loop and another comes on the next.
  @Test func `news that overtake each other do not hide that somebody has come`() {
    for _ in 0..<50 {
      let (source, target) = (DemandGauge(), DemandGauge())
      // The order in which observers are told is not known: with some of them this one is told before the link is.
      source.observe { isWanted in if !isWanted { source.change(by: 1) } }
      source.change(by: 1)
      let link = target.follow(source)
      source.change(by: -1)
      #expect(source.isWanted)
      #expect(target.isWanted)
      link.close()
    }
  }
}
