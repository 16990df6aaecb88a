/// A piece of an expression's text, counted in Unicode scalars.
package struct SourceSpan: Sendable, Equatable {
  package let offset: Int
  package let length: Int

  package init(offset: Int, length: Int) {
    self.offset = offset
    self.length = length
  }

  /// From the start of this piece to the end of the other.
  func through(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(offset: offset, length: max(length, other.offset + other.length - offset))
  }
}

/// What is wrong with an expression, and where in its text.
package struct ExpressionProblem: Sendable, Equatable {
  package let span: SourceSpan
  package let message: String
  /// What to write instead, a sentence part such as `did you mean "size"?`.
  package let suggestion: String?

  package init(_ message: String, at span: SourceSpan, suggestion: String? = nil) {
    self.span = span
    self.message = message
    self.suggestion = suggestion
  }
}

/// Everything that is wrong with an expression, in the order of the text.
package struct ExpressionProblems: Error, Sendable, Equatable {
  package let problems: [ExpressionProblem]
}
