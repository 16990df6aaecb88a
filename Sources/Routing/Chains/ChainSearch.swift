import ConfigText
import Filters
import Serving

/// Finds the chain that is wished for in the documents of the files.
struct ChainSearch {
  let wish: ChainWish
  var builder = RouteSetBuilder()
  /// The chains that stand alone, without a name.
  private var lists: [FilterChain] = []

  init(wish: ChainWish) { self.wish = wish }

  mutating func add(_ root: ConfigNode) {
    guard let entries = root.entries else { return add(list: root) }
    if let filters = root["filters"], filters.elements != nil {
      guard var document = FieldReader(root, context: "a file of filters", &builder.reader) else { return }
      document.finish(&builder.reader, also: ["filters"] + entries.map(\.name).filter { $0.hasPrefix("x-") })
      return add(list: filters)
    }
    // On a command line a single filter needs no brackets.
    if case .inline = wish.text, entries.contains(where: { FilterRegistry.kind($0.name) != nil }) {
      return add(list: ConfigNode(.sequence([root]), at: root.place))
    }
    builder.add(root)
  }

  private mutating func add(list node: ConfigNode) {
    if let chain = FilterChain.decode(node, &builder.reader) { lists.append(chain) }
  }

  /// The filters of the chain; what does not fit together in it is reported.
  mutating func find() throws(ChainWish.Problem) -> [FilterStep] {
    let named = NamedChains(builder.routeSet.filters)
    named.checkNames(&builder.reader)
    if case .route(let path) = wish.choice { return try find(route: path, named) }
    let chain = try chain()
    named.check(chain, in: .given(wish.parameters.sorted(), by: "--param"), &builder.reader)
    return named.steps(of: chain)
  }

  private func chain() throws(ChainWish.Problem) -> FilterChain {
    let chains = builder.routeSet.filters
    let names = chains.keys.sorted()
    if case .name(let name) = wish.choice {
      guard let chain = chains[name] else {
        throw ChainWish.Problem(
          message: "there is no chain '\(name)'", suggestion: Suggestion.nearest(to: name, among: names))
      }
      return chain
    }
    let all = lists + names.compactMap { chains[$0] }
    guard let first = all.first else { throw ChainWish.Problem(message: "there is no chain of filters") }
    guard all.count == 1 else {
      let list = names.isEmpty ? "" : ": --name is one of \(names.joined(separator: ", "))"
      throw ChainWish.Problem(message: "there are several chains\(list)")
    }
    return first
  }

  private mutating func find(route path: String, _ named: NamedChains) throws(ChainWish.Problem) -> [FilterStep] {
    let routes = builder.routeSet.routes
    guard let route = routes.first(where: { $0.path.text == path }) else {
      throw ChainWish.Problem(
        message: "there is no route '\(path)'",
        suggestion: Suggestion.nearest(to: path, among: routes.map(\.path.text)))
    }
    builder.checkFilters(of: route, named)
    let steps = builder.routeSet.chain(of: route)
    try check(parametersFor: steps, of: route)
    return steps
  }

  /// What the path has, and the filters use, must be given; nothing else may be.
  private func check(parametersFor steps: [FilterStep], of route: RouteSet.Route) throws(ChainWish.Problem) {
    let names = route.path.parameterNames
    for name in wish.parameters.sorted() where !names.contains(name) {
      throw ChainWish.Problem(
        message: "the path '\(route.path.text)' has no parameter '{\(name)}'",
        suggestion: Suggestion.nearest(to: name, among: names))
    }
    let used = FilterUse(steps).pathParameters(of: names)
    for name in names where used.contains(name) && !wish.parameters.contains(name) {
      throw ChainWish.Problem(message: "the filters of route '\(route.path.text)' need --param \(name)=VALUE")
    }
  }
}
