package org.ptuning4j.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.TextTokenizer;

/**
 * A request that is read and not yet answered: its task is held, and its tokens are known, unless
 * it has failed already. Whoever has it closes it, which lets its task go.
 */
public final class ReadRequest implements AutoCloseable {

  private final Request request;
  private final Optional<Lease> lease;
  private Example example; // null until it is read
  private List<Item> items = List.of();
  private List<float[]> scores = List.of();
  private Optional<Writing> writing = Optional.empty(); // where the model writes the answer
  private Optional<Outcome.Failed> failure = Optional.empty();

  private ReadRequest(Request request, Optional<Lease> lease) {
    this.request = request;
    this.lease = lease;
  }

  /** A request whose task is held. What is wrong with its input concerns this request only. */
  static ReadRequest of(Request request, Lease lease, TextTokenizer tokenizer) {
    ReadRequest read = new ReadRequest(request, Optional.of(lease));
    read.encode(tokenizer);
    return read;
  }

  /** A request that cannot be read. */
  static ReadRequest failed(Request request, Outcome.Failed failure) {
    ReadRequest read = new ReadRequest(request, Optional.empty());
    read.failure = Optional.of(failure);
    return read;
  }

  /** The request. */
  public Request request() {
    return request;
  }

  /** Why it has no answer; empty as long as all is well. */
  public Optional<Outcome.Failed> failure() {
    return failure;
  }

  /** How many tokens the model reads of it, and writes at most; 0 if it has failed. */
  public int tokens() {
    int written = writing.map(text -> text.row().length() + settings().maxNewTokens()).orElse(0);
    return written + items.stream().mapToInt(item -> item.longest() * item.rows().size()).sum();
  }

  /** The tokens of its longest row. */
  public int longest() {
    return writing.isPresent() ? tokens() : items.stream().mapToInt(Item::longest).max().orElse(0);
  }

  /** Whether the model writes its answer. */
  public boolean isWritten() {
    return writing.isPresent();
  }

  /** The task; only where there is something to answer. */
  ServedTask owner() {
    return lease.orElseThrow().task();
  }

  /** What the model scores of it; nothing if it could not be read. */
  List<Item> items() {
    return items;
  }

  /** What the model is to continue, where it writes the answer. */
  Optional<Writing> writing() {
    return writing;
  }

  /** How the model continues it, where it writes the answer. */
  GenerationSettings settings() {
    return request.writing().settings().apply(owner().settings());
  }

  private void encode(TextTokenizer tokenizer) {
    try {
      example = request.input().example(owner().task().task());
      BackboneSpec spec = owner().backbone().spec();
      ItemEncoder encoder = new ItemEncoder(tokenizer, owner().maxLength(), spec.direction());
      List<Item> encoded =
          owner().writes()
              ? List.of(owner().source(example, encoder))
              : owner().items(example, encoder);
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
    if (owner().writes()) {
      TokenRow row = encoded.get(0).rows().get(0);
      writing = Optional.of(new Writing(owner().backbone(), owner().prompt(), row));
    } else {
      items = encoded;
      scores = Arrays.asList(new float[items.size()][]);
    }
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
    if (failure.isEmpty()) {
      failure = Optional.of(Outcome.Failed.of(problem, cause));
    }
  }

  /** What became of it, once every item has its scores, or its text is written. */
  Outcome outcome() {
    writing.flatMap(Writing::failure).ifPresent(cause -> fail(Problem.REFUSED, cause));
    if (failure.isPresent()) {
      return failure.get();
    }
    try {
      return new Outcome.Answered(
          writing.isPresent()
              ? owner().written(example, writing.get().continuations())
              : owner().answer(example, items, scores));
    } catch (RuntimeException e) {
      return Outcome.Failed.of(Problem.REFUSED, e);
    }
  }

  /** Lets its task go. Twice is once. */
  @Override
  public void close() {
    lease.ifPresent(Lease::close);
  }
}
