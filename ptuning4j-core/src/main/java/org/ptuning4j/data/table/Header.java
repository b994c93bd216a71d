package org.ptuning4j.data.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.RepeatedHeader;

/**
 * The first line of a CSV or TSV file.
 *
 * @param names the columns, each named and each named differently
 * @param nameless how many further columns without a name end the line, as where each line ends in
 *     a delimiter; they must be empty
 */
record Header(List<String> names, int nameless) {

  private static final Pattern TYPOGRAPHIC_QUOTES = Pattern.compile("[“”„‟«»＂]");

  /**
   * Checks the names.
   *
   * @throws InvalidInputException where one is empty or repeated; the caller adds the file
   */
  static Header of(List<String> fields, FileFormat format) {
    int size = fields.size();
    while (size > 1 && NormalText.isBlank(fields.get(size - 1))) {
      size--;
    }
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String field : fields.subList(0, size)) {
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
      refuseTypographicQuotes(name, format);
      names.add(name);
    }
    refuseOtherDelimiter(fields, format);
    return new Header(List.copyOf(names), fields.size() - size);
  }

  private static void refuseTypographicQuotes(String name, FileFormat format) {
    boolean quoted =
        TYPOGRAPHIC_QUOTES.matcher(name.substring(0, 1)).matches()
            && TYPOGRAPHIC_QUOTES.matcher(name.substring(name.length() - 1)).matches();
    if (format == FileFormat.CSV && quoted) {
      throw InvalidInputException.of(
          "the header has typographic quotation marks (%s); only straight ones (\") quote in CSV",
          name);
    }
  }

  private static void refuseOtherDelimiter(List<String> names, FileFormat format) {
    String only = names.get(0);
    boolean semicolons = only.contains(";");
    boolean pipes = only.contains("|");
    boolean tabs = format == FileFormat.CSV && only.contains("\t");
    if (names.size() == 1 && (semicolons || tabs || pipes)) {
      String sign = semicolons ? "semicolons" : tabs ? "tabs" : "vertical bars";
      throw InvalidInputException.of(
          "the header is one column '%s' as %s; its columns seem to be separated by %s: set %s to"
              + " '%s'",
          only, format, sign, new SettingName("delimiter"), semicolons ? ";" : tabs ? "\\t" : "|");
    }
  }

  /** The row or bad row that a record's fields make. */
  Entry row(int line, List<String> fields, String hint) {
    int extra = fields.size() - names.size();
    boolean extraEmpty =
        extra > 0
            && fields.subList(names.size(), fields.size()).stream().allMatch(NormalText::isBlank);
    if (extra != 0 && !(extra == nameless && extraEmpty)) {
      return new BadRow(source(line, fields), wrongNumber(fields, extraEmpty, hint));
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

  /**
   * What a row with too many or too few fields calls itself: its first field is where it should.
   */
  private Source source(int line, List<String> fields) {
    return Source.of(line, 0, Map.of(names.get(0), fields.get(0)));
  }

  private String wrongNumber(List<String> fields, boolean extraEmpty, String hint) {
    boolean more = fields.size() > names.size();
    String typographic =
        fields.stream().anyMatch(field -> TYPOGRAPHIC_QUOTES.matcher(field).find())
            ? " (typographic quotation marks do not quote; straight ones do)"
            : "";
    return String.format(
        Locale.ROOT,
        "%d %s where the header names %d (%s)%s",
        fields.size(),
        fields.size() == 1 ? "field" : "fields",
        names.size(),
        String.join(", ", names),
        !more
            ? typographic
            : extraEmpty ? "; the further ones are empty" : "; " + hint + typographic);
  }
}
