import Filters
import Testing

/// The clock of a bench starts at 2026-01-01T00:00:00Z.
@Suite struct WindowTests {
  private static let candles = """
    - window:
        every: 1m
        key: msg.s
        set: {s: key, at: start, open: first(msg.p), high: max(msg.p), low: min(msg.p), close: last(msg.p), n: count()}
    """

  private static func trade(_ symbol: String, _ price: Int) -> String { #"{"s":"\#(symbol)","p":\#(price)}"# }

  @Test func `a window that ends becomes one object for each key, in the order of their first messages`() throws {
    var bench = try Bench(Self.candles)
    #expect(bench.give(Self.trade("B", 5), Self.trade("A", 1), Self.trade("B", 9)).isEmpty)
    #expect(bench.wait(59_999).isEmpty)
    #expect(bench.give(Self.trade("B", 2)).isEmpty)
    #expect(
      bench.wait(1) == [
        #"{"s":"B","at":"2026-01-01T00:00:00Z","open":5,"high":9,"low":2,"close":2,"n":3}"#,
        #"{"s":"A","at":"2026-01-01T00:00:00Z","open":1,"high":1,"low":1,"close":1,"n":1}"#,
      ])
  }

  @Test func `windows start at multiples of their length whenever messages come`() throws {
    var bench = try Bench("- window: {every: 10s, set: {from: start, to: end, n: count()}}")
    _ = bench.wait(13_500)
    #expect(bench.give("1").isEmpty)
    #expect(bench.wait(6_499).isEmpty)
    #expect(bench.wait(1) == [#"{"from":"2026-01-01T00:00:10Z","to":"2026-01-01T00:00:20Z","n":1}"#])
    #expect(bench.give("2", "3").isEmpty)
    #expect(bench.wait(10_000) == [#"{"from":"2026-01-01T00:00:20Z","to":"2026-01-01T00:00:30Z","n":2}"#])
  }

  @Test func `a window without messages says nothing`() throws {
    var bench = try Bench("- window: {every: 1s, set: {n: count()}}")
    #expect(bench.give("1").isEmpty)
    #expect(bench.wait(10_000) == [#"{"n":1}"#])
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `a message at the boundary is in the window that starts there, before any tick`() throws {
    var bench = try Bench("- window: {every: 1s, set: {from: start, n: count()}}")
    #expect(bench.give("1").isEmpty)
    bench.moment = bench.moment.advanced(by: 1_000_000_000)
    #expect(bench.give("2") == [#"{"from":"2026-01-01T00:00:00Z","n":1}"#])
    #expect(bench.wait(1000) == [#"{"from":"2026-01-01T00:00:01Z","n":1}"#])
  }

  @Test func `an open window is emitted when nothing more comes`() throws {
    var bench = try Bench("- window: {every: 1h, set: {sum: sum(msg)}}")
    #expect(bench.give("1", "2").isEmpty)
    #expect(bench.finish() == [#"{"sum":3}"#])
    #expect(bench.finish().isEmpty)
  }

  @Test func `a message of which one aggregate can make nothing counts for none`() throws {
    var bench = try Bench("- window: {every: 1s, set: {n: count(), sum: sum(msg.p), x: max(msg.x)}}")
    #expect(bench.give(#"{"p":1,"x":1}"#, #"{"p":5}"#, #"{"p":"a","x":2}"#, "no JSON", #"{"p":2,"x":0}"#).isEmpty)
    #expect(bench.wait(1000) == [#"{"n":2,"sum":3,"x":1}"#])
    #expect(
      bench.failures() == [
        "window: no matching overload × 1", "window: no such field: x × 1", "window: the message is no JSON × 1",
      ])
  }

  @Test func `a first message that fails opens no window for its key`() throws {
    var bench = try Bench("- window: {every: 1s, key: msg.k, set: {k: key, m: max(msg.p)}}")
    #expect(bench.give(#"{"k":1}"#).isEmpty)
    #expect(bench.wait(1000).isEmpty)
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `a result that has no value is a failure, and the other keys are emitted`() throws {
    var bench = try Bench("- window: {every: 1s, key: msg.k, set: {k: key, r: 10 / sum(msg.p)}}")
    #expect(bench.give(#"{"k":1,"p":0}"#, #"{"k":2,"p":5}"#).isEmpty)
    #expect(bench.wait(1000) == [#"{"k":2,"r":2}"#])
    #expect(bench.failures() == ["window: divide by zero × 1"])
  }

  @Test func `beyond keys the one unused for the longest time is emitted early`() throws {
    var bench = try Bench("- window: {every: 1s, key: msg, keys: 2, set: {k: key, n: count()}}")
    #expect(bench.give("1", "2", "1", "3") == [#"{"k":2,"n":1}"#])
    #expect(bench.pipeline.evictions == 1)
    #expect(bench.wait(1000) == [#"{"k":1,"n":2}"#, #"{"k":3,"n":1}"#])
  }

  @Test func `filters behind it see its objects`() throws {
    var bench = try Bench("- window: {every: 1s, set: {n: count()}}\n- where: msg.n > 1\n- pick: n")
    #expect(bench.give("1").isEmpty)
    #expect(bench.wait(1000).isEmpty)
    #expect(bench.give("1", "2").isEmpty)
    #expect(bench.wait(1000) == [#"{"n":2}"#])
  }

  @Test func `a wall clock that is set forward closes the window, and no time is told twice`() throws {
    var bench = try Bench("- window: {every: 1s, set: {from: start, n: count()}}")
    #expect(bench.give("1").isEmpty)
    bench.moment.wall += 365 * 86_400 * 1_000_000_000
    #expect(bench.give("2") == [#"{"from":"2026-01-01T00:00:00Z","n":1}"#])
    #expect(bench.wait(1000) == [#"{"from":"2027-01-01T00:00:00Z","n":1}"#])
  }

  @Test func `a wall clock that is set far back closes the window at its deadline`() throws {
    var bench = try Bench("- window: {every: 1s, set: {from: start, n: count()}}")
    #expect(bench.give("1").isEmpty)
    bench.moment.wall -= 365 * 86_400 * 1_000_000_000
    #expect(bench.wait(1000) == [#"{"from":"2026-01-01T00:00:00Z","n":1}"#])
    #expect(bench.give("2").isEmpty)
    #expect(bench.wait(1000) == [#"{"from":"2025-01-01T00:00:01Z","n":1}"#])
  }

  @Test func `a wall clock that goes back over a boundary does not open a closed window again`() throws {
    var bench = try Bench("- window: {every: 1s, set: {from: start, n: count()}}")
    #expect(bench.give("1").isEmpty)
    #expect(bench.wait(1000).count == 1)
    bench.moment.wall -= 5_000_000
    #expect(bench.give("2").isEmpty)
    #expect(bench.wait(1004).isEmpty)
    #expect(bench.wait(1) == [#"{"from":"2026-01-01T00:00:01Z","n":1}"#])
  }

  @Test func `a wall clock that runs slow gets the time it lacks`() throws {
    var bench = try Bench("- window: {every: 1s, set: {from: start, n: count()}}")
    #expect(bench.give("1").isEmpty)
    bench.moment.wall -= 2_000_000
    #expect(bench.wait(1001).isEmpty)
    #expect(bench.wait(1) == [#"{"from":"2026-01-01T00:00:00Z","n":1}"#])
  }

  @Test func `the parameters of a route can be used in aggregates`() throws {
    var bench = try Bench(
      "- window: {every: 1s, set: {n: 'count(msg.s == params.s)'}}", params: ["s": "A"])
    #expect(bench.give(Self.trade("A", 1), Self.trade("B", 1)).isEmpty)
    #expect(bench.finish() == [#"{"n":1}"#])
    let step = try #require(bench.pipeline.steps.first)
    #expect(step.spec.uses.flatMap(\.references).compactMap(\.field).contains("s"))
  }

  @Test(arguments: 1...6) func `every message is in one window, that of its time`(seed: Int) throws {
    var dice = Dice(seed)
    let length = Int64(10 + dice.roll(90))
    var bench = try Bench("- window: {every: \(length)ms, key: msg.k, set: {k: key, v: sum(msg.v)}}")
    // The sums of each key's windows, in order.
    var (expected, got): ([Int: [Int]], [Int: [Int]]) = ([:], [:])
    var windows: [Int: Int64] = [:]
    let note = { (texts: [String]) in
      for text in texts {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        got[numbers[0], default: []].append(numbers[1])
      }
    }
    for _ in 0..<800 {
      let (key, value) = (dice.roll(5), dice.roll(100))
      let window = bench.moment.wall / 1_000_000 / length
      if windows.updateValue(window, forKey: key) != window { expected[key, default: []].append(0) }
      expected[key]![expected[key]!.count - 1] += value
      note(bench.give(#"{"k":\#(key),"v":\#(value)}"#))
      note(bench.wait(Int64(dice.roll(dice.roll(10) == 0 ? 3 * Int(length) : 4))))
    }
    note(bench.finish())
    #expect(got == expected)
  }
}
