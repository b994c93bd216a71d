package org.ptuning4j.study.table;

import java.util.ArrayList;
import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * A table of text, ready to be laid out. The first column is aligned left, the others right.
 *
 * @param header the columns' names
 * @param rows as many fields each
 * @param best what the mark of a field says
 * @param notes lines below the table
 */
record Grid(List<String> header, List<List<Field>> rows, String best, List<String> notes) {

  /** One field; the best of its column is marked. */
  record Field(String text, boolean best) {}

  Grid {
    for (List<Field> row : rows) {
      if (row.size() != header.size()) {
        throw InvalidInputException.of("table: %d fields under %d", row.size(), header.size());
      }
    }
  }

  /** Aligned for a terminal with a font of fixed width. */
  String text() {
    int[] widths = new int[header.size()];
    boolean[] marked = new boolean[header.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = TextWidth.of(TextWidth.oneLine(header.get(c)));
      for (List<Field> row : rows) {
        widths[c] = Math.max(widths[c], TextWidth.of(TextWidth.oneLine(row.get(c).text())));
        marked[c] |= row.get(c).best();
      }
    }
    StringBuilder out = new StringBuilder();
    line(out, header.stream().map(name -> new Field(name, false)).toList(), widths, marked);
    List<String> rule = new ArrayList<>();
    for (int c = 0; c < widths.length; c++) {
      rule.add("─".repeat(widths[c] + (marked[c] ? 1 : 0)));
    }
    out.append(String.join("  ", rule)).append('\n');
    rows.forEach(row -> line(out, row, widths, marked));
    out.append("\n* ").append(best).append('\n');
    notes.forEach(note -> out.append(TextWidth.oneLine(note)).append('\n'));
    return out.toString();
  }

  /** The mark has a place of its own, so that digits stay below digits. */
  private static void line(StringBuilder out, List<Field> fields, int[] widths, boolean[] marked) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String text = TextWidth.oneLine(fields.get(c).text());
      String gap = " ".repeat(widths[c] - TextWidth.of(text));
      line.append(c == 0 ? "" : "  ").append(c == 0 ? text + gap : gap + text);
      if (marked[c]) {
        line.append(fields.get(c).best() ? "*" : " ");
      }
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  /** As a Markdown table; the best of a column is bold, the notes are a list. */
  String markdown() {
    StringBuilder out = new StringBuilder("|");
    header.forEach(name -> out.append(' ').append(escape(name)).append(" |"));
    out.append("\n| --- |").append(" ---: |".repeat(header.size() - 1)).append('\n');
    for (List<Field> row : rows) {
      out.append('|');
      for (Field field : row) {
        String mark = field.best() ? "**" : "";
        out.append(' ').append(mark).append(escape(field.text())).append(mark).append(" |");
      }
      out.append('\n');
    }
    out.append("\n- bold: ").append(best).append('\n');
    notes.forEach(note -> out.append("- ").append(escape(note)).append('\n'));
    return out.toString();
  }

  private static String escape(String text) {
    return TextWidth.oneLine(text)
        .replaceAll("([\\\\`*_\\[\\]|~])", "\\\\$1")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}
