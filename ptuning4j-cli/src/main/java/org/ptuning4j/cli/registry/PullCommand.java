package org.ptuning4j.cli.registry;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune registry pull}: a version is copied out. */
@CommandLine.Command(
    name = "pull",
    sortOptions = false,
    description = {"Copies a version out of the registry, as a pack.", ""},
    footer = {
      "",
      "Examples:",
      "  ptune registry pull mood@prod --out packs/mood --registry /srv/packs"
    })
public final class PullCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "NAME, NAME@3 or NAME@ALIAS.")
  String pack;

  @Option(
      names = "--trust",
      paramLabel = "KEY",
      description = "Take only what this public key signed. Repeat it for several keys.")
  List<Path> keys = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder that is written; it must be new.")
  Path out;

  public PullCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    console.print(
        out
            + ": "
            + opened
                .registry()
                .pull(PackReference.parse(pack), trust(keys), out)
                .facts()
                .reference());
    return OK;
  }
}
