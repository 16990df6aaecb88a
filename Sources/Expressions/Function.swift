/// A function expressions can call: the checker, the evaluator and the manual read the same entry.
package struct Function: Sendable {
  /// As it is written, `math.greatest` with what stands before the dot.
  package let name: String
  /// Whether it is called on its first argument: `text.size()`.
  package let isReceiver: Bool
  /// What it does, in a line.
  package let summary: String
  /// A call and its value.
  package let example: (expression: String, value: String)
  package let overloads: [Overload]

  init(
    _ name: String, receiver: Bool = false, _ summary: String, example: (String, String), _ overloads: [Overload]
  ) {
    self.name = name
    isReceiver = receiver
    self.summary = summary
    self.example = example
    self.overloads = overloads
  }

  /// `text.substring(int, int) -> string`, one for each overload.
  package var signatures: [String] {
    overloads.map { overload in
      let names = overload.parameters.map(\.name)
      let call =
        isReceiver
        ? "\(names[0]).\(name)(\(names.dropFirst().joined(separator: ", ")))"
        : "\(name)(\(names.joined(separator: ", "))\(overload.isVariadic ? ", ..." : ""))"
      return "\(call) -> \(overload.result.name)"
    }
  }
}

/// One list of argument types of a function; the types of its closure say which.
package struct Overload: Sendable {
  package let parameters: [StaticType]
  package let result: StaticType
  /// Takes any number of arguments from one on, all of the one parameter's type.
  package var isVariadic = false
  /// Nil: the arguments are of other types.
  let call: @Sendable ([Value], inout Frame) throws(EvaluationError) -> Value?

  init<A: Native, R: Native>(_ body: @escaping @Sendable (A) throws(EvaluationError) -> R) {
    parameters = [A.type]
    result = R.type
    call = { (arguments, _) throws(EvaluationError) in
      guard let a = A(arguments[0]) else { return nil }
      return try body(a).value
    }
  }

  init<A: Native, R: Native>(_ body: @escaping @Sendable (A, inout Frame) throws(EvaluationError) -> R) {
    parameters = [A.type]
    result = R.type
    call = { (arguments, frame) throws(EvaluationError) in
      guard let a = A(arguments[0]) else { return nil }
      return try body(a, &frame).value
    }
  }

  init<A: Native, B: Native, R: Native>(_ body: @escaping @Sendable (A, B) throws(EvaluationError) -> R) {
    self.init { (a: A, b: B, _: inout Frame) throws(EvaluationError) in try body(a, b) }
  }

  /// With the frame, for what must count its own steps.
  init<A: Native, B: Native, R: Native>(
    _ body: @escaping @Sendable (A, B, inout Frame) throws(EvaluationError) -> R
  ) {
    parameters = [A.type, B.type]
    result = R.type
    call = { (arguments, frame) throws(EvaluationError) in
      guard let a = A(arguments[0]), let b = B(arguments[1]) else { return nil }
      return try body(a, b, &frame).value
    }
  }

  init<A: Native, B: Native, C: Native, R: Native>(
    _ body: @escaping @Sendable (A, B, C, inout Frame) throws(EvaluationError) -> R
  ) {
    parameters = [A.type, B.type, C.type]
    result = R.type
    call = { (arguments, frame) throws(EvaluationError) in
      guard let a = A(arguments[0]), let b = B(arguments[1]), let c = C(arguments[2]) else { return nil }
      return try body(a, b, c, &frame).value
    }
  }

  init<A: Native, B: Native, C: Native, D: Native, R: Native>(
    _ body: @escaping @Sendable (A, B, C, D, inout Frame) throws(EvaluationError) -> R
  ) {
    parameters = [A.type, B.type, C.type, D.type]
    result = R.type
    call = { (arguments, frame) throws(EvaluationError) in
      guard let a = A(arguments[0]), let b = B(arguments[1]), let c = C(arguments[2]), let d = D(arguments[3])
      else { return nil }
      return try body(a, b, c, d, &frame).value
    }
  }

  /// Without arguments.
  init(none body: @escaping @Sendable () -> Value, result: StaticType) {
    parameters = []
    self.result = result
    call = { (_, _) in body() }
  }

  /// Any number of arguments from one on.
  init(
    variadic: StaticType, result: StaticType,
    _ body: @escaping @Sendable ([Value], inout Frame) throws(EvaluationError) -> Value?
  ) {
    parameters = [variadic]
    self.result = result
    isVariadic = true
    call = body
  }
}
