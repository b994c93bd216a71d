package org.ptuning4j.pack;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;

/**
 * What a pack says of itself: the content of {@code prompt.json}.
 *
 * @param format always {@link #FORMAT}
 * @param method the method's name
 * @param settings every setting of the run by its name
 * @param prompt its {@code form} and what {@link
 *     org.ptuning4j.prompt.form.TrainedPrompt#description} says; null for a method without one
 * @param head the head's form: its {@code kind} and what {@link org.ptuning4j.head.HeadSpec} says
 *     of itself
 * @param task what the task is: its {@code kind} and what {@link org.ptuning4j.task.Task} says of
 *     itself
 * @param backbone the backbone that it belongs to
 * @param provenance where it comes from
 * @param tensors the files of tensors with their SHA-256
 * @param members the prompts of an ensemble, each with its head; null for a single one
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PackFacts(
    String format,
    String method,
    Map<String, Object> settings,
    Map<String, Object> prompt,
    Map<String, Object> head,
    Map<String, Object> task,
    BackboneId backbone,
    Provenance provenance,
    Map<String, String> tensors,
    @JsonInclude(JsonInclude.Include.NON_NULL) List<Member> members) {

  /** The format's name and version. */
  public static final String FORMAT = "ptuning4j-pack/1";

  /** The same with the files of tensors. */
  PackFacts withTensors(Map<String, String> files) {
    return new PackFacts(
        format, method, settings, prompt, head, task, backbone, provenance, files, members);
  }

  /** A pack of a single prompt. */
  public PackFacts(
      String format,
      String method,
      Map<String, Object> settings,
      Map<String, Object> prompt,
      Map<String, Object> head,
      Map<String, Object> task,
      BackboneId backbone,
      Provenance provenance,
      Map<String, String> tensors) {
    this(format, method, settings, prompt, head, task, backbone, provenance, tensors, null);
  }

  /**
   * One of the prompts of an ensemble. Its tensors have the names that they have in a pack of their
   * own, after {@code member.I.}, I from 0.
   *
   * @param method the method's name
   * @param prompt as in a pack of its own; null for a method without one
   * @param head as in a pack of its own
   * @param provenance where it comes from
   */
  public record Member(
      String method, Map<String, Object> prompt, Map<String, Object> head, Provenance provenance) {}

  /**
   * A backbone's identity.
   *
   * @param id the name of its folder
   * @param modelType its family
   * @param layers L, as many as are read
   * @param readLayer how many of the lowest layers are read; null for all
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
      @JsonProperty("read_layer") Integer readLayer,
      int hidden,
      @JsonProperty("weights_sha256") String weightsSha256,
      @JsonProperty("language_model_sha256") String languageModelSha256) {

    /** Checks that what is read is there. */
    public BackboneId {
      if (readLayer != null && (readLayer < 1 || readLayer != layers)) {
        throw InvalidInputException.of(
            "backbone.read_layer: %d; it must be as backbone.layers, which is %d",
            readLayer, layers);
      }
    }

    /** A backbone all of whose layers are read. */
    public BackboneId(
        String id,
        String modelType,
        int layers,
        int hidden,
        String weightsSha256,
        String languageModelSha256) {
      this(id, modelType, layers, null, hidden, weightsSha256, languageModelSha256);
    }
  }

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
