/// Builds the one document of a file from libyaml's events, with aliases and merge keys resolved.
///
/// It reports what it can read on from and stops (`Stop`) where it cannot: text that is not YAML, a limit exceeded.
struct DocumentComposer: ~Copyable {
  /// The file cannot be read further.
  struct Stop: Error {
    var diagnostic: Diagnostic
  }

  /// A node with the number of lists and mappings in each other, itself counted; 0 for a scalar.
  struct Composed {
    var node: ConfigNode
    var height = 0
  }

  /// An anchor is open until its node has been read: an alias to it would contain itself.
  enum Anchor {
    case open
    case closed(Composed, values: Int)
  }

  let file: String
  let environment: EnvironmentText
  /// How many values there are in this and all files before it, aliases expanded.
  var values: Int
  /// Whether the root may be a list or a scalar.
  var takesAnyRoot = false
  var diagnostics: [Diagnostic] = []
  var source: LineCursor
  /// Where scalars have been looked at, to tell the places of their texts.
  var cursor: SourceCursor
  var anchors: [String: Anchor] = [:]
  private var events: YAMLEvents
  private var depth = 0

  /// A composer of a checked text, with the values of earlier files counted in `values`.
  init(bytes: [UInt8], file: String, environment: EnvironmentText, values: Int) {
    self.file = file
    self.environment = environment
    self.values = values
    source = LineCursor(bytes)
    cursor = SourceCursor(bytes)
    events = YAMLEvents(bytes)
  }

  /// The document's root, which is a mapping unless any is taken; nil if it is something else, which is reported.
  mutating func document() throws(Stop) -> ConfigNode? {
    var event = try next()
    if case .streamStart = event.kind { event = try next() }
    if case .streamEnd = event.kind { return emptyRoot }
    let root = try compose(next()).node
    _ = try next()  // the document's end
    event = try next()
    if case .documentStart = event.kind {
      diagnostics.append(Diagnostic("a file holds one YAML document; a second one starts here", at: place(of: event)))
    }
    if root.isNull { return emptyRoot }
    if root.entries == nil, !takesAnyRoot {
      diagnostics.append(Diagnostic("the file must be a mapping, got \(root.kindName)", at: root.place))
      return nil
    }
    return root
  }

  private var emptyRoot: ConfigNode { ConfigNode(.mapping([]), at: Place(file: file)) }

  /// The node that starts with `event`; of a key, the environment is not looked up.
  mutating func compose(_ event: YAMLEvent, isKey: Bool = false) throws(Stop) -> Composed {
    if case .alias = event.kind { return try resolve(event) }
    let countBefore = values
    try count(1, at: place(of: event))
    if let anchor = event.anchor { anchors[anchor] = .open }
    let composed: Composed
    switch event.kind {
    case .scalar(let text, let style):
      composed = Composed(node: try scalar(text, style: style, event, isKey: isKey))
    case .sequenceStart: composed = try nested(event) { composer throws(Stop) in try composer.sequence(event) }
    default: composed = try nested(event) { composer throws(Stop) in try composer.mapping(event) }
    }
    if let anchor = event.anchor { anchors[anchor] = .closed(composed, values: values - countBefore) }
    return composed
  }

  private mutating func nested(
    _ event: YAMLEvent, _ compose: (inout DocumentComposer) throws(Stop) -> Composed
  ) throws(Stop) -> Composed {
    checkCollectionTag(of: event)
    depth += 1
    defer { depth -= 1 }
    try checkDepth(depth, at: place(of: event))
    return try compose(&self)
  }

  private mutating func sequence(_ start: YAMLEvent) throws(Stop) -> Composed {
    var elements = [ConfigNode]()
    var height = 0
    while true {
      let event = try next()
      if case .sequenceEnd = event.kind {
        let place = place(from: start, to: event, firstChild: elements.first?.place)
        return Composed(node: ConfigNode(.sequence(elements), at: place), height: height + 1)
      }
      let element = try compose(event)
      height = max(height, element.height)
      elements.append(element.node)
    }
  }

  private mutating func mapping(_ start: YAMLEvent) throws(Stop) -> Composed {
    var entries = MappingEntries()
    var firstKey: Place?
    var height = 0
    while true {
      let event = try next()
      if case .mappingEnd = event.kind {
        let place = place(from: start, to: event, firstChild: firstKey)
        return Composed(node: ConfigNode(.mapping(entries.merged()), at: place), height: height + 1)
      }
      let key = try compose(event, isKey: true)
      let value = try compose(next())
      firstKey = firstKey ?? key.node.place
      height = max(height, key.height, value.height)
      if let problem = entries.add(key: key.node, value: value.node) { diagnostics.append(problem) }
    }
  }

  /// The next event, or the end of reading.
  private mutating func next() throws(Stop) -> YAMLEvent {
    do {
      return try events.next()
    } catch {
      throw Stop(diagnostic: error.diagnostic(file: file, source: &source))
    }
  }

  mutating func checkDepth(_ depth: Int, at place: Place) throws(Stop) {
    guard depth > ConfigLimits.depth else { return }
    throw Stop(
      diagnostic: Diagnostic("lists and mappings stand in each other more than \(ConfigLimits.depth) deep", at: place))
  }

  mutating func count(_ more: Int, at place: Place, isAlias: Bool = false) throws(Stop) {
    values += more
    guard values > ConfigLimits.values else { return }
    let limit = ConfigLimits.shown(ConfigLimits.values)
    let message = isAlias ? "aliases expand to more than \(limit) values" : "there are more than \(limit) values"
    throw Stop(diagnostic: Diagnostic("\(message), the limit for a whole configuration", at: place))
  }

  /// The node of an alias, counted as if it were written out.
  private mutating func resolve(_ event: YAMLEvent) throws(Stop) -> Composed {
    let name = event.anchor ?? ""
    let place = place(of: event)
    switch anchors[name] {
    case .closed(let composed, let size):
      try count(size, at: place, isAlias: true)
      try checkDepth(depth + composed.height, at: place)
      return composed
    case .open:
      diagnostics.append(Diagnostic("the alias \(VisibleText.quoted("*" + name)) contains itself", at: place))
    case nil:
      let near = Suggestion.nearest(to: name, among: anchors.keys.sorted()).map { "*" + $0 }
      diagnostics.append(
        Diagnostic("unknown alias \(VisibleText.quoted("*" + name))", at: place, suggestion: near))
    }
    return Composed(node: ConfigNode(.scalar(.init(text: "", isPlain: true, isBroken: true)), at: place))
  }
}
