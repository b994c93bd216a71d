package org.ptuning4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads plain values by name, as they come from JSON or YAML, strictly: what is missing or of
 * another kind is an error that names the field.
 */
public final class Fields {

  private final String where;
  private final Map<String, ?> values;

  /**
   * Values of a place.
   *
   * @param where what stands before the names in messages, such as {@code task}; empty for nothing
   */
  public Fields(String where, Map<String, ?> values) {
    this.where = where;
    this.values = values;
  }

  /** Whether there is a value of that name. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** The names that there are. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** A text. */
  public String text(String name) {
    Object value = required(name);
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw wrong(name, value, "a text");
  }

  /** A text, if it is there. */
  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** A whole number. */
  public int integer(String name) {
    Object value = required(name);
    if (value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && Math.abs(number.doubleValue()) <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number");
  }

  /** A whole number, or another where there is none. */
  public int integer(String name, int byDefault) {
    return has(name) ? integer(name) : byDefault;
  }

  /** A number. */
  public double number(String name) {
    Object value = required(name);
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number");
  }

  /** A number, or another where there is none. */
  public double number(String name, double byDefault) {
    return has(name) ? number(name) : byDefault;
  }

  /** Yes or no, or another where there is none. */
  public boolean flag(String name, boolean byDefault) {
    if (!has(name)) {
      return byDefault;
    }
    Object value = required(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, value, "true or false");
  }

  /** A list of texts; numbers and booleans are taken as they are written. */
  public List<String> texts(String name) {
    if (!(required(name) instanceof List<?> list)) {
      throw wrong(name, values.get(name), "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (Object entry : list) {
      if (!(entry instanceof String || entry instanceof Number || entry instanceof Boolean)) {
        throw wrong(name, values.get(name), "a list of texts");
      }
      texts.add(entry.toString());
    }
    return texts;
  }

  /** A list of texts, empty where there is none. */
  public List<String> textsOrNone(String name) {
    return has(name) ? texts(name) : List.of();
  }

  /** A list of whole numbers. */
  public int[] integers(String name) {
    if (!(required(name) instanceof List<?> list)) {
      throw wrong(name, values.get(name), "a list of whole numbers");
    }
    return list.stream()
        .mapToInt(
            entry -> {
              if (entry instanceof Number number
                  && number.doubleValue() == Math.rint(number.doubleValue())) {
                return number.intValue();
              }
              throw wrong(name, values.get(name), "a list of whole numbers");
            })
        .toArray();
  }

  /** Values within. */
  public Fields fields(String name) {
    Object value = required(name);
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(name, value, "fields of its own");
    }
    Map<String, Object> inner = new LinkedHashMap<>();
    map.forEach((key, each) -> inner.put(String.valueOf(key), each));
    return new Fields(path(name), inner);
  }

  /** Texts by name, empty where there are none. */
  public Map<String, String> textMap(String name) {
    if (!has(name)) {
      return Map.of();
    }
    Fields inner = fields(name);
    Map<String, String> texts = new LinkedHashMap<>();
    inner.names().forEach(key -> texts.put(key, inner.text(key)));
    return texts;
  }

  /**
   * Makes sure that there is nothing but these names.
   *
   * @throws InvalidInputException naming the one that is not known, and the likeliest one meant
   */
  public void requireOnly(List<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        String guess =
            Spelling.closest(name, known).map(n -> "; did you mean '" + n + "'?").orElse("");
        throw InvalidInputException.of(
            "%s is not known; known are: %s%s", path(name), String.join(", ", known), guess);
      }
    }
  }

  private Object required(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw InvalidInputException.of("%s is missing", path(name));
    }
    return value;
  }

  private String path(String name) {
    return where.isEmpty() ? name : where + "." + name;
  }

  private InvalidInputException wrong(String name, Object value, String expected) {
    return InvalidInputException.of("%s: %s is not %s", path(name), value, expected);
  }
}
