/// The variables expressions may use, in an order: the slot of a variable is its place in it.
package struct Variables: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  package private(set) var names: [String] = []
  private(set) var types: [StaticType] = []

  /// `["msg": .dyn, "seq": .int]`; of two of one name the first counts.
  package init(dictionaryLiteral elements: (String, StaticType)...) {
    for (name, type) in elements { add(name, type) }
  }

  package mutating func add(_ name: String, _ type: StaticType) {
    guard !names.contains(name) else { return }
    names.append(name)
    types.append(type)
  }

  func type(at slot: Int) -> StaticType { types[slot] }

  /// The slot of a variable; nil: there is none of the name.
  package func slot(of name: String) -> Int? { names.firstIndex(of: name) }
}

/// What an evaluation starts from: the values of the variables by slot, the time and the budget.
package struct EvaluationContext: Sendable {
  package var values: [Value]
  /// The value of `now`.
  package var now: Timestamp
  /// How many steps an evaluation may take: one for each round of a macro and what stands in it, one for each 100 bytes
  /// of text that are read or made, one for each element of a list that is copied or compared.
  package var budget: Int

  package static let defaultBudget = 100_000

  /// All variables null.
  package init(_ variables: Variables, now: Timestamp = .epoch, budget: Int = defaultBudget) {
    values = Array(repeating: .null, count: variables.names.count)
    self.now = now
    self.budget = budget
  }
}

/// The state of one evaluation.
struct Frame {
  let variables: [Value]
  let now: Timestamp
  /// Variables of macros.
  var locals: [Value]
  var budget: Int
  /// What the aggregates of the expression know.
  var accumulators: [Accumulator] = []

  init(_ context: EvaluationContext, localCount: Int) {
    variables = context.values
    now = context.now
    locals = localCount == 0 ? [] : Array(repeating: .null, count: localCount)
    budget = context.budget
  }

  @inline(__always)
  mutating func charge(_ steps: Int) throws(EvaluationError) {
    budget &-= steps
    if budget < 0 { throw EvaluationError(.costLimit) }
  }

  /// Text that is read or made, in bytes.
  @inline(__always)
  mutating func charge(bytes: Int) throws(EvaluationError) {
    if bytes >= 100 { try charge(bytes / 100) }
  }
}

/// A compiled part of an expression.
protocol Operation: Sendable {
  func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value
}
