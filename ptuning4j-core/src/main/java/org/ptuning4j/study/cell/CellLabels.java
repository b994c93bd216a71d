package org.ptuning4j.study.cell;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names for groups of cells: the method, and those settings that differ between cells of one method
 * on one task. What differs only from task to task, such as a preset's length, is not named.
 */
public final class CellLabels {

  private final Set<String> varied;

  private CellLabels(Set<String> varied) {
    this.varied = varied;
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
    return new CellLabels(varied);
  }

  public String label(Cell cell) {
    StringBuilder label = new StringBuilder();
    for (String name : varied) {
      String value = cell.settings().get(name);
      if (value != null) {
        label.append(label.isEmpty() ? " (" : ", ").append(name).append('=').append(value);
      }
    }
    return cell.method() + (label.isEmpty() ? "" : label + ")");
  }
}
