package org.ptuning4j.head;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** A trained {@link SequenceHeadSpec}: logits = W · dropout(read) + b, in fp32. */
public final class SequenceHead implements AutoCloseable {

  private final SequenceHeadSpec spec;
  private final Engine engine;
  private final Map<String, Parameter> parameters;

  private SequenceHead(SequenceHeadSpec spec, Engine engine, Map<String, Parameter> parameters) {
    this.spec = spec;
    this.engine = engine;
    this.parameters = parameters;
  }

  /** A head with weights from N(0, 0.02²) and biases 0. */
  public static SequenceHead initialised(
      SequenceHeadSpec spec, int hidden, Engine engine, RandomStream random) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes(spec, hidden)
        .forEach(
            (name, shape) ->
                Scope.run(
                    () -> {
                      Tensor start = random.gaussian(name.endsWith("bias") ? 0 : 0.02, shape);
                      parameters.put(name, Parameter.of(name, start, engine));
                    }));
    return new SequenceHead(spec, engine, parameters);
  }

  /**
   * A head with given values.
   *
   * @param values {@code classifier.weight} {@code [labels, H]} and {@code classifier.bias}; for a
   *     dense head {@code classifier.dense.*} and {@code classifier.out_proj.*}
   * @throws InvalidInputException if a tensor is missing or of another shape
   */
  public static SequenceHead of(
      SequenceHeadSpec spec, int hidden, Engine engine, Map<String, Tensor> values) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes(spec, hidden)
        .forEach(
            (name, shape) -> {
              Tensor value = values.get(name);
              if (value == null || !java.util.Arrays.equals(Tensors.shape(value), shape)) {
                throw InvalidInputException.of(
                    "head: tensor %s of shape %s is needed, found %s",
                    name,
                    java.util.Arrays.toString(shape),
                    value == null ? "none" : java.util.Arrays.toString(Tensors.shape(value)));
              }
              parameters.put(name, Parameter.of(name, value, engine));
            });
    return new SequenceHead(spec, engine, parameters);
  }

  private static Map<String, long[]> shapes(SequenceHeadSpec spec, int hidden) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    boolean dense = spec.input() == Input.DENSE;
    if (dense) {
      shapes.put("classifier.dense.weight", new long[] {hidden, hidden});
      shapes.put("classifier.dense.bias", new long[] {hidden});
    }
    String last = dense ? "classifier.out_proj" : "classifier";
    shapes.put(last + ".weight", new long[] {spec.labels(), hidden});
    shapes.put(last + ".bias", new long[] {spec.labels()});
    return shapes;
  }

  /** The settings. */
  public SequenceHeadSpec spec() {
    return spec;
  }

  /** What is trained. */
  public List<Parameter> parameters() {
    return new ArrayList<>(parameters.values());
  }

  /** Which positions of the last layer it reads. */
  public Positions reads() {
    return Positions.FIRST;
  }

  /**
   * Scores of the classes.
   *
   * @return {@code [B, labels]}, fp32
   */
  public Tensor logits(Backbone backbone, BackboneOutput output, Dropout dropout) {
    Tensor first = output.first(); // [B, H]
    return switch (spec.input()) {
      case POOLER -> linear("classifier", dropout.apply(backbone.pool(first), spec.dropout()));
      case FIRST_TOKEN -> linear("classifier", dropout.apply(fp32(first), spec.dropout()));
      case DENSE -> {
        Tensor dense =
            torch.tanh(linear("classifier.dense", dropout.apply(fp32(first), spec.dropout())));
        yield linear("classifier.out_proj", dropout.apply(dense, spec.dropout()));
      }
    };
  }

  private Tensor fp32(Tensor x) {
    return engine.place(x, Dtype.F32);
  }

  private Tensor linear(String name, Tensor x) {
    return torch.linear(
        x, parameters.get(name + ".weight").tensor(), parameters.get(name + ".bias").tensor());
  }

  /**
   * Mean cross-entropy.
   *
   * @param logits {@code [B, labels]}
   * @param labels {@code [B]}, each in [0, labels)
   * @return a scalar
   */
  public Tensor loss(Tensor logits, long[] labels) {
    return torch.cross_entropy_loss(
        logits, engine.place(Tensors.of(labels, labels.length), Dtype.I64));
  }

  @Override
  public void close() {
    parameters.values().forEach(Parameter::release);
  }
}
