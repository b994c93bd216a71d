package org.ptuning4j.head;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.RandomStream;

/**
 * As many yes-or-no questions about a whole sequence as there are labels; {@code multi-label} in
 * packs. An item is one row; its targets are 0 or 1 for each label; its scores are one logit for
 * each label, and a label applies where its logit is positive.
 *
 * @param labels the number of labels, 1 or more
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record MultiLabelHeadSpec(int labels, Input input, double dropout) implements HeadSpec {

  static final String KIND = "multi-label";

  /** Checks the ranges. */
  public MultiLabelHeadSpec {
    Readout.Form.requireLabels(labels, 1);
    Readout.Form.requireDropout(dropout);
  }

  static MultiLabelHeadSpec read(HeadSettings settings) {
    settings.only("labels", "input", "dropout");
    return new MultiLabelHeadSpec(
        settings.integer("labels"), settings.input(), settings.number("dropout"));
  }

  private Readout.Form form() {
    return new Readout.Form(labels, input, dropout);
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
    return new MultiLabelHead(this, form().create(backbone, random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    return new MultiLabelHead(this, form().restore(backbone, values));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("labels", labels);
    settings.put("input", input.label());
    settings.put("dropout", dropout);
    return settings;
  }
}
