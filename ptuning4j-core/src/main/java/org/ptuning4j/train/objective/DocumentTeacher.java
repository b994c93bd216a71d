package org.ptuning4j.train.objective;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.TokenBudget;

/**
 * The frozen model with a document before every text, as the teacher of the model that has a prompt
 * in the document's place: at each token of a target the student is to give the next-token
 * probabilities of the teacher (Cartridges, arXiv 2506.06266, section 3.2, context distillation).
 *
 * <p>The teacher's last states are the same in every epoch. They are kept where there is room, and
 * computed again with each batch where there is none; probabilities are made of them each time, so
 * that nothing is as wide as the vocabulary.
 */
public final class DocumentTeacher implements AutoCloseable {

  /** How much of the states' room a row takes: tokens of the document and of the text. */
  private static final Batching BATCHES = new TokenBudget(16_384);

  private final Backbone backbone;
  private final DocumentContext context;
  private Optional<Known> training = Optional.empty();
  private Optional<Known> evaluation = Optional.empty();
  private int[] reads = new int[0]; // of each evaluation row; known once they are prepared

  /**
   * A model that has read a document.
   *
   * @param document its tokens, one at least, with those that the model has before a text
   * @param begin how many tokens the model has before a text, which are left out behind the
   *     document
   * @param padId the id that fills up batches
   */
  public DocumentTeacher(Backbone backbone, int[] document, int begin, int padId) {
    this.backbone = backbone;
    this.context = new DocumentContext(backbone, document, begin, padId);
  }

  /**
   * The states of a data set's items, one behind the other.
   *
   * @param start of each item among them
   */
  @SuppressWarnings("ArrayRecordComponent") // as large as the data, and never compared
  private record Known(Tensor states, long[] start) {

    Tensor at(int[] items, Backbone backbone) {
      long[] index =
          Arrays.stream(items)
              .boxed()
              .flatMap(
                  item -> Stream.iterate(start[item], at -> at < start[item + 1], at -> at + 1))
              .mapToLong(Long::longValue)
              .toArray();
      Tensor placed = Tensors.of(index, index.length).to(states.device(), Dtype.I64.scalarType());
      return backbone
          .engine()
          .place(states.index_select(0, placed), backbone.engine().precision().dtype());
    }
  }

  /**
   * Computes the states of all rows, where there is room for them.
   *
   * @param task its name
   */
  Preparation prepare(String task, List<Item> train, List<Item> dev, int epochs, StateStore store) {
    Preparation done = Preparation.NONE;
    if (epochs > 1) {
      Outcome outcome = computed(task, train, store, "training");
      training = outcome.known();
      done = outcome.told();
    }
    reads = ScoresByItem.reads(dev);
    Outcome outcome = computed(task, dev, store, "evaluation");
    evaluation = outcome.known();
    return done.and(outcome.told());
  }

  private record Outcome(Optional<Known> known, Preparation told) {}

  private Outcome computed(String task, List<Item> items, StateStore store, String data) {
    long[] start = new long[items.size() + 1];
    for (int i = 0; i < items.size(); i++) {
      start[i + 1] = start[i] + items.get(i).reads().length;
    }
    StateStore.Wanted wanted =
        new StateStore.Wanted(
            start[items.size()],
            backbone.spec().hidden(),
            backbone.engine().precision().dtype(),
            () -> key(items));
    Optional<StatePlace> place = store.place(wanted);
    if (place.isEmpty()) {
      String what = "the states of '%s' behind the document".formatted(task);
      return new Outcome(
          Optional.empty(),
          new Preparation(List.of(), store.refusal(what, wanted).map(List::of).orElse(List.of())));
    }
    boolean reused = place.get().isFilled();
    try {
      if (!reused) {
        fill(items, start, place.get());
      }
      Known known = new Known(place.get().filled(), start);
      Preparation.Kept kept =
          new Preparation.Kept(
              task + " behind the document, " + data,
              backbone.spec().layers(),
              wanted.bytes(),
              place.get().where(),
              reused);
      return new Outcome(Optional.of(known), new Preparation(List.of(kept), List.of()));
    } catch (UncheckedIOException e) {
      place.get().abandon();
      String why = e.getMessage() + "; they are computed again in every epoch";
      return new Outcome(Optional.empty(), new Preparation(List.of(), List.of(why)));
    } catch (RuntimeException | Error e) {
      place.get().abandon();
      throw e;
    }
  }

  /** In batches by length, which are the same in every run of the same data. */
  private void fill(List<Item> items, long[] start, StatePlace place) {
    int[] lengths = items.stream().mapToInt(this::length).toArray();
    for (int[] batch : BATCHES.planSequential(lengths)) {
      List<Item> own = Arrays.stream(batch).mapToObj(items::get).toList();
      Scope.run(
          () -> {
            Tensor states = context.states(own);
            long next = 0;
            for (int i = 0; i < batch.length; i++) {
              long count = own.get(i).reads().length;
              place.put(start[batch[i]], states.narrow(0, next, count));
              next += count;
            }
          });
    }
  }

  /** What a row takes: the document's keys and values are beside its own in every layer. */
  private int length(Item item) {
    return context.length() + item.rows().get(0).length();
  }

  private String key(List<Item> items) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update("behind a document\n".getBytes(StandardCharsets.UTF_8));
    digest.update(bytes(context.document()));
    for (Item item : items) {
      Item text = context.behindDocument(item);
      digest.update(bytes(text.rows().get(0).ids()));
      digest.update(bytes(text.reads()));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The values with their number before them. */
  private static byte[] bytes(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate((values.length + 1) * Integer.BYTES);
    bytes.putInt(values.length).asIntBuffer().put(values);
    return bytes.array();
  }

  /**
   * How far the student is from the teacher at each token of some targets.
   *
   * @param student what the model with the prompt gives for some items
   * @param rows which training rows they are
   * @return {@code [N, 2]}, as {@link org.ptuning4j.backbone.LanguageModel#divergences} has it
   */
  Tensor ofTraining(HeadInput student, int[] rows) {
    return divergences(student, rows, training);
  }

  /**
   * Adds to the scores of evaluation rows what student and teacher have in common at each token,
   * where an exchange among workers takes it along.
   *
   * @param scores of all evaluation rows
   * @return the sum of how far they are apart
   */
  double evaluate(HeadInput student, int[] rows, float[][] scores) {
    Tensor apart = divergences(student, rows, evaluation);
    List<float[]> common =
        ScoresByItem.cut(apart.select(1, 1), ScoresByItem.reads(student.items()));
    for (int i = 0; i < rows.length; i++) {
      float[] own = scores[rows[i]];
      float[] added = common.get(i);
      scores[rows[i]] = Arrays.copyOf(own, own.length + added.length);
      System.arraycopy(added, 0, scores[rows[i]], own.length, added.length);
    }
    return apart.select(1, 0).sum().item_double();
  }

  /**
   * Takes what {@link #evaluate} added from the scores of all evaluation rows.
   *
   * @return its mean over all tokens
   */
  double takeAgreement(float[][] scores) {
    double sum = 0;
    long count = 0;
    for (int row = 0; row < scores.length; row++) {
      int own = scores[row].length - reads[row];
      for (int at = own; at < scores[row].length; at++) {
        sum += scores[row][at];
      }
      count += reads[row];
      scores[row] = Arrays.copyOf(scores[row], own);
    }
    return sum / Math.max(1, count);
  }

  private Tensor divergences(HeadInput student, int[] rows, Optional<Known> known) {
    Tensor taught =
        known.map(states -> states.at(rows, backbone)).orElseGet(() -> computed(student.items()));
    return backbone.languageModel().divergences(student.reads(), taught);
  }

  /** The states of a batch, some rows at a time. */
  private Tensor computed(List<Item> items) {
    List<Tensor> parts = new ArrayList<>();
    int from = 0;
    while (from < items.size()) {
      int to = from + 1;
      int longest = length(items.get(from));
      while (to < items.size()
          && BATCHES.admits(to + 1 - from, Math.max(longest, length(items.get(to))))) {
        longest = Math.max(longest, length(items.get(to)));
        to++;
      }
      parts.add(context.states(items.subList(from, to)));
      from = to;
    }
    return Tensors.cat(0, parts.toArray(Tensor[]::new));
  }

  @Override
  public void close() {
    Stream.of(training, evaluation)
        .flatMap(Optional::stream)
        .forEach(known -> Scope.release(known.states()));
    context.close();
  }
}
