import ConfigText
import Filters
import Streams
import Testing

/// Filters that wrap, check, split and encode messages, and tell of them: wrap, unwrap, json, split, encode, decode, log.
@Suite struct FormatTests {
  @Test func `wrap puts a message under a key, and unwrap takes it out, as it is spelled`() throws {
    var wrap = try Bench("- wrap: 'a\"b'")
    #expect(wrap.give(#"[1.10, {}]"#, "\"x\"", "no JSON") == [#"{"a\"b":[1.10, {}]}"#, #"{"a\"b":"x"}"#])
    #expect(wrap.failures() == ["wrap: the message is no JSON × 1"])
    var unwrap = try Bench("- unwrap: data.trades[1]")
    #expect(unwrap.give(#"{"data":{"trades":[1, 2.00]}}"#, #"{"data":1}"#) == ["2.00"])
    #expect(unwrap.failures().count == 1)
    var both = try Bench("- wrap: x\n- unwrap: x")
    #expect(both.give(#"{"a" : 1e400}"#) == [#"{"a" : 1e400}"#])
  }

  @Test func `json refuses what is no JSON, or no object`() throws {
    var object = try Bench("- json: object")
    #expect(object.give("{}", "[]", "1", "{", "") == ["{}"])
    #expect(object.failures() == ["json: the message is no JSON object × 2", "json: the message is no JSON × 2"])
    var any = try Bench("- json: any")
    #expect(any.give("{}", "[]", "1", "{", "") == ["{}", "[]", "1"])
    #expect(any.give(bytes: [0xFF]) == [])
    #expect(any.failures() == ["json: the message is no JSON × 2", "json: the message is no text × 1"])
  }

  @Test func `json tells of two members of one name once`() throws {
    var bench = try Bench("- json: object")
    #expect(bench.give(#"{"a":1}"#, #"{"a":{"b":1,"b":2}}"#, #"{"a":1,"a":2}"#).count == 3)
    let told = bench.log()
    #expect(told.count == 1)
    #expect(told.first?.hasPrefix("warning: json: an object has two members of one name") == true)
    #expect(told.first?.hasSuffix(#"{"a":{"b":1,"b":2}}"#) == true)
  }

  @Test func `split makes a message of each part of a text`() throws {
    var bench = try Bench(#"- split: ",""#)
    #expect(bench.give("a,b,,c,", "", ",", "d") == ["a", "b", "c", "d"])
    var long = try Bench(#"- split: "--""#)
    #expect(long.give("a---b--", "--ä") == ["a", "-b", "ä"])
    var lines = try Bench(#"- split: "\n""#)
    #expect(lines.give("a\n\nb\n") == ["a", "b"])
    #expect(lines.give(bytes: [0xFF]) == [])
    #expect(lines.failures() == ["split: the message is no text × 1"])
  }

  @Test func `split makes a message of each element of an array`() throws {
    var bench = try Bench("- split: {array: items}")
    #expect(bench.give(#"{"items":[1.0, {"a" : []},"x"]}"#, #"{"items":[]}"#) == ["1.0", #"{"a" : []}"#, "\"x\""])
    #expect(bench.give(#"{"items":{}}"#, "[1]") == [])
    #expect(bench.failures() == ["split: no array at 'items' × 2"])
    var whole = try Bench("- split: {array: .}")
    #expect(whole.give("[[1],[2]]") == ["[1]", "[2]"])
  }

  @Test func `only the last part has the message's id, so that who has it has all`() throws {
    var bench = try Bench("- split: ','")
    #expect(
      bench.labels("a,b", labels: [Label(event: "e", id: "7", key: "k")])
        == [Label(event: "e", key: "k"), Label(event: "e", id: "7", key: "k")])
  }

  @Test func `a message has at most 100000 parts`() throws {
    var bench = try Bench("- split: ','")
    let text = String(repeating: "x,", count: 100_000)
    #expect(bench.give(text).count == 100_000)
    #expect(bench.give(text + "x") == [])
    #expect(bench.failures() == ["split: the message has more than 100000 parts × 1"])
  }

  // RFC 4648 section 10
  @Test(arguments: [
    ("", "", "", ""), ("f", "Zg==", "Zg", "66"), ("fo", "Zm8=", "Zm8", "666f"), ("foo", "Zm9v", "Zm9v", "666f6f"),
    ("foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"), ("ÿ~?", "w79+Pw==", "w79-Pw", "c3bf7e3f"),
  ])
  func `text is encoded and decoded`(text: String, base64: String, base64url: String, hex: String) throws {
    for (name, code) in [("base64", base64), ("base64url", base64url), ("hex", hex)] {
      var encode = try Bench("- encode: \(name)")
      var decode = try Bench("- decode: \(name)")
      #expect(encode.give(text) == [code])
      #expect(decode.give(code) == [text])
    }
  }

  @Test func `what is no encoding is refused`() throws {
    for (name, wrong) in [
      ("base64", ["Zg", "Zg=", "Zh==", "Z g=", "Zm9-", "====", "Zg==\n"]),
      ("base64url", ["Zm9+", "Zh", "Z", "Zg=", "Zm9v="]), ("hex", ["6", "6g", " 6", "0x66"]),
      ("json", ["{}", "x", "1", "\"a", "null"]),
    ] {
      var bench = try Bench("- decode: \(name)")
      #expect(bench.give(wrong) == [], "\(name)")
    }
    var padded = try Bench("- decode: base64url")
    #expect(padded.give("Zg==") == ["f"])
    var upper = try Bench("- decode: hex")
    #expect(upper.give("C3A4") == ["ä"])
  }

  @Test func `what is decoded is text or binary by its bytes`() throws {
    var bench = try Bench("- decode: hex")
    let out = bench.pipeline.process(Batch(texts: ["c3a4", "ff"]), at: bench.moment)
    #expect(out.marks.map(\.isText) == [true, false])
    var encode = try Bench("- encode: base64")
    #expect(encode.give(bytes: [0xFF]) == ["/w=="])
  }

  @Test func `text becomes a JSON string and a JSON string text`() throws {
    var encode = try Bench("- encode: json")
    #expect(encode.give("a\"\n\u{1}ä") == [#""a\"\n\u0001ä""#])
    var decode = try Bench("- decode: json")
    #expect(decode.give(#""a\"\n\u0001\u00e4\ud83d\ude00""#) == ["a\"\n\u{1}ä😀"])
    #expect(encode.give(bytes: [0xFF]) == [])
    #expect(encode.failures() == ["encode: the message is no text × 1"])
  }

  @Test func `log shows what passes, cut, and at most 100 a minute`() throws {
    var bench = try Bench("- log: info")
    #expect(bench.give("a\u{1B}[0m\nb") == ["a\u{1B}[0m\nb"])
    #expect(bench.log() == ["info: log: a\\u{1b}[0m\\nb"])
    let long = String(repeating: "ä", count: 150)
    #expect(bench.give("x" + long).count == 1)
    #expect(bench.log() == ["info: log: x\(String(repeating: "ä", count: 99))… (301 bytes)"])
    #expect(bench.give(bytes: [0xFF]).count == 1)
    #expect(bench.log() == ["info: log: (binary, 1 bytes)"])
    #expect(bench.give((0..<200).map { "\($0)" }).count == 200)
    #expect(bench.log().count == 97)
    _ = bench.wait(59_999)
    #expect(bench.log() == [])
    _ = bench.wait(1)
    #expect(bench.log() == ["info: log: 103 more messages passed"])
    _ = bench.give("z")
    #expect(bench.log() == ["info: log: z"])
  }

  @Test func `mistakes in formats are told with their places`() {
    let (_, problems) = Bench.decode(
      """
      - json: objekt
      - encode: base46
      - split: ''
      - split: {arrray: a}
      - log: error
      - unwrap: 'a['
      - csv: {columns: [a, a], delimiter: ab, quote: 'é', headers: true}
      - csv: {delimiter: '"'}
      - regex: {match: '('}
      - regex: {match: 'a(b)'}
      - regex: {match: '(?P<user>b)', replace: '$usr'}
      - regex: {replace: x}
      - regex: abc
      - id: msg.a +
      - split: [a]
      """)
    #expect(
      problems.map { $0.split(separator: " ").first.map(String.init) ?? "" } == [
        "1:9:", "2:11:", "3:10:", "4:11:", "5:8:", "6:11:", "7:18:", "7:37:", "7:48:", "7:53:", "8:8:", "9:18:",
        "10:18:",
        "11:42:", "12:10:", "13:10:", "14:14:", "15:10:",
      ], "\(problems.joined(separator: "\n"))")
    #expect(
      problems.contains("2:11: expected one of base64, base64url, hex, json; got 'base46'; did you mean 'base64'?"))
    #expect(problems.contains("4:11: unknown key 'arrray' in split; did you mean 'array'?"))
    #expect(problems.contains("9:18: the pattern is wrong at its character 1: a group does not end"))
    #expect(problems.contains("11:42: 'replace': the pattern has no group 'usr'; did you mean 'user'?"))
    #expect(problems.contains("12:10: regex needs 'match'"))
  }

  @Test func `the examples of filters and their keys are right`() {
    for kind in FilterRegistry.kinds {
      let (_, problems) = Bench.decode("- \(kind.key): \(kind.example)")
      #expect(problems == [], "\(kind.key)")
      #expect(kind.summary.hasSuffix("."))
      for key in kind.keys { #expect(!key.summary.isEmpty && !key.example.isEmpty, "\(kind.key).\(key.name)") }
    }
  }

  @Test(
    arguments: [
      ("wrap: a", .object, .object), ("wrap: a", .text, nil), ("unwrap: a", .object, .json),
      ("unwrap: a", .binary, nil), ("json: object", .any, .object), ("json: object", .array, nil),
      ("json: any", .any, .json), ("json: any", .array, .array), ("csv: {}", .any, .array),
      ("csv: {header: true}", .text, .object), ("csv: {}", .binary, nil),
      ("regex: {match: '(?P<a>.)'}", .text, .object),
      ("regex: {match: a, replace: b}", .object, .any), ("regex: {match: a, replace: b}", .binary, nil),
      ("split: ','", .text, .any), ("split: ','", .binary, nil), ("split: {array: .}", .array, .json),
      ("split: {array: .}", .object, nil), ("split: {array: a}", .object, .json), ("encode: base64", .binary, .text),
      ("encode: json", .text, .json), ("encode: json", .binary, nil), ("decode: hex", .text, .any),
      ("decode: hex", .object, nil), ("decode: json", .json, .any), ("decode: json", .text, nil),
      ("event: text", .text, .text), ("log: info", .binary, .binary),
    ] as [(String, MessageForm, MessageForm?)])
  func `a filter says what its messages are`(filter: String, before: MessageForm, after: MessageForm?) throws {
    let chain = try #require(Bench.decode("- \(filter)").0)
    guard case .filter(let step)? = chain.elements.first else { throw Bench.Wrong(problems: [filter]) }
    #expect((try? step.spec.form(after: before).get()) == after)
  }
}
