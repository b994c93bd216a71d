package org.ptuning4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of one object of JSON or YAML, read with their types checked. A field that is missing
 * or of another type is an {@link InvalidInputException} that names the field, what was found and
 * what is needed.
 */
public final class Fields {

  private final String path;
  private final Map<?, ?> values;

  /**
   * The fields of an object.
   *
   * @param path where the object is, such as {@code task} or {@code passage.questions[0]}; empty
   *     for one that is within nothing
   */
  public Fields(String path, Map<?, ?> values) {
    this.path = path;
    this.values = values;
  }

  /** The fields of a value that must be an object. */
  public static Fields of(String path, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new Fields(path, map);
    }
    throw wrong(path, value, "an object");
  }

  /** Whether the field is there and not {@code null}. */
  public boolean has(String name) {
    return values.get(name) != null;
  }

  /** The names of all fields. */
  public List<String> names() {
    return values.keySet().stream().map(String::valueOf).toList();
  }

  /** The values as they are. */
  public Map<?, ?> values() {
    return values;
  }

  /** Where the object is; empty for one that is within nothing. */
  public String path() {
    return path;
  }

  /** Where a field is, such as {@code passage.text}. */
  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Whatever the field holds. */
  public Object value(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new InvalidInputException(absence(name));
    }
    return value;
  }

  /** A text; a number or a boolean is none. */
  public String string(String name) {
    return string(path(name), value(name));
  }

  /** A text; a number or a boolean is taken as it is written. */
  public String text(String name) {
    Object value = value(name);
    if (isPlain(value)) {
      return value.toString();
    }
    throw wrong(name, "a text");
  }

  /** The same, if it is there. */
  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** A whole number. */
  public int integer(String name) {
    Object value = value(name);
    if (isInteger(value)) {
      return ((Number) value).intValue();
    }
    throw wrong(name, "a whole number");
  }

  /** A whole number, or another where there is none. */
  public int integer(String name, int byDefault) {
    return has(name) ? integer(name) : byDefault;
  }

  /** A number. */
  public double number(String name) {
    if (value(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(name, "a number");
  }

  /** A number, or another where there is none. */
  public double number(String name, double byDefault) {
    return has(name) ? number(name) : byDefault;
  }

  /** {@code true} or {@code false}, or another where there is none. */
  public boolean flag(String name, boolean byDefault) {
    if (!has(name)) {
      return byDefault;
    }
    if (value(name) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, "true or false");
  }

  /** A list of anything. */
  public List<?> list(String name) {
    if (value(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(name, "a list");
  }

  /** A list of texts; numbers and booleans are taken as they are written. */
  public List<String> texts(String name) {
    if (value(name) instanceof List<?> list && list.stream().allMatch(Fields::isPlain)) {
      return list.stream().map(Object::toString).toList();
    }
    throw wrong(name, "a list of texts");
  }

  /** The same, empty where there is none. */
  public List<String> textsOrNone(String name) {
    return has(name) ? texts(name) : List.of();
  }

  /** A list of whole numbers. */
  public int[] integers(String name) {
    if (value(name) instanceof List<?> list && list.stream().allMatch(Fields::isInteger)) {
      return list.stream().mapToInt(each -> ((Number) each).intValue()).toArray();
    }
    throw wrong(name, "a list of whole numbers");
  }

  /** An object. */
  public Fields object(String name) {
    return of(path(name), value(name));
  }

  /** A list of objects. */
  public List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (Object value : list(name)) {
      objects.add(of(path(name) + "[" + objects.size() + "]", value));
    }
    return objects;
  }

  /** Texts by name, empty where there are none. */
  public Map<String, String> textMap(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (has(name)) {
      Fields inner = object(name);
      inner.names().forEach(key -> texts.put(key, inner.text(key)));
    }
    return texts;
  }

  /**
   * Makes sure that there is nothing but these names.
   *
   * @throws InvalidInputException naming the one that is not known, and the likeliest one meant
   */
  public void requireOnly(List<String> known) {
    for (String name : names()) {
      if (!known.contains(name)) {
        String guess =
            Spelling.closest(name, known).map(n -> "; did you mean '" + n + "'?").orElse("");
        throw InvalidInputException.of(
            "'%s' is not known; known are: %s%s", path(name), String.join(", ", known), guess);
      }
    }
  }

  /** What to say of a field that is not there, with the one that may be meant. */
  public String absence(String name) {
    String hint =
        Spelling.closest(name, names())
            .filter(near -> !near.equals(name))
            .map(near -> " (there is '" + near + "')")
            .orElse(values.containsKey(name) ? " (it is null)" : "");
    return "no '" + path(name) + "'" + hint;
  }

  /** The error for a field that holds something else than what is needed. */
  public InvalidInputException wrong(String name, String needed) {
    return wrong(path(name), values.get(name), needed);
  }

  /** Checks that a value is a text. */
  public static String string(String path, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong(path, value, "a text");
  }

  /** The error for a value that is not what is needed. */
  public static InvalidInputException wrong(String path, Object value, String needed) {
    return InvalidInputException.of("'%s' is %s, must be %s", path, Excerpt.ofJson(value), needed);
  }

  private static boolean isPlain(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean;
  }

  private static boolean isInteger(Object value) {
    return value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && Math.abs(number.doubleValue()) <= Integer.MAX_VALUE;
  }
}
