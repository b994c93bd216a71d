package org.ptuning4j.cli.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackSearch;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code ptune registry search}: versions by what they are. */
@CommandLine.Command(
    name = "search",
    sortOptions = false,
    description = {"Finds versions by task, method, backbone and metrics.", ""},
    footer = {
      "",
      "Examples:",
      "  ptune registry search --task sst2 --metric accuracy=0.9 --registry /srv/packs"
    })
public final class SearchCommand extends RegistrySubcommand {

  @Option(names = "--task", paramLabel = "NAME", description = "The task's name or kind.")
  String task;

  @Option(names = "--method", paramLabel = "NAME", description = "The method that trained it.")
  String method;

  @Option(
      names = "--backbone",
      paramLabel = "ID",
      description = "Part of the backbone's id, or the beginning of its hash.")
  String backbone;

  @Option(
      names = "--metric",
      paramLabel = "NAME=X",
      description = "A metric that is X or more. Repeat it for several.")
  List<String> metrics = List.of();

  public SearchCommand(Console console) {
    super(console);
  }

  @Override
  int call(OpenedRegistry opened) {
    Map<String, Double> least = new LinkedHashMap<>();
    metrics.forEach(metric -> put(metric, least));
    print(
        opened
            .registry()
            .search(
                new PackSearch(
                    Optional.ofNullable(task),
                    Optional.ofNullable(method),
                    Optional.ofNullable(backbone),
                    least)));
    return OK;
  }

  private static void put(String metric, Map<String, Double> least) {
    int sign = metric.indexOf('=');
    try {
      least.put(metric.substring(0, Math.max(1, sign)), Double.valueOf(metric.substring(sign + 1)));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "metric: '" + metric + "' is not of the form NAME=X, such as accuracy=0.9", e);
    }
  }
}
