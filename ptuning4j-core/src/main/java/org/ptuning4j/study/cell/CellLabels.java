package org.ptuning4j.study.cell;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for groups of cells: the method, and those settings that differ between cells of one method
 * on one task. What differs only from task to task, such as a preset's length, is not named.
 */
public final class CellLabels {

  /** Where a model was fetched: before its name what publishes it, behind it what it holds. */
  private static final Pattern ORIGIN =
      Pattern.compile("(?:maven:[^:]+:)?(.+?)(?: \\(sha256 [0-9a-f]+\\))?");

  private final Set<String> varied;
  private final Map<String, String> models; // what each is called in a label

  private CellLabels(Set<String> varied, Map<String, String> models) {
    this.varied = varied;
    this.models = models;
  }

  /**
   * Looks for what varies.
   *
   * @param without settings that are shown in another way, as an axis
   */
  public static CellLabels of(Collection<? extends Cell> cells, Set<String> without) {
    Set<String> names = new TreeSet<>();
    cells.forEach(cell -> names.addAll(cell.settings().keySet()));
    names.removeAll(without);
    Set<String> varied = new TreeSet<>();
    for (String name : names) {
      Map<String, Set<String>> values = new HashMap<>();
      for (Cell cell : cells) {
        values
            .computeIfAbsent(cell.method() + "\n" + cell.task(), group -> new HashSet<>())
            .add(cell.settings().getOrDefault(name, ""));
      }
      if (values.values().stream().anyMatch(found -> found.size() > 1)) {
        varied.add(name);
      }
    }
    return new CellLabels(varied, shortened(cells));
  }

  /** Models by names that are short enough for a row, as long as they tell all of them apart. */
  private static Map<String, String> shortened(Collection<? extends Cell> cells) {
    Map<String, String> names = new HashMap<>();
    for (Cell cell : cells) {
      String name = cell.settings().get(Cell.MODEL);
      Matcher origin = ORIGIN.matcher(name == null ? "" : name);
      if (origin.matches()) {
        names.put(name, origin.group(1));
      }
    }
    return Set.copyOf(names.values()).size() == names.size() ? names : Map.of();
  }

  public String label(Cell cell) {
    StringBuilder label = new StringBuilder();
    for (String name : varied) {
      String value = cell.settings().get(name);
      if (value != null) {
        String shown = name.equals(Cell.MODEL) ? models.getOrDefault(value, value) : value;
        label.append(label.isEmpty() ? " (" : ", ").append(name).append('=').append(shown);
      }
    }
    return cell.method() + (label.isEmpty() ? "" : label + ")");
  }
}
