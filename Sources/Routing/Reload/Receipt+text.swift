extension Receipt {
  /// What was done in one line: "reload 7 took effect in 12.3 ms: routes ~1 =4; 2500 connections kept, 0 moved, 0 closed".
  package var summary: String {
    let noun = connections.kept == 1 ? "connection" : "connections"
    return "reload \(generation) took effect in \(shownMilliseconds) ms: \(plan.summary); "
      + "\(connections.kept) \(noun) kept, \(connections.moved) moved, \(connections.closed) closed"
  }

  /// The summary, then the plan's lines.
  package var text: String { ([summary] + plan.lines).map { "\($0)\n" }.joined() }

  /// An object on one line.
  package var json: String {
    let members = [
      "\"generation\":\(generation)", "\"milliseconds\":\(shownMilliseconds)",
      "\"connections\":{\"kept\":\(connections.kept),\"moved\":\(connections.moved),\"closed\":\(connections.closed)}",
      "\"plan\":\(plan.json)",
    ]
    return "{\(members.joined(separator: ","))}"
  }

  /// With one decimal.
  private var shownMilliseconds: String {
    guard milliseconds.isFinite, milliseconds > 0, milliseconds < 1e15 else { return "0.0" }
    let tenths = Int((milliseconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
