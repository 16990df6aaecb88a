/// An expression as it is written: a tree with the place of every part.
struct Node: Sendable {
  let syntax: Syntax
  let span: SourceSpan
  /// How many nodes stand under each other, this one counted; the parser keeps it small, so the tree can be walked by
  /// recursion.
  let depth: Int
}

/// The kinds of `Node`.
indirect enum Syntax: Sendable {
  case literal(Value)
  /// `rooted`: written with a dot in front, so no variable of a macro is meant.
  case identifier(String, rooted: Bool)
  case select(Node, field: String, fieldSpan: SourceSpan, optional: Bool)
  /// `has(a.b)`, with the place of `a.b`.
  case has(Node, field: String, span: SourceSpan)
  case index(Node, Node, optional: Bool)
  case call(name: String, nameSpan: SourceSpan, target: Node?, arguments: [Node])
  case list([ListItem])
  case map([MapItem])
  case unary(UnaryOperator, Node)
  case binary(BinaryOperator, Node, Node)
  case conditional(Node, Node, Node)
  case macro(Macro, range: Node, variable: String, parts: [Node])
}

/// One element of a list literal; an optional one is left out if it has no value.
struct ListItem: Sendable {
  let value: Node
  let optional: Bool
}

/// One entry of a map literal.
struct MapItem: Sendable {
  let key: Node
  let value: Node
  let optional: Bool
}

/// The macros over lists and maps.
enum Macro: String, Sendable {
  case all
  case exists
  case existsOne = "exists_one"
  case map
  case filter
}

/// The operators before an operand.
enum UnaryOperator: String, Sendable {
  case not = "!"
  case negate = "-"
}

/// The operators between two operands.
enum BinaryOperator: String, Sendable, CaseIterable {
  case or = "||"
  case and = "&&"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case element = "in"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  /// How tightly it binds; a higher number binds tighter, equal ones from left to right.
  var precedence: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual, .element: 3
    case .add, .subtract: 4
    case .multiply, .divide, .remainder: 5
    }
  }

  init?(_ token: Token.Kind) {
    switch token {
    case .keyword("in"): self = .element
    case .sign(let sign): self.init(rawValue: sign.rawValue)
    default: return nil
    }
  }
}
