package org.ptuning4j.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.UncheckedIOException;

/** Results for programs. */
public final class Json {

  private final ObjectWriter line = new ObjectMapper().writer();
  private final ObjectWriter page = new ObjectMapper().writerWithDefaultPrettyPrinter();

  /** The value on one line. */
  public String line(Object value) {
    return write(line, value);
  }

  /** The value over several indented lines. */
  public String page(Object value) {
    return write(page, value);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the result cannot be written as JSON", e);
    }
  }
}
