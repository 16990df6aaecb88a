import Expressions
import JSONText

/// A condition of the plainest and most frequent form, `msg.price > 100 && msg.symbol == "ACME"`: read from the text, with
/// no values made.
///
/// It knows only what it is sure of; all else, and every error, is the expression's own to tell.
struct PlainCondition: Sendable {
  private struct Test: Sendable {
    let field: JSONPath
    let relation: Relation
    let literal: Literal
  }

  private enum Relation: Sendable {
    case equal
    case other(ExpressionShape.Comparison)
  }

  private enum Literal: Sendable {
    case number(Double)
    case string([UInt8])
  }

  private let tests: [Test]

  /// Whole numbers beyond this are not all doubles.
  private static let exact = 9_007_199_254_740_992.0

  /// `nil`: the condition is of another form.
  init?(_ shape: ExpressionShape) {
    var tests: [Test] = []
    for conjunct in shape.conjuncts {
      guard let test = Self.test(conjunct) else { return nil }
      tests.append(test)
    }
    self.tests = tests
  }

  private static func test(_ shape: ExpressionShape) -> Test? {
    switch shape {
    case .equal(let left, let right): test(left, .equal, right) ?? test(right, .equal, left)
    case .compare(let sign, let left, let right):
      test(left, .other(sign), right) ?? test(right, .other(sign.turned), left)
    default: nil
    }
  }

  private static func test(_ field: ExpressionShape, _ relation: Relation, _ literal: ExpressionShape) -> Test? {
    guard case .path(FilterVariable.msg.rawValue, let names) = field, !names.isEmpty,
      case .constant(let value) = literal
    else { return nil }
    let path = JSONPath(names: names)
    switch (value, relation) {
    case (.int(let number), _) where abs(Double(number)) < exact:
      return Test(field: path, relation: relation, literal: .number(Double(number)))
    case (.double(let number), _) where abs(number) < exact:
      return Test(field: path, relation: relation, literal: .number(number))
    case (.string(let text), .equal), (.string(let text), .other(.notEqual)):
      return Test(field: path, relation: relation, literal: .string(Array(text.utf8)))
    default: return nil
    }
  }

  /// Whether it holds for a message; `nil`: the expression must be asked.
  func holds(_ tape: JSONTape, _ text: UnsafeRawBufferPointer) -> Bool? {
    var isSure = true
    for test in tests {
      switch holds(test, tape, text) {
      case false?: return false
      case nil: isSure = false
      default: continue
      }
    }
    return isSure ? true : nil
  }

  private func holds(_ test: Test, _ tape: JSONTape, _ text: UnsafeRawBufferPointer) -> Bool? {
    guard let node = tape.node(at: test.field, in: text) else { return nil }
    switch test.literal {
    case .number(let literal):
      // Rounding keeps the order with a literal that is exact itself; at the far end it could make equal what is not.
      guard let value = tape.double(of: node, in: text), abs(value) < Self.exact else { return nil }
      return Self.holds(test.relation, value, literal)
    case .string(let literal):
      guard let range = tape.stringBytes(of: node, in: text) else { return nil }
      let isEqual = range.count == literal.count && text[range].elementsEqual(literal)
      if case .equal = test.relation { return isEqual }
      return !isEqual
    }
  }

  private static func holds(_ relation: Relation, _ value: Double, _ literal: Double) -> Bool {
    switch relation {
    case .equal: value == literal
    case .other(.notEqual): value != literal
    case .other(.less): value < literal
    case .other(.lessOrEqual): value <= literal
    case .other(.greater): value > literal
    case .other(.greaterOrEqual): value >= literal
    }
  }
}

extension ExpressionShape.Comparison {
  /// With its sides exchanged.
  fileprivate var turned: Self {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .notEqual: .notEqual
    }
  }
}
