import Filters
import JSONText
import Testing

@Suite struct DeltaTests {
  @Test func `the first message of a key is whole and those behind it are patches`() throws {
    var bench = try Bench("- delta: {key: msg.s}")
    #expect(
      bench.give(
        #"{"s":"A","p":1.0,"o":1}"#, #"{"s":"B","p":1}"#, #"{"s":"A","p":2.50,"o":1}"#, #"{"s":"A","p":2.5}"#) == [
          #"{"key":"A","full":{"s":"A","p":1.0,"o":1}}"#, #"{"key":"B","full":{"s":"B","p":1}}"#,
          #"{"key":"A","patch":{"p":2.50}}"#, #"{"key":"A","patch":{"o":null}}"#,
        ])
  }

  @Test func `without a key nothing names one`() throws {
    var bench = try Bench("- delta: {}")
    #expect(bench.give(#"{"a":1}"#, #"{"a":2}"#) == [#"{"full":{"a":1}}"#, #"{"patch":{"a":2}}"#])
  }

  @Test func `an unchanged message is dropped`() throws {
    var bench = try Bench("- delta: {}")
    #expect(bench.give(#"{"a":1,"b":2}"#, #"{"a":1,"b":2}"#, #"{"b":2.0, "a":1}"#).count == 1)
  }

  @Test func `each so many messages of a key one is whole`() throws {
    var bench = try Bench("- delta: {key: msg.k, full_every: 3}")
    let texts = (0..<7).map { #"{"k":1,"n":\#($0)}"# }
    #expect(bench.give(texts).map { $0.contains("full") } == [true, false, false, true, false, false, true])
    #expect(bench.give(#"{"k":2,"n":0}"#)[0].contains("full"))
  }

  @Test func `what no patch can say is sent whole`() throws {
    var bench = try Bench("- delta: {}")
    #expect(
      bench.give(#"{"a":1}"#, #"{"a":null}"#, "[1]", "[2]", #"{"a":{"b":null}}"#) == [
        #"{"full":{"a":1}}"#, #"{"full":{"a":null}}"#, #"{"full":[1]}"#, #"{"full":[2]}"#,
        #"{"full":{"a":{"b":null}}}"#,
      ])
  }

  @Test func `a patch longer than the message is not sent`() throws {
    var bench = try Bench("- delta: {}")
    #expect(
      bench.give(#"{"a":1,"b":2,"c":3}"#, #"{"a":1}"#) == [#"{"full":{"a":1,"b":2,"c":3}}"#, #"{"full":{"a":1}}"#])
  }

  @Test func `a forgotten key starts whole again`() throws {
    var bench = try Bench("- delta: {key: msg.k, keys: 1}")
    #expect(
      bench.give(#"{"k":1,"n":1}"#, #"{"k":2,"n":1}"#, #"{"k":1,"n":2}"#).allSatisfy { $0.contains("full") })
    #expect(bench.pipeline.evictions == 2)
  }

  @Test func `a message that is no JSON is a failure and changes nothing`() throws {
    var bench = try Bench("- delta: {}")
    #expect(
      bench.give(#"{"a":1,"b":1}"#, "{", #"{"a":1,"b":2}"#) == [#"{"full":{"a":1,"b":1}}"#, #"{"patch":{"b":2}}"#])
    #expect(bench.failures() == ["delta: the message is no JSON × 1"])
  }

  @Test(arguments: 1...8) func `a client that applies the patches has exactly the messages`(seed: Int) throws {
    var dice = Dice(seed)
    var bench = try Bench("- delta: {key: msg.k, full_every: \(2 + dice.roll(20)), keys: \(1 + dice.roll(4))}")
    var client: [String: String] = [:]
    var patches = 0
    for _ in 0..<600 {
      let (key, message) = Self.message(&dice)
      let out = bench.give(message)
      #expect(out.count <= 1)
      for text in out {
        patches += text.contains("patch") ? 1 : 0
        try Self.apply(text, to: &client)
      }
      #expect(try Self.isSame(client[key], message))
    }
    #expect(bench.failures().isEmpty)
    #expect(patches > 0)
  }

  /// A message whose members come and go, are nested, null, lists, and spelled in several ways.
  private static func message(_ dice: inout Dice) -> (key: String, message: String) {
    let key = "k\(dice.roll(3))"
    let values = ["1", "1.0", "2", "null", "[1,2]", "[null]", #""a""#, #"{"x":1}"#, #"{"x":1,"y":{"z":2}}"#, "{}"]
    let members = ["a", "b", "c", "d", "e"].filter { _ in dice.roll(4) > 0 }.map { name in
      #""\#(name)":\#(values[dice.roll(dice.roll(3) == 0 ? values.count : 2)])"#
    }
    return (key, #"{"k":"\#(key)",\#(members.joined(separator: ",") + (members.isEmpty ? "" : ","))"tail":0}"#)
  }

  private static func parsed<R>(_ text: String, _ body: (JSONTape, UnsafeRawBufferPointer) throws -> R) throws -> R {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var tape = JSONTape()
      try tape.parse(bytes)
      return try body(tape, bytes)
    }
  }

  private static func apply(_ text: String, to client: inout [String: String]) throws {
    try parsed(text) { tape, bytes in
      let key = tape.member(JSONName("key"), of: 0, in: bytes).map { tape.string(of: $0, in: bytes) } ?? ""
      if let full = tape.member(JSONName("full"), of: 0, in: bytes) {
        client[key] = String(decoding: bytes[tape.range(of: full)], as: UTF8.self)
        return
      }
      let patch = try #require(tape.member(JSONName("patch"), of: 0, in: bytes))
      client[key] = try parsed(try #require(client[key])) { old, oldBytes in
        var out: [UInt8] = []
        JSONMergePatch.apply(JSONValue(tape, patch, bytes), to: JSONValue(old, 0, oldBytes), into: &out)
        return String(decoding: out, as: UTF8.self)
      }
    }
  }

  private static func isSame(_ one: String?, _ other: String) throws -> Bool {
    guard let one else { return false }
    return try parsed(one) { tape, bytes in
      try parsed(other) { JSONValue(tape, 0, bytes).isSame(as: JSONValue($0, 0, $1)) }
    }
  }
}
