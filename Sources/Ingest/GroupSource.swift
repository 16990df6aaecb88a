import ConfigText

/// `group: NAME`: an internal group is the source. It has no runtime here: a route reads the group itself.
package struct GroupSource: SourceKind {
  /// The group's name, or a template of it.
  package var name = ""

  /// Needs a name.
  package init() {}

  /// The group of that name.
  package init(name: String) { self.name = name }

  package static let key = "group"

  package static let fields = FieldTable<GroupSource>([
    Field.required("group", \.name, "The internal group whose messages are read.", example: "chat.lobby")
  ])

  package var unusedSettings: [String] { SourceSettings.fields.names }

  /// An empty name is none.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if name.isEmpty { reader.error("'group' is empty", at: place) }
  }

  /// Never called by a server: routes read groups directly.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    "a group has no feed of its own"
  }
}
