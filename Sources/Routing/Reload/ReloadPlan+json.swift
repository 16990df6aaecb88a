import JSONText

extension ReloadPlan {
  /// An object on one line: each kind with what differs and how many are equal, the keys of the server, the notes.
  package var json: String {
    let kinds = Kind.allCases.map { "\"\($0.rawValue)\":\((changes[$0] ?? Changes()).json)" }
    let rest = ["\"server\":\(JSONText.list(server))", "\"notes\":\(JSONText.list(notes))"]
    return "{\((kinds + rest).joined(separator: ","))}"
  }
}

extension ReloadPlan.Changes {
  fileprivate var json: String {
    let changed = changed.map { "{\"name\":\(JSONText.quoted($0.name)),\"keys\":\(JSONText.list($0.keys))}" }
    let members = [
      "\"added\":\(JSONText.list(added))", "\"changed\":[\(changed.joined(separator: ","))]",
      "\"removed\":\(JSONText.list(removed))", "\"kept\":\(kept)",
    ]
    return "{\(members.joined(separator: ","))}"
  }
}
