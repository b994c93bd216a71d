package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;

/**
 * The tokens with a role. A role's token is looked for in tokenizer_config.json, then in
 * special_tokens_map.json, then among the conventional spellings; it counts only if the vocabulary
 * has it.
 */
record SpecialTokens(
    int pad, OptionalInt mask, OptionalInt cls, OptionalInt sep, OptionalInt unknown) {

  static SpecialTokens find(Path folder, Vocabulary vocabulary, JsonNode model) {
    List<ObjectNode> settings = settings(folder);
    OptionalInt pad = find(settings, vocabulary, "pad_token", "[PAD]", "<pad>");
    // <s> and </s> are also the first and last token of decoders, which have no mask.
    boolean masked = vocabulary.contains("<mask>");
    String unknown = model.path("unk_token").asText("[UNK]");
    return new SpecialTokens(
        pad.isPresent() ? pad.getAsInt() : padOfModel(folder, vocabulary),
        find(settings, vocabulary, "mask_token", "[MASK]", "<mask>"),
        find(settings, vocabulary, "cls_token", "[CLS]", masked ? "<s>" : "[CLS]"),
        find(settings, vocabulary, "sep_token", "[SEP]", masked ? "</s>" : "[SEP]"),
        find(settings, vocabulary, "unk_token", unknown, "<unk>"));
  }

  /** The files that name special tokens, those that count most first. */
  static List<ObjectNode> settings(Path folder) {
    List<ObjectNode> settings = new ArrayList<>();
    for (String file : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      settings.add(JsonFile.readIfPresent(folder.resolve(file)));
    }
    return settings;
  }

  /** The token that the settings name for a role, written as a string or as an object. */
  static Optional<String> named(List<ObjectNode> settings, String role) {
    for (ObjectNode setting : settings) {
      JsonNode value = setting.path(role);
      JsonNode content = value.isObject() ? value.path("content") : value;
      if (content.isTextual()) {
        return Optional.of(content.textValue());
      }
    }
    return Optional.empty();
  }

  private static OptionalInt find(
      List<ObjectNode> settings, Vocabulary vocabulary, String role, String... conventional) {
    Optional<String> named = named(settings, role).filter(vocabulary::contains);
    if (named.isPresent()) {
      return vocabulary.id(named.get());
    }
    for (String token : conventional) {
      if (vocabulary.contains(token)) {
        return vocabulary.id(token);
      }
    }
    return OptionalInt.empty();
  }

  private static int padOfModel(Path folder, Vocabulary vocabulary) {
    Path file = folder.resolve("config.json");
    JsonNode pad = JsonFile.readIfPresent(file).path("pad_token_id");
    if (!pad.isInt()) {
      return 0;
    }
    // Some decoders write -1 for "none".
    if (pad.intValue() >= vocabulary.size()) {
      throw InvalidInputException.of(
          "%s: pad_token_id is %d, but the vocabulary ends at id %d",
          file, pad.intValue(), vocabulary.size() - 1);
    }
    return Math.max(pad.intValue(), 0);
  }
}
