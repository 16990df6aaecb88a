/// A place in a configuration file.
///
/// `line` and `column` are 1-based and `length` is at least 1; columns and lengths count Unicode scalars, as libyaml does.
package struct Place: Hashable, Sendable, Comparable {
  /// The file's name as the operator gave it, with its folder.
  package var file: String
  /// The line, from 1.
  package var line: Int
  /// The column, from 1, in Unicode scalars.
  package var column: Int
  /// How many scalars of the line are meant, at least 1: the caret and its tail.
  package var length: Int

  /// A place; what is below 1 counts as 1.
  package init(file: String, line: Int = 1, column: Int = 1, length: Int = 1) {
    self.file = file
    self.line = max(line, 1)
    self.column = max(column, 1)
    self.length = max(length, 1)
  }

  /// Orders by file name, then by line, column and length.
  package static func < (left: Place, right: Place) -> Bool {
    if left.file != right.file { return left.file < right.file }
    return (left.line, left.column, left.length) < (right.line, right.column, right.length)
  }
}
