package org.ptuning4j.head.standard;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.head.HeadProvider;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.loss.LinearLoss;
import org.ptuning4j.head.vocabulary.CandidateHeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.head.vocabulary.VerbalizerHeadSpec;
import org.ptuning4j.head.vocabulary.VocabularyHeadSpec;

/**
 * The kinds of heads that are known: reads again what {@link HeadSpec#settings} wrote. A new kind
 * is added with {@link #with}, or by one line in {@link #standard}.
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
        .and(TokenHeadSpec.CRF_KIND, TokenHeadSpec::readCrf)
        .and(SpanHeadSpec.KIND, SpanHeadSpec::read)
        .and(VerbalizerHeadSpec.KIND, VerbalizerHeadSpec::read)
        .and(CandidateHeadSpec.KIND, CandidateHeadSpec::read)
        .and(VocabularyHeadSpec.KIND, VocabularyHeadSpec::read)
        .and(LanguageModelHeadSpec.KIND, LanguageModelHeadSpec::read);
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
   * @param reader reads its settings; values are as JSON has them: texts, numbers, truth values,
   *     lists and maps
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
   * Reads a head's settings.
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
