package org.ptuning4j.cli.registry;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.registry.Registry;
import org.ptuning4j.registry.SigningKey;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune registry publish}: a pack becomes the next version of a name. */
@CommandLine.Command(
    name = "publish",
    sortOptions = false,
    description = {"Publishes a pack as the next version of a name. A version never changes.", ""},
    footer = {
      "",
      "Examples:",
      "  ptune registry publish runs/mood/pack --name mood --registry /srv/packs --alias prod"
    })
public final class PublishCommand extends RegistrySubcommand {

  @Parameters(paramLabel = "PACK", description = "The pack, or the folder of the run that made it.")
  Path pack;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to publish it as. Default: its task's name, in lower case.")
  String name;

  @Option(names = "--note", paramLabel = "TEXT", description = "What to say of it.")
  String note = "";

  @Option(
      names = "--alias",
      paramLabel = "ALIAS",
      description = "Point this alias to it, such as prod.")
  String alias;

  @Option(
      names = "--sign",
      paramLabel = "KEY",
      description = "Sign it with this secret key, which `ptune registry keygen` made.")
  Path key;

  public PublishCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    Path found = PackFolders.find(pack);
    String published =
        name == null ? Pack.open(found).task().name().toLowerCase(Locale.ROOT) : name;
    Registry registry = opened.registryOrNew();
    PublishedPack version =
        registry.publish(found, published, note, Optional.ofNullable(key).map(SigningKey::read));
    if (alias != null) {
      registry.promote(version.facts().reference(), alias);
    }
    print(registry.show(version.facts().reference()));
    return OK;
  }
}
