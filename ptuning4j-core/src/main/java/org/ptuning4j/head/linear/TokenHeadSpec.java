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
import org.ptuning4j.head.Target;
import org.ptuning4j.head.loss.TagLoss;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A linear classifier over single tokens, for tagging; {@code token} in packs. An item is one row
 * with the positions that are read; its target is {@link Target.Tags}, a label for each of them;
 * its scores are the logits, reads × labels, row-major.
 *
 * @param labels the number of labels, 2 or more
 * @param dropout the dropout rate on its input in training
 */
public record TokenHeadSpec(int labels, double dropout) implements HeadSpec {

  public static final String KIND = "token";

  private static final String NAME = "classifier";

  /** Checks the ranges. */
  public TokenHeadSpec {
    LinearHeadSpec.requireLabels(labels, 2);
    LinearHeadSpec.requireDropout(dropout);
  }

  public static TokenHeadSpec read(HeadSettings settings) {
    settings.only("labels", "dropout");
    return new TokenHeadSpec(settings.integer("labels"), settings.number("dropout"));
  }

  private Map<String, long[]> shapes(int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    HeadWeights.linear(shapes, NAME, hidden, labels);
    return shapes;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return (spec.hidden() + 1L) * labels;
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
    return new LinearHead(new TokenReading(NAME, dropout), new TagLoss(), labels, engine, weights);
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
