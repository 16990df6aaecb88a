extension Compiler {
  mutating func call(
    _ name: String, _ nameSpan: SourceSpan, target: Node?, _ arguments: [Node], _ span: SourceSpan
  ) -> Compiled {
    var name = name
    var target = target
    // `math.greatest(…)`: what stands before the dot is part of the name.
    if case .identifier(let prefix, _)? = target?.syntax, FunctionRegistry.prefixes.contains(prefix),
      variables.slot(of: prefix) == nil, !locals.contains(where: { $0.name == prefix })
    {
      name = "\(prefix).\(name)"
      target = nil
    }
    if target == nil, let aggregate = AggregateRegistry.named(name) {
      return self.aggregate(aggregate, nameSpan, arguments, span)
    }
    let nodes = (target.map { [$0] } ?? []) + arguments
    let (overloads, otherWay) = FunctionRegistry.find(name, receiver: target != nil)
    // What stands in a misspelled aggregate may be right there.
    let compiled = overloads.isEmpty && aggregates != nil ? [] : nodes.map { compile($0) }
    guard !overloads.isEmpty else {
      unknownFunction(name, nameSpan, receiver: target != nil, otherWay: otherWay)
      return Self.unknown
    }
    let count = overloads.filter { $0.isVariadic ? !compiled.isEmpty : $0.parameters.count == compiled.count }
    guard !count.isEmpty else {
      wrongCount(name, nameSpan, overloads, given: arguments.count, receiver: target != nil)
      return Self.unknown
    }
    let fitting = count.filter { $0.accepts(compiled.map(\.type)) }
    guard !fitting.isEmpty else {
      let types = compiled.map(\.type.name)
      let written =
        target == nil
        ? "\(name)(\(types.joined(separator: ", ")))"
        : "\(types[0]).\(name)(\(types.dropFirst().joined(separator: ", ")))"
      note("no function is \(written)", at: nameSpan)
      return Self.unknown
    }
    if name == "matches", case .string(let pattern)? = compiled[1].constant {
      return match(compiled[0], pattern, nodes[1].span, span)
    }
    let operation = CallOperation(
      name: name, overloads: fitting, arguments: compiled.map(\.operation), span: span)
    let result = fitting.dropFirst().reduce(fitting[0].result) { $0.joined($1.result) }
    return Compiled(operation, resultType(name, compiled.map(\.type)) ?? result)
  }

  /// The result of functions that hand on what they get.
  private func resultType(_ name: String, _ arguments: [StaticType]) -> StaticType? {
    switch (name, arguments.first) {
    case ("optional.of", let inner?), ("optional.ofNonZeroValue", let inner?): .optional(inner)
    case ("value", .optional(let inner)?): inner
    case ("orValue", .optional(let inner)?): inner.joined(arguments[1])
    case ("or", let optional?): optional.joined(arguments[1])
    case ("split", _): .list(.string)
    default: nil
    }
  }

  private mutating func unknownFunction(_ name: String, _ span: SourceSpan, receiver: Bool, otherWay: Bool) {
    let isAggregate = aggregates != nil && AggregateRegistry.named(name) != nil
    if otherWay || (receiver && (name == "has" || isAggregate)) {
      let hint = receiver ? "\(name)(x)" : "x.\(name)()"
      note("\"\(name)\" is called as \(hint)", at: span)
    } else if ["all", "exists", "exists_one", "map", "filter"].contains(name) {
      note("\"\(name)\" is called on a list: list.\(name)(x, …)", at: span)
    } else {
      let names = FunctionRegistry.names + (aggregates == nil ? [] : AggregateRegistry.names)
      note("there is no function \"\(name)\"", at: span, suggestion: Suggestion.nearest(name, of: names))
    }
  }

  private mutating func wrongCount(
    _ name: String, _ span: SourceSpan, _ overloads: [Overload], given: Int, receiver: Bool
  ) {
    let counts = Set(overloads.map { $0.parameters.count - (receiver ? 1 : 0) }).sorted()
    let atLeast = overloads.contains(where: \.isVariadic) ? "at least " : ""
    let written = atLeast + counts.map(String.init).joined(separator: " or ")
    note("\(name) takes \(written) argument\(counts == [1] ? "" : "s"), not \(given)", at: span)
  }

  private mutating func match(
    _ text: Compiled, _ pattern: String, _ patternSpan: SourceSpan, _ span: SourceSpan
  ) -> Compiled {
    do throws(RegularExpression.Mistake) {
      let expression = try RegularExpression(pattern)
      return Compiled(MatchOperation(text: text.operation, expression: expression, span: span), .bool)
    } catch {
      note("the pattern is wrong at its character \(error.offset + 1): \(error.message)", at: patternSpan)
      return Self.unknown
    }
  }
}

extension Overload {
  func accepts(_ types: [StaticType]) -> Bool {
    if isVariadic { return types.allSatisfy { parameters[0].accepts($0) } }
    return types.indices.allSatisfy { parameters[$0].accepts(types[$0]) }
  }
}
