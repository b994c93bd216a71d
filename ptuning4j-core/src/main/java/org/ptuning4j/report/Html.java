package org.ptuning4j.report;

import java.util.List;

/** HTML as text, in which nothing that comes from data can be markup. */
final class Html {

  private final StringBuilder out = new StringBuilder();

  /** A text in which no character means anything to HTML, in elements and attributes alike. */
  static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                  boolean half = c <= Character.MAX_VALUE && Character.isSurrogate((char) c);
                  boolean control = c < ' ' && c != '\n' && c != '\t';
                  // Marks that turn the direction of text would reach beyond their cell.
                  boolean turns = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
                  safe.appendCodePoint(half || control || turns ? 0xFFFD : c);
                }
              }
            });
    return safe.toString();
  }

  /** Adds markup of the program's own. */
  Html markup(String markup) {
    out.append(markup);
    return this;
  }

  /** Adds a heading. */
  Html heading(int level, String text) {
    return markup("<h" + level + ">" + escaped(text) + "</h" + level + ">\n");
  }

  /** Adds a paragraph. */
  Html paragraph(String text) {
    return markup("<p>" + escaped(text) + "</p>\n");
  }

  /** Adds a table whose first column names its rows; columns of numbers are aligned right. */
  Html table(String caption, List<String> header, List<List<String>> rows) {
    markup("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"");
    markup(escaped(caption)).markup("\"><table>\n<caption>").markup(escaped(caption));
    markup("</caption>\n<thead><tr>");
    header.forEach(
        cell ->
            markup(cell.isEmpty() ? "<td></td>" : "<th scope=\"col\">" + escaped(cell) + "</th>"));
    markup("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      markup("<tr>");
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        boolean number = cell.matches("[-+]?[0-9][0-9.,e+-]*( ?%| s| [kMG]?B| bytes)?|–");
        if (i == 0) {
          markup("<th scope=\"row\" dir=\"auto\">" + escaped(cell) + "</th>");
        } else {
          markup(number ? "<td class=\"n\">" : "<td dir=\"auto\">");
          markup(escaped(cell)).markup("</td>");
        }
      }
      markup("</tr>\n");
    }
    return markup("</tbody>\n</table></div>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
