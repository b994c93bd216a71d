package org.ptuning4j.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Geometry;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.Reach;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * A model that keeps the keys and values of what it has read: each further token is one column,
 * before which the prompt and the text so far stand as one prefix. It has the position that follows
 * the last one; what fills a blank stays at the blank's and counts within it.
 */
public final class CachedNextTokens implements NextTokens {

  private static final ForwardOptions LAST_TOKEN =
      ForwardOptions.evaluation(Positions.ANCHOR).withKeysAndValues();

  private final Backbone backbone;
  private final boolean afterSource; // what is written is apart from what is read
  private List<int[]> positions; // of the last tokens, [R] for each row of positions
  private int[] shifts; // by which the first row of positions is moved up
  private Tensor last; // [R, H], from which the next token is told; null before the first pass
  private Map<Integer, LayerPrefix> past = Map.of(); // by layer; owned by this object, as is last

  /**
   * Reads texts, all of them in one pass.
   *
   * @param tokens the texts, padded on the right, and read at their last token
   * @param injection their prompts
   */
  public CachedNextTokens(Backbone backbone, TokenBatch tokens, Injection injection) {
    this.backbone = backbone;
    this.afterSource = tokens.geometry().hasTargets();
    this.positions = positions(tokens);
    this.shifts = IntStream.range(0, tokens.rows()).map(injection::shift).toArray();
    take(
        () ->
            backbone.forward(
                tokens, afterSource ? injection : roomy(tokens, injection), LAST_TOKEN));
  }

  /**
   * The prompts where keys and values will be kept. Room for all of them is taken before the pass:
   * what a pass needs for a moment would otherwise leave holes between them.
   */
  private Injection roomy(TokenBatch tokens, Injection injection) {
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < backbone.spec().layers(); layer++) {
      prefixes.put(
          layer,
          injection
              .prefix(layer)
              .map(prefix -> prefix.copy(Optional.empty(), tokens.columns()))
              .orElseGet(() -> LayerPrefix.roomFor(backbone, tokens.rows(), tokens.columns())));
    }
    return injection.with(prefixes);
  }

  @Override
  public int rows() {
    return shifts.length;
  }

  /** Those of each row's last token, soft tokens counted. */
  private static List<int[]> positions(TokenBatch tokens) {
    int[] last = IntStream.range(0, tokens.rows()).map(row -> tokens.length(row) - 1).toArray();
    List<int[]> given = tokens.geometry().positions();
    return given.isEmpty()
        ? List.of(last)
        : given.stream()
            .map(
                all ->
                    IntStream.range(0, tokens.rows())
                        .map(row -> all[row * tokens.columns() + last[row]])
                        .toArray())
            .toList();
  }

  /** Row by row: an array of all of them would be as large again. */
  @Override
  public float[][] scores() {
    return Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor logits = backbone.languageModel().logits(last); // [R, V]
                  float[][] rows = new float[rows()][];
                  Arrays.setAll(rows, row -> Tensors.floats(logits.select(0, row)));
                  return rows;
                }));
  }

  @Override
  public void advance(int[] parents, int[] tokens) {
    positions = Geometry.following(positions.stream().map(each -> select(each, parents)).toList());
    shifts = select(shifts, parents);
    read(
        parents,
        new TokenBatch(
                tokens.length,
                1,
                Arrays.stream(tokens).asLongStream().toArray(),
                ones(tokens.length),
                new long[tokens.length])
            .with(next()));
  }

  /** One column that follows; where a source was read, it is of the target. */
  private Geometry next() {
    Geometry next = new Geometry(positions, Reach.everything());
    return afterSource ? next.withTargets(new int[rows()]) : next;
  }

  /**
   * Adds the rest of several texts to the only row that has been read: what all of them begin with.
   *
   * @param texts words only, one token each at least
   * @param padId the id that fills the rest
   */
  public void advance(List<int[]> texts, int padId) {
    if (rows() != 1 || positions.size() != 1 || afterSource) {
      throw new IllegalStateException("texts follow one beginning, which counts its tokens");
    }
    int before = positions.get(0)[0] + 1;
    TokenBatch batch = following(texts, padId, before);
    int[] parents = new int[texts.size()];
    positions = List.of(texts.stream().mapToInt(text -> before + text.length - 1).toArray());
    shifts = select(shifts, parents);
    read(parents, batch);
  }

  /** Texts padded on the right, read at their last tokens, counted from a position on. */
  private static TokenBatch following(List<int[]> texts, int padId, int before) {
    TokenBatch plain =
        TokenBatch.of(
            texts.stream()
                .map(text -> TokenRow.of(text, new int[text.length]).withAnchor(text.length - 1))
                .toList(),
            padId);
    int[] counted = new int[plain.ids().length];
    Arrays.setAll(counted, at -> before + at % plain.columns());
    return plain.with(new Geometry(List.of(counted), Reach.everything()));
  }

  private void read(int[] parents, TokenBatch batch) {
    goOn(parents, batch.columns());
    take(() -> backbone.forward(batch, Injection.deep(past, Optional.of(shifts)), LAST_TOKEN));
  }

  /**
   * Makes the keys and values so far those of the rows of the next pass, with room for its columns.
   * One layer after the other, so that no more than one is there twice.
   */
  private void goOn(int[] parents, int columns) {
    boolean same = Arrays.equals(parents, IntStream.range(0, (int) last.size(0)).toArray());
    past = new HashMap<>(past);
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Optional<Tensor> rows = same ? Optional.empty() : Optional.of(index(parents));
                  past.replaceAll((at, layer) -> Scope.run(() -> next(layer, rows, columns)));
                  return null;
                }));
  }

  private Tensor index(int[] rows) {
    long[] index = Arrays.stream(rows).asLongStream().toArray();
    return backbone.engine().place(Tensors.of(index, index.length), Dtype.I64);
  }

  /** A layer for the next pass; keys and values of a source do not grow. */
  private static LayerPrefix next(LayerPrefix layer, Optional<Tensor> rows, int columns) {
    boolean grows = layer.room().isPresent();
    if (rows.isEmpty() && (!grows || layer.hasRoom(columns))) {
      return layer;
    }
    LayerPrefix next = grows ? layer.copy(rows, columns) : layer.rows(rows.orElseThrow());
    next.tensors().forEach(Tensor::retainReference);
    layer.tensors().forEach(Scope::release);
    return next;
  }

  @Override
  public int room(int row) {
    int last = positions.get(positions.size() - 1)[row];
    int shift = positions.size() == 1 ? shifts[row] : 0; // what counts within a blank is not moved
    return backbone.spec().maxPositions() - shift - last - 1;
  }

  @Override
  public void close() {
    held().forEach(Scope::release);
    past = Map.of();
    last = null;
  }

  /** What this object owns. */
  private List<Tensor> held() {
    List<Tensor> held = new ArrayList<>();
    past.values().forEach(layer -> held.addAll(layer.tensors()));
    if (last != null) {
      held.add(last);
    }
    return held;
  }

  /** Keeps what a pass gives, and gives back what was kept before. */
  private void take(Supplier<BackboneOutput> pass) {
    List<Tensor> before = held();
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  BackboneOutput output = pass.get();
                  last = output.first();
                  past = output.past();
                  held().forEach(Tensor::retainReference);
                  return null;
                }));
    before.forEach(Scope::release);
  }

  private static int[] select(int[] values, int[] rows) {
    return Arrays.stream(rows).map(row -> values[row]).toArray();
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
