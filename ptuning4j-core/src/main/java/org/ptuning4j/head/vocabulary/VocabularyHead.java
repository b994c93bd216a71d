package org.ptuning4j.head.vocabulary;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
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

/** A {@link VocabularyHeadSpec} over a backbone; its scores are {@code [B, V]}. */
final class VocabularyHead implements Head {

  private final Backbone backbone;
  private final long[] candidates;

  VocabularyHead(VocabularyHeadSpec spec, Backbone backbone) {
    this.backbone = backbone;
    this.candidates = spec.candidates().stream().mapToLong(Integer::longValue).toArray();
  }

  @Override
  public List<Parameter> parameters() {
    return backbone.languageModel().parameters();
  }

  @Override
  public Positions reads() {
    return Positions.ANCHOR;
  }

  /** The logits of all words, for the loss; {@link #split} takes those that may be the answer. */
  @Override
  public Tensor scores(HeadInput input) {
    VocabularyChecks.requireTargets(input);
    return backbone.languageModel().logits(input.anchors());
  }

  /** Cross-entropy over the whole vocabulary. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Losses.crossEntropy(classes(scores, items).get(0), backbone.engine());
  }

  @Override
  public boolean choosesClasses() {
    return true;
  }

  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    int vocabulary = Math.toIntExact(scores.size(1));
    return List.of(new ClassScores(scores, Losses.choices(items, vocabulary)));
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    if (candidates.length == 0) {
      return ScoresByItem.cut(scores, ScoresByItem.same(items, Math.toIntExact(scores.size(1))));
    }
    Tensor index = backbone.engine().place(Tensors.of(candidates, candidates.length), Dtype.I64);
    return ScoresByItem.cut(
        scores.index_select(1, index), ScoresByItem.same(items, candidates.length));
  }

  @Override
  public double blindLoss(List<Item> training) {
    return BlindLosses.choices(training);
  }

  @Override
  public void close() {
    // nothing of its own
  }
}
