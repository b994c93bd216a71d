package org.ptuning4j.cli.registry;

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
    TextTable table = new TextTable();
    for (RegistryEvent event : opened.registry().history()) {
      if (name == null || name.equals(event.name())) {
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
    }
    if (!json) {
      table.print(console, "");
    }
    return OK;
  }
}
