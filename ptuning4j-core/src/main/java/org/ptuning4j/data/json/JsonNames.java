package org.ptuning4j.data.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.TextInput;

/** Which field names JSON begins with; they tell one layout of records from another. */
public final class JsonNames {

  /** Lines that are looked at where the first is not enough. */
  private static final int LOOK = 200;

  private JsonNames() {}

  /** The first of some names that the objects of an input have, at any depth. */
  public static Optional<String> first(TextInput input, Set<String> names) throws IOException {
    if (!FileFormat.isJson(input.firstLine())) {
      return Optional.empty();
    }
    Optional<String> inFirst = first(seen(input), names);
    if (inFirst.isPresent()) {
      return inFirst;
    }
    input.firstLines(LOOK);
    return first(seen(input), names);
  }

  private static String seen(TextInput input) {
    return new String(input.beginning(), StandardCharsets.UTF_8);
  }

  private static Optional<String> first(String beginning, Set<String> names) throws IOException {
    try (JsonParser json = JsonText.upTo(Integer.MAX_VALUE).parser(beginning)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && names.contains(json.currentName())) {
          return Optional.of(json.currentName());
        }
      }
    } catch (JsonProcessingException e) {
      return Optional.empty(); // It is cut off there; if it is broken, reading it will say so.
    }
    return Optional.empty();
  }
}
