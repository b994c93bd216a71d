package org.ptuning4j.pack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.tensor.file.TensorInfo;

/** What a pack's description must have in it before anything is made of it. */
final class FactsCheck {

  private FactsCheck() {}

  /**
   * Makes sure that no field is missing.
   *
   * @throws InvalidInputException naming the file and every missing field
   */
  static void requireComplete(Path file, PackFacts facts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("method", facts.method());
    fields.put("head", facts.head());
    fields.put("task", facts.task());
    fields.put("backbone", facts.backbone());
    fields.put("provenance", facts.provenance());
    fields.put("tensors", facts.tensors());
    requirePresent(file, fields);
    fields.put("backbone.id", facts.backbone().id());
    fields.put("backbone.weights_sha256", facts.backbone().weightsSha256());
    fields.put("tensors.prompt.safetensors", facts.tensors().get("prompt.safetensors"));
    if (facts.prompt() != null && facts.prompt().isDeep()) {
      fields.put("prompt.layers", complete(facts.prompt().layers()));
      fields.put("prompt.positions", facts.prompt().positions());
    } else if (facts.prompt() != null) {
      fields.put("prompt.placement", facts.prompt().placement());
    }
    requirePresent(file, fields);
  }

  private static void requirePresent(Path file, Map<String, Object> fields) {
    List<String> missing = new ArrayList<>();
    fields.forEach(
        (name, value) -> {
          if (value == null) {
            missing.add(name);
          }
        });
    if (!missing.isEmpty()) {
      throw InvalidInputException.of("%s: %s is missing", file, String.join(", ", missing));
    }
  }

  /** A list without holes; null for one with any, or none at all. */
  private static List<?> complete(List<?> list) {
    return list == null || list.stream().anyMatch(item -> item == null) ? null : list;
  }

  /**
   * Makes sure that the description of a prompt is sound and has its tensor.
   *
   * @param form the description; null if there is none
   * @param found the tensor; empty if there is none
   */
  static void requirePrompt(PackFacts.Prompt form, Optional<TensorInfo> found) {
    if (form == null) {
      if (found.isPresent()) {
        throw new InvalidInputException("prompt is missing, but there are prompt_embeddings");
      }
      return;
    }
    if (form.isDeep()) {
      requireDeep(form);
    } else {
      requireInput(form);
    }
    if (found.isEmpty()) {
      throw new InvalidInputException("prompt is described, but there are no prompt_embeddings");
    }
    List<Long> shape = found.get().shape();
    if (shape.size() != 2 || shape.get(0) != form.length()) {
      throw InvalidInputException.of(
          "prompt.length is %d, but prompt_embeddings is %s", form.length(), shape);
    }
  }

  private static void requireDeep(PackFacts.Prompt form) {
    PositionConvention.parse(form.positions());
    int before = 0;
    for (int layer : form.layers()) {
      if (layer <= before) {
        throw InvalidInputException.of(
            "prompt.layers: %s; different layers from 1, in ascending order, are expected",
            form.layers());
      }
      before = layer;
    }
  }

  private static void requireInput(PackFacts.Prompt form) {
    if (!form.form().equals(PackFacts.Prompt.INPUT)) {
      throw InvalidInputException.of("prompt.form: '%s' is not one of deep, input", form.form());
    }
    List<String> known = List.of(PackFacts.Prompt.BEFORE_TEXT, PackFacts.Prompt.TEMPLATE);
    if (!known.contains(form.placement())) {
      throw InvalidInputException.of(
          "prompt.placement: '%s' is not one of %s", form.placement(), String.join(", ", known));
    }
  }
}
