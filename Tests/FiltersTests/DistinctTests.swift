import Filters
import Testing

@Suite struct DistinctTests {
  @Test func `a message with the value of the last one is dropped`() throws {
    var bench = try Bench("- distinct: msg.price")
    let (one, again, two) = (#"{"price":1,"n":1}"#, #"{"price":1,"n":2}"#, #"{"price":2}"#)
    #expect(bench.give(one, again, two, again, again, one) == [one, two, again])
  }

  @Test func `each key has its own last value`() throws {
    var bench = try Bench("- distinct: {of: msg.p, key: msg.s}")
    let (a, b) = (#"{"s":"A","p":1}"#, #"{"s":"B","p":1}"#)
    #expect(bench.give(a, b, a, b) == [a, b])
  }

  @Test func `values are compared by what they mean`() throws {
    var bench = try Bench("- distinct: msg")
    let first = #"{"a":1,"b":[1.50]}"#
    #expect(bench.give(first, #"{ "b":[15e-1], "a":1.0 }"#) == [first])
    #expect(bench.give(#"{"a":"1","b":[1.5]}"#).count == 1)
  }

  @Test func `whole texts are compared as they are written`() throws {
    var bench = try Bench("- distinct: text")
    #expect(bench.give("a", "a", "A", #"{"a":1}"#, #"{"a":1.0}"#) == ["a", "A", #"{"a":1}"#, #"{"a":1.0}"#])
  }

  @Test func `a number and a text are not equal`() throws {
    var bench = try Bench("- distinct: msg")
    #expect(bench.give("1", #""1""#, "1.0", "1", "-0", "0") == ["1", #""1""#, "1.0", "-0"])
  }

  @Test func `a list of several fields can be compared`() throws {
    var bench = try Bench("- distinct: '[msg.a, msg.b]'")
    #expect(bench.give(#"{"a":1,"b":2,"c":3}"#, #"{"a":1,"b":2,"c":4}"#, #"{"a":1,"b":3}"#).count == 2)
  }

  @Test func `a message without the field is a failure, and the last value stays`() throws {
    var bench = try Bench("- distinct: msg.a")
    #expect(bench.give(#"{"a":1}"#, #"{"b":1}"#, #"{"a":1}"#) == [#"{"a":1}"#])
    #expect(bench.failures() == ["distinct: no such field: a × 1"])
  }

  @Test func `a key beyond 4096 bytes is a failure`() throws {
    var bench = try Bench("- distinct: {of: msg.v, key: msg.k}")
    let long = #"{"v":1,"k":"\#(String(repeating: "x", count: 5000))"}"#
    #expect(bench.give(long).isEmpty)
    #expect(bench.failures() == ["distinct: the key is too long × 1"])
  }

  @Test(arguments: [1, 2, 3, 7]) func `beyond keys the one unused for the longest time is forgotten`(keys: Int) throws {
    var bench = try Bench("- distinct: {of: msg.v, key: msg.k, keys: \(keys)}")
    var dice = Dice(keys)
    // The model: keys with their values, the last used at the end.
    var known: [(key: Int, value: Int)] = []
    var evictions = 0
    for step in 0..<3000 {
      let (key, value) = (dice.roll(8), dice.roll(2))
      let place = known.firstIndex { $0.key == key }
      let last = place.map { known.remove(at: $0).value }
      if last == nil, known.count == keys {
        known.removeFirst()
        evictions += 1
      }
      known.append((key, value))
      let message = #"{"k":\#(key),"v":\#(value)}"#
      #expect(bench.give(message) == (last == value ? [] : [message]), "step \(step)")
    }
    #expect(bench.pipeline.evictions == evictions)
  }

  @Test func `a reload with an equal filter keeps its state`() throws {
    var bench = try Bench("- distinct: msg.a")
    #expect(bench.give(#"{"a":1}"#).count == 1)
    let next = try Bench("- where: 'true'\n- distinct: msg.a")
    bench.succeed(by: next)
    #expect(bench.give(#"{"a":1}"#).isEmpty)
    let other = try Bench("- distinct: {of: msg.a, keys: 5}")
    bench.succeed(by: other)
    #expect(bench.give(#"{"a":1}"#).count == 1)
  }
}
