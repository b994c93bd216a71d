package org.ptuning4j.server.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/**
 * A line of a log as an object of JSON. Whatever a value holds, it is one line of plain ASCII, and
 * no markup where a log is shown on a page.
 */
public final class LogLine {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** Longer values are cut: a log is no place for a client's data. */
  private static final int LONGEST = 200;

  private LogLine() {}

  /** The line, without its end. */
  public static String of(Map<String, ?> values) {
    try {
      return MAPPER
          .writeValueAsString(values)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u007f", "\\u007f");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a log line cannot be written", e);
    }
  }

  /** A value that came from outside, short enough for a log. */
  public static String shortened(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
  }
}
