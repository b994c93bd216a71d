package org.ptuning4j.head.vocabulary;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.head.ClassScores;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.HeadWeights;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.head.loss.BlindLosses;
import org.ptuning4j.head.loss.Losses;
import org.ptuning4j.head.loss.ScoresByItem;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** A {@link VerbalizerHeadSpec} over a backbone; its scores are {@code [B, labels]}. */
public final class VerbalizerHead implements Head {

  private static final String CALIBRATION = "verbalizer.calibration";

  private final VerbalizerHeadSpec spec;
  private final Backbone backbone;
  private final int[] words;

  /** The log-probabilities of the labels without content, {@code [labels]}, fp32; 0 at first. */
  private final Optional<Tensor> calibration;

  private VerbalizerHead(VerbalizerHeadSpec spec, Backbone backbone, Optional<Tensor> calibration) {
    this.spec = spec;
    this.backbone = backbone;
    this.words = VocabularyChecks.array(spec.distinct());
    this.calibration = calibration;
  }

  static VerbalizerHead of(VerbalizerHeadSpec spec, Backbone backbone) {
    return new VerbalizerHead(
        spec,
        backbone,
        spec.calibrated()
            ? Optional.of(owned(() -> torch.zeros(spec.labels()), backbone.engine()))
            : Optional.empty());
  }

  static VerbalizerHead of(VerbalizerHeadSpec spec, Backbone backbone, Map<String, Tensor> values) {
    HeadWeights.overwrite(backbone.languageModel().parameters(), values);
    if (!spec.calibrated()) {
      return new VerbalizerHead(spec, backbone, Optional.empty());
    }
    Tensor value = HeadWeights.require(CALIBRATION, new long[] {spec.labels()}, values);
    return new VerbalizerHead(spec, backbone, Optional.of(owned(() -> value, backbone.engine())));
  }

  private static Tensor owned(Supplier<Tensor> value, Engine engine) {
    return Scope.own(() -> engine.place(value.get().detach(), Dtype.F32).clone());
  }

  /** What this head is. */
  public VerbalizerHeadSpec spec() {
    return spec;
  }

  /** Those of the checkpoint's language model where the backbone is trained; else none. */
  @Override
  public List<Parameter> parameters() {
    return backbone.languageModel().parameters();
  }

  @Override
  public Map<String, Tensor> saved() {
    Map<String, Tensor> saved = new LinkedHashMap<>();
    parameters().forEach(parameter -> saved.put(parameter.name(), parameter.tensor()));
    calibration.ifPresent(tensor -> saved.put(CALIBRATION, tensor));
    return saved;
  }

  @Override
  public Positions reads() {
    return Positions.ANCHOR;
  }

  /** The mean logit of each label's words; only these words' logits are computed. */
  @Override
  public Tensor scores(HeadInput input) {
    VocabularyChecks.requireTargets(input);
    Tensor logits = backbone.languageModel().logits(input.anchors(), words); // [B, words]
    return logits.matmul(shares()); // [B, labels]
  }

  /** {@code [words, labels]}: 1 / (the label's number of words) at each of its words. */
  private Tensor shares() {
    List<Integer> distinct = spec.distinct();
    float[] shares = new float[words.length * spec.labels()];
    for (int label = 0; label < spec.labels(); label++) {
      List<Integer> own = spec.words().get(label);
      for (int word : own) {
        shares[distinct.indexOf(word) * spec.labels() + label] += 1f / own.size();
      }
    }
    return backbone.engine().place(Tensors.of(shares, words.length, spec.labels()), Dtype.F32);
  }

  /** Cross-entropy over the labels, without calibration, which has no part in training. */
  @Override
  public Loss loss(Tensor scores, List<Item> items) {
    return Losses.crossEntropy(classes(scores, items).get(0), backbone.engine());
  }

  @Override
  public boolean choosesClasses() {
    return true;
  }

  @Override
  public List<ClassScores> classes(Tensor scores, List<Item> items) {
    return List.of(new ClassScores(scores, Losses.choices(items, spec.labels())));
  }

  /** Each item's scores, calibrated where the spec says so. */
  @Override
  public List<float[]> split(Tensor scores, List<Item> items) {
    Tensor measured =
        calibration
            .map(contentFree -> torch.log_softmax(scores, -1).sub(contentFree))
            .orElse(scores);
    return ScoresByItem.cut(measured, ScoresByItem.same(items, spec.labels()));
  }

  @Override
  public double blindLoss(List<Item> training) {
    return BlindLosses.choices(training);
  }

  /**
   * Calibrates what {@link #split} gives by what the model says of texts without content, such as
   * "N/A": from now on their mean probability is subtracted, as a logarithm, from every text's
   * log-probabilities, so that such a text favours no label. May be repeated. Nothing happens if
   * the spec is not of a calibrated head.
   *
   * @param contentFree {@code [texts, labels]}, what {@link #scores} says of them
   * @throws InvalidInputException if the scores are not finite
   */
  @Override
  public void calibrate(Tensor contentFree) {
    calibration.ifPresent(
        present ->
            Autograd.withoutGraph(
                () ->
                    Scope.run(
                        () -> {
                          Tensor mean = mean(contentFree);
                          requireFinite(mean);
                          present.copy_(mean);
                        })));
  }

  /** The logarithm of the mean probabilities, {@code [labels]}. */
  private Tensor mean(Tensor contentFree) {
    Tensor raw =
        backbone.engine().place(contentFree.detach(), Dtype.F32).reshape(-1, spec.labels());
    return torch.softmax(raw, -1).mean(0).log();
  }

  private static void requireFinite(Tensor logProbabilities) {
    for (float value : Tensors.floats(logProbabilities)) {
      if (!Float.isFinite(value)) {
        throw InvalidInputException.of(
            "calibration: a label's probability without content has the logarithm %s; a finite "
                + "number is needed",
            value);
      }
    }
  }

  @Override
  public void close() {
    calibration.ifPresent(Scope::release);
  }
}
