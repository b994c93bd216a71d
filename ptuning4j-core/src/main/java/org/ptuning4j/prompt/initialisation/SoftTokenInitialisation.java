package org.ptuning4j.prompt.initialisation;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Tensors;

/**
 * How vectors at the input start. Lester et al. (arXiv 2104.08691, section 3.2) compare uniform
 * random values with the vectors of words and find that words are better, above all for smaller
 * models; PEFT starts from N(0, 1) unless told otherwise.
 *
 * @param text {@code uniform} (each entry uniform in [−0.5, 0.5], as Lester et al. have it), {@code
 *     unit-normal} (N(0, 1), as PEFT has it), {@code normal} (N(0, 0.02²)), {@code zero}, {@code
 *     vocabulary} (the vectors of different words drawn at random), or those of the tokens of a
 *     text, repeated or cut to P: {@code labels} (the words of the task's labels, as Lester et al.
 *     have it), {@code examples} (a training row of each label, with its label) or {@code text:…}
 */
public record SoftTokenInitialisation(String text) {

  /** The forms, in words. */
  public static final String FORMS =
      "one of uniform, normal, unit-normal, zero, vocabulary, " + StartText.FORMS;

  private static final String VOCABULARY = "vocabulary";
  private static final String UNIFORM = "uniform";

  /** Checks the form. */
  public SoftTokenInitialisation {
    boolean random =
        Arrays.stream(NormalInitialisation.values())
            .map(NormalInitialisation::label)
            .anyMatch(text::equals);
    boolean words = text.equals(VOCABULARY) || StartText.parse(text).isPresent();
    if (!random && !words && !text.equals(UNIFORM)) {
      throw new InvalidSettingException("init", "'" + text + "' is not " + FORMS);
    }
  }

  /** Reads a setting; {@code text:@FILE} becomes the text of the file. */
  public static SoftTokenInitialisation parse(String setting) {
    return new SoftTokenInitialisation(StartText.withFileRead(setting));
  }

  /** The vectors of different words drawn at random. */
  public static SoftTokenInitialisation vocabulary() {
    return new SoftTokenInitialisation(VOCABULARY);
  }

  /** Each entry uniform in [−0.5, 0.5]. */
  public static SoftTokenInitialisation uniform() {
    return new SoftTokenInitialisation(UNIFORM);
  }

  /** The vectors of a text's tokens, repeated or cut to P. */
  public static SoftTokenInitialisation text(String words) {
    return new SoftTokenInitialisation(StartText.of(words).written());
  }

  /**
   * The first values of P vectors.
   *
   * @return {@code [P, E]}, fp32
   * @throws InvalidInputException if the run's texts do not give what is asked for, or the
   *     vocabulary has fewer words than P
   */
  public Tensor vectors(int length, PromptContext context) {
    int width = context.spec().embeddingWidth();
    Optional<StartText> words = StartText.parse(text);
    if (words.isPresent()) {
      return context.words().vectors(words.get().tokens(length, context));
    }
    if (text.equals(VOCABULARY)) {
      return context.words().vectors(sampledIds(length, context));
    }
    if (text.equals(UNIFORM)) {
      return uniform(context.random(), 0.5, length, width);
    }
    return context.random().gaussian(NormalInitialisation.parse(text).deviation(), length, width);
  }

  /** An fp32 CPU tensor with entries uniform in [−bound, bound]. */
  public static Tensor uniform(RandomStream random, double bound, long... shape) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return Tensors.of(values, shape);
  }

  /** Different words, all equally likely; special and unused entries are not words. */
  private static int[] sampledIds(int length, PromptContext context) {
    PromptVocabulary words = context.words();
    Set<Integer> excluded = new LinkedHashSet<>();
    special().forEach(token -> words.id(token).ifPresent(excluded::add));
    words.id("[unused0]").ifPresent(excluded::add); // some vocabularies begin with [unused1]
    words.unused(1).forEach(excluded::add);
    int available = words.size() - excluded.size();
    if (available < length) {
      throw InvalidInputException.of(
          "prompt-length: %d soft tokens cannot start from as many different words; the vocabulary"
              + " has %d",
          length, available);
    }
    Set<Integer> drawn = new LinkedHashSet<>();
    while (drawn.size() < length) {
      int id = context.random().nextInt(words.size());
      if (!excluded.contains(id)) {
        drawn.add(id);
      }
    }
    return drawn.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The entries that stand for no text, as the families of models write them. */
  private static Stream<String> special() {
    return Stream.concat(
        Stream.of("PAD", "UNK", "CLS", "SEP", "MASK", "BOS", "EOS").map(name -> "[" + name + "]"),
        Stream.of("<s>", "</s>", "<pad>", "<unk>", "<mask>", "<cls>", "<sep>", "<|endoftext|>"));
  }
}
