import Filters
import Testing

/// RFC 4180, and what it leaves open.
@Suite struct CSVTests {
  @Test func `the header names the columns and does not go on, nor does its repetition`() throws {
    var bench = try Bench("- csv: {header: true}")
    #expect(
      bench.give("symbol,price", "ACME,1.10", "symbol,price", "INIT,2")
        == [#"{"symbol":"ACME","price":"1.10"}"#, #"{"symbol":"INIT","price":"2"}"#])
    #expect(bench.failures() == [])
  }

  @Test func `columns name themselves, also in place of a header`() throws {
    var bench = try Bench("- csv: {columns: [a, 'b\"c']}")
    #expect(bench.give("1,2") == [#"{"a":"1","b\"c":"2"}"#])
    var both = try Bench("- csv: {columns: [a, b], header: true}")
    #expect(both.give("x,y", "1,2", "x,y") == [#"{"a":"1","b":"2"}"#])
  }

  @Test func `without names a record is an array`() throws {
    var bench = try Bench("- csv: {}")
    #expect(bench.give("a,b", "c") == [#"["a","b"]"#, #"["c"]"#])
  }

  // RFC 4180 section 2: rules 5 to 7, and empty fields
  @Test(arguments: [
    (#""aaa","b CRLF","ccc""#, #"["aaa","b CRLF","ccc"]"#), (#""aaa","b""bb","ccc""#, #"["aaa","b\"bb","ccc"]"#),
    ("\"a\r\nb\",c", #"["a\r\nb","c"]"#), ("\"a,b\"", #"["a,b"]"#), (#""","#, #"["",""]"#), (",", #"["",""]"#),
    (" a , b ", #"[" a "," b "]"#), ("a,b\r\n", #"["a","b"]"#), ("a,b\n", #"["a","b"]"#), (#""""""#, #"["\""]"#),
    ("ä,\"ö\"", #"["ä","ö"]"#), ("\"a\n\"", #"["a\n"]"#),
  ])
  func `a record is read by the grammar`(record: String, json: String) throws {
    var bench = try Bench("- csv: {}")
    #expect(bench.give(record) == [json])
  }

  @Test(arguments: [
    (#"a"b"#, "the record has a quote within a field without quotes"),
    (#""a"b"#, "the record has text behind a field's closing quote"),
    (#"a,"b"#, "the record has a quoted field that does not end"),
    ("a\nb", "the record has a line break outside of quotes"),
    (#"a,""#, "the record has a quoted field that does not end"),
  ])
  func `what is no record is refused`(record: String, reason: String) throws {
    var bench = try Bench("- csv: {}")
    #expect(bench.give(record) == [])
    #expect(bench.failures() == ["csv: \(reason) × 1"])
  }

  @Test func `a record with too many or too few fields is refused`() throws {
    var bench = try Bench("- csv: {header: true}")
    #expect(bench.give("a,b", "1", "1,2,3", "1,2").count == 1)
    #expect(bench.failures() == ["csv: the record has not as many fields as there are columns × 2"])
  }

  @Test func `empty messages are passed over`() throws {
    var bench = try Bench("- csv: {header: true}")
    #expect(bench.give("", "a", "", "1") == [#"{"a":"1"}"#])
    #expect(bench.failures() == [])
  }

  @Test func `a byte order mark before the header is not part of the first name`() throws {
    var bench = try Bench("- csv: {header: true}")
    #expect(bench.give("\u{FEFF}a,b", "1,2") == [#"{"a":"1","b":"2"}"#])
  }

  // RFC 8259 section 6
  @Test func `numbers stay numbers, as they are spelled, unless they are quoted`() throws {
    var bench = try Bench("- csv: {numbers: true}")
    #expect(
      bench.give(#"1.10,-0,1e400,"5",007,+1,.5,1.,NaN,true, 1,,12345678901234567890123"#)
        == [#"[1.10,-0,1e400,"5","007","+1",".5","1.","NaN","true"," 1","",12345678901234567890123]"#])
  }

  @Test func `other delimiters and quotes`() throws {
    var tabs = try Bench(#"- csv: {delimiter: "\t", quote: ''}"#)
    #expect(tabs.give("a\"\t\"b\"") == [#"["a\"","\"b\""]"#])
    var semicolons = try Bench(#"- csv: {delimiter: ";", quote: "'"}"#)
    #expect(semicolons.give("'a;b';c,d;'it''s'") == [#"["a;b","c,d","it's"]"#])
  }

  @Test func `two columns of one name are told of once`() throws {
    var bench = try Bench("- csv: {header: true}")
    #expect(bench.give("a,a", "1,2") == [#"{"a":"1","a":"2"}"#])
    #expect(bench.log() == ["warning: csv: the header gives two columns one name, of which the last counts"])
  }
}
