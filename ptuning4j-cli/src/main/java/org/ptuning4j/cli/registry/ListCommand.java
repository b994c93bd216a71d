package org.ptuning4j.cli.registry;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.registry.Registry;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry list}: what is published. */
@CommandLine.Command(
    name = "list",
    sortOptions = false,
    description = {"Lists the names with their versions, or the versions of one name.", ""},
    footer = {"", "Examples:", "  ptune registry list --registry /srv/packs"})
public final class ListCommand extends RegistrySubcommand {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "One name. Default: all.")
  String name;

  public ListCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    Registry registry = opened.registry();
    List<String> names = name == null ? registry.names() : List.of(name);
    List<PublishedPack> versions =
        names.stream().flatMap(each -> registry.versions(each).stream()).toList();
    if (name != null && versions.isEmpty()) {
      throw InvalidInputException.of(
          "name: nothing is published as '%s'; there are %s", name, registry.names());
    }
    print(versions);
    return OK;
  }
}
