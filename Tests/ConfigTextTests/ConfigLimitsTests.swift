import ConfigText
import Testing

@Suite struct ConfigLimitsTests {
  @Test func `an alias bomb is refused at the alias that is too much, at once`() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let clock = ContinuousClock()
    var found: [String] = []
    let time = clock.measure { found = problems(text) }
    #expect(found.count == 1)
    #expect(found.first?.contains("aliases expand to more than 1,000,000 values") == true)
    #expect(time < .seconds(30))
  }

  @Test func `a bomb of merge keys is refused too`() {
    let keys = (0..<1000).map { "k\($0): 1" }.joined(separator: ", ")
    let aliases = Array(repeating: "*base", count: 1000).joined(separator: ", ")
    let found = problems("base: &base {\(keys)}\na: {<<: [\(aliases)]}\n")
    #expect(found.count == 1)
    #expect(found.first?.contains("aliases expand to more than") == true)
  }

  @Test func `nesting is bounded, whether written or by aliases`() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try root("a: \(nested(63))\n")
    let message = "lists and mappings stand in each other more than 64 deep"
    #expect(problems("a: \(nested(64))\n") == ["1:67: \(message)"])
    #expect(problems("a: &x \(nested(40))\nb: [[*x]]\n") == [])
    #expect(problems("a: &x \(nested(40))\nb: \(nested(24).replacing("[]", with: "[*x]"))\n") == ["2:28: \(message)"])
    #expect(problems("a: " + String(repeating: "[", count: 1_000_000)) == ["1:67: \(message)"])
    #expect(problems(String(repeating: "- ", count: 1_000)) == ["1:129: \(message)"])
  }

  @Test func `a scalar is bounded`() throws {
    let most = String(repeating: "x", count: ConfigLimits.scalarBytes)
    #expect(try root("a: \(most)\n")["a"]?.scalar?.text.utf8.count == ConfigLimits.scalarBytes)
    let message = "the text is longer than 1 MiB, the limit for one value"
    #expect(problems("a: \(most)x\n") == ["1:4: \(message)"])
    #expect(problems("a: \"" + String(repeating: "y", count: 10_000_000) + "\"\n") == ["1:4: \(message)"])
  }

  @Test func `a scalar is bounded after the environment too`() {
    let text = "a: " + String(repeating: "${BIG}", count: 100_000)
    let found = problems(text, environment: ["BIG": String(repeating: "x", count: 100_000)])
    #expect(found == ["1:4: the text is longer than 1 MiB, the limit for one value"])
  }

  @Test func `a file is bounded`() {
    let loaded = load("# " + String(repeating: "x", count: ConfigLimits.fileBytes))
    #expect(loaded.diagnostics.map(brief) == ["-: a.yaml is larger than 16 MiB, the limit for one file"])
  }

  @Test func `values are bounded over all files`() {
    var folder = TemporaryFolder()
    let text = "a: [" + String(repeating: "1,", count: 400_000) + "]\n"
    let paths = ["a", "b", "c", "d"].map { folder.makeFile("\($0).yaml", text) }
    let loaded = ConfigLoader(environment: [:]).load(paths: paths)
    #expect(loaded.documents.count == 2)
    #expect(
      loaded.diagnostics.map(\.message) == ["there are more than 1,000,000 values, the limit for a whole configuration"]
    )
    #expect(loaded.diagnostics.first?.place?.file == paths[2])
  }
}
