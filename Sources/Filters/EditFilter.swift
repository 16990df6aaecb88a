import JSONText

/// A filter that is an edit of the message's JSON, the same for each: `pick`, `drop`, `rename`.
struct EditFilter<Edit: JSONEdit>: Filter {
  let edit: Edit

  mutating func take(_ message: inout Message, _ run: inout Run) throws(FilterFailure) -> Bool {
    try message.edit { (tape, text, out, newTape) throws(JSONEditProblem) in
      try edit.write(tape, text, into: &out, &newTape)
    }
    return true
  }
}

extension Result where Success == MessageForm, Failure == FormMismatch {
  /// After an edit of an object or array.
  static func edited(_ form: MessageForm) -> Result {
    switch form {
    case .object, .array: .success(form)
    case .any, .json: .success(.json)
    case .text, .binary: .failure(FormMismatch(needs: "a JSON object"))
    }
  }

  /// After an edit that needs an object.
  static func object(_ form: MessageForm) -> Result {
    form.mayBeObject ? .success(.object) : .failure(FormMismatch(needs: "a JSON object"))
  }
}
