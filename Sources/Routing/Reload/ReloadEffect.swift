/// When and how a changed key takes effect at a reload.
package enum ReloadEffect: String, CaseIterable, Sendable {
  /// Live connections have it at once.
  case now
  /// Live connections keep what they began with.
  case newConnections
  /// What is live goes on untouched, with other filters from one message to the next.
  case betweenMessages
  /// The same; but where filters tell requests apart by other values than before, streams are others.
  case betweenMessagesOrStreams
  /// The source ends and starts; its stream goes on.
  case sourceRestart
  /// The stream is another one, unless something of the old one is left.
  case newStream
  /// What was kept by other keys is no use.
  case newKeys
  /// Sockets are opened and closed, those that stay are not touched.
  case rebind
  /// What runs cannot take it on.
  case serverRestart

  /// As manuals say it.
  package var words: String {
    switch self {
    case .now: "At once, also for live connections."
    case .newConnections: "For new connections; live ones keep what they began with."
    case .betweenMessages: "Between two messages: each passes the old or the new, none both and none neither."
    case .betweenMessagesOrStreams:
      "Between two messages; "
        + "if other values of requests are used than before, subscribers move to new streams and are told a gap."
    case .sourceRestart: "The source is stopped and started anew; its subscribers stay and wait."
    case .newStream:
      "Messages come from the new sources; "
        + "if none of the old is among them, subscribers move to a new stream with ids of its own and are told a gap."
    case .newKeys: "At once; what is kept by key starts anew."
    case .rebind:
      "A new address is bound before anything changes, one that stays keeps its socket, "
        + "and one that is gone accepts no more while its connections stay."
    case .serverRestart: "When the server is started again."
    }
  }

  /// What a plan says of a changed key, behind its name; `nil`: nothing, as all goes by itself.
  var note: String? {
    switch self {
    case .newConnections: "holds for new connections"
    case .serverRestart: "takes a restart"
    default: nil
    }
  }
}
