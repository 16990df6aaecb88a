extension DocumentComposer {
  /// A scalar with its environment references replaced, unless it is a key.
  mutating func scalar(
    _ text: String, style: YAMLEvent.ScalarStyle, _ event: YAMLEvent, isKey: Bool
  ) throws(Stop) -> ConfigNode {
    let place = place(of: event)
    try checkLength(text.utf8.count, at: place)
    var scalar = ConfigNode.Scalar(text: text, isPlain: isPlain(style, event))
    if !isKey {
      let expansion = environment.expand(text)
      scalar.text = expansion.text
      scalar.isBroken = !expansion.problems.isEmpty
      report(expansion.problems, style: style, of: event)
      if expansion.isTooLong { try checkLength(expansion.text.utf8.count, at: place) }
    }
    return ConfigNode(.scalar(scalar), at: place)
  }

  private func checkLength(_ bytes: Int, at place: Place) throws(Stop) {
    guard bytes > ConfigLimits.scalarBytes else { return }
    throw Stop(diagnostic: Diagnostic("the text is longer than 1 MiB, the limit for one value", at: place))
  }

  /// Whether a scalar may mean more than its text: by its core tag, else by its quotes.
  private mutating func isPlain(_ style: YAMLEvent.ScalarStyle, _ event: YAMLEvent) -> Bool {
    switch event.tag {
    case nil: return style == .plain
    case "!", Tag.core + "str": return false
    case Tag.core + "int", Tag.core + "float", Tag.core + "bool", Tag.core + "null": return true
    default:
      refuseTag(of: event)
      return style == .plain
    }
  }

  private enum Tag {
    static let core = "tag:yaml.org,2002:"
  }

  /// Accepts `!!seq` and `!!map` where they fit and refuses every other tag.
  mutating func checkCollectionTag(of event: YAMLEvent) {
    switch (event.tag, event.kind) {
    case (nil, _), ("!", _), (Tag.core + "seq", .sequenceStart), (Tag.core + "map", .mappingStart): break
    default: refuseTag(of: event)
    }
  }

  private mutating func refuseTag(of event: YAMLEvent) {
    let tag = event.tag ?? ""
    let short = tag.hasPrefix(Tag.core) ? "!!" + tag.dropFirst(Tag.core.count) : tag
    diagnostics.append(
      Diagnostic("the YAML tag \(VisibleText.quoted(short)) has no meaning here", at: place(of: event)))
  }

  /// Reports references that cannot be replaced, each at its `${`.
  private mutating func report(
    _ problems: [EnvironmentText.Problem], style: YAMLEvent.ScalarStyle, of event: YAMLEvent
  ) {
    guard !problems.isEmpty else { return }
    let places = referencePlaces(style: style, of: event)
    for problem in problems {
      var place = place(of: event)
      // Fewer in the source than in the text: some are written with escapes, and the scalar's start must do.
      if let found = problem.ordinal < places.count ? places[problem.ordinal] : nil {
        (place.line, place.column, place.length) = (found.line, found.column, problem.length)
      }
      diagnostics.append(Diagnostic(problem.message, at: place, suggestion: problem.suggestion))
    }
  }

  /// Where each `${` of a scalar stands in the file.
  private mutating func referencePlaces(
    style: YAMLEvent.ScalarStyle, of event: YAMLEvent
  ) -> [(line: Int, column: Int)] {
    var places = [(line: Int, column: Int)]()
    // A block scalar's header line may have a comment, which is no part of its text.
    let firstLine = event.start.line + (style == .block ? 1 : 0)
    for line in firstLine...max(firstLine, event.end.line) {
      let scalars = Array((source.text(ofLine: line + 1) ?? "").unicodeScalars)
      let start = line == event.start.line ? event.start.column : 0
      let end = line == event.end.line ? min(event.end.column, scalars.count) : scalars.count
      for column in start..<max(start, end - 1) where scalars[column] == "$" && scalars[column + 1] == "{" {
        places.append((line + 1, column + 1))
      }
    }
    return places
  }
}
