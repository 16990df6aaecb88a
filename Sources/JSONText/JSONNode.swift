/// What a JSON value is.
package enum JSONKind: UInt8, Sendable {
  case object, array, string, number, `true`, `false`, null
}

/// One entry of a tape. The nodes stand in the order of the text; a container is followed by what it holds:
///
///     {"a":[1,2],"b":"x"}
///      0 object count 2 next 7
///      1 string "a"     next 2   a key, its value is the next node
///      2 array  count 2 next 5
///      3 number 1       next 4
///      4 number 2       next 5
///      5 string "b"     next 6
///      6 string "x"     next 7
struct JSONNode: Equatable, Sendable {
  /// Where the value stands in the text, in bytes; a string's quotes belong to it.
  var start: UInt32
  var end: UInt32
  /// The node behind this value and everything in it.
  var next: UInt32
  /// How many members or elements a container has.
  var count: UInt32 = 0
  let kind: JSONKind
  /// Whether a string has escapes.
  var isEscaped = false
}
