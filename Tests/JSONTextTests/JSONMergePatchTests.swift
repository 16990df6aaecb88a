import JSONText
import Testing

func isSame(_ one: String, _ other: String) throws -> Bool {
  try reading(one) { a, aText in
    try reading(other) { b, bText in JSONValue(a, 0, aText).isSame(as: JSONValue(b, 0, bText)) }
  }
}

func delta(_ old: String, _ new: String) throws -> (JSONDelta, String) {
  var out: [UInt8] = []
  let result = try reading(old) { a, aText in
    try reading(new) { b, bText in
      JSONMergePatch.delta(from: JSONValue(a, 0, aText), to: JSONValue(b, 0, bText), into: &out)
    }
  }
  return (result, String(decoding: out, as: UTF8.self))
}

func apply(_ patch: String, _ target: String) throws -> String {
  var out: [UInt8] = []
  try reading(target) { tape, text in
    try reading(patch) { patch, patchText in
      JSONMergePatch.apply(JSONValue(patch, 0, patchText), to: JSONValue(tape, 0, text), into: &out)
    }
  }
  #expect(parsed(out) != nil)
  return String(decoding: out, as: UTF8.self)
}

struct JSONMergePatchTests {
  // RFC 7396 appendix A
  @Test(arguments: [
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
    (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"), (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
    (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
    ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
  ])
  func `a patch is merged as RFC 7396 says`(_ target: String, _ patch: String, _ result: String) throws {
    #expect(try apply(patch, target) == result)
  }

  @Test func `a delta holds what changed, in its exact text`() throws {
    let old = #"{"s":"A","p":1.10,"v":{"x":1,"y":[1]},"gone":1}"#
    let new = #"{ "s" : "A", "v":{"x":1.0,"y":[1, 2]}, "p":1.20, "n":{"k":1e400} }"#
    #expect(try delta(old, new) == (.patch, #"{"v":{"y":[1, 2]},"p":1.20,"n":{"k":1e400},"gone":null}"#))
    #expect(try delta(old, old) == (.unchanged, ""))
    #expect(try delta(#"{"a":1.10}"#, #"{"a":1.1}"#) == (.unchanged, ""))
    #expect(try delta("1", #"{"a":1}"#) == (.patch, #"{"a":1}"#))
    #expect(try delta(#"{"a":1}"#, "null") == (.patch, "null"))
  }

  @Test func `what a merge patch cannot say is told`() throws {
    #expect(try delta(#"{"a":1}"#, #"{"a":null}"#) == (.inexpressible, ""))
    #expect(try delta("{}", #"{"a":{"b":null}}"#) == (.inexpressible, ""))
    #expect(try delta("1", #"{"b":null}"#) == (.inexpressible, ""))
    #expect(try delta(#"{"a":null}"#, #"{"a":null,"b":[{"c":null}]}"#) == (.patch, #"{"b":[{"c":null}]}"#))
  }

  @Test func `a delta merged into the old text is the new one`() throws {
    for round in 0..<4000 {
      let old = JSONModel.text(nulls: round % 2 == 0, duplicates: round % 3 == 0)
      let new = JSONModel.text(nulls: round % 4 == 0, duplicates: round % 5 == 0)
      let (result, patch) = try delta(old, new)
      switch result {
      case .unchanged: #expect(try isSame(old, new))
      case .patch: #expect(try isSame(apply(patch, old), new), "\(old) \(new) \(patch)")
      case .inexpressible: #expect(new.contains("null"))
      }
    }
  }

  @Test func `a delta finds members in whatever order, and of large objects too`() throws {
    for count in [3, 16, 17, 200] {
      let old = (0..<count).map { "\"k\($0)\":\($0)" }
      var new = old
      new[1] = #""k1":"x""#
      let change = (JSONDelta.patch, #"{"k1":"x"}"#)
      func object(_ members: some Sequence<String>) -> String { "{" + members.joined(separator: ",") + "}" }
      #expect(try delta(object(old), object(new)) == change)
      #expect(try delta(object(old), object(new.reversed())) == change)
      #expect(try delta(object(old), object(new.shuffled())) == change)
      #expect(try delta(object(old), object([#""k1":0"#] + new)) == change)
      #expect(try delta(object([#""k1":"x""#] + old), object(new)) == change)
      #expect(try delta(object(old), object(new.dropLast())) == (.patch, #"{"k1":"x","k\#(count - 1)":null}"#))
    }
  }

  @Test func `values are the same by what they mean`() throws {
    #expect(try isSame(#"{"a":1,"b":[2,"x"]}"#, #"{"b" : [2.0, "\u0078"], "\u0061":10e-1}"#))
    #expect(try isSame(#"{"a":1,"a":2}"#, #"{"a":2}"#))
    #expect(try !isSame("[1,2]", "[2,1]"))
    #expect(try !isSame(#"{"a":1}"#, #"{"b":1}"#))
    #expect(try !isSame("1", #""1""#))
    #expect(try !isSame("[1]", "[1,1]"))
    let many = (0..<100).map { "\"k\($0)\":\($0)" }
    #expect(try isSame("{\(many.joined(separator: ","))}", "{\(many.reversed().joined(separator: ","))}"))
    #expect(
      try delta("{\(many.joined(separator: ","))}", "{\(many[1...].joined(separator: ","))}") == (
        .patch, #"{"k0":null}"#
      ))
  }
}
