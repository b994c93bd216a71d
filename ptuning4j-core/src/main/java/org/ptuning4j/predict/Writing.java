package org.ptuning4j.predict;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.prompt.form.TrainedPrompt;

/** A text that is to be continued, on its way to its continuations. */
final class Writing {

  private final Backbone backbone;
  private final Optional<TrainedPrompt> prompt;
  private final TokenRow row;
  private List<Continuation> continuations = List.of();
  private RuntimeException failure; // null as long as all is well

  /**
   * A row and what it is written with.
   *
   * @param row with the prompt's soft tokens
   */
  Writing(Backbone backbone, Optional<TrainedPrompt> prompt, TokenRow row) {
    this.backbone = backbone;
    this.prompt = prompt;
    this.row = row.withAnchor(row.length() - 1);
  }

  Backbone backbone() {
    return backbone;
  }

  Optional<TrainedPrompt> prompt() {
    return prompt;
  }

  TokenRow row() {
    return row;
  }

  /** Whether its beginning is what it would be of a shorter text. */
  boolean isSteady() {
    int length = row.length() + prompt.map(TrainedPrompt::length).orElse(0);
    OptionalInt steady = backbone.steadyLength();
    return steady.isEmpty() || length <= steady.getAsInt();
  }

  void continued(List<Continuation> all) {
    continuations = all;
  }

  void fail(RuntimeException cause) {
    failure = cause;
  }

  /** What kept it from being continued; empty if nothing did. */
  Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Its continuations; none before it is continued. */
  List<Continuation> continuations() {
    return continuations;
  }
}
