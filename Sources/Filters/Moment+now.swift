import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Moment {
  /// Now, on the clocks of the system.
  package static func now() -> Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(
      uptime: Int64(NIODeadline.now().uptimeNanoseconds),
      wall: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// An earlier moment by the clock that never goes back; what the other clock was is reckoned from now.
  static func at(uptime: Int64) -> Moment {
    let now = Moment.now()
    return now.advanced(by: uptime - now.uptime)
  }
}
