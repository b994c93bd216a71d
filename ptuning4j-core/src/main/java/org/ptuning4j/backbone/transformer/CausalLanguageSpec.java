package org.ptuning4j.backbone.transformer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.backbone.LanguageModelLayout;
import org.ptuning4j.backbone.weight.BackboneWeight;
import org.ptuning4j.backbone.weight.LoadedWeights;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A decoder's head: s h Eᵀ, the scores of what follows each token.
 *
 * @param decoder the output matrix's name, without {@code .weight}; {@code [V, H]}
 * @param hidden H
 * @param vocabulary V
 * @param tied whether the output matrix is the word embeddings unless the file has another
 * @param scale s; 1 in most families
 */
public record CausalLanguageSpec(
    String decoder, int hidden, int vocabulary, boolean tied, double scale)
    implements LanguageModelSpec {

  /** A head that takes the states as they are. */
  public CausalLanguageSpec(String decoder, int hidden, int vocabulary, boolean tied) {
    this(decoder, hidden, vocabulary, tied, 1);
  }

  @Override
  public LanguageModelLayout layout() {
    Map<String, List<Long>> shapes = Map.of(matrix(), List.of((long) vocabulary, (long) hidden));
    return new LanguageModelLayout(shapes, Map.of(), tied ? shapes.keySet() : Set.of());
  }

  @Override
  public VocabularyModel load(
      CheckpointWeights source, Engine engine, LoadedWeights own, BackboneWeight words) {
    BackboneWeight matrix =
        VocabularyModel.matrix(source, own, matrix(), words, vocabulary, hidden, tied);
    return new VocabularyModel(
        source, engine, own, this::scaled, new OutputLayer(engine, matrix, Optional.empty()));
  }

  private Tensor scaled(Tensor states) {
    return scale == 1 ? states : states.mul(new Scalar(scale));
  }

  private String matrix() {
    return decoder + ".weight";
  }
}
