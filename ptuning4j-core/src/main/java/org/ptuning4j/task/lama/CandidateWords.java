package org.ptuning4j.task.lama;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.template.WordTokens;
import org.ptuning4j.text.TextTokenizer;

/**
 * The words that may be a fact's object, one token each.
 *
 * @param words as they are shown
 * @param ids their tokens, in the same order, each once
 */
record CandidateWords(List<String> words, List<Integer> ids) {

  /** What marks a token that starts a word, where other tokens continue one. */
  private static final List<String> WORD_STARTS = List.of("\u0120", "\u2581");

  private static final String CONTINUED = "##";

  CandidateWords {
    words = List.copyOf(words);
    ids = List.copyOf(ids);
    if (words.size() != ids.size() || words.size() < 2) {
      throw InvalidInputException.of(
          "candidates: %d words with %d tokens; two at least are needed, with a token each",
          words.size(), ids.size());
    }
  }

  /** Of given words those that are one token, each token once. */
  static CandidateWords among(List<String> given, TextTokenizer tokenizer) {
    Map<Integer, String> byId = new LinkedHashMap<>();
    for (String word : given) {
      id(word, tokenizer).ifPresent(id -> byId.putIfAbsent(id, word));
    }
    if (byId.size() < 2) {
      throw InvalidInputException.of(
          "candidates: %d of the %d words given are one token of the model; two at least are"
              + " needed",
          byId.size(), given.size());
    }
    return new CandidateWords(List.copyOf(byId.values()), List.copyOf(byId.keySet()));
  }

  /** All tokens that are whole words of letters and digits. */
  static CandidateWords allOf(TextTokenizer tokenizer) {
    List<String> spellings = spellings(tokenizer);
    String start =
        WORD_STARTS.stream()
            .filter(mark -> spellings.stream().anyMatch(token -> token.startsWith(mark)))
            .findFirst()
            .orElse("");
    List<String> words = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int id = 0; id < spellings.size(); id++) {
      String token = spellings.get(id);
      if (token.startsWith(start)
          && !token.startsWith(CONTINUED)
          && token.length() > start.length()) {
        // Byte-level tokens spell letters beyond ASCII in an alphabet of their own.
        String word = start.isEmpty() ? token : tokenizer.decode(new int[] {id}).strip();
        if (!word.isEmpty() && word.codePoints().allMatch(Character::isLetterOrDigit)) {
          words.add(word);
          ids.add(id);
        }
      }
    }
    return new CandidateWords(words, ids);
  }

  private static List<String> spellings(TextTokenizer tokenizer) {
    List<String> spellings = new ArrayList<>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      spellings.add(spelling(id, tokenizer));
    }
    return spellings;
  }

  /** The token, or nothing where the vocabulary has a gap. */
  private static String spelling(int id, TextTokenizer tokenizer) {
    try {
      return tokenizer.token(id);
    } catch (InvalidInputException gap) {
      return "";
    }
  }

  /** The token of a word that is one; none for the unknown. */
  static OptionalInt id(String word, TextTokenizer tokenizer) {
    int[] ids = WordTokens.of(word, tokenizer);
    boolean known = ids.length == 1 && ids[0] != tokenizer.unkId().orElse(-1);
    return known ? OptionalInt.of(ids[0]) : OptionalInt.empty();
  }

  /** The place of each token among the candidates. */
  Map<Integer, Integer> places() {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      places.put(ids.get(i), i);
    }
    return places;
  }
}
