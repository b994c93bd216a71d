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
import org.ptuning4j.head.loss.LabelChain;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A linear classifier over the words of a text, as {@link TokenHeadSpec}, and a score for each
 * label behind each other one: a conditional random field, whose loss is that of the whole text's
 * labels ({@link LabelChain}); {@code crf} in packs. An item's scores are the logits, reads ×
 * labels, and behind them the transitions, labels × labels: the label before × the label behind.
 *
 * @param labels the number of labels, 2 or more
 * @param dropout the dropout rate on its input in training
 */
public record CrfHeadSpec(int labels, double dropout) implements HeadSpec {

  public static final String KIND = "crf";

  /** The transitions' tensor. */
  static final String TRANSITIONS = "transitions";

  private static final String NAME = "classifier";

  /** Checks the ranges. */
  public CrfHeadSpec {
    LinearHeadSpec.requireLabels(labels, 2);
    LinearHeadSpec.requireDropout(dropout);
  }

  public static CrfHeadSpec read(HeadSettings settings) {
    settings.only("labels", "dropout");
    return new CrfHeadSpec(settings.integer("labels"), settings.number("dropout"));
  }

  private Map<String, long[]> shapes(int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    HeadWeights.linear(shapes, NAME, hidden, labels);
    shapes.put(TRANSITIONS, new long[] {labels, labels});
    return shapes;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (spec.hidden() + 1L + labels) * labels;
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
    return new CrfHead(new TokenReading(NAME, dropout), labels, engine, weights);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("labels", labels);
    settings.put("dropout", dropout);
    return settings;
  }
}
