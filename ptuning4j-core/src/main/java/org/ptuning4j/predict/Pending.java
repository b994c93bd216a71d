package org.ptuning4j.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.TextTokenizer;

/** A request on its way to its outcome: its items, their scores, or why there is no answer. */
final class Pending {

  private final ServedTask owner;
  private final Request request;
  private Example example; // null until it is read
  private List<Item> items = List.of();
  private List<float[]> scores = List.of();
  private Optional<Writing> writing = Optional.empty(); // where the model writes the answer
  private Outcome.Failed failure; // null as long as all is well

  Pending(ServedTask owner, Request request) {
    this.owner = owner;
    this.request = request;
  }

  ServedTask owner() {
    return owner;
  }

  /** What the model reads of it; nothing if it could not be encoded. */
  List<Item> items() {
    return items;
  }

  /** Makes its example and items. What is wrong with them concerns this request only. */
  void encode(TextTokenizer tokenizer) {
    try {
      example = request.input().example(owner.task().task());
      BackboneSpec spec = owner.backbone().spec();
      ItemEncoder encoder = new ItemEncoder(tokenizer, owner.maxLength(), spec.direction());
      List<Item> encoded =
          owner.writes() ? List.of(owner.source(example, encoder)) : owner.items(example, encoder);
      accept(encoded, new KnownTokens(tokenizer, spec.vocabulary()));
    } catch (UnusableRowException e) {
      String message = "task '" + request.task() + "': " + e.getMessage();
      fail(Problem.UNUSABLE_INPUT, new InvalidInputException(message, e));
    } catch (RuntimeException e) {
      fail(Problem.UNUSABLE_INPUT, e);
    }
  }

  private void accept(List<Item> encoded, KnownTokens known) {
    try {
      known.require(encoded);
    } catch (InvalidInputException e) {
      fail(Problem.REFUSED, e);
      return;
    }
    if (owner.writes()) {
      TokenRow row = encoded.get(0).rows().get(0);
      writing = Optional.of(new Writing(owner.backbone(), owner.prompt(), row));
    } else {
      items = encoded;
      scores = Arrays.asList(new float[items.size()][]);
    }
  }

  /** How the model continues it, where it writes the answer. */
  WritingOptions options() {
    return request.writing();
  }

  /** What the model is to continue, where it writes the answer. */
  Optional<Writing> writing() {
    return writing;
  }

  /** Takes the head's scores for one of its items. */
  void score(int item, float[] each) {
    for (float score : each) {
      if (Float.isNaN(score)) {
        fail(
            Problem.REFUSED,
            new InvalidInputException(
                "the model's scores for it are not numbers (NaN); its weights or the precision"
                    + " do not suit it"));
      }
    }
    scores.set(item, each);
  }

  /**
   * Takes note that it cannot be answered; the first cause counts.
   *
   * @param problem of what kind it is, unless the cause is a fault in the program
   */
  void fail(Problem problem, RuntimeException cause) {
    if (failure == null) {
      failure = Outcome.Failed.of(problem, cause);
    }
  }

  /** What became of it, once every item has its scores, or its text is written. */
  Outcome outcome() {
    if (failure == null) {
      writing.flatMap(Writing::failure).ifPresent(cause -> fail(Problem.REFUSED, cause));
    }
    if (failure != null) {
      return failure;
    }
    try {
      return new Outcome.Answered(
          writing.isPresent()
              ? owner.written(example, writing.get().continuations())
              : owner.answer(example, items, scores));
    } catch (RuntimeException e) {
      return Outcome.Failed.of(Problem.REFUSED, e);
    }
  }
}
