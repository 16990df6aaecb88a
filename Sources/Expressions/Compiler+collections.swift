extension Compiler {
  mutating func list(_ items: [ListItem], _ span: SourceSpan) -> Compiled {
    let compiled = items.map { compile($0.value) }
    let types = zip(items, compiled).map { item, value in
      if case .optional(let inner) = value.type, item.optional { return inner }
      return value.type
    }
    let type = StaticType.list(types.dropFirst().reduce(types.first ?? .dyn) { $0.joined($1) })
    let constants = compiled.compactMap(\.constant)
    if constants.count == items.count, !items.contains(where: \.optional) {
      return Compiled(constant: .list(constants), type)
    }
    let parts = zip(items, compiled).map { (value: $1.operation, optional: $0.optional) }
    return Compiled(ListOperation(items: parts, span: span), type)
  }

  mutating func map(_ items: [MapItem], _ span: SourceSpan) -> Compiled {
    var keyType: StaticType?
    var valueType: StaticType?
    var parts: [(key: any Operation, value: any Operation, optional: Bool)] = []
    for item in items {
      let key = compile(item.key)
      let value = compile(item.value)
      if ![.dyn, .bool, .int, .uint, .string].contains(key.type) {
        note("a key of a map is a string, a whole number or a bool, not \(key.type.name)", at: item.key.span)
      }
      var type = value.type
      if case .optional(let inner) = type, item.optional { type = inner }
      keyType = keyType?.joined(key.type) ?? key.type
      valueType = valueType?.joined(type) ?? type
      parts.append((key.operation, value.operation, item.optional))
    }
    return Compiled(MapOperation(items: parts, span: span), .map(keyType ?? .dyn, valueType ?? .dyn))
  }

  mutating func conditional(_ condition: Node, _ yes: Node, _ no: Node, _ span: SourceSpan) -> Compiled {
    let test = self.condition(compile(condition), condition.span, "a condition")
    let yes = compile(yes)
    let no = compile(no)
    let operation = ConditionalOperation(condition: test, yes: yes.operation, no: no.operation, span: span)
    return Compiled(operation, yes.type.joined(no.type))
  }

  private mutating func condition(_ compiled: Compiled, _ span: SourceSpan, _ what: String) -> any Operation {
    if !StaticType.bool.accepts(compiled.type) { note("\(what) is a bool, not \(compiled.type.name)", at: span) }
    return compiled.operation
  }

  mutating func macro(
    _ macro: Macro, _ range: Node, _ variable: String, _ bodies: [Node], _ span: SourceSpan
  ) -> Compiled {
    let compiledRange = compile(range)
    let element = elementType(compiledRange.type, macro, range.span)
    let before = parts
    locals.append((variable, element))
    mostLocals = max(mostLocals, locals.count)
    let compiled = bodies.map { compile($0) }
    locals.removeLast()
    let rounds = Rounds(
      range: compiledRange.operation, local: locals.count, cost: 1 + (parts - before) / 10, span: span)
    if macro == .map {
      let test = compiled.count == 2 ? condition(compiled[0], bodies[0].span, "a condition of map") : nil
      let result = compiled[compiled.count - 1]
      return Compiled(
        TransformOperation(rounds: rounds, condition: test, result: result.operation), .list(result.type))
    }
    let test = condition(compiled[0], bodies[0].span, "the condition of \(macro.rawValue)")
    switch macro {
    case .all, .exists:
      return Compiled(QuantifierOperation(rounds: rounds, condition: test, deciding: macro == .exists), .bool)
    case .existsOne: return Compiled(ExistsOneOperation(rounds: rounds, condition: test), .bool)
    case .filter, .map:
      return Compiled(TransformOperation(rounds: rounds, condition: test, result: nil), .list(element))
    }
  }

  private mutating func elementType(_ type: StaticType, _ macro: Macro, _ span: SourceSpan) -> StaticType {
    switch type {
    case .dyn: return .dyn
    case .list(let element): return element
    case .map(let key, _): return key
    default:
      note("\(macro.rawValue) goes over a list or a map, not over \(type.name)", at: span)
      return .dyn
    }
  }
}
