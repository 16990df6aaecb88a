import ConfigText
import Testing

@Suite struct ConfigScalarTests {
  @Test func `whole numbers are decimal`() {
    #expect(decode(Int.self, "42").value == 42)
    #expect(decode(Int.self, "-7").value == -7)
    #expect(decode(Int.self, "+7").value == 7)
    #expect(decode(Int.self, "0").value == 0)
    #expect(decode(UInt16.self, "65535").value == 65535)
  }

  @Test(arguments: [
    ("abc", "expected a whole number, got 'abc'"),
    ("1.5", "expected a whole number, got '1.5'"),
    ("0x10", "expected a whole number, got '0x10'"),
    ("--1", "expected a whole number, got '--1'"),
    ("+", "expected a whole number, got '+'"),
    ("'8'", "expected a whole number, got '8' (in quotes it is a text)"),
    ("010", "expected a whole number, got '010' (a leading zero could mean octal; leave it out)"),
    ("9223372036854775808", "expected a whole number, got '9223372036854775808' (it is out of range)"),
    ("[1]", "expected a whole number, got a list"),
    ("{a: 1}", "expected a whole number, got a mapping"),
    ("~", "expected a whole number, got nothing"),
  ])
  func `what is no whole number is told so`(_ yaml: String, _ problem: String) {
    #expect(decode(Int.self, yaml).problems == [problem])
    #expect(decode(Int.self, yaml).value == nil)
  }

  @Test(arguments: ["65536", "-1"]) func `a port has its range`(_ yaml: String) {
    #expect(
      decode(UInt16.self, yaml).problems
        == ["expected a whole number from 0 to 65535, got '\(yaml)' (it is out of range)"])
  }

  @Test func `numbers may have parts and exponents, and are finite`() {
    #expect(decode(Double.self, "0.5").value == 0.5)
    #expect(decode(Double.self, "-1e3").value == -1000)
    #expect(decode(Double.self, "3").value == 3)
    for wrong in ["nan", "inf", ".inf", "0x1p3", "1,5", "e", "'0.5'", "1e999", "1_000"] {
      #expect(decode(Double.self, wrong).value == nil)
      #expect(decode(Double.self, wrong).problems.count == 1)
    }
  }

  @Test func `only true and false are truth values`() {
    #expect(decode(Bool.self, "true").value == true)
    #expect(decode(Bool.self, "false").value == false)
    for (wrong, meant) in [("yes", "true"), ("on", "true"), ("True", "true"), ("no", "false"), ("fasle", "false")] {
      #expect(
        decode(Bool.self, wrong).problems == ["expected true or false, got '\(wrong)'; did you mean '\(meant)'?"])
    }
    #expect(
      decode(Bool.self, "'true'").problems
        == ["expected true or false, got 'true' (in quotes it is a text); did you mean 'true'?"])
    #expect(decode(Bool.self, "maybe").problems == ["expected true or false, got 'maybe'"])
  }

  @Test func `any scalar but null is a text, exactly`() {
    #expect(decode(String.self, "1.50").value == "1.50")
    #expect(decode(String.self, "true").value == "true")
    #expect(decode(String.self, "' a '").value == " a ")
    #expect(decode(String.self, "''").value == "")
    #expect(decode(String.self, "~").problems == ["expected a text, got nothing"])
    #expect(decode(String.self, "[a]").problems == ["expected a text, got a list"])
  }

  @Test func `an error is at its value`() throws {
    var reader = ConfigReader()
    _ = try Int.decode(#require(try root("a: 1\nbc: xyz\n")["bc"]), &reader)
    #expect(at(reader.diagnostics.first?.place) == "2:5+3")
  }
}
