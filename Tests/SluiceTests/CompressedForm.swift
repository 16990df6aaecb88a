import TestSupport

/// The ways in which a stream comes compressed.
enum CompressedForm: CaseIterable, Sendable {
  case webSocket
  /// With a compressor of its own, as it cannot share one.
  case ownWebSocket
  case events
  case lines

  /// Those that are compressed once for all.
  static let shared = [webSocket, events, lines]

  var isWebSocket: Bool { self == .webSocket || self == .ownWebSocket }

  /// Returns when it has joined, if it reads.
  func open(
    _ path: String = "/x", _ sluice: SluiceProcess, receiveBuffer: Int? = nil, reads: Bool = true
  ) async throws -> InflatingClient {
    let port = sluice.port
    let client =
      switch self {
      case .webSocket:
        try await InflatingClient.webSocket(path, port: port, receiveBuffer: receiveBuffer, reads: reads)
      case .ownWebSocket:
        try await InflatingClient.webSocket(
          path, port: port, offer: "permessage-deflate; server_max_window_bits=11", windowBits: 11,
          receiveBuffer: receiveBuffer, reads: reads)
      case .events: try await InflatingClient.events(path, port: port, receiveBuffer: receiveBuffer, reads: reads)
      case .lines: try await InflatingClient.get(path, port: port, receiveBuffer: receiveBuffer, reads: reads)
      }
    if reads { try await client.waitForHead() }
    return client
  }

  /// What has come, messages and notes.
  func items(_ reading: InflatedReading) -> [String] {
    switch self {
    case .webSocket, .ownWebSocket: reading.texts
    case .events: reading.eventStream.events.map(\.data)
    case .lines: reading.lines
    }
  }

  /// How many times something came compressed.
  func compressed(_ reading: InflatedReading) -> Int {
    isWebSocket ? reading.frames.filter(\.isCompressed).count : reading.chunks.filter { $0 }.count
  }
}

/// Numbered messages that are alike, as those of a feed are.
enum Tick {
  static func text(_ number: Int, of feed: String = "a") -> String {
    "{\"feed\":\"\(feed)\",\"symbol\":\"\(["AAPL", "IBM", "MSFT"][number % 3])\",\"price\":\(number * 37 % 1000).25,"
      + "\"venue\":\"XNAS\",\"n\":\(number)}"
  }

  static func texts(_ numbers: ClosedRange<Int>, of feed: String = "a") -> [String] {
    numbers.map { text($0, of: feed) }
  }

  /// Its number; nil: it is a note.
  static func number(_ text: String) -> Int? { text.firstMatch(of: /"n":([0-9]+)/).flatMap { Int($0.1) } }

  /// What a note says was missed; nil: it is a message, or it is not known.
  static func missed(_ text: String) -> Int? { text.firstMatch(of: /"missed":([0-9]+)/).flatMap { Int($0.1) } }
}

extension SluiceProcess {
  func write(lines: [String]) throws { try write(lines.map { $0 + "\n" }.joined()) }
}

extension InflatingClient {
  /// Waits for the message with this number to have come; at most a few notes are behind it.
  @discardableResult
  func waitForTick(_ number: Int, of feed: String = "a") async throws -> InflatedReading {
    try await wait(for: "tick \(number)") { $0.tail.contains(Tick.text(number, of: feed)) }
  }
}
