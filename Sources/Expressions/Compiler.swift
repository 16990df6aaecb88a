/// Checks a tree and turns it into operations; goes on behind a mistake, so that all are found.
struct Compiler {
  /// A part that is ready, and what is known of its value.
  struct Compiled {
    let operation: any Operation
    let type: StaticType
    /// The value if it is a literal, or a list of them.
    var constant: Value?

    init(_ operation: any Operation, _ type: StaticType) {
      self.operation = operation
      self.type = type
    }

    init(constant: Value, _ type: StaticType) {
      self.constant = constant
      self.type = type
      operation = ConstantOperation(value: constant)
    }
  }

  let variables: Variables
  private(set) var problems: [ExpressionProblem] = []
  /// Uses of variables so far, in the order of the text.
  private(set) var references: [Expression.Reference] = []
  /// Variables of the macros the compiler stands in, the innermost last.
  var locals: [(name: String, type: StaticType)] = []
  var mostLocals = 0
  /// Parts compiled so far, by which the body of a macro is weighed.
  private(set) var parts = 0

  init(variables: Variables) { self.variables = variables }

  mutating func note(_ message: String, at span: SourceSpan, suggestion: String? = nil) {
    problems.append(ExpressionProblem(message, at: span, suggestion: suggestion))
  }

  /// What stands for a part with a mistake, so that no second one follows from it.
  static let unknown = Compiled(NowOperation(), .dyn)

  mutating func compile(_ node: Node) -> Compiled {
    parts += 1
    switch node.syntax {
    case .literal(let value): return Compiled(constant: value, value.staticType)
    case .identifier(let name, let rooted): return identifier(name, rooted: rooted, node.span)
    case .select(let operand, let field, let fieldSpan, let optional):
      return select(compile(operand, field: field, node.span), field, fieldSpan, optional: optional, node.span)
    case .has(let operand, let field, let span):
      let operand = compile(operand, field: field, span)
      _ = fieldType(operand.type, field, node.span)
      return Compiled(HasOperation(operand: operand.operation, field: field, span: node.span), .bool)
    case .index(let operand, let key, let optional):
      var field: String?
      if case .literal(.string(let name)) = key.syntax { field = name }
      let operand = compile(operand, field: field, node.span)
      return index(operand, compile(key), optional: optional, node.span)
    case .call(let name, let nameSpan, let target, let arguments):
      return call(name, nameSpan, target: target, arguments, node.span)
    case .list(let items): return list(items, node.span)
    case .map(let items): return map(items, node.span)
    case .unary(let sign, let operand): return unary(sign, compile(operand), node.span)
    case .binary(let sign, let left, let right): return binary(sign, compile(left), compile(right), node.span)
    case .conditional(let condition, let yes, let no): return conditional(condition, yes, no, node.span)
    case .macro(let macro, let range, let variable, let bodies):
      return self.macro(macro, range, variable, bodies, node.span)
    }
  }

  /// The operand of a field; of a variable, the field is noted with it.
  private mutating func compile(_ operand: Node, field: String?, _ span: SourceSpan) -> Compiled {
    let count = references.count
    let compiled = compile(operand)
    if case .identifier = operand.syntax, let field, references.count > count {
      references[count] = Expression.Reference(slot: references[count].slot, field: field, span: span)
    }
    return compiled
  }

  private mutating func identifier(_ name: String, rooted: Bool, _ span: SourceSpan) -> Compiled {
    if !rooted, let index = locals.lastIndex(where: { $0.name == name }) {
      return Compiled(LocalOperation(index: index), locals[index].type)
    }
    if let slot = variables.slot(of: name) {
      references.append(Expression.Reference(slot: slot, field: nil, span: span))
      return Compiled(VariableOperation(slot: slot, name: name), variables.type(at: slot))
    }
    if name == "now" { return Compiled(NowOperation(), .timestamp) }
    if let type = Self.types[name] { return Compiled(constant: .type(type), .type) }
    let known = variables.names + locals.map(\.name) + ["now"]
    note("there is no variable \"\(name)\"", at: span, suggestion: Suggestion.nearest(name, of: known))
    return Self.unknown
  }

  /// Types as values.
  private static let types: [String: String] = [
    "bool": "bool", "int": "int", "uint": "uint", "double": "double", "string": "string", "bytes": "bytes",
    "list": "list", "map": "map", "null_type": "null_type", "type": "type", "timestamp": "google.protobuf.Timestamp",
    "duration": "google.protobuf.Duration", "optional_type": "optional_type",
  ]

  private mutating func select(
    _ operand: Compiled, _ field: String, _ fieldSpan: SourceSpan, optional: Bool, _ span: SourceSpan
  ) -> Compiled {
    let type = fieldType(operand.type, field, fieldSpan)
    let operation = SelectOperation(operand: operand.operation, field: field, optional: optional, span: fieldSpan)
    if case .optional = operand.type { return Compiled(operation, type) }
    return Compiled(operation, optional ? .optional(type) : type)
  }

  private mutating func fieldType(_ type: StaticType, _ field: String, _ span: SourceSpan) -> StaticType {
    switch type {
    case .dyn: return .dyn
    case .map(let key, let value):
      if !key.accepts(.string) { note("the keys of this map are no names but \(key.name)", at: span) }
      return value
    case .optional(let inner): return .optional(fieldType(inner, field, span))
    default:
      let method = FunctionRegistry.find(field, receiver: true).overloads.isEmpty
      note(
        "a value of type \(type.name) has no field \"\(field)\"", at: span,
        suggestion: method ? nil : "a call has parentheses: .\(field)()")
      return .dyn
    }
  }

  private mutating func index(
    _ operand: Compiled, _ key: Compiled, optional: Bool, _ span: SourceSpan
  ) -> Compiled {
    let type = elementType(operand.type, key.type, span)
    let operation = IndexOperation(
      operand: operand.operation, key: key.operation, optional: optional, span: span)
    if case .optional = operand.type { return Compiled(operation, type) }
    return Compiled(operation, optional ? .optional(type) : type)
  }

  private mutating func elementType(_ type: StaticType, _ key: StaticType, _ span: SourceSpan) -> StaticType {
    switch type {
    case .dyn: return .dyn
    case .list(let element) where key.isNumber || key == .dyn: return element
    case .map(let keys, let value) where keys.accepts(key) || (keys.isNumber && key.isNumber): return value
    case .optional(let inner): return .optional(elementType(inner, key, span))
    default:
      note("a value of type \(type.name) has no index of type \(key.name)", at: span)
      return .dyn
    }
  }
}

extension Value {
  /// The type of a literal.
  var staticType: StaticType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .timestamp: .timestamp
    case .duration: .duration
    case .type: .type
    case .list, .array: .list(.dyn)
    case .map, .object: .map(.dyn, .dyn)
    case .optional: .optional(.dyn)
    }
  }
}
