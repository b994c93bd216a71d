package org.ptuning4j.head;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;

/**
 * What heads over whole sequences have in common: W · dropout(read) + b at each row's anchor, in
 * fp32. Its tensors are {@code classifier.weight} {@code [k, H]} and {@code classifier.bias}; for a
 * dense head {@code classifier.dense.*} and {@code classifier.out_proj.*}.
 */
final class Readout implements AutoCloseable {

  private static final String NAME = "classifier";
  private static final String DENSE = NAME + ".dense";
  private static final String LAST = NAME + ".out_proj";

  private final Form form;
  private final Backbone backbone;
  private final Weights weights;

  private Readout(Form form, Backbone backbone, Weights weights) {
    this.form = form;
    this.backbone = backbone;
    this.weights = weights;
  }

  /**
   * Its form.
   *
   * @param outputs k, the number of scores for each row
   * @param input what it reads
   * @param dropout the dropout rate on its input in training
   */
  record Form(int outputs, Input input, double dropout) {

    Form {
      requireDropout(dropout);
    }

    /** Makes sure that a rate lies in [0, 1). */
    static void requireDropout(double dropout) {
      if (!(dropout >= 0 && dropout < 1)) {
        throw InvalidInputException.of("head dropout: %s must lie in [0, 1)", dropout);
      }
    }

    /** Makes sure that a classifier has classes. */
    static void requireLabels(int labels, int least) {
      if (labels < least) {
        throw InvalidInputException.of(
            "labels: %d; a classifier needs at least %s",
            labels, least == 2 ? "two different labels" : "one label");
      }
    }

    long parameterCount(BackboneSpec spec) {
      long hidden = spec.hidden();
      long linear = (hidden + 1) * outputs;
      return input == Input.DENSE ? linear + (hidden + 1) * hidden : linear;
    }

    void requireFit(BackboneSpec spec, String model) {
      if (input == Input.POOLER && !spec.hasPooler()) {
        throw InvalidInputException.of(
            "head: pooler is asked for, but %s has no pooler; use first-token or dense", model);
      }
    }

    Readout create(Backbone backbone, RandomStream random) {
      return new Readout(
          this,
          backbone,
          Weights.initialised(shapes(backbone.spec().hidden()), backbone.engine(), random));
    }

    Readout restore(Backbone backbone, Map<String, Tensor> values) {
      return new Readout(
          this, backbone, Weights.of(shapes(backbone.spec().hidden()), backbone.engine(), values));
    }

    private Map<String, long[]> shapes(int hidden) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      if (input == Input.DENSE) {
        Weights.linear(shapes, DENSE, hidden, hidden);
      }
      Weights.linear(shapes, input == Input.DENSE ? LAST : NAME, hidden, outputs);
      return shapes;
    }
  }

  List<Parameter> parameters() {
    return weights.list();
  }

  Backbone backbone() {
    return backbone;
  }

  /** The scores of all rows, {@code [R, k]}, fp32. */
  Tensor apply(HeadInput input) {
    Tensor read = input.anchors(); // [R, H]
    Dropout dropout = input.dropout();
    double rate = form.dropout();
    return switch (form.input()) {
      case POOLER -> weights.linear(NAME, dropout.apply(input.backbone().pool(read), rate));
      case FIRST_TOKEN -> weights.linear(NAME, dropout.apply(fp32(read), rate));
      case DENSE -> {
        Tensor dense = torch.tanh(weights.linear(DENSE, dropout.apply(fp32(read), rate)));
        yield weights.linear(LAST, dropout.apply(dense, rate));
      }
    };
  }

  private Tensor fp32(Tensor x) {
    return backbone.engine().place(x, Dtype.F32);
  }

  @Override
  public void close() {
    weights.close();
  }
}
