import CleaveModel
import DequeModule

/// The memory that all sessions of a cloud share: what each is charged with, the room that is reserved for some, and
/// the sessions that wait for room.
///
/// A session's KV cache is charged as soon as its hidden states are here, so that an answer never lacks memory.
struct MemoryBudget {
  private struct Account {
    var charged = 0
    /// Bytes that are kept for the session until its next answer.
    var reserved = 0
  }

  private let limit: Int
  private let cost: SessionCost
  private let meter: CloudMeter
  private var accounts: [UInt64: Account] = [:]
  /// Sessions that wait for room, the longest first.
  private var parked: Deque<UInt64> = []
  /// Bytes that all sessions are charged with.
  private(set) var charged = 0

  init(limit: Int, cost: SessionCost, meter: CloudMeter) {
    self.limit = limit
    self.cost = cost
    self.meter = meter
  }

  // MARK: - Accounts

  /// Brings what a session is charged with up to date.
  mutating func recharge(_ id: UInt64, in table: SessionTable) {
    guard let session = table[id] else { return }
    let reserved = accounts[id]?.reserved ?? 0
    let bytes = session.isOpen ? max(reserved, cost.bytes(session)) : 0
    charged += bytes - (accounts[id]?.charged ?? 0)
    accounts[id, default: Account()].charged = bytes
  }

  /// Ends the charge, the reservation and the wait of a session.
  mutating func release(_ id: UInt64) {
    charged -= accounts.removeValue(forKey: id)?.charged ?? 0
    parked.removeAll { $0 == id }
  }

  func hasReservation(_ id: UInt64) -> Bool { accounts[id].map { $0.reserved > 0 } ?? false }

  /// Ends the reservation of a session. The caller recharges the session.
  mutating func endReservation(_ id: UInt64) { accounts[id]?.reserved = 0 }

  // MARK: - Room

  /// Evicts sessions until one may have so many positions.
  ///
  /// - Returns: whether there is room.
  /// - Throws: `MessageError` where there never will be.
  mutating func makeRoom(
    for positions: Int, _ id: UInt64, in table: inout SessionTable
  ) throws(MessageError) -> Bool {
    guard let session = table[id] else { return false }
    let wanted = cost.bytes(session, growingTo: positions)
    guard wanted <= limit else {
      throw MessageError(
        "\(positions) positions take \(wanted) bytes; all sessions have \(limit)",
        code: .contextLimit)
    }
    let more = max(0, wanted - (accounts[id]?.charged ?? 0))
    return makeRoom(more, except: id, in: &table)
  }

  /// Evicts sessions that ask nothing until so many bytes are free. With 0 bytes it evicts until the limit holds.
  ///
  /// - Returns: whether the bytes are free.
  mutating func makeRoom(
    _ bytes: Int = 0, except id: UInt64, in table: inout SessionTable
  ) -> Bool {
    while charged + bytes > limit {
      guard let victim = table.victim(where: { $0 != id && mayBeEvicted($0) }) else { return false }
      evict(victim, in: &table)
    }
    return true
  }

  /// A session with reserved room keeps it until its next answer.
  private func mayBeEvicted(_ id: UInt64) -> Bool {
    accounts[id].map { $0.charged > 0 && $0.reserved == 0 } ?? false
  }

  mutating func evict(_ id: UInt64, in table: inout SessionTable) {
    meter.note { $0.evictions += 1 }
    table.evict(id)
    release(id)
  }

  // MARK: - Waiting for room

  /// Lets a session wait until there is room for `wanted` positions. What it says until then is dropped.
  mutating func park(
    _ id: UInt64, wanted: Int, now: ContinuousClock.Instant, in table: inout SessionTable
  ) {
    switch table[id]?.phase {
    case .parked(let before)?:
      table.update(id) { $0.park(wanted: max(before, wanted)) }
      return
    // Told already to come back: what it says now it will say again.
    case .lacking?, .connected?, .ended?, nil: return
    case .live?: evict(id, in: &table)
    case .evicted?: break
    }
    table.update(id) { $0.park(wanted: wanted) }
    parked.append(id)
    admit(now: now, in: &table)
  }

  /// Tells sessions that wait to come back, in their order, as far as there is room.
  mutating func admit(now: ContinuousClock.Instant, in table: inout SessionTable) {
    while let id = parked.first, let session = table[id],
      case .parked(let wanted) = session.phase
    {
      // A session that can never fit is refused when its states arrive.
      let bytes = min(limit, cost.bytes(session, readmittingWith: wanted))
      guard makeRoom(bytes, except: id, in: &table) else { return }
      parked.removeFirst()
      accounts[id, default: Account()].reserved = bytes
      table.update(id) { $0.readmit(now: now) }
      recharge(id, in: table)
      table[id]?.reply(.lacking(positions: 0))
    }
  }
}
