import ConfigText
import Testing

@Suite struct DocumentComposerTests {
  @Test(arguments: ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "~\n"])
  func `an empty file is an empty mapping`(_ text: String) throws {
    #expect(try root(text).entries?.isEmpty == true)
  }

  @Test func `the root must be a mapping`() {
    #expect(problems("- a\n") == ["1:1: the file must be a mapping, got a list"])
    #expect(problems("hello\n") == ["1:1: the file must be a mapping, got 'hello'"])
    #expect(load("- a\n").documents.isEmpty)
  }

  @Test func `a second document is an error where it starts`() {
    let loaded = load("a: 1\n---\nb: 2\n")
    #expect(loaded.diagnostics.map(brief) == ["2:1: a file holds one YAML document; a second one starts here"])
    #expect(loaded.documents.first?.root["a"] != nil)
  }

  @Test func `an alias stands for its anchor's value, at the anchor's place`() throws {
    let node = try root("a: &x [1]\nb: *x\nc: &k key\nd: {*k : v}\n")
    #expect(node["b"]?.elements?.first?.scalar?.text == "1")
    #expect(node["b"]?.place.line == 1)
    #expect(node["d"]?["key"] != nil)
  }

  @Test func `an unknown alias is an error with the nearest anchor`() {
    #expect(problems("a: &base 1\nb: *bsae\n") == ["2:4: unknown alias '*bsae'; did you mean '*base'?"])
  }

  @Test func `an alias within its own anchor is an error`() {
    #expect(problems("a: &x [1, *x]\n") == ["1:11: the alias '*x' contains itself"])
    #expect(problems("a: &x {b: {<<: *x}}\n") == ["1:16: the alias '*x' contains itself"])
    #expect(problems("&r a: &r {b: *r}\n") == ["1:14: the alias '*r' contains itself"])
  }

  @Test func `all errors of a file are reported in one run`() {
    let text = "a: !x 1\na: 2\nb: *nope\nc: ${NOPE_AT_ALL}\n? [1]\n: 2\n"
    #expect(load(text).diagnostics.compactMap(\.place?.line) == [1, 2, 3, 4, 5])
  }
}
