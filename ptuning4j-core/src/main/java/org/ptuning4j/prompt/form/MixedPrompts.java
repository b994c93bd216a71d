package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Puts the trained prompts of different tasks into one batch: each row carries its own, of whatever
 * form and length. A row's result is what it would be alone.
 */
public final class MixedPrompts {

  private final BackboneSpec spec;
  private final Engine engine;

  /** For batches of one backbone. */
  public MixedPrompts(BackboneSpec spec, Engine engine) {
    this.spec = spec;
    this.engine = engine;
  }

  /**
   * The injection of a batch.
   *
   * @param batch the rows as they are read; the soft places of a row are those of its own prompt
   * @param rows each row's prompt, or empty for none
   * @throws IllegalArgumentException if a soft place has no vector in its row's prompt
   */
  public Injection inject(
      TokenBatch batch, List<? extends Optional<? extends TrainedPrompt>> rows) {
    Set<PromptForm<?>> forms = new LinkedHashSet<>();
    rows.forEach(row -> row.ifPresent(prompt -> forms.add(prompt.form())));
    Injection all =
        forms.stream()
            .map(form -> of(form, batch, rows))
            .reduce(Injection::and)
            .orElse(Injection.none());
    requireFilled(batch, all);
    return all;
  }

  private <T extends TrainedPrompt> Injection of(
      PromptForm<T> form,
      TokenBatch batch,
      List<? extends Optional<? extends TrainedPrompt>> rows) {
    List<Optional<T>> own =
        rows.stream().map(row -> row.flatMap(form::cast)).<Optional<T>>map(each -> each).toList();
    return form.inject(batch, own, spec, engine);
  }

  private static void requireFilled(TokenBatch batch, Injection injection) {
    long[] filled = injection.inputs().map(InputVectors::index).orElse(new long[0]);
    if (filled.length == batch.softPlaces().length) {
      return;
    }
    long empty =
        Arrays.stream(batch.softPlaces())
            .filter(place -> Arrays.stream(filled).noneMatch(each -> each == place))
            .findFirst()
            .orElseThrow();
    throw new IllegalArgumentException(
        "soft token "
            + batch.slots()[Math.toIntExact(empty)]
            + " stands in a row without a prompt at the input");
  }
}
