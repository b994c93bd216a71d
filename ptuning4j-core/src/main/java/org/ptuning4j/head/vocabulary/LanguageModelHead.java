package org.ptuning4j.head.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.LanguageModel;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.loss.Losses;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Parameter;

/** A {@link LanguageModelHeadSpec} over a backbone. */
final class LanguageModelHead implements Head {

  /** The numbers that are said of each token of a target. */
  static final int SCORES = 2;

  private final Backbone backbone;

  LanguageModelHead(Backbone backbone) {
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

  /**
   * For each token of the targets the natural logarithm of its probability, and 1 where it is the
   * most probable of all, else 0: {@code [N, 2]}. Logits of the whole vocabulary never leave here.
   *
   * @throws IllegalArgumentException if an item has no target: what follows it is not scored but
   *     generated
   */
  @Override
  public Tensor scores(HeadInput input) {
    VocabularyChecks.requireTargets(input);
    LanguageModel model = backbone.languageModel();
    long[] targets = Losses.tags(input.items(), model.vocabulary());
    int[] words = Arrays.stream(targets).mapToInt(Math::toIntExact).toArray();
    return model.likelihoods(input.reads(), words);
  }

  /** Cross-entropy: a term for each token of the targets. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    long count = items.stream().mapToLong(this::terms).sum();
    return new Loss(scores.select(1, 0).sum().neg(), count);
  }

  @Override
  public int terms(Item item) {
    return item.target(Target.Tags.class).labels().size();
  }

  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    int[] sizes = Arrays.stream(ScoresByItem.reads(items)).map(reads -> SCORES * reads).toArray();
    return new ArrayList<>(ScoresByItem.cut(scores, sizes));
  }

  @Override
  public void close() {
    // nothing of its own
  }
}
