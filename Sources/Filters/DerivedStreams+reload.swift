import Streams

extension DerivedStreams {
  /// Goes on with other settings, whose filters use the same of a request: the streams there are stay.
  ///
  /// Each message passes one of two chains. First every stream has the whole new chain, then the index goes: what the old
  /// index has let through may come after that, and has been refused by the old chain or passes the new one from its start.
  ///
  /// - Parameter start: where the base group's messages begin that have passed the chain that is now in front of this one,
  ///   if that has changed as well: a stream born later gets nothing of before, which has passed parts of two chains.
  package func apply(_ settings: Settings, from start: Offset? = nil) {
    let (streams, isSame) = state.withLock { state -> ([DerivedStream], Bool) in
      let isSame = state.settings.steps == settings.steps && state.settings.onError == settings.onError
      state.settings = settings
      state.version += 1
      state.start = start ?? state.start
      state.isChanging = !isSame
      return (Array(state.streams.values), isSame)
    }
    for stream in streams {
      if isSame { stream.group.apply(settings.group) } else { Self.apply(settings, to: stream) }
    }
    guard !isSame else { return }
    state.withLock { $0.changeIndex() }
  }

  private static func apply(_ settings: Settings, to stream: DerivedStream) {
    stream.group.apply(settings.group)
    stream.pipeline.replace(settings.steps, onError: settings.onError)
  }
}

extension DerivedStreams.State {
  mutating func changeIndex() {
    index = EqualityIndex(settings.steps, onError: settings.onError)
    isChanging = false
    byValue = [:]
    for stream in streams.values {
      if let value = index?.value(of: stream.parameters) { byValue[value, default: []].append(stream) }
    }
  }

  mutating func forgetValue(of stream: DerivedStream) {
    guard let value = index?.value(of: stream.parameters) else { return }
    byValue[value]?.removeAll { $0 === stream }
    if byValue[value]?.isEmpty == true { byValue[value] = nil }
  }
}
