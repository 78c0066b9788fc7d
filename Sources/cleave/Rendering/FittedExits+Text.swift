import CleaveModel
import CleaveStorage
import CleaveTrain

extension FittedMap {
  var text: String {
    "exit \(exit): \(isReadout ? "readout" : "map") to the hidden states at depth \(target), fitted on \(positions) positions, "
      + "leaves \(unexplained.percent) of their variance unexplained"
  }

  var json: JSON {
    [
      "exit": .integer(Int64(exit)), "readout": .bool(isReadout), "target": .integer(Int64(target)),
      "positions": .integer(Int64(positions)), "unexplained": .real(unexplained),
    ]
  }
}

extension TailChoice {
  /// A table for each chain of exits.
  var text: String { chains.map(\.text).joined(separator: "\n") }
}

extension TailChoice.Chain {
  fileprivate var text: String {
    let names = exits.map { "exit \($0)" }
    var rows = [["blocks from", "unexplained", "loss"] + names.map { "\($0) agrees" }]
    rows += candidates.map { candidate in
      [
        "\(candidate.block)" + (candidate.block == best.block ? " *" : ""),
        candidate.unexplained.map(\.percent) ?? "-", candidate.loss.fixed(3),
      ] + candidate.scores.map(\.agreement.percent)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }.joined(separator: "  ")
    }
    return
      "tails of \(names.joined(separator: ", ")) begin as copies of the blocks marked *, chosen on "
      + "\(candidates[0].scores[0].tokens) held-out tokens\n" + lines.joined(separator: "\n")
  }
}

extension ExitTraining.Fit {
  func text(output: String) -> String {
    var lines = ["\(output): \(manifest.summary)"]
    if let choice { lines.append(choice.text) }
    lines += maps.map(\.text)
    for (exit, (before, after)) in zip(manifest.exits, zip(unfitted, scores)) {
      func line(_ name: String, _ score: HeldOutScore) -> String {
        "\(name): agreement \(score.agreement.percent), \(score.coverage95.percent) of tokens at 95 % "
          + "agreement, \(score.coverage90.percent) at 90 %"
      }
      lines.append(line("exit \(exit.depth), \(exit.body), not fitted", before))
      lines.append(
        line("exit \(exit.depth), \(exit.body), fitted", after)
          + "; temperature \(exit.temperature.fixed(2)) (\(after.tokens) held-out tokens)")
    }
    lines += returned.returnedLines(of: manifest.exits)
    lines.append("fitted in \(seconds.fixed(0)) s; the thresholds are not calibrated.")
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "seconds": .real(seconds), "capture": capture?.json ?? .null,
      "maps": .array(maps.map(\.json)), "init": choice?.json ?? .null,
      "exits": .array(
        zip(manifest.exits, zip(unfitted, scores)).map { exit, scores in
          [
            "depth": .integer(Int64(exit.depth)), "record": exit.json,
            "held_out_before": scores.0.json, "held_out": scores.1.json,
          ]
        }), "held_out_feedback": .array(returned.map(\.json)),
    ]
  }
}
