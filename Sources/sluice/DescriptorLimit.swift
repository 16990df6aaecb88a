import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many descriptors, and so connections, the process may have: raised to what the system allows.
enum DescriptorLimit {
  /// Fewer than this is worth a word.
  private static let comfortable: rlim_t = 10_000

  static func raise(_ logger: Logger) {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return }
    if limit.rlim_cur < limit.rlim_max {
      let before = limit.rlim_cur
      limit.rlim_cur = limit.rlim_max
      if setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
    }
    guard limit.rlim_cur < comfortable else { return }
    logger.warning("only \(limit.rlim_cur) descriptors are allowed, so fewer connections; see 'ulimit -n'")
  }
}
