package org.ptuning4j.pack;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a pack says of itself: the content of {@code prompt.json}.
 *
 * @param format always {@link #FORMAT}
 * @param method the method's name
 * @param settings every setting of the run by its name
 * @param prompt the prompt's form; null for a method without one
 * @param head the head's form
 * @param task what the task is
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
    Head head,
    Task task,
    BackboneId backbone,
    Provenance provenance,
    Map<String, String> tensors) {

  /** The format's name and version. */
  public static final String FORMAT = "ptuning4j-pack/1";

  /**
   * A deep prompt's form.
   *
   * @param length P
   * @param layers the layers that carry it, counted from 1
   * @param positions the position convention
   */
  public record Prompt(int length, List<Integer> layers, String positions) {}

  /**
   * A head's form.
   *
   * @param kind {@code sequence}
   * @param input what it reads
   * @param labels the labels in the order of its outputs
   */
  public record Head(String kind, String input, List<String> labels) {}

  /**
   * A task, as far as predicting needs it.
   *
   * @param name its name
   * @param text the template of the text
   * @param pair the template of the second text; null if there is none
   * @param labelColumn the column that labels are read from in evaluation
   * @param labelNames names to show for labels
   * @param metrics what is reported, the deciding one first
   * @param truncation which of two texts is cut
   * @param maxLength the longest text in tokens
   */
  public record Task(
      String name,
      String text,
      String pair,
      @JsonProperty("label_column") String labelColumn,
      @JsonProperty("label_names") Map<String, String> labelNames,
      List<String> metrics,
      String truncation,
      @JsonProperty("max_length") int maxLength) {}

  /**
   * A backbone's identity.
   *
   * @param id the name of its folder
   * @param modelType its family
   * @param layers L
   * @param hidden H
   * @param weightsSha256 over its weights; a pack is refused on any other
   */
  public record BackboneId(
      String id,
      @JsonProperty("model_type") String modelType,
      int layers,
      int hidden,
      @JsonProperty("weights_sha256") String weightsSha256) {}

  /**
   * Where a pack comes from.
   *
   * @param precision the trunk's precision in training
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
