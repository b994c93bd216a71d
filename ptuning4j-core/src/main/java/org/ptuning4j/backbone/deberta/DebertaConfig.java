package org.ptuning4j.backbone.deberta;

import java.util.Optional;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.backbone.layer.HeadSizes;
import org.ptuning4j.backbone.transformer.MaskedLanguageNames;
import org.ptuning4j.backbone.transformer.Positions;

/**
 * What {@code config.json} says of a DeBERTa.
 *
 * @param modelType the family's name
 * @param layers L
 * @param hidden H
 * @param sizes A and d
 * @param intermediate the width of the feed-forward layer
 * @param embeddingWidth E
 * @param vocabulary the number of word embeddings
 * @param typeVocabulary the number of token type embeddings; 0 for none
 * @param positions how tokens get absolute positions
 * @param absolute whether the embeddings have absolute positions
 * @param relative the relative positions
 * @param convolution beside the first layer; empty for none
 * @param activation the feed-forward layer's
 * @param poolerActivation the pooler's, where the checkpoint has one
 * @param epsilon ε of every LayerNorm
 * @param hiddenDropout the configured dropout of hidden states
 * @param attentionDropout the configured dropout of attention probabilities
 * @param languageModel how the checkpoint spells its language-model head
 * @param tied whether that head's output matrix is the word embeddings unless the file has another
 */
public record DebertaConfig(
    String modelType,
    int layers,
    int hidden,
    HeadSizes sizes,
    int intermediate,
    int embeddingWidth,
    int vocabulary,
    int typeVocabulary,
    Positions positions,
    boolean absolute,
    RelativePositions relative,
    Optional<ConvolutionShape> convolution,
    Activation activation,
    Activation poolerActivation,
    double epsilon,
    double hiddenDropout,
    double attentionDropout,
    MaskedLanguageNames languageModel,
    boolean tied) {

  /**
   * The convolution beside the first layer.
   *
   * @param kernel how many neighbouring tokens it covers, odd
   * @param groups how many groups of channels there are
   * @param activation applied to its output
   */
  public record ConvolutionShape(int kernel, int groups, Activation activation) {}
}
