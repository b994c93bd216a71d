package org.ptuning4j.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.checkpoint.ForeignFormat;
import org.ptuning4j.tensor.file.FileHash;

/** Reads what a pack says of itself, and checks that it is whole. */
final class PackReader {

  private PackReader() {}

  /**
   * Reads a pack's description.
   *
   * @param setting the setting that names the folder, for messages
   * @throws InvalidInputException if it is no pack, of a later format, or a file is missing or
   *     changed
   */
  static PackFacts read(Path folder, String setting) {
    Path file = folder.resolve(PackFiles.FACTS);
    if (!Files.isRegularFile(file)) {
      throw notAPack(folder, setting);
    }
    PackFacts facts = readFacts(file);
    if (!PackFacts.FORMAT.equals(facts.format())) {
      throw InvalidInputException.of(
          "%s: format is '%s'; this version reads '%s'", file, facts.format(), PackFacts.FORMAT);
    }
    requireComplete(file, facts);
    facts.tensors().forEach((name, hash) -> requireIntact(folder, name, hash, setting));
    return facts;
  }

  private static InvalidInputException notAPack(Path folder, String setting) {
    if (!Files.isDirectory(folder)) {
      return InvalidInputException.of(
          "%s: %s is no folder; a pack is one with %s", setting, folder, PackFiles.FACTS);
    }
    boolean model = Files.isRegularFile(folder.resolve("config.json"));
    return InvalidInputException.of(
        "%s: %s %s",
        setting,
        folder,
        ForeignFormat.of(folder)
            .filter(found -> !model || Files.exists(folder.resolve("adapter_config.json")))
            .orElse(
                model
                    ? "is a model, not a pack: it holds no " + PackFiles.FACTS
                    : "holds no " + PackFiles.FACTS));
  }

  /**
   * Makes sure that no field is missing.
   *
   * @throws InvalidInputException naming the file and every missing field
   */
  private static void requireComplete(Path file, PackFacts facts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("method", facts.method());
    if (facts.members() == null) {
      fields.put("head", facts.head());
    } else {
      requireMembers(file, facts.members());
    }
    fields.put("task", facts.task());
    fields.put("backbone", facts.backbone());
    fields.put("provenance", facts.provenance());
    fields.put("tensors", facts.tensors());
    requirePresent(file, fields);
    fields.put("backbone.id", facts.backbone().id());
    fields.put("backbone.weights_sha256", facts.backbone().weightsSha256());
    fields.put("tensors.prompt.safetensors", facts.tensors().get("prompt.safetensors"));
    requirePresent(file, fields);
  }

  private static void requireMembers(Path file, List<PackFacts.Member> members) {
    if (members.size() < 2) {
      throw InvalidInputException.of(
          "%s: members: %d; an ensemble has two prompts at least", file, members.size());
    }
    for (int i = 0; i < members.size(); i++) {
      PackFacts.Member member = members.get(i);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("members[%d]".formatted(i), member);
      requirePresent(file, fields);
      fields.put("members[%d].method".formatted(i), member.method());
      fields.put("members[%d].head".formatted(i), member.head());
      requirePresent(file, fields);
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

  private static PackFacts readFacts(Path file) {
    try {
      PackFacts facts = PackFiles.facts(Files.readAllBytes(file));
      if (facts == null) {
        throw InvalidInputException.of("%s: a JSON object is expected", file);
      }
      return facts;
    } catch (JsonMappingException e) {
      String field =
          e.getPath().stream()
              .map(at -> at.getFieldName() == null ? "[]" : at.getFieldName())
              .collect(Collectors.joining("."));
      throw new InvalidInputException(
          file + ": not a pack's description: " + field + " (" + e.getOriginalMessage() + ")", e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file + ": not a pack's description (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void requireIntact(Path folder, String name, String expected, String setting) {
    if (!List.of(PackFiles.TENSORS, PackFiles.WEIGHTS).contains(name)) {
      throw InvalidInputException.of(
          "%s: tensors names the unknown file '%s'", folder.resolve(PackFiles.FACTS), name);
    }
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("%s: %s lacks %s", setting, folder, name);
    }
    if (!FileHash.sha256(file).equals(expected)) {
      throw InvalidInputException.of(
          "%s is damaged: its SHA-256 is not the one that %s records", file, PackFiles.FACTS);
    }
  }
}
