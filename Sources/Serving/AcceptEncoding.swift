/// `Accept-Encoding` (RFC 9110 section 12.5.3): which content codings a client takes.
struct AcceptEncoding {
  private let codings: [WeightedList.Member]

  init(_ value: String) { codings = WeightedList(value).members }

  /// Whether a response may be in gzip. A client that says nothing gets it plain, though it would have to take anything.
  var admitsGzip: Bool {
    // "x-gzip" is the same (section 8.4.1.3).
    for name in ["gzip", "x-gzip", "*"] {
      if let coding = codings.first(where: { $0.name == name }) { return coding.isAdmitted }
    }
    return false
  }
}
