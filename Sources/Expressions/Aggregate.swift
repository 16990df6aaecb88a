/// A function of a window that makes one value of many messages: the checker, the evaluator and the manual read the same
/// entry.
package struct Aggregate: Sendable {
  package let name: String
  /// What it does, in a line.
  package let summary: String
  /// A call and its value for messages whose `msg.price` is 1, 3 and 2.
  package let example: (expression: String, value: String)
  /// The type of the argument, nil for none, and that of the value; dyn for dyn means whatever the argument is.
  let overloads: [(argument: StaticType?, result: StaticType)]
  /// The state before the first message, for an argument of a type.
  let start: @Sendable (StaticType) -> Accumulator

  init(
    _ name: String, _ summary: String, example: (String, String), _ overloads: [(StaticType?, StaticType)],
    start: @escaping @Sendable (StaticType) -> Accumulator
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.overloads = overloads
    self.start = start
  }

  /// `sum(int) -> int`, one for each type of argument.
  package var signatures: [String] {
    overloads.map { "\(name)(\($0.argument?.name ?? "")) -> \($0.result.name)" }
  }

  /// Whether it can take an argument of a type.
  func takes(_ argument: StaticType) -> Bool {
    overloads.contains { $0.argument?.accepts(argument) ?? false }
  }

  /// The type of the value for an argument of a type, nil for none; nil: it has no value for such an argument.
  func result(for argument: StaticType?) -> StaticType? {
    let fitting = overloads.filter { overload in
      guard let wanted = overload.argument, let argument else { return overload.argument == nil && argument == nil }
      return wanted.accepts(argument)
    }
    guard let first = fitting.first else { return nil }
    if first.argument == .dyn { return argument }
    return fitting.dropFirst().reduce(first.result) { $0.joined($1.result) }
  }
}
