import Expressions

/// The variables of filters' expressions, in the order of their slots.
package enum FilterVariable: Int, CaseIterable, Sendable {
  /// The message as JSON.
  case msg
  /// The message as text.
  case text
  /// The parameters of the route's path.
  case params
  /// The parameters of the request's query.
  case query
  /// The message's number, from 1, among those that came to the pipeline.
  case seq

  package var name: String { "\(self)" }

  private var type: StaticType {
    switch self {
    case .msg: .dyn
    case .text: .string
    case .params, .query: .map(.string, .string)
    case .seq: .int
    }
  }

  package static let table: Variables = {
    var table: Variables = [:]
    for variable in allCases { table.add(variable.name, variable.type) }
    return table
  }()
}

/// Which forms of the message an expression reads: what it does not is not made.
struct MessageNeeds: Sendable {
  let json: Bool
  let text: Bool

  init(_ references: [Expression.Reference]) {
    json = references.contains { $0.slot == FilterVariable.msg.rawValue }
    text = references.contains { $0.slot == FilterVariable.text.rawValue }
  }
}

extension Run {
  /// Evaluates something in the context of a message.
  mutating func withMessage<R>(
    _ message: inout Message, _ needs: MessageNeeds, _ evaluate: (EvaluationContext) throws(EvaluationError) -> R
  ) throws(FilterFailure) -> R {
    if needs.json { context.values[FilterVariable.msg.rawValue] = try message.value() }
    // The message's buffers are to be its own again when it changes.
    defer { if needs.json { context.values[FilterVariable.msg.rawValue] = .null } }
    if needs.text { context.values[FilterVariable.text.rawValue] = .string(try message.string()) }
    do throws(EvaluationError) {
      return try evaluate(context)
    } catch {
      throw FilterFailure(error)
    }
  }
}

/// What a request gives to the pipelines of its route.
package struct FilterParameters: Hashable, Sendable {
  /// By name, of the route's path.
  let path: [String: ExactText]
  /// By name, of the request's query; only those that the filters use.
  let query: [String: ExactText]

  package static let none = FilterParameters(path: [:], query: [:])

  package init(path: [String: String], query: [String: String]) {
    self.path = path.mapValues { ExactText($0) }
    self.query = query.mapValues { ExactText($0) }
  }

  /// The context that evaluations start from.
  func context() -> EvaluationContext {
    var context = EvaluationContext(FilterVariable.table)
    context.values[FilterVariable.params.rawValue] = .map(Self.map(path))
    context.values[FilterVariable.query.rawValue] = .map(Self.map(query))
    return context
  }

  private static func map(_ values: [String: ExactText]) -> ValueMap {
    var map = ValueMap()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { _ = map.insert(.string(name), .string(value.text)) }
    return map
  }
}
