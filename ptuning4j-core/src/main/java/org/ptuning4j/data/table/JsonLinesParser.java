package org.ptuning4j.data.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.LineReader;
import org.ptuning4j.data.PhysicalLine;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.data.value.RepeatedHeader;

/** One JSON object a line. Blank lines are passed over. */
public final class JsonLinesParser implements RecordParser {

  /** Far more than a data set needs, far less than what exhausts a stack. */
  private static final int MAX_DEPTH = 100;

  private final LineReader lines;
  private final ObjectReader json;
  private final Set<String> columnNames = new LinkedHashSet<>();

  JsonLinesParser(LineReader lines, int maxLineBytes) {
    this.lines = lines;
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(limits(maxLineBytes))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    json =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(Object.class);
  }

  /** What no JSON of a data set exceeds. */
  public static StreamReadConstraints limits(int maxStringLength) {
    return StreamReadConstraints.builder()
        .maxNestingDepth(MAX_DEPTH)
        .maxStringLength(maxStringLength)
        .build();
  }

  @Override
  public List<String> columnNames() {
    return List.copyOf(columnNames);
  }

  @Override
  public Optional<Entry> next() throws IOException {
    Optional<PhysicalLine> line = lines.next();
    while (line.isPresent() && line.get().isBlank()) {
      line = lines.next();
    }
    return line.map(this::parse);
  }

  private Entry parse(PhysicalLine line) {
    if (line.isBad()) {
      return new BadRow(line.number(), line.problem());
    }
    Object value;
    try {
      value = json.readValue(line.text());
    } catch (JsonProcessingException e) {
      return new BadRow(line.number(), describe(e));
    }
    if (!(value instanceof Map<?, ?> object)) {
      return new BadRow(line.number(), notAnObject(value));
    }
    Map<String, Object> columns = new LinkedHashMap<>();
    for (Map.Entry<?, ?> column : object.entrySet()) {
      String name = columnName((String) column.getKey());
      if (columns.containsKey(name)) {
        return new BadRow(line.number(), "column '" + name + "' is there twice");
      }
      columns.put(name, column.getValue());
      if (column.getValue() instanceof String text && hasLoneSurrogate(text)) {
        return new BadRow(
            line.number(),
            "column '"
                + column.getKey()
                + "' holds half of a character (a lone \\uD8xx … \\uDFxx)");
      }
    }
    if (RepeatedHeader.isIn(columns)) {
      return new BadRow(line.number(), RepeatedHeader.problem());
    }
    columnNames.addAll(columns.keySet());
    return new Row(line.number(), columns);
  }

  /** As a header's names are read; a name of which nothing is visible stays as it is. */
  private static String columnName(String key) {
    String name = NormalText.of(key);
    return name.isEmpty() ? key : name;
  }

  /** What Jackson says of where it reads from, which is a single line here. */
  private static final Pattern SOURCE = Pattern.compile("( \\(start marker at)? ?\\[Source: .*$");

  public static String describe(JsonProcessingException e) {
    String message =
        SOURCE
            .matcher(e.getOriginalMessage().lines().findFirst().orElse("").strip())
            .replaceAll("");
    String where = e.getLocation() == null ? "" : " at column " + e.getLocation().getColumnNr();
    return "not valid JSON" + where + ": " + message;
  }

  private static String notAnObject(Object value) {
    String needed = "; each line must be an object such as {\"text\": \"…\", \"label\": \"…\"}";
    if (value instanceof List<?>) {
      return "a JSON list" + needed + " (`jq -c '.[]' FILE` turns one list into such lines)";
    }
    return "a JSON value that is no object" + needed;
  }

  /** Only an escape can bring one in; no encoder could write it as UTF-8 again. */
  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (Character.charCount(text.codePointAt(i)) == 1) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
