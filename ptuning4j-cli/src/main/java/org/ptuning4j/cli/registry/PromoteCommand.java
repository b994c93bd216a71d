package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune registry promote}: an alias points to a version. */
@CommandLine.Command(
    name = "promote",
    sortOptions = false,
    description = {"Points an alias to a version; whoever follows the alias changes over.", ""},
    footer = {
      "",
      "Examples:",
      "  ptune registry promote mood@3 --alias prod --registry /srv/packs"
    })
public final class PromoteCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "NAME, NAME@3 or NAME@ALIAS.")
  String pack;

  @Option(names = "--alias", paramLabel = "ALIAS", description = "The alias. Default: prod.")
  String alias = "prod";

  public PromoteCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    PackReference reference = PackReference.parse(pack);
    Registry registry = opened.registry();
    registry.promote(reference, alias);
    print(registry.show(PackReference.parse(reference.name() + "@" + alias)));
    return OK;
  }
}
