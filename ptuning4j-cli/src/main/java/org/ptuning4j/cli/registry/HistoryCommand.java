package org.ptuning4j.cli.registry;

import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.RegistryEvent;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code ptune registry history}: the audit log. */
@CommandLine.Command(
    name = "history",
    sortOptions = false,
    description = {"Shows what was done, and by whom.", ""},
    footer = {"", "Examples:", "  ptune registry history --registry /srv/packs"})
public final class HistoryCommand extends RegistrySubcommand {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "One name. Default: all.")
  String name;

  public HistoryCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    List<RegistryEvent> events =
        opened.registry().history().stream()
            .filter(event -> name == null || name.equals(event.name()))
            .toList();
    if (name != null && events.isEmpty()) {
      throw InvalidInputException.of(
          "name: nothing was ever published as '%s'; there are %s",
          name, opened.registry().names());
    }
    TextTable table = new TextTable();
    for (RegistryEvent event : events) {
      if (json) {
        console.print(new Json().line(fields(event)));
      }
      table.row(
          event.at(),
          event.by(),
          event.action().label(),
          event.name() + "@" + event.version(),
          event.alias() == null ? "" : event.alias());
    }
    if (!json) {
      table.print(console, "");
    }
    return OK;
  }
}
