extension JSONText {
  /// Appends an object with the text as its only member, and makes `newTape` its tape.
  ///
  /// - Parameter newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  /// - Throws: `JSONEditProblem.tooDeep`, `.tooLong`.
  package static func wrap(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, in name: JSONName, into out: inout [UInt8],
    _ newTape: inout JSONTape
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      guard tape.isWithin(depth: copier.made.depthLimit - 1) else { throw .tooDeep }
      let object = copier.open(.object)
      copier.append("{")
      copier.append(key: name)
      copier.append(":")
      try copier.root { $0.copy(node: 0) }
      copier.append("}")
      copier.close(object, 1)
    }
  }

  /// Appends the value at a path, as it is spelled, and makes `newTape` its tape.
  ///
  /// - Parameter newTape: one with the limits of the old tape. After an error it is empty, and nothing is appended.
  /// - Throws: `JSONEditProblem.missing` when there is none.
  package static func unwrap(
    _ tape: JSONTape, _ text: UnsafeRawBufferPointer, _ path: JSONPath, into out: inout [UInt8],
    _ newTape: inout JSONTape
  ) throws(JSONEditProblem) {
    try JSONCopier.write(tape, text, into: &out, &newTape) { (copier) throws(JSONEditProblem) in
      guard let node = tape.node(at: path, in: text) else { throw .missing(path) }
      copier.copy(node: node)
    }
  }
}
