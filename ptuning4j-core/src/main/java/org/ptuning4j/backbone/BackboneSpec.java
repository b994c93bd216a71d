package org.ptuning4j.backbone;

import org.ptuning4j.InvalidInputException;

/**
 * What a prompt method may know of a backbone: its sizes, nothing of its family.
 *
 * @param modelType the family, as {@code config.json} names it
 * @param layers L, how many times keys and values are attended to: the number of transformer
 *     layers. In an encoder–decoder the encoder's layers come first, then the decoder's as far as
 *     they attend to the target, then the decoder's as far as they attend to the source
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
 * @param readingLayers how many layers a text goes through that is only read, and soft tokens with
 *     it: all of them; in an encoder–decoder those of the encoder
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
    Pooling pooling,
    int readingLayers) {

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
    requirePositive("readingLayers", readingLayers);
    if (readingLayers > layers) {
      throw InvalidInputException.of(
          "readingLayers: %d; there are %d layers in all", readingLayers, layers);
    }
  }

  /** A backbone all of whose layers read the text. */
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
      DropoutRates dropout,
      Pooling pooling) {
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
        pooling,
        layers);
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

  /**
   * The part of it that a text goes through which is only read: all of it, but for the decoder of
   * an encoder–decoder.
   */
  public BackboneSpec reading() {
    return readingLayers == layers ? this : of(readingLayers, hasPooler, hasLanguageModel);
  }

  /**
   * The lowest layers, of which there are fewer than in all: without pooler and language model,
   * which read the last one.
   */
  public BackboneSpec lowest(int count) {
    return of(count, false, false);
  }

  /** The same with so many layers, all of which read the text. */
  private BackboneSpec of(int count, boolean pooler, boolean languageModel) {
    return new BackboneSpec(
        modelType,
        count,
        hidden,
        heads,
        keyValueHeads,
        headSize,
        embeddingWidth,
        maxPositions,
        vocabulary,
        typeVocabulary,
        pooler,
        languageModel,
        direction,
        dropout,
        pooling);
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
