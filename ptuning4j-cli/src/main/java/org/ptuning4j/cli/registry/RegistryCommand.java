package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ptune registry}, which only leads to its subcommands. */
@CommandLine.Command(
    name = "registry",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Publishes packs in a folder: versions that never change, aliases such as prod that point to"
          + " them, an audit log, signatures.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  ptune registry publish runs/mood/pack --name mood --alias prod --registry /srv/packs",
      "  ptune predict --model bert-mini --pack registry:/srv/packs/mood@prod \"A fine day.\"",
      "",
      "`ptune registry COMMAND --help` explains a command."
    })
public final class RegistryCommand extends Command {

  @Spec CommandSpec spec;

  public RegistryCommand(Console console) {
    super(console);
  }

  /** The command with its subcommands. */
  public static CommandLine withSubcommands(Console console) {
    return new CommandLine(new RegistryCommand(console))
        .addSubcommand(new PublishCommand(console))
        .addSubcommand(new ListCommand(console))
        .addSubcommand(new ShowCommand(console))
        .addSubcommand(new SearchCommand(console))
        .addSubcommand(new PromoteCommand(console))
        .addSubcommand(new RollbackCommand(console))
        .addSubcommand(new RetireCommand(console))
        .addSubcommand(new PurgeCommand(console))
        .addSubcommand(new VerifyCommand(console))
        .addSubcommand(new PullCommand(console))
        .addSubcommand(new HistoryCommand(console))
        .addSubcommand(new KeygenCommand(console));
  }

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return BAD_INPUT;
  }
}
