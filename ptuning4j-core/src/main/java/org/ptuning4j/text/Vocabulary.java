package org.ptuning4j.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens and their ids: the model's vocabulary and the added tokens, numbered as the native library
 * numbers them.
 */
final class Vocabulary {

  private static final Logger LOG = LoggerFactory.getLogger(Vocabulary.class);

  /** Far above every real vocabulary; keeps a broken file from asking for gigabytes. */
  private static final int LARGEST_ID = 1 << 24;

  private final TokenTable tokens;

  private Vocabulary(Map<String, Integer> ids) {
    this.tokens = new TokenTable(ids);
  }

  /**
   * Reads {@code model.vocab} and {@code added_tokens} of a tokenizer.json.
   *
   * @throws InvalidInputException when they are not of the format's shape
   */
  static Vocabulary of(ObjectNode tokenizer, Path source) {
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    Map<String, Integer> ids = new HashMap<>();
    if (vocabulary.isObject()) {
      vocabulary
          .properties()
          .forEach(e -> ids.put(e.getKey(), id(e.getValue(), e.getKey(), source)));
    } else if (vocabulary.isArray()) {
      for (int i = 0; i < vocabulary.size(); i++) {
        JsonNode piece = vocabulary.get(i);
        if (!piece.path(0).isTextual()) {
          throw InvalidInputException.of(
              "%s: entry %d of model.vocab is %s; a pair of token and score is needed",
              source, i, shortened(piece));
        }
        // Of equal pieces the last one counts, as in the native library.
        ids.put(piece.path(0).textValue(), i);
      }
    } else {
      throw InvalidInputException.of(
          "%s: model.vocab is %s; an object of tokens and ids, or an array of tokens and scores is"
              + " needed",
          source, shortened(vocabulary));
    }
    addTokens(ids, vocabulary.size(), tokenizer.path("added_tokens"), source);
    return new Vocabulary(ids);
  }

  /** An added token that the model lacks gets the next free id, whatever id the file claims. */
  private static void addTokens(
      Map<String, Integer> ids, int modelSize, JsonNode added, Path source) {
    int next = modelSize;
    for (JsonNode token : added) {
      String content = token.path("content").asText("");
      if (content.isEmpty()) {
        continue;
      }
      Integer known = ids.get(content);
      int id = known == null ? next : known;
      if (known == null && token.path("id").asInt(id) != id) {
        LOG.warn(
            "{}: added token '{}' says id {}, but gets the next free id {}",
            source,
            content,
            token.path("id"),
            id);
      }
      ids.put(content, id);
      next = Math.max(next, id + 1);
    }
  }

  private static int id(JsonNode value, String token, Path source) {
    if (!value.canConvertToInt() || value.intValue() < 0 || value.intValue() > LARGEST_ID) {
      throw InvalidInputException.of(
          "%s: token '%s' has id %s; it must be a whole number from 0 to %d",
          source, token, shortened(value), LARGEST_ID);
    }
    return value.intValue();
  }

  private static String shortened(JsonNode node) {
    String text = node.isMissingNode() ? "missing" : node.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /** Every id is below this number. */
  int size() {
    return tokens.size();
  }

  OptionalInt id(String token) {
    return tokens.id(token);
  }

  boolean contains(String token) {
    return tokens.id(token).isPresent();
  }

  /**
   * The token with this id.
   *
   * @throws InvalidInputException when no token has it
   */
  String token(int id) {
    requireId(id);
    return tokens
        .token(id)
        .orElseThrow(
            () -> InvalidInputException.of("token id %d: the vocabulary has a gap there", id));
  }

  /** Refuses ids outside of the vocabulary. */
  void requireId(int id) {
    if (id < 0 || id >= tokens.size()) {
      throw InvalidInputException.of(
          "token id %d: the vocabulary has ids from 0 to %d", id, tokens.size() - 1);
    }
  }
}
