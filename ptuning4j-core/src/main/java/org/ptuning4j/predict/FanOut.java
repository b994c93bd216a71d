package org.ptuning4j.predict;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Layers;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A batch in which several prompts ask the same texts. The layers below all of its prompts give the
 * same for a text whichever prompt asks, as long as its positions are the same; so they are
 * computed once for each text, and the layers above once for each row: with T prompts in the top k
 * of L layers, L − k + T·k layers a text instead of T·L.
 *
 * @param rows the batch, in its order
 * @param below how many layers next to the input all prompts leave as they are; 0 where nothing is
 *     to be had from it
 * @param texts the different texts among the rows
 * @param shifts by how much the positions of each text are moved up
 * @param textOf the text of each row
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived and never compared
record FanOut(List<TokenRow> rows, int below, List<TokenRow> texts, int[] shifts, long[] textOf) {

  /** What the lower layers' states of a row follow from. */
  private record Text(IntBuffer ids, IntBuffer typeIds, Optional<?> filling, int shift) {}

  /** A batch as it is. */
  private static FanOut none(List<TokenRow> rows) {
    return new FanOut(rows, 0, List.of(), new int[0], new long[0]);
  }

  /**
   * Finds the texts that rows have in common.
   *
   * @param prompts that of each row
   */
  static FanOut of(Backbone backbone, List<TokenRow> rows, List<Optional<TrainedPrompt>> prompts) {
    int all = backbone.spec().layers();
    if (backbone.spec().readingLayers() < all) {
      return none(rows); // a model with two halves is computed as a whole
    }
    int below =
        prompts.stream()
            .mapToInt(prompt -> prompt.map(TrainedPrompt::untouchedLayers).orElse(all - 1))
            .min()
            .orElse(0);
    if (below == 0) {
      return none(rows);
    }
    Map<Text, Integer> numbers = new LinkedHashMap<>();
    List<TokenRow> texts = new ArrayList<>();
    List<Integer> shifts = new ArrayList<>();
    long[] textOf = new long[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      TokenRow row = rows.get(i);
      int shift = prompts.get(i).map(TrainedPrompt::positionShift).orElse(0);
      Text text =
          new Text(IntBuffer.wrap(row.ids()), IntBuffer.wrap(row.typeIds()), row.filling(), shift);
      Integer known = numbers.putIfAbsent(text, texts.size());
      textOf[i] = known == null ? texts.size() : known;
      if (known == null) {
        texts.add(row);
        shifts.add(shift);
      }
    }
    return texts.size() == rows.size()
        ? none(rows)
        : new FanOut(
            rows,
            Math.min(below, all - 1),
            texts,
            shifts.stream().mapToInt(Integer::intValue).toArray(),
            textOf);
  }

  /**
   * The last states, {@code [B, m, H]}.
   *
   * @param tokens the rows
   * @param injection their prompts
   */
  Tensor states(
      Backbone backbone, TokenBatch tokens, Injection injection, Positions positions, int padId) {
    ForwardOptions options = ForwardOptions.evaluation(positions);
    if (below == 0) {
      return backbone.forward(tokens, injection, options).lastHidden();
    }
    Tensor once =
        backbone
            .forward(
                TokenBatch.of(texts, padId),
                Injection.deep(Map.of(), Optional.of(shifts)),
                ForwardOptions.evaluation(Positions.ALL).of(new Layers.Lowest(below)))
            .lastHidden(); // [texts, n, H]
    Engine engine = backbone.engine();
    Tensor each = once.index_select(0, engine.place(Tensors.of(textOf, textOf.length), Dtype.I64));
    return backbone
        .forward(tokens, injection, options.of(new Layers.Above(below, each)))
        .lastHidden();
  }
}
