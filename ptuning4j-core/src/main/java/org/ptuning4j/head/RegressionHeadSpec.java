package org.ptuning4j.head;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.RandomStream;

/**
 * A linear regression over whole sequences, trained on the squared error; {@code regression} in
 * packs. An item is one row; its target is the value; its score is the predicted value.
 *
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record RegressionHeadSpec(Input input, double dropout) implements HeadSpec {

  static final String KIND = "regression";

  /** Checks the ranges. */
  public RegressionHeadSpec {
    Readout.Form.requireDropout(dropout);
  }

  static RegressionHeadSpec read(HeadSettings settings) {
    settings.only("input", "dropout");
    return new RegressionHeadSpec(settings.input(), settings.number("dropout"));
  }

  private Readout.Form form() {
    return new Readout.Form(1, input, dropout);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    return form().parameterCount(spec);
  }

  @Override
  public void requireFit(BackboneSpec spec, String model) {
    form().requireFit(spec, model);
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    return new RegressionHead(form().create(backbone, random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    return new RegressionHead(form().restore(backbone, values));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("input", input.label());
    settings.put("dropout", dropout);
    return settings;
  }
}
