package org.ptuning4j.head.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadSettings;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.loss.LinearLoss;
import org.ptuning4j.tensor.RandomStream;

/**
 * A linear head over whole sequences (P-Tuning v2, section 3.3: no verbalizer), which reads each
 * row at its anchor or in the mean. What it is trained on tells a classifier from a regression or a
 * choice; packs call it {@code sequence}, {@code multi-label}, {@code regression} or {@code choice}
 * accordingly. Its tensors are {@code classifier.weight} {@code [k, H]} and {@code
 * classifier.bias}; those of a dense head are {@code classifier.dense.*} and {@code
 * classifier.out_proj.*}.
 *
 * @param loss what it is trained on, and what an item's target is
 * @param outputs k, the number of scores for each row: the number of labels, or 1 where there are
 *     none
 * @param input what it reads
 * @param dropout the dropout rate on its input in training
 */
public record LinearHeadSpec(LinearLoss loss, int outputs, SequenceInput input, double dropout)
    implements HeadSpec {

  static final String NAME = "classifier";
  static final String DENSE = NAME + ".dense";
  static final String OUT = NAME + ".out_proj";

  private static final String SOFTMAX = "softmax";
  private static final String BINARY = "binary";

  /** Checks the ranges. */
  public LinearHeadSpec {
    switch (loss) {
      case LABEL -> requireLabels(outputs, 2);
      case EACH_LABEL -> requireLabels(outputs, 1);
      case NUMBER, CANDIDATE, EACH_CANDIDATE -> {
        if (outputs != 1) {
          throw InvalidInputException.of(
              "outputs: %d; a head of kind '%s' has 1 for each row", outputs, loss.kind());
        }
      }
    }
    requireDropout(dropout);
  }

  /** Makes sure that a classifier has labels to choose from. */
  static void requireLabels(int labels, int least) {
    if (labels < least) {
      throw InvalidInputException.of(
          "labels: %d; a classifier needs at least %s",
          labels, least == 2 ? "two different labels" : "one label");
    }
  }

  /** Makes sure that a rate lies in [0, 1). */
  static void requireDropout(double dropout) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw InvalidInputException.of("head dropout: %s must lie in [0, 1)", dropout);
    }
  }

  /** A classifier whose item is one row, of one of so many classes, 2 or more. */
  public static LinearHeadSpec sequence(int labels, SequenceInput input, double dropout) {
    return new LinearHeadSpec(LinearLoss.LABEL, labels, input, dropout);
  }

  /** As many yes-or-no questions about an item's one row as there are labels, 1 or more. */
  public static LinearHeadSpec multiLabel(int labels, SequenceInput input, double dropout) {
    return new LinearHeadSpec(LinearLoss.EACH_LABEL, labels, input, dropout);
  }

  /** A regression whose item is one row. */
  public static LinearHeadSpec regression(SequenceInput input, double dropout) {
    return new LinearHeadSpec(LinearLoss.NUMBER, 1, input, dropout);
  }

  /** A choice of the right one of an item's rows; items may have different numbers of them. */
  public static LinearHeadSpec choice(SequenceInput input, double dropout) {
    return new LinearHeadSpec(LinearLoss.CANDIDATE, 1, input, dropout);
  }

  /** A verdict on each of an item's rows by itself. */
  public static LinearHeadSpec eachCandidate(SequenceInput input, double dropout) {
    return new LinearHeadSpec(LinearLoss.EACH_CANDIDATE, 1, input, dropout);
  }

  public static LinearHeadSpec readSequence(HeadSettings settings) {
    settings.only("labels", "input", "dropout");
    return sequence(settings.integer("labels"), settings.input(), settings.number("dropout"));
  }

  public static LinearHeadSpec readMultiLabel(HeadSettings settings) {
    settings.only("labels", "input", "dropout");
    return multiLabel(settings.integer("labels"), settings.input(), settings.number("dropout"));
  }

  public static LinearHeadSpec readRegression(HeadSettings settings) {
    settings.only("input", "dropout");
    return regression(settings.input(), settings.number("dropout"));
  }

  public static LinearHeadSpec readChoice(HeadSettings settings) {
    settings.only("loss", "input", "dropout");
    LinearLoss loss =
        settings.oneOf(
            "loss",
            new LinearLoss[] {LinearLoss.CANDIDATE, LinearLoss.EACH_CANDIDATE},
            LinearHeadSpec::lossOfChoice);
    return new LinearHeadSpec(loss, 1, settings.input(), settings.number("dropout"));
  }

  private static String lossOfChoice(LinearLoss loss) {
    return loss == LinearLoss.EACH_CANDIDATE ? BINARY : SOFTMAX;
  }

  @Override
  public String kind() {
    return loss.kind();
  }

  @Override
  public long parameterCount(BackboneSpec spec) {
    long hidden = spec.hidden();
    long linear = (hidden + 1) * outputs;
    return input.isDense() ? linear + (hidden + 1) * hidden : linear;
  }

  @Override
  public void requireFit(BackboneSpec spec, String model) {
    if (input == SequenceInput.POOLER && !spec.hasPooler()) {
      throw InvalidInputException.of(
          "head: pooler is asked for, but %s has no pooler; use %s, mean or dense",
          model, SequenceInput.token(spec.direction()).label());
    }
    if (!input.suits(spec.direction())) {
      throw InvalidInputException.of(
          "head: %s is asked for, but %s reads texts at the %s token, which stands for all of them;"
              + " use %s, mean or dense",
          input.label(),
          model,
          spec.direction().summary(2) == 0 ? "first" : "last",
          SequenceInput.token(spec.direction()).label());
    }
  }

  @Override
  public Head create(Backbone backbone, RandomStream random) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return head(backbone, HeadWeights.initialised(shapes, backbone.engine(), random));
  }

  @Override
  public Head restore(Backbone backbone, Map<String, Tensor> values) {
    Map<String, long[]> shapes = shapes(backbone.spec().hidden());
    return head(backbone, HeadWeights.of(shapes, backbone.engine(), values));
  }

  private Head head(Backbone backbone, HeadWeights weights) {
    return new LinearHead(
        new SequenceReading(input, backbone.spec().pooling(), dropout),
        loss,
        outputs,
        backbone.engine(),
        weights);
  }

  private Map<String, long[]> shapes(int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    if (input.isDense()) {
      HeadWeights.linear(shapes, DENSE, hidden, hidden);
    }
    HeadWeights.linear(shapes, input.isDense() ? OUT : NAME, hidden, outputs);
    return shapes;
  }

  /** The fields that packs have for each kind of head. */
  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", kind());
    switch (loss) {
      case LABEL, EACH_LABEL -> settings.put("labels", outputs);
      case CANDIDATE, EACH_CANDIDATE -> settings.put("loss", lossOfChoice(loss));
      case NUMBER -> {
        // a regression has no more than all have
      }
    }
    settings.put("input", input.label());
    settings.put("dropout", dropout);
    return settings;
  }
}
