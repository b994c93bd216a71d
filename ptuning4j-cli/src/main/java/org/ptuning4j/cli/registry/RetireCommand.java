package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry retire}: a version is not to be used any more. */
@CommandLine.Command(
    name = "retire",
    sortOptions = false,
    description = {
      "Marks a version as one that is not to be used any more. Its files stay until they are"
          + " purged.",
      ""
    },
    footer = {"", "Examples:", "  ptune registry retire mood@1 --registry /srv/packs"})
public final class RetireCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "NAME, NAME@3 or NAME@ALIAS.")
  String pack;

  public RetireCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    opened.registry().retire(PackReference.parse(pack));
    console.print(pack + " is retired");
    return OK;
  }
}
