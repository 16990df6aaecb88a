import ConfigText
import Testing

@Suite struct SuggestionTests {
  private let names = ["from", "filters", "history", "replay", "slow", "keepalive", "max_message", "on_demand", "to"]

  private func nearest(_ wrong: String) -> String? { Suggestion.nearest(to: wrong, among: names) }

  @Test(arguments: [
    ("form", "from"), ("fro", "from"), ("fron", "from"), ("filter", "filters"), ("hsitory", "history"),
    ("keep_alive", "keepalive"), ("keepalvie", "keepalive"), ("maxmessage", "max_message"), ("histroyy", "history"),
  ])
  func `slips of the keyboard are seen`(_ wrong: String, _ right: String) {
    #expect(nearest(wrong) == right)
  }

  @Test(arguments: [("FROM", "from"), ("max-message", "max_message"), ("On-Demand", "on_demand")])
  func `case and hyphens do not count`(_ wrong: String, _ right: String) {
    #expect(nearest(wrong) == right)
  }

  @Test(arguments: ["", "x", "ab", "fxxm", "source", "hxxxxry", "at", "completely_different"])
  func `what is not near suggests nothing`(_ wrong: String) {
    #expect(nearest(wrong) == nil)
  }

  @Test func `the nearest wins, then the first`() {
    #expect(Suggestion.nearest(to: "abcdef", among: ["abcdxx", "abcdex"]) == "abcdex")
    #expect(Suggestion.nearest(to: "abcdef", among: ["abcdeg", "abcdeh"]) == "abcdeg")
    #expect(Suggestion.nearest(to: "abc", among: [String]()) == nil)
  }

  @Test func `a huge name is compared with nothing in full`() {
    #expect(nearest(String(repeating: "from", count: 100_000)) == nil)
  }
}
