package org.ptuning4j.hub.maven;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/**
 * An artefact, as Maven spells it.
 *
 * @param parts group, artifact, version, and perhaps type and classifier
 */
public record MavenName(List<String> parts) {

  /** What an artefact's name begins with, where a model is named. */
  public static final String PREFIX = "maven:";

  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*");

  /** Pretrained models that are published so, by names that are easier to type. */
  private static final Map<String, MavenName> SHORT_NAMES = shortNames();

  /**
   * Refuses what cannot be an artefact.
   *
   * @throws InvalidInputException if there are too few or too many parts, or one is not allowed
   */
  public MavenName {
    parts = List.copyOf(parts);
    boolean form =
        parts.size() >= 3
            && parts.size() <= 5
            && parts.stream().allMatch(part -> PART.matcher(part).matches())
            && parts.stream().noneMatch(part -> part.contains(".."));
    if (!form) {
      throw InvalidInputException.of(
          "model: '%s' is no artefact; %sGROUP:ARTIFACT:VERSION is expected, with :TYPE and"
              + " :CLASSIFIER if need be",
          String.join(":", parts), PREFIX);
    }
  }

  private static Map<String, MavenName> shortNames() {
    Map<String, MavenName> names = new LinkedHashMap<>();
    names.put("minilm", embedding("all-minilm-l6-v2"));
    names.put("bge-small-en", embedding("bge-small-en-v15"));
    names.put("e5-small", embedding("e5-small-v2"));
    names.put("bge-small-zh", embedding("bge-small-zh-v15"));
    return names;
  }

  private static MavenName embedding(String model) {
    return new MavenName(List.of("dev.langchain4j", "langchain4j-embeddings-" + model, "0.36.2"));
  }

  /** The names that stand for artefacts. */
  public static List<String> shortForms() {
    return List.copyOf(SHORT_NAMES.keySet());
  }

  /**
   * Reads {@code maven:…} or a short name.
   *
   * @return empty for anything else
   * @throws InvalidInputException if it begins so, and is no artefact
   */
  public static Optional<MavenName> parse(String text) {
    if (text.startsWith(PREFIX)) {
      String[] parts = text.substring(PREFIX.length()).split(":", -1);
      return Optional.of(new MavenName(Arrays.asList(parts)));
    }
    return Optional.ofNullable(SHORT_NAMES.get(text));
  }

  /** {@code GROUP:ARTIFACT:VERSION…}, as Maven's own tools take it. */
  public String coordinates() {
    return String.join(":", parts);
  }

  /** The short name that stands for it. */
  public Optional<String> shortForm() {
    return SHORT_NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(this))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** {@code maven:GROUP:ARTIFACT:VERSION}. */
  @Override
  public String toString() {
    return PREFIX + coordinates();
  }
}
