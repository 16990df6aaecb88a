import ConfigText
import Foundation
import Ingest
import Routing
import Testing

/// When a key takes effect stands in one table; fields, plan and manual agree with it.
struct ReloadEffectTests {
  /// Every key that can change, from the tables that decode it.
  private static func keys(_ scope: ReloadScope) -> [String] {
    func keys<Kind: SourceKind>(_: Kind.Type) -> [String] { Kind.fields.keys }
    return switch scope {
    case .server: ServerSpec.fields.keys
    case .sources: SourceRegistry.kinds.flatMap { keys($0) } + SourceSettings.fields.keys
    case .groups: GroupSpec.fields.keys
    case .routes: RouteSpec.fields.keys
    }
  }

  @Test(arguments: ReloadScope.allCases)
  func `every key takes effect in one way, and there is no other key`(_ scope: ReloadScope) {
    let known = scope.rules.flatMap(\.keys)
    #expect(Set(known).count == known.count, "a key is in two rules")
    #expect(Set(known).symmetricDifference(Self.keys(scope)) == [])
  }

  @Test func `the words of an effect tell it from all others`() {
    #expect(Set(ReloadEffect.allCases.map(\.words)).count == ReloadEffect.allCases.count)
  }

  @Test func `a plan tells what is new only for new connections, or after a restart`() throws {
    let plan = try plan(
      "server: {loops: 1}\nroutes: {/x: {from: {exec: a}, protocols: [sse], replay: last, retry: 1s}}",
      """
      server: {loops: 2, trusted_proxies: unix, shutdown_grace: 1s}
      routes: {/x: {from: {exec: a}, protocols: [poll], replay: all, retry: 2s, origins: "*", health: true}}
      """)
    #expect(
      plan.notes == [
        "route '/x': protocols holds for new connections", "route '/x': replay holds for new connections",
        "route '/x': origins holds for new connections", "server: loops takes a restart",
        "server: trusted_proxies holds for new connections",
      ])
  }

  @Test func `the manual has every key with the words of its effect, and nothing else`() throws {
    let written = try Manual.section("KEYS AND WHEN THEY TAKE EFFECT", of: "sluice.8")
    let expected = ReloadScope.allCases.map { scope in
      ([".Ss Keys of \(scope.rawValue)"]
        + scope.rules.flatMap { [".It Ic \($0.keys.joined(separator: " , "))", $0.effect.words] })
    }
    #expect(Self.entries(written) == expected.flatMap { $0 })
  }

  /// Headings, items, and the text of each item as one line.
  private static func entries(_ lines: [String]) -> [String] {
    var entries: [String] = []
    var isItem = false
    for line in lines {
      switch line.prefix(3) {
      case ".Ss": (entries, isItem) = (entries + [line], false)
      case ".It": (entries, isItem) = (entries + [line, ""], true)
      case ".El": isItem = false
      case _ where isItem: entries[entries.count - 1] += (entries.last == "" ? "" : " ") + line
      default: continue
      }
    }
    return entries
  }
}
