package org.ptuning4j.head.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.loss.ChainLoss;
import org.ptuning4j.head.loss.ScoreLoss;
import org.ptuning4j.head.loss.TagLoss;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A linear classifier over single tokens, for tagging. An item is one row with the positions that
 * are read; its target is {@link Target.Tags}, a label for each of them; its scores are the logits,
 * reads × labels, row-major. In packs {@code token}, where each token's label is learnt by itself,
 * or {@code crf}, where there is a score for each label behind each other one, too ({@link
 * ChainLoss}): these are common to all items, labels × labels, the label before × the label behind.
 *
 * @param labels the number of labels, 2 or more
 * @param dropout the dropout rate on its input in training
 * @param scoring what the labels are scored by
 */
public record TokenHeadSpec(int labels, double dropout, TagHead scoring) implements HeadSpec {

  /** The kind of heads in which each token's label is learnt by itself. */
  public static final String KIND = "token";

  /** The kind of heads with a score for each label behind each other one. */
  public static final String CRF_KIND = "crf";

  private static final String NAME = "classifier";
  private static final String TRANSITIONS = "transitions";

  /** Checks the ranges. */
  public TokenHeadSpec {
    LinearHeadSpec.requireLabels(labels, 2);
    LinearHeadSpec.requireDropout(dropout);
  }

  /** One in which each token's label is learnt by itself. */
  public TokenHeadSpec(int labels, double dropout) {
    this(labels, dropout, TagHead.SOFTMAX);
  }

  public static TokenHeadSpec read(HeadSettings settings) {
    return read(settings, TagHead.SOFTMAX);
  }

  public static TokenHeadSpec readCrf(HeadSettings settings) {
    return read(settings, TagHead.CRF);
  }

  private static TokenHeadSpec read(HeadSettings settings, TagHead scoring) {
    settings.only("labels", "dropout");
    return new TokenHeadSpec(settings.integer("labels"), settings.number("dropout"), scoring);
  }

  private Map<String, long[]> shapes(int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    HeadWeights.linear(shapes, NAME, hidden, labels);
    if (scoring == TagHead.CRF) {
      shapes.put(TRANSITIONS, new long[] {labels, labels});
    }
    return shapes;
  }

  @Override
  public String kind() {
    return scoring == TagHead.CRF ? CRF_KIND : KIND;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long transitions = scoring == TagHead.CRF ? (long) labels * labels : 0;
    return (spec.hidden() + 1L) * labels + transitions;
  }

  @Override
  public void requireFit(BackboneSpec spec, String model) {
    // every backbone has states at its tokens
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return head(backbone.engine(), HeadWeights.initialised(shapes, backbone.engine(), random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return head(backbone.engine(), HeadWeights.of(shapes, backbone.engine(), values));
  }

  private Head head(Engine engine, HeadWeights weights) {
    ScoreLoss loss =
        switch (scoring) {
          case SOFTMAX -> new TagLoss();
          case CRF -> new ChainLoss(() -> weights.tensor(TRANSITIONS));
        };
    return new LinearHead(new TokenReading(NAME, dropout), loss, labels, engine, weights);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", kind());
    settings.put("labels", labels);
    settings.put("dropout", dropout);
    return settings;
  }
}
