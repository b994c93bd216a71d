package org.ptuning4j.pack;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.TrainedPrompt;

/**
 * What a pack says of itself: the content of {@code prompt.json}.
 *
 * @param format always {@link #FORMAT}
 * @param method the method's name
 * @param settings every setting of the run by its name
 * @param prompt the prompt's form; null for a method without one
 * @param head the head's form: its {@code kind} and what {@link org.ptuning4j.head.HeadSpec} says
 *     of itself
 * @param task what the task is: its {@code kind} and what {@link org.ptuning4j.task.Task} says of
 *     itself
 * @param backbone the backbone that it belongs to
 * @param provenance where it comes from
 * @param tensors the files of tensors with their SHA-256
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PackFacts(
    String format,
    String method,
    Map<String, Object> settings,
    Prompt prompt,
    Map<String, Object> head,
    Map<String, Object> task,
    BackboneId backbone,
    Provenance provenance,
    Map<String, String> tensors) {

  /** The format's name and version. */
  public static final String FORMAT = "ptuning4j-pack/1";

  /**
   * A prompt's form.
   *
   * @param form {@code deep} for keys and values of layers, {@code input} for vectors at the input;
   *     null counts as {@code deep}
   * @param length P
   * @param layers the layers that carry a deep prompt, counted from 1; null for vectors at the
   *     input
   * @param positions the position convention of a deep prompt; null for vectors at the input
   * @param placement where vectors at the input stand: {@code before-text}, or {@code template}
   *     where the task's template has places for them; null for a deep prompt
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Prompt(
      String form, int length, List<Integer> layers, String positions, String placement) {

    static final String DEEP = "deep";
    static final String INPUT = "input";
    static final String BEFORE_TEXT = "before-text";
    static final String TEMPLATE = "template";

    /** The form of a prompt. */
    public static Prompt of(TrainedPrompt prompt, boolean beforeText) {
      if (prompt instanceof DeepPrompt deep) {
        return new Prompt(
            DEEP,
            deep.length(),
            deep.layers().stream().map(layer -> layer + 1).toList(),
            deep.positions().label(),
            null);
      }
      return new Prompt(INPUT, prompt.length(), null, null, beforeText ? BEFORE_TEXT : TEMPLATE);
    }

    boolean isDeep() {
      return form == null || form.equals(DEEP);
    }
  }

  /**
   * A backbone's identity.
   *
   * @param id the name of its folder
   * @param modelType its family
   * @param layers L
   * @param hidden H
   * @param weightsSha256 over its weights; a pack is refused on any other
   * @param languageModelSha256 the same over its language-model head, where the pack's head reads
   *     it; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BackboneId(
      String id,
      @JsonProperty("model_type") String modelType,
      int layers,
      int hidden,
      @JsonProperty("weights_sha256") String weightsSha256,
      @JsonProperty("language_model_sha256") String languageModelSha256) {}

  /**
   * Where a pack comes from.
   *
   * @param precision the backbone's precision in training
   * @param seed the seed
   * @param epoch the epoch that it was taken from
   * @param metrics on the evaluation data at that epoch
   * @param data fingerprints of the data files
   * @param versions of the library, libtorch and Java
   */
  public record Provenance(
      String precision,
      long seed,
      int epoch,
      Map<String, Double> metrics,
      Map<String, Object> data,
      Map<String, String> versions) {}
}
