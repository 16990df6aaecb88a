#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why the system refused something.
package struct SystemError: Error, Equatable, Sendable {
  /// `errno`.
  package var code: CInt

  /// A number as `errno` has it.
  package init(_ code: CInt) { self.code = code }

  /// In the system's words: "No such file or directory".
  package var reason: String {
    var buffer = [CChar](repeating: 0, count: 256)
    _ = strerror_r(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The system does not allow it, rather than that it cannot be done.
  package var isPermission: Bool { code == EACCES || code == EPERM }
}
