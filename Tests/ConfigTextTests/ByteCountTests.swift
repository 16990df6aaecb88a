import ConfigText
import Testing

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("512", 512), ("0", 0), ("7B", 7), ("64KiB", 65_536), ("4MiB", 4_194_304), ("1GiB", 1 << 30), ("2TiB", 2 << 40),
    ("1KB", 1_000), ("1MB", 1_000_000), ("3GB", 3_000_000_000), ("1.5MiB", 1_572_864), ("0.001KB", 1),
    ("9223372036854775807B", nil), ("8388607TiB", 8_388_607 << 40),
  ])
  func `a size is a number with a unit`(_ yaml: String, _ bytes: Int?) {
    #expect(decode(ByteCount.self, yaml).value?.bytes == bytes)
  }

  private let expected = "expected a size such as 512, 64KiB or 1MB"

  @Test func `what is no size is told the units`() {
    let units = "(units are B, KB, MB, GB, TB and KiB, MiB, GiB, TiB)"
    #expect(decode(ByteCount.self, "abc").problems == ["\(expected), got 'abc' \(units)"])
    #expect(decode(ByteCount.self, "1KiB1").problems == ["\(expected), got '1KiB1' \(units)"])
    #expect(decode(ByteCount.self, "{a: 1}").problems == ["\(expected), got a mapping"])
  }

  @Test(arguments: [("64kib", "64KiB"), ("64 KiB", "64KiB"), ("1kB", "1KB"), ("64K", "64KiB"), ("8m", "8MiB")])
  func `other spellings are suggested in ours`(_ wrong: String, _ right: String) {
    #expect(decode(ByteCount.self, wrong).problems.first?.hasSuffix("did you mean '\(right)'?") == true)
  }

  @Test func `a size fits, is not negative and has whole bytes`() {
    #expect(decode(ByteCount.self, "8388608TiB").problems == ["\(expected), got '8388608TiB' (it is too large)"])
    #expect(decode(ByteCount.self, "999999999999999999TiB").problems.count == 1)
    #expect(decode(ByteCount.self, "-1").problems == ["\(expected), got '-1' (a size is not negative)"])
    #expect(decode(ByteCount.self, "0.5B").problems == ["\(expected), got '0.5B' (a byte has no parts)"])
  }

  @Test func `sizes order`() {
    #expect(ByteCount(bytes: 1) < ByteCount(bytes: 2))
  }
}
