import CLibYAML

/// A place in libyaml's terms: index, line and column from 0, index and column in Unicode scalars.
struct YAMLMark: Equatable {
  var index: Int
  var line: Int
  var column: Int

  fileprivate init(_ mark: yaml_mark_t) {
    index = Int(mark.index)
    line = Int(mark.line)
    column = Int(mark.column)
  }
}

/// What libyaml has read next.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias
    case scalar(text: String, style: ScalarStyle)
    case sequenceStart, sequenceEnd
    case mappingStart, mappingEnd
  }

  enum ScalarStyle {
    case plain, quoted, block
  }

  var kind: Kind
  /// The anchor's name, or the alias's.
  var anchor: String?
  /// The tag in its long form, such as "tag:yaml.org,2002:str".
  var tag: String?
  /// Whether a list or mapping is in brackets.
  var isFlow = false
  var start: YAMLMark
  var end: YAMLMark
}

/// Why libyaml cannot read on.
struct YAMLFailure: Error {
  /// What is wrong, such as "did not find expected key".
  var problem: String
  var place: YAMLMark
  /// What was being read, such as "while parsing a block mapping", and where that started.
  var context: String?
  var contextPlace: YAMLMark
}

/// libyaml's event parser over one text: the only place that touches libyaml's memory.
///
/// Owns the parser and a copy of the text, since libyaml keeps pointers to both; neither leaves this type, and every
/// event is copied into Swift values before it is freed.
struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Events of a text that has been found to be UTF-8 without a byte order mark.
  init(_ bytes: [UInt8]) {
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("out of memory") }
    input = .allocate(capacity: max(bytes.count, 1))
    _ = input.initialize(from: bytes)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event; not to be called again after the end of the stream or a failure.
  ///
  /// - Throws: a `YAMLFailure` where the text is not YAML.
  mutating func next() throws(YAMLFailure) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    var copy = YAMLEvent(kind: .streamEnd, start: YAMLMark(event.start_mark), end: YAMLMark(event.end_mark))
    switch event.type {
    case YAML_STREAM_START_EVENT: copy.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: copy.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: copy.kind = .documentEnd
    case YAML_SEQUENCE_END_EVENT: copy.kind = .sequenceEnd
    case YAML_MAPPING_END_EVENT: copy.kind = .mappingEnd
    case YAML_ALIAS_EVENT:
      copy.kind = .alias
      copy.anchor = text(event.data.alias.anchor)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      copy.kind = .sequenceStart
      copy.isFlow = data.style == YAML_FLOW_SEQUENCE_STYLE
      (copy.anchor, copy.tag) = (text(data.anchor), text(data.tag))
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      copy.kind = .mappingStart
      copy.isFlow = data.style == YAML_FLOW_MAPPING_STYLE
      (copy.anchor, copy.tag) = (text(data.anchor), text(data.tag))
    case YAML_SCALAR_EVENT:
      let data = event.data.scalar
      let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
      copy.kind = .scalar(text: String(decoding: bytes, as: UTF8.self), style: style(data.style))
      (copy.anchor, copy.tag) = (text(data.anchor), text(data.tag))
    default: break
    }
    return copy
  }

  private func style(_ style: yaml_scalar_style_t) -> YAMLEvent.ScalarStyle {
    switch style {
    case YAML_PLAIN_SCALAR_STYLE: .plain
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
    default: .quoted
    }
  }

  private func failure() -> YAMLFailure {
    YAMLFailure(
      problem: parser.pointee.problem.map { String(cString: $0) } ?? "out of memory",
      place: YAMLMark(parser.pointee.problem_mark),
      context: parser.pointee.context.map { String(cString: $0) },
      contextPlace: YAMLMark(parser.pointee.context_mark))
  }

  private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }
}
