#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The inputs that every run starts with: files of `Corpus/TARGET`, in the order of their names.
enum Corpus {
  /// The folder beside this file's source.
  static var folder: String { String(#filePath.dropLast("Corpus.swift".count)) + "Corpus" }

  static func load(_ target: String, in folder: String) -> [[UInt8]] {
    names(in: "\(folder)/\(target)").compactMap { read("\(folder)/\(target)/\($0)") }
  }

  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  private static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
