import Filters
import Streams
import Testing

@Suite struct ThrottleTests {
  @Test func `a message that has waited keeps its number`() throws {
    var bench = try Bench("- throttle: 100ms\n- set: {n: seq}")
    #expect(bench.give("{}", "{}", "{}") == ["{\"n\":1}"])
    bench.moment = bench.moment.advanced(by: 200_000_000)
    #expect(bench.give("{}") == ["{\"n\":3}"])
  }

  @Test func `the first message passes at once and the latest when the period ends`() throws {
    var bench = try Bench("- throttle: 100ms")
    #expect(bench.give("1", "2") == ["1"])
    #expect(bench.wait(50).isEmpty)
    #expect(bench.give("3").isEmpty)
    #expect(bench.wait(49).isEmpty)
    #expect(bench.wait(1) == ["3"])
  }

  @Test func `an emitted message starts a period of its own`() throws {
    var bench = try Bench("- throttle: 100ms")
    #expect(bench.give("1", "2") == ["1"])
    #expect(bench.wait(100) == ["2"])
    #expect(bench.give("3").isEmpty)
    #expect(bench.wait(100) == ["3"])
    #expect(bench.wait(100).isEmpty)
    #expect(bench.give("4") == ["4"])
  }

  @Test func `nothing waits when nothing was held back`() throws {
    var bench = try Bench("- throttle: 100ms")
    #expect(bench.give("1") == ["1"])
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `messages of several keys come in the order of their arrival`() throws {
    var bench = try Bench("- throttle: {every: 100ms, key: msg.k}")
    let message = { (key: String, value: Int) in #"{"k":"\#(key)","v":\#(value)}"# }
    #expect(bench.give(message("a", 1), message("b", 1)).count == 2)
    #expect(bench.give(message("a", 2), message("b", 2), message("a", 3)).isEmpty)
    #expect(bench.wait(100) == [message("b", 2), message("a", 3)])
  }

  @Test func `what waits is emitted when nothing more comes`() throws {
    var bench = try Bench("- throttle: {every: 1h, key: msg}")
    #expect(bench.give("1", "2", "1", "2") == ["1", "2"])
    #expect(bench.finish() == ["1", "2"])
    #expect(bench.finish().isEmpty)
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `a key that is forgotten has its message emitted at once`() throws {
    var bench = try Bench("- throttle: {every: 1h, key: msg.k, keys: 1}")
    #expect(bench.give(#"{"k":1}"#, #"{"k":1,"v":2}"#) == [#"{"k":1}"#])
    #expect(bench.give(#"{"k":2}"#) == [#"{"k":1,"v":2}"#, #"{"k":2}"#])
    #expect(bench.pipeline.evictions == 1)
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `a late clock does not lose or double anything`() throws {
    var bench = try Bench("- throttle: 100ms")
    #expect(bench.give("1", "2") == ["1"])
    bench.moment = bench.moment.advanced(by: 250_000_000)
    #expect(bench.give("3") == ["2"])
    #expect(bench.wait(99).isEmpty)
    #expect(bench.wait(1) == ["3"])
  }

  @Test func `binary messages and labels are held with all they have`() throws {
    var bench = try Bench("- throttle: 100ms")
    var batch = Batch()
    for byte: UInt8 in [0xFF, 0xFE] {
      [byte].withUnsafeBytes { batch.append($0, isText: false, label: Label(event: "e\(byte)")) }
    }
    #expect(bench.pipeline.process(batch, at: bench.moment).count == 1)
    let out = bench.pipeline.finish(at: bench.moment)
    #expect(out[0] == [0xFE])
    #expect(!out.marks[0].isText)
    #expect(out.label(0).event == "e254")
  }

  /// As it is said in the manual, millisecond by millisecond.
  private struct Model {
    let period: Int
    var ends: [Int: Int] = [:]
    var waiting: [(key: Int, value: Int)] = []

    mutating func tick(_ now: Int) -> [(key: Int, value: Int)] {
      let due = waiting.filter { ends[$0.key]! <= now }
      waiting.removeAll { ends[$0.key]! <= now }
      for one in due { ends[one.key] = now + period }
      return due
    }

    mutating func take(_ key: Int, _ value: Int, _ now: Int) -> [(key: Int, value: Int)] {
      guard let end = ends[key], end > now else {
        ends[key] = now + period
        return [(key, value)]
      }
      waiting.removeAll { $0.key == key }
      waiting.append((key, value))
      return []
    }
  }

  private static func text(_ key: Int, _ value: Int) -> String { #"{"k":\#(key),"v":\#(value)}"# }

  @Test(arguments: 1...8) func `it does what the model does on random schedules`(seed: Int) throws {
    var dice = Dice(seed)
    let period = 1 + dice.roll(20)
    var bench = try Bench("- throttle: {every: \(period)ms, key: msg.k}")
    var model = Model(period: period)
    var lastSent: [Int: Int] = [:]
    for now in 0..<2000 {
      var sent = model.tick(now)
      var texts = bench.wait(now == 0 ? 0 : 1)
      for _ in 0..<(dice.roll(3) == 0 ? dice.roll(4) : 0) {
        let key = dice.roll(4)
        sent += model.take(key, now, now)
        texts += bench.give(Self.text(key, now))
      }
      #expect(texts == sent.map { Self.text($0.key, $0.value) }, "at \(now)")
      for one in sent {
        if let last = lastSent[one.key] { #expect(now - last >= period) }
        lastSent[one.key] = now
      }
    }
  }

  @Test(arguments: 1...8) func `the last value of a key always arrives, forgotten keys or not`(seed: Int) throws {
    var dice = Dice(seed)
    let keys = 1 + dice.roll(4)
    var bench = try Bench("- throttle: {every: 10ms, key: msg.k, keys: \(keys)}")
    var (given, arrived): ([Int: String], [Int: String]) = ([:], [:])
    let note = { (texts: [String]) in
      for text in texts { arrived[Int(text.dropFirst(5).prefix { $0 != "," })!] = text }
    }
    for step in 0..<1000 {
      note(bench.wait(Int64(dice.roll(5))))
      let key = dice.roll(6)
      given[key] = Self.text(key, step)
      note(bench.give(Self.text(key, step)))
    }
    note(seed.isMultiple(of: 2) ? bench.wait(10) : bench.finish())
    #expect(arrived == given)
    #expect(bench.pipeline.deadline == nil)
  }
}
