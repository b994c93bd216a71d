package org.ptuning4j.cli;

import java.util.concurrent.Callable;
import org.ptuning4j.cli.terminal.Command;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command itself, which only leads to its subcommands. */
@CommandLine.Command(
    name = "ptune",
    versionProvider = VersionLine.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Prompt tuning on the JVM: trains a small prompt for each task over one frozen language"
          + " model.",
      ""
    },
    commandListHeading = "%nCommands, in the order in which you will want them:%n",
    footer = {
      "",
      "Examples:",
      "  ptune demo",
      "  ptune check-data reviews.jsonl --text review --label stars",
      "  ptune train --model bert-mini --train train.tsv --dev dev.tsv --task sst2 --out runs/sst2",
      "  ptune predict --model bert-mini --pack runs/sst2/pack \"A delight from start to finish.\"",
      "  ptune compare --model bert-mini --task sst2 --train train.tsv --dev dev.tsv --out study",
      "",
      "`ptune COMMAND --help` explains a command. Exit codes: 0 all well, 2 something about the",
      "input or the options is wrong, 1 anything else."
    })
final class PtuneCommand implements Callable<Integer> {

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of ptuning4j, libtorch and Java.")
  boolean version;

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return Command.BAD_INPUT;
  }
}
