import Filters
import Testing

@Suite struct BatchTests {
  @Test func `messages become arrays of so many, with their exact text`() throws {
    var bench = try Bench("- batch: 2")
    #expect(bench.give(#"{ "a" : 1.0 }"#, #" "\u0041" "#, "null") == [##"[{ "a" : 1.0 },"\u0041"]"##])
    #expect(bench.give("[ ]") == ["[null,[ ]]"])
  }

  @Test func `an array is emitted so long after its first message, also when the feed is silent`() throws {
    var bench = try Bench("- batch: {messages: 100, every: 1s}")
    #expect(bench.give("1").isEmpty)
    #expect(bench.wait(900).isEmpty)
    #expect(bench.give("2").isEmpty)
    #expect(bench.wait(99).isEmpty)
    #expect(bench.wait(1) == ["[1,2]"])
    #expect(bench.wait(5000).isEmpty)
    #expect(bench.give("3").isEmpty)
    #expect(bench.wait(1000) == ["[3]"])
  }

  @Test func `a full array does not leave its deadline to the next`() throws {
    var bench = try Bench("- batch: {messages: 2, every: 1s}")
    _ = bench.give("1")
    _ = bench.wait(900)
    #expect(bench.give("2", "3") == ["[1,2]"])
    #expect(bench.wait(999).isEmpty)
    #expect(bench.wait(1) == ["[3]"])
    #expect(bench.pipeline.deadline == nil)
  }

  @Test func `a late clock closes the array before the message that comes too late for it`() throws {
    var bench = try Bench("- batch: {every: 1s}")
    _ = bench.give("1")
    bench.moment = bench.moment.advanced(by: 1_000_000_000)
    #expect(bench.give("2") == ["[1]"])
    #expect(bench.wait(1000) == ["[2]"])
  }

  @Test func `what is held is emitted when nothing more comes`() throws {
    var bench = try Bench("- batch: 10")
    #expect(bench.finish().isEmpty)
    #expect(bench.give("1", "2").isEmpty)
    #expect(bench.finish() == ["[1,2]"])
    #expect(bench.finish().isEmpty)
  }

  @Test func `an array is no longer than its size, unless one message is`() throws {
    var bench = try Bench("- batch: {messages: 100, size: 7B}")
    #expect(bench.give("1", "2", "3", "4") == ["[1,2,3]"])
    #expect(bench.give(#""longer than that""#) == ["[4]", #"["longer than that"]"#])
    #expect(bench.give("12", "34", "5") == ["[12,34]"])
  }

  @Test func `what is no JSON is a failure and in no array`() throws {
    var bench = try Bench("- batch: 2")
    #expect(bench.give("1", "[", "2") == ["[1,2]"])
    #expect(bench.failures() == ["batch: the message is no JSON × 1"])
  }

  @Test func `filters behind it see arrays`() throws {
    var bench = try Bench("- batch: 3\n- map: size(msg)")
    #expect(bench.give("1", "2", "3", "4") == ["3"])
    #expect(bench.finish() == ["1"])
  }

  @Test(arguments: 1...8) func `the arrays together are the messages`(seed: Int) throws {
    var dice = Dice(seed)
    let (messages, size) = (1 + dice.roll(9), 10 + dice.roll(90))
    var bench = try Bench("- batch: {messages: \(messages), every: 10ms, size: \(size)B}")
    var (given, out): ([String], [String]) = ([], [])
    for _ in 0..<500 {
      let message = #"{"k":[\#(dice.roll(1 << dice.roll(60))),"]["]}"#
      given.append(message)
      out += bench.give(message)
      out += bench.wait(Int64(dice.roll(4)))
    }
    out += bench.finish()
    #expect(out.allSatisfy { $0.utf8.count <= max(size, 40) && $0.hasPrefix("[") && $0.hasSuffix("]") })
    #expect(out.map { $0.dropFirst().dropLast() }.joined(separator: ",") == given.joined(separator: ","))
  }
}
