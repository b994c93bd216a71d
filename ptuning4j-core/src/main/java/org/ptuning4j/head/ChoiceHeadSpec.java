package org.ptuning4j.head;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.RandomStream;

/**
 * A choice between candidates, each of them a row with one logit from a shared linear layer
 * (P-Tuning v2, section 3.3); {@code choice} in packs. Items may have different numbers of
 * candidates; an item's scores are its candidates' logits.
 *
 * @param loss what the candidates are trained on, and what the targets are
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record ChoiceHeadSpec(ChoiceLoss loss, Input input, double dropout) implements HeadSpec {

  static final String KIND = "choice";

  /** How candidates are told right from wrong. */
  public enum ChoiceLoss {
    /** One of them is right: cross-entropy over the candidates. The target is its number. */
    SOFTMAX,
    /**
     * Each is right or wrong by itself: binary cross-entropy, the mean over all candidates of the
     * batch. The targets are 0 or 1 for each candidate.
     */
    BINARY;

    /** As it is written in files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public ChoiceHeadSpec {
    Readout.Form.requireDropout(dropout);
  }

  static ChoiceHeadSpec read(HeadSettings settings) {
    settings.only("loss", "input", "dropout");
    return new ChoiceHeadSpec(
        settings.oneOf("loss", ChoiceLoss.values(), ChoiceLoss::label),
        settings.input(),
        settings.number("dropout"));
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
    return new ChoiceHead(this, form().create(backbone, random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    return new ChoiceHead(this, form().restore(backbone, values));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", KIND);
    settings.put("loss", loss.label());
    settings.put("input", input.label());
    settings.put("dropout", dropout);
    return settings;
  }
}
