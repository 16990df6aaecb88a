import JSONText
import Testing

struct JSONFieldTests {
  private func value(_ field: String, _ text: String) -> String? {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { JSONText.value(of: field, in: $0) }.map {
      String(decoding: bytes[$0], as: UTF8.self)
    }
  }

  @Test func `a field's value is found, exactly as it is written`() {
    #expect(value("a", #"{"a":1.50}"#) == "1.50")
    #expect(value("b", #" { "a" : [1, {"b": 2}] , "b" : "x\"}" } "#) == #""x\"}""#)
    #expect(value("c", #"{"a":{"c":1},"c":{"d":[ ]}}"#) == #"{"d":[ ]}"#)
    #expect(value("n", #"{"n":null}"#) == "null")
    #expect(value("x", #"{"a":1}"#) == nil)
    #expect(value("x", "{}") == nil)
  }

  @Test func `a path leads into objects`() {
    #expect(value("a.b", #"{"b":1,"a":{"b":-2e+3}}"#) == "-2e+3")
    #expect(value("a.b", #"{"a":[1]}"#) == nil)
    #expect(value("a.b", #"{"a.b":1}"#) == nil)
  }

  @Test func `the last of equal names counts, and escapes in names are read`() {
    #expect(value("a", #"{"a":1,"a":2}"#) == "2")
    #expect(value("é\n", #"{"\u00e9\n":3}"#) == "3")
    #expect(value("😀", #"{"\ud83d\ude00":4}"#) == "4")
  }

  @Test(arguments: [
    "", "[]", "1", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1}}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":tru}"#,
    #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#, "{\"a\":\"\n\"}", #"{"a":1 "b":2}"#, #"{a:1}"#, #"{"a":1} x"#, #"{"a":[1}"#,
    #"{"a":+1}"#, #"{"a":--1}"#,
  ])
  func `what is no JSON object has no fields`(text: String) {
    #expect(value("a", text) == nil)
  }

  @Test func `deep nesting is refused, not followed`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(value("a", "{\"a\":\(deep)") == nil)
  }
}
