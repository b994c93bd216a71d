package org.ptuning4j.head;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;

/**
 * The kinds of heads that are known: makes a head's form again from what {@link HeadSpec#settings}
 * said. A new kind is added with {@link #with}, or by one line in {@link #standard}.
 */
public final class Heads {

  private final Map<String, Function<Map<String, Object>, HeadSpec>> kinds;

  private Heads(Map<String, Function<Map<String, Object>, HeadSpec>> kinds) {
    this.kinds = kinds;
  }

  /** The kinds that come with the library. */
  public static Heads standard() {
    return new Heads(Map.of())
        .and(LinearLoss.LABEL.kind(), LinearHeadSpec::readSequence)
        .and(LinearLoss.NUMBER.kind(), LinearHeadSpec::readRegression)
        .and(LinearLoss.EACH_LABEL.kind(), LinearHeadSpec::readMultiLabel)
        .and(LinearLoss.CANDIDATE.kind(), LinearHeadSpec::readChoice)
        .and(TokenHeadSpec.KIND, TokenHeadSpec::read)
        .and(SpanHeadSpec.KIND, SpanHeadSpec::read)
        .and(VerbalizerHeadSpec.KIND, VerbalizerHeadSpec::read)
        .and(CandidateHeadSpec.KIND, CandidateHeadSpec::read)
        .and(VocabularyHeadSpec.KIND, VocabularyHeadSpec::read);
  }

  /** The kinds that come with the library and those of extensions on the class path. */
  public static Heads installed() {
    Heads all = standard();
    for (HeadProvider provider : Extensions.of(HeadProvider.class)) {
      for (Map.Entry<String, Function<Map<String, Object>, HeadSpec>> kind :
          provider.kinds().entrySet()) {
        all = all.with(kind.getKey(), kind.getValue());
      }
    }
    return all;
  }

  /**
   * These and one more, which wins over another of the same name.
   *
   * @param reader makes the form of its settings; values are as JSON has them: texts, numbers,
   *     truth values, lists and maps
   */
  public Heads with(String kind, Function<Map<String, Object>, HeadSpec> reader) {
    Map<String, Function<Map<String, Object>, HeadSpec>> all = new TreeMap<>(kinds);
    all.put(kind, reader);
    return new Heads(all);
  }

  private Heads and(String kind, Function<HeadSettings, HeadSpec> reader) {
    return with(kind, settings -> reader.apply(new HeadSettings(settings)));
  }

  /** The kinds, in alphabetical order. */
  public Set<String> kinds() {
    return new TreeSet<>(kinds.keySet());
  }

  /**
   * The form of a head.
   *
   * @param settings its {@code kind} and what that kind needs
   * @throws InvalidInputException if the kind is not known, or a setting is missing, unknown or not
   *     usable; the message names it, as {@code head.labels}
   */
  public HeadSpec read(Map<String, Object> settings) {
    Object kind = settings.get("kind");
    Function<Map<String, Object>, HeadSpec> reader =
        kind instanceof String name ? kinds.get(name) : null;
    if (reader == null) {
      throw InvalidInputException.of(
          "head.kind: %s; known are %s",
          kind == null ? "missing" : "'" + kind + "' is not known", String.join(", ", kinds()));
    }
    return reader.apply(settings);
  }
}
