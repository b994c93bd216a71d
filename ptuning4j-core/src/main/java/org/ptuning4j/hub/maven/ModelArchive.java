package org.ptuning4j.hub.maven;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.store.SafeArchive;

/**
 * A jar that holds a model: an ONNX file with its tokenizer, or a folder of the Hugging Face
 * layout. No entry's name is used as a path; no more is unpacked than the archive can hold.
 */
final class ModelArchive {

  /** The files of a model's folder that are read. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "config\\.json|tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json"
              + "|added_tokens\\.json|vocab\\.(txt|json)|merges\\.txt|cog-pretrain\\.model"
              + "|(model|pytorch_model)[A-Za-z0-9_-]*\\.(safetensors|bin)"
              + "|(model\\.safetensors|pytorch_model\\.bin)\\.index\\.json");

  private static final Pattern WEIGHTS =
      Pattern.compile(".*(\\.safetensors|\\.bin|\\.index\\.json)");

  private final Path file;

  ModelArchive(Path file) {
    this.file = file;
  }

  /**
   * An ONNX model, unpacked.
   *
   * @param model the graph
   * @param tokenizer its tokenizer.json
   */
  record Unpacked(Path model, Path tokenizer) {}

  /**
   * Unpacks what is needed.
   *
   * @param scratch where an ONNX file and its tokenizer go
   * @param folder where a folder's files go
   * @return the ONNX model; empty if the archive holds a folder, which is now in {@code folder}
   * @throws InvalidInputException if there is no model in it, or more than one, or it is damaged
   */
  Optional<Unpacked> unpack(Path scratch, Path folder) throws IOException {
    try (SafeArchive archive = SafeArchive.open(file)) {
      List<String> names = archive.names();
      List<String> models = names.stream().filter(name -> name.endsWith(".onnx")).toList();
      if (models.isEmpty()) {
        unpackFolder(archive, folder);
        return Optional.empty();
      }
      if (models.size() > 1) {
        throw InvalidInputException.of(
            "%s: holds %d ONNX models (%s); one is expected",
            file.getFileName(), models.size(), String.join(", ", models.subList(0, 2)) + " …");
      }
      Path model = scratch.resolve("model.onnx");
      Path tokenizer = scratch.resolve("tokenizer.json");
      archive.copy(models.get(0), model);
      archive.copy(tokenizer(names, models.get(0)), tokenizer);
      return Optional.of(new Unpacked(model, tokenizer));
    }
  }

  private String tokenizer(List<String> names, String model) {
    String stem = model.substring(0, model.length() - ".onnx".length());
    String folder = model.substring(0, model.lastIndexOf('/') + 1);
    List<String> any = names.stream().filter(name -> name.endsWith("tokenizer.json")).toList();
    for (String wanted : List.of(stem + "-tokenizer.json", folder + "tokenizer.json")) {
      if (any.contains(wanted)) {
        return wanted;
      }
    }
    if (any.size() == 1) {
      return any.get(0);
    }
    throw InvalidInputException.of(
        "%s: holds %s, and no tokenizer (%s-tokenizer.json) for it",
        file.getFileName(), model, stem);
  }

  private void unpackFolder(SafeArchive archive, Path folder) throws IOException {
    List<String> names = archive.names();
    List<String> parents =
        names.stream()
            .filter(name -> name.equals("config.json") || name.endsWith("/config.json"))
            .map(name -> name.substring(0, name.length() - "config.json".length()))
            .filter(
                parent ->
                    needed(names, parent).stream().anyMatch(n -> WEIGHTS.matcher(n).matches()))
            .toList();
    if (parents.size() != 1) {
      throw InvalidInputException.of(
          "%s: holds %s; an .onnx file with its tokenizer, or one folder with config.json, weights"
              + " and tokenizer is expected",
          file.getFileName(),
          parents.isEmpty() ? "no model" : parents.size() + " folders that look like models");
    }
    for (String name : needed(names, parents.get(0))) {
      archive.copy(name, folder.resolve(name.substring(parents.get(0).length())));
    }
  }

  private static List<String> needed(List<String> names, String parent) {
    return names.stream()
        .filter(name -> name.startsWith(parent))
        .filter(name -> NEEDED.matcher(name.substring(parent.length())).matches())
        .toList();
  }
}
