package org.ptuning4j.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;

/**
 * A Hugging Face tokenizer: texts to {@link Encoding}s and back. Safe for use by several threads at
 * once; {@link #close} waits for calls that are under way.
 *
 * <p>Normalising, splitting and sub-words are the native library's; truncation, windows, special
 * tokens and token types follow here and give what the Hugging Face library (0.23) gives. Windows
 * differ from it on purpose: they always hold the whole text, where that library stops reading
 * early, and all have the template's token types, where it gives the second text's later windows
 * type 1 even for models that have type 0 only. Word numbers always count from the start of the
 * text.
 *
 * <p>Any string can be encoded. Half of a surrogate pair standing alone is taken as U+FFFD. A text
 * is only text: where it spells a token that steers a model, such as {@code [SEP]}, {@code </s>} or
 * {@code [MASK]}, that is read as any other text, unless the tokenizer was opened with {@link
 * #openWithSpecialTokensInTexts}. Further tokens that were added to a vocabulary, such as marks of
 * entities, are made of their spellings in any case.
 */
public final class TextTokenizer implements AutoCloseable {

  private final Path source;
  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final SpecialTokens specialTokens;
  private final List<String> notes;
  private final PostProcessing withSpecialTokens;
  private final PostProcessing withoutSpecialTokens;
  private final ControlTokens spelt; // those that a text must not make; none where it may
  private final boolean prependsSpace;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private TextTokenizer(
      Path source,
      HuggingFaceTokenizer tokenizer,
      Vocabulary vocabulary,
      SpecialTokens specialTokens,
      PostProcessing processing,
      ControlTokens spelt,
      boolean prependsSpace,
      List<String> notes) {
    this.source = source;
    this.spelt = spelt;
    this.prependsSpace = prependsSpace;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.specialTokens = specialTokens;
    this.notes = List.copyOf(notes);
    this.withSpecialTokens = processing;
    this.withoutSpecialTokens =
        new PostProcessing(
            processing.single().withoutSpecialTokens(),
            processing.pair().withoutSpecialTokens(),
            processing.trims());
  }

  /**
   * Opens the tokenizer of a model's folder, without a network. It takes the first of
   *
   * <ol>
   *   <li>{@code tokenizer.json}; its sections on truncation and padding are left out, as each call
   *       says how to truncate, and batches are padded later. Where {@code tokenizer_config.json}
   *       says otherwise of case, accents, Chinese characters or the space before the first word,
   *       it is followed, as Hugging Face's version 4 does, and {@link #notes} says so;
   *   <li>{@code vocab.txt}: BERT's WordPiece. Whether it lower-cases, strips accents and splits
   *       Chinese characters says {@code tokenizer_config.json} ({@code do_lower_case}, {@code
   *       strip_accents}, {@code tokenize_chinese_chars}). Without {@code do_lower_case} the
   *       vocabulary decides: the tokenizer lower-cases unless a token has an ASCII upper-case
   *       letter, tokens in brackets such as {@code [unused1]} or {@code <S>} aside;
   *   <li>{@code vocab.json} with {@code merges.txt}: byte-level BPE with the special tokens of
   *       RoBERTa, DeBERTa, GPT-2 or GLM, whichever the vocabulary has;
   *   <li>{@code cog-pretrain.model}: the SentencePiece model of the Chinese GLM, with the special
   *       tokens of {@code added_tokens.json};
   *   <li>{@code spiece.model}, if it is the SentencePiece model of a T5 or mT5, with as many
   *       sentinels as {@code extra_ids} of {@code tokenizer_config.json} says, 100 by default.
   * </ol>
   *
   * @throws InvalidInputException when the folder holds none of them, or a file is broken
   * @throws IllegalStateException when the native library cannot be loaded on this machine
   */
  public static TextTokenizer open(Path modelFolder) {
    return open(modelFolder, false);
  }

  /**
   * As {@link #open}, but a text that spells a special token, such as {@code [SEP]}, makes that
   * token, as Hugging Face's tokenizers have it unless told otherwise.
   */
  public static TextTokenizer openWithSpecialTokensInTexts(Path modelFolder) {
    return open(modelFolder, true);
  }

  private static TextTokenizer open(Path modelFolder, boolean specialTokensInTexts) {
    TokenizerDefinition definition = TokenizerDefinition.in(modelFolder);
    ObjectNode json = definition.json();
    Path source = definition.source();
    DefinitionCheck.check(json, source);
    Vocabulary vocabulary = Vocabulary.of(json, source);
    PostProcessing processing = PostProcessing.of(json.path("post_processor"), source);
    SpecialTokens specials = SpecialTokens.find(modelFolder, vocabulary, json.path("model"));
    json.remove(List.of("truncation", "padding", "post_processor"));
    byte[] bytes = JsonFile.write(json, source);
    return new TextTokenizer(
        source,
        TokenizerLibrary.create(bytes, source),
        vocabulary,
        specials,
        processing,
        new ControlTokens(
            specialTokensInTexts ? Set.of() : specials.steering(), specials.unknown(), vocabulary),
        json.path("normalizer").findValuesAsText("type").contains("Prepend"),
        definition.notes());
  }

  /**
   * Encodes a text, or a pair, with special tokens.
   *
   * @param text the text, possibly empty
   * @param pairOrNull the second text; null for none, which an empty one is not
   * @param truncation how to cut what is too long
   * @throws InvalidInputException when the truncation's strategy cannot reach its length
   */
  public Encoding encode(String text, String pairOrNull, Truncation truncation) {
    return Assembly.of(withSpecialTokens, raw(text), rawOrNull(pairOrNull)).truncated(truncation);
  }

  /** As {@link #encode}, without special tokens: for building an input out of parts. */
  public Encoding encodeWithoutSpecialTokens(
      String text, String pairOrNull, Truncation truncation) {
    return Assembly.of(withoutSpecialTokens, raw(text), rawOrNull(pairOrNull))
        .truncated(truncation);
  }

  /**
   * Encodes many texts, or pairs, in parallel. Gives what {@link #encode} gives for each.
   *
   * @param texts the first texts, B of them
   * @param pairsOrNull the second texts, also B; null for none
   * @return B encodings of their own lengths, in order
   * @throws InvalidInputException when the lists differ in size, or one text cannot be truncated;
   *     the message has its index
   */
  public List<Encoding> encodeAll(
      List<String> texts, List<String> pairsOrNull, Truncation truncation) {
    if (pairsOrNull != null && pairsOrNull.size() != texts.size()) {
      throw InvalidInputException.of(
          "%d texts, but %d second texts; the numbers must be equal",
          texts.size(), pairsOrNull.size());
    }
    List<String> first = new ArrayList<>(texts);
    List<String> second = pairsOrNull == null ? null : new ArrayList<>(pairsOrNull);
    return IntStream.range(0, first.size())
        .parallel()
        .mapToObj(i -> encodeAt(i, first, second, truncation))
        .toList();
  }

  private Encoding encodeAt(
      int i, List<String> texts, List<String> pairsOrNull, Truncation truncation) {
    try {
      return encode(texts.get(i), pairsOrNull == null ? null : pairsOrNull.get(i), truncation);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("text %d: %s".formatted(i, e.getMessage()), e);
    }
  }

  /**
   * Encodes text that is already split into words, with special tokens. {@link Encoding#wordIds}
   * are the indices of the given words; offsets count within the word.
   *
   * @param words the words; one may give several tokens, or none
   * @param pairWordsOrNull the words of the second text; null for none
   * @throws InvalidInputException when the truncation's strategy cannot reach its length
   */
  public Encoding encodeWords(
      List<String> words, List<String> pairWordsOrNull, Truncation truncation) {
    return Assembly.of(withSpecialTokens, rawWords(words), rawWordsOrNull(pairWordsOrNull))
        .truncated(truncation);
  }

  /**
   * Encodes a text, or a pair, as overlapping windows that together hold every token, each with
   * special tokens and at most {@code truncation.maxLength()} long. The first is what {@link
   * #encode} gives; each next one repeats {@code truncation.stride()} tokens of the one before. If
   * both texts of a pair are cut, every window of the first meets every window of the second, in
   * the order of the Hugging Face library.
   *
   * @throws InvalidInputException when a window has no room for a text that has tokens, or the
   *     stride does not fit, or there would be more than 65,536 windows
   */
  public List<Encoding> encodeWindows(String text, String pairOrNull, Truncation truncation) {
    return Assembly.of(withSpecialTokens, raw(text), rawOrNull(pairOrNull)).windows(truncation);
  }

  /** {@link #encodeWindows} for text that is already split into words. */
  public List<Encoding> encodeWordWindows(
      List<String> words, List<String> pairWordsOrNull, Truncation truncation) {
    return Assembly.of(withSpecialTokens, rawWords(words), rawWordsOrNull(pairWordsOrNull))
        .windows(truncation);
  }

  /**
   * The special tokens that a text spells, as it spells them, which {@link #encode} reads as any
   * other text.
   */
  public List<String> specialTokensIn(String text) {
    String valid = CodePoints.withoutLoneSurrogates(Objects.requireNonNull(text, "text"));
    return spelt.spellings(unchecked(valid), List.of(valid));
  }

  /** What may surprise about its files: where they contradict each other, a sentence each. */
  public List<String> notes() {
    return notes;
  }

  /** The id that pads batches; 0 where the model's files name none. */
  public int padId() {
    return specialTokens.pad();
  }

  /** The id of the mask token, which masked language models fill in. */
  public OptionalInt maskId() {
    return specialTokens.mask();
  }

  /** The id of the token that starts a text and stands for all of it. */
  public OptionalInt clsId() {
    return specialTokens.cls();
  }

  /** The id of the token that separates and ends texts. */
  public OptionalInt sepId() {
    return specialTokens.sep();
  }

  /** The id of the token that ends a text which a model writes ({@code eos_token}). */
  public OptionalInt endId() {
    return specialTokens.end();
  }

  /** The id of the token for what the vocabulary cannot spell. */
  public OptionalInt unkId() {
    return specialTokens.unknown();
  }

  /** One more than the highest id, added tokens included. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** The id of a token in the vocabulary's own spelling, such as {@code ##ing} or {@code Ġthe}. */
  public OptionalInt tokenId(String token) {
    return vocabulary.id(Objects.requireNonNull(token, "token"));
  }

  /**
   * The token with this id in the vocabulary's own spelling.
   *
   * @throws InvalidInputException when no token has it
   */
  public String token(int id) {
    return vocabulary.token(id);
  }

  /**
   * The text of these tokens, special tokens left out.
   *
   * @throws InvalidInputException when an id is outside of the vocabulary
   */
  public String decode(int[] ids) {
    return decoded(ids, true);
  }

  /** As {@link #decode}, with special tokens written out. */
  public String decodeWithSpecialTokens(int[] ids) {
    return decoded(ids, false);
  }

  /**
   * Whether every text is read as if one more space preceded it, even where it begins with one, as
   * Llama 2's and Mistral's tokenizers have it.
   */
  public boolean prependsSpace() {
    return prependsSpace;
  }

  /** Whether {@link #encode} adds special tokens to a single text. */
  public boolean addsSpecialTokens() {
    return specialTokensOfSingle() > 0;
  }

  /** How many special tokens {@link #encode} adds to a single text. */
  public int specialTokensOfSingle() {
    return withSpecialTokens.single().added();
  }

  /** How many special tokens {@link #encode} adds to a pair. */
  public int specialTokensOfPair() {
    return withSpecialTokens.pair().added();
  }

  /** Releases the native tokenizer, once calls under way are done. Closing twice does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      tokenizer.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private RawTokens rawOrNull(String textOrNull) {
    return textOrNull == null ? null : raw(textOrNull);
  }

  private RawTokens raw(String text) {
    String valid = CodePoints.withoutLoneSurrogates(Objects.requireNonNull(text, "text"));
    RawTokens tokens = unchecked(valid);
    List<String> texts = List.of(valid);
    if (!spelt.isIn(tokens, texts)) {
      return tokens;
    }
    List<String> pieces = spelt.pieces(tokens, 0, texts);
    return RawTokens.joined(
        pieces.stream().map(piece -> spelt.masked(unchecked(piece), List.of(piece))).toList(),
        pieces.stream().mapToInt(TextTokenizer::codePoints).toArray(),
        CodePoints.of(valid));
  }

  private RawTokens unchecked(String valid) {
    return RawTokens.ofText(
        natively(() -> tokenizer.encode(valid, false, false)), CodePoints.of(valid));
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  private RawTokens rawWordsOrNull(List<String> wordsOrNull) {
    return wordsOrNull == null ? null : rawWords(wordsOrNull);
  }

  private RawTokens rawWords(List<String> words) {
    List<String> valid = words.stream().map(CodePoints::withoutLoneSurrogates).toList();
    RawTokens tokens = uncheckedWords(valid);
    if (!spelt.isIn(tokens, valid)) {
      return tokens;
    }
    List<String> pieces = new ArrayList<>();
    List<Integer> wordOf = new ArrayList<>();
    List<Integer> shifts = new ArrayList<>();
    for (int word = 0; word < valid.size(); word++) {
      int shift = 0;
      for (String piece : spelt.pieces(tokens, word, valid)) {
        pieces.add(piece);
        wordOf.add(word);
        shifts.add(shift);
        shift += codePoints(piece);
      }
    }
    return spelt
        .masked(uncheckedWords(pieces), pieces)
        .ofWholeWords(
            wordOf.stream().mapToInt(Integer::intValue).toArray(),
            shifts.stream().mapToInt(Integer::intValue).toArray(),
            valid.stream().map(CodePoints::of).toList());
  }

  private RawTokens uncheckedWords(List<String> valid) {
    String[] words = valid.toArray(String[]::new);
    return RawTokens.ofWords(
        natively(() -> tokenizer.encode(words, false, false)),
        valid.stream().map(CodePoints::of).toList());
  }

  private String decoded(int[] ids, boolean skipSpecialTokens) {
    long[] values = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      vocabulary.requireId(ids[i]);
      values[i] = ids[i];
    }
    return natively(() -> tokenizer.decode(values, skipSpecialTokens));
  }

  /** Keeps the native tokenizer alive during a call, from {@link #close} and from collection. */
  private <T> T natively(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (tokenizer.isReleased()) {
        throw new IllegalStateException("this tokenizer is closed");
      }
      return translatingErrors(call);
    } finally {
      lock.readLock().unlock();
      Reference.reachabilityFence(this);
    }
  }

  private <T> T translatingErrors(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      // The library throws nothing more specific, for example where the unknown token is missing.
      throw new InvalidInputException(
          "the tokenizer of %s cannot encode this text: %s".formatted(source, e.getMessage()), e);
    }
  }
}
