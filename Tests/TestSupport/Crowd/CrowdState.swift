import Glibc

/// The members of a crowd and what they have seen. Used by one thread at a time.
struct CrowdState {
  struct Stream {
    var path: String
    var port: UInt16
    var rules: StreamRules
    var marks = MarkTable()
  }

  /// Members that come and go.
  struct Passage {
    var stream: Int
    var perSecond: Int
    /// How many of them there are at a time.
    var atOnce: Int
    var began: Int
    var opened = 0
    var live: [Int] = []
  }

  var streams: [Stream] = []
  var members: [CrowdMember] = []
  /// What is waited for at each member's socket.
  var watched: [pollfd] = []
  /// What has been counted so far; the rest of it is filled in when somebody asks.
  var counts = CrowdProgress()
  var passage: Passage?
  var isEnded = false
  /// Whether faults of closed connections are none.
  var mayClose = false
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)

  // MARK: - Coming and going

  /// Begins to connect one more, at a place of its own or that of one who is gone. Returns the place.
  @discardableResult
  mutating func join(_ stream: Int, isWebSocket: Bool, isPassing: Bool = false, at given: Int? = nil) -> Int {
    let descriptor = Sockets.connect(streams[stream].port, blocks: false)
    let member = CrowdMember(descriptor: descriptor, isWebSocket: isWebSocket, stream: stream, isPassing: isPassing)
    let watch = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let place = given ?? members.count
    if place == members.count {
      members.append(member)
      watched.append(watch)
    } else {
      members[place] = member
      watched[place] = watch
    }
    if descriptor < 0 { leave(place, fault: .refused) }
    return place
  }

  /// Closes the member's connection.
  mutating func leave(_ place: Int, fault: Fault? = nil) {
    guard members[place].stage != .gone else { return }
    if let fault { note(fault, at: place) }
    if members[place].descriptor >= 0 { close(members[place].descriptor) }
    members[place].descriptor = -1
    watched[place].fd = -1
    members[place].stage = .gone
    members[place].rest = []
  }

  private mutating func note(_ fault: Fault, at place: Int, _ more: String = "") {
    if mayClose, fault == .closed { return }
    counts.faults[fault, default: 0] += 1
    guard counts.examples.count < 10 else { return }
    let member = members[place]
    counts.examples.append(
      "\(fault.rawValue): \(streams[member.stream].path), \(member.isWebSocket ? "WebSocket" : "SSE") \(place), "
        + "last number \(member.check.last.map(String.init) ?? "none")\(more)")
  }

  // MARK: - What the sockets say

  mutating func handle(_ event: pollfd, at place: Int) {
    guard event.revents != 0, event.fd == members[place].descriptor else { return }
    switch members[place].stage {
    case .gone: break
    case .connecting:
      members[place].stage = .asking
      members[place].send(members[place].request(streams[members[place].stream].path))
      watched[place].events = Int16(POLLIN)
    case .asking, .reading: read(place)
    }
  }

  private mutating func read(_ place: Int) {
    let kept = members[place].rest.count
    if kept > 0 { buffer.replaceSubrange(0..<kept, with: members[place].rest) }
    let count = buffer.withUnsafeMutableBytes {
      recv(members[place].descriptor, $0.baseAddress.map { $0 + kept }, $0.count - kept, Int32(MSG_DONTWAIT))
    }
    guard count > 0 else {
      if count < 0, errno == EAGAIN { return }
      return leave(place, fault: members[place].stage == .asking ? .refused : .closed)
    }
    counts.bytes += count
    counts.reads += 1
    // Swapped out for the time: pieces point into it, while members change.
    var bytes: [UInt8] = []
    swap(&bytes, &buffer)
    let used = bytes.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<(kept + count)]), at: place) }
    swap(&bytes, &buffer)
    if used < kept + count || kept > 0 { members[place].rest = Array(buffer[used..<(kept + count)]) }
  }

  /// Returns how many of the bytes are dealt with.
  private mutating func take(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
    var start = 0
    if members[place].stage == .asking {
      guard let head = members[place].headEnd(bytes) else { return 0 }
      guard head.isRight else {
        leave(place, fault: .refused)
        return bytes.count
      }
      members[place].stage = .reading
      start = head.index
    }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
    return start + WireCutter.cut(rest, isWebSocket: members[place].isWebSocket) { accept($0, at: place) }
  }

  private mutating func accept(_ piece: WireCutter.Piece, at place: Int) {
    switch piece {
    case .message(let bytes): accept(message: bytes, at: place)
    case .ping(let payload): members[place].send(members[place].pong(payload))
    case .note(let bytes): note(.note, at: place, ": \(String(decoding: bytes.prefix(200), as: UTF8.self))")
    case .end(let code):
      members[place].closeCode = code
      if let code { counts.closeCodes[code, default: 0] += 1 }
    case .malformed: note(.malformed, at: place)
    }
  }

  private mutating func accept(message bytes: UnsafeRawBufferPointer, at place: Int) {
    guard let message = NumberedMessage(bytes) else {
      return note(.malformed, at: place, ": \(String(decoding: bytes.prefix(200), as: UTF8.self))")
    }
    counts.delivered += 1
    let lag = Monotonic.microseconds - message.writtenAt
    // A newcomer's history is old.
    if members[place].check.last != nil { counts.longestLag = max(counts.longestLag, lag) }
    let stream = members[place].stream
    let before = members[place].check.last
    if let fault = members[place].check.accept(message, streams[stream].rules, &streams[stream].marks) {
      note(fault, at: place, ", was \(before ?? 0)")
    }
  }
}

/// The clock that feed and crowd share.
package enum Monotonic {
  package static var microseconds: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
  }
}
