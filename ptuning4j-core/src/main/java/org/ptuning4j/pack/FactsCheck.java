package org.ptuning4j.pack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.PositionConvention;
import org.ptuning4j.tensor.TensorInfo;
import org.ptuning4j.text.Truncation;

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
    fields.put("head.input", facts.head().input());
    fields.put("head.labels", complete(facts.head().labels()));
    fields.put("task.name", facts.task().name());
    fields.put("task.text", facts.task().text());
    fields.put("task.label_column", facts.task().labelColumn());
    fields.put("task.metrics", complete(facts.task().metrics()));
    fields.put("task.truncation", facts.task().truncation());
    fields.put("backbone.id", facts.backbone().id());
    fields.put("backbone.weights_sha256", facts.backbone().weightsSha256());
    fields.put("tensors.prompt.safetensors", facts.tensors().get("prompt.safetensors"));
    if (facts.prompt() != null) {
      fields.put("prompt.layers", complete(facts.prompt().layers()));
      fields.put("prompt.positions", facts.prompt().positions());
    }
    requirePresent(file, fields);
    if (!"sequence".equals(facts.head().kind())) {
      throw InvalidInputException.of(
          "%s: head.kind is '%s'; this version reads 'sequence'", file, facts.head().kind());
    }
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
    if (found.isEmpty()) {
      throw new InvalidInputException("prompt is described, but there are no prompt_embeddings");
    }
    List<Long> shape = found.get().shape();
    if (shape.size() != 2 || shape.get(0) != form.length()) {
      throw InvalidInputException.of(
          "prompt.length is %d, but prompt_embeddings is %s", form.length(), shape);
    }
  }

  static Truncation.Strategy strategy(String name) {
    return Arrays.stream(Truncation.Strategy.values())
        .filter(strategy -> strategy.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "task.truncation: '%s' is not one of %s",
                    name, Arrays.toString(Truncation.Strategy.values())));
  }
}
