package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Continues texts with a decoder, or fills a blank in each with a model like GLM, plainly or with
 * packs, which share one backbone in memory. Texts with different prompts share a batch.
 * Thread-safe.
 *
 * <pre>{@code
 * try (Generator generator = Generator.open(model)) {
 *   Continuation next = generator.generate("The film was", GenerationSettings.greedy());
 * }
 * }</pre>
 */
public final class Generator implements AutoCloseable {

  private static final String PLAIN = "(the model as it is)";

  private final Predictor predictor;

  private Generator(Predictor predictor) {
    this.predictor = predictor;
    predictor.addUntrained(PLAIN, GenerationTask.plain());
  }

  /**
   * A generator without packs, in the machine's best precision.
   *
   * @param model a folder with config.json, weights and tokenizer
   * @throws InvalidInputException if it is no decoder
   */
  public static Generator open(Path model) {
    return open(model, Precision.AUTO);
  }

  /** The same in a given precision. */
  public static Generator open(Path model, Precision precision) {
    Predictor predictor = Predictor.open(model, precision);
    try {
      return new Generator(predictor);
    } catch (RuntimeException e) {
      predictor.close();
      throw e;
    }
  }

  /**
   * Adds a pack under a name; one of that name is replaced.
   *
   * @throws InvalidInputException if it is no pack, one of another backbone, or none that writes
   *     texts
   */
  public void add(String name, Path packFolder) {
    predictor.add(name, packFolder);
    if (predictor.prepared(name).written().isEmpty()) {
      String kind = predictor.task(name).kind();
      predictor.remove(name);
      throw InvalidInputException.of(
          "pack: %s is of kind %s, whose answers are no texts that a model writes",
          packFolder, kind);
    }
  }

  /** A text that is continued with the plain model. */
  public static Request plain(String text) {
    return Request.of(PLAIN, text);
  }

  /**
   * Continues a text with the plain model.
   *
   * @throws InvalidInputException if the model cannot read it
   */
  public Continuation generate(String text, GenerationSettings settings) {
    return generate(plain(text), settings, TextListener.NONE).get(0);
  }

  /**
   * Continues a text, and tells what is written as it comes.
   *
   * @param request {@link #plain}, or to a pack by its name
   * @return as many continuations as the settings ask for
   * @throws InvalidInputException if the pack is not known, or the model cannot read the text
   */
  public List<Continuation> generate(
      Request request, GenerationSettings settings, TextListener listener) {
    Answer answer = generate(List.of(request), settings, listener).get(0).orElseThrow();
    return ((GeneratedAnswer) answer).continuations();
  }

  /**
   * Continues texts, in batches. A text that cannot be continued leaves the others alone.
   *
   * @param requests {@link #plain}, or to packs by their names
   * @param listener is told what is written as it comes, by the number of the request
   * @return one outcome a request, in their order; its answer is a {@link GeneratedAnswer}
   */
  public List<Outcome> generate(
      List<Request> requests, GenerationSettings settings, TextListener listener) {
    WritingOptions options = WritingOptions.of(settings, listener);
    return predictor.answer(requests.stream().map(each -> each.written(options)).toList());
  }

  @Override
  public void close() {
    predictor.close();
  }
}
