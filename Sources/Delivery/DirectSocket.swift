import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A channel's own descriptor, written to without a detour: `send(2)` costs half of what a channel's `writeAndFlush` does.
///
/// Owned by the channel's event loop; used only there, only while the channel is active and nothing of ours is pending in
/// it. Both together make the raw descriptor safe: the channel closes it on this very loop, and is inactive from then on,
/// so a number that the system has given to somebody else is never written to.
struct DirectSocket {
  enum Outcome: Equatable {
    /// So many bytes were taken; fewer than offered when the socket is full, and possibly none.
    case sent(Int)
    /// The peer is gone.
    case failed(CInt)
  }

  private let descriptor: CInt
  private let channel: any Channel

  /// `nil` for a channel without a socket.
  init?(_ channel: any Channel) {
    let handle = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      $0
    }
    guard let descriptor = handle else { return nil }
    self.descriptor = descriptor
    self.channel = channel
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    guard channel.isActive else { return .failed(ENOTCONN) }
    while true {
      let count = Self.sendNow(descriptor, bytes)
      if count >= 0 { return .sent(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK, ENOBUFS: return .sent(0)
      case let reason: return .failed(reason)
      }
    }
  }

  /// Bytes that the system holds and the peer has not taken yet; only to be compared with what it was before. The channel
  /// must be active.
  var held: Int {
    var count: CInt = 0
    #if canImport(Darwin)
      var size = socklen_t(MemoryLayout<CInt>.size)
      guard getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 else { return 0 }
    #else
      guard ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
    #endif
    return Int(count)
  }

  #if canImport(Darwin)
    // NIO sets SO_NOSIGPIPE on its sockets there.
    private static func sendNow(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Darwin.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
    }
  #elseif canImport(Glibc)
    private static func sendNow(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
  #else
    private static func sendNow(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
      Musl.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
  #endif
}
