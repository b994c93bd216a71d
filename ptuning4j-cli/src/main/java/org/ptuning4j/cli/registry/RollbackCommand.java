package org.ptuning4j.cli.registry;

import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Registry;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune registry rollback}: an alias points to where it pointed before. */
@CommandLine.Command(
    name = "rollback",
    sortOptions = false,
    description = {"Points an alias to the version to which it pointed before.", ""},
    footer = {"", "Examples:", "  ptune registry rollback mood --alias prod --registry /srv/packs"})
public final class RollbackCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "NAME", description = "The name.")
  String name;

  @Option(names = "--alias", paramLabel = "ALIAS", description = "The alias. Default: prod.")
  String alias = "prod";

  public RollbackCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    Registry registry = opened.registry();
    print(registry.show(PackReference.of(name, registry.rollback(name, alias))));
    return OK;
  }
}
