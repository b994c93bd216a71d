package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry show}: what a version is. */
@CommandLine.Command(
    name = "show",
    sortOptions = false,
    description = {
      "Shows a version: what it is, where it comes from, its files and their hashes.",
      ""
    },
    footer = {"", "Examples:", "  ptune registry show mood@prod --registry /srv/packs"})
public final class ShowCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "NAME, NAME@3 or NAME@ALIAS.")
  String pack;

  public ShowCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    print(opened.registry().show(PackReference.parse(pack)));
    return OK;
  }
}
