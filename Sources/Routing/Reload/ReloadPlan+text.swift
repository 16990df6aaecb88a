import ConfigText

extension ReloadPlan {
  /// What differs in one line: "routes +1 ~2 =5, sources ~1 =3, server ~1". Kinds without any entry are left out, and so
  /// are listeners when they all stay.
  package var summary: String {
    let kinds = Kind.allCases.compactMap { kind -> String? in
      guard let changes = changes[kind], kind != .listeners || !changes.isEmpty else { return nil }
      let counts = changes.counts
      return counts.isEmpty ? nil : "\(kind.rawValue) \(counts)"
    }
    return (kinds + (server.isEmpty ? [] : ["server ~\(server.count)"])).joined(separator: ", ")
  }

  /// The summary, then a line for each thing that differs, then the notes.
  ///
  /// ```
  /// routes +1 ~1 =5, sources -1 =3
  /// + route /new
  /// ~ route /stocks (filters, protocols)
  /// - source old
  /// route '/stocks': protocols holds for new connections
  /// ```
  package var text: String { ([summary] + lines).map { "\($0)\n" }.joined() }

  /// The lines behind the summary.
  var lines: [String] {
    let things = Kind.allCases.flatMap { kind in changes[kind]?.lines(kind.noun) ?? [] }
    return things + (server.isEmpty ? [] : ["~ server (\(server.joined(separator: ", ")))"]) + notes
  }
}

extension ReloadPlan.Changes {
  /// "+1 ~2 -1 =5", without what is 0.
  fileprivate var counts: String {
    [("+", added.count), ("~", changed.count), ("-", removed.count), ("=", kept)]
      .filter { $0.1 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
  }

  fileprivate func lines(_ noun: String) -> [String] {
    func line(_ sign: String, _ name: String) -> String { "\(sign) \(noun) \(VisibleText.whole(name))" }
    return added.map { line("+", $0) } + changed.map { line("~", $0.name) + $0.keysInBrackets }
      + removed.map { line("-", $0) }
  }
}

extension ReloadPlan.Change {
  fileprivate var keysInBrackets: String { keys.isEmpty ? "" : " (\(keys.joined(separator: ", ")))" }
}
