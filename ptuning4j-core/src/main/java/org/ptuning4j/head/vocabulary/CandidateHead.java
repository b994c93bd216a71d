package org.ptuning4j.head.vocabulary;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.loss.BlindLosses;
import org.ptuning4j.head.loss.Losses;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** A {@link CandidateHeadSpec} over a backbone; its scores are {@code [R]}, one per candidate. */
final class CandidateHead implements Head {

  private final CandidateHeadSpec spec;
  private final Backbone backbone;

  CandidateHead(CandidateHeadSpec spec, Backbone backbone) {
    this.spec = spec;
    this.backbone = backbone;
  }

  @Override
  public List<Parameter> parameters() {
    return backbone.languageModel().parameters();
  }

  @Override
  public Positions reads() {
    return Positions.ALL;
  }

  @Override
  public Tensor scores(HeadInput input) {
    VocabularyChecks.requireTargets(input);
    int[] masks = masks(input.items());
    Tensor logits = backbone.languageModel().logits(input.reads()); // [N, V]
    long[] words =
        input.items().stream()
            .flatMapToInt(item -> Arrays.stream(item.words()))
            .asLongStream()
            .toArray();
    Tensor own = engine().place(Tensors.of(words, words.length, 1), Dtype.I64); // [N, 1]
    Tensor likely = torch.log_softmax(logits, -1).gather(1, own).flatten(); // [N]
    Tensor sums = ScoresByItem.padded(likely, masks, 0, engine()).sum(1); // [R]
    return switch (spec.length()) {
      case SUM -> sums;
      case MEAN -> sums.div(engine().place(lengths(masks), Dtype.F32));
    };
  }

  /** The number of masks of each row of all items. */
  private static int[] masks(List<Item> items) {
    for (Item item : items) {
      boolean complete =
          item.words().length > 0
              && item.counts().length == item.rows().size()
              && Arrays.stream(item.counts()).allMatch(count -> count > 0);
      if (!complete) {
        throw new IllegalArgumentException(
            "each candidate needs masks and the words that they stand for");
      }
    }
    return items.stream().flatMapToInt(item -> Arrays.stream(item.counts())).toArray();
  }

  private static Tensor lengths(int[] masks) {
    float[] lengths = new float[masks.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = masks[i];
    }
    return Tensors.of(lengths, lengths.length);
  }

  private Engine engine() {
    return backbone.engine();
  }

  /** Cross-entropy over each item's candidates, their scores taken as logits. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Losses.crossEntropy(classes(scores, items).get(0), engine());
  }

  @Override
  public boolean choosesClasses() {
    return true;
  }

  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    Tensor perItem =
        ScoresByItem.padded(
            scores, ScoresByItem.rows(items), Float.NEGATIVE_INFINITY, engine()); // [B, C]
    return List.of(new ClassScores(perItem, Losses.rows(items)));
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    return ScoresByItem.cut(scores, ScoresByItem.rows(items));
  }

  @Override
  public double blindLoss(List<Item> training) {
    return BlindLosses.candidates(training);
  }

  @Override
  public void close() {
    // nothing of its own
  }
}
