package org.ptuning4j.server.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/** Reads one value after the other; the parser's own limits hold the depth down. */
final class ValueReader {

  private final JsonParser json;
  private final int most;
  private int count;

  ValueReader(JsonParser json, int most) {
    this.json = json;
    this.most = most;
  }

  /** The object at whose brace the parser is. */
  Map<String, Object> object() throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = whole(json.currentName());
      if (fields.containsKey(name)) {
        throw bad("the name is there twice; each may be there once");
      }
      json.nextToken();
      fields.put(name, value());
    }
    return fields;
  }

  private List<Object> list() throws IOException {
    List<Object> elements = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value());
    }
    return elements;
  }

  private Object value() throws IOException {
    if (++count > most) {
      throw ProblemDetails.of(ProblemKind.TOO_LARGE, "the JSON holds more than " + most + " values")
          .exception();
    }
    return switch (json.currentToken()) {
      case START_OBJECT -> object();
      case START_ARRAY -> list();
      case VALUE_STRING -> whole(json.getText());
      case VALUE_NUMBER_INT -> json.getNumberValue();
      case VALUE_NUMBER_FLOAT -> finite();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private Number finite() throws IOException {
    double number = json.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw bad("the number is larger than a double can be");
    }
    return number;
  }

  /** Only an escape can bring half a character in; no answer could repeat it in UTF-8. */
  private String whole(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
        throw bad("it holds half of a character (a lone \\uD8xx … \\uDFxx)");
      }
    }
    return text;
  }

  private ProblemException bad(String detail) {
    return ProblemDetails.ofField(ProblemKind.BAD_REQUEST, path(), detail).exception();
  }

  /** Where the parser is, such as {@code inputs[2].text}. */
  private String path() {
    StringBuilder path = new StringBuilder();
    for (JsonStreamContext place = json.getParsingContext();
        place != null && !place.inRoot();
        place = place.getParent()) {
      path.insert(
          0, place.inArray() ? "[" + place.getCurrentIndex() + "]" : "." + place.getCurrentName());
    }
    return path.indexOf(".") == 0 ? path.substring(1) : path.toString();
  }
}
