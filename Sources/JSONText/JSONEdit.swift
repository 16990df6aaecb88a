/// A change of a JSON text that leaves the spelling of all else as it is.
package protocol JSONEdit: Sendable {
  /// Appends the new text, and makes `newTape` its tape.
  ///
  /// - Throws: `JSONEditProblem` when the text is none that it can change.
  func write(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, into out: inout [UInt8], _ newTape: inout JSONTape
  ) throws(JSONEditProblem)
}
