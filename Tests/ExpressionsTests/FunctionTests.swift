import Testing

@testable import Expressions

@Suite struct FunctionTests {
  @Test func `every example of the registry has the value it says`() {
    for function in FunctionRegistry.all {
      #expect(evaluated(function.example.expression) == function.example.value, "\(function.name)")
    }
  }

  @Test(arguments: [
    ("int(1e99)", "error: int overflow"), ("int('x')", "error: no conversion of \"x\" to int"), ("int(5u)", "5"),
    ("int(18446744073709551615u)", "error: int overflow"), ("uint(-1)", "error: uint overflow"), ("uint(3.7)", "3u"),
    ("uint(-0.5)", "error: uint overflow"), ("int(9223372036854775807.0)", "error: int overflow"),
    ("double('1e3')", "1000.0"), ("string(123.456)", "\"123.456\""), ("string(1)", "\"1\""),
    (
      "string(b'\\xff')",
      "error: no conversion of bytes that are not UTF-8 to string"
    ), ("string(true)", "\"true\""),
    ("bytes('é')", "b\"\\xc3\\xa9\""), ("bool('no')", "error: no conversion of \"no\" to bool"),
    ("string(timestamp(0))", "\"1970-01-01T00:00:00Z\""), ("int(timestamp('2009-02-13T23:31:30Z'))", "1234567890"),
    ("string(duration('1h1ms'))", "\"3600.001s\""), ("duration('1x')", "error: no conversion of \"1x\" to duration"),
    ("timestamp('2023-02-29T00:00:00Z')", "error: no conversion of \"2023-02-29T00:00:00Z\" to timestamp"),
    ("timestamp('2024-02-29T01:00:00+02:00')", "timestamp(\"2024-02-28T23:00:00Z\")"),
    ("timestamp('2009-02-13T23:31:30Z').getDayOfWeek()", "5"),
    ("timestamp('2009-02-13T23:31:30Z').getDayOfYear()", "43"),
    ("timestamp('2009-02-13T23:31:30Z').getHours('+01:30')", "1"), ("timestamp(-1).getSeconds()", "59"),
    ("duration('123.321456789s').getMilliseconds()", "321"), ("type('a')", "string"), ("type(int) == type", "true"),
  ])
  func `conversions and times`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }

  @Test(arguments: [
    ("'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\?\\`'", "\"\\x07\\x08\\x0c\\n\\r\\t\\x0b\\\\'\\\"?`\""),
    ("r'\\n'", "\"\\\\n\""),
    ("'\\x41\\101\\u0041\\U00000041'", "\"AAAA\""), ("b'\\xff\\377'", "b\"\\xff\\xff\""), ("b'é'", "b\"\\xc3\\xa9\""),
    ("'\\xff'", "\"ÿ\""), ("\"\"\"a\n\"b\"\"\"\"", "problem: the string does not end"), ("'''a\n'b'''", "\"a\\n'b\""),
    ("rb'\\n'", "b\"\\\\n\""), ("bR\"\"\"x\"\"\"", "b\"x\""), ("0xFF", "255"), ("0x10u", "16u"), ("1e3", "1000.0"),
    (".5", "0.5"), ("-9223372036854775808", "-9223372036854775808"), ("-0x8000000000000000", "-9223372036854775808"),
  ])
  func `literals`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }

  @Test(arguments: [
    ("'añb'.indexOf('b')", "2"), ("'abc'.indexOf('')", "0"), ("'abc'.indexOf('c', 9)", "error: index out of range: 9"),
    ("'tacocat'.lastIndexOf('a', 3)", "1"), ("'abc'.lastIndexOf('')", "3"), ("'abc'.charAt(3)", "\"\""),
    ("'abc'.charAt(4)", "error: index out of range: 4"), ("'añb'.substring(1)", "\"ñb\""),
    ("'abc'.substring(2, 1)", "error: index out of range: 2"), ("'aaa'.replace('a', 'bb')", "\"bbbbbb\""),
    ("'aaa'.replace('a', 'b', 0)", "\"aaa\""), ("'ab'.replace('', '-')", "\"-a-b-\""),
    ("'abc'.split('')", "[\"a\", \"b\", \"c\"]"),
    ("'a,b'.split(',', 0)", "[]"), ("'a,b'.split(',', 1)", "[\"a,b\"]"),
    ("['a', 1].join()", "error: no matching overload: join of a list with other values than strings"),
    ("''.contains('')", "true"), ("'abcdefghijklmn'.contains('cdefghijklm')", "true"),
    ("math.greatest(1, 2.5, 2u)", "2.5"),
    ("math.least([])", "error: an empty list has no extremes"),
  ])
  func `texts and lists`(text: String, expected: String) {
    #expect(evaluated(text) == expected)
  }
}
