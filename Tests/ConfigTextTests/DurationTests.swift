import ConfigText
import Testing

@Suite struct DurationTests {
  @Test(arguments: [
    ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
    ("7d", .seconds(604_800)), ("0", .zero), ("0s", .zero), ("1.5s", .milliseconds(1500)), ("20us", .microseconds(20)),
    ("0.5us", .nanoseconds(500)), ("1h30m", .seconds(5400)), ("1m0.5s", .milliseconds(60_500)), ("'10s'", .seconds(10)),
    ("36500d", Duration.longestConfigured),
  ])
  func `a duration is numbers with units`(_ yaml: String, _ duration: Duration) {
    #expect(decode(Duration.self, yaml).value == duration)
    #expect(decode(Duration.self, yaml).problems == [])
  }

  private let expected = "expected a duration such as 250ms, 10s, 5m, 1h or 7d"

  @Test(arguments: ["abc", "s", "10x", "1..5s", "1.s", ".5s", "30m1h", "1m1m", "1s ", "10s5", "1e3s"])
  func `what is no duration is told the units`(_ text: String) {
    let found = decode(Duration.self, "'\(text)'")
    #expect(found.value == nil)
    #expect(found.problems.count == 1)
    #expect(found.problems[0].hasPrefix("\(expected), got '\(text)' ("))
    #expect(found.problems[0].contains("us, ms, s, m, h or d)"))
  }

  @Test func `a missing unit is named`() {
    #expect(
      decode(Duration.self, "10").problems == ["\(expected), got '10' (the unit is missing: us, ms, s, m, h or d)"])
  }

  @Test(arguments: [("10 s", "10s"), ("10S", "10s"), ("10sec", "10s"), ("5min", "5m"), ("1.5 hours", "1.5h")])
  func `other spellings are suggested in ours`(_ wrong: String, _ right: String) {
    #expect(decode(Duration.self, wrong).problems.first?.hasSuffix("did you mean '\(right)'?") == true)
  }

  @Test func `negative and endless durations are refused`() {
    #expect(decode(Duration.self, "-1s").problems == ["\(expected), got '-1s' (a duration is not negative)"])
    #expect(decode(Duration.self, "36501d").problems == ["\(expected), got '36501d' (the longest is 36500d)"])
    for digits in [18, 19, 40] {
      #expect(decode(Duration.self, String(repeating: "9", count: digits) + "d").value == nil)
    }
  }

  @Test func `a list is no duration`() {
    #expect(decode(Duration.self, "[10s]").problems == ["\(expected), got a list"])
  }
}
