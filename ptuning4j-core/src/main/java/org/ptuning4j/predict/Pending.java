package org.ptuning4j.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.TextTokenizer;

/** A request on its way to its outcome: its items, their scores, or why there is no answer. */
final class Pending {

  private final ServedTask owner;
  private final Request request;
  private List<Item> items = List.of();
  private List<float[]> scores = List.of();
  private Optional<Writing> writing = Optional.empty(); // where the model writes the answer
  private RuntimeException failure; // null as long as all is well

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

  /** Makes its items. A task's own failure concerns this request only. */
  void encode(TextTokenizer tokenizer) {
    try {
      BackboneSpec spec = owner.backbone().spec();
      ItemEncoder encoder = new ItemEncoder(tokenizer, owner.maxLength(), spec.direction());
      List<Item> encoded =
          owner.writes()
              ? List.of(owner.source(request.example(), encoder))
              : owner.items(request.example(), encoder);
      new KnownTokens(tokenizer, spec.vocabulary()).require(encoded);
      if (owner.writes()) {
        TokenRow row = encoded.get(0).rows().get(0);
        writing = Optional.of(new Writing(owner.backbone(), owner.prompt(), row));
      } else {
        items = encoded;
        scores = Arrays.asList(new float[items.size()][]);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
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
            new InvalidInputException(
                "the model's scores for it are not numbers (NaN); its weights or the precision"
                    + " do not suit it"));
      }
    }
    scores.set(item, each);
  }

  /** Takes note that it cannot be answered; the first cause counts. */
  void fail(RuntimeException cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /** The answer, once every item has its scores, or its text is written. */
  Outcome outcome() {
    if (failure != null) {
      return new Outcome.Failed(failure);
    }
    try {
      return new Outcome.Answered(
          writing.isPresent()
              ? owner.written(request.example(), writing.get().orElseThrow())
              : owner.answer(request.example(), items, scores));
    } catch (RuntimeException e) {
      return new Outcome.Failed(e);
    }
  }
}
