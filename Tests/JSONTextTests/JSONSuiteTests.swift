import JSONText
import Testing

/// What a text is read as; nil when it is no JSON.
func parsed(_ bytes: [UInt8], sizeLimit: Int = Int(Int32.max)) -> JSONTape? {
  var tape = JSONTape(sizeLimit: sizeLimit)
  return bytes.withUnsafeBytes { text in (try? tape.parse(text)).map { tape } }
}

func problem(_ text: String, sizeLimit: Int = Int(Int32.max)) -> JSONProblem? {
  var tape = JSONTape(sizeLimit: sizeLimit)
  return Array(text.utf8).withUnsafeBytes { text in
    do throws(JSONProblem) {
      try tape.parse(text)
      return nil
    } catch {
      return error
    }
  }
}

/// The cases of the public JSONTestSuite, written out.
struct JSONSuiteTests {
  static let right: [String] = [
    "[[]   ]", #"[""]"#, "[]", #"["a"]"#, "[false]", #"[null, 1, "1", {}]"#, "[null]", "[1\n]", " [1]",
    "[1,null,null,null,2]", "[2] ", "[123e65]", "[0e+1]", "[0e1]", "[ 4]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", "[20e1]", "[-0]", "[-123]",
    "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]", "[123.456789]",
    #"{"asd":"sdf", "dfg":"fgh"}"#, #"{"asd":"sdf"}"#, #"{"a":"b","a":"c"}"#, #"{"a":"b","a":"b"}"#, "{}",
    #"{"":0}"#, #"{"foo\u0000bar": 42}"#, #"{ "min": -1.0e+28, "max": 1.0e+28 }"#,
    #"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
    #"{"a":[]}"#, #"{"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430"}"#, "{\n\"a\": \"b\"\n}",
    #"["\u0060\u012a\u12AB"]"#, #"["\uD801\udc37"]"#, #"["\ud83d\ude39\ud83d\udc8d"]"#,
    #"["\"\\\/\b\f\n\r\t"]"#, #"["\\u0000"]"#, #"["\""]"#, #"["a/*b*/c/*d//e"]"#, #"["\\a"]"#, #"["\\n"]"#,
    #"["\u0012"]"#, #"["\uFFFF"]"#, #"["asd"]"#, #"[ "asd"]"#, #"["\uDBFF\uDFFF"]"#,
    #"["new\u00A0line"]"#, "[\"\u{10FFFF}\"]", "[\"\u{FFFF}\"]", #"["\u0000"]"#, #"["\u002c"]"#, "[\"π\"]",
    "[\"\u{1BFFF}\"]", #"["asd "]"#, "\" \"", #"["\uD834\uDd1e"]"#, #"["\u0821"]"#, #"["\u0123"]"#,
    "[\"\u{2028}\"]", "[\"\u{2029}\"]", #"["\u0061\u30af\u30EA\u30b9"]"#, "[\"new\u{A0}line\"]", "[\"\u{7F}\"]",
    #"["\uA66D"]"#, #"["\u005C"]"#, "[\"⍂㈴⍂\"]", #"["\u0022"]"#, #"["\uDBFF\uDFFE"]"#, #"["\uD83F\uDFFE"]"#,
    #"["\u200B"]"#, #"["\u2064"]"#, #"["\uFDD0"]"#, #"["\uFFFE"]"#, "[\"€𝄞\"]", "[\"aa\u{7F}a\"]",
    "false", "42", "-0.1", "null", #""asd""#, "true", #""""#, "[\"a\"]\n", "[true]", " [] ", "\t\r\n{}\t\r\n",
  ]

  static let wrong: [String] = [
    "[1 true]", #"["": 1]"#, #"[""],"#, "[,1]", "[1,,2]", #"["x",,]"#, #"["x"]]"#, #"["",]"#, #"["x""#, "[x",
    "[3[4]]", "[1:2]", "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[\"\u{B}a\"\\f]", "[*]",
    "[\"\"", "[1,", "[1,\n1\n,1", "[{}", "[fals]", "[nul]", "[tru]", "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]",
    "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e+]", "[0e]",
    "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[Inf]", "[NaN]",
    "[\u{FF11}]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]", "[-foo]",
    "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]",
    "[012]", #"["x", truth]"#, #"{[: "x"}"#, #"{"x", null}"#, #"{"x"::"b"}"#, "{🇨🇭}", #"{"a":"a" 123}"#,
    "{key: 'value'}", #"{"a" b}"#, #"{:"b"}"#, #"{"a" "b"}"#, #"{"a":"#, #"{"a""#, "{1:1}", "{9999E9999:1}",
    "{null:null,null:null}", #"{"id":0,,,,,}"#, "{'a':0}", #"{"id":0,}"#, #"{"a":"b"}/**/"#, #"{"a":"b"}/**//"#,
    #"{"a":"b"}//"#, #"{"a":"b"}/"#, #"{"a":"b",,"c":"d"}"#, #"{a: "b"}"#, #"{"a":"a"#, #"{ "foo" : "bar", "a" }"#,
    #"{"a":"b"}#"#, " ", #"["\uD800\"]"#, #"["\uD800\u"]"#, #"["\uD800\u1"]"#, #"["\uD800\u1x"]"#, "[é]",
    #"["\x00"]"#, #"["\\\"]"#, "[\"\\\t\"]", #"["\🌀"]"#, #"["\"]"#, #"["\u00A"]"#, #"["\uD834\uDd"]"#,
    #"["\uD800\uD800\x"]"#, #"["\a"]"#, #"["\uqqqq"]"#, #"[\u0020"asd"]"#, #"[\n]"#, "\"", "['single quote']", "abc",
    #"["\"#, "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]", #""\UA66D""#, #"""x"#, "<.>", "[<null>]", "[1]x",
    "[1]]", #"["asd]"#, "aå", "[True]", "1]", #"{"x": true,"#, "[][]", "]", "", "[", "2@", "{}}", #"{"":"#,
    #"{"a":/*comment*/"b"}"#, #"{"a": true} "x""#, "['", "[,", "[{", "[\"a", "[\"a\"", "{", "{]", "{,", "{[", "{\"a",
    "{'a'", #"["\{["\{["\{["\{"#, "*", #"{"a":"b"}#{}"#, "[\u{2060}]", "[\u{C}]", #"["\u0022"#, "[1", "[ false, nao]",
    #"[{"x":1},"#, "[\u{A0}]", "å", "[\u{0}]", "\u{FEFF}", "\u{FEFF}{}", "#[]", "[\u{85}]", "-", "00", "1e", "1e+",
    "tru",
  ]

  static let wrongBytes: [[UInt8]] = [
    [0x5B, 0x61, 0xE5, 0x5D], [0x5B, 0x31, 0xE5, 0x5D], [0x5B, 0x31, 0x65, 0x31, 0xE5, 0x5D], [0x5B, 0x30, 0xE5, 0x5D],
    [0x7B, 0x22, 0xB9, 0x22, 0x3A, 0x22, 0x30, 0x22, 0x2C, 0x7D], [0x5B, 0xFF, 0x5D], [0xE5], [0xEF, 0xBB, 0x7B, 0x7D],
    [0x5B, 0x22, 0x5C, 0xE5, 0x22, 0x5D], [0x5B, 0x22, 0x5C, 0x75, 0xE5, 0x22, 0x5D], [0x00, 0x5B, 0x5D],
  ]

  @Test(arguments: right) func `every y case is read`(_ text: String) { #expect(problem(text) == nil) }

  @Test(arguments: wrong) func `every n case is refused`(_ text: String) { #expect(problem(text) != nil) }

  @Test(arguments: wrongBytes) func `every n case that is no UTF-8 is refused`(_ bytes: [UInt8]) {
    #expect(parsed(bytes) == nil)
  }

  @Test func `the deep n cases are refused without running out of stack`() {
    #expect(problem(String(repeating: "[", count: 100_000))?.reason == .tooDeep)
    #expect(problem(String(repeating: "[{\"\":", count: 50_000))?.reason == .tooDeep)
  }

  // The i cases: RFC 8259 leaves these to the reader.
  @Test(arguments: [
    "[123.456e-789]", "[0.4e00669999999999999999999999999999999999999999999999999969999999006]", "[-1e+9999]",
    "[1.5e+9999]",
    "[-123123e100000]", "[123123e100000]", "[123e-10000000]", "[-123123123123123123123123123123]",
    "[100000000000000000000]", "[-237462374673276894279832749832423479823246327846]", #"{"\uDFAA":0}"#, #"["\uDADA"]"#,
    #"["\uD888\u1234"]"#, #"["\uD800\n"]"#, #"["\uDd1ea"]"#, #"["\uD800\uD800\n"]"#, #"["\ud800"]"#, #"["\ud800abc"]"#,
    #"["\uDd1e\uD834"]"#, #"["\uDFAA"]"#,
  ])
  func `numbers of any size and lone surrogate escapes are read`(_ text: String) { #expect(problem(text) == nil) }

  @Test(
    arguments: [
      [0xFF, 0xFE, 0x5B, 0x00], [0x5B, 0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA, 0x22, 0x5D],
      [0x5B, 0x22, 0xFF, 0x22, 0x5D], [0x5B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x5D], [0x5B, 0x22, 0xE9, 0x22, 0x5D],
      [0x5B, 0x22, 0x81, 0x22, 0x5D], [0x5B, 0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22, 0x5D],
      [0x5B, 0x22, 0xC0, 0xAF, 0x22, 0x5D],
      [0x5B, 0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22, 0x5D], [0x5B, 0x22, 0xC0, 0x80, 0x22, 0x5D],
      [0x5B, 0x22, 0xE0, 0xFF, 0x22, 0x5D], [0x5B, 0x22, 0xE0, 0x80, 0x80, 0x22, 0x5D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
      [0x00, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D], [0x5B, 0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22, 0x5D],
    ] as [[UInt8]])
  func `bytes that are no UTF-8, UTF-16 and byte order marks are refused`(_ bytes: [UInt8]) {
    #expect(parsed(bytes) == nil)
  }

  @Test func `strings of UTF-8 agree with the standard library, whatever stands around them`() {
    var random = SystemRandomNumberGenerator()
    let bytes: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5,
    ]
    for _ in 0..<20_000 {
      let inside = (0..<Int.random(in: 0...12)).map { _ in bytes.randomElement(using: &random) ?? 0x41 }
      #expect(
        (parsed([0x22] + inside + [0x22]) != nil) == (String(validating: inside, as: UTF8.self) != nil), "\(inside)")
    }
  }
}
