package org.ptuning4j.cli.terminal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.Message;

/**
 * Results for programs: always valid JSON that UTF-8 can hold. A number that is infinite or none is
 * {@code null}; half of a surrogate pair is written as its escape.
 */
public final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(module());

  private final ObjectWriter line = MAPPER.writer();
  private final ObjectWriter page = MAPPER.writerWithDefaultPrettyPrinter();

  private static SimpleModule module() {
    JsonSerializer<Number> finite =
        new JsonSerializer<>() {
          @Override
          public void serialize(Number value, JsonGenerator json, SerializerProvider all)
              throws IOException {
            if (!Double.isFinite(value.doubleValue())) {
              json.writeNull();
            } else if (value instanceof Float number) {
              json.writeNumber(number);
            } else {
              json.writeNumber(value.doubleValue());
            }
          }
        };
    SimpleModule module = new SimpleModule("ptune");
    for (Class<? extends Number> type :
        List.of(Double.class, double.class, Float.class, float.class)) {
      module.addSerializer(type, finite);
    }
    module.addSerializer(Message.class, messages());
    return module;
  }

  /** Messages speak of options, as on the terminal. */
  private static JsonSerializer<Message> messages() {
    return new JsonSerializer<>() {
      @Override
      public void serialize(Message value, JsonGenerator json, SerializerProvider all)
          throws IOException {
        json.writeString(value.text(Failures::option));
      }
    };
  }

  /** The value on one line. */
  public String line(Object value) {
    return write(line, value);
  }

  /** The value over several indented lines. */
  public String page(Object value) {
    return write(page, value);
  }

  /** Whether a text somewhere in a value holds half of a character, which UTF-8 cannot write. */
  public static boolean hasHalfCharacter(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .anyMatch(each -> hasHalfCharacter(each.getKey()) || hasHalfCharacter(each.getValue()));
    }
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(Json::hasHalfCharacter);
    }
    return value instanceof String text && text.codePoints().anyMatch(Json::isHalf);
  }

  private static boolean isHalf(int codePoint) {
    return codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint);
  }

  private static String write(ObjectWriter writer, Object value) {
    try {
      return withEscapes(writer.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("the result cannot be written as JSON", e);
    }
  }

  /** Halves of characters stand within strings only, where an escape says the same. */
  private static String withEscapes(String json) {
    if (json.codePoints().noneMatch(Json::isHalf)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder();
    json.codePoints()
        .forEach(
            c -> {
              if (isHalf(c)) {
                escaped.append(String.format(Locale.ROOT, "\\u%04X", c));
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }
}
