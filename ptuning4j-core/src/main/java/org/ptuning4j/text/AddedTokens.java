package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Collects the added tokens of a folder without tokenizer.json: those with a role, those listed in
 * tokenizer_config.json, and those in the older added_tokens.json. They are found in a text before
 * it is split into words.
 */
final class AddedTokens {

  /** Tokens that added_tokens.json lists without saying that they are no text. */
  private static final Set<String> CONVENTIONAL =
      Stream.concat(
              Stream.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<|endoftext|>"),
              SpecialTokens.INFILLING.stream())
          .collect(Collectors.toUnmodifiableSet());

  private final Map<String, ObjectNode> tokens = new LinkedHashMap<>();

  /** A token with a role; it matches the text as it stands, without normalisation. */
  void special(String content, int id, boolean takesSpaceBefore) {
    ObjectNode token = token(content, id, true);
    token.put("lstrip", takesSpaceBefore);
  }

  /** Takes over what the folder's files list; their flags replace the conventional ones. */
  void listed(Path folder) {
    JsonFile.readIfPresent(folder.resolve("added_tokens.json"))
        .properties()
        .forEach(
            e -> {
              boolean steers = CONVENTIONAL.contains(e.getKey());
              token(e.getKey(), e.getValue().asInt(), steers).put("normalized", !steers);
            });
    JsonFile.readIfPresent(folder.resolve("tokenizer_config.json"))
        .path("added_tokens_decoder")
        .properties()
        .forEach(e -> decoded(e.getKey(), e.getValue()));
  }

  private void decoded(String key, JsonNode flags) {
    String content = flags.path("content").asText("");
    if (content.isEmpty() || !key.matches("\\d{1,9}")) {
      return;
    }
    ObjectNode token =
        token(content, Integer.parseInt(key), flags.path("special").asBoolean(false));
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      token.put(flag, flags.path(flag).asBoolean(false));
    }
  }

  private ObjectNode token(String content, int id, boolean special) {
    ObjectNode token = JsonFile.object();
    token.put("id", id).put("content", content).put("special", special);
    token.put("single_word", false).put("lstrip", false);
    token.put("rstrip", false).put("normalized", false);
    tokens.put(content, token);
    return token;
  }

  /** The ids by token. */
  Map<String, Integer> ids() {
    Map<String, Integer> ids = new LinkedHashMap<>();
    tokens.forEach((token, entry) -> ids.put(token, entry.path("id").intValue()));
    return ids;
  }

  /** The section {@code added_tokens}, in the order of the ids, as new ids are given in order. */
  ArrayNode json() {
    ToIntFunction<ObjectNode> id = token -> token.path("id").intValue();
    ArrayNode array = JsonFile.object().arrayNode();
    tokens.values().stream().sorted(Comparator.comparingInt(id)).forEach(array::add);
    return array;
  }
}
