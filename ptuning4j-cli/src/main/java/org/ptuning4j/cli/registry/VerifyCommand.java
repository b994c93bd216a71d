package org.ptuning4j.cli.registry;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.PublishedPack;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune registry verify}: whether files and signature are right. */
@CommandLine.Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Reads every file of a version and compares it with what was published; with --trust, its"
          + " signature too.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune registry verify mood@prod --trust release.pub --registry /srv/packs"
    })
public final class VerifyCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "NAME, NAME@3 or NAME@ALIAS.")
  String pack;

  @Option(
      names = "--trust",
      paramLabel = "KEY",
      description = "Take only what this public key signed. Repeat it for several keys.")
  List<Path> keys = List.of();

  public VerifyCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    PublishedPack found = opened.registry().verified(PackReference.parse(pack), trust(keys));
    console.print(
        found.facts().reference()
            + ": "
            + found.facts().files().size()
            + " files are as they were published"
            + (keys.isEmpty() ? "" : ", signed by " + found.key().orElse("")));
    return OK;
  }
}
