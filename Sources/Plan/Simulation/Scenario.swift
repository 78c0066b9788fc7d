import CleaveModel
import CleaveRuntime

/// What a simulation plays: a model and its exits' answers, the machines, the link between them, and how they are used.
package struct Scenario: Sendable {
  /// What of an exit matters to the order of its computing.
  package struct Exit: Sendable {
    let depth: Int
    let readsModel: Bool
    let hasFeedback: Bool

    package init(depth: Int, readsModel: Bool, hasFeedback: Bool) {
      self.depth = depth
      self.readsModel = readsModel
      self.hasFeedback = hasFeedback
    }
  }

  /// A tier between the devices and the cloud, which has the exits that the devices have not.
  package struct Middle: Sendable {
    let costs: any StepCosts
    /// The link behind it, which all sessions share.
    let link: PlannedLink
    /// The sizes of messages on that link.
    package let sizes: MessageSizes

    package init(costs: any StepCosts, link: PlannedLink, sizes: MessageSizes) {
      self.costs = costs
      self.link = link
      self.sizes = sizes
    }
  }

  let blockCount: Int
  let exits: [Exit]
  let texts: [ExitTrace.Text]
  let choice: PlanChoice
  let link: PlannedLink
  let edge: any StepCosts
  let cloud: any StepCosts
  let middle: Middle?
  package let sizes: MessageSizes
  /// Seconds of a core that a message takes on the server, and as many on the device.
  let messageSeconds: Double
  /// Seconds that a request takes beyond everything else.
  let requestSeconds: Double
  let clients: Int
  /// Seconds that a client rests between texts.
  let think: Double

  /// - Parameters:
  ///   - edge, cloud: what the model's steps take on the device and on the server.
  ///   - messageSeconds: of a core, for a message.
  ///   - requestSeconds: beyond the link, messages and computing, for a request.
  ///   - think: seconds that a client rests between texts.
  ///   - middle: the tier between, where the choice has exits there.
  package init(
    blockCount: Int, exits: [Exit], texts: [ExitTrace.Text], choice: PlanChoice,
    link: PlannedLink, edge: any StepCosts, cloud: any StepCosts, sizes: MessageSizes,
    messageSeconds: Double, requestSeconds: Double = 0, clients: Int, think: Double,
    middle: Middle? = nil
  ) {
    precondition(clients > 0 && !texts.isEmpty)
    precondition(middle != nil || choice.middleExits == 0, "exits of a middle tier need one")
    self.blockCount = blockCount
    self.exits = exits
    self.texts = texts
    self.choice = choice
    self.link = link
    self.edge = edge
    self.cloud = cloud
    self.middle = choice.middleExits > 0 ? middle : nil
    self.sizes = sizes
    self.messageSeconds = messageSeconds
    self.requestSeconds = requestSeconds
    self.clients = clients
    self.think = think
  }

  /// The block where the cloud begins: 0 where tokens go up, or the whole model runs there.
  var cloudStart: Int {
    if choice.middleExits > 0 { return exits[choice.exits].depth }
    return choice.mode == .cloudOnly || choice.upload == .tokens ? 0 : exits.first?.depth ?? 0
  }

  /// The first of the choice's exits that reads what comes back; nil where nothing does, because no exit that may answer or
  /// draft needs it.
  var feedbackExit: Int? {
    guard choice.mode.hasCloud,
      let first = exits.prefix(choice.exits).firstIndex(where: \.hasFeedback)
    else { return nil }
    let readers = (first..<choice.exits).prefix { $0 == first || !exits[$0].readsModel }
    let deepest = choice.exits - 1
    let isNeeded = readers.contains {
      (choice.thresholds[$0] ?? 2) <= 1 || (choice.lookAhead > 0 && $0 == deepest)
    }
    return isNeeded ? first : nil
  }
}
