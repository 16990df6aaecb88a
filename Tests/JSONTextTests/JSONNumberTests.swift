import JSONText
import Testing

struct JSONNumberTests {
  private func read<Value>(_ text: String, _ value: (JSONTape) -> (Int, UnsafeRawBufferPointer) -> Value?) throws
    -> Value?
  {
    try reading(text) { value($0)(0, $1) }
  }

  @Test(arguments: [
    "0", "1", "-1", "1.10", "39.81", "0.1", "123456789012345678", "1e22", "1e23", "1e-22", "5e-324",
    "1.7976931348623157e308",
    "2.2250738585072011e-308", "9007199254740993", "0.000001", "100000e-5", "1E+2", "-12.50e-1", "1e-400",
    "0.4e00000000000000000000000001", "179769313486231570000000000000000000000", "0e999999999999999999999",
  ])
  func `a number is the nearest double`(_ text: String) throws {
    #expect(try read(text) { tape in { tape.double(of: $0, in: $1) } } == Double(text))
  }

  @Test(arguments: ["1e400", "-1e400", "1e999999999999999999999999", "\"1\"", "true", "[1]"])
  func `what has no finite double is none`(_ text: String) throws {
    #expect(try read(text) { tape in { tape.double(of: $0, in: $1) } } == nil)
  }

  @Test func `random numbers are the nearest double`() throws {
    for _ in 0..<5000 {
      let digits = String(UInt64.random(in: 0...UInt64.max) >> UInt64.random(in: 0...63))
      let text = "\(digits).\(Int.random(in: 0...99999))e\(Int.random(in: -30...30))"
      #expect(try read(text) { tape in { tape.double(of: $0, in: $1) } } == Double(text), "\(text)")
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("0.000", 0), ("0e99999999999999999999", 0), ("9223372036854775807", .max),
      ("-9223372036854775808", .min), ("1.0", 1), ("1e2", 100), ("120e-1", 12), ("-1.50e1", -15),
      ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.5", nil), ("1e19", nil), ("1e-1", nil),
      ("99999999999999999999", nil), ("\"1\"", nil), ("1e99999999999999999999", nil),
    ] as [(String, Int64?)])
  func `a whole number that fits is an int64`(_ text: String, _ value: Int64?) throws {
    #expect(try read(text) { tape in { tape.int64(of: $0, in: $1) } } == value)
  }

  @Test(
    arguments: [
      ("18446744073709551615", .max), ("18446744073709551616", nil), ("-1", nil), ("-0.0", 0),
      ("1e19", 10_000_000_000_000_000_000),
      ("1e20", nil), ("18446744073709551610e0", .max - 5), ("1844674407370955161.0e1", .max - 5),
    ] as [(String, UInt64?)])
  func `a whole number that fits is a uint64`(_ text: String, _ value: UInt64?) throws {
    #expect(try read(text) { tape in { tape.uint64(of: $0, in: $1) } } == value)
  }

  @Test(arguments: [
    ("1.10", "1.1"), ("1.10", "11e-1"), ("100", "1e2"), ("0", "-0.0e5"), ("0.001", "1E-3"),
    ("12345678901234567890.0", "12345678901234567890"),
    ("1e400", "10e399"), ("-1.5", "-15e-1"), ("1e00000000000000000000001", "10"),
  ])
  func `numbers of one exact value are the same`(_ one: String, _ other: String) throws {
    #expect(try isSame(one, other))
  }

  @Test(arguments: [
    ("1", "-1"), ("1", "10"), ("0.1", "0.1000000000000000055"), ("1e400", "1e401"), ("12", "1.3"), ("0", "1e-999"),
    ("9007199254740993", "9007199254740992"), ("1e9999999999999999999", "10e9999999999999999998"), ("1", "1.01"),
  ])
  func `numbers of different exact value differ`(_ one: String, _ other: String) throws {
    #expect(try !isSame(one, other))
  }
}
