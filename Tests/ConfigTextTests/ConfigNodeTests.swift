import ConfigText
import Testing

@Suite struct ConfigNodeTests {
  @Test func `only plain empty, ~ and null are null`() throws {
    let node = try root("[1, ~, null, Null, '', 'null', !!str null, nil]".asValue)
    #expect(node["v"]?.elements?.map(\.isNull) == [false, true, true, true, false, false, false, false])
    #expect(try root("v:\n")["v"]?.isNull == true)
  }

  @Test func `kind names say what an operator wrote`() throws {
    let node = try root("[[1], {a: 1}, abc, ~, 'x\ty']".asValue)
    #expect(node["v"]?.elements?.map(\.kindName) == ["a list", "a mapping", "'abc'", "nothing", "'x\\ty'"])
  }

  @Test func `a key is found only in a mapping`() throws {
    let node = try root("a: {b: 1}\nc: [b]\n")
    #expect(node["a"]?["b"]?.scalar?.text == "1")
    #expect(node["c"]?["b"] == nil)
    #expect(node["x"] == nil)
  }

  @Test func `core tags say whether a scalar is a text`() throws {
    let node = try root("[!!str 5, !!int '5', !!bool true, !!float 1, !!null '']".asValue)
    #expect(node["v"]?.elements?.map { $0.scalar?.isPlain } == [false, true, true, true, true])
    #expect(try root("v: !!map {a: !!seq [1]}\n")["v"]?["a"]?.elements?.count == 1)
  }

  @Test func `other tags are refused by name`() {
    #expect(problems("a: !secret x\n") == ["1:4: the YAML tag '!secret' has no meaning here"])
    #expect(problems("a: !!binary x\n") == ["1:4: the YAML tag '!!binary' has no meaning here"])
    #expect(problems("a: !!set {x: }\nb: !!str [x]\n").count == 2)
  }
}

extension String {
  fileprivate var asValue: String { "v: \(self)\n" }
}
