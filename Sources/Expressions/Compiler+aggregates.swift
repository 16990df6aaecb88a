extension Compiler {
  /// A call of an aggregate, if one may stand here.
  mutating func aggregate(
    _ aggregate: Aggregate, _ nameSpan: SourceSpan, _ nodes: [Node], _ span: SourceSpan
  ) -> Compiled {
    guard aggregates != nil else {
      note(
        results == nil
          ? "\"\(aggregate.name)\" is an aggregate, which stands in \"window\" only"
          : "an aggregate cannot stand in another one", at: nameSpan)
      for node in nodes { _ = compile(node) }
      return Self.unknown
    }
    guard locals.isEmpty else {
      note("an aggregate cannot stand in the body of a macro", at: nameSpan)
      return Self.unknown
    }
    let arguments = self.arguments(nodes)
    guard aggregate.overloads.contains(where: { ($0.argument == nil ? 0 : 1) == nodes.count }) else {
      let counts = Set(aggregate.overloads.map { $0.argument == nil ? 0 : 1 }).sorted()
      let written = counts.map(String.init).joined(separator: " or ")
      note("\(aggregate.name) takes \(written) argument, not \(nodes.count)", at: nameSpan)
      return Self.unknown
    }
    guard let type = aggregate.result(for: arguments.first?.type) else {
      note("no aggregate is \(aggregate.name)(\(arguments.map(\.type.name).joined()))", at: nameSpan)
      return Self.unknown
    }
    let argument = nodes.first.map { (node: $0, compiled: arguments[0]) }
    let index = aggregates?.index(of: aggregate, argument: argument, span: span) ?? 0
    return Compiled(AggregateOperation(index: index, name: aggregate.name, span: span), type)
  }

  /// The arguments of an aggregate, which read the variables of messages.
  private mutating func arguments(_ nodes: [Node]) -> [Compiled] {
    guard var collected = aggregates else { return [] }
    var inner = Compiler(variables: collected.messages)
    inner.results = variables
    let compiled = nodes.map { inner.compile($0) }
    for problem in inner.problems { note(problem.message, at: problem.span, suggestion: problem.suggestion) }
    collected.references += inner.references
    collected.mostLocals = max(collected.mostLocals, inner.mostLocals)
    aggregates = collected
    return compiled
  }

  /// Reports a name that nothing is known of here, perhaps since it is known on the other side of an aggregate only.
  mutating func unknownVariable(_ name: String, _ span: SourceSpan) {
    if let messages = aggregates?.messages, let slot = messages.slot(of: name) {
      let example = messages.type(at: slot).hasFields ? "last(\(name).price)" : "last(\(name))"
      note("\"\(name)\" is known only inside an aggregate such as \(example)", at: span)
    } else if results?.slot(of: name) != nil {
      note("\"\(name)\" is known only outside of aggregates", at: span)
    } else {
      let known = variables.names + locals.map(\.name) + ["now"]
      let suggestion = Suggestion.nearest(name, of: known) ?? bareName(name)
      note("there is no variable \"\(name)\"", at: span, suggestion: suggestion)
    }
  }

  /// What a name alone may have been meant to be; nil: there is nothing that has fields of any name.
  private func bareName(_ name: String) -> String? {
    guard let root = variables.names.first(where: { variables.slot(of: $0).map(variables.type(at:)) == .dyn }) else {
      return nil
    }
    return "a field is \(root).\(name), and a text has quotes of its own: \"'\(name)'\""
  }
}

extension StaticType {
  fileprivate var hasFields: Bool {
    switch self {
    case .dyn, .map: true
    default: false
    }
  }
}
