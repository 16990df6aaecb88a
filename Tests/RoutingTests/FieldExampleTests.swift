import ConfigText
import Ingest
import Routing
import Testing

/// The tables of fields are what manuals are written from: what they show must be right.
struct FieldExampleTests {
  private struct Entry {
    var name: String
    var check: @Sendable () -> [String]
    var names: [String]
    /// What the decoded value stores.
    var properties: [String]
  }

  /// Every table there is, by what it describes.
  private static var tables: [Entry] {
    func entry<Root>(_ name: String, _ table: FieldTable<Root>, _ make: @escaping @Sendable () -> Root) -> Entry {
      Entry(
        name: name, check: { problems(table, make()) }, names: table.names,
        properties: Mirror(reflecting: make()).children.compactMap(\.label))
    }
    func kind<Kind: SourceKind>(_: Kind.Type) -> Entry {
      entry(Kind.key, Kind.fields) { Kind() }
    }
    let kinds = SourceRegistry.kinds.map { kind($0) }
    return kinds + [
      entry("route", RouteSpec.fields) { RouteSpec() }, entry("history", HistorySpec.fields) { HistorySpec() },
      entry("compression", CompressionSpec.fields) { CompressionSpec() },
      entry("slow", SlowSpec.fields) { SlowSpec() }, entry("server", ServerSpec.fields) { ServerSpec() },
      entry("log", LogSpec.fields) { LogSpec() }, entry("limits", LimitsSpec.fields) { LimitsSpec() },
      entry("group", GroupSpec.fields) { GroupSpec() },
      entry("publish", PublishSpec.fields) { PublishSpec() },
      entry("publish.limit", PublishLimitSpec.fields) { PublishLimitSpec() },
      entry("a source", SourceSettings.fields) { SourceSettings() }, entry("on_demand", OnDemand.fields) { OnDemand() },
      entry("length_prefixed", LengthPrefix.fields) { LengthPrefix() },
      entry("speed", ReplaySpeed.fields) { ReplaySpeed() }, entry("test", CaseSpec.fields) { CaseSpec() },
      entry("request", WrittenRequestSpec.fields) { WrittenRequestSpec() },
      entry("expect", ExpectedAnswer.fields) { ExpectedAnswer() },
    ]
  }

  /// Keys whose only value is the default.
  private static let unchangeable = ["to"]

  /// Decodes each field's example, which must change that field and no other.
  private static func problems<Root>(_ table: FieldTable<Root>, _ before: Root) -> [String] {
    table.fields.flatMap { field -> [String] in
      let loaded = ConfigLoader(environment: [:]).load(text: "\(field.name): \(field.example)\n", file: "example.yaml")
      guard let node = loaded.documents.first?.root else { return ["\(field.name): \(field.example) is not YAML"] }
      var reader = ConfigReader()
      var root = before
      guard var mapping = FieldReader(node, context: "an example", &reader) else {
        return ["\(field.name): no mapping"]
      }
      mapping.read(&root, table, &reader)
      let changes = Set(table.changes(from: before, to: root).map { $0.prefix { $0 != "." } })
      let isTold = changes == [field.name[...]] || unchangeable.contains(field.name)
      return reader.diagnostics.map { "\(field.name): \($0.message)" } + (isTold ? [] : ["\(field.name): \(changes)"])
    }
  }

  @Test func `the example of every key is right, and changes that key`() {
    for table in Self.tables { #expect(table.check() == [], "\(table.name)") }
  }

  /// What no key has would change without a reload telling it.
  @Test func `all that a value stores is set by its keys`() {
    // The folder of the file and the place in it come with another key.
    let others = ["folder", "place"]
    for table in Self.tables {
      #expect(table.properties.count { !others.contains($0) } == table.names.count, "\(table.name)")
    }
  }

  @Test func `every key is in the manual`() throws {
    let manual = try Manual.text("sluice-routes.5")
    for table in Self.tables {
      #expect(table.names.filter { !manual.contains($0) } == [], "\(table.name)")
    }
    #expect(RouteSet.sections.filter { !manual.contains($0) } == [])
  }
}
