import ConfigText
import Testing

@testable import Ingest

struct ReplayTests {
  private func replay(_ rig: Rig, _ text: String, _ change: (inout FileSource) -> Void = { _ in }) -> FileSource {
    write(text, to: rig.path("f"))
    var source = FileSource(ConfigPath(rig.path("f")), mode: .replay)
    change(&source)
    return source
  }

  @Test func `a file is replayed once and ends`() async throws {
    let rig = Rig()
    try await rig.run(replay(rig, "a\nb\nc")) { source in
      try await eventually("the end") { source.state == .stopped && source.outlet.counters.messages == 3 }
      #expect(rig.messages == ["a", "b", "c"])
      #expect(source.outlet.health.reason == "\(rig.path("f")) has been replayed")
    }
  }

  @Test func `a rate is kept`() async throws {
    let rig = Rig()
    let lines = (0..<51).map { "\($0)" }
    let began = ContinuousClock.now
    try await rig.run(replay(rig, lines.joined(separator: "\n")) { $0.rate = Rate(count: 100, per: .seconds(1)) }) {
      _ in
      try await rig.untilMessages(lines)
      let taken = ContinuousClock.now - began
      // The last of 51 messages is due after 500 ms; how late it is says something of the machine only.
      #expect(taken >= .milliseconds(499))
    }
  }

  @Test func `a looping replay starts again`() async throws {
    let rig = Rig()
    let source = replay(rig, "a\nb\n") {
      $0.loop = true
      $0.rate = Rate(count: 1000, per: .seconds(1))
    }
    try await rig.run(source) { _ in
      try await eventually("three times") { rig.messages.count >= 6 }
      #expect(Array(rig.messages.prefix(6)) == ["a", "b", "a", "b", "a", "b"])
    }
  }

  @Test func `a looping replay of nothing is a failure, not a busy loop`() async throws {
    let rig = Rig()
    try await rig.run(replay(rig, "") { $0.loop = true }) { _ in try await rig.untilLogged("has no messages") }
  }

  @Test func `messages keep their gaps, divided by the factor`() async throws {
    let rig = Rig()
    let text = """
      {"time": 1000, "n": 1}
      {"time": 1003.0, "n": 2}
      no time
      {"time": "1970-01-01T00:16:45Z", "n": 3}
      """
    let began = ContinuousClock.now
    try await rig.run(replay(rig, text) { $0.speed = ReplaySpeed(field: "time", factor: 10) }) { _ in
      try await rig.untilMessages(text.split(separator: "\n").map(String.init))
      #expect(ContinuousClock.now - began >= .milliseconds(499))
      try await rig.untilLogged("a message has no time that can be read")
    }
  }
}

struct ReplayScheduleTests {
  private func due(_ pace: ReplayPace, _ messages: [String]) -> [Duration?] {
    var schedule = ReplaySchedule(pace)
    return messages.map { message in Array(message.utf8).withUnsafeBytes { schedule.next($0) } }
  }

  private func nanoseconds(_ time: String, field: String = "t") -> Int128? {
    Array("{\"t\": \(time)}".utf8).withUnsafeBytes { ReplaySchedule.time(of: field, in: $0)?.nanoseconds }
  }

  @Test func `a rate is exact after any number of messages`() throws {
    var schedule = ReplaySchedule(.rate(Rate(count: 3, per: .seconds(1))))
    var last: Duration?
    for _ in 0...3_000_000 { last = schedule.next(UnsafeRawBufferPointer(start: nil, count: 0)) }
    #expect(abs(try #require(last) / .seconds(1) - 1_000_000) < 1e-6)
  }

  @Test func `times go forward only, bad ones are counted`() {
    let pace = ReplayPace.speed(ReplaySpeed(field: "t", factor: 2))
    let messages = ["{\"t\":10}", "{\"t\":14}", "{\"t\":12}", "x", "{\"t\":13}"]
    #expect(due(pace, messages) == [.zero, .seconds(2), .seconds(2), .seconds(2), .milliseconds(2500)])
  }

  @Test func `numbers are seconds, or milliseconds when they are large`() {
    #expect(nanoseconds("1.5") == 1_500_000_000)
    #expect(nanoseconds("1700000000") == 1_700_000_000_000_000_000)
    #expect(nanoseconds("1700000000000") == 1_700_000_000_000_000_000)
    #expect(nanoseconds("true") == nil)
    #expect(nanoseconds("1e300") == nil)
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2000-02-29 12:00:00.25", 951_825_600_250_000_000),
      ("2026-11-21T04:19:15+02:00", 1_795_227_555_000_000_000), ("1969-12-31T23:59:59Z", -1_000_000_000),
      ("2024-01-01", 1_704_067_200_000_000_000), ("2024-01-01 10:30", 1_704_105_000_000_000_000),
    ] as [(String, Int128)])
  func `texts are times`(text: String, expected: Int128) {
    #expect(nanoseconds("\"\(text)\"") == expected)
  }

  @Test(arguments: [
    "2023-02-29", "2024-13-01", "yesterday", "", "2024-01-01T25:00:00Z", "2024-01-01T10:00:00X", "2024-01-01Z",
  ])
  func `other texts are none`(text: String) {
    #expect(nanoseconds("\"\(text)\"") == nil)
  }

  @Test func `a time is written in universal time`() {
    #expect(UTCTime(nanoseconds: 1_795_227_555_999_000_000).description == "2026-11-21T02:19:15Z")
  }
}
