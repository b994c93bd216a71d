package org.ptuning4j.backbone.transformer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModelLayout;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.Linear;
import org.ptuning4j.backbone.layer.norm.LayerNorm;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.backbone.weight.WeightRole;
import org.ptuning4j.backbone.weight.Weights;
import org.ptuning4j.backbone.weight.Weights.Held;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A masked-language-model head: LayerNorm(activation(W h + b)) Eᵀ + c (Devlin et al., arXiv
 * 1810.04805, section 3.1 and the released code).
 *
 * @param names how the family spells it
 * @param hidden H
 * @param embeddingWidth E, the width of what the output matrix multiplies
 * @param vocabulary V
 * @param activation the function between dense layer and norm
 * @param epsilon ε of the norm
 * @param tied whether the output matrix is the word embeddings unless the file has another
 * @param biases which of its parts have a bias
 */
public record MaskedLanguageSpec(
    MaskedLanguageNames names,
    int hidden,
    int embeddingWidth,
    int vocabulary,
    Activation activation,
    double epsilon,
    boolean tied,
    Biases biases)
    implements LanguageModelSpec {

  /**
   * Which parts have a bias.
   *
   * @param dense the dense layer
   * @param norm the norm after it
   * @param output the scores of the words
   */
  public record Biases(boolean dense, boolean norm, boolean output) {

    /** All of them, as in BERT. */
    public static final Biases ALL = new Biases(true, true, true);
  }

  /** A head with all biases. */
  public MaskedLanguageSpec(
      MaskedLanguageNames names,
      int hidden,
      int embeddingWidth,
      int vocabulary,
      Activation activation,
      double epsilon,
      boolean tied) {
    this(names, hidden, embeddingWidth, vocabulary, activation, epsilon, tied, Biases.ALL);
  }

  @Override
  public VocabularyModel load(
      CheckpointWeights source, Engine engine, LoadedWeights own, BackboneWeight words) {
    Linear dense = Linear.inFp32(own, names.dense(), embeddingWidth, hidden, biases.dense());
    LayerNorm norm = LayerNorm.inFp32(own, names.norm(), embeddingWidth, epsilon, biases.norm());
    Optional<BackboneWeight> bias =
        biases.output()
            ? Optional.of(
                own.get(
                    names.bias(),
                    WeightRole.BIAS,
                    Weights.plainLayout(names.bias(), vocabulary),
                    Held.FP32))
            : Optional.empty();
    BackboneWeight matrix =
        VocabularyModel.matrix(
            source, own, names.decoder() + ".weight", words, vocabulary, embeddingWidth, tied);
    return new VocabularyModel(
        source,
        engine,
        own,
        states -> norm.apply(activation.apply(dense.apply(engine, states))),
        new OutputLayer(engine, matrix, bias));
  }

  @Override
  public LanguageModelLayout layout() {
    Map<String, List<Long>> shapes = new TreeMap<>();
    shapes.put(names.dense() + ".weight", List.of((long) embeddingWidth, (long) hidden));
    shapes.put(names.norm() + ".weight", List.of((long) embeddingWidth));
    if (biases.dense()) {
      shapes.put(names.dense() + ".bias", List.of((long) embeddingWidth));
    }
    if (biases.norm()) {
      shapes.put(names.norm() + ".bias", List.of((long) embeddingWidth));
    }
    if (biases.output()) {
      shapes.put(names.bias(), List.of((long) vocabulary));
    }
    String matrix = names.decoder() + ".weight";
    shapes.put(matrix, List.of((long) vocabulary, (long) embeddingWidth));
    Map<String, String> others =
        !biases.output() || names.bias().equals(names.decoder() + ".bias")
            ? Map.of()
            : Map.of(names.decoder() + ".bias", names.bias());
    return new LanguageModelLayout(shapes, others, tied ? Set.of(matrix) : Set.of());
  }
}
