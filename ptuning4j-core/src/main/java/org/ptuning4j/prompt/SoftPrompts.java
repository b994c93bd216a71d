package org.ptuning4j.prompt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.Scope;

/**
 * Soft prompts (Qin and Eisner, NAACL 2021, arXiv 2104.06599): P vectors at the input that start
 * from the words of a prompt; in the deep variant (section 2.4, "deeply perturbed") each soft token
 * also has an offset that is added to its state at the input of every further layer, 2 … L, and
 * starts at zero. Trained values: {@code P·E}; deep {@code P·E + (L−1)·P·H}.
 *
 * @param length P, the number of soft tokens
 * @param start how they start, usually from words
 * @param deep whether there are offsets
 */
public record SoftPrompts(int length, Start start, boolean deep) implements PromptMethod {

  /** The method's name. */
  public static final String NAME = "soft-prompts";

  /** The settings that {@link #of(MethodSettings)} reads. */
  static final Set<String> SETTINGS =
      Set.of(MethodSettings.LENGTH, MethodSettings.INIT, MethodSettings.WORDS, MethodSettings.DEEP);

  /** Checks the length. */
  public SoftPrompts {
    if (length < 1) {
      throw InvalidInputException.of("prompt-length: %d must be 1 or more", length);
    }
  }

  /** Reads what is set; the rest: random words, no offsets. */
  static SoftPrompts of(MethodSettings settings) {
    return new SoftPrompts(
        settings.length(),
        settings.start().orElseGet(Start::vocabulary),
        settings.flag(MethodSettings.DEEP).orElse(false));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long offsets = deep ? (spec.layers() - 1L) * length * spec.hidden() : 0;
    return (long) length * spec.embeddingWidth() + offsets;
  }

  @Override
  public PromptModule create(PromptContext context) {
    return Scope.run(() -> SoftTokens.of(NAME, start.vectors(length, context), deep, context));
  }

  @Override
  public int inputTokens() {
    return length;
  }

  @Override
  public LearningRates learningRates() {
    return new LearningRates(1e-4, 1e-3, 1e-1);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("prompt_length", length);
    settings.put("init", start.text());
    settings.put("deep", deep);
    return settings;
  }
}
