package org.ptuning4j.data.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A value of a record, with what is wrong with it though it could be parsed.
 *
 * @param value a {@code String}, {@code Number}, {@code Boolean}, {@code List}, {@code Map} or
 *     {@code null}
 * @param problem the first fault, or {@code null}
 */
public record JsonValue(Object value, String problem) {

  /**
   * Reads the value that the parser is at, to its last token.
   *
   * @param maxBytes how long it may be; of a longer one the rest is passed over, not held. What is
   *     within the limit anyway, such as a line that was read, has {@link Integer#MAX_VALUE}
   */
  public static JsonValue at(JsonParser json, int maxBytes) throws IOException {
    Reading reading = new Reading(json, maxBytes);
    Object value = reading.value();
    return new JsonValue(value, reading.problem);
  }

  private static final class Reading {

    private final JsonParser json;
    private final int maxBytes;
    private final JsonStreamContext record;
    private final long start;
    private boolean tooLong;
    private String problem;

    Reading(JsonParser json, int maxBytes) {
      this.json = json;
      this.maxBytes = maxBytes;
      this.record = json.getParsingContext();
      this.start = isLimited() ? offset() : 0;
    }

    private boolean isLimited() {
      return maxBytes < Integer.MAX_VALUE;
    }

    /** In bytes, or for a text in characters. */
    private long offset() {
      long bytes = json.currentTokenLocation().getByteOffset();
      return bytes >= 0 ? bytes : json.currentTokenLocation().getCharOffset();
    }

    Object value() throws IOException {
      return switch (json.currentToken()) {
        case START_OBJECT -> object();
        case START_ARRAY -> list();
        case VALUE_STRING -> text();
        case VALUE_NUMBER_INT -> json.getNumberValue();
        case VALUE_NUMBER_FLOAT -> number();
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        default -> null;
      };
    }

    private Map<String, Object> object() throws IOException {
      Map<String, Object> fields = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        Object value = value();
        int known = fields.size();
        if (!isTooLong()) {
          fields.putIfAbsent(name, value);
          if (fields.size() == known) {
            note("the field '" + path() + "' is there twice");
          }
        }
      }
      return fields;
    }

    private List<Object> list() throws IOException {
      List<Object> elements = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        Object value = value();
        if (!isTooLong()) {
          elements.add(value);
        }
      }
      return elements;
    }

    private String text() throws IOException {
      String text = json.getText();
      if (hasLoneSurrogate(text)) {
        note("column '" + path() + "' holds half of a character (a lone \\uD8xx … \\uDFxx)");
      }
      return text;
    }

    private Number number() throws IOException {
      Number number = json.getNumberValue();
      if (!Double.isFinite(number.doubleValue())) {
        note(
            "column '"
                + path()
                + "' is "
                + json.getText()
                + ", which is no number in JSON; write null, or leave it out");
      }
      return number;
    }

    private boolean isTooLong() {
      if (!tooLong && isLimited() && offset() - start > maxBytes) {
        tooLong = true;
        note(
            String.format(
                Locale.ROOT, "the record has more than the %,d bytes that are read", maxBytes));
      }
      return tooLong;
    }

    /** Where in the record the parser is, such as {@code words[2]}. */
    private String path() {
      StringBuilder path = new StringBuilder();
      JsonStreamContext place = json.getParsingContext();
      while (place != null && !place.inRoot()) {
        path.insert(
            0,
            place.inArray() ? "[" + place.getCurrentIndex() + "]" : "." + place.getCurrentName());
        place = place == record ? null : place.getParent();
      }
      return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
    }

    private void note(String fault) {
      problem = problem == null ? fault : problem;
    }
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
