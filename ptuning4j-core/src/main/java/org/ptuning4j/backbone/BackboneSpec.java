package org.ptuning4j.backbone;

import org.ptuning4j.InvalidInputException;

/**
 * What a prompt method may know of a backbone: its sizes, nothing of its family.
 *
 * @param modelType the family, as {@code config.json} names it
 * @param layers L, the number of transformer layers
 * @param hidden H, the width of the hidden states
 * @param heads A, the number of attention heads
 * @param keyValueHeads K, the number of heads of keys and values; A unless they are shared
 * @param headSize d, the width of one head
 * @param embeddingWidth E, the width of the word embeddings; H in most families
 * @param maxPositions how many positions a sequence may take, a shift by the prompt included
 * @param vocabulary the number of word embeddings
 * @param typeVocabulary the number of token types; 0 or 1 where the family does not tell texts
 *     apart by them
 * @param hasPooler whether the checkpoint has a pooler over what stands for a text
 * @param hasLanguageModel whether the checkpoint has a head over its vocabulary
 * @param direction which way its tokens see a text
 * @param dropout the dropout rates of the checkpoint's configuration
 * @param pooling what its configuration says that classifiers read
 */
public record BackboneSpec(
    String modelType,
    int layers,
    int hidden,
    int heads,
    int keyValueHeads,
    int headSize,
    int embeddingWidth,
    int maxPositions,
    int vocabulary,
    int typeVocabulary,
    boolean hasPooler,
    boolean hasLanguageModel,
    Direction direction,
    DropoutRates dropout,
    Pooling pooling) {

  /** {@link #maxPositions} where positions enter by their distances alone. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Checks that every size is positive. */
  public BackboneSpec {
    requirePositive("layers", layers);
    requirePositive("hidden", hidden);
    requirePositive("heads", heads);
    requirePositive("keyValueHeads", keyValueHeads);
    requirePositive("headSize", headSize);
    requirePositive("embeddingWidth", embeddingWidth);
    requirePositive("maxPositions", maxPositions);
    requirePositive("vocabulary", vocabulary);
  }

  /** A backbone whose classifiers read the token that stands for the text, as most do. */
  public BackboneSpec(
      String modelType,
      int layers,
      int hidden,
      int heads,
      int keyValueHeads,
      int headSize,
      int embeddingWidth,
      int maxPositions,
      int vocabulary,
      int typeVocabulary,
      boolean hasPooler,
      boolean hasLanguageModel,
      Direction direction,
      DropoutRates dropout) {
    this(
        modelType,
        layers,
        hidden,
        heads,
        keyValueHeads,
        headSize,
        embeddingWidth,
        maxPositions,
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        direction,
        dropout,
        Pooling.TOKEN);
  }

  /** The same, its tokens seeing the whole text. */
  public BackboneSpec(
      String modelType,
      int layers,
      int hidden,
      int heads,
      int keyValueHeads,
      int headSize,
      int embeddingWidth,
      int maxPositions,
      int vocabulary,
      int typeVocabulary,
      boolean hasPooler,
      boolean hasLanguageModel,
      DropoutRates dropout) {
    this(
        modelType,
        layers,
        hidden,
        heads,
        keyValueHeads,
        headSize,
        embeddingWidth,
        maxPositions,
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        Direction.BIDIRECTIONAL,
        dropout);
  }

  /** The same, dropping hidden states at one rate wherever it does, as BERT has it. */
  public BackboneSpec(
      String modelType,
      int layers,
      int hidden,
      int heads,
      int keyValueHeads,
      int headSize,
      int embeddingWidth,
      int maxPositions,
      int vocabulary,
      int typeVocabulary,
      boolean hasPooler,
      boolean hasLanguageModel,
      double hiddenDropout,
      double attentionDropout) {
    this(
        modelType,
        layers,
        hidden,
        heads,
        keyValueHeads,
        headSize,
        embeddingWidth,
        maxPositions,
        vocabulary,
        typeVocabulary,
        hasPooler,
        hasLanguageModel,
        DropoutRates.of(hiddenDropout, attentionDropout));
  }

  /** 2·K·d: the width of one layer's key and value of one virtual token. */
  public int prefixWidth() {
    return 2 * keyValueHeads * headSize;
  }

  private static void requirePositive(String field, int value) {
    if (value <= 0) {
      throw InvalidInputException.of("%s: %d must be positive", field, value);
    }
  }
}
