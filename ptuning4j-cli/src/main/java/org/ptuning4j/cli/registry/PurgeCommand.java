package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry purge}: the files of retired versions are deleted. */
@CommandLine.Command(
    name = "purge",
    sortOptions = false,
    description = {
      "Deletes the files of the retired versions of a name. Their numbers are not given again.",
      ""
    },
    footer = {"", "Examples:", "  ptune registry purge mood --registry /srv/packs"})
public final class PurgeCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "NAME", description = "The name.")
  String name;

  public PurgeCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    console.print(name + ": purged " + opened.registry().purge(name));
    return OK;
  }
}
