import ConfigText

/// `file: PATH`: a file that is followed as it grows, replayed, or given whole to each subscriber.
package struct FileSource: SourceKind {
  package enum Mode: String, ConfigChoice {
    case follow, replay, each
  }

  /// Where following starts in a file that is there already.
  package enum Start: String, ConfigChoice {
    case end, start
  }

  package var path = ConfigPath("")
  package var mode = Mode.follow
  /// For `follow`; nil: the end.
  package var from: Start?
  /// For `replay`: how many messages in which time.
  package var rate: Rate?
  /// For `replay`: by the messages' own times.
  package var speed: ReplaySpeed?
  /// For `replay`: starts anew at the end.
  package var loop: Bool?

  /// Needs a path.
  package init() {}

  package init(_ path: ConfigPath, mode: Mode) {
    self.path = path
    self.mode = mode
  }

  package static let key = "file"

  package static let fields = FieldTable<FileSource>([
    Field.required("file", \.path, "The file.", example: "/var/log/app.log"),
    Field("mode", \.mode, "What is read of it: follow, replay or each.", default: "follow", example: "each"),
    Field(
      "from", \.from, "Where following starts in a file that is there already: end or start.", default: "end",
      example: "start"),
    Field("rate", \.rate, "How fast a file is replayed.", default: "as fast as it goes", example: "20/s"),
    Field(
      "speed", \.speed, "Replays by the time in a field of each message, so many times as fast.",
      example: "{field: time, factor: 10}"),
    Field("loop", \.loop, "Replays again from the start at the end.", default: "false", example: "true"),
  ])

  package var unusedSettings: [String] { mode == .each ? ["into", "on_demand", "stale_after"] : [] }

  /// Keys of one mode have no meaning in another; `rate` and `speed` contradict each other.
  package func check(_ reader: inout ConfigReader, at place: Place) {
    if rate != nil, speed != nil { reader.error("'rate' and 'speed' contradict each other; leave one out", at: place) }
    let given = [("rate", rate != nil), ("speed", speed != nil), ("loop", loop != nil)]
    if mode != .replay {
      for (name, isGiven) in given where isGiven {
        reader.error("'\(name)' has a meaning only with 'mode: replay'", at: place)
      }
    }
    if mode != .follow, from != nil { reader.error("'from' has a meaning only with 'mode: follow'", at: place) }
  }

  /// Follows without end; a replay ends for good unless it loops. A file of mode `each` is opened by `EachFile`.
  package func run(into outlet: Outlet, settings: SourceSettings, context: SourceContext) async throws -> String {
    switch mode {
    case .follow:
      return try await FileFollowing(path: path.path, fromStart: from == .start)
        .run(into: outlet, settings: settings, pool: context.threadPool)
    case .replay:
      return try await FileReplay(path: path.path, pace: pace, isLooping: loop == true)
        .run(into: outlet, settings: settings, pool: context.threadPool)
    case .each:
      return "each subscriber reads \(path.path) on its own"
    }
  }

  private var pace: ReplayPace {
    if let rate { .rate(rate) } else if let speed { .speed(speed) } else { .unpaced }
  }
}

/// Replays a file by the times in its messages.
package struct ReplaySpeed: ConfigSpec {
  /// The field of a JSON message that holds its time; `a.b` is field `b` of the object in `a`.
  package var field = ""
  /// How many times as fast as the times say.
  package var factor = 1.0

  /// Needs a field.
  package init() {}

  package init(field: String, factor: Double) {
    self.field = field
    self.factor = factor
  }

  package static let label = "speed"

  package static let fields = FieldTable<ReplaySpeed>([
    Field.required("field", \.field, "The field with the time of a message.", example: "time"),
    Field("factor", \.factor, "How many times as fast.", default: "1", example: "10") { node, speed, reader in
      guard let factor = Double.decode(node, &reader) else { return }
      if factor > 0 {
        speed.factor = factor
      } else {
        reader.error("'factor' must be more than zero", at: node.place)
      }
    },
  ])
}
