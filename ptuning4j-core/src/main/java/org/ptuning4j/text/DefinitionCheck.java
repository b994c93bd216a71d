package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;

/**
 * Refuses definitions that end the whole process in the native library instead of being refused
 * there. Found by changing each value of real files in turn.
 */
final class DefinitionCheck {

  private DefinitionCheck() {}

  static void check(ObjectNode tokenizer, Path source) {
    checkCharacterMaps(tokenizer.path("normalizer"), source);
    checkMerges(tokenizer.path("model"), source);
  }

  private static void checkCharacterMaps(JsonNode normalizer, Path source) {
    if (normalizer.path("type").asText("").equals("Precompiled")) {
      JsonNode map = normalizer.path("precompiled_charsmap");
      if (!map.isTextual() || !CharacterMap.isSound(map.textValue())) {
        throw InvalidInputException.of(
            "%s: the normalizer's precompiled_charsmap is broken; it must be a SentencePiece"
                + " character map in base64",
            source);
      }
    }
    for (JsonNode part : normalizer) {
      if (part.isContainerNode()) {
        checkCharacterMaps(part, source);
      }
    }
  }

  /** The prefix is cut off the second token of each merge. */
  private static void checkMerges(JsonNode model, Path source) {
    String prefix = model.path("continuing_subword_prefix").asText("");
    if (prefix.isEmpty() || model.path("continuing_subword_prefix").isNull()) {
      return;
    }
    for (JsonNode merge : model.path("merges")) {
      String pair = merge.isTextual() ? merge.textValue() : null;
      String second =
          pair == null ? merge.path(1).asText("") : pair.substring(pair.indexOf(' ') + 1);
      if (!second.startsWith(prefix)) {
        throw InvalidInputException.of(
            "%s: the second token of the merge %s must start with model.continuing_subword_prefix"
                + " '%s'",
            source, merge, prefix);
      }
    }
  }
}
