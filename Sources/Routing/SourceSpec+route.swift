import Ingest

extension SourceSpec {
  /// Every subscriber has a stream of its own.
  var isEach: Bool { EachFile(self, name: "") != nil }
}

extension Framing {
  /// Messages are lines of text, among which a note of the server's is one more line.
  var isTextLines: Bool { self == .lines || self == .sse }
}
