package org.ptuning4j.head;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.RandomStream;

/**
 * A linear classifier over whole sequences (P-Tuning v2, section 3.3: no verbalizer), {@code
 * sequence} in packs. An item is one row; its target is the number of its class; its scores are one
 * logit for each class.
 *
 * @param labels the number of classes, 2 or more
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record SequenceHeadSpec(int labels, Input input, double dropout) implements HeadSpec {

  static final String KIND = "sequence";

  /** What the classifier reads. */
  public enum Input {
    /** The checkpoint's own pooler over the first token, frozen with the backbone. */
    POOLER,
    /** The first token's last hidden state. */
    FIRST_TOKEN,
    /** A trained tanh(W h + b) over the first token (RoBERTa's classification head). */
    DENSE;

    /** As it is written in files and on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads what {@link #label} writes. */
    public static Input parse(String text) {
      for (Input input : values()) {
        if (input.label().equals(text)) {
          return input;
        }
      }
      throw InvalidInputException.of("head: '%s' is not one of pooler, first-token, dense", text);
    }

    /**
     * The pooler where the checkpoint has one, else the first token: a random pooler that has to be
     * saved beside the prompt would be no better, and is easily lost.
     */
    public static Input byDefault(BackboneSpec spec) {
      return spec.hasPooler() ? POOLER : FIRST_TOKEN;
    }
  }

  /** Checks the ranges. */
  public SequenceHeadSpec {
    Readout.Form.requireLabels(labels, 2);
    Readout.Form.requireDropout(dropout);
  }

  static SequenceHeadSpec read(HeadSettings settings) {
    settings.only("labels", "input", "dropout");
    return new SequenceHeadSpec(
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
  public SequenceHead create(Backbone backbone, RandomStream random) {
    return new SequenceHead(this, form().create(backbone, random));
  }

  @Override
  public SequenceHead restore(Backbone backbone, Map<String, Tensor> values) {
    return new SequenceHead(this, form().restore(backbone, values));
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
