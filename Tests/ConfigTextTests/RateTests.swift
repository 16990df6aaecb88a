import ConfigText
import Testing

@Suite struct RateTests {
  @Test(arguments: [
    ("20/s", Rate(count: 20, per: .seconds(1))), ("100/m", Rate(count: 100, per: .seconds(60))),
    ("5/h", Rate(count: 5, per: .seconds(3600))), ("0.5/s", Rate(count: 0.5, per: .seconds(1))),
    ("5/10s", Rate(count: 5, per: .seconds(10))), ("1/d", Rate(count: 1, per: .seconds(86_400))),
  ])
  func `a rate is a number in a period`(_ yaml: String, _ rate: Rate) {
    #expect(decode(Rate.self, yaml).value == rate)
  }

  @Test func `a rate knows its count a second`() {
    #expect(Rate(count: 90, per: .seconds(60)).perSecond == 1.5)
    #expect(Rate(count: 5, per: .milliseconds(500)).perSecond == 10)
  }

  private let expected = "expected a rate such as 20/s, 100/m or 5/h"

  @Test(arguments: ["20", "/s", "20/", "20/x", "a/s", "1/2/s", "1s/s", "-1/s", "20/10", "1e3/s"])
  func `what is no rate is told its form`(_ text: String) {
    #expect(
      decode(Rate.self, text).problems == ["\(expected), got '\(text)' (it is a number, '/' and s, m, h or d)"])
  }

  @Test func `a rate is more than zero`() {
    for text in ["0/s", "1/0"] {
      #expect(decode(Rate.self, text).problems == ["\(expected), got '\(text)' (a rate is more than zero)"])
    }
  }

  @Test(arguments: [("20/sec", "20/s"), ("20 / s", "20/s"), ("5/minute", "5/m")])
  func `other spellings are suggested in ours`(_ wrong: String, _ right: String) {
    #expect(decode(Rate.self, wrong).problems.first?.hasSuffix("did you mean '\(right)'?") == true)
  }
}
