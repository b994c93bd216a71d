package org.ptuning4j.task;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.text.Truncation;

/** How a task's truncation is written in packs. */
public final class Truncations {

  /** The fields of a definition that say how inputs are cut. */
  static final List<String> NAMES = List.of("truncation", "max_length", "stride");

  /** The usual length of sentences: 128 tokens, as in the published settings for SuperGLUE. */
  public static final Truncation SENTENCES = Truncation.to(128);

  /** Long passages beside short questions: only the passage is cut. */
  public static final Truncation PASSAGE_FIRST =
      new Truncation(384, Truncation.Strategy.ONLY_FIRST, 0);

  private Truncations() {}

  /** The fields of a task whose windows usually do not overlap. */
  public static Map<String, Object> write(Truncation truncation) {
    return write(truncation, SENTENCES);
  }

  /** The fields, of which {@link #read(Fields, Truncation)} with the same usual values makes it. */
  public static Map<String, Object> write(Truncation truncation, Truncation usual) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("truncation", truncation.strategy().name());
    values.put("max_length", truncation.maxLength());
    if (truncation.stride() > 0 || usual.stride() > 0) {
      values.put("stride", truncation.stride());
    }
    return values;
  }

  /** What the fields say, and a task's usual values for what they do not. */
  public static Truncation read(Fields fields, Truncation usual) {
    return new Truncation(
        fields.integer("max_length", usual.maxLength()),
        fields.optionalText("truncation").map(Truncations::strategy).orElse(usual.strategy()),
        fields.integer("stride", usual.stride()));
  }

  /** Takes {@code LONGEST_FIRST} and {@code longest-first} alike. */
  private static Truncation.Strategy strategy(String name) {
    String plain = name.strip().toUpperCase(Locale.ROOT).replaceAll("[- ]", "_");
    List<String> known = Arrays.stream(Truncation.Strategy.values()).map(Enum::name).toList();
    if (!known.contains(plain)) {
      throw InvalidInputException.of(
          "task.truncation: '%s' is not one of %s%s",
          name,
          known,
          Spelling.closest(plain, known).map(n -> "; did you mean '" + n + "'?").orElse(""));
    }
    return Truncation.Strategy.valueOf(plain);
  }
}
