/// All functions there are, each in one table entry.
package enum FunctionRegistry {
  package static let all: [Function] =
    conversions + texts + textParts + lists + times + math + optionals

  private static let byName: [String: [Function]] = Dictionary(grouping: all, by: \.name)

  /// What stands before the dot of functions such as `math.greatest`.
  static let prefixes: Set<String> = ["math", "optional"]

  /// The overloads of a name, called on a value or not, and whether there are any the other way.
  static func find(_ name: String, receiver: Bool) -> (overloads: [Overload], otherWay: Bool) {
    let functions = byName[name] ?? []
    return (
      functions.filter { $0.isReceiver == receiver }.flatMap(\.overloads),
      functions.contains { $0.isReceiver != receiver }
    )
  }

  static var names: [String] { byName.keys + ["has", "all", "exists", "exists_one", "map", "filter"] }
}
