import ConfigText
import Routing
import Testing

struct OnRemovalTests {
  private func decode(_ text: String) throws -> (value: OnRemoval?, problems: [String]) {
    let loaded = ConfigLoader(environment: [:]).load(text: "v: \(text)\n", file: "a.yaml")
    var reader = ConfigReader()
    let value = try OnRemoval.decode(#require(loaded.documents.first?.root["v"]), &reader)
    return (value, reader.diagnostics.map(\.headline))
  }

  @Test(arguments: [
    ("close", OnRemoval.close), ("drain", .drain(.seconds(30))), ("{drain: 1h}", .drain(.seconds(3600))),
    ("{drain: 0s}", .drain(.zero)),
  ])
  func `connections of a removed route are closed or drained`(_ text: String, _ value: OnRemoval) throws {
    let decoded = try decode(text)
    #expect(decoded.value == value)
    #expect(decoded.problems == [])
  }

  @Test(arguments: [
    ("drian", "expected close, drain or {drain: 30s}, got 'drian'; did you mean 'drain'?"),
    ("[drain]", "expected close, drain or {drain: 30s}, got a list"), ("{drain: 2h}", "'drain' is from 0s to 1h"),
    ("{dran: 2s}", "unknown key 'dran' in on_removal; did you mean 'drain'?"), ("{}", "on_removal needs 'drain'"),
  ])
  func `anything else is refused`(_ text: String, _ problem: String) throws {
    let decoded = try decode(text)
    #expect(decoded.value == nil)
    #expect(decoded.problems == [problem])
  }
}
