package org.ptuning4j.cli.registry;

import java.nio.file.Path;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.SigningKey;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry keygen}: a pair of keys for signing. */
@CommandLine.Command(
    name = "keygen",
    sortOptions = false,
    description = {
      "Makes a pair of Ed25519 keys: FILE is the secret one, FILE.pub the public one.",
      ""
    },
    footer = {"", "Examples:", "  ptune registry keygen release"})
public final class KeygenCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "Where the secret key is written.")
  Path file;

  public KeygenCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    console.print(file + ".pub: the public key " + SigningKey.generate(file).id());
    return OK;
  }
}
