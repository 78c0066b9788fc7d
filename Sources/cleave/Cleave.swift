import ArgumentParser
import CleaveModel

/// The root command.
struct Cleave: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cleave",
    abstract: "Splits a language model between an edge device and a cloud.",
    discussion: """
      A first path through all of it:

        cleave import model.gguf -o model
        cleave exits add model --at 10,20 -o model-exits
        cleave partition model-exits --edge edge --cloud cloud
        cleave verify edge cloud --model model-exits
        cleave run edge --cloud cloud --prompt "The capital of France is"

      Exit codes: 0 done or verified; 1 a check failed; 2 bad input or usage; 3 cannot write; \
      4 the cloud refuses or is gone; \
      130 interrupted. \
      Every command takes --help.
      """,
    version: CleaveVersion.text,
    subcommands: [
      ImportCommand.self, ImatrixCommand.self, QuantizeCommand.self, ExitsCommand.self,
      TrainCommand.self, CalibrateCommand.self,
      PartitionCommand.self,
      VerifyCommand.self, RunCommand.self, ServeCommand.self, EvalCommand.self, ReportCommand.self,
      ExportCommand.self, InspectCommand.self,
    ])
}
