package org.ptuning4j.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.study.table.TextWidth;

/**
 * A plain table: columns padded to their widest cell, columns of numbers aligned right. A cell is
 * one line, without what would command a terminal.
 */
public final class TextTable {

  private static final String GAP = "  ";

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these column titles, or without titles if there are none. */
  public TextTable(String... header) {
    this.header = List.of(header);
  }

  /** Adds a row. */
  public TextTable row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(TextWidth.oneLine(String.valueOf(cell)));
    }
    rows.add(row);
    return this;
  }

  /** Whether there is no row. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Prints it, each line after the given indentation. */
  public void print(Console console, String indentation) {
    List<List<String>> lines = new ArrayList<>();
    if (!header.isEmpty()) {
      lines.add(header);
    }
    lines.addAll(rows);
    int columns = lines.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      widths[column] = width(lines, column);
      numbers[column] = isNumeric(column);
    }
    lines.forEach(line -> console.print(indentation + format(line, widths, numbers)));
  }

  private static String format(List<String> line, int[] widths, boolean[] numbers) {
    StringBuilder text = new StringBuilder();
    for (int column = 0; column < line.size(); column++) {
      String cell = line.get(column);
      String padding = " ".repeat(widths[column] - TextWidth.of(cell));
      text.append(column == 0 ? "" : GAP);
      text.append(numbers[column] ? padding + cell : cell + padding);
    }
    return text.toString().stripTrailing();
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream()
        .filter(line -> column < line.size())
        .mapToInt(line -> TextWidth.of(line.get(column)))
        .max()
        .orElse(0);
  }

  private boolean isNumeric(int column) {
    return !header.isEmpty()
        && rows.stream()
            .filter(row -> column < row.size())
            .map(row -> row.get(column))
            .allMatch(cell -> cell.isEmpty() || cell.matches("[-+]?[0-9][0-9.,e+-]*( ?%| s)?"));
  }
}
