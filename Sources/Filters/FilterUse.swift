import Expressions

/// What a chain's expressions use of a request.
package struct FilterUse: Sendable, Equatable {
  /// Parameters of the path.
  package private(set) var path: Set<String> = []
  /// Parameters of the query.
  package private(set) var query: Set<String> = []
  /// `params` is used as a whole.
  private var usesWholePath = false

  package init(_ steps: [FilterStep]) {
    for step in steps { add(step) }
  }

  private mutating func add(_ step: FilterStep) {
    for reference in step.spec.uses.flatMap(\.references) {
      switch (FilterVariable(rawValue: reference.slot), reference.field) {
      case (.params, let name?): path.insert(name)
      case (.params, nil): usesWholePath = true
      case (.query, let name?): query.insert(name)
      default: break
      }
    }
  }

  package var isNone: Bool { path.isEmpty && query.isEmpty && !usesWholePath }

  /// As expressions write them: `params.symbol`, `query.limit`.
  package var names: [String] {
    (usesWholePath ? ["params"] : path.sorted().map { "params.\($0)" }) + query.sorted().map { "query.\($0)" }
  }

  /// Which of a path's parameters must be known to run the chain.
  package func pathParameters(of names: [String]) -> Set<String> { usesWholePath ? Set(names) : path }

  /// Of a request, what the chain can tell it from others by.
  package func parameters(path values: [String: String], query given: [String: String]) -> FilterParameters {
    FilterParameters(
      path: usesWholePath ? values : values.filter { path.contains($0.key) },
      query: given.filter { query.contains($0.key) })
  }

  /// A chain as a part that is the same for all requests, and the rest, from the first filter on that uses one.
  package static func split(_ steps: [FilterStep]) -> (shared: [FilterStep], own: [FilterStep]) {
    let index = steps.firstIndex { !FilterUse([$0]).isNone } ?? steps.count
    return (Array(steps[..<index]), Array(steps[index...]))
  }
}
