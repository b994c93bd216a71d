package org.ptuning4j.data.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.RepeatedHeader;

/**
 * The first line of a CSV or TSV file.
 *
 * @param names the columns, each named and each named differently
 */
record Header(List<String> names) {

  /**
   * Checks the names.
   *
   * @throws InvalidInputException where one is empty or stands twice; the caller adds the file
   */
  static Header of(List<String> fields, TableFormat format) {
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String field : fields) {
      String name = NormalText.of(field);
      int column = names.size() + 1;
      if (name.isEmpty()) {
        throw InvalidInputException.of(
            "column %d of the header has no name (an index written by pandas? index=False leaves it"
                + " out)",
            column);
      }
      if (!seen.add(name)) {
        throw InvalidInputException.of("column %d of the header repeats '%s'", column, name);
      }
      names.add(name);
    }
    refuseOtherDelimiter(fields, format);
    return new Header(List.copyOf(names));
  }

  private static void refuseOtherDelimiter(List<String> names, TableFormat format) {
    String only = names.get(0);
    boolean semicolons = only.contains(";");
    boolean tabs = format == TableFormat.CSV && only.contains("\t");
    if (names.size() == 1 && (semicolons || tabs)) {
      throw InvalidInputException.of(
          "the header is one column '%s' as %s; its columns seem to be separated by %s, which %s",
          only,
          format,
          semicolons ? "semicolons" : "tabs",
          semicolons ? "must be commas" : "makes it a .tsv file");
    }
  }

  /** The row or bad row that a record's fields make. */
  Entry row(int line, List<String> fields, String hint) {
    if (fields.size() != names.size()) {
      return new BadRow(
          line,
          String.format(
              Locale.ROOT,
              "%d %s where the header names %d (%s)%s",
              fields.size(),
              fields.size() == 1 ? "field" : "fields",
              names.size(),
              String.join(", ", names),
              fields.size() > names.size() ? "; " + hint : ""));
    }
    Map<String, Object> columns = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      columns.put(names.get(i), fields.get(i));
    }
    if (RepeatedHeader.isIn(columns)) {
      return new BadRow(line, RepeatedHeader.problem());
    }
    return new Row(line, columns);
  }
}
