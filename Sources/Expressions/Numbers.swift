// The standard library's conversions of doubles call the C library's rounding functions, which come with this import.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
