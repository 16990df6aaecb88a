import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A user of the system, with all groups it is in.
struct Account: Equatable {
  private var user: uid_t
  private var group: gid_t
  private var groups: [gid_t]

  /// Looks the user up.
  ///
  /// - Throws: `ProcessFailure` when there is no such user.
  init(named name: String) throws(ProcessFailure) {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 << 10)
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
      throw ProcessFailure("there is no user '\(name)'")
    }
    user = entry.pw_uid
    group = entry.pw_gid
    #if canImport(Darwin)
      var list = [Int32](repeating: 0, count: 256)
      var count = Int32(list.count)
      getgrouplist(name, Int32(bitPattern: group), &list, &count)
      groups = list.prefix(Int(max(count, 0))).map { gid_t(bitPattern: $0) }
    #else
      var list = Array(repeating: group, count: 1024)
      var count = CInt(list.count)
      groups = getgrouplist(name, group, &list, &count) < 0 ? [group] : Array(list.prefix(Int(count)))
    #endif
  }

  /// A process started with these options runs as the user, with none of the server's groups.
  func apply(to options: inout PlatformOptions) {
    if geteuid() == user { return }
    options.userID = user
    options.groupID = group
    options.supplementaryGroups = groups
  }
}
