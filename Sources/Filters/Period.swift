import ConfigText

extension Field {
  /// A field for a length of time that something takes each time: 1 ms or more.
  static func period(
    _ name: String, _ path: WritableKeyPath<Root, Duration> & Sendable, _ summary: String,
    default defaultText: String? = nil, example: String, isRequired: Bool = false
  ) -> Field {
    bounded(
      name, path, .milliseconds(1)...Duration.longestConfigured, "1ms or more", summary, default: defaultText,
      example: example, isRequired: isRequired)
  }

  /// The same for a length of time that may be left open.
  static func period(
    _ name: String, _ path: WritableKeyPath<Root, Duration?> & Sendable, _ summary: String,
    default defaultText: String? = nil, example: String
  ) -> Field {
    bounded(
      name, path, .milliseconds(1)...Duration.longestConfigured, "1ms or more", summary, default: defaultText,
      example: example)
  }
}

extension Duration {
  /// For lengths up to `longestConfigured`; parts of a nanosecond are cut off.
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
