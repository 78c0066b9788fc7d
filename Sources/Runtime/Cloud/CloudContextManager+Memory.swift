extension CloudContextManager {
  /// Bytes that a session takes with so many positions. Its KV cache is counted as soon as the states are
  /// here, so that an answer never wants for memory.
  private func cost(positions: Int, pending: Int) -> Int {
    let shape = KVCacheShape(
      model.manifest.configuration, numerics, blockCount: model.stack.range.count)
    return shape.bytes(positions: positions) + pending * MemoryLayout<Float>.size
  }

  private func cost(_ session: CloudSession) -> Int {
    max(
      session.promised,
      cost(
        positions: session.mostPositions,
        pending: session.pending.capacity + session.rows.capacity
          + session.inboxPositions * hiddenSize))
  }

  /// Whether the cap holds, when those who ask nothing have made room.
  func isWithinMemory(except id: UInt64) -> Bool { makeRoom(0, except: id) }

  /// Brings what a session is charged with up to date.
  func recharge(_ id: UInt64) {
    guard let session = sessions[id] else { return }
    let now = session.isOpen ? cost(session) : 0
    charged += now - session.charged
    sessions[id]?.charged = now
    noteSessions()
  }

  /// Takes memory from sessions that ask nothing, the longest silent first, until this one may have so many
  /// positions.
  ///
  /// - Returns: whether there is room.
  /// - Throws: where there never will be.
  func makeRoom(for positions: Int, _ id: UInt64) throws(MessageError) -> Bool {
    guard let session = sessions[id] else { return false }
    // Arrays grow by doubling.
    let states = 2 * (positions - session.ran) * hiddenSize
    let wanted = cost(positions: max(positions, session.mostPositions), pending: states)
    guard wanted <= limits.bytes else {
      throw MessageError(
        "\(positions) positions take \(wanted) bytes; all sessions have \(limits.bytes)",
        code: .contextLimit)
    }
    return makeRoom(max(0, wanted - session.charged), except: id)
  }

  private func makeRoom(_ bytes: Int, except id: UInt64) -> Bool {
    while charged + bytes > limits.bytes {
      let victim = sessions.filter { $0.key != id && $0.value.mayBeEvicted && $0.value.charged > 0 }
        .min { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) }
      guard let victim else { return false }
      evict(victim.key)
    }
    return true
  }

  /// Everything that a session has goes. It is told when it next speaks.
  func evict(_ id: UInt64) {
    meter.note { $0.evictions += 1 }
    release(id)
    sessions[id]?.phase = .evicted
    renewCache(id)
  }

  func release(_ id: UInt64) {
    guard let session = sessions[id] else { return }
    if session.cache != 0 { dropping.append(session.cache) }
    asking.removeAll { $0 == id }
    parked.removeAll { $0 == id }
    charged -= session.charged
    sessions[id]?.charged = 0
    sessions[id]?.cache = 0
    sessions[id]?.lose()
  }

  func renewCache(_ id: UInt64) {
    cacheCount += 1
    sessions[id]?.cache = cacheCount
  }

  /// The session is told to come back when there is room. Until then what it says is dropped.
  func park(_ id: UInt64, wanted: Int) {
    guard let session = sessions[id] else { return }
    switch session.phase {
    case .parked(let before):
      sessions[id]?.phase = .parked(wanted: max(before, wanted))
      return
    // It has not heard yet that it is to come back: what it says now it will say again.
    case .lacking: return
    case .live: evict(id)
    default: break
    }
    sessions[id]?.phase = .parked(wanted: wanted)
    parked.append(id)
    admit()
  }

  /// Tells those who wait, in their order, as far as there is room.
  func admit() {
    while let id = parked.first, case .parked(let wanted)? = sessions[id]?.phase {
      let positions = min(
        wanted + Self.slack, model.manifest.configuration.contextLength)
      let bytes = cost(positions: positions, pending: 2 * positions * hiddenSize)
      // Where a whole cloud is not enough the states are refused when they come.
      guard makeRoom(min(bytes, limits.bytes), except: id) else { return }
      parked.removeFirst()
      sessions[id]?.phase = .lacking
      sessions[id]?.promised = min(bytes, limits.bytes)
      sessions[id]?.lastHeard = .now
      recharge(id)
      sessions[id]?.reply(.lacking(positions: 0))
    }
  }

  /// Positions that a session may go on for in the room that it is promised.
  private static var slack: Int { 64 }
}
