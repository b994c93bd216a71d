package org.ptuning4j.prompt.form;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A form that trained prompts have: how they are described in a pack, read, and added to a batch.
 * {@link PromptForms} finds it by its name.
 *
 * @param <T> the prompts of this form
 */
public interface PromptForm<T extends TrainedPrompt> {

  /** Its name in a pack, as {@code prompt.form}. */
  String name();

  /** What its prompts are, for messages, such as {@code keys and values in layers}. */
  String content();

  /** The class of its prompts. */
  Class<T> type();

  /** The names that its tensors have in a pack, optional ones included. */
  Set<String> tensorNames();

  /**
   * The soft tokens that go before each text.
   *
   * @param description what the pack says of the prompt
   * @return 0 where there are none, or where a template places them
   */
  int softTokensBeforeText(Fields description);

  /**
   * Whether heads over whole sequences read the first of the soft tokens before a text, and not the
   * token that stands for the text.
   *
   * @param description what the pack says of the prompt
   */
  default boolean readsSoftToken(Fields description) {
    return false;
  }

  /**
   * Checks all that can be checked without a backbone.
   *
   * @param description what the pack says of the prompt
   * @param shapes the shapes of the pack's tensors, by name
   * @throws InvalidInputException if a field is missing or unusable, or does not fit the tensors
   */
  void check(Fields description, Map<String, List<Long>> shapes);

  /**
   * Reads a prompt that has passed {@link #check}; its values are copied.
   *
   * @param tensors those of {@link #tensorNames} that the pack has
   * @throws InvalidInputException if it does not fit the backbone
   */
  T read(Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine);

  /**
   * Reads a prompt that is only served, and neither saved nor trained on: it may keep its values in
   * the backbone's precision alone.
   *
   * @param tensors those of {@link #tensorNames} that the pack has
   * @throws InvalidInputException if it does not fit the backbone
   */
  default T readToServe(
      Fields description, Map<String, Tensor> tensors, BackboneSpec spec, Engine engine) {
    return read(description, tensors, spec, engine);
  }

  /**
   * What prompts of this form add to a batch.
   *
   * @param batch the rows as they are read; the soft places of a row are those of its own prompt
   * @param rows each row's prompt; empty where a row has none of this form
   * @throws IllegalArgumentException if a soft place has no vector in its row's prompt
   */
  Injection inject(TokenBatch batch, List<Optional<T>> rows, BackboneSpec spec, Engine engine);

  /** The prompt as one of this form; empty if it has another. */
  default Optional<T> cast(TrainedPrompt prompt) {
    return type().isInstance(prompt) ? Optional.of(type().cast(prompt)) : Optional.empty();
  }

  /**
   * The earlier prompt from which a method starts, as one of this form.
   *
   * @param method the method's name, for the message
   * @throws InvalidInputException if it has another form
   */
  default T requireStart(String method, TrainedPrompt earlier) {
    return cast(earlier)
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "start-from: the earlier prompt has %s; %s needs one with %s",
                    earlier.form().content(), method, content()));
  }
}
