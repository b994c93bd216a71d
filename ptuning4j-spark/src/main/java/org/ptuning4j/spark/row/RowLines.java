package org.ptuning4j.spark.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Rows as lines of JSON, in an order that depends on their contents alone. Spark gives no order to
 * the rows of a data frame; the steps of a run follow from theirs.
 */
public final class RowLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RowLines() {}

  /** A row as a line. */
  public static String line(Map<String, Object> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a row's values are plain data", e);
    }
  }

  /** Where a line is put among others: a number that follows from it, evenly spread. */
  public static long place(String line) {
    CRC32 sum = new CRC32();
    sum.update(line.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  /** The file that has these lines, in their order. */
  public static byte[] file(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.stream()
        .sorted(
            Comparator.<String>comparingLong(RowLines::place)
                .thenComparing(Comparator.naturalOrder()))
        .forEach(line -> text.append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
