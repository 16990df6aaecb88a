import NIOCore

/// An event as an EventSource dispatches it (WHATWG HTML 9.2.6).
package struct ServerEvent: Equatable, Sendable {
  package var name: String
  package var data: String
  package var id: String
}

/// An event stream, read byte by byte as WHATWG HTML 9.2.5 and 9.2.6 say.
package struct EventStream: Sendable {
  /// The events that have been dispatched.
  package private(set) var events: [ServerEvent] = []
  /// The values of `retry` fields, in milliseconds.
  package private(set) var retries: [Int] = []
  package private(set) var comments: [String] = []

  private var name = ""
  private var data: [UInt8] = []
  private var hasData = false
  private var id = ""

  package init(_ bytes: some Collection<UInt8>) {
    var rest = Array(bytes)[...]
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
    while let end = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
      take(rest[..<end])
      let isPair = rest[end] == 13 && end + 1 < rest.endIndex && rest[end + 1] == 10
      rest = rest[(end + (isPair ? 2 : 1))...]
    }
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    guard !line.isEmpty else { return dispatch() }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "": comments.append(String(decoding: line.dropFirst(), as: UTF8.self))
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data":
      data += Array(value) + [10]
      hasData = true
    case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
    case "retry": if let delay = Int(String(decoding: value, as: UTF8.self)) { retries.append(delay) }
    default: break
    }
  }

  private mutating func dispatch() {
    if hasData {
      let text = String(decoding: data.dropLast(), as: UTF8.self)
      events.append(ServerEvent(name: name.isEmpty ? "message" : name, data: text, id: id))
    }
    (name, data, hasData) = ("", [], false)
  }
}

extension Response {
  /// The body as an event stream.
  package var eventStream: EventStream { EventStream(body.readableBytesView) }
  /// The events that have been dispatched.
  package var events: [ServerEvent] { eventStream.events }
}
